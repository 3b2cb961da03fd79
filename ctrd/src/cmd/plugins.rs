//! `ctrd plugins`.

use anyhow::Result;
use serde_json::json;

use super::Session;
use crate::api::introspection::{Plugin, PluginsRequest};
use crate::cli::PluginsCommand;
use crate::client::{Client, take};
use crate::error::Error;
use crate::listing::{self, Row};

/// Why services are missing: the first plugin that did not begin, though it was to. They stand in the order in which
/// they begin, and the others that failed did so for want of it.
pub async fn failed(client: &Client) -> Option<Error> {
    let plugins = take(client.introspection().plugins(PluginsRequest::default()).await).ok()?.plugins;
    let failed = |plugin: &Plugin| {
        let reason = plugin.init_err.as_ref()?.message.clone();
        (!reason.contains("skip plugin")).then(|| {
            Error::unknown(format!(
                "the service is missing: plugin {}.{}: {reason}",
                plugin.r#type, plugin.id
            ))
        })
    };
    plugins.iter().find_map(failed)
}

pub async fn command(session: &Session, command: PluginsCommand) -> Result<i32> {
    let PluginsCommand::Ls(list) = command;
    let request = PluginsRequest { filters: Vec::new() };
    let found = take(session.client.introspection().plugins(request).await)?.plugins;
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    listing::print(&list, &["TYPE", "ID", "PLATFORMS", "STATUS"], &rows)?;
    Ok(0)
}

fn row(plugin: Plugin) -> Row {
    let platforms: Vec<String> =
        plugin.platforms.iter().map(|p| format!("{}/{}", p.os, p.architecture)).collect();
    let status = match &plugin.init_err {
        None => "ok",
        Some(e) if e.message.contains("skip plugin") => "skip",
        Some(_) => "error",
    };
    let object = json!({
        "type": plugin.r#type,
        "id": plugin.id,
        "requires": plugin.requires,
        "platforms": platforms,
        "exports": plugin.exports,
        "capabilities": plugin.capabilities,
        "status": status,
        "error": plugin.init_err.map(|e| e.message),
    });
    let platforms = if platforms.is_empty() { "-".to_string() } else { platforms.join(",") };
    let name = format!("{}.{}", plugin.r#type, plugin.id);
    Row { name, cells: vec![plugin.r#type, plugin.id, platforms, status.to_string()], object }
}
