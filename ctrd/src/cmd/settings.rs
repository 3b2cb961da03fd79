//! What the flags of a new container mean.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oci_spec::runtime::Mount;

use super::place::Place;
use super::{Session, confine, pairs, policy, sandbox};
use crate::cli::{Confine, Settings};
use crate::client::container::Wish;
use crate::spec::label::STOP_SIGNAL;
use crate::spec::{self, Options, mount, resource};
use crate::{classes, signal};

/// The runtime that is used where none is named: this project's own shim.
pub const RUNTIME: &str = "io.containerd.ctrd.v2";

/// Of more labels that were left out it is said how many they are.
const LABELS_NAMED: usize = 5;

/// From flags to what the container is to be made of, in the sandbox that they name.
pub async fn wish_in(settings: &Settings, session: &Session) -> Result<Wish> {
    let mut wish = wish(settings, &session.place)?;
    if let Some(id) = &settings.sandbox {
        sandbox::join(&session.client, id, &mut wish, settings.runtime.is_some()).await?;
    }
    Ok(wish)
}

/// From flags to what the container is to be made of. The id is made up where none is given.
fn wish(settings: &Settings, place: &Place) -> Result<Wish> {
    let id = match &settings.name {
        Some(name) => name.clone(),
        None => made_up_id()?,
    };
    let (image, args) = match (&settings.rootfs, settings.args.split_first()) {
        (None, Some((image, args))) => (Some(image.clone()), args.to_vec()),
        (None, None) => bail!("no image is named"),
        (Some(_), _) => (None, settings.args.clone()),
    };
    let mut mounts = Vec::new();
    if settings.network == "host" {
        mounts.extend(mount::host_network_files());
    }
    for text in &settings.mount {
        mounts.push(mount::parse(text)?);
    }
    for text in &settings.volume {
        mounts.push(volume(text)?);
    }
    for text in &settings.confine.tmpfs {
        mounts.push(confine::tmpfs(text)?);
    }
    let (confinement, seccomp) = confine::confinement(&settings.confine)?;
    let stop_signal = settings.confine.stop_signal.clone();
    if let Some(text) = &stop_signal {
        signal::number(text).with_context(|| format!("stop signal {text:?}: unknown"))?;
    }
    let mut labels = pairs(&settings.label)?;
    if let Some(policy) = settings.restart.as_deref() {
        labels.extend([policy::label(policy)?]);
    }
    labels.extend(stop_signal.iter().map(|signal| (STOP_SIGNAL.to_string(), signal.clone())));
    let options = Options {
        namespace: place.namespace.clone(),
        id,
        rootfs: settings.rootfs.as_deref().map(folder).transpose()?,
        read_only: settings.read_only,
        args,
        entrypoint: settings.entrypoint.as_ref().map(|program| match program.as_str() {
            "" => Vec::new(),
            _ => vec![program.clone()],
        }),
        env: environment(&settings.env, &settings.env_file)?,
        user: settings.user.clone(),
        workdir: settings.workdir.as_ref().map(|dir| dir.display().to_string()),
        hostname: settings.hostname.clone(),
        terminal: settings.tty,
        mounts,
        memory: settings.memory.as_deref().map(resource::bytes).transpose()?,
        cpus: settings.cpus.as_deref().map(resource::cpus).transpose()?,
        pids_limit: settings.pids_limit,
        host_network: settings.network == "host",
        joined: None,
        seccomp,
        annotations: annotations(&settings.confine)?,
        stop_signal,
        confinement,
    };
    Ok(Wish {
        options,
        image,
        labels,
        snapshotter: settings.snapshotter.clone(),
        runtime: settings.runtime.clone().unwrap_or_else(|| RUNTIME.to_string()),
        sandbox: String::new(),
        runc_binary: settings.runc_binary.as_deref().map(program).transpose()?,
    })
}

/// Says which labels of its image a container does not get: those that would be commands to the server.
pub fn warn_of_labels(what: &str, dropped: &[String]) {
    let names: Vec<String> = dropped
        .iter()
        .take(LABELS_NAMED)
        .map(|key| format!("{:?}", key.chars().take(100).collect::<String>()))
        .collect();
    let more = dropped.len().saturating_sub(LABELS_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    if !names.is_empty() {
        eprintln!(
            "ctrd: {what}: labels of the image are left out: {}{more}: only you may give such labels",
            names.join(", ")
        );
    }
}

/// Those that are given, and those by which the server finds classes.
fn annotations(confine: &Confine) -> Result<HashMap<String, String>> {
    let mut all = pairs(&confine.annotation)?;
    let classes = [(classes::BLOCKIO, &confine.blockio_class), (classes::RDT, &confine.rdt_class)];
    all.extend(classes.into_iter().filter_map(|(key, class)| Some((key.to_string(), class.clone()?))));
    Ok(all)
}

/// Twelve hexadecimal digits that no other container has.
pub fn made_up_id() -> Result<String> {
    let path = "/proc/sys/kernel/random/uuid";
    let uuid = fs::read_to_string(path).with_context(|| format!("read {path}"))?;
    Ok(uuid.chars().filter(char::is_ascii_hexdigit).take(12).collect())
}

fn folder(path: &Path) -> Result<PathBuf> {
    let real = fs::canonicalize(path).with_context(|| format!("root file system {}", path.display()))?;
    if !real.is_dir() {
        bail!("root file system {}: not a folder", path.display());
    }
    Ok(real)
}

/// A program named by a path is the caller's; the shim, which has another folder and another
/// PATH, is told where it is.
fn program(path: &Path) -> Result<String> {
    let found = which::which(path).with_context(|| format!("runtime {}", path.display()))?;
    Ok(found.display().to_string())
}

/// Variables of files first, then those of flags. A name without a value takes this process's
/// own; where it has none, the container's is taken away.
pub fn environment(flags: &[String], files: &[PathBuf]) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        for line in text.lines().map(str::trim_start).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            all.push(variable(line).with_context(|| file.display().to_string())?);
        }
    }
    for flag in flags {
        all.push(variable(flag)?);
    }
    Ok(all)
}

fn variable(text: &str) -> Result<String> {
    if text.is_empty() || text.starts_with('=') {
        bail!("environment variable {text:?}: no name");
    }
    Ok(match text.contains('=') {
        true => text.to_string(),
        false => std::env::var(text).map_or_else(|_| text.to_string(), |value| format!("{text}={value}")),
    })
}

/// `/host:/there[:ro,…]` in its parts.
pub fn volume_parts(text: &str) -> Result<(&str, &str, &str)> {
    let mut parts = text.splitn(3, ':');
    let (Some(source), Some(destination)) = (parts.next(), parts.next()) else {
        bail!("volume {text:?}: must be HOST:PATH[:OPTIONS]");
    };
    if !Path::new(destination).is_absolute() || destination.split('/').any(|part| part == "..") {
        bail!("volume {text:?}: the path in the container must be absolute, without ..");
    }
    Ok((source, destination, parts.next().unwrap_or("rw")))
}

/// The same as a bind mount.
fn volume(text: &str) -> Result<Mount> {
    let (source, destination, options) = volume_parts(text)?;
    let source = std::path::absolute(source).with_context(|| format!("volume {text:?}"))?;
    if !source.exists() {
        bail!("volume {text:?}: {} is not there", source.display());
    }
    let options = options.split(',').filter(|o| !o.is_empty());
    let options: Vec<&str> = ["rbind"].into_iter().chain(options).collect();
    Ok(spec::default::mount(destination, "bind", &source.display().to_string(), &options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("env");
        fs::write(&file, "# words\n\n A=1\nB=x y \n").unwrap();
        let flags = ["A=2".to_string(), "CTRD_NOT_SET_ANYWHERE".to_string()];
        let got = environment(&flags, std::slice::from_ref(&file)).unwrap();
        assert_eq!(got, ["A=1", "B=x y ", "A=2", "CTRD_NOT_SET_ANYWHERE"]);
        assert!(environment(&["=x".to_string()], &[]).is_err());
    }

    #[test]
    fn volumes() {
        let mount = volume("/tmp:/there:ro,nosuid").unwrap();
        assert_eq!(mount.options().as_deref().unwrap(), ["rbind", "ro", "nosuid"]);
        for bad in ["/tmp", "/tmp:there", "/tmp:/a/../b", "/not/there:/x"] {
            assert!(volume(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn made_up_ids_are_valid() {
        let id = made_up_id().unwrap();
        assert!(id.len() == 12 && crate::id::validate(&id).is_ok(), "{id}");
        assert_ne!(id, made_up_id().unwrap());
    }
}
