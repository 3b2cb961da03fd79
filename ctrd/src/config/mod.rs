//! The configuration: `/etc/ctrd/config.toml`, in containerd's form, of any version from 1 to 4.
//!
//! ```toml
//! version = 3
//! root = "/var/lib/ctrd"
//! imports = ["/etc/ctrd/conf.d/*.toml"]
//! disabled_plugins = ["io.containerd.snapshotter.v1.native"]
//! [grpc]
//! address = "/run/ctrd/ctrd.sock"
//! [plugins."io.containerd.gc.v1.scheduler"]
//! startup_delay = "100ms"
//! ```
//!
//! Flags beat the file, the file beats the defaults. What this program does not know is told and left
//! alone, so that one file may serve containerd too.

mod document;
mod listen;
mod migrate;
mod outside;
mod timeouts;
mod unused;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::error::{Error, Result, os_text};
use crate::plugin;
use crate::service::MESSAGE_MAX;

pub use listen::{Format, Listener, Log, Tls};
pub use migrate::{Check, Migration, VERSION};
pub use outside::{Processor, Proxy, ProxyKind};
pub use timeouts::Timeouts;

/// Where the file is looked for when none is named.
pub const FILE: &str = "/etc/ctrd/config.toml";

/// What the plugins do to a file.
const OWN: document::Steps = document::Steps { migrations: plugin::MIGRATIONS, checks: plugin::CHECKS };

/// Everything that a server is told before it starts.
#[derive(Debug, Clone)]
pub struct Config {
    pub root: PathBuf,
    pub state: PathBuf,
    pub address: PathBuf,
    /// Whom the socket belongs to.
    pub uid: u32,
    pub gid: u32,
    /// Where shims publish their events: beside the other socket, unless the file says otherwise.
    pub ttrpc: Option<PathBuf>,
    /// Whom that socket belongs to.
    pub ttrpc_owner: (u32, u32),
    /// An address and a port for clients without a Unix socket.
    pub tcp: Option<String>,
    /// What makes that one secret, and its clients known.
    pub tls: Option<Tls>,
    /// Where figures are served, and whether the time of calls is among them.
    pub metrics: Option<String>,
    pub histogram: bool,
    /// The socket of what the server tells of itself, and whom it belongs to.
    pub debug: Option<PathBuf>,
    pub debug_owner: (u32, u32),
    /// The largest messages, in bytes.
    pub max_received: usize,
    pub max_sent: usize,
    /// Whole URIs: `io.containerd.snapshotter.v1.native`.
    pub disabled_plugins: Vec<String>,
    pub required_plugins: Vec<String>,
    pub plugins: Table,
    /// How readily the kernel ends the server when memory is short.
    pub oom_score: i32,
    /// The cgroup that the server moves itself into.
    pub cgroup: Option<String>,
    /// How much is logged, and how it looks.
    pub log: Log,
    pub timeouts: Timeouts,
    /// By their names.
    pub proxies: BTreeMap<String, Proxy>,
    pub processors: BTreeMap<String, Processor>,
    /// What the file says and nobody does, a line each.
    pub unused: Vec<String>,
}

/// The document as far as the server itself reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    root: Option<PathBuf>,
    state: Option<PathBuf>,
    disabled_plugins: Vec<String>,
    required_plugins: Vec<String>,
    plugins: Table,
    oom_score: i32,
    cgroup: Cgroup,
    debug: listen::Debug,
    timeouts: BTreeMap<String, String>,
    proxy_plugins: BTreeMap<String, Proxy>,
    stream_processors: BTreeMap<String, Processor>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cgroup {
    path: String,
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
        let file = flags.file.as_deref().unwrap_or(Path::new(FILE));
        let table = match document::read(file, OWN)? {
            Some(table) => table,
            None if flags.file.is_none() => Table::new(),
            None => {
                return Err(Error::unknown(format!("read {}: No such file or directory", file.display())));
            }
        };
        let at = |e: Error| e.context(file.display());
        let (said, known) = (table.clone(), otherwise.to_document());
        let document: Document =
            table.try_into().map_err(|e: toml::de::Error| at(Error::invalid(one_line(&e.to_string()))))?;
        check(&document).map_err(at)?;
        let (timeouts, unknown) = Timeouts::read(&document.timeouts).map_err(at)?;
        let mut config = Config {
            root: flags.root.or(document.root).unwrap_or(otherwise.root),
            state: flags.state.or(document.state).unwrap_or(otherwise.state),
            disabled_plugins: document.disabled_plugins,
            required_plugins: document.required_plugins,
            plugins: document.plugins,
            oom_score: document.oom_score,
            cgroup: Some(document.cgroup.path).filter(|path| !path.is_empty()),
            log: document.debug.log().map_err(at)?,
            timeouts,
            proxies: document.proxy_plugins,
            processors: document.stream_processors,
            ..otherwise
        };
        config.listeners(flags.address).map_err(at)?;
        config.unused = unused::lines(&said, &known);
        config.unused.extend(unknown.into_iter().map(|name| format!("timeouts: {name}: not supported")));
        Ok(config)
    }

    /// What the sections of the server's sockets say.
    fn listeners(&mut self, flag: Option<PathBuf>) -> Result<()> {
        let grpc: Listener = self.section(migrate::GRPC)?;
        let tcp: Listener = self.section(migrate::TCP)?;
        let ttrpc: Listener = self.section(migrate::TTRPC)?;
        let debug: Listener = self.section(migrate::DEBUG)?;
        let metrics: Listener = self.section(migrate::METRICS)?;
        let histogram: listen::Histogram = self.section(migrate::HISTOGRAM)?;
        let own = (self.uid, self.gid);
        (self.uid, self.gid) = grpc.owner(own);
        if let Some(address) = flag.or(grpc.path()) {
            self.address = address;
        }
        self.max_received = grpc.max_recv_message_size.unwrap_or(self.max_received);
        self.max_sent = grpc.max_send_message_size.unwrap_or(self.max_sent);
        self.ttrpc = ttrpc.path();
        // Without a place of its own it goes with the other socket.
        self.ttrpc_owner = if self.ttrpc.is_some() { ttrpc.owner(own) } else { (self.uid, self.gid) };
        self.tls = tcp.tls()?;
        self.tcp = tcp.address();
        self.debug = debug.path();
        self.debug_owner = debug.owner(own);
        self.metrics = metrics.address();
        self.histogram = histogram.grpc_histogram;
        Ok(())
    }

    /// A configuration of those three places, and of nothing else.
    pub fn at(address: &Path, root: &Path, state: &Path) -> Config {
        let own = (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw());
        Config {
            root: root.into(),
            state: state.into(),
            address: address.into(),
            uid: own.0,
            gid: own.1,
            ttrpc: None,
            ttrpc_owner: own,
            tcp: None,
            tls: None,
            metrics: None,
            histogram: false,
            debug: None,
            debug_owner: own,
            max_received: MESSAGE_MAX,
            max_sent: MESSAGE_MAX,
            disabled_plugins: Vec::new(),
            required_plugins: Vec::new(),
            plugins: Table::new(),
            oom_score: 0,
            cgroup: None,
            log: Log::default(),
            timeouts: Timeouts::default(),
            proxies: BTreeMap::new(),
            processors: BTreeMap::new(),
            unused: Vec::new(),
        }
    }

    /// Where shims publish their events.
    pub fn ttrpc_address(&self) -> PathBuf {
        let beside = || {
            let mut path = self.address.clone().into_os_string();
            path.push(".ttrpc");
            path.into()
        };
        self.ttrpc.clone().unwrap_or_else(beside)
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

    /// The whole configuration as a document of the newest version, with all that is not said filled in.
    pub fn to_document(&self) -> Table {
        let text = |path: &Path| Value::String(path.display().to_string());
        let names = |list: &[String]| Value::Array(list.iter().cloned().map(Value::String).collect());
        let table = |pairs: Vec<(&str, Value)>| {
            Value::Table(pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
        };
        let size = |n: usize| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let mut plugins = self.plugins.clone();
        for (uri, defaults) in plugin::SECTIONS {
            let section = plugins.entry(*uri).or_insert_with(|| Value::Table(Table::new()));
            if let (Value::Table(section), Ok(Value::Table(defaults))) = (section, defaults()) {
                for (key, value) in defaults {
                    section.entry(key).or_insert(value);
                }
            }
        }
        let number = |n: u32| Value::Integer(n.into());
        let word = |text: &str| Value::String(text.to_string());
        let maybe = |text: &Option<String>| word(text.as_deref().unwrap_or_default());
        let limits = [
            ("max_recv_message_size", size(self.max_received)),
            ("max_send_message_size", size(self.max_sent)),
        ];
        let socket = |path: &Path, (uid, gid): (u32, u32)| {
            vec![("address", text(path)), ("uid", number(uid)), ("gid", number(gid))]
        };
        let mut grpc = socket(&self.address, (self.uid, self.gid));
        grpc.extend(limits.clone());
        let tls = self.tls.clone().unwrap_or_default();
        let mut tcp = vec![("address", maybe(&self.tcp))];
        let files = [("tls_ca", tls.ca.unwrap_or_default()), ("tls_cert", tls.cert), ("tls_key", tls.key)];
        tcp.extend(files.map(|(key, path)| (key, text(&path))));
        tcp.extend(limits);
        let debug = socket(self.debug.as_deref().unwrap_or(Path::new("")), self.debug_owner);
        for (name, section) in [
            (migrate::GRPC, grpc),
            (migrate::TCP, tcp),
            (migrate::TTRPC, socket(&self.ttrpc_address(), self.ttrpc_owner)),
            (migrate::DEBUG, debug),
            (migrate::METRICS, vec![("address", maybe(&self.metrics))]),
            (migrate::HISTOGRAM, vec![("grpc_histogram", Value::Boolean(self.histogram))]),
        ] {
            plugins.insert(name.into(), table(section));
        }
        let written = |value: Result<Value, toml::ser::Error>| value.unwrap_or(Value::Table(Table::new()));
        let document = table(vec![
            ("version", Value::Integer(VERSION)),
            ("root", text(&self.root)),
            ("state", text(&self.state)),
            ("oom_score", Value::Integer(self.oom_score.into())),
            ("disabled_plugins", names(&self.disabled_plugins)),
            ("required_plugins", names(&self.required_plugins)),
            (
                "debug",
                table(vec![("level", word(self.log.name())), ("format", word(self.log.format.name()))]),
            ),
            ("cgroup", table(vec![("path", maybe(&self.cgroup))])),
            ("timeouts", Value::Table(self.timeouts.to_section())),
            ("proxy_plugins", written(Value::try_from(&self.proxies))),
            ("stream_processors", written(Value::try_from(&self.processors))),
            ("plugins", Value::Table(plugins)),
        ]);
        match document {
            Value::Table(table) => table,
            _ => Table::new(),
        }
    }
}

/// A file brought to the newest version, alone: what it imports stays imported.
pub fn migrated(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file)
        .map_err(|e| Error::unknown(format!("read {}: {}", file.display(), os_text(&e))))?;
    document::one(&text, OWN).map_err(|e| e.context(file.display()))
}

fn check(document: &Document) -> Result<()> {
    for uri in document.disabled_plugins.iter().chain(&document.required_plugins) {
        if !uri.contains('.') {
            return Err(Error::invalid(format!(
                "plugin {uri:?}: not a whole name, such as io.containerd.gc.v1.scheduler"
            )));
        }
    }
    document.proxy_plugins.iter().try_for_each(|(name, proxy)| proxy.check(name))?;
    document.stream_processors.iter().try_for_each(|(id, processor)| processor.check(id))
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
    fn where_the_server_listens() {
        for text in [
            "version = 2\n[grpc]\naddress = '/a'\nuid = 7\nmax_recv_message_size = 99\ntcp_address = '127.0.0.1:1'\n\
             [ttrpc]\naddress = '/t'\n",
            "version = 4\n[plugins.'io.containerd.server.v1.grpc']\naddress = '/a'\nuid = 7\nmax_recv_message_size = 99\n\
             [plugins.'io.containerd.server.v1.grpc-tcp']\naddress = '127.0.0.1:1'\n\
             [plugins.'io.containerd.server.v1.ttrpc']\naddress = '/t'\n",
        ] {
            let config = load(text).unwrap();
            assert_eq!((config.address.as_path(), config.uid, config.max_received), (Path::new("/a"), 7, 99));
            assert_eq!((config.tcp.as_deref(), config.ttrpc_address()), (Some("127.0.0.1:1"), "/t".into()));
        }
        let config = load("version = 2\n[grpc]\nuid = 7\n[ttrpc]\nuid = 9\n").unwrap();
        assert_eq!(config.ttrpc_owner.0, 7);
        let config = load("version = 2\n[grpc]\nuid = 7\n[ttrpc]\nuid = 9\naddress = '/t'").unwrap();
        assert_eq!(config.ttrpc_owner.0, 9);
        let config = load("").unwrap();
        assert_eq!((config.tcp.clone(), config.ttrpc_address()), (None, "/s.ttrpc".into()));
    }

    #[test]
    fn a_dumped_configuration_is_read_as_it_was() {
        let text = "version = 3\nroot = '/file'\noom_score = -5\nrequired_plugins = ['a.b']\n\
                    [plugins.'io.containerd.gc.v1.scheduler']\nstartup_delay = '7s'\n[debug]\nlevel = 'debug'\n\
                    format = 'text'\naddress = '/d'\nuid = 7\n[metrics]\naddress = '127.0.0.1:1'\ngrpc_histogram = true\n\
                    [grpc]\ntcp_address = '[::1]:2'\ntcp_tls_cert = '/c'\ntcp_tls_key = '/k'\n\
                    [timeouts]\n'io.containerd.timeout.task.state' = '90ms'\n\
                    [proxy_plugins.other]\ntype = 'snapshot'\naddress = '/o'\n[proxy_plugins.other.exports]\na = 'b'\n\
                    [stream_processors.p]\naccepts = ['a/b']\nreturns = 'c/d'\npath = 'x'\nargs = ['y']\n";
        let first = load(text).unwrap().to_document();
        let again = load(&toml::to_string(&first).unwrap()).unwrap();
        assert_eq!((again.to_document(), again.unused), (first.clone(), Vec::new()));
        assert_eq!(first["plugins"]["io.containerd.gc.v1.scheduler"]["startup_delay"].as_str(), Some("7s"));
        assert_eq!(
            first["plugins"]["io.containerd.monitor.container.v1.restart"]["interval"].as_str(),
            Some("10s")
        );
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
            "version = 9",
            "version = 3\n[grpc]\ntcp_address = '127.0.0.1:1'\ntcp_tls_ca = 'x'",
            "version = 3\n[grpc]\ntcp_address = '127.0.0.1:1'\ntcp_tls_common_name = 'x'",
            "version = 3\n[debug]\nlevel = 'loud'",
            "version = 3\n[debug]\nformat = 'xml'",
            "version = 3\n[timeouts]\n'io.containerd.timeout.shim.load' = 'soon'",
            "version = 3\n[proxy_plugins.x]\ntype = 'metadata'\naddress = '/x'",
            "version = 3\n[proxy_plugins.x]\ntype = 'snapshot'",
            "version = 3\n[proxy_plugins.x]\ntype = 'snapshot'\naddress = '/x'\nport = 1",
            "version = 3\n[stream_processors.x]\naccepts = ['a']\nreturns = 'b'",
            "version = 3\n[stream_processors.x]\naccepts = ['a']\nreturns = 'a'\npath = 'x'",
            "version = 4\n[plugins.'io.containerd.server.v1.grpc']\nuid = 'x'",
            "version = 3\n[plugins.'io.containerd.runtime.v2.task']\nsched_core = 'yes'",
            "version = 4\n[plugins.'io.containerd.shim.v1.manager']\nenv = ['A=1', 'B']",
            "version = ",
            "version = 3\ndisabled_plugins = ['cri']",
        ] {
            let err = load(text).unwrap_err().message;
            assert!(!err.contains('\n') && err.starts_with('/'), "{err}");
        }
        assert!(load("").is_ok());
    }
}
