//! What holds a mount, once everything else has been collected.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Error, Result};
use crate::gc::{is_led_to, led_to};
use crate::service::message;

use super::decode;

/// The mounts to which labels lead, by namespace: looked for once in each.
#[derive(Default)]
pub struct Led(HashMap<String, Result<HashSet<String>>>);

impl Led {
    fn leads_to(&mut self, c: &Connection, ns: &str, name: &str) -> Result<bool> {
        let names = self.0.entry(ns.to_string()).or_insert_with(|| led_to(c, ns, "mount"));
        names.as_ref().map(|names| names.contains(name)).map_err(Error::clone)
    }
}

/// Whether anything holds the mount of this number, or there is none: its lease, an object that its labels have lead
/// to it, or one whose labels lead to it. One whose record cannot be read counts as held, and is `told`.
pub fn is_held(c: &Connection, number: i64, led: &mut Led, told: impl FnOnce(Error)) -> Result<bool> {
    let mut query = c.prepare_cached(
        "SELECT namespace, name, record,
           EXISTS (SELECT 1 FROM leases WHERE leases.namespace = mounts.namespace AND leases.id = mounts.lease)
         FROM mounts WHERE number = ?1",
    )?;
    let row =
        |r: &Row| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, Vec<u8>>(2)?, r.get(3)?));
    let Some((ns, name, record, leased)) = query.query_row([number], row).optional()? else {
        return Ok(true);
    };
    // Its server died before it was made: nobody was told of it.
    if record.is_empty() {
        return Ok(false);
    }
    if leased {
        return Ok(true);
    }
    let labels = match decode(&name, &record) {
        Ok(info) => message::labels(info.labels),
        Err(e) => {
            told(e);
            return Ok(true);
        }
    };
    Ok(is_led_to(c, &ns, &labels)? || led.leads_to(c, &ns, &name)?)
}
