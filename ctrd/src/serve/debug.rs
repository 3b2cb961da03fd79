//! The debug socket: what the server tells of itself, over HTTP, to whoever may open the socket.
//!
//! ```text
//! /debug/vars           figures of the process, its tasks and its calls, a JSON object
//! /debug/plugins        the plugins and how they began, a line each
//! /debug/pprof/cmdline  the words of the command line, NUL between them, as Go's programs have it
//! ```
//!
//! There are no profiles here, as a Go program keeps them of itself: perf(1) makes them of any process.

use std::sync::Arc;
use std::time::Instant;

use serde_json::json;

use super::http::{Page, plain};
use crate::metrics::{Figures, Process};
use crate::service::introspection::Plugins;

/// What there is to be told.
pub struct Debug {
    pub figures: Arc<Figures>,
    pub plugins: Plugins,
    pub begun: Instant,
}

impl Debug {
    pub fn page(&self, path: &str) -> Option<Page> {
        Some(match path {
            "/debug/vars" => Page { kind: "application/json; charset=utf-8", text: self.vars() },
            "/debug/plugins" => plain(self.plugins()),
            "/debug/pprof/cmdline" => plain(words().join("\0")),
            _ if path.starts_with("/debug/pprof") => {
                plain(format!("no profiles are kept here: perf record -p {}\n", std::process::id()))
            }
            _ => return None,
        })
    }

    fn vars(&self) -> String {
        let process = Process::now();
        let runtime = tokio::runtime::Handle::current().metrics();
        let all = self.plugins.get().map(Vec::as_slice).unwrap_or_default();
        let failed = all.iter().filter(|plugin| plugin.init_err.is_some()).count();
        let vars = json!({
            "cmdline": words(),
            "pid": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
            "uptime": self.begun.elapsed().as_secs_f64(),
            "memory": {
                "resident": process.resident,
                "most": process.most_resident,
                "virtual": process.virtual_size,
            },
            "cpu": process.cpu,
            "threads": process.threads,
            "descriptors": process.descriptors,
            "asynchronous": runtime.num_alive_tasks(),
            "plugins": { "all": all.len(), "failed": failed },
            "calls": self.figures.calls.started(),
        });
        format!("{vars:#}\n")
    }

    fn plugins(&self) -> String {
        let mut text = String::new();
        for plugin in self.plugins.get().map(Vec::as_slice).unwrap_or_default() {
            let outcome = plugin.init_err.as_ref().map_or("ok", |e| e.message.as_str());
            text.push_str(&format!("{}.{} {outcome}\n", plugin.r#type, plugin.id));
        }
        text
    }
}

fn words() -> Vec<String> {
    std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect()
}
