//! Under which names an image store keeps what is transferred into it.

use crate::api::types::transfer::{ImageReference, ImageStore};
use crate::content::Labels;
use crate::error::{Error, Kind, Result};
use crate::image::Descriptor;

const IMAGE_NAME: &str = "io.containerd.image.name";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// Names for the target of a transfer itself: an index that is imported, an image that is tagged.
pub fn of_target(store: &ImageStore, target: &Descriptor) -> Vec<String> {
    let own = (!store.name.is_empty()).then(|| store.name.clone());
    // A prefix names what the annotations complete, and no target.
    let extra = store.extra_references.iter().filter(|r| !r.is_prefix).map(|reference| {
        if reference.add_digest { by_digest(reference, target) } else { reference.name.clone() }
    });
    own.into_iter().chain(extra).collect()
}

/// Names for an image within an archive, by its own annotations.
pub fn of_annotated(store: &ImageStore, target: &Descriptor) -> Vec<String> {
    let mut names = Vec::new();
    for reference in store.extra_references.iter().filter(|r| r.is_prefix) {
        let named = annotated(reference, &target.annotations);
        if reference.add_digest && (named.is_none() || !reference.skip_named_digest) {
            names.push(by_digest(reference, target));
        }
        names.extend(named);
    }
    names
}

/// The images of a store that is a source: the one it names, and its further names.
pub fn to_look_up(store: &ImageStore) -> Result<Vec<String>> {
    let mut names: Vec<String> = (!store.name.is_empty()).then(|| store.name.clone()).into_iter().collect();
    for reference in &store.extra_references {
        if reference.is_prefix {
            let text = format!("image {}: looking up by prefix: not implemented", reference.name);
            return Err(Error::new(Kind::Unimplemented, text));
        }
        names.push(reference.name.clone());
    }
    Ok(names)
}

fn by_digest(reference: &ImageReference, target: &Descriptor) -> String {
    format!("{}@{}", reference.name, target.digest)
}

/// What the annotations call the image, if that fits the reference.
fn annotated(reference: &ImageReference, annotations: &Labels) -> Option<String> {
    let given = |key| annotations.get(key).filter(|name: &&String| !name.is_empty());
    match given(IMAGE_NAME) {
        // A whole name is taken as it is or not at all.
        Some(name) => translated(reference, name).filter(|translated| translated == name),
        None => translated(reference, given(REF_NAME)?),
    }
}

fn translated(reference: &ImageReference, name: &str) -> Option<String> {
    let prefix = reference.name.as_str();
    if prefix.is_empty() {
        return None;
    }
    if !name.contains(['/', ':', '@']) {
        return Some(format!("{prefix}:{name}"));
    }
    let below =
        name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '@']));
    (reference.allow_overwrite || below).then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::image::media;

    fn target(annotations: &[(&str, &str)]) -> Descriptor {
        let mut target = Descriptor::new(media::MANIFEST, Digest::of(b"x"), 1);
        target.annotations = annotations.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        target
    }

    fn store(name: &str, references: &[(&str, &str)]) -> ImageStore {
        let extra_references = references
            .iter()
            .map(|(name, flags)| ImageReference {
                name: name.to_string(),
                is_prefix: flags.contains('p'),
                allow_overwrite: flags.contains('o'),
                add_digest: flags.contains('d'),
                skip_named_digest: flags.contains('s'),
            })
            .collect();
        ImageStore { name: name.into(), extra_references, ..ImageStore::default() }
    }

    fn names(names: Vec<String>) -> Vec<String> {
        let digest = Digest::of(b"x").to_string();
        names.into_iter().map(|name| name.replace(&digest, "D")).collect()
    }

    #[test]
    fn of_images_in_archives() {
        let full = [(IMAGE_NAME, "docker.io/library/bb:1"), (REF_NAME, "1")];
        let tag = [(REF_NAME, "1")];
        for (flags, annotations, expected) in [
            ("po", &full[..], &["docker.io/library/bb:1"][..]),
            ("p", &full, &[]),
            ("po", &tag, &["import:1"]),
            ("p", &tag, &["import:1"]),
            ("po", &[], &[]),
            ("pd", &tag, &["import@D", "import:1"]),
            ("pds", &tag, &["import:1"]),
            ("pds", &full, &["import@D"]),
            ("pds", &[], &["import@D"]),
            ("", &tag, &[]),
        ] {
            let found = names(of_annotated(&store("", &[("import", flags)]), &target(annotations)));
            assert_eq!(found, expected, "{flags} {annotations:?}");
        }
        let below = [(IMAGE_NAME, "import/a:2")];
        assert_eq!(names(of_annotated(&store("", &[("import", "p")]), &target(&below))), ["import/a:2"]);
        let beside = [(IMAGE_NAME, "imported/a:2")];
        assert!(of_annotated(&store("", &[("import", "p")]), &target(&beside)).is_empty());
    }

    #[test]
    fn of_the_target() {
        let store = store("index", &[("a", "p"), ("b", "pd"), ("c", ""), ("d", "d")]);
        assert_eq!(names(super::of_target(&store, &target(&[]))), ["index", "c", "d@D"]);
    }

    #[test]
    fn of_sources() {
        assert_eq!(to_look_up(&store("a", &[("b", "")])).unwrap(), ["a", "b"]);
        assert_eq!(to_look_up(&store("a", &[("b", "p")])).unwrap_err().kind, Kind::Unimplemented);
    }
}
