//! Streams and what is transferred over them.

use std::time::Duration;

use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::*;
use crate::api::content::ListContentRequest;
use crate::api::leases::ListRequest;
use crate::api::streaming::StreamInit;
use crate::api::transfer::{TransferOptions, TransferRequest};
use crate::api::types::transfer::{
    Data, ImageImportStream, ImageReference, ImageStore, Progress, ReadStream, UnpackConfiguration,
    WindowUpdate, WriteStream,
};

pub(super) fn pack(name: &str, message: &impl Message) -> Any {
    Any { type_url: name.into(), value: message.encode_to_vec() }
}

pub(super) fn end(name: &str, message: &impl Message) -> Option<Any> {
    Some(pack(&format!("containerd.types.transfer.{name}"), message))
}

pub(super) struct Stream {
    pub(super) send: mpsc::Sender<Any>,
    pub(super) receive: Streaming<Any>,
}

impl Stream {
    pub(super) async fn open(client: &Client, id: &str) -> Result<Stream, Status> {
        let (send, sent) = mpsc::channel(4);
        let init = pack("containerd.services.streaming.v1.StreamInit", &StreamInit { id: id.into() });
        send.send(init).await.unwrap();
        let mut receive = client.streaming().stream(ReceiverStream::new(sent)).await?.into_inner();
        let first = receive.message().await?.expect("an answer");
        assert_eq!((first.type_url.as_str(), first.value.len()), ("google.protobuf.Empty", 0));
        Ok(Stream { send, receive })
    }

    async fn next<M: Message + Default>(&mut self, name: &str) -> Option<M> {
        let any = self.receive.message().await.unwrap()?;
        assert!(any.type_url.ends_with(name), "{}", any.type_url);
        Some(M::decode(any.value.as_slice()).unwrap())
    }

    /// Sends no more than it may, and then the end.
    async fn feed(mut self, bytes: &[u8]) {
        let mut window = 0;
        for piece in bytes.chunks(32 << 10) {
            while window < piece.len() {
                window += self.next::<WindowUpdate>("WindowUpdate").await.unwrap().update as usize;
            }
            window -= piece.len();
            let data = Data { data: piece.to_vec().into() };
            // An empty piece says nothing, and is no end.
            for data in [Data::default(), data] {
                self.send.send(pack("containerd.types.transfer.Data", &data)).await.unwrap();
            }
        }
        // The end of what is sent, and no end of listening: that would break the stream off.
        drop(self.send);
        while let Ok(Some(_)) = self.receive.message().await {}
    }

    /// All that comes, of which no more may come than was asked for.
    pub(super) async fn drain(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut asked = 0;
        loop {
            if asked <= bytes.len() {
                asked += 50_000;
                let update = WindowUpdate { update: 50_000 };
                let _ = self.send.send(pack("containerd.types.transfer.WindowUpdate", &update)).await;
            }
            let Some(data) = self.next::<Data>("Data").await else { return bytes };
            bytes.extend_from_slice(&data.data);
            assert!(bytes.len() <= asked, "{} of {asked}", bytes.len());
        }
    }
}

#[test]
fn streams_have_names_and_flow_both_ways() {
    with_client(async |client| {
        let (from, to) =
            (Stream::open(&client, "in").await.unwrap(), Stream::open(&client, "out").await.unwrap());
        fails(Code::AlreadyExists, "", Stream::open(&client, "in").await);
        let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
        let request = TransferRequest {
            source: end("ReadStream", &ReadStream { stream: "in".into(), ..Default::default() }),
            destination: end("WriteStream", &WriteStream { stream: "out".into(), ..Default::default() }),
            options: None,
        };
        let mut transfers = client.transfer();
        let (echoed, (), back) =
            tokio::join!(transfers.transfer(request.clone()), from.feed(&bytes), to.drain());
        echoed.unwrap();
        assert!(back == bytes, "{} bytes of {}", back.len(), bytes.len());
        fails(Code::NotFound, "stream in: not found", transfers.transfer(request).await);
        // One that nobody used is gone with its client.
        drop(Stream::open(&client, "in").await.unwrap());
        while Stream::open(&client, "in").await.is_err() {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn no_more_is_taken_than_was_allowed() {
    with_client(async |client| {
        let mut from = Stream::open(&client, "in").await.unwrap();
        let to = Stream::open(&client, "out").await.unwrap();
        let request = TransferRequest {
            source: end("ReadStream", &ReadStream { stream: "in".into(), ..Default::default() }),
            destination: end("WriteStream", &WriteStream { stream: "out".into(), ..Default::default() }),
            options: None,
        };
        let mut transfers = client.transfer();
        let flood = async {
            let allowed = from.next::<WindowUpdate>("WindowUpdate").await.unwrap().update as usize;
            let data = Data { data: vec![0; allowed + 1].into() };
            from.send.send(pack("containerd.types.transfer.Data", &data)).await.unwrap();
            to.drain().await
        };
        let (done, got) = tokio::join!(transfers.transfer(request), flood);
        fails(Code::Unknown, "stream: more than was allowed", done);
        assert!(got.is_empty());
    });
}

#[test]
fn streams_begin_with_their_name() {
    with_client(async |client| {
        let data = pack("containerd.types.transfer.Data", &Data::default());
        let call = client.streaming().stream(tokio_stream::iter([data])).await;
        fails(Code::InvalidArgument, "begins with a containerd.services.streaming.v1.StreamInit", call);
        let nothing = client.streaming().stream(tokio_stream::empty()).await;
        fails(Code::InvalidArgument, "begins with its name", nothing);
    });
}

fn archive() -> Vec<u8> {
    archive_of(b"hello\n")
}

/// What `docker save` writes of an image of one layer with one file.
fn archive_of(file: &[u8]) -> Vec<u8> {
    let tar = |members: &[(&str, &[u8])]| {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    };
    let layer = tar(&[("file", file)]);
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["{}"]}}}}"#,
        Digest::of(&layer)
    );
    let manifest = r#"[{"Config":"config.json","RepoTags":["bb:1"],"Layers":["l/layer.tar"]}]"#;
    tar(&[
        ("l/layer.tar", &layer),
        ("config.json", config.as_bytes()),
        ("manifest.json", manifest.as_bytes()),
    ])
}

#[test]
fn an_archive_is_imported_unpacked_and_named() {
    with_client(async |client| {
        let (stream, mut progress) =
            (Stream::open(&client, "i").await.unwrap(), Stream::open(&client, "p").await.unwrap());
        let from = ImageImportStream { stream: "i".into(), force_compress: true, ..Default::default() };
        let to = ImageStore {
            name: "index".into(),
            extra_references: vec![ImageReference {
                name: "import".into(),
                is_prefix: true,
                allow_overwrite: true,
                ..Default::default()
            }],
            unpacks: vec![UnpackConfiguration { platform: None, snapshotter: "native".into() }],
            ..Default::default()
        };
        let request = TransferRequest {
            source: end("ImageImportStream", &from),
            destination: end("ImageStore", &to),
            options: Some(TransferOptions { progress_stream: "p".into() }),
        };
        let mut transfers = client.transfer();
        let archive = archive();
        let (done, ()) = tokio::join!(transfers.transfer(request), stream.feed(&archive));
        done.unwrap();
        let mut told = Vec::new();
        while let Some(p) = progress.next::<Progress>("Progress").await {
            told.push(format!("{} {}", p.event, if p.event == "saved" { p.name } else { String::new() }));
        }
        let name = "docker.io/library/bb:1";
        let saved = format!("saved {name}");
        assert_eq!(told, ["Importing ", "extracted ", "saved index", &saved, "Completed import "]);

        let image = client.images().get(GetImageRequest { name: name.into() }).await.unwrap().into_inner();
        let target = image.image.unwrap().target.unwrap();
        assert_eq!(target.annotations["org.opencontainers.image.ref.name"], "1");
        let index = client.images().get(GetImageRequest { name: "index".into() }).await.unwrap().into_inner();
        assert!(index.image.unwrap().target.unwrap().media_type.contains("index"));
        // The layer was compressed, and the chain of snapshots is there.
        let blobs = client.content().list(ListContentRequest::default()).await.unwrap().into_inner();
        let infos: Vec<_> = tokio_stream::StreamExt::collect::<Vec<_>>(blobs).await;
        let layer = infos.into_iter().flat_map(|m| m.unwrap().info);
        let layer = layer.filter_map(|i| i.labels.get("containerd.io/uncompressed").cloned()).next().unwrap();
        let stat =
            crate::api::snapshots::StatSnapshotRequest { snapshotter: "native".into(), key: layer.clone() };
        let info = client.snapshots().stat(stat).await.unwrap().into_inner().info.unwrap();
        assert_eq!(info.labels["containerd.io/snapshot.ref"], layer);
        assert_eq!(info.labels["containerd.io/snapshot/diff-id"], layer);
        // Its lease ended with it, and the images hold all.
        let leases = client.leases().list(ListRequest::default()).await.unwrap().into_inner();
        assert!(leases.leases.is_empty(), "{leases:?}");

        let to = ImageStore { name: "other".into(), ..Default::default() };
        let tag = |from: &str| TransferRequest {
            source: end("ImageStore", &ImageStore { name: from.into(), ..Default::default() }),
            destination: end("ImageStore", &to),
            options: None,
        };
        transfers.transfer(tag(name)).await.unwrap();
        transfers.transfer(tag("index")).await.unwrap();
        fails(Code::NotFound, "image \"nosuch\"", transfers.transfer(tag("nosuch")).await);
        let other = client.images().get(GetImageRequest { name: "other".into() }).await.unwrap().into_inner();
        assert!(other.image.unwrap().target.unwrap().media_type.contains("index"));
        let registry = TransferRequest { source: end("OCIRegistry", &()), ..tag(name) };
        fails(
            Code::Unimplemented,
            "not implemented for containerd.types",
            transfers.transfer(registry).await,
        );
    });
}

#[test]
fn a_broken_archive_leaves_nothing() {
    with_client(async |client| {
        for (n, bytes) in [&b"nonsense"[..], &archive()[..2000], b""].into_iter().enumerate() {
            let id = format!("i{n}");
            let stream = Stream::open(&client, &id).await.unwrap();
            let request = TransferRequest {
                source: end("ImageImportStream", &ImageImportStream { stream: id, ..Default::default() }),
                destination: end("ImageStore", &ImageStore::default()),
                options: None,
            };
            let mut transfers = client.transfer();
            let (done, ()) = tokio::join!(transfers.transfer(request), stream.feed(bytes));
            let status = done.unwrap_err();
            assert!(status.message().starts_with("read archive"), "{status}");
        }
        let leases = client.leases().list(ListRequest::default()).await.unwrap().into_inner();
        assert!(leases.leases.is_empty(), "{leases:?}");
    });
}

#[test]
fn an_import_of_which_nothing_came_leaves_no_lease() {
    with_client(async |client| {
        let leases = async || client.leases().list(ListRequest::default()).await.unwrap().into_inner().leases;
        let mut stream = Stream::open(&client, "s").await.unwrap();
        let request = TransferRequest {
            source: end("ImageImportStream", &ImageImportStream { stream: "s".into(), ..Default::default() }),
            destination: end("ImageStore", &ImageStore { name: "none".into(), ..Default::default() }),
            options: None,
        };
        let mut transfers = client.transfer();
        let call = tokio::spawn(async move { transfers.transfer(request).await });
        stream.next::<WindowUpdate>("WindowUpdate").await.unwrap();
        assert_eq!(leases().await.len(), 1);
        call.abort();
        drop(stream);
        let ended = async { while !leases().await.is_empty() {} };
        tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the end of the lease");
    });
}

/// The transfer has a lease of its own. When its client goes away it stays, and ends by itself: what was brought as a
/// whole is not written again, at no time is anything there that is not held, and of the rest nothing stays.
#[test]
fn an_import_whose_client_goes_away_can_be_done_again() {
    with_client(async |client| {
        // More than what is read before it is known what comes.
        let size = 512 * 400;
        let archive = archive_of(&vec![7; size]);
        let import = |id: &str| TransferRequest {
            source: end("ImageImportStream", &ImageImportStream { stream: id.into(), ..Default::default() }),
            destination: end("ImageStore", &ImageStore { name: "again".into(), ..Default::default() }),
            options: None,
        };
        let leases = async || client.leases().list(ListRequest::default()).await.unwrap().into_inner().leases;
        let blobs = async || {
            let all = client.content().list(ListContentRequest::default()).await.unwrap().into_inner();
            let all = tokio_stream::StreamExt::collect::<Vec<_>>(all).await;
            all.into_iter().flat_map(|m| m.unwrap().info).collect::<Vec<_>>()
        };
        let mut first = Stream::open(&client, "first").await.unwrap();
        let mut transfers = client.transfer();
        let call = tokio::spawn(async move { transfers.transfer(import("first")).await });
        first.next::<WindowUpdate>("WindowUpdate").await.unwrap();
        // The layer with its header, and a header that is none yet.
        let length = 512 + 512 + size + 1024 + 100;
        let data = Data { data: archive[..length].to_vec().into() };
        first.send.send(pack("containerd.types.transfer.Data", &data)).await.unwrap();
        let brought = loop {
            let brought = blobs().await;
            if !brought.is_empty() {
                break brought;
            }
            tokio::task::yield_now().await;
        };
        call.abort();
        drop(first);
        let get = || GetImageRequest { name: "again".into() };
        fails(Code::NotFound, "again", client.images().get(get()).await);
        let second = Stream::open(&client, "second").await.unwrap();
        let mut transfers = client.transfer();
        let (done, ()) = tokio::join!(transfers.transfer(import("second")), second.feed(&archive));
        done.unwrap();
        client.images().get(get()).await.unwrap();
        let held = leases().await;
        assert!(held.len() == 1 && held[0].labels.contains_key("containerd.io/gc.expire"), "{held:?}");
        assert!(blobs().await.contains(&brought[0]), "{brought:?}");
    });
}
