//! `ocirun mounts`: mounts that are added to a container that runs, and taken away again.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::Mount;
use ocirun_init::Unmount;

use crate::cli::{Action, Global, Mounts};
use crate::live::{self, Mounted, Work};
use crate::state::{self, Dir, State, Status};
use crate::{bundle, stdout};

pub fn mounts(global: &Global, args: &Mounts) -> Result<i32> {
    let dir = Dir::of(&state::root(global), &args.id)?;
    if args.action == Action::List {
        ensure!(args.file.is_none(), "list takes no file");
        return list(&dir.load()?);
    }
    let wanted = read(args.file.as_deref().context("missing argument: <FILE>")?)?;
    // Two changes at once would each forget the other.
    let _lock = dir.lock()?;
    let mut state = dir.load()?;
    if matches!(dir.status(&state)?, Status::Stopped | Status::Creating) {
        bail!("container not running");
    }
    let bundle = bundle::load(&state.bundle, state.config.as_deref())?;
    if args.action == Action::Add {
        let work = Work { mounts: wanted.clone(), ..Work::default() };
        let (numbers, _) = live::change(global, &state, &bundle.path, &bundle.spec, work)?;
        let made = wanted.into_iter().zip(numbers.into_iter().chain(std::iter::repeat(None)));
        state.added.mounts.extend(made.map(|(mount, number)| Mounted { mount, number }));
    } else {
        let unmount = take(&mut state.added.mounts, &wanted)?;
        let work = Work { unmount, ..Work::default() };
        live::change(global, &state, &bundle.path, &bundle.spec, work)?;
    }
    dir.save(&state)?;
    Ok(0)
}

fn list(state: &State) -> Result<i32> {
    let all: Vec<&Mount> = state.added.mounts.iter().map(|m| &m.mount).collect();
    stdout::print(&(serde_json::to_string(&all).context("encode the mounts")? + "\n"))?;
    Ok(0)
}

/// The mounts of a file, each with a destination that can be found again.
fn read(file: &Path) -> Result<Vec<Mount>> {
    let mut text = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut text).context("read standard input")?;
    } else {
        text = std::fs::read(file).with_context(|| format!("open {}", file.display()))?;
    }
    let context = || format!("parse {}", file.display());
    ensure!(text.trim_ascii_start().starts_with(b"["), "{}: mounts must be a list", context());
    let mounts: Vec<Mount> = serde_json::from_slice(&text).with_context(context)?;
    ensure!(!mounts.is_empty(), "{}: no mount is named", context());
    for (n, mount) in mounts.iter().enumerate() {
        let to = mount.destination();
        ensure!(to.is_absolute(), "mounts[{n}]: destination {to:?} is not an absolute path");
    }
    Ok(mounts)
}

/// Takes from `added` what is named: of several at one place the last, which lies on top.
fn take(added: &mut Vec<Mounted>, named: &[Mount]) -> Result<Vec<Unmount>> {
    let mut out = Vec::new();
    for mount in named.iter().rev() {
        let to = mount.destination();
        let at = added.iter().rposition(|m| m.mount.destination().components().eq(to.components()));
        let Some(at) = at else { bail!("{} is not a mount that was added", to.display()) };
        let gone = added.remove(at);
        let plain = gone.mount.options().iter().flatten().any(|word| word == "dest-nofollow");
        let destination = gone.mount.destination().to_string_lossy().into_owned();
        out.push(Unmount { destination, plain, mount: gone.number });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(json: &str) -> Vec<Mount> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_last_one_at_a_place_is_taken_first() {
        let all = list(r#"[{"destination":"/a"},{"destination":"/b/"},{"destination":"/a"}]"#);
        let mut added: Vec<Mounted> =
            all.into_iter().zip(1..).map(|(mount, n)| Mounted { mount, number: Some(n) }).collect();
        let gone = take(&mut added, &list(r#"[{"destination":"/b"},{"destination":"/a"}]"#)).unwrap();
        assert_eq!(gone.iter().map(|g| g.mount).collect::<Vec<_>>(), [Some(3), Some(2)]);
        assert_eq!(added.len(), 1);
        let said = take(&mut added, &list(r#"[{"destination":"/c"}]"#)).unwrap_err().to_string();
        assert_eq!(said, "/c is not a mount that was added");
    }
}
