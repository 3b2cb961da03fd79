//! Names, digests and documents of callers who mean harm.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;

use super::transfer::{Stream, end, pack};
use super::*;
use crate::api::content::{
    AbortRequest, DeleteContentRequest, Info, ListStatusesRequest, StatusRequest, UpdateRequest,
};
use crate::api::diff::ApplyRequest;
use crate::api::transfer::TransferRequest;
use crate::api::types::transfer::{Data, ImageExportStream, ImageImportStream, ImageStore, WindowUpdate};
use crate::client::image::{open_for, platforms};
use crate::image::{MAX_DEPTH, MAX_DOCUMENT, Platform, media};

/// What there is below a folder but for the metadata, with sizes.
fn files(dir: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(at) = waiting.pop() {
        for entry in std::fs::read_dir(at).unwrap().flatten() {
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                waiting.push(entry.path());
            }
            let metadata = entry.path().to_string_lossy().contains("metadata");
            if !metadata {
                found.push((entry.path(), if meta.is_file() { meta.len() } else { 0 }));
            }
        }
    }
    found.sort();
    found
}

async fn write_all(client: &Client, messages: Vec<WriteContentRequest>) -> Result<(), Status> {
    let mut answers = client.content().write(tokio_stream::iter(messages)).await?.into_inner();
    while answers.message().await?.is_some() {}
    Ok(())
}

/// Stores a blob, whatever is in it.
async fn put(client: &Client, bytes: &[u8]) -> Digest {
    let digest = Digest::of(bytes);
    let commit = WriteContentRequest {
        expected: digest.to_string(),
        ..write(WriteAction::Commit, digest.hex(), 0, bytes)
    };
    write_all(client, vec![commit]).await.unwrap();
    digest
}

/// CVE-2024-3727: what is no digest is refused by every call that takes one, and no file comes or goes.
#[test]
fn what_is_no_digest_is_refused() {
    let hex = Digest::of(b"there").hex().to_string();
    let up = format!("{}x", "../".repeat(21));
    let bad = [
        "".to_string(),
        "sha256".into(),
        "sha256:".into(),
        hex.clone(),
        "sha256:../../x".into(),
        format!("sha256:{up}"),
        format!("sha256:{}", "/".repeat(64)),
        format!("sha256:{}", hex.to_uppercase()),
        format!("sha256:{}", &hex[1..]),
        format!("sha256:{hex}0"),
        format!("sha256:{hex}\0"),
        format!("sha256:{hex}/../{hex}"),
        format!("sha512:{hex}"),
        format!("SHA256:{hex}"),
        format!("md5:{hex}"),
        format!("sha256+b64:{hex}"),
        format!("../sha256:{hex}"),
        format!("sha256/../sha256:{hex}"),
        format!("blobs/sha256:{hex}"),
        format!(" sha256:{hex}"),
        format!("sha256:{hex}\n"),
        format!("sha256:{}", "é".repeat(32)),
        format!("sha256:{}", "a".repeat(1 << 20)),
    ];
    with_folders(async |client, root| {
        put(&client, b"there").await;
        let before = files(root);
        let mut content = client.content();
        for digest in &bad {
            let text = if digest.is_empty() { "" } else { "invalid digest" };
            let info = || Info { digest: digest.clone(), labels: labels(&[("a", "b")]), ..Info::default() };
            fails(Code::InvalidArgument, text, content.info(InfoRequest { digest: digest.clone() }).await);
            let update = UpdateRequest { info: Some(info()), update_mask: None };
            fails(Code::InvalidArgument, text, content.update(update).await);
            fails(
                Code::InvalidArgument,
                text,
                content.delete(DeleteContentRequest { digest: digest.clone() }).await,
            );
            let read = ReadContentRequest { digest: digest.clone(), offset: 0, size: 0 };
            fails(Code::InvalidArgument, text, content.read(read).await);
            // An empty one promises nothing, and is no layer and no image.
            if !digest.is_empty() {
                for action in [WriteAction::Stat, WriteAction::Write, WriteAction::Commit] {
                    let first =
                        WriteContentRequest { expected: digest.clone(), ..write(action, "bad", 0, b"x") };
                    fails(Code::InvalidArgument, text, write_all(&client, vec![first]).await);
                }
            }
            let target = Descriptor {
                media_type: media::MANIFEST.into(),
                digest: digest.clone(),
                size: 5,
                ..Descriptor::default()
            };
            let image = Image { name: "bad".into(), target: Some(target.clone()), ..Image::default() };
            let create = CreateImageRequest { image: Some(image), source_date_epoch: None };
            fails(Code::InvalidArgument, "", client.images().create(create).await);
            let apply = ApplyRequest { diff: Some(target), ..ApplyRequest::default() };
            fails(Code::InvalidArgument, "", client.diff().apply(apply).await);
        }
        assert_eq!(files(root), before);
        // At the end of a writing the promise is as bad; what was written can still be kept or given up.
        for digest in &bad[1..] {
            let last =
                WriteContentRequest { expected: digest.clone(), ..write(WriteAction::Commit, "r", 1, b"") };
            let begun = vec![write(WriteAction::Write, "r", 0, b"x"), last];
            fails(Code::InvalidArgument, "invalid digest", write_all(&client, begun).await);
            content.abort(AbortRequest { r#ref: "r".into() }).await.unwrap();
        }
        assert_eq!(files(root), before);
    });
}

/// A reference of a writing is any text, and never a path.
#[test]
fn references_lead_nowhere() {
    let strange = [
        "../../../../../../tmp/x",
        "/etc/passwd",
        "..",
        ".",
        "a/b",
        "a\0b",
        "\n",
        "ü",
        " ",
        "../blobs/sha256/x",
        &"x".repeat(5000),
        &"../".repeat(2000),
    ];
    with_folders(async |client, root| {
        put(&client, b"there").await;
        let before = files(root);
        let mut content = client.content();
        for reference in strange {
            let (status, abort) =
                (|| StatusRequest { r#ref: reference.into() }, || AbortRequest { r#ref: reference.into() });
            fails(Code::NotFound, "", content.status(status()).await);
            fails(Code::NotFound, "", content.abort(abort()).await);
            match write_all(&client, vec![write(WriteAction::Write, reference, 0, b"data")]).await {
                Err(status) => assert_eq!(status.code(), Code::InvalidArgument, "{reference:.40?}: {status}"),
                Ok(()) => {
                    let told = content.status(status()).await.unwrap().into_inner().status.unwrap();
                    assert_eq!((told.r#ref.as_str(), told.offset), (reference, 4));
                    let all =
                        content.list_statuses(ListStatusesRequest::default()).await.unwrap().into_inner();
                    assert_eq!(all.statuses.len(), 1, "{reference:.40?}");
                    let own = |path: &Path| {
                        let below =
                            path.strip_prefix(root.join("io.containerd.content.v1.content/ingest")).ok();
                        let name = below.and_then(|below| below.iter().next()?.to_str());
                        name.is_some_and(|name| Digest::parse(&format!("sha256:{name}")).is_ok())
                    };
                    let new: Vec<_> = files(root).into_iter().filter(|file| !before.contains(file)).collect();
                    assert!(
                        !new.is_empty() && new.iter().all(|(path, _)| own(path)),
                        "{reference:.40?}: {new:?}"
                    );
                    content.abort(abort()).await.unwrap();
                }
            }
            assert_eq!(files(root), before, "{reference:.40?}");
        }
    });
}

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
