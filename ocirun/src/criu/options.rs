//! The flags that `checkpoint` and `restore` share, as CRIU takes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nix::unistd::geteuid;

use super::rpc::{self, Options};
use crate::cli::{Criu, NetworkLock};

/// The configuration file that CRIU reads where config.json names none: its settings come before
/// ours, so that a host may tune what no engine has a flag for.
const CONFIG: &str = "/etc/criu/runc.conf";

/// Where images and logs are.
pub struct Folders {
    pub images: PathBuf,
    /// The images' folder where none is named.
    pub work: Option<PathBuf>,
}

impl Folders {
    pub fn of(args: &Criu) -> Folders {
        let images = args.image_path.clone().filter(|p| !p.as_os_str().is_empty());
        Folders {
            images: images.unwrap_or_else(|| PathBuf::from("checkpoint")),
            work: args.work_path.clone().filter(|p| !p.as_os_str().is_empty()),
        }
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.work.as_ref().unwrap_or(&self.images).join(name)
    }
}

/// What both directions are told, but for descriptors.
pub fn options(args: &Criu, annotations: &BTreeMap<String, String>, log: &str) -> Result<Options> {
    Ok(Options {
        log_level: Some(4),
        log_file: Some(log.into()),
        notify_scripts: Some(true),
        shell_job: Some(args.shell_job),
        ext_unix_sk: Some(args.ext_unix_sk),
        tcp_established: Some(args.tcp_established),
        file_locks: Some(args.file_locks),
        empty_namespaces: Some(empty_namespaces(&args.empty_ns)?),
        orphan_pts_master: Some(true),
        auto_dedup: Some(args.auto_dedup),
        lazy_pages: Some(args.lazy_pages),
        manage_cgroups: Some(true),
        manage_cgroups_mode: Some(cgroups_mode(args.manage_cgroups_mode.as_deref().unwrap_or_default())?),
        config_file: config_file(annotations),
        network_lock: args.network_lock.map(|method| match method {
            NetworkLock::Iptables => 1,
            NetworkLock::Nftables => 2,
            NetworkLock::Skip => 3,
        }),
        unprivileged: (!geteuid().is_root()).then_some(true),
        ..Options::default()
    })
}

fn cgroups_mode(word: &str) -> Result<i32> {
    Ok(match word {
        "ignore" => 0,
        "soft" => 3,
        "full" => 4,
        "strict" => 5,
        "" => 6,
        _ => bail!("invalid manage-cgroups-mode value {word:?}: not soft, full, strict or ignore"),
    })
}

/// The network's devices are the business of whoever made them, so that namespace is always left
/// empty; no other one can be.
fn empty_namespaces(names: &[String]) -> Result<u32> {
    if let Some(other) = names.iter().find(|name| *name != "network") {
        bail!("namespace {other:?} is not supported");
    }
    Ok(libc::CLONE_NEWNET as u32)
}

/// config.json may name another file, or with an empty name none.
fn config_file(annotations: &BTreeMap<String, String>) -> Option<String> {
    match annotations.get("org.criu.config") {
        Some(file) => Some(file.clone()).filter(|f| !f.is_empty()),
        None => Some(CONFIG.into()),
    }
}

/// `ADDRESS:PORT`, where the address may be IPv6's in brackets.
pub fn page_server(text: &str) -> Result<rpc::PageServer> {
    let usage = "use --page-server ADDRESS:PORT to specify the page server";
    let (address, port) = text.rsplit_once(':').context(usage)?;
    let address = address.strip_prefix('[').and_then(|a| a.strip_suffix(']')).unwrap_or(address);
    ensure!(!address.is_empty() && !port.is_empty(), usage);
    let port: u16 = port.parse().ok().with_context(|| format!("invalid port number {port:?}"))?;
    Ok(rpc::PageServer { address: Some(address.into()), port: Some(port.into()) })
}

/// The earlier images are named from the new ones, so that both can be moved together.
pub fn parent(images: &Path, parent: &Path) -> Result<String> {
    ensure!(parent.is_relative(), "--parent-path must be relative");
    let real = images.join(parent);
    let meta = std::fs::metadata(&real)
        .with_context(|| format!("invalid --parent-path: stat {}", real.display()))?;
    ensure!(meta.is_dir(), "invalid --parent-path: {}: not a directory", real.display());
    Ok(parent.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_servers() {
        for (text, address, port) in
            [("1.2.3.4:27", "1.2.3.4", 27), ("[::1]:9", "::1", 9), ("host:1", "host", 1)]
        {
            let server = page_server(text).expect(text);
            assert_eq!((server.address.as_deref(), server.port), (Some(address), Some(port)));
        }
        for (text, why) in [
            ("host", "use --page-server ADDRESS:PORT"),
            (":27", "use --page-server ADDRESS:PORT"),
            ("host:", "use --page-server ADDRESS:PORT"),
            ("host:x", "invalid port number"),
            ("host:70000", "invalid port number"),
        ] {
            let said = page_server(text).expect_err(text).to_string();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn the_configuration_file_is_the_annotations_or_the_hosts() {
        let with = |file: &str| BTreeMap::from([("org.criu.config".to_string(), file.to_string())]);
        assert_eq!(config_file(&BTreeMap::new()).as_deref(), Some("/etc/criu/runc.conf"));
        assert_eq!(config_file(&with("/x")).as_deref(), Some("/x"));
        assert_eq!(config_file(&with("")), None);
    }

    #[test]
    fn words_of_flags() {
        assert_eq!((cgroups_mode("").unwrap(), cgroups_mode("ignore").unwrap()), (6, 0));
        assert!(
            cgroups_mode("softly").unwrap_err().to_string().starts_with("invalid manage-cgroups-mode value")
        );
        assert_eq!(empty_namespaces(&["network".into()]).unwrap(), libc::CLONE_NEWNET as u32);
        let said = empty_namespaces(&["uts".into()]).unwrap_err().to_string();
        assert_eq!(said, "namespace \"uts\" is not supported");
    }

    #[test]
    fn an_earlier_image_is_named_from_the_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let images = dir.path().join("new");
        std::fs::create_dir_all(dir.path().join("old")).unwrap();
        std::fs::create_dir(&images).unwrap();
        std::fs::write(images.join("file"), "").unwrap();
        assert_eq!(parent(&images, Path::new("../old")).unwrap(), "../old");
        for (path, why) in [
            (dir.path().join("old"), "--parent-path must be relative"),
            ("../none".into(), "invalid --parent-path: stat"),
            ("file".into(), "not a directory"),
        ] {
            let said = format!("{:#}", parent(&images, &path).unwrap_err());
            assert!(said.contains(why), "{said}");
        }
    }
}
