//! Plugins that the configuration names and a server behind a socket does the work of. They come into the
//! list behind those that it has of itself, and begin as these do; the server need not be there yet.

use super::list::{self, Begun, CONTENT, DIFFER, METADATA, SANDBOX_CONTROLLER, SNAPSHOTTER};
use super::{Init, Meta, Registration};
use crate::client::remote::Remote;
use crate::config::{Config, Proxy, ProxyKind};
use crate::error::{Error, Result};
use crate::service::diff::Differ;
use crate::snapshot::Snapshotter;

/// The list with the configuration's proxies. It lives as long as the process, which makes one.
pub fn with_proxies(config: &Config) -> Result<&'static [Registration]> {
    if config.proxies.is_empty() {
        return Ok(list::ALL);
    }
    let mut all: Vec<Registration> = Vec::new();
    for (name, proxy) in &config.proxies {
        let (kind, requires, init): (_, &[&str], fn(&mut Init) -> Begun) = match proxy.stands_for() {
            Some(ProxyKind::Snapshot) => (SNAPSHOTTER, &[METADATA], snapshotter),
            Some(ProxyKind::Content) => (CONTENT, &[METADATA], content),
            Some(ProxyKind::Diff) => (DIFFER, &[], differ),
            Some(ProxyKind::Sandbox) => (SANDBOX_CONTROLLER, &[METADATA], controller),
            // The configuration was looked at before.
            None => continue,
        };
        let known = list::ALL.iter().any(|r| r.kind == kind && r.id == name);
        if known {
            let text = format!("proxy_plugins.{name:?}: there is a plugin {kind}.{name} already");
            return Err(Error::invalid(text));
        }
        let id: &'static str = name.clone().leak();
        all.push(Registration { kind, id, requires, init });
    }
    let own =
        list::ALL.iter().map(|r| Registration { kind: r.kind, id: r.id, requires: r.requires, init: r.init });
    Ok(own.chain(all).collect::<Vec<_>>().leak())
}

/// What the configuration says of the plugin that begins, and its server.
fn of(init: &Init, kind: &str) -> Result<(&'static str, Proxy, Remote)> {
    let name = init.uri.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    let proxy = init.config.proxies.get(name).cloned().unwrap_or_default();
    let remote = Remote::new(&proxy.address)?;
    let name: &'static str = name.to_string().leak();
    Ok((name, proxy, remote))
}

fn meta(proxy: Proxy) -> Meta {
    let mut exports = proxy.exports;
    exports.insert("address".into(), proxy.address.display().to_string());
    Meta { platform: Some(proxy.platform), exports, capabilities: proxy.capabilities }
}

fn snapshotter(init: &mut Init) -> Begun {
    let (name, proxy, remote) = of(init, SNAPSHOTTER)?;
    let store = init.parts.store()?;
    let made = Snapshotter::remote(&init.config.root, name, store, remote, &proxy)?;
    init.parts.snapshotters.insert(name, made);
    Ok(meta(proxy))
}

fn differ(init: &mut Init) -> Begun {
    let (name, proxy, remote) = of(init, DIFFER)?;
    init.parts.differs.insert(name.to_string(), Differ::Remote(remote));
    Ok(meta(proxy))
}

fn controller(init: &mut Init) -> Begun {
    let (name, proxy, remote) = of(init, SANDBOX_CONTROLLER)?;
    init.parts.controllers.insert(name.to_string(), (remote, proxy.there(name)));
    Ok(meta(proxy))
}

/// There is one content store: that of the server's own has to be disabled, as for containerd.
fn content(init: &mut Init) -> Begun {
    let (_, proxy, remote) = of(init, CONTENT)?;
    if init.parts.content.is_some() {
        let text = "there is a content store already: disable io.containerd.content.v1.content";
        return Err(Error::precondition(text).into());
    }
    init.parts.content = Some(list::opened_content(init)?.there(remote));
    Ok(meta(proxy))
}
