//! Transfer: images moved by the server itself, from where one call says to where it says.
//!
//! | from | to | is |
//! |---|---|---|
//! | a stream | the image store | an import |
//! | the image store | a stream | an export |
//! | the image store | the image store | a new name |
//!
//! All of it happens on a thread that may block; the streams are the client's ([`stream`]).

mod export;
mod import;
mod naming;
mod progress;
mod sink;
pub mod stream;
mod unpack;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::api::event::ContentCreate;
use crate::api::images::{ImageCreate, ImageUpdate};
use crate::api::types::transfer::ImageStore;
use crate::clock;
use crate::collector::Collector;
use crate::content::{Content, Labels};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::events::{Event, Exchange};
use crate::gc;
use crate::image::{Descriptor, Platform};
use crate::snapshot::Snapshotter;
use crate::store::images::{self, Image, Target};
use crate::store::{Store, leases};
use crate::unpack::Processors;

pub use progress::Progress;

/// How long what a transfer that was killed leaves is kept.
const GRACE: i64 = 24 * 3600 * 1_000_000_000;

/// What transfers work with. Cheap to clone.
#[derive(Clone)]
pub struct Transfer {
    pub store: Arc<Store>,
    pub content: Content,
    pub snapshotters: Arc<BTreeMap<&'static str, Snapshotter>>,
    pub events: Exchange,
    pub gc: Collector,
    pub processors: Processors,
}

/// One transfer, under a lease that holds all it makes until an image does.
pub struct Work {
    store: Arc<Store>,
    content: Content,
    snapshotters: Arc<BTreeMap<&'static str, Snapshotter>>,
    events: Exchange,
    namespace: String,
    lease: String,
    /// The lease is this transfer's and ends with it, and not by itself.
    own_lease: bool,
    gc: Collector,
    processors: Processors,
    /// Set when nobody waits for the transfer any more.
    stop: Arc<AtomicBool>,
}

impl Transfer {
    /// Begins a transfer under the caller's lease, or one of its own.
    pub fn begin(&self, namespace: &str, lease: Option<String>, stop: Arc<AtomicBool>) -> Result<Work> {
        let own_lease = lease.is_none();
        let lease = match lease {
            Some(lease) => lease,
            None => {
                let id = format!("transfer-{}-{}", clock::now(), std::process::id());
                let expiry = clock::rfc3339(clock::now() + GRACE);
                let labels = Labels::from([("containerd.io/gc.expire".to_string(), expiry)]);
                self.store.write_ahead(true, |tx| leases::create(tx, namespace, &id, labels))?.id
            }
        };
        Ok(Work {
            store: self.store.clone(),
            content: self.content.clone(),
            snapshotters: self.snapshotters.clone(),
            events: self.events.clone(),
            namespace: namespace.into(),
            lease,
            own_lease,
            gc: self.gc.clone(),
            processors: self.processors.clone(),
            stop,
        })
    }
}

impl Work {
    /// Gives an image of the store the names of another.
    pub fn tag(&self, from: &ImageStore, to: &ImageStore) -> Result<()> {
        let image = self.store.read(|c| images::get(c, &self.namespace, &from.name))?;
        let target = image.target;
        let described = Descriptor {
            annotations: target.annotations.clone(),
            ..Descriptor::new(&target.media_type, Digest::parse(&target.digest)?, target.size.unsigned_abs())
        };
        let names = naming::of_target(to, &described);
        if names.is_empty() {
            return Err(Error::not_found("no image name found: not found"));
        }
        let labels: Labels = to.labels.clone().into_iter().collect();
        names.into_iter().try_for_each(|name| self.save(name, labels.clone(), &target))
    }

    /// Enters an image under a name, or points the one of that name at this target.
    fn save(&self, name: String, labels: Labels, target: &Target) -> Result<()> {
        let image = Image { name, target: target.clone(), labels, created_at: 0, updated_at: 0 };
        let (ns, lease) = (self.namespace.as_str(), Some(self.lease.as_str()));
        self.wanted_still()?;
        // What the name leads to is on the disk before the name is.
        self.content.settle()?;
        let (made, fresh) =
            self.store.write(|tx| match images::create(tx, ns, image.clone(), None, lease) {
                Err(e) if e.kind == Kind::AlreadyExists => {
                    images::update(tx, ns, image, &[], None, lease).map(|image| (image, false))
                }
                made => made.map(|image| (image, true)),
            })?;
        let (name, labels) = (made.name, made.labels.into_iter().collect());
        match fresh {
            true => self.publish("/images/create", &ImageCreate { name, labels }),
            false => self.publish("/images/update", &ImageUpdate { name, labels }),
        }
    }

    /// Fails once nobody waits for the transfer any more.
    fn wanted_still(&self) -> Result<()> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::new(Kind::Cancelled, "stopped: the client went away")),
            false => Ok(()),
        }
    }

    /// Whether the lease does; where that cannot be read it may.
    fn holds_something(&self) -> bool {
        let held = self.store.read(|c| leases::resources(c, &self.namespace, &self.lease));
        held.map_or(true, |held| !held.is_empty())
    }

    /// The snapshotter of that name; of none, the one that is best here.
    fn snapshotter(&self, name: &str) -> Result<&Snapshotter> {
        let all = &self.snapshotters;
        let found = match name {
            "" => all.get("overlayfs").or_else(|| all.values().next()),
            name => all.get(name),
        };
        found.ok_or_else(|| Error::invalid(format!("snapshotter not loaded: {name}: invalid argument")))
    }

    fn label(&self, digest: &Digest, key: &str, value: &str) -> Result<()> {
        let labels = Labels::from([(key.to_string(), value.to_string())]);
        self.content
            .update(&self.namespace, digest, &labels, &[format!("labels.{key}")], Some(&self.lease))
            .map(drop)
    }

    fn hold(&self, kind: &str, id: &str) -> Result<()> {
        let lease = Some(self.lease.as_str());
        let ahead = self.store.read(|c| gc::expires(c, &self.namespace, lease))?;
        self.store.write_ahead(ahead, |tx| gc::hold(tx, &self.namespace, lease, kind, id))
    }

    fn publish(&self, topic: &str, event: &impl Event) -> Result<()> {
        self.events.publish(&self.namespace, topic, event)
    }

    fn tell_of_content(&self, digest: &Digest, size: u64) -> Result<()> {
        let event =
            ContentCreate { digest: digest.to_string(), size: size as i64, media_type: String::new() };
        self.publish("/content/create", &event)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.own_lease {
            return;
        }
        // One that cannot be removed now, or comes back, expires.
        if let Err(e) = self.store.write_ahead(true, |tx| leases::delete(tx, &self.namespace, &self.lease)) {
            tracing::warn!(lease = self.lease, "end of a transfer: {e}");
        }
        self.gc.schedule();
    }
}

/// The platforms of a message as images spell them.
fn platform(from: &crate::api::types::Platform) -> Platform {
    Platform {
        architecture: from.architecture.clone(),
        os: from.os.clone(),
        variant: from.variant.clone(),
        os_version: from.os_version.clone(),
        os_features: from.os_features.clone(),
    }
}
