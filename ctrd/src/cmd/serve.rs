//! `ctrd serve`: the same services, for everybody, until a signal ends it.

use std::path::Path;

use anyhow::{Context, Result};

use super::place::Place;
use crate::cli::{Global, Serve};
use crate::config::{self, Config, Flags};
use crate::serve::{self, Way};

pub fn serve(place: &Place, global: &Global, args: &Serve) -> Result<i32> {
    let again = || -> crate::error::Result<Config> {
        let mut config = config(place, global, args.config.as_deref())?;
        if global.debug {
            config.log.level = tracing::Level::DEBUG;
        }
        Ok(config)
    };
    let idle = args.idle_timeout.as_deref().map(config::duration).transpose().context("idle timeout")?;
    let config = again()?;
    serve::log::init(config.log);
    serve::run(&config, &Way { idle, again: &again })?;
    Ok(0)
}

/// What the file and the flags come to.
pub fn config(place: &Place, global: &Global, file: Option<&Path>) -> crate::error::Result<Config> {
    let flags = Flags {
        file: file.map(Into::into),
        // A flag beats the file; a default does not.
        root: global.root.is_some().then(|| place.root.clone()),
        state: global.state.is_some().then(|| place.state.clone()),
        address: global.address.is_some().then(|| place.address.clone()),
    };
    Config::load(flags, Config::at(&place.address, &place.root, &place.state))
}
