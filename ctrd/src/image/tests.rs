//! Archives made by hand, imported into memory.

mod again;
mod fan;

use std::collections::BTreeMap;

use super::*;
use crate::error::{Error, Kind};

#[derive(Default)]
struct Memory {
    blobs: BTreeMap<Digest, Vec<u8>>,
    labels: BTreeMap<Digest, Labels>,
    reads: usize,
    /// How many bytes it took.
    taken: usize,
}

impl BlobSink for Memory {
    fn write(&mut self, blob: &Announced, data: &mut dyn Read) -> Result<(Digest, u64)> {
        if let Some(digest) = &blob.digest
            && let Some(bytes) = self.blobs.get(digest)
        {
            blob.is_as_large(bytes.len() as u64)?;
            return Ok((digest.clone(), bytes.len() as u64));
        }
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes)?;
        self.taken += bytes.len();
        let digest = Digest::of(&bytes);
        if blob.digest.as_ref().is_some_and(|want| *want != digest) {
            return Err(Error::precondition(format!("unexpected digest {digest}")));
        }
        let size = bytes.len() as u64;
        self.blobs.insert(digest.clone(), bytes);
        Ok((digest, size))
    }

    fn there(&mut self, digest: &Digest, size: u64) -> Result<bool> {
        Ok(self.blobs.get(digest).is_some_and(|bytes| bytes.len() as u64 == size))
    }

    fn read(&mut self, digest: &Digest, _limit: u64) -> Result<Vec<u8>> {
        self.reads += 1;
        self.blobs.get(digest).cloned().ok_or_else(|| Error::not_found(format!("{digest}: not found")))
    }

    fn label(&mut self, digest: &Digest, labels: &Labels) -> Result<()> {
        self.labels.entry(digest.clone()).or_default().extend(labels.clone());
        Ok(())
    }
}

fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn blob(bytes: &[u8]) -> (String, Vec<u8>) {
    (format!("blobs/sha256/{}", Digest::of(bytes).hex()), bytes.to_vec())
}

fn config(architecture: &str, diff_ids: &[&Digest]) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({
        "architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}
    }))
    .unwrap()
}

fn manifest(config: &[u8], layers: &[&[u8]]) -> Vec<u8> {
    let descriptor = |kind: &str, bytes: &[u8]| Descriptor::new(kind, Digest::of(bytes), bytes.len() as u64);
    serde_json::to_vec(&Manifest {
        schema_version: 2,
        media_type: media::MANIFEST.to_string(),
        config: descriptor(media::CONFIG, config),
        layers: layers.iter().map(|l| descriptor(media::LAYER, l)).collect(),
        annotations: Labels::new(),
    })
    .unwrap()
}

fn index(entries: &[serde_json::Value]) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({"schemaVersion": 2, "manifests": entries})).unwrap()
}

fn entry(kind: &str, bytes: &[u8], more: serde_json::Value) -> serde_json::Value {
    let mut out = serde_json::json!({"mediaType": kind, "digest": Digest::of(bytes), "size": bytes.len()});
    out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    out
}

fn layout(index: Vec<u8>, blobs: &[&[u8]]) -> Vec<u8> {
    let mut members: Vec<_> = blobs.iter().map(|b| blob(b)).collect();
    members.push(("index.json".into(), index));
    members.push(("oci-layout".into(), b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec()));
    tar(&members)
}

#[test]
fn reads_a_layout_for_the_wanted_platform() {
    let layer = tar(&[("bin/x".into(), b"x".to_vec())]);
    let (amd, arm) = (config("amd64", &[&Digest::of(&layer)]), config("arm64", &[&Digest::of(&layer)]));
    let (for_amd, for_arm) = (manifest(&amd, &[&layer]), manifest(&arm, &[&layer]));
    let platform = |arch: &str| serde_json::json!({"platform": {"os": "linux", "architecture": arch}});
    let inner = index(&[
        entry(media::MANIFEST, &for_amd, platform("amd64")),
        entry(media::MANIFEST, &for_arm, platform("arm64")),
    ]);
    let outer = index(&[entry(
        media::INDEX,
        &inner,
        serde_json::json!({"annotations": {
            "org.opencontainers.image.ref.name": "v1"}}),
    )]);
    // The other platform's documents are missing, as in an archive made for one.
    let archive = layout(outer, &[&layer, &amd, &for_amd, &inner]);
    let mut sink = Memory::default();
    let options = Options {
        base_name: Some("docker.io/a/b".into()),
        platform: Some(Platform::parse("linux/x86_64").unwrap()),
        name: None,
    };
    let images = import(&archive[..], &options, &mut sink).unwrap();
    assert_eq!(images.len(), 1);
    assert_eq!(
        (images[0].name.as_str(), &images[0].target.digest),
        ("docker.io/a/b:v1", &Digest::of(&inner))
    );
    let labels = &sink.labels[&Digest::of(&for_amd)];
    assert_eq!(labels["containerd.io/gc.ref.content.config"], Digest::of(&amd).as_str());
    assert_eq!(labels["containerd.io/gc.ref.content.l.0"], Digest::of(&layer).as_str());
    assert_eq!(sink.labels[&Digest::of(&inner)].len(), 2);
    let found =
        resolve(&images[0].target, options.platform.as_ref(), &mut |d| sink.read(d, MAX_DOCUMENT)).unwrap();
    assert_eq!(found.target.digest, Digest::of(&for_amd));
    assert_eq!(found.layers().unwrap().len(), 1);
    let other = Options { platform: Some(Platform::parse("linux/arm64").unwrap()), ..options };
    assert_eq!(import(&archive[..], &other, &mut Memory::default()).unwrap_err().kind, Kind::NotFound);
}

#[test]
fn reads_what_docker_saves() {
    let layer = tar(&[("bin/x".into(), b"x".to_vec())]);
    let config = config("amd64", &[&Digest::of(&layer)]);
    let manifest = serde_json::json!([{
        "Config": "c.json", "RepoTags": ["busybox:1", "a/b:2"], "Layers": ["l/layer.tar"]
    }]);
    let members = [
        ("blobs/sha256/".to_string() + Digest::of(&layer).hex(), layer.clone()),
        ("c.json".into(), config.clone()),
        ("l/layer.tar".into(), layer.clone()),
        ("manifest.json".into(), manifest.to_string().into_bytes()),
    ];
    let images = import(&tar(&members)[..], &Options::default(), &mut Memory::default()).unwrap();
    let names: Vec<_> = images.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["docker.io/library/busybox:1", "docker.io/a/b:2"]);
    let named = Options { name: Some("mine".into()), ..Options::default() };
    let images = import(&tar(&members)[..], &named, &mut Memory::default()).unwrap();
    assert_eq!((images.len(), images[0].name.as_str()), (1, "mine"));
    let missing = import(&tar(&[&members[..1], &members[3..]].concat())[..], &named, &mut Memory::default());
    assert!(missing.unwrap_err().message.contains("c.json is missing"));
}

#[test]
fn a_root_file_system_is_an_image_of_one_layer() {
    let root = tar(&[("bin/sh".into(), b"x".to_vec())]);
    let options = Options { name: Some("r".into()), ..Options::default() };
    let mut first = Memory::default();
    let images = import(&root[..], &options, &mut first).unwrap();
    let found = resolve(&images[0].target, None, &mut |d| first.read(d, MAX_DOCUMENT)).unwrap();
    assert_eq!(found.layers().unwrap()[0].1, &Digest::of(&root));
    let compressed = zstd::encode_all(&root[..], 1).unwrap();
    assert_eq!(import(&compressed[..], &options, &mut Memory::default()).unwrap(), images);
}

#[test]
fn refuses_hostile_archives() {
    let layer = tar(&[("x".into(), vec![])]);
    let config = config("amd64", &[&Digest::of(&layer)]);
    let manifest = manifest(&config, &[&layer]);
    let target = entry(media::MANIFEST, &manifest, serde_json::json!({}));
    let mut both: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    both["manifests"] = serde_json::json!([]);
    let both = both.to_string().into_bytes();
    let huge = vec![b' '; MAX_DOCUMENT as usize + 1];
    let mut deep = manifest.clone();
    let mut nested = vec![config.clone(), layer.clone(), manifest.clone()];
    let mut kind = media::MANIFEST;
    for _ in 0..30 {
        deep = index(&[entry(kind, &deep, serde_json::json!({}))]);
        kind = media::INDEX;
        nested.push(deep.clone());
    }
    let nested: Vec<&[u8]> = nested.iter().map(Vec::as_slice).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "empty"),
        ("huge index", layout(huge.clone(), &[]), "too many"),
        ("huge manifest.json", tar(&[("manifest.json".into(), huge)]), "too many"),
        ("neither", tar(&[blob(b"x")]), "neither"),
        ("a manifest as index", layout(manifest.clone(), &[]), "parse index"),
        (
            "index and manifest at once",
            layout(index(&[entry(media::MANIFEST, &both, serde_json::json!({}))]), &[&both]),
            "at once",
        ),
        ("digest out of bounds", tar(&[("blobs/sha256/xx".to_string(), vec![])]), "invalid digest"),
        (
            "wrong blob",
            tar(&[(blob(b"a").0, b"b".to_vec()), ("index.json".into(), index(&[]))]),
            "unexpected digest",
        ),
        (
            "size that differs",
            layout(
                index(&[entry(media::MANIFEST, &manifest, serde_json::json!({"size": 5}))]),
                &[&layer, &config, &manifest],
            ),
            "announced",
        ),
        ("no config", layout(index(std::slice::from_ref(&target)), &[&layer, &manifest]), "not found"),
        ("no image", layout(index(&[]), &[]), "no image"),
        (
            "thirty indexes deep",
            layout(index(&[entry(media::INDEX, &deep, serde_json::json!({}))]), &nested),
            "too deep",
        ),
        ("json too deep", layout(b"[".repeat(60_000), &[]), "parse index"),
    ];
    for (what, archive, want) in cases {
        let err = import(&archive[..], &Options::default(), &mut Memory::default()).unwrap_err();
        assert!(err.message.contains(want), "{what}: {err}");
    }
    let good = layout(index(&[target]), &[&layer, &config, &manifest]);
    assert_eq!(import(&good[..], &Options::default(), &mut Memory::default()).unwrap().len(), 1);
    for cut in (512..good.len() - 1024).step_by(512).map(|n| n + 17) {
        assert!(import(&good[..cut], &Options::default(), &mut Memory::default()).is_err(), "cut at {cut}");
    }
}

#[test]
fn chains() {
    let a = Digest::of(b"a");
    let chain = chain_ids(&[a.clone(), a.clone()]);
    assert_eq!(chain, [a.clone(), Digest::of(format!("{a} {a}").as_bytes())]);
    assert!(chain_ids(&[]).is_empty());
}

/// A snapshot is that of all images with the layer: one of them does not say for the others whom its files belong to.
#[test]
fn annotations_map_no_ids() {
    let remote = "containerd.io/snapshot/remote/x";
    let given = [
        remote,
        "containerd.io/snapshot/uidmapping",
        "containerd.io/snapshot/gidmapping",
        "containerd.io/snapshot/overlay.upperdir",
        "containerd.io/snapshot.ref",
        "containerd.io/gc.root",
    ];
    let annotations: Labels = given.map(|key| (key.to_string(), "0:1000:1".to_string())).into();
    let labels = snapshot_labels(&annotations, "name", "diff", "");
    let keys: Vec<&str> = labels.keys().map(String::as_str).collect();
    assert_eq!(keys, ["containerd.io/snapshot.ref", "containerd.io/snapshot/diff-id", remote]);
    assert_eq!(labels["containerd.io/snapshot.ref"], "name");
}

impl BlobSource for Memory {
    fn document(&mut self, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        self.read(digest, limit)
    }

    fn copy(&mut self, digest: &Digest, size: u64, out: &mut dyn std::io::Write) -> Result<()> {
        let bytes = self.read(digest, u64::MAX)?;
        copy_exactly(&mut bytes.as_slice(), size, out)
    }
}

/// What `docker save` writes of two images that share a layer, one of them under two names, comes
/// out as it came in; and an export is the same however often it is made.
#[test]
fn several_images_out_and_in_again() {
    let (one, two) = (tar(&[("one".into(), b"1".to_vec())]), tar(&[("two".into(), b"2".to_vec())]));
    let packed = zstd::encode_all(&two[..], 1).unwrap();
    let a = config("amd64", &[&Digest::of(&one)]);
    let b = config("amd64", &[&Digest::of(&one), &Digest::of(&two)]);
    let docker = serde_json::json!([
        {"Config": "a.json", "RepoTags": ["app:1", "app:latest"], "Layers": ["one/layer.tar"]},
        {"Config": "b.json", "RepoTags": ["other"], "Layers": ["shared/layer.tar", "two.tar"]},
    ]);
    let members = [
        ("manifest.json".to_string(), serde_json::to_vec(&docker).unwrap()),
        ("one/layer.tar".into(), one.clone()),
        ("shared/layer.tar".into(), one.clone()),
        ("two.tar".into(), packed),
        ("a.json".into(), a),
        ("b.json".into(), b),
    ];
    let mut sink = Memory::default();
    let images = import(&tar(&members)[..], &Options::default(), &mut sink).unwrap();
    let names = |images: &[Imported]| images.iter().map(|i| i.name.clone()).collect::<Vec<_>>();
    let all = ["docker.io/library/app:1", "docker.io/library/app:latest", "docker.io/library/other:latest"];
    assert_eq!(names(&images), all);
    let exported = |images: &[Imported]| -> Vec<Exported> {
        images.iter().map(|i| Exported { name: i.name.clone(), target: i.target.clone() }).collect()
    };
    let write = |sink: &mut Memory| {
        let mut out = Vec::new();
        export(&exported(&images), &Platforms::Host, sink, &mut out).unwrap();
        out
    };
    let archive = write(&mut sink);
    assert_eq!(Digest::of(&archive), Digest::of(&write(&mut sink)));
    let mut again = Memory::default();
    let back = import(&archive[..], &Options::default(), &mut again).unwrap();
    assert_eq!(names(&back), all);
    assert!(back.iter().zip(&images).all(|(b, i)| b.target.digest == i.target.digest));
    // Docker's own list says the same.
    let list = tar::Archive::new(&archive[..]).entries().unwrap().find_map(|e| {
        let mut entry = e.unwrap();
        let path = entry.path().unwrap().display().to_string();
        (path == "manifest.json")
            .then(|| serde_json::from_reader::<_, serde_json::Value>(&mut entry).unwrap())
    });
    let list = list.unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["RepoTags"], serde_json::json!(all[..2]));
    // Without a blob there is no archive.
    sink.blobs.remove(&Digest::of(&one));
    let lost = export(&exported(&images), &Platforms::Host, &mut sink, Vec::new());
    assert_eq!(lost.unwrap_err().kind, Kind::NotFound);
}

#[test]
fn exports_the_platforms_that_are_asked_for() {
    let layer = tar(&[("bin/x".into(), b"x".to_vec())]);
    let (amd, arm) = (config("amd64", &[&Digest::of(&layer)]), config("arm64", &[&Digest::of(&layer)]));
    let (for_amd, for_arm) = (manifest(&amd, &[&layer]), manifest(&arm, &[&layer]));
    let platform = |arch: &str| serde_json::json!({"platform": {"os": "linux", "architecture": arch}});
    let both = index(&[
        entry(media::MANIFEST, &for_amd, platform("amd64")),
        entry(media::MANIFEST, &for_arm, platform("arm64")),
    ]);
    let mut source = Memory::default();
    for bytes in [&layer, &amd, &arm, &for_amd, &for_arm, &both] {
        source.blobs.insert(Digest::of(bytes), bytes.clone());
    }
    let target = Descriptor::new(media::INDEX, Digest::of(&both), both.len() as u64);
    let images = [Exported { name: "example.org/app:1".into(), target }];
    let names = |platforms: &Platforms, source: &mut Memory| -> Result<Vec<String>> {
        let mut out = Vec::new();
        export(&images, platforms, source, &mut out)?;
        let mut archive = tar::Archive::new(&out[..]);
        Ok(archive.entries().unwrap().map(|e| e.unwrap().path().unwrap().display().to_string()).collect())
    };
    let holds = |names: &[String], bytes: &[u8]| names.iter().any(|n| n.ends_with(Digest::of(bytes).hex()));
    let all = names(&Platforms::All, &mut source).unwrap();
    assert!(
        holds(&all, &amd)
            && holds(&all, &arm)
            && holds(&all, &both)
            && !all.contains(&"manifest.json".into())
    );
    let wanted = Platforms::These(vec![Platform::parse("linux/arm64").unwrap()]);
    let one = names(&wanted, &mut source).unwrap();
    assert!(
        !holds(&one, &amd)
            && holds(&one, &arm)
            && !holds(&one, &both)
            && one.contains(&"manifest.json".into())
    );
    let none = Platforms::These(vec![Platform::parse("linux/s390x").unwrap()]);
    assert_eq!(names(&none, &mut source).unwrap_err().kind, Kind::NotFound);
    source.blobs.remove(&Digest::of(&for_arm));
    assert_eq!(names(&Platforms::All, &mut source).unwrap_err().kind, Kind::NotFound);
}
