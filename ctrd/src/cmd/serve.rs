//! `ctrd serve`: the same services, for everybody, until a signal ends it.

use std::path::Path;

use anyhow::Result;

use super::place::Place;
use crate::cli::{Global, Serve};
use crate::config::{Config, Flags};
use crate::serve;

pub fn serve(place: &Place, global: &Global, args: &Serve) -> Result<i32> {
    let config = config(place, global, args.config.as_deref())?;
    serve::log::init(global.debug || config.debug);
    serve::run(&config)?;
    Ok(0)
}

/// What the file and the flags come to.
pub fn config(place: &Place, global: &Global, file: Option<&Path>) -> Result<Config> {
    let flags = Flags {
        file: file.map(Into::into),
        // A flag beats the file; a default does not.
        root: global.root.is_some().then(|| place.root.clone()),
        state: global.state.is_some().then(|| place.state.clone()),
        address: global.address.is_some().then(|| place.address.clone()),
    };
    Ok(Config::load(flags, Config::at(&place.address, &place.root, &place.state))?)
}
