//! The same archive once more, into a sink that has some or all of it: what is there is not read, and what comes out is
//! the same.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use super::*;

/// Larger than what is read of a file at once.
const LARGE: usize = 3 << 20;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

fn layer(seed: u8) -> Vec<u8> {
    tar(&[(format!("bin/{seed}"), vec![seed; LARGE])])
}

#[test]
fn what_is_there_is_passed_over() {
    let (one, two) = (layer(1), layer(2));
    let config = config("amd64", &[&Digest::of(&one), &Digest::of(&two)]);
    let manifest = manifest(&config, &[&one, &two]);
    let target = entry(media::MANIFEST, &manifest, serde_json::json!({}));
    let archive = layout(index(&[target]), &[&one, &two, &config, &manifest]);
    let options = Options { platform: Some(Platform::parse("linux/amd64").unwrap()), ..Options::default() };
    let mut sink = Memory::default();
    let images = import_file(file(&archive), &options, &mut sink).unwrap();
    assert_eq!(images, import(&archive[..], &options, &mut Memory::default()).unwrap());
    assert_eq!(sink.taken, one.len() + two.len() + config.len() + manifest.len());
    sink.taken = 0;
    assert_eq!(import_file(file(&archive), &options, &mut sink).unwrap(), images);
    assert_eq!(sink.taken, 0);
    sink.blobs.remove(&Digest::of(&two));
    assert_eq!(import_file(file(&archive), &options, &mut sink).unwrap(), images);
    assert_eq!((sink.taken, &sink.blobs[&Digest::of(&two)]), (two.len(), &two));
    // From where the file stands.
    let mut behind = file(&[b"something else", &archive[..]].concat());
    behind.seek(SeekFrom::Start(14)).unwrap();
    assert_eq!(import_file(behind, &options, &mut sink).unwrap(), images);
    // One that is cut short is told, though nothing in it would have been read.
    let tail = archive.len() - 512 * 8;
    for cut in [600, LARGE, LARGE + 600, 2 * LARGE, 2 * LARGE + 4000, tail] {
        let error = import_file(file(&archive[..cut]), &options, &mut sink).unwrap_err();
        assert!(error.message.starts_with("read archive"), "cut at {cut}: {error}");
    }
}

/// What is there under a digest is taken for what bears its name; of another size it is another.
#[test]
fn a_name_is_not_for_something_else() {
    let (one, mut lie) = (layer(1), layer(1));
    let config = config("amd64", &[&Digest::of(&one)]);
    let manifest = manifest(&config, &[&one]);
    let target = entry(media::MANIFEST, &manifest, serde_json::json!({}));
    let with = |layer: &[u8]| {
        let mut members = vec![blob(&config), blob(&manifest), (blob(&one).0, layer.to_vec())];
        members.push(("index.json".into(), index(std::slice::from_ref(&target))));
        members.push(("oci-layout".into(), b"{}".to_vec()));
        tar(&members)
    };
    let options = Options { platform: Some(Platform::parse("linux/amd64").unwrap()), ..Options::default() };
    lie[LARGE / 2] = 7;
    let refused = import_file(file(&with(&lie)), &options, &mut Memory::default()).unwrap_err();
    assert!(refused.message.contains("unexpected digest"), "{refused}");
    let mut sink = Memory::default();
    import_file(file(&with(&one)), &options, &mut sink).unwrap();
    import_file(file(&with(&lie)), &options, &mut sink).unwrap();
    assert!(sink.blobs.values().all(|bytes| *bytes != lie));
    let refused = import_file(file(&with(&one[1..])), &options, &mut sink).unwrap_err();
    assert!(refused.message.contains("bytes, where those of its digest are"), "{refused}");
}

/// Archives of Docker's promise nothing by their names, but most of them tell.
#[test]
fn what_docker_saves_is_known_by_its_names() {
    let (plain, packed) = (layer(1), zstd::encode_all(&layer(2)[..], 1).unwrap());
    let config = config("amd64", &[&Digest::of(&plain), &Digest::of(&layer(2))]);
    let hex = |bytes: &[u8]| Digest::of(bytes).hex().to_string();
    for form in ["HEX.tar", "HEX/layer.tar", "HEX.tar.gz", "sha256:HEX", "blobs/sha256/HEX"] {
        let (first, second) = (form.replace("HEX", &hex(&plain)), form.replace("HEX", &hex(&packed)));
        let name = format!("{}.json", hex(&config));
        let list = serde_json::json!([{"Config": name, "RepoTags": ["a:1"], "Layers": [first, second]}]);
        let members = [
            (first, plain.clone()),
            (second, packed.clone()),
            (name, config.clone()),
            ("manifest.json".into(), list.to_string().into_bytes()),
        ];
        let mut sink = Memory::default();
        let images = import_file(file(&tar(&members)), &Options::default(), &mut sink).unwrap();
        assert!(sink.taken > LARGE, "{form}");
        sink.taken = 0;
        // What compresses a layer is seen, though the layer is not read.
        assert_eq!(
            import_file(file(&tar(&members)), &Options::default(), &mut sink).unwrap(),
            images,
            "{form}"
        );
        assert_eq!(sink.taken, 0, "{form}");
    }
    // Names that mean nothing: they are not believed where there is nothing of that digest.
    let (first, name) = (format!("{}/layer.tar", "ab".repeat(32)), format!("{}.json", "cd".repeat(32)));
    let config = super::config("amd64", &[&Digest::of(&plain)]);
    let list = serde_json::json!([{"Config": name, "RepoTags": ["a:1"], "Layers": [first]}]);
    let members =
        [(first, plain.clone()), (name, config), ("manifest.json".into(), list.to_string().into_bytes())];
    let mut sink = Memory::default();
    let images = import_file(file(&tar(&members)), &Options::default(), &mut sink).unwrap();
    let found = resolve(&images[0].target, None, &mut |d| sink.read(d, MAX_DOCUMENT)).unwrap();
    assert_eq!(found.layers().unwrap()[0].0.digest, Digest::of(&plain));
}
