//! `ctrd version`.

use anyhow::Result;
use serde_json::json;

use super::Session;
use crate::cli::{Format, Version};
use crate::client::take;
use crate::listing;

pub async fn version(session: &Session, args: &Version) -> Result<i32> {
    let own = env!("CARGO_PKG_VERSION");
    let server = take(session.client.version().version(()).await)?;
    let object = json!({
        "client": {"version": own},
        "server": {"version": server.version, "revision": server.revision},
    });
    match args.format {
        Format::Json => listing::line(&object.to_string())?,
        Format::Table => {
            let revision = match server.revision.as_str() {
                "" => String::new(),
                text => format!(" ({text})"),
            };
            listing::line(&format!("Client: {own}\nServer: {}{revision}", server.version))?;
        }
    }
    Ok(0)
}
