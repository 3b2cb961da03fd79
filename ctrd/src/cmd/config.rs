//! `ctrd config`: the server's configuration as documents, without a server.

use std::path::Path;

use anyhow::{Context, Result};

use super::place::Place;
use super::serve;
use crate::cli::{ConfigCommand, Global};
use crate::config::{self, Config, FILE};
use crate::listing;

pub fn command(place: &Place, global: &Global, command: &ConfigCommand) -> Result<i32> {
    let document = match command {
        ConfigCommand::Default => Config::at(&place.address, &place.root, &place.state).to_document(),
        ConfigCommand::Dump(args) => serve::config(place, global, args.config.as_deref())?.to_document(),
        ConfigCommand::Migrate(args) => config::migrated(args.config.as_deref().unwrap_or(Path::new(FILE)))?,
    };
    let text = toml::to_string(&document).context("write the document")?;
    text.lines().try_for_each(listing::line)?;
    Ok(0)
}
