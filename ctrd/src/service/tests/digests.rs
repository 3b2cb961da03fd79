//! Digests and references of callers who mean harm: what is no digest is refused by every call, and no reference is a path.

use std::path::{Path, PathBuf};

use super::*;
use crate::api::content::{
    AbortRequest, DeleteContentRequest, Info, ListStatusesRequest, StatusRequest, UpdateRequest,
};
use crate::api::diff::ApplyRequest;
use crate::image::media;

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
pub(super) async fn put(client: &Client, bytes: &[u8]) -> Digest {
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
