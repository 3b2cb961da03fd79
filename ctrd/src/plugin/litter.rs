//! What commands leave that are killed, beside what the collector knows of: FIFOs, and the logs of containers that
//! are gone.

use std::path::PathBuf;
use std::sync::Arc;

use crate::bundle::Bundles;
use crate::error::{Error, Kind, Result};
use crate::store::{Store, containers};
use crate::{logs, stdio};

use super::Init;

pub struct Litter {
    root: PathBuf,
    state: PathBuf,
    address: PathBuf,
    bundles: Bundles,
    store: Arc<Store>,
}

impl Litter {
    pub fn new(init: &Init, store: Arc<Store>) -> Litter {
        let (root, state) = (init.config.root.clone(), init.config.state.clone());
        Litter {
            bundles: Bundles::new(&state, &root),
            address: init.config.address.clone(),
            root,
            state,
            store,
        }
    }

    pub fn collect(&self) -> Result<()> {
        // What cannot be read may hold anything.
        let lives = |id: &str| {
            self.bundles
                .namespaces()
                .map_or(true, |all| all.iter().any(|ns| self.task(ns, id).unwrap_or(true)))
        };
        stdio::collect(&self.state, &self.address, lives)?;
        logs::collect(&self.root, |ns, id| {
            let record = self.store.read(|c| containers::get(c, ns, id).map(drop));
            match record {
                Err(Error { kind: Kind::NotFound, .. }) => self.task(ns, id),
                known => known.map(|()| true),
            }
        })
    }

    /// Whether there is a task of this name. A name that none can have has none.
    fn task(&self, namespace: &str, id: &str) -> Result<bool> {
        match self.bundles.get(namespace, id) {
            Ok(bundle) => Ok(bundle.exists()),
            Err(e) if e.kind == Kind::InvalidArgument => Ok(false),
            Err(e) => Err(e),
        }
    }
}
