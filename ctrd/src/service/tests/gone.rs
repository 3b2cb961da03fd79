//! Callers who go away while what they asked for waits.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::store::{self, Store};

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
        // The change waits for who writes, and its caller not so long.
        let mut delete = tonic::Request::new(DeleteContainerRequest { id: "web".into() });
        delete.set_timeout(Duration::from_millis(500));
        containers.delete(delete).await.unwrap_err();
        let request = DeleteImageRequest { name: "busybox".into(), sync: false, target: None };
        let mut delete = tonic::Request::new(request);
        delete.set_timeout(Duration::from_millis(500));
        images.delete(delete).await.unwrap_err();
        go.send(()).unwrap();
        writes.join().unwrap().unwrap();
        let mut topics = Vec::new();
        for _ in 0..2 {
            let event = tokio::time::timeout(Duration::from_secs(30), events.message()).await;
            topics.push(event.expect("an event").unwrap().unwrap().topic);
        }
        topics.sort();
        assert_eq!(topics, ["/containers/delete", "/images/delete"]);
    });
}
