//! Devices that are added to a container that runs, and taken away: the node in its file system and the
//! rule in its cgroup together. The rule comes first and goes last, so that nobody sees a node that
//! cannot be used.

use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nix::sys::stat::{major, minor};
use oci_spec::runtime::{LinuxDeviceCgroup, LinuxResources, Spec};
use ocirun_init::Device;
use serde_json::json;

use crate::bundle;
use crate::cli::Global;
use crate::live::{self, Added, Shown, Work};
use crate::plan;
use crate::state::State;

/// Adds the devices that `add` names and takes away those at `remove`: all or none.
pub fn change(global: &Global, state: &mut State, add: &[String], remove: &[String]) -> Result<()> {
    let bundle = bundle::load(&state.bundle, state.config.as_deref())?;
    let before = state.added.clone();
    let mut work = Work::default();
    let mut kept = before.clone();
    for target in remove {
        let gone = take(&mut kept, target)?;
        if gone.made {
            work.remove.push(gone.device);
        }
    }
    let mut new = Vec::new();
    for text in add {
        let shown =
            parse(text).and_then(|asked| look_up(&asked)).with_context(|| format!("device {text}"))?;
        let at = Path::new(&shown.device.path);
        let same = |d: &Shown| Path::new(&d.device.path).components().eq(at.components());
        let known = kept.devices.iter().chain(&new).any(same);
        ensure!(!known, "device {text}: {} was added already", at.display());
        work.devices.push(shown.device.clone());
        new.push(shown);
    }
    let allow = |added: &Added| allow(state, &rules(added, Some(&bundle.spec)));
    let mut most = before.clone();
    most.devices.extend(new.iter().cloned());
    if !new.is_empty() {
        allow(&most)?;
    }
    let done = live::change(global, state, &bundle.path, &bundle.spec, work);
    let (_, made) = done.or_else(|e| if new.is_empty() { Err(e) } else { allow(&before).and(Err(e)) })?;
    for (shown, made) in new.iter_mut().zip(made) {
        shown.made = made;
    }
    kept.devices.extend(new);
    if !remove.is_empty() {
        allow(&kept)?;
    }
    state.added = kept;
    Ok(())
}

/// The rules that hold: those of config.json, or of the last update that named some, and then those
/// of the devices that were added.
pub fn rules(added: &Added, spec: Option<&Spec>) -> Vec<LinuxDeviceCgroup> {
    let own = || plan::linux(spec?).resources().as_ref()?.devices().clone();
    let mut rules = added.rules.clone().or_else(own).unwrap_or_default();
    if rules.is_empty() {
        // What holds without any.
        rules.push(rule(json!({"allow": false, "access": "rwm"})));
    }
    rules.extend(added.devices.iter().map(|d| d.rule.clone()));
    rules
}

fn allow(state: &State, rules: &[LinuxDeviceCgroup]) -> Result<()> {
    if state.cgroup.paths().is_empty() {
        return Ok(());
    }
    let mut resources = LinuxResources::default();
    resources.set_devices(Some(rules.to_vec()));
    state.cgroup.update(&resources)
}

fn take(added: &mut Added, target: &str) -> Result<Shown> {
    let same = |d: &Shown| Path::new(&d.device.path).components().eq(Path::new(target).components());
    let at = added.devices.iter().position(same);
    let at = at.with_context(|| format!("{target} is not a device that was added"))?;
    Ok(added.devices.remove(at))
}

/// What `PATH[:TARGET[:ACCESS]]` says.
#[derive(Debug, PartialEq)]
struct Asked<'a> {
    path: &'a str,
    target: &'a str,
    access: &'a str,
}

/// As in docker's `--device`, a second word that can only be an access is one.
fn parse(text: &str) -> Result<Asked<'_>> {
    let access = |word: &str| !word.is_empty() && word.chars().all(|c| "rwm".contains(c));
    let words: Vec<&str> = text.split(':').collect();
    let asked = match words[..] {
        [path] => Asked { path, target: path, access: "rwm" },
        [path, word] if access(word) => Asked { path, target: path, access: word },
        [path, target] => Asked { path, target, access: "rwm" },
        [path, target, word] if access(word) => Asked { path, target, access: word },
        [_, _, word] => bail!("{word:?} is no access: want r, w and m"),
        _ => bail!("want PATH[:TARGET[:ACCESS]]"),
    };
    for path in [asked.path, asked.target] {
        ensure!(path.starts_with('/'), "{path:?} is not an absolute path");
        ensure!(!path.split('/').any(|part| part == ".."), "{path:?} must not contain ..");
    }
    ensure!(Path::new(asked.target).file_name().is_some(), "{:?} names no file", asked.target);
    Ok(asked)
}

/// The device that is there on the host, with its own mode and owner.
fn look_up(asked: &Asked) -> Result<Shown> {
    let stat = std::fs::metadata(asked.path).with_context(|| format!("stat {}", asked.path))?;
    let kind = match stat.file_type() {
        kind if kind.is_char_device() => "c",
        kind if kind.is_block_device() => "b",
        _ => bail!("{} is no device", asked.path),
    };
    let (major, minor) = (major(stat.rdev()) as i64, minor(stat.rdev()) as i64);
    let components = Path::new(asked.target).components();
    let device = Device {
        path: components.as_path().to_string_lossy().into_owned(),
        kind: kind.into(),
        major,
        minor,
        file_mode: Some(stat.mode() & 0o777),
        uid: stat.uid(),
        gid: stat.gid(),
        source: Some(asked.path.to_owned()),
        fd: None,
    };
    let access = asked.access;
    let rule = rule(json!({"allow": true, "type": kind, "major": major, "minor": minor, "access": access}));
    Ok(Shown { device, rule, made: false })
}

fn rule(json: serde_json::Value) -> LinuxDeviceCgroup {
    serde_json::from_value(json).expect("a rule")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let asked = |path, target, access| Asked { path, target, access };
        for (text, want) in [
            ("/dev/a", asked("/dev/a", "/dev/a", "rwm")),
            ("/dev/a:rw", asked("/dev/a", "/dev/a", "rw")),
            ("/dev/a:/dev/b", asked("/dev/a", "/dev/b", "rwm")),
            ("/dev/a:/dev/b:r", asked("/dev/a", "/dev/b", "r")),
        ] {
            assert_eq!(parse(text).unwrap(), want);
        }
        for (text, why) in [
            ("", "not an absolute path"),
            ("dev/a", "not an absolute path"),
            ("/dev/a:b", "\"b\" is not an absolute path"),
            ("/dev/a:/b:", "is no access"),
            ("/dev/a:/b:rx", "is no access"),
            ("/dev/a:/b:r:w", "want PATH"),
            ("/dev/a:/dev/../b", "must not contain .."),
            ("/dev/a:/", "names no file"),
        ] {
            let said = parse(text).unwrap_err().to_string();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn devices_of_the_host() {
        let null = look_up(&parse("/dev/null:/dev//nil:rw").unwrap()).unwrap();
        assert_eq!((null.device.path.as_str(), null.device.major, null.device.minor), ("/dev//nil", 1, 3));
        assert_eq!((null.rule.major(), null.rule.access().as_deref()), (Some(1), Some("rw")));
        for (path, why) in [("/etc/passwd", "is no device"), ("/dev/nonexistent", "stat ")] {
            let said = look_up(&parse(path).unwrap()).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn rules_of_devices_come_after_the_others() {
        let spec: Spec = serde_json::from_str(r#"{"ociVersion":"1.0.2"}"#).unwrap();
        let mut added = Added::default();
        assert_eq!(rules(&added, Some(&spec)).len(), 1);
        added.devices.push(look_up(&parse("/dev/null").unwrap()).unwrap());
        let both = rules(&added, Some(&spec));
        assert!(!both[0].allow() && both[1].allow());
        added.rules = Some(vec![rule(json!({"allow": true, "access": "rwm"}))]);
        assert!(rules(&added, Some(&spec))[0].allow());
        take(&mut added, "/dev/null/").unwrap();
        let said = take(&mut added, "/dev/null").unwrap_err().to_string();
        assert_eq!(said, "/dev/null is not a device that was added");
    }
}
