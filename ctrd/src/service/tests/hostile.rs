//! Documents of callers who mean harm: of two minds, too large, naming one another.

use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;

use super::digests::put;
use super::transfer::{Stream, end, pack};
use super::*;
use crate::api::transfer::TransferRequest;
use crate::api::types::transfer::{Data, ImageExportStream, ImageImportStream, ImageStore, WindowUpdate};
use crate::client::image::{open_for, platforms};
use crate::image::{MAX_DEPTH, MAX_DOCUMENT, Platform, media};

/// An image of this name, whose target is this document.
async fn image(client: &Client, name: &str, media_type: &str, bytes: &[u8]) -> Image {
    let digest = put(client, bytes).await.to_string();
    let target = Descriptor {
        media_type: media_type.into(),
        digest,
        size: bytes.len() as i64,
        ..Descriptor::default()
    };
    let image = Image { name: name.into(), target: Some(target), ..Image::default() };
    let create = CreateImageRequest { image: Some(image.clone()), source_date_epoch: None };
    client.images().create(create).await.unwrap();
    image
}

/// Exports it by the server: all its platforms, or this machine's.
async fn export(client: &Client, name: &str, all_platforms: bool) -> Result<Vec<u8>, Status> {
    let id = format!("export-{name}-{all_platforms}");
    let stream = Stream::open(client, &id).await?;
    let to = ImageExportStream { stream: id, all_platforms, ..Default::default() };
    let request = TransferRequest {
        source: end("ImageStore", &ImageStore { name: name.into(), ..Default::default() }),
        destination: end("ImageExportStream", &to),
        options: None,
    };
    let mut transfers = client.transfer();
    let (done, bytes) = tokio::join!(transfers.transfer(request), stream.drain());
    done.map(|_| bytes)
}

/// GHSA-5j5w-g665-5m35: a document that is an index to one and a manifest to another is nothing to anybody, though
/// it came by the content API, where nobody reads it.
#[test]
fn documents_of_two_minds_are_of_no_use() {
    with_client(async |client| {
        let layer = put(&client, b"layer").await;
        let config = format!(
            r#"{{"architecture":"{}","os":"linux","rootfs":{{"type":"layers","diff_ids":["{layer}"]}}}}"#,
            Platform::host().architecture
        );
        let config = (put(&client, config.as_bytes()).await, config.len());
        let (digest, size) = &config;
        let both = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{}","digest":"{digest}","size":{size}}},
            "layers":[{{"mediaType":"{}","digest":"{layer}","size":5}}],"manifests":[]}}"#,
            media::CONFIG,
            media::LAYER
        );
        let lies = |kind: &str| both.replace("\"manifests\":[]", &format!("\"mediaType\":{kind:?}"));
        let cases = [
            ("manifest", media::MANIFEST, both.clone(), "at once"),
            ("index", media::INDEX, both.clone(), "at once"),
            ("docker", media::DOCKER_MANIFEST, both.clone(), "at once"),
            ("list", media::DOCKER_LIST, both.clone(), "at once"),
            ("lies", media::MANIFEST, lies(media::INDEX), "it is of type"),
            ("other", media::MANIFEST, lies(media::CONFIG), "it is of type"),
        ];
        for (name, kind, text, want) in cases {
            // One the same as another is stored already.
            let text = format!("{text}{}", " ".repeat(name.len()));
            let image = image(&client, name, kind, text.as_bytes()).await;
            let failed = open_for(&client, image.clone(), None).await.err().expect("a failure");
            assert!(failed.message.contains(want), "{name}: {failed}");
            if kind == media::INDEX {
                let failed = platforms(&client, &image).await.expect_err("a failure");
                assert!(failed.message.contains(want), "{name}: {failed}");
            }
            for all in [false, true] {
                let failed = export(&client, name, all).await.expect_err("a failure");
                assert!(failed.message().contains(want), "{name} {all}: {failed}");
            }
        }
    });
}

/// CVE-2023-25153: a document that is larger than it may be is not read, though its descriptor says that it is small.
#[test]
fn documents_that_lie_of_their_size_are_not_read() {
    with_client(async |client| {
        let text =
            [b"{\"schemaVersion\":2,\"manifests\":[]}".to_vec(), vec![b' '; MAX_DOCUMENT as usize]].concat();
        for (name, kind) in [("index", media::INDEX), ("manifest", media::MANIFEST)] {
            let digest = if name == "index" { put(&client, &text).await } else { Digest::of(&text) };
            for (told, size) in [("small", 100), ("true", text.len() as i64)] {
                let name = format!("{name}-{told}");
                let target = Descriptor {
                    media_type: kind.into(),
                    digest: digest.to_string(),
                    size,
                    ..Descriptor::default()
                };
                let image = Image { name: name.clone(), target: Some(target), ..Image::default() };
                let create = CreateImageRequest { image: Some(image.clone()), source_date_epoch: None };
                client.images().create(create).await.unwrap();
                let failed = open_for(&client, image, None).await.err().expect("a failure");
                assert!(failed.message.contains(" bytes "), "{name}: {failed}");
                for all in [false, true] {
                    let failed = export(&client, &name, all).await.expect_err("a failure");
                    let want =
                        if told == "small" { "bytes are more than the limit" } else { "bytes are too many" };
                    assert!(failed.message().contains(want), "{name} {all}: {failed}");
                }
            }
        }
    });
}

/// CVE-2026-53493: indexes that came by the content API and name one another; and an image that comes last of many.
#[test]
fn indexes_that_fan_out_are_walked_once() {
    with_client(async |client| {
        let index = |entries: &[(&str, &[u8])], note: &str| {
            let list: Vec<_> = entries
                .iter()
                .map(|(kind, bytes)| {
                    serde_json::json!({"mediaType": kind, "digest": Digest::of(bytes), "size": bytes.len()})
                })
                .collect();
            let index =
                serde_json::json!({"schemaVersion": 2, "manifests": list, "annotations": {"n": note}});
            serde_json::to_vec(&index).unwrap()
        };
        let mut top = index(&[], "bottom");
        put(&client, &top).await;
        for n in 1..MAX_DEPTH {
            top = index(&vec![(media::INDEX, top.as_slice()); 12], &n.to_string());
            put(&client, &top).await;
        }
        top = index(&vec![(media::INDEX, top.as_slice()); 12], "top");
        let fan = image(&client, "fan", media::INDEX, &top).await;
        assert_eq!(platforms(&client, &fan).await.unwrap(), []);
        assert_eq!(
            open_for(&client, fan, None).await.err().map(|e| e.kind),
            Some(crate::error::Kind::NotFound)
        );
        export(&client, "fan", true).await.unwrap();

        // Each is another one, and none is there.
        let missing: Vec<Vec<u8>> = (0..10_001u32).map(|n| n.to_string().into_bytes()).collect();
        let entries: Vec<(&str, &[u8])> = missing.iter().map(|m| (media::INDEX, m.as_slice())).collect();
        let much = image(&client, "much", media::INDEX, &index(&entries, "much")).await;
        let failed = platforms(&client, &much).await.unwrap_err();
        assert!(failed.message.contains("refers to too much"), "{failed}");

        let config = format!(
            r#"{{"architecture":"{}","os":"linux","rootfs":{{"type":"layers","diff_ids":[]}}}}"#,
            Platform::host().architecture
        );
        let config = (put(&client, config.as_bytes()).await, config.len());
        let mut documents: Vec<(&str, Vec<u8>)> =
            (0..40).map(|n| (media::INDEX, index(&[], &format!("empty {n}")))).collect();
        let (digest, size) = &config;
        let manifest = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{}","digest":"{digest}","size":{size}}},"layers":[]}}"#,
            media::CONFIG
        );
        documents.push((media::MANIFEST, manifest.clone().into_bytes()));
        for (_, bytes) in &documents {
            put(&client, bytes).await;
        }
        let entries: Vec<(&str, &[u8])> =
            documents.iter().map(|(kind, bytes)| (*kind, bytes.as_slice())).collect();
        let last = image(&client, "last", media::INDEX, &index(&entries, "last")).await;
        let found = open_for(&client, last, None).await.unwrap();
        assert_eq!(found.resolved.target.digest, Digest::of(manifest.as_bytes()));
    });
}

/// CVE-2023-25153: an index of a gigabyte that comes down a stream is not even read.
#[test]
fn a_gigabyte_of_index_is_not_read() {
    const SIZE: u64 = 1 << 30;
    with_client(async |client| {
        for name in ["index.json", "manifest.json", "oci-layout"] {
            let mut header = tar::Header::new_ustar();
            header.set_path(name).unwrap();
            header.set_size(SIZE);
            header.set_mode(0o644);
            header.set_cksum();
            let mut stream = Stream::open(&client, name).await.unwrap();
            let from = ImageImportStream { stream: name.into(), ..Default::default() };
            let request = TransferRequest {
                source: end("ImageImportStream", &from),
                destination: end("ImageStore", &ImageStore::default()),
                options: None,
            };
            let sent = AtomicU64::new(0);
            let feed = async {
                let mut piece = [header.as_bytes().to_vec(), vec![b' '; 16 << 10]].concat();
                let mut window = 0;
                while sent.load(Ordering::Relaxed) < SIZE {
                    while window < piece.len() as i64 {
                        let Ok(Some(any)) = stream.receive.message().await else { return };
                        window += i64::from(WindowUpdate::decode(any.value.as_slice()).unwrap().update);
                    }
                    window -= piece.len() as i64;
                    let data = Data { data: piece.clone().into() };
                    if stream.send.send(pack("containerd.types.transfer.Data", &data)).await.is_err() {
                        return;
                    }
                    sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    piece = vec![b' '; 32 << 10];
                }
            };
            let mut transfers = client.transfer();
            let (done, ()) = tokio::join!(transfers.transfer(request), feed);
            fails(Code::InvalidArgument, &format!("read archive: {name}: {SIZE} bytes are too many"), done);
            let sent = sent.into_inner();
            assert!(sent < 4 << 20, "{name}: {sent} bytes were taken");
        }
    });
}

/// An index that names the same blobs again and again, for ever other platforms.
#[test]
fn a_wide_index_tells_of_each_platform_once() {
    with_client(async |client| {
        let there = put(&client, b"there").await;
        let entry = |digest: &Digest, architecture: &str| {
            serde_json::json!({"mediaType": media::MANIFEST, "digest": digest, "size": 5,
                "platform": {"os": "linux", "architecture": architecture}})
        };
        let gone = Digest::of(b"gone");
        let entries: Vec<_> = (0..900)
            .flat_map(|n| [entry(&gone, "arm64"), entry(&gone, &n.to_string()), entry(&there, "amd64")])
            .chain([entry(&there, "riscv64"), entry(&there, "arm64")])
            .collect();
        let index = serde_json::json!({"schemaVersion": 2, "manifests": entries});
        let wide = image(&client, "wide", media::INDEX, &serde_json::to_vec(&index).unwrap()).await;
        let found = platforms(&client, &wide).await.unwrap();
        let found: Vec<&str> = found.iter().map(|platform| platform.architecture.as_str()).collect();
        assert_eq!(found, ["amd64", "riscv64", "arm64"]);
    });
}
