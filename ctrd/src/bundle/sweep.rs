//! What interrupted removals and lost state folders left of bundles, removed while others are made and removed.
//!
//! The namespace's lock is held for a moment at a time: thousands of leftovers keep nobody from making a bundle.

use std::collections::BTreeSet;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use nix::fcntl::FlockArg;

use super::remove::hide;
use super::{Bundles, entries, lock, names};
use crate::error::{Error, Result};
use crate::id;
use crate::snapshot::tree;

impl Bundles {
    /// Removes what an interrupted removal left: hidden folders, and work folders that no bundle
    /// refers to. Whatever goes wrong with one stops no other; the first error is returned.
    pub fn sweep(&self, namespace: &str) -> Result<()> {
        id::validate(namespace).map_err(|e| e.context("namespace"))?;
        let (state, root) = (self.state.join(namespace), self.root.join(namespace));
        let mut first = Ok(());
        let mut note = |done: Result<()>| {
            if first.is_ok() {
                first = done;
            }
        };
        for dir in [&state, &root] {
            for name in hidden(dir)? {
                note(tree::remove(&dir.join(name)));
            }
        }
        for id in names(&root)?.into_iter().filter(|id| !state.join(id).exists()) {
            match orphan(&state, &root, &id) {
                Ok(Some(path)) => note(tree::remove(&path)),
                Ok(None) => {}
                Err(e) => note(Err(e.context(format!("remove {}", root.join(&id).display())))),
            }
        }
        first
    }

    /// The namespaces in which there may be something to sweep: of a state folder that was lost, as with the power, the
    /// work folders are left.
    pub fn swept(&self) -> Result<BTreeSet<String>> {
        Ok(names(&self.state)?.into_iter().chain(names(&self.root)?).collect())
    }
}

/// Hides a work folder that no bundle refers to, under the lock that the maker of one would need.
fn orphan(state: &Path, root: &Path, id: &str) -> Result<Option<PathBuf>> {
    DirBuilder::new().recursive(true).mode(0o711).create(state)?;
    let at = |e: nix::errno::Errno| Error::from(e).context(format!("lock {}", state.display()));
    let _guard = lock(state, FlockArg::LockExclusive).map_err(at)?;
    if state.join(id).exists() { Ok(None) } else { hide(&root.join(id)) }
}

fn hidden(dir: &Path) -> Result<Vec<String>> {
    let mut names = entries(dir)?;
    names.retain(|name| name.strip_prefix('.').is_some_and(|rest| id::validate(rest).is_ok()));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::bundle::tests::bundles;

    #[test]
    fn leftovers_go_and_bundles_stay() {
        let (_dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        let _guard = bundle.create(b"{}").unwrap();
        let (state, root) = (bundle.path.parent().unwrap(), bundle.work.parent().unwrap());
        fs::create_dir(state.join(".old")).unwrap();
        fs::create_dir_all(root.join(".old/sub")).unwrap();
        fs::create_dir_all(root.join("orphan/sub")).unwrap();
        bundles.sweep("default").unwrap();
        assert_eq!(entries(state).unwrap(), ["web"]);
        assert_eq!(entries(root).unwrap(), ["web"]);
    }

    #[test]
    fn a_lost_state_folder_leaves_nothing_for_ever() {
        let (_dir, bundles) = bundles();
        let bundle = bundles.get("default", "web").unwrap();
        drop(bundle.create(b"{}").unwrap());
        fs::remove_dir_all(&bundles.state).unwrap();
        assert_eq!(bundles.swept().unwrap(), ["default".to_string()].into());
        bundles.sweep("default").unwrap();
        assert!(!bundle.work.exists());
    }

    /// Who makes one with the name of a leftover has a whole one, whichever comes first.
    #[test]
    fn bundles_are_made_while_it_sweeps() {
        let (_dir, bundles) = bundles();
        let names: Vec<String> = (0..300).map(|n| format!("b{n}")).collect();
        fs::create_dir_all(bundles.state.join("default")).unwrap();
        for name in &names {
            fs::create_dir_all(bundles.root.join("default").join(name).join("old")).unwrap();
            fs::create_dir_all(bundles.state.join(format!("default/.{name}/old"))).unwrap();
        }
        std::thread::scope(|scope| {
            let sweeping = scope.spawn(|| bundles.sweep("default"));
            // From the other end, so that they meet.
            for name in names.iter().rev() {
                let bundle = bundles.get("default", name).unwrap();
                drop(bundle.create(b"{}").unwrap());
            }
            sweeping.join().unwrap().unwrap();
        });
        for name in &names {
            let bundle = bundles.get("default", name).unwrap();
            let work = fs::read_dir(bundle.path.join("work")).unwrap().count();
            assert_eq!((bundle.read("config.json").unwrap().unwrap(), work), (b"{}".to_vec(), 0), "{name}");
        }
        assert!(hidden(&bundles.state.join("default")).unwrap().is_empty());
        assert!(hidden(&bundles.root.join("default")).unwrap().is_empty());
    }
}
