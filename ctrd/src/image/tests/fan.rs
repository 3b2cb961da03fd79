//! Indexes that name one another (CVE-2026-53493): by digests that many share they are a small archive and an endless
//! walk. Documents are read once a walk, and it ends at a depth and at a number.

use super::*;

/// A manifest, below indexes so deep of which each names the next one so often: the blobs, and the uppermost.
fn fan(depth: usize, times: usize) -> (Vec<Vec<u8>>, Vec<u8>) {
    let layer = tar(&[("x".into(), vec![])]);
    let config = config(&Platform::host().architecture, &[&Digest::of(&layer)]);
    let mut top = manifest(&config, &[&layer]);
    let mut blobs = vec![layer, config];
    let mut kind = media::MANIFEST;
    for _ in 0..depth {
        let entries: Vec<_> = (0..times)
            // Otherwise than by its digest each is another one.
            .map(|n| entry(kind, &top, serde_json::json!({"annotations": {"n": n.to_string()}})))
            .collect();
        blobs.push(std::mem::replace(&mut top, index(&entries)));
        kind = media::INDEX;
    }
    blobs.push(top.clone());
    (blobs, top)
}

fn archive(blobs: &[Vec<u8>], top: &[u8]) -> Vec<u8> {
    let blobs: Vec<&[u8]> = blobs.iter().map(Vec::as_slice).collect();
    layout(index(&[entry(media::INDEX, top, serde_json::json!({}))]), &blobs)
}

fn holding(blobs: &[Vec<u8>]) -> Memory {
    Memory { blobs: blobs.iter().map(|b| (Digest::of(b), b.clone())).collect(), ..Memory::default() }
}

fn target(top: &[u8]) -> Descriptor {
    Descriptor::new(media::INDEX, Digest::of(top), top.len() as u64)
}

/// A hundred million ways lead down.
#[test]
fn what_is_named_often_is_read_once() {
    for times in [2, 10] {
        let (blobs, top) = fan(MAX_DEPTH, times);
        let mut sink = Memory::default();
        let images = import(&archive(&blobs, &top)[..], &Options::default(), &mut sink).unwrap();
        assert_eq!(images[0].target.digest, Digest::of(&top));
        // For the labels, and to look whether this platform's are there.
        assert!(sink.reads <= 2 * blobs.len(), "{} reads of {} blobs", sink.reads, blobs.len());

        let mut sink = Memory::default();
        import_index(&archive(&blobs, &top)[..], None, &mut sink).unwrap();
        assert!(sink.reads <= blobs.len(), "{} reads of {} blobs", sink.reads, blobs.len());

        let mut source = holding(&blobs);
        let found = resolve(&target(&top), None, &mut |d| source.read(d, MAX_DOCUMENT)).unwrap();
        assert_eq!(found.layers().unwrap().len(), 1);
        assert!(source.reads <= blobs.len(), "{} reads of {} blobs", source.reads, blobs.len());

        // Nothing is there for this one.
        let (mut source, other) = (holding(&blobs), Platform::parse("linux/s390x").unwrap());
        let none = resolve(&target(&top), Some(&other), &mut |d| source.read(d, MAX_DOCUMENT));
        assert_eq!(none.unwrap_err().kind, Kind::NotFound);
        assert!(source.reads <= blobs.len(), "{} reads of {} blobs", source.reads, blobs.len());

        for platforms in [Platforms::All, Platforms::Host] {
            let mut source = holding(&blobs);
            let images = [Exported { name: "example.org/fan:1".into(), target: target(&top) }];
            let mut out = Vec::new();
            export(&images, &platforms, &mut source, &mut out).unwrap();
            // To find them, to write them, for Docker's list, and for a look whether it is a saved container.
            assert!(
                source.reads <= 4 * blobs.len(),
                "{platforms:?}: {} reads of {} blobs",
                source.reads,
                blobs.len()
            );
        }
    }
}

#[test]
fn what_is_nested_too_deep_is_given_up() {
    let (blobs, top) = fan(20, 2);
    let mut sink = Memory::default();
    let deep = import(&archive(&blobs, &top)[..], &Options::default(), &mut sink).unwrap_err();
    assert!(deep.message.contains("too deep") && sink.reads <= 2 * MAX_DEPTH, "{deep}: {} reads", sink.reads);
    for platforms in [Platforms::All, Platforms::Host] {
        let mut source = holding(&blobs);
        let images = [Exported { name: "example.org/fan:1".into(), target: target(&top) }];
        let deep = export(&images, &platforms, &mut source, Vec::new()).unwrap_err();
        assert!(
            deep.message.contains("too deep") && source.reads <= 2 * MAX_DEPTH,
            "{deep}: {} reads",
            source.reads
        );
    }
}

/// Each of them is another one, so nothing but a number ends it.
#[test]
fn what_names_too_much_is_given_up() {
    let mut blobs = Vec::new();
    let mut above = Vec::new();
    for group in 0..6 {
        let leaf = |n: usize| {
            let note = serde_json::json!({"n": format!("{group}-{n}")});
            serde_json::to_vec(&serde_json::json!({"schemaVersion": 2, "manifests": [], "annotations": note}))
                .unwrap()
        };
        let leaves: Vec<_> = (0..2000).map(leaf).collect();
        let entries: Vec<_> =
            leaves.iter().map(|leaf| entry(media::INDEX, leaf, serde_json::json!({}))).collect();
        blobs.extend(leaves);
        above.push(index(&entries));
    }
    let entries: Vec<_> = above.iter().map(|one| entry(media::INDEX, one, serde_json::json!({}))).collect();
    let top = index(&entries);
    blobs.extend(above);
    blobs.push(top.clone());
    let mut source = holding(&blobs);
    let much = resolve(&target(&top), None, &mut |d| source.read(d, MAX_DOCUMENT)).unwrap_err();
    assert!(much.message.contains("refers to too much"), "{much}");
    assert!(source.reads <= MAX_DESCRIPTORS, "{} reads", source.reads);
    let images = [Exported { name: "example.org/much:1".into(), target: target(&top) }];
    let mut source = holding(&blobs);
    let much = export(&images, &Platforms::All, &mut source, Vec::new()).unwrap_err();
    assert!(much.message.contains("refers to too much"), "{much}");
    assert!(source.reads <= MAX_DESCRIPTORS + 1, "{} reads", source.reads);
    let much = import(&archive(&blobs, &top)[..], &Options::default(), &mut Memory::default()).unwrap_err();
    assert!(much.message.contains("refers to too much"), "{much}");
}
