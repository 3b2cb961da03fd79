//! The sections of the server's sockets and of its log.

use std::path::PathBuf;

use serde::Deserialize;
use tracing::Level;

use crate::error::{Error, Result};

/// What a listener's section says. An empty address is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Listener {
    address: String,
    uid: Option<u32>,
    gid: Option<u32>,
    pub max_recv_message_size: Option<usize>,
    pub max_send_message_size: Option<usize>,
    tls_ca: PathBuf,
    tls_cert: PathBuf,
    tls_key: PathBuf,
    tls_common_name: String,
}

/// The files that make a TCP address secret: PEM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
    /// Clients must have a certificate of this authority.
    pub ca: Option<PathBuf>,
}

impl Listener {
    pub fn address(&self) -> Option<String> {
        Some(self.address.clone()).filter(|address| !address.is_empty())
    }

    /// The address as that of a Unix socket.
    pub fn path(&self) -> Option<PathBuf> {
        self.address().map(PathBuf::from)
    }

    pub fn owner(&self, otherwise: (u32, u32)) -> (u32, u32) {
        (self.uid.unwrap_or(otherwise.0), self.gid.unwrap_or(otherwise.1))
    }

    pub fn tls(&self) -> Result<Option<Tls>> {
        let given = |path: &PathBuf| !path.as_os_str().is_empty();
        if !self.tls_common_name.is_empty() {
            // By it containerd finds a certificate in Windows' store.
            let text =
                "tls_common_name: there is no store of certificates here: name files by tls_cert and tls_key";
            return Err(Error::invalid(text));
        }
        match (given(&self.tls_cert), given(&self.tls_key)) {
            (true, true) => Ok(Some(Tls {
                cert: self.tls_cert.clone(),
                key: self.tls_key.clone(),
                ca: Some(self.tls_ca.clone()).filter(given),
            })),
            (false, false) if !given(&self.tls_ca) => Ok(None),
            _ => Err(Error::invalid("TLS: tls_cert and tls_key must both be given")),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Histogram {
    pub grpc_histogram: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Debug {
    level: String,
    format: String,
}

/// How much the server logs, and how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    pub level: Level,
    pub format: Format,
}

/// What a line of the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// `{"time":…,"level":…,"msg":…}`
    #[default]
    Json,
    /// `time="…" level=… msg="…"`, as containerd writes it.
    Text,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Text => "text",
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Log { level: Level::INFO, format: Format::Json }
    }
}

impl Log {
    pub fn name(self) -> &'static str {
        match self.level {
            Level::TRACE => "trace",
            Level::DEBUG => "debug",
            Level::INFO => "info",
            Level::WARN => "warn",
            Level::ERROR => "error",
        }
    }
}

impl Debug {
    pub fn log(&self) -> Result<Log> {
        let level = match self.level.as_str() {
            "trace" => Level::TRACE,
            "debug" => Level::DEBUG,
            "" | "info" => Level::INFO,
            "warn" | "warning" => Level::WARN,
            // Nothing here is worse than an error.
            "error" | "fatal" | "panic" => Level::ERROR,
            other => {
                let text = "not trace, debug, info, warn, error, fatal or panic";
                return Err(Error::invalid(format!("debug.level {other:?}: {text}")));
            }
        };
        let format = match self.format.as_str() {
            "" | "json" => Format::Json,
            "text" => Format::Text,
            other => return Err(Error::invalid(format!("debug.format {other:?}: not json or text"))),
        };
        Ok(Log { level, format })
    }
}
