//! The configuration: `/etc/ctrd/config.toml`, in containerd's version 3 form.
//!
//! ```toml
//! version = 3
//! root = "/var/lib/ctrd"
//! disabled_plugins = ["io.containerd.snapshotter.v1.native"]
//! [grpc]
//! address = "/run/ctrd/ctrd.sock"
//! [plugins."io.containerd.gc.v1.scheduler"]
//! startup_delay = "100ms"
//! ```
//!
//! Flags beat the file, the file beats the defaults. What this program does not know is left alone,
//! so that one file may serve containerd too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result, os_text};

/// Where the file is looked for when none is named.
pub const FILE: &str = "/etc/ctrd/config.toml";

/// Everything that a server is told before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    pub root: PathBuf,
    pub state: PathBuf,
    pub address: PathBuf,
    /// Whom the socket belongs to.
    pub uid: u32,
    pub gid: u32,
    /// Whole URIs: `io.containerd.snapshotter.v1.native`.
    pub disabled_plugins: Vec<String>,
    pub required_plugins: Vec<String>,
    pub plugins: toml::Table,
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    version: Option<i64>,
    root: Option<PathBuf>,
    state: Option<PathBuf>,
    disabled_plugins: Vec<String>,
    required_plugins: Vec<String>,
    grpc: Grpc,
    plugins: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Grpc {
    address: Option<PathBuf>,
    uid: Option<u32>,
    gid: Option<u32>,
}

/// What the command line says; the rest is the file's, or as it always is.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The file; without one [`FILE`], which may be missing.
    pub file: Option<PathBuf>,
    pub root: Option<PathBuf>,
    pub state: Option<PathBuf>,
    pub address: Option<PathBuf>,
}

impl Config {
    /// Reads the file, and lets the flags beat it. `otherwise` stands where neither says anything.
    pub fn load(flags: Flags, otherwise: Config) -> Result<Config> {
        let text = match &flags.file {
            Some(file) => read(file)?,
            None => read_if_there(Path::new(FILE))?,
        };
        let file = flags.file.as_deref().unwrap_or(Path::new(FILE));
        let document = parse(&text).map_err(|e| e.context(file.display()))?;
        Ok(Config {
            root: flags.root.or(document.root).unwrap_or(otherwise.root),
            state: flags.state.or(document.state).unwrap_or(otherwise.state),
            address: flags.address.or(document.grpc.address).unwrap_or(otherwise.address),
            uid: document.grpc.uid.unwrap_or(otherwise.uid),
            gid: document.grpc.gid.unwrap_or(otherwise.gid),
            disabled_plugins: document.disabled_plugins,
            required_plugins: document.required_plugins,
            plugins: document.plugins,
        })
    }

    /// A configuration of those three places, and of nothing else.
    pub fn at(address: &Path, root: &Path, state: &Path) -> Config {
        Config {
            root: root.into(),
            state: state.into(),
            address: address.into(),
            uid: nix::unistd::geteuid().as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            disabled_plugins: Vec::new(),
            required_plugins: Vec::new(),
            plugins: toml::Table::new(),
        }
    }

    /// What the file says of a plugin: the section `[plugins."<uri>"]`, or the plugin's defaults.
    pub fn section<T: DeserializeOwned + Default>(&self, uri: &str) -> Result<T> {
        match self.plugins.get(uri) {
            Some(section) => section
                .clone()
                .try_into()
                .map_err(|e| Error::invalid(format!("plugins.{uri:?}: {}", one_line(&e.to_string())))),
            None => Ok(T::default()),
        }
    }
}

/// A length of time as containerd's configuration writes it: `100ms`, `1m30s`, `0`.
pub fn duration(text: &str) -> Result<Duration> {
    let bad = || Error::invalid(format!("time {text:?}: not like 100ms or 1m30s"));
    let mut rest = text;
    let mut sum = Duration::ZERO;
    while !rest.is_empty() && text != "0" {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let unit = rest[number..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |n| number + n);
        let seconds = match &rest[number..unit] {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return Err(bad()),
        };
        let count: f64 = rest[..number].parse().map_err(|_| bad())?;
        sum += Duration::try_from_secs_f64(count * seconds).map_err(|_| bad())?;
        rest = &rest[unit..];
    }
    if text.is_empty() { Err(bad()) } else { Ok(sum) }
}

fn parse(text: &str) -> Result<Document> {
    let document: Document = toml::from_str(text).map_err(|e| Error::invalid(one_line(&e.to_string())))?;
    match document.version {
        // In version 2 the plugins that exist here bore the names that they bear in 3.
        None if text.trim().is_empty() => {}
        Some(2 | 3) => {}
        Some(version) => {
            return Err(Error::invalid(format!("version {version}: only versions 2 and 3 are understood")));
        }
        None => return Err(Error::invalid("no version is given: write version = 3")),
    }
    for uri in document.disabled_plugins.iter().chain(&document.required_plugins) {
        if !uri.contains('.') {
            return Err(Error::invalid(format!(
                "plugin {uri:?}: not a whole name, such as io.containerd.gc.v1.scheduler"
            )));
        }
    }
    Ok(document)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|e| Error::unknown(format!("read {}: {}", file.display(), os_text(&e))))
}

fn read_if_there(file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(Error::unknown(format!("read {}: {}", file.display(), os_text(&e)))),
        Ok(text) => Ok(text),
    }
}

/// toml draws the place under the text; of that, the words are kept.
fn one_line(text: &str) -> String {
    let place = text.lines().next().unwrap_or_default().trim_start_matches("TOML parse error ");
    match text.lines().last() {
        Some(reason) if reason != place => format!("{place}: {reason}"),
        _ => place.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Section {
        schedule_delay: String,
    }

    fn load(text: &str) -> Result<Config> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let flags =
            Flags { file: Some(file.path().into()), state: Some("/flag".into()), ..Default::default() };
        Config::load(flags, Config::at(Path::new("/s"), Path::new("/r"), Path::new("/t")))
    }

    #[test]
    fn flags_beat_the_file_which_beats_the_defaults() {
        let config = load(
            "version = 3\nroot = '/file'\nstate = '/file'\nrequired_plugins = ['io.containerd.gc.v1.scheduler']\n\
             oom_score = 0\n[plugins.'io.containerd.gc.v1.scheduler']\nschedule_delay = '1s'\nother = 1\n",
        )
        .unwrap();
        assert_eq!((config.root, config.state), ("/file".into(), "/flag".into()));
        assert_eq!(config.address, Path::new("/s"));
        assert_eq!(config.required_plugins, ["io.containerd.gc.v1.scheduler"]);
    }

    #[test]
    fn sections_fall_back_to_the_plugins_defaults() {
        let config =
            load("version = 2\n[plugins.'a.b']\nschedule_delay = '1s'\n[plugins.bad]\nschedule_delay = 1")
                .unwrap();
        assert_eq!(config.section::<Section>("a.b").unwrap().schedule_delay, "1s");
        assert_eq!(config.section::<Section>("c.d").unwrap(), Section::default());
        let err = config.section::<Section>("bad").unwrap_err().message;
        assert!(err.contains("plugins.\"bad\"") && !err.contains('\n'), "{err}");
    }

    #[test]
    fn durations() {
        for (text, ms) in [("0", 0), ("0s", 0), ("100ms", 100), ("1m30s", 90_000), ("1.5s", 1500)] {
            assert_eq!(duration(text).unwrap(), Duration::from_millis(ms), "{text}");
        }
        for text in ["", "1", "s", "1x", "-1s", "1s2", "1..2s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bad_files_are_one_line() {
        for text in [
            "version = 1",
            "version = 9",
            "root = '/x'",
            "version = ",
            "version = 3\ndisabled_plugins = ['cri']",
        ] {
            let err = load(text).unwrap_err().message;
            assert!(!err.contains('\n'), "{err}");
        }
        assert!(load("").is_ok());
    }
}
