//! `ctrd serve`: the same services, for everybody, until a signal ends it.

use anyhow::Result;

use super::place::Place;
use crate::cli::{Global, Serve};
use crate::config::{Config, Flags};
use crate::serve;

pub fn serve(place: &Place, global: &Global, args: &Serve) -> Result<i32> {
    let flags = Flags {
        file: args.config.clone(),
        // A flag beats the file; a default does not.
        root: global.root.is_some().then(|| place.root.clone()),
        state: global.state.is_some().then(|| place.state.clone()),
        address: global.address.is_some().then(|| place.address.clone()),
    };
    let config = Config::load(flags, Config::at(&place.address, &place.root, &place.state))?;
    serve::log::init(global.debug);
    serve::run(&config)?;
    Ok(0)
}
