//! Images: that what each leads to is there, known in its namespace, and held for it.

use std::collections::HashSet;

use crate::content::Content;
use crate::digest::Digest;
use crate::error::Result;
use crate::image::{self, Descriptor, MAX_DOCUMENT, is_index, is_manifest};
use crate::store::images::{self, Image};
use crate::store::{Store, namespaces};

use super::waiting::Waiting;
use super::{Options, Report, words};

/// Looks at every image and container, and returns all blobs that images lead to.
pub fn check(
    store: &Store,
    content: &Content,
    options: Options,
    report: &mut Report,
) -> Result<HashSet<Digest>> {
    let mut needed = HashSet::new();
    for (ns, _) in store.view(namespaces::list)? {
        for image in store.view(|c| images::list(c, &ns, |_| true))? {
            report.images += 1;
            let look = Look { content, options, ns: &ns, image: &image };
            needed.extend(look.image(report)?);
        }
        for (id, name, key) in store.view(|c| crate::store::containers::snapshots(c, &ns))? {
            let known = "SELECT EXISTS (SELECT 1 FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND key = ?3)";
            if !key.is_empty()
                && !store.view(|c| Ok(c.query_row(known, [&ns, &name, &key], |r| r.get(0))?))?
            {
                let problem = format!("its snapshot {key} of {name} is not there");
                report.find(options, format!("container {ns}/{id}"), problem, None)?;
            }
        }
    }
    Ok(needed)
}

struct Look<'a> {
    content: &'a Content,
    options: Options,
    ns: &'a str,
    image: &'a Image,
}

impl Look<'_> {
    /// Returns all blobs that it leads to.
    fn image(&self, report: &mut Report) -> Result<HashSet<Digest>> {
        let target = &self.image.target;
        let Ok(digest) = Digest::parse(&target.digest) else { return Ok(HashSet::new()) };
        let top = Descriptor::new(&target.media_type, digest, target.size.unsigned_abs());
        // A list, for an image may be nested deeper than a stack is.
        let mut waiting = Waiting::default();
        waiting.add([(top.clone(), true)]);
        while let Some((at, needed)) = waiting.next() {
            self.look(&at, needed, &mut waiting, report)?;
        }
        // Whole for this machine, or for one platform at least: archives often lack the others.
        let mut read = |digest: &Digest| self.content.read(self.ns, digest, MAX_DOCUMENT);
        let Ok(resolved) = image::resolve(&top, None, &mut read) else { return Ok(waiting.seen) };
        let mut asked = HashSet::new();
        let mut missing: Vec<&Digest> = Vec::new();
        for Descriptor { digest, .. } in &resolved.manifest.layers {
            if asked.insert(digest) && self.content.info(self.ns, digest).is_err() {
                missing.push(digest);
            }
        }
        if !missing.is_empty() {
            let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
            let problem = format!("incomplete: import it again, for it lacks {}", names.join(", "));
            report.find(self.options, self.name(), problem, None)?;
        }
        Ok(waiting.seen)
    }

    fn name(&self) -> String {
        format!("image {}/{}", self.ns, self.image.name)
    }

    /// Looks at a descriptor; what its document names waits to be looked at.
    fn look(&self, at: &Descriptor, needed: bool, waiting: &mut Waiting, report: &mut Report) -> Result<()> {
        if self.content.info(self.ns, &at.digest).is_err() {
            if self.content.is_whole(&at.digest)? {
                let (content, ns) = (self.content, self.ns);
                let mut adopt = || content.adopt(ns, &at.digest);
                let problem = format!("not known in namespace {ns}, though {} needs it", self.name());
                let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("made known", &mut adopt);
                report.find(self.options, format!("blob {}", at.digest), problem, Some(remedy))?;
            } else if needed {
                let problem = format!("it is gone: import it again, for {} is not there", at.digest);
                report.find(self.options, self.name(), problem, None)?;
                return Ok(());
            } else {
                return Ok(());
            }
        }
        if !is_index(&at.media_type) && !is_manifest(&at.media_type) {
            return Ok(());
        }
        let bytes = match self.content.stray_document(&at.digest, MAX_DOCUMENT) {
            Ok(bytes) => bytes,
            // Told of the blob itself.
            Err(_) => return Ok(()),
        };
        let wanted = match image::gc_labels(&at.media_type, &bytes) {
            Ok(wanted) => wanted,
            Err(e) => return report.find(self.options, format!("blob {}", at.digest), words(&e), None),
        };
        let own = self.content.info(self.ns, &at.digest).map(|info| info.labels);
        let held: HashSet<&String> = own.iter().flat_map(|labels| labels.values()).collect();
        if own.is_ok() && wanted.values().any(|digest| !held.contains(digest)) {
            let (content, ns) = (self.content, self.ns);
            let paths: Vec<String> = wanted.keys().map(|key| format!("labels.{key}")).collect();
            let mut label = || content.update(ns, &at.digest, &wanted, &paths, None).map(drop);
            let problem = "its labels do not hold all that it leads to";
            let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("labelled", &mut label);
            report.find(self.options, format!("blob {}", at.digest), problem, Some(remedy))?;
        }
        if is_index(&at.media_type) {
            waiting.add(image::parse_index(&bytes)?.manifests.into_iter().map(|next| (next, false)));
        } else {
            let image::Manifest { config, layers, .. } = image::parse_manifest(&bytes)?;
            waiting.add([(config, true)].into_iter().chain(layers.into_iter().map(|layer| (layer, false))));
        }
        Ok(())
    }
}
