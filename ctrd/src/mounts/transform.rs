//! What has to be done before a mount can be made, as its type says: `format/` fills in places of
//! mounts that were made before, `mkdir/` makes folders, `mkfs/` images of file systems ([`image`]).
//!
//! ```text
//! format/overlay   lowerdir={{ mount 0 }}:{{ overlay 1 3 }}
//! mkdir/bind       X-containerd.mkdir.path=/var/lib/ctrd/x:755:0:0
//! ```

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Component, Path, PathBuf};

use crate::api::types::ActiveMount;
use crate::error::{Error, Kind, Result};
use crate::snapshot::Mount;

use super::image;

const MKDIR: &str = "X-containerd.mkdir.";

/// Who makes which mounts.
pub struct Plan {
    /// The server makes these.
    pub ours: Vec<Step>,
    /// The first of the others needs those before it.
    pub last: Option<Step>,
    pub rest: Vec<Mount>,
}

/// A mount and what comes before it.
pub struct Step {
    mount: Mount,
    format: bool,
    mkdir: bool,
    mkfs: bool,
}

impl Plan {
    pub fn of(mounts: Vec<Mount>, all: bool) -> Result<Plan> {
        let steps = mounts.into_iter().map(Step::of).collect::<Result<Vec<_>>>()?;
        let transformed = steps.iter().rposition(|step| step.format || step.mkdir || step.mkfs);
        // A device is made here, whoever mounts what is on it.
        let devices = steps.iter().rposition(|step| step.mount.kind == image::LOOP).map_or(0, |n| n + 1);
        let ours = if all { steps.len() } else { transformed.unwrap_or(0).max(devices) };
        let mut steps = steps.into_iter();
        let before = steps.by_ref().take(ours).collect();
        let last = if transformed.is_none_or(|n| n < ours) { None } else { steps.next() };
        Ok(Plan { ours: before, last, rest: steps.map(|step| step.mount).collect() })
    }
}

impl Step {
    fn of(mut mount: Mount) -> Result<Step> {
        let (mut format, mut mkdir, mut mkfs) = (false, false, false);
        while let Some((what, kind)) = mount.kind.split_once('/') {
            match what {
                "format" => format = true,
                "mkdir" => mkdir = true,
                "mkfs" => mkfs = true,
                _ => {
                    let text = format!("mount of type {:.100}: {what:.100}: not implemented", mount.kind);
                    return Err(Error::new(Kind::Unimplemented, text));
                }
            }
            mount.kind = kind.to_string();
        }
        Ok(Step { mount, format, mkdir, mkfs })
    }

    /// The mount as it is to be made, now that those before it stand.
    pub fn resolve(self, active: &[ActiveMount], root: &Path) -> Result<Mount> {
        let mut mount = self.mount;
        if self.format {
            mount.source = fill(&mount.source, active)?;
            mount.target = fill(&mount.target, active)?;
            for option in &mut mount.options {
                *option = fill(option, active)?;
            }
        }
        if self.mkdir {
            let (folders, options): (Vec<_>, _) =
                std::mem::take(&mut mount.options).into_iter().partition(|o| o.starts_with(MKDIR));
            mount.options = options;
            folders.iter().try_for_each(|option| make(option, root))?;
        }
        if self.mkfs {
            let (image, options): (Vec<_>, _) =
                std::mem::take(&mut mount.options).into_iter().partition(|o| o.starts_with(image::OPTIONS));
            mount.options = options;
            image::make(&mount.source, &image, root)?;
        }
        Ok(mount)
    }
}

/// Fills in `{{ mount 0 }}`, `{{ source 0 }}`, `{{ target 0 }}` and `{{ overlay 1 3 }}`.
fn fill(text: &str, active: &[ActiveMount]) -> Result<String> {
    let bad = |what: &str| Error::invalid(format!("mount option {text:?}: {what}: invalid argument"));
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (inside, behind) = after.split_once("}}").ok_or_else(|| bad("no }}"))?;
        let words: Vec<&str> = inside.split_whitespace().collect();
        let number = |word: &str| word.parse::<usize>().map_err(|_| bad("not a number"));
        let one = |word: &str| active.get(number(word)?).map_or_else(|| Err(bad("no such mount")), Ok);
        let of = |active: &ActiveMount, field: fn(crate::api::types::Mount) -> String| {
            active.mount.clone().map(field).unwrap_or_default()
        };
        match words.as_slice() {
            ["mount", n] => out.push_str(&one(n)?.mount_point),
            ["source", n] => out.push_str(&of(one(n)?, |m| m.source)),
            ["target", n] => out.push_str(&of(one(n)?, |m| m.target)),
            ["overlay", from, to] => {
                let (a, b) = (number(from)?, number(to)?);
                let mut range =
                    active.get(a.min(b)..=a.max(b)).ok_or_else(|| bad("no such mounts"))?.to_vec();
                if a > b {
                    range.reverse();
                }
                let points: Vec<_> = range.into_iter().map(|active| active.mount_point).collect();
                out.push_str(&points.join(":"));
            }
            _ => return Err(bad("not mount, source, target or overlay")),
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// Makes a folder below `root`: `X-containerd.mkdir.path=PATH[:MODE[:UID:GID]]`.
fn make(option: &str, root: &Path) -> Result<()> {
    let bad = |what: &str| Error::invalid(format!("mount option {option:?}: {what}: invalid argument"));
    let value =
        option.strip_prefix(MKDIR).and_then(|o| o.strip_prefix("path=")).ok_or_else(|| bad("no path"))?;
    let parts: Vec<&str> = value.split(':').collect();
    let id = |text: &str| text.parse::<u32>().map_err(|_| bad("not an id"));
    let (path, mode, owner) = match parts.as_slice() {
        [path] => (path, "700", None),
        [path, mode] => (path, *mode, None),
        [path, mode, uid, gid] => (path, *mode, Some((id(uid)?, id(gid)?))),
        _ => return Err(bad("not PATH:MODE:UID:GID")),
    };
    let mode = u32::from_str_radix(mode, 8).ok().filter(|m| *m <= 0o777).ok_or_else(|| bad("its mode"))?;
    let path = below(path, root).ok_or_else(|| bad("not below the server's root"))?;
    let at = |e: std::io::Error| Error::from(e).context(format!("make {}", path.display()));
    match DirBuilder::new().mode(mode).create(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        made => {
            made.map_err(at)?;
            if let Some((uid, gid)) = owner {
                chown(&path, Some(uid), Some(gid)).map_err(at)?;
            }
        }
    }
    let found = path.symlink_metadata().map_err(at)?;
    if !found.is_dir() || found.mode() & 0o777 != mode {
        return Err(Error::precondition(format!(
            "make {}: it is another: failed precondition",
            path.display()
        )));
    }
    Ok(())
}

/// A path, if it is one below the root, however it is spelled or linked.
pub fn below(path: &str, root: &Path) -> Option<PathBuf> {
    let path = PathBuf::from(path);
    let plain = path.components().all(|c| matches!(c, Component::RootDir | Component::Normal(_)));
    let parent = path.parent().filter(|_| plain)?.canonicalize().ok()?;
    parent.starts_with(root.canonicalize().ok()?).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(kind: &str, options: &[&str]) -> Mount {
        let options = options.iter().map(ToString::to_string).collect();
        Mount { kind: kind.into(), options, ..Mount::default() }
    }

    fn active(n: usize) -> Vec<ActiveMount> {
        let source = |n| Some(crate::api::types::Mount { source: format!("/s{n}"), ..Default::default() });
        (0..n)
            .map(|n| ActiveMount { mount: source(n), mount_point: format!("/m{n}"), ..Default::default() })
            .collect()
    }

    #[test]
    fn who_makes_what() {
        for (kinds, all, expected) in [
            (&["bind", "overlay"][..], false, (0, false, 2)),
            (&["bind", "overlay"], true, (2, false, 0)),
            (&["bind", "format/overlay", "bind"], false, (1, true, 1)),
            (&["format/mkdir/bind"], false, (0, true, 0)),
            (&["mkfs/loop", "format/ext4"], false, (1, true, 0)),
            (&["mkfs/loop"], false, (1, false, 0)),
            (&["loop", "ext4"], false, (1, false, 1)),
        ] {
            let plan = Plan::of(kinds.iter().map(|k| mount(k, &[])).collect(), all).unwrap();
            assert_eq!((plan.ours.len(), plan.last.is_some(), plan.rest.len()), expected, "{kinds:?}");
        }
        assert_eq!(Plan::of(vec![mount("melt/ext4", &[])], true).err().unwrap().kind, Kind::Unimplemented);
    }

    #[test]
    fn places_are_filled_in() {
        for (text, expected) in [
            ("lowerdir={{ mount 0 }}:{{mount 2}}", Some("lowerdir=/m0:/m2")),
            ("{{ overlay 2 0 }}", Some("/m2:/m1:/m0")),
            ("{{ overlay 1 2 }}x", Some("/m1:/m2x")),
            ("{{ source 1 }}", Some("/s1")),
            ("plain", Some("plain")),
            ("{{ mount 3 }}", None),
            ("{{ overlay 1 3 }}", None),
            ("{{ mount", None),
            ("{{ env HOME }}", None),
        ] {
            assert_eq!(fill(text, &active(3)).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn folders_are_made_below_the_root_alone() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::os::unix::fs::symlink(dir.path(), root.join("out")).unwrap();
        let at = |path: &str, more: &str| format!("{MKDIR}path={}/{path}{more}", root.display());
        for (option, fine) in [
            (at("a", ""), true),
            (at("a", ":700"), true),
            (at("a", ":755"), false),
            (at("b", ":711"), true),
            (at("c", ":4755"), false),
            (at("../d", ""), false),
            (at("out/e", ""), false),
            (format!("{MKDIR}path=/etc/x"), false),
            (format!("{MKDIR}mode=1"), false),
            (at("f", ":755:0"), false),
        ] {
            assert_eq!(make(&option, &root).is_ok(), fine, "{option}");
        }
        assert!(!dir.path().join("d").exists() && !dir.path().join("e").exists());
    }
}
