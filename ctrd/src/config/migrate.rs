//! Older forms of the configuration, brought to the newest step by step, as containerd does.
//!
//! | from | what changes |
//! |---|---|
//! | 1 | plugins get whole names: `cri` is `io.containerd.grpc.v1.cri` |
//! | 2 | plugins may move their sections |
//! | 3 | `[grpc]`, `[ttrpc]`, `[metrics]` and the debug socket become sections of plugins |
//!
//! A file without a version is of version 1.

use toml::{Table, Value};

use crate::error::{Error, Result};

/// The newest version.
pub const VERSION: i64 = 4;

pub const GRPC: &str = "io.containerd.server.v1.grpc";
pub const TCP: &str = "io.containerd.server.v1.grpc-tcp";
pub const TTRPC: &str = "io.containerd.server.v1.ttrpc";
pub const DEBUG: &str = "io.containerd.server.v1.debug";
pub const METRICS: &str = "io.containerd.server.v1.metrics";
pub const HISTOGRAM: &str = "io.containerd.metrics.v1.grpc-prometheus";

/// A plugin's own step from that version to the next, on the sections of all plugins.
pub type Migration = fn(from: i64, plugins: &mut Table) -> Result<()>;

/// A look at the sections of all plugins, in the form of the newest version.
pub type Check = fn(plugins: &Table) -> Result<()>;

/// Brings a document to the newest version.
pub fn migrate(document: &mut Table, plugins: &[Migration]) -> Result<()> {
    let version = match document.get("version") {
        None => 1,
        Some(Value::Integer(version @ 1..=VERSION)) => *version,
        Some(version) => {
            return Err(Error::invalid(format!("version {version}: not one of 1 to {VERSION}")));
        }
    };
    for from in version..VERSION {
        match from {
            1 => whole_names(document),
            3 => sections(document)?,
            _ => {}
        }
        let all = document.entry("plugins").or_insert_with(|| Value::Table(Table::new()));
        let all = all.as_table_mut().ok_or_else(|| Error::invalid("plugins: not a table"))?;
        plugins.iter().try_for_each(|step| step(from, all))?;
    }
    document.insert("version".into(), Value::Integer(VERSION));
    Ok(())
}

fn whole_names(document: &mut Table) {
    if let Some(Value::Table(plugins)) = document.get_mut("plugins") {
        *plugins =
            std::mem::take(plugins).into_iter().map(|(name, section)| (whole(&name), section)).collect();
    }
    for list in ["disabled_plugins", "required_plugins"] {
        if let Some(Value::Array(names)) = document.get_mut(list) {
            for name in names {
                if let Value::String(name) = name {
                    *name = whole(name);
                }
            }
        }
    }
}

/// The name that a plugin of version 1 has from version 2 on.
fn whole(name: &str) -> String {
    if name.contains('.') {
        return name.to_string();
    }
    let kind = match name {
        "cgroups" => "monitor",
        "linux" => return "io.containerd.runtime.v1.linux".into(),
        "task" => return "io.containerd.runtime.v2.task".into(),
        "scheduler" => "gc",
        "bolt" => "metadata",
        "opt" | "restart" | "tracing" => "internal",
        "otlp" => "tracing.processor",
        "aufs" | "btrfs" | "devmapper" | "native" | "overlayfs" | "zfs" | "windows" | "windows-lcow" => {
            "snapshotter"
        }
        _ if name.ends_with("-service") => "service",
        _ => "grpc",
    };
    format!("io.containerd.{kind}.v1.{name}")
}

/// What the server listens at becomes the plugins' own.
fn sections(document: &mut Table) -> Result<()> {
    let mut take = |name: &str, keys: &[(&str, &str)]| -> Result<Table> {
        let mut taken = Table::new();
        if let Some(section) = document.get_mut(name) {
            let section =
                section.as_table_mut().ok_or_else(|| Error::invalid(format!("{name}: not a table")))?;
            for (key, new) in keys {
                taken.extend(section.remove(*key).map(|value| (new.to_string(), value)));
            }
        }
        Ok(taken)
    };
    let same = |keys: &[&'static str]| keys.iter().map(|key| (*key, *key)).collect::<Vec<_>>();
    let mut tcp = take(
        "grpc",
        &[
            ("tcp_address", "address"),
            ("tcp_tls_ca", "tls_ca"),
            ("tcp_tls_cert", "tls_cert"),
            ("tcp_tls_key", "tls_key"),
            ("tcp_tls_common_name", "tls_common_name"),
        ],
    )?;
    let limits = ["max_recv_message_size", "max_send_message_size"];
    let grpc = take("grpc", &same(&["address", "uid", "gid", limits[0], limits[1]]))?;
    let ttrpc = take("ttrpc", &same(&["address", "uid", "gid"]))?;
    let debug = take("debug", &same(&["address", "uid", "gid"]))?;
    let histogram = take("metrics", &same(&["grpc_histogram"]))?;
    let metrics = take("metrics", &same(&["address"]))?;
    // An empty address is none.
    tcp.retain(|_, value| value.as_str() != Some(""));
    if !tcp.is_empty() {
        tcp.extend(limits.iter().filter_map(|key| Some((key.to_string(), grpc.get(*key)?.clone()))));
    }
    let plugins = document.entry("plugins").or_insert_with(|| Value::Table(Table::new()));
    let plugins = plugins.as_table_mut().ok_or_else(|| Error::invalid("plugins: not a table"))?;
    for (name, mut section) in
        [(GRPC, grpc), (TCP, tcp), (TTRPC, ttrpc), (DEBUG, debug), (METRICS, metrics), (HISTOGRAM, histogram)]
    {
        section.retain(|_, value| value.as_str() != Some(""));
        if !section.is_empty() {
            // A section of the new form beats the old one.
            plugins.entry(name).or_insert(Value::Table(section));
        }
    }
    for name in ["grpc", "ttrpc", "metrics", "debug"] {
        if document.get(name).and_then(Value::as_table).is_some_and(Table::is_empty) {
            document.remove(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated(text: &str, plugins: &[Migration]) -> Table {
        let mut document = text.parse::<Table>().unwrap();
        migrate(&mut document, plugins).unwrap();
        document
    }

    #[test]
    fn the_names_of_version_1() {
        let text = "disabled_plugins = ['cri', 'io.containerd.gc.v1.scheduler']\nrequired_plugins = ['tasks-service']\n\
                    [plugins.overlayfs]\nroot_path = '/x'\n[plugins.bolt]\na = 1\n[plugins.task]\n[plugins.restart]\n";
        let document = migrated(text, &[]);
        assert_eq!(document["version"].as_integer(), Some(VERSION));
        assert_eq!(document["disabled_plugins"][0].as_str(), Some("io.containerd.grpc.v1.cri"));
        assert_eq!(document["disabled_plugins"][1].as_str(), Some("io.containerd.gc.v1.scheduler"));
        assert_eq!(document["required_plugins"][0].as_str(), Some("io.containerd.service.v1.tasks-service"));
        let names: Vec<_> = document["plugins"].as_table().unwrap().keys().cloned().collect();
        for name in [
            "io.containerd.snapshotter.v1.overlayfs",
            "io.containerd.metadata.v1.bolt",
            "io.containerd.runtime.v2.task",
            "io.containerd.internal.v1.restart",
        ] {
            assert!(names.iter().any(|n| n == name), "{name}: {names:?}");
        }
    }

    #[test]
    fn the_sections_of_version_3() {
        let text = "version = 3\n[grpc]\naddress = '/a'\nuid = 5\nmax_recv_message_size = 9\ntcp_address = '127.0.0.1:0'\n\
                    tcp_tls_ca = ''\nother = 1\n[ttrpc]\naddress = '/t'\n[debug]\nlevel = 'debug'\naddress = ''\n";
        let document = migrated(text, &[]);
        let plugins = &document["plugins"];
        assert_eq!(plugins[GRPC]["address"].as_str(), Some("/a"));
        assert_eq!(plugins[GRPC]["uid"].as_integer(), Some(5));
        assert_eq!(plugins[TCP]["address"].as_str(), Some("127.0.0.1:0"));
        assert_eq!(plugins[TCP]["max_recv_message_size"].as_integer(), Some(9));
        assert!(plugins[TCP].get("tls_ca").is_none());
        assert_eq!(plugins[TTRPC]["address"].as_str(), Some("/t"));
        // What stays is what has no new place.
        assert_eq!(document["debug"]["level"].as_str(), Some("debug"));
        assert_eq!(document["grpc"].as_table().unwrap().len(), 1);
        assert!(document.get("ttrpc").is_none() && plugins.get(DEBUG).is_none());
    }

    #[test]
    fn plugins_take_their_own_steps() {
        fn step(from: i64, plugins: &mut Table) -> Result<()> {
            let seen = plugins.entry("seen").or_insert_with(|| Value::Array(Vec::new()));
            seen.as_array_mut().unwrap().push(Value::Integer(from));
            Ok(())
        }
        for (text, steps) in [("", 3), ("version = 2", 2), ("version = 3", 1)] {
            assert_eq!(migrated(text, &[step])["plugins"]["seen"].as_array().unwrap().len(), steps, "{text}");
        }
        assert!(migrated("version = 4", &[step]).get("plugins").is_none());
    }

    #[test]
    fn what_cannot_be_migrated() {
        for text in ["version = 0", "version = 5", "version = 'x'", "plugins = 1", "version = 3\ngrpc = 1"] {
            let mut document = text.parse::<Table>().unwrap();
            assert!(migrate(&mut document, &[]).is_err(), "{text}");
        }
    }
}
