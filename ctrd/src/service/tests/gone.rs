//! Callers who go away while what they asked for waits.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::*;
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

#[test]
fn a_change_is_told_though_its_caller_went_away() {
    with_folders(async |client, root| {
        let (mut containers, mut images) = (client.containers(), client.images());
        containers.create(CreateContainerRequest { container: Some(web()) }).await.unwrap();
        let digest = Digest::of(b"x").to_string();
        let media_type = crate::image::media::MANIFEST.into();
        let target = Descriptor { media_type, digest, size: 1, ..Descriptor::default() };
        let image = Image { name: "busybox".into(), target: Some(target), ..Image::default() };
        let create = CreateImageRequest { image: Some(image), source_date_epoch: None };
        images.create(create).await.unwrap();
        let filters = vec!["topic~=delete".to_string()];
        let mut events = client.events().subscribe(SubscribeRequest { filters }).await.unwrap().into_inner();

        let writer = Writer::begin(root);
        // The change waits for who writes, and its caller not so long.
        let mut delete = tonic::Request::new(DeleteContainerRequest { id: "web".into() });
        delete.set_timeout(Duration::from_millis(500));
        containers.delete(delete).await.unwrap_err();
        let request = DeleteImageRequest { name: "busybox".into(), sync: false, target: None };
        let mut delete = tonic::Request::new(request);
        delete.set_timeout(Duration::from_millis(500));
        images.delete(delete).await.unwrap_err();
        writer.end();
        let mut topics = Vec::new();
        for _ in 0..2 {
            let event = tokio::time::timeout(Duration::from_secs(30), events.message()).await;
            topics.push(event.expect("an event").unwrap().unwrap().topic);
        }
        topics.sort();
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
            let writer = Writer::begin(&root);
            let limit = Duration::from_millis(300);
            if of_lease {
                let mut request = tonic::Request::new(lease(true));
                request.set_timeout(limit);
                client.leases().delete(request).await.unwrap_err();
            } else {
                let mut request = tonic::Request::new(image(true));
                request.set_timeout(limit);
                client.images().delete(request).await.unwrap_err();
            }
            writer.end();
            let collected = async {
                while info().await.is_ok() {
                    collector.collect_deleted().await.unwrap();
                }
            };
            tokio::time::timeout(Duration::from_secs(30), collected).await.expect("a collection");
        }
    });
}
