//! `ctrd info`: what is served, from where, and how much of it there is.

use anyhow::Result;
use serde_json::{Value, json};

use super::Session;
use crate::api::introspection::PluginsRequest;
use crate::cli::{Format, Info};
use crate::client::{container, elsewhere, image, process, snapshotter, take};
use crate::listing;

pub async fn info(session: &Session, args: &Info) -> Result<i32> {
    let client = &session.client;
    let place = &session.place;
    let server = take(client.introspection().server(()).await)?;
    let version = take(client.version().version(()).await)?;
    let plugins = take(client.introspection().plugins(PluginsRequest { filters: Vec::new() }).await)?.plugins;
    // The same pid in another pid namespace is another process.
    let within = server.pid == u64::from(std::process::id());
    let (mut containers, mut tasks, mut images) = (0, 0, 0);
    let namespaces = elsewhere::namespaces(client).await?;
    for name in &namespaces {
        let there = client.in_namespace(name)?;
        containers += container::list(&there).await?.len();
        tasks += process::list(&there).await?.len();
        images += image::list(&there).await?.len();
    }
    let failed: Vec<String> = plugins
        .iter()
        .filter(|plugin| plugin.init_err.is_some())
        .map(|plugin| format!("{}.{}", plugin.r#type, plugin.id))
        .collect();
    let object = json!({
        "server": if within { Value::Null } else { json!({"pid": server.pid, "uuid": server.uuid}) },
        "version": version.version,
        "address": place.address,
        "root": place.root,
        "state": place.state,
        "namespace": client.namespace(),
        "namespaces": namespaces.len(),
        "containers": containers,
        "tasks": tasks,
        "images": images,
        "snapshotter": snapshotter::choose(client, None).await?,
        "pluginsNotLoaded": failed,
    });
    if args.format == Format::Json {
        listing::line(&object.to_string())?;
        return Ok(0);
    }
    let server = match within {
        true => "none: the services run in this process".to_string(),
        false => format!("process {}", server.pid),
    };
    listing::line(&format!("server        {server}"))?;
    for key in [
        "version",
        "address",
        "root",
        "state",
        "namespace",
        "namespaces",
        "containers",
        "tasks",
        "images",
        "snapshotter",
    ] {
        let value = object[key].as_str().map_or_else(|| object[key].to_string(), str::to_string);
        listing::line(&format!("{key:<13} {value}"))?;
    }
    if !failed.is_empty() {
        listing::line(&format!("not loaded    {}", failed.join(", ")))?;
    }
    Ok(0)
}
