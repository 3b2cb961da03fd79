//! Whether each snapshot has its folders, its parent, and was seen on the disk; and whether each
//! folder has its snapshot.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;

use rusqlite::params;

use crate::clock::boot;
use crate::error::Result;
use crate::fsck::{Options, Report};

use super::{Driver, Found, Kind, Snapshotter, from_row};

impl Snapshotter {
    /// Looks at every snapshot of this snapshotter, and at folders that are none.
    pub fn check(&self, options: Options, report: &mut Report) -> Result<()> {
        let rows: Vec<(String, Found, String)> = self.store.view(|c| {
            let mut query = c.prepare(
                "SELECT dir, key, parent, kind, labels, created_at, updated_at, size, inodes, namespace, unsynced
                 FROM snapshots WHERE snapshotter = ?1 ORDER BY dir DESC",
            )?;
            let mut rows = query.query([self.name])?;
            let mut out = Vec::new();
            while let Some(row) = rows.next()? {
                out.push((row.get(9)?, from_row(row)?, row.get(10)?));
            }
            Ok(out)
        })?;
        report.snapshots += rows.len();
        let keys: BTreeMap<(&str, &str), &Found> =
            rows.iter().map(|(ns, found, _)| ((ns.as_str(), found.info.key.as_str()), found)).collect();
        let mut broken: Vec<(&str, &Found, String)> = Vec::new();
        for (ns, found, unsynced) in &rows {
            let object = self.object(ns, found);
            let work = self.dir(found.dir).join("work");
            if found.info.kind == Kind::Active
                && matches!(self.driver, Driver::Overlay { .. })
                && self.dir(found.dir).join("fs").is_dir()
                && !work.is_dir()
            {
                let mut make = || -> Result<()> { Ok(DirBuilder::new().mode(0o711).create(&work)?) };
                let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("made", &mut make);
                report.find(options, object, "its folder work is missing", Some(remedy))?;
            }
            if let Some(problem) = self.broken(ns, found, unsynced, &keys) {
                broken.push((ns.as_str(), found, problem));
            }
        }
        // What nothing is built on may go, then what was below it, and so on.
        let mut going: HashSet<i64> = HashSet::new();
        loop {
            let before = going.len();
            for (ns, found, _) in &broken {
                let key = found.info.key.as_str();
                let built_on = rows.iter().any(|(other, child, _)| {
                    other == ns && child.info.parent == key && !going.contains(&child.dir)
                });
                if found.info.kind == Kind::Committed && !built_on && !self.in_use(ns, key)? {
                    going.insert(found.dir);
                }
            }
            if going.len() == before {
                break;
            }
        }
        for (ns, found, problem) in broken {
            let mut forget = || self.forget(found);
            let remedy: (&str, &mut dyn FnMut() -> Result<()>) =
                ("forgotten, to be unpacked anew", &mut forget);
            let remedy = going.contains(&found.dir).then_some(remedy);
            report.find(options, self.object(ns, found), problem, remedy)?;
        }
        self.check_folders(options, report)
    }

    fn object(&self, ns: &str, found: &Found) -> String {
        format!("snapshot {} {ns}/{}", self.name, found.info.key)
    }

    fn broken(
        &self,
        ns: &str,
        found: &Found,
        unsynced: &str,
        keys: &BTreeMap<(&str, &str), &Found>,
    ) -> Option<String> {
        if !self.dir(found.dir).join("fs").is_dir() {
            return Some("its folder is missing".to_string());
        }
        if !unsynced.is_empty() && unsynced != boot() {
            return Some("it may not have reached the disk when the machine stopped".to_string());
        }
        let mut at = found;
        for _ in 0..keys.len() {
            if at.info.parent.is_empty() {
                return None;
            }
            match keys.get(&(ns, at.info.parent.as_str())) {
                None => return Some(format!("snapshot {}, below it, is not there", at.info.parent)),
                Some(parent) if !self.dir(parent.dir).join("fs").is_dir() => {
                    return Some(format!("the folder of snapshot {}, below it, is missing", at.info.parent));
                }
                Some(parent) => at = parent,
            }
        }
        (!at.info.parent.is_empty()).then(|| "its parents form a ring".to_string())
    }

    /// Whether a container stands on this snapshot.
    fn in_use(&self, ns: &str, key: &str) -> Result<bool> {
        let held = self.store.view(|c| crate::store::containers::snapshots(c, ns))?;
        Ok(held.iter().any(|(_, name, of)| name == self.name && of == key))
    }

    fn forget(&self, found: &Found) -> Result<()> {
        self.store.write(|tx| {
            tx.execute("DELETE FROM snapshots WHERE dir = ?1", params![found.dir])?;
            Ok(())
        })
    }

    fn check_folders(&self, options: Options, report: &mut Report) -> Result<()> {
        for entry in fs::read_dir(self.root.join("snapshots"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let orphan = match name.parse::<i64>() {
                // A snapshot in the making has a folder before its row is to be seen.
                Ok(dir) => self.store.write_ahead(true, |tx| Ok(!self.exists(tx, dir)?))?,
                Err(_) => self.is_left_over(&name)?,
            };
            if orphan {
                let mut clean = || self.cleanup();
                let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("removed", &mut clean);
                let object = format!("folder {}", entry.path().display());
                report.find(options, object, "no snapshot has it", Some(remedy))?;
            }
        }
        Ok(())
    }
}
