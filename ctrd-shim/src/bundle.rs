//! The files of a bundle that the shim reads and writes.
//!
//! | file | written | content |
//! |---|---|---|
//! | `config.json` | by the caller | only annotations and the PID namespace are read here |
//! | `address` | at start | where the shim listens |
//! | `s` | at start | a link to the folder of the socket |
//! | `options.json`, `runtime` | at Create | the task's options; the runtime's name |
//! | `init.pid`, `log.json` | by the runtime | |
//! | `exit.json` | when the first process ends | how it ended |

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use ctrd_shim::api::runc;
use serde::{Deserialize, Serialize};

use crate::container::Exit;
use crate::oom::Report;
use crate::timestamp;

/// What the shim needs to know of config.json.
#[derive(Debug, Default, Deserialize)]
pub struct Config {
    #[serde(default)]
    pub annotations: HashMap<String, String>,
    #[serde(default)]
    linux: Option<Linux>,
}

#[derive(Debug, Default, Deserialize)]
struct Linux {
    #[serde(default)]
    namespaces: Vec<Namespace>,
}

#[derive(Debug, Deserialize)]
struct Namespace {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    path: String,
}

impl Config {
    pub fn read(bundle: &Path) -> Result<Config> {
        let path = bundle.join("config.json");
        let text = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("parse {}", path.display()))
    }

    /// A sandbox may begin without one.
    pub fn read_if_there(bundle: &Path) -> Result<Config> {
        if bundle.join("config.json").exists() { Config::read(bundle) } else { Ok(Config::default()) }
    }

    /// Containers of a group share one shim. Both of containerd's annotations count.
    pub fn group<'a>(&'a self, id: &'a str) -> &'a str {
        ["io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"]
            .iter()
            .find_map(|key| self.annotations.get(*key))
            .map_or(id, String::as_str)
    }

    /// The kernel kills all the rest when the first process of a PID namespace ends.
    pub fn own_pid_namespace(&self) -> bool {
        let namespaces = self.linux.iter().flat_map(|l| &l.namespaces);
        namespaces.filter(|n| n.kind == "pid").any(|n| n.path.is_empty())
    }
}

/// runc's options with the names that containerd's shim gives them in JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    #[serde(skip_serializing_if = "is_default")]
    no_pivot_root: bool,
    #[serde(skip_serializing_if = "is_default")]
    no_new_keyring: bool,
    #[serde(skip_serializing_if = "is_default")]
    shim_cgroup: String,
    #[serde(skip_serializing_if = "is_default")]
    io_uid: u32,
    #[serde(skip_serializing_if = "is_default")]
    io_gid: u32,
    #[serde(skip_serializing_if = "is_default")]
    binary_name: String,
    #[serde(skip_serializing_if = "is_default")]
    root: String,
    #[serde(skip_serializing_if = "is_default")]
    systemd_cgroup: bool,
    #[serde(skip_serializing_if = "is_default")]
    criu_image_path: String,
    #[serde(skip_serializing_if = "is_default")]
    criu_work_path: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub fn write_options(bundle: &Path, o: &runc::Options) -> Result<()> {
    let json = serde_json::to_vec(&Options {
        no_pivot_root: o.no_pivot_root,
        no_new_keyring: o.no_new_keyring,
        shim_cgroup: o.shim_cgroup.clone(),
        io_uid: o.io_uid,
        io_gid: o.io_gid,
        binary_name: o.binary_name.clone(),
        root: o.root.clone(),
        systemd_cgroup: o.systemd_cgroup,
        criu_image_path: o.criu_image_path.clone(),
        criu_work_path: o.criu_work_path.clone(),
    })?;
    write(&bundle.join("options.json"), &json)?;
    write(&bundle.join("runtime"), o.binary_name.as_bytes())
}

/// The options that Create left, for `delete`; whatever is missing is empty.
pub fn read_options(bundle: &Path) -> runc::Options {
    let text = fs::read(bundle.join("options.json")).unwrap_or_default();
    let o: Options = serde_json::from_slice(&text).unwrap_or_default();
    let named = fs::read_to_string(bundle.join("runtime")).unwrap_or_default();
    runc::Options {
        binary_name: if named.is_empty() { o.binary_name } else { named },
        root: o.root,
        systemd_cgroup: o.systemd_cgroup,
        no_pivot_root: o.no_pivot_root,
        no_new_keyring: o.no_new_keyring,
        ..Default::default()
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExitFile {
    pid: u32,
    exit_status: u32,
    exited_at: String,
    /// Of kills for want of memory, if there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oom: Option<Report>,
}

pub fn write_exit(bundle: &Path, pid: u32, exit: Exit, oom: Option<Report>) -> Result<()> {
    let file = ExitFile { pid, exit_status: exit.status, exited_at: timestamp::rfc3339(exit.at), oom };
    write(&bundle.join("exit.json"), &serde_json::to_vec(&file)?)
}

pub fn read_exit(bundle: &Path) -> Option<(u32, Exit)> {
    let file: ExitFile = serde_json::from_slice(&fs::read(bundle.join("exit.json")).ok()?).ok()?;
    let at = timestamp::parse(&file.exited_at).unwrap_or_else(SystemTime::now);
    Some((file.pid, Exit { status: file.exit_status, at }))
}

pub fn read_pid(path: &Path) -> Result<u32> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    text.trim().parse().with_context(|| format!("parse {}", path.display()))
}

/// Writes a file that is there whole or not at all.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Several starts may write one file at once.
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let attempt = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&beside)?;
        file.write_all(content)?;
        fs::rename(&beside, path)
    };
    attempt().with_context(|| format!("write {}", path.display()))
}

/// Removes a file that may not be there.
pub fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The bundle of a container, from the request or from the flags.
pub fn absolute(path: &str) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("find the bundle {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_group_is_the_first_annotation_there_is() {
        for (text, want) in [
            ("{}", "web"),
            (r#"{"annotations":{"io.kubernetes.cri.sandbox-id":"pod"}}"#, "pod"),
            (
                r#"{"annotations":{"io.kubernetes.cri.sandbox-id":"pod","io.containerd.runc.v2.group":"g"}}"#,
                "g",
            ),
        ] {
            assert_eq!(config(text).group("web"), want);
        }
    }

    #[test]
    fn a_joined_pid_namespace_is_not_its_own() {
        for (text, want) in [
            ("{}", false),
            (r#"{"linux":{"namespaces":[{"type":"pid"}]}}"#, true),
            (r#"{"linux":{"namespaces":[{"type":"pid","path":"/proc/1/ns/pid"}]}}"#, false),
            (r#"{"linux":{"namespaces":[{"type":"mount"}]}}"#, false),
        ] {
            assert_eq!(config(text).own_pid_namespace(), want, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let options = runc::Options {
            binary_name: "runc".into(),
            root: "/r".into(),
            systemd_cgroup: true,
            ..Default::default()
        };
        write_options(dir.path(), &options).unwrap();
        assert_eq!(read_options(dir.path()), options);
        assert_eq!(
            fs::read_to_string(dir.path().join("options.json")).unwrap(),
            r#"{"binary_name":"runc","root":"/r","systemd_cgroup":true}"#
        );
        let exit = Exit { status: 3, at: SystemTime::UNIX_EPOCH };
        write_exit(dir.path(), 7, exit, None).unwrap();
        assert_eq!(read_exit(dir.path()), Some((7, exit)));
        assert_eq!(
            fs::read_to_string(dir.path().join("exit.json")).unwrap(),
            r#"{"pid":7,"exitStatus":3,"exitedAt":"1970-01-01T00:00:00Z"}"#
        );
    }
}
