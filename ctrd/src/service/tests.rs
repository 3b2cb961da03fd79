//! The services as clients meet them: over the channel of a command that finds no server.

mod digests;
mod gone;
mod hostile;
mod leases;
mod sandbox;
mod transfer;

use std::collections::HashMap;

use prost_types::{Any, FieldMask};
use tonic::{Code, Status};

use crate::api::containers::{
    Container, CreateContainerRequest, DeleteContainerRequest, GetContainerRequest, UpdateContainerRequest,
    container,
};
use crate::api::content::{InfoRequest, ReadContentRequest, WriteAction, WriteContentRequest};
use crate::api::events::SubscribeRequest;
use crate::api::images::{
    CreateImageRequest, DeleteImageRequest, GetImageRequest, Image, UpdateImageRequest,
};
use crate::api::introspection::PluginsRequest;
use crate::api::leases::{CreateRequest, DeleteRequest, ListResourcesRequest};
use crate::api::namespaces::namespaces_client::NamespacesClient;
use crate::api::namespaces::{DeleteNamespaceRequest, GetNamespaceRequest, ListNamespacesRequest};
use crate::api::types::Descriptor;
use crate::client::{Client, channel};
use crate::digest::Digest;

/// Runs a test against the services on folders of its own.
fn with_client(test: impl AsyncFnOnce(Client)) {
    with_folders(async |client, _| test(client).await);
}

/// The same for one that looks into the root.
fn with_folders(test: impl AsyncFnOnce(Client, &std::path::Path)) {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let at = |name: &str| dir.path().join(name);
        let channel = channel::connect(&at("s/sock"), &at("root"), &at("s")).await.unwrap();
        test(Client::new(channel, "test").unwrap(), &at("root")).await;
    });
}

fn fails<T>(code: Code, text: &str, reply: Result<T, Status>) {
    let status = reply.err().expect("a failure");
    assert!(status.code() == code && status.message().contains(text), "{status}");
}

fn labels(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() })
}

fn web() -> Container {
    Container {
        id: "web".into(),
        image: "busybox".into(),
        labels: labels(&[("a", "1"), ("b", "2")]),
        runtime: Some(container::Runtime { name: "io.containerd.ctrd.v2".into(), options: None }),
        spec: Some(Any { type_url: "spec".into(), value: b"{ }".to_vec() }),
        snapshotter: "native".into(),
        ..Container::default()
    }
}

#[test]
fn containers() {
    with_client(async |client| {
        let mut containers = client.containers();
        let create = |container| CreateContainerRequest { container: Some(container) };
        let made = containers.create(create(web())).await.unwrap().into_inner().container.unwrap();
        assert!(made.created_at.is_some() && made.created_at == made.updated_at);
        fails(Code::AlreadyExists, "already exists", containers.create(create(web())).await);
        for (bad, text) in [
            (Container { id: "a/b".into(), ..web() }, "container.ID"),
            (Container { id: "x".into(), runtime: None, ..web() }, "container.Runtime.Name must be set"),
            (Container { id: "x".into(), spec: None, ..web() }, "container.Spec must be set"),
            (
                Container { id: "x".into(), snapshotter: "".into(), snapshot_key: "k".into(), ..web() },
                "container.Snapshotter must be set",
            ),
        ] {
            fails(Code::InvalidArgument, text, containers.create(create(bad)).await);
        }

        let update = |container, paths: &[&str]| UpdateContainerRequest {
            container: Some(container),
            update_mask: mask(paths),
        };
        let changed = Container { labels: labels(&[("a", "9")]), image: "other".into(), ..web() };
        let one = containers.update(update(changed.clone(), &["labels.a"])).await.unwrap().into_inner();
        assert_eq!(one.container.unwrap().labels, labels(&[("a", "9"), ("b", "2")]));
        containers.update(update(changed, &[])).await.unwrap();
        let get = || GetContainerRequest { id: "web".into() };
        let now = containers.get(get()).await.unwrap().into_inner().container.unwrap();
        assert_eq!((now.labels, now.image.as_str()), (labels(&[("a", "9")]), "other"));
        assert_eq!((now.created_at, now.spec), (made.created_at, made.spec));
        let moved = Container { snapshotter: "overlayfs".into(), ..web() };
        fails(Code::InvalidArgument, "immutable", containers.update(update(moved, &[])).await);
        fails(Code::InvalidArgument, "cannot update", containers.update(update(web(), &["id"])).await);

        containers.delete(DeleteContainerRequest { id: "web".into() }).await.unwrap();
        fails(Code::NotFound, "not found", containers.get(get()).await);
        fails(
            Code::NotFound,
            "not found",
            containers.delete(DeleteContainerRequest { id: "web".into() }).await,
        );
    });
}

#[test]
fn images_and_their_events() {
    with_client(async |client| {
        let filters = vec!["topic~=|^/images/|,event.name==busybox".to_string()];
        let mut events = client.events().subscribe(SubscribeRequest { filters }).await.unwrap().into_inner();
        let mut images = client.images();
        let target = Descriptor {
            media_type: "application/vnd.oci.image.manifest.v1+json".into(),
            digest: Digest::of(b"x").to_string(),
            size: 1,
            annotations: labels(&[("k", "v")]),
        };
        let image = Image { name: "busybox".into(), target: Some(target.clone()), ..Image::default() };
        let create =
            |image: &Image| CreateImageRequest { image: Some(image.clone()), source_date_epoch: None };
        images.create(create(&image)).await.unwrap();
        fails(Code::AlreadyExists, "image \"busybox\"", images.create(create(&image)).await);
        let unsized_target = Some(Descriptor { size: 0, ..target });
        let bad = Image { name: "x".into(), target: unsized_target, ..Image::default() };
        fails(Code::InvalidArgument, "Target.Size", images.create(create(&bad)).await);

        let changed = Image { labels: labels(&[("a", "1")]), target: None, ..image.clone() };
        let request = UpdateImageRequest {
            image: Some(changed),
            update_mask: mask(&["labels.a"]),
            source_date_epoch: None,
        };
        images.update(request).await.unwrap();
        let get = || GetImageRequest { name: "busybox".into() };
        let now = images.get(get()).await.unwrap().into_inner().image.unwrap();
        assert_eq!((now.labels, now.target), (labels(&[("a", "1")]), image.target));

        let delete = |target| DeleteImageRequest { name: "busybox".into(), sync: true, target };
        let other = Descriptor { digest: Digest::of(b"y").to_string(), ..Descriptor::default() };
        fails(Code::NotFound, "has target", images.delete(delete(Some(other))).await);
        images.delete(delete(None)).await.unwrap();
        fails(Code::NotFound, "not found", images.get(get()).await);

        for topic in ["/images/create", "/images/update", "/images/delete"] {
            let event = events.message().await.unwrap().unwrap();
            assert_eq!((event.namespace.as_str(), event.topic.as_str()), ("test", topic));
            assert!(event.event.unwrap().type_url.starts_with("containerd.services.images.v1.Image"));
        }
    });
}

fn write(action: WriteAction, reference: &str, offset: i64, data: &[u8]) -> WriteContentRequest {
    WriteContentRequest {
        action: action.into(),
        r#ref: reference.into(),
        offset,
        data: data.to_vec().into(),
        ..WriteContentRequest::default()
    }
}

#[test]
fn content_is_written_resumed_and_read() {
    use WriteAction::{Commit, Stat, Write};
    with_client(async |client| {
        let mut content = client.content();
        let nameless = tokio_stream::iter([write(Stat, "", 0, b"")]);
        let mut answers = content.write(nameless).await.unwrap().into_inner();
        fails(Code::InvalidArgument, "first message must have a reference", answers.message().await);

        let begun = tokio_stream::iter([write(Write, "r", 0, b"hello "), write(Write, "r", 6, b"w")]);
        let mut answers = content.write(begun).await.unwrap().into_inner();
        for offset in [6, 7] {
            assert_eq!(answers.message().await.unwrap().unwrap().offset, offset);
        }
        assert!(answers.message().await.unwrap().is_none());

        let misplaced = tokio_stream::iter([write(Write, "r", 3, b"x")]);
        let mut answers = content.write(misplaced).await.unwrap().into_inner();
        fails(Code::OutOfRange, "write @3 must occur at current offset 7", answers.message().await);

        let digest = Digest::of(b"hello world").to_string();
        let wrong = WriteContentRequest { total: 5, ..write(Commit, "r", 7, b"orld") };
        let mut answers = content.write(tokio_stream::iter([wrong])).await.unwrap().into_inner();
        fails(Code::FailedPrecondition, "unexpected commit size", answers.message().await);

        let last = WriteContentRequest {
            total: 11,
            expected: digest.clone(),
            labels: labels(&[("a", "1")]),
            ..write(Commit, "r", 11, b"")
        };
        let resumed = tokio_stream::iter([write(Stat, "r", 0, b""), last.clone()]);
        let mut answers = content.write(resumed).await.unwrap().into_inner();
        let stat = answers.message().await.unwrap().unwrap();
        assert_eq!((stat.offset, stat.digest.as_str()), (11, digest.as_str()));
        assert_eq!(answers.message().await.unwrap().unwrap().digest, digest);
        assert!(answers.message().await.unwrap().is_none());

        let mut answers = content.write(tokio_stream::iter([last])).await.unwrap().into_inner();
        fails(Code::AlreadyExists, &digest, answers.message().await);

        let info = content.info(InfoRequest { digest: digest.clone() }).await.unwrap().into_inner();
        assert_eq!(info.info.unwrap().labels, labels(&[("a", "1")]));
        for (offset, size, expected) in [(0, 0, "hello world"), (6, 3, "wor"), (6, 99, "world"), (11, 0, "")]
        {
            let request = ReadContentRequest { digest: digest.clone(), offset, size };
            let mut pieces = content.read(request).await.unwrap().into_inner();
            let mut read = Vec::new();
            while let Some(piece) = pieces.message().await.unwrap() {
                read.extend_from_slice(&piece.data);
            }
            assert_eq!(read, expected.as_bytes());
        }
        let beyond = ReadContentRequest { digest, offset: 12, size: 0 };
        fails(Code::OutOfRange, "read past object length", content.read(beyond).await);
    });
}

#[test]
fn a_lease_holds_what_is_written_under_it() {
    with_client(async |client| {
        let mut leases = client.leases();
        let request = CreateRequest { id: "l".into(), labels: HashMap::new() };
        leases.create(request.clone()).await.unwrap();
        fails(Code::AlreadyExists, "lease \"l\"", leases.create(request).await);
        let commit = tokio_stream::iter([write(WriteAction::Commit, "r", 0, b"kept")]);
        let mut answers =
            client.under_lease("l").unwrap().content().write(commit).await.unwrap().into_inner();
        let digest = answers.message().await.unwrap().unwrap().digest;
        let held = leases.list_resources(ListResourcesRequest { id: "l".into() }).await.unwrap().into_inner();
        assert_eq!((held.resources[0].r#type.as_str(), &held.resources[0].id), ("content", &digest));

        leases.create(CreateRequest { id: "m".into(), labels: HashMap::new() }).await.unwrap();
        leases.delete(DeleteRequest { id: "m".into(), sync: true }).await.unwrap();
        let info = || InfoRequest { digest: digest.clone() };
        client.content().info(info()).await.unwrap();
        leases.delete(DeleteRequest { id: "l".into(), sync: true }).await.unwrap();
        fails(Code::NotFound, "not found", client.content().info(info()).await);
    });
}

#[test]
fn namespaces_appear_with_their_first_object() {
    with_client(async |client| {
        let mut namespaces = client.namespaces();
        let get = namespaces.get(GetNamespaceRequest { name: "test".into() }).await.unwrap().into_inner();
        assert!(get.namespace.unwrap().labels.is_empty());
        client.containers().create(CreateContainerRequest { container: Some(web()) }).await.unwrap();
        let all = namespaces.list(ListNamespacesRequest::default()).await.unwrap().into_inner();
        assert_eq!(all.namespaces.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["test"]);
        let delete = || DeleteNamespaceRequest { name: "test".into() };
        let text = "namespace \"test\" must be empty, but it still has containers";
        fails(Code::FailedPrecondition, text, namespaces.delete(delete()).await);
        client.containers().delete(DeleteContainerRequest { id: "web".into() }).await.unwrap();
        namespaces.delete(delete()).await.unwrap();
        fails(Code::NotFound, "not found", namespaces.delete(delete()).await);
    });
}

#[test]
fn calls_need_a_namespace_and_introspection_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let at = |name: &str| dir.path().join(name);
        let channel = channel::connect(&at("s/sock"), &at("root"), &at("s")).await.unwrap();
        let mut images = crate::api::images::images_client::ImagesClient::new(channel.clone());
        let nameless = images.get(GetImageRequest { name: "x".into() }).await;
        fails(Code::FailedPrecondition, "namespace is required", nameless);
        NamespacesClient::new(channel.clone()).list(ListNamespacesRequest::default()).await.unwrap();
        let mut introspection =
            crate::api::introspection::introspection_client::IntrospectionClient::new(channel);
        let first = introspection.server(()).await.unwrap().into_inner();
        assert_eq!(first.uuid, introspection.server(()).await.unwrap().into_inner().uuid);
        assert!(first.deprecations.is_empty());
        let filters = vec!["type==io.containerd.snapshotter.v1,id==native".to_string()];
        let found = introspection.plugins(PluginsRequest { filters }).await.unwrap().into_inner().plugins;
        assert!(found.len() == 1 && found[0].exports.contains_key("root"), "{found:?}");
    });
}
