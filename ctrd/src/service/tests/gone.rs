//! Callers who go away while what they asked for waits.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::*;
use crate::api::leases::ListRequest;
use crate::store::{self, Store};

/// Somebody who writes into the metadata, until it is to end.
struct Writer(mpsc::Sender<()>, JoinHandle<crate::error::Result<()>>);

impl Writer {
    fn begin(root: &Path) -> Writer {
        let other = Store::open(&root.join(store::DIR).join(store::FILE), store::PATIENCE).unwrap();
        let (tell, told) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let writes = std::thread::spawn(move || {
            other.write(|_| {
                tell.send(()).unwrap();
                wait.recv().unwrap();
                Ok(())
            })
        });
        told.recv().unwrap();
        Writer(go, writes)
    }

    fn end(self) {
        self.0.send(()).unwrap();
        self.1.join().unwrap().unwrap();
    }
}

/// Makes a call that waits for who writes, and its caller not so long, until what was called for is done: on a busy
/// machine the call may not have arrived by then, and is made again, for longer.
async fn given_up<T: std::fmt::Debug>(
    root: &Path,
    call: impl AsyncFn(Duration) -> Result<T, Status>,
    mut done: impl AsyncFnMut(),
) {
    for limit in (0..5).map(|n| Duration::from_millis(300) * 4_u32.pow(n)) {
        let writer = Writer::begin(root);
        call(limit).await.unwrap_err();
        writer.end();
        if tokio::time::timeout(limit, done()).await.is_ok() {
            return;
        }
    }
    panic!("what was called for is never done");
}

fn within<T>(limit: Duration, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.set_timeout(limit);
    request
}

#[test]
fn a_change_is_told_though_its_caller_went_away() {
    with_folders(async |client, root| {
        client.containers().create(CreateContainerRequest { container: Some(web()) }).await.unwrap();
        let digest = Digest::of(b"x").to_string();
        let media_type = crate::image::media::MANIFEST.into();
        let target = Descriptor { media_type, digest, size: 1, ..Descriptor::default() };
        let image = Image { name: "busybox".into(), target: Some(target), ..Image::default() };
        let create = CreateImageRequest { image: Some(image), source_date_epoch: None };
        client.images().create(create).await.unwrap();
        let filters = vec!["topic~=delete".to_string()];
        let mut events = client.events().subscribe(SubscribeRequest { filters }).await.unwrap().into_inner();

        let mut topics = Vec::new();
        let mut told = async || topics.push(events.message().await.unwrap().unwrap().topic);
        let container = || DeleteContainerRequest { id: "web".into() };
        let delete = async |limit| client.containers().delete(within(limit, container())).await;
        given_up(root, delete, &mut told).await;
        let image = || DeleteImageRequest { name: "busybox".into(), sync: false, target: None };
        let delete = async |limit| client.images().delete(within(limit, image())).await;
        given_up(root, delete, &mut told).await;
        assert_eq!(topics, ["/containers/delete", "/images/delete"]);
    });
}

/// Who wanted to wait for the collection, and did not, leaves it to be made.
#[test]
fn what_a_caller_was_to_collect_is_scheduled() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (root, state) = (dir.path().join("root"), dir.path().join("s"));
        let reached = channel::reach(&state.join("sock"), &root, &state).await.unwrap();
        let (client, collector) = (Client::new(reached.channel, "test").unwrap(), reached.collector.unwrap());
        for of_lease in [false, true] {
            let create = CreateRequest { id: "l".into(), ..CreateRequest::default() };
            client.leases().create(create).await.unwrap();
            let mut held = client.under_lease("l").unwrap().content();
            let digest = Digest::of(b"x").to_string();
            let write = WriteContentRequest {
                action: WriteAction::Commit.into(),
                r#ref: "r".into(),
                data: b"x"[..].into(),
                ..WriteContentRequest::default()
            };
            held.write(tokio_stream::once(write)).await.unwrap().into_inner().message().await.unwrap();
            let target = Descriptor {
                media_type: "application/octet-stream".into(),
                digest: digest.clone(),
                size: 1,
                ..Descriptor::default()
            };
            let image = Image { name: "busybox".into(), target: Some(target), ..Image::default() };
            let create = CreateImageRequest { image: Some(image), source_date_epoch: None };
            client.images().create(create).await.unwrap();
            let lease = |sync| DeleteRequest { id: "l".into(), sync };
            let image = |sync| DeleteImageRequest { name: "busybox".into(), sync, target: None };
            if of_lease {
                client.images().delete(image(true)).await.unwrap();
            } else {
                client.leases().delete(lease(true)).await.unwrap();
            }
            collector.collect_deleted().await.unwrap();
            let info = async || client.content().info(InfoRequest { digest: digest.clone() }).await;
            info().await.unwrap();
            if of_lease {
                let delete = async |limit| client.leases().delete(within(limit, lease(true))).await;
                let all = async || client.leases().list(ListRequest::default()).await.unwrap().into_inner();
                given_up(&root, delete, async || while !all().await.leases.is_empty() {}).await;
            } else {
                let delete = async |limit| client.images().delete(within(limit, image(true))).await;
                let get = async || client.images().get(GetImageRequest { name: "busybox".into() }).await;
                given_up(&root, delete, async || while get().await.is_ok() {}).await;
            }
            let collected = async {
                while info().await.is_ok() {
                    collector.collect_deleted().await.unwrap();
                }
            };
            tokio::time::timeout(Duration::from_secs(30), collected).await.expect("a collection");
        }
    });
}
