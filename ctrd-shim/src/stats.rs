//! A container's figures, from the files of its control groups into containerd's messages.

mod v1;
mod v2;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use ctrd_shim::any;
use prost_types::Any;

use crate::cgroup::Cgroups;

/// None when the groups are gone.
pub fn read(cgroups: &Cgroups) -> Option<Any> {
    match cgroups {
        Cgroups::V1(dirs) => dirs.values().any(|d| d.is_dir()).then(|| any::pack(&v1::metrics(dirs))),
        Cgroups::V2(dir) => dir.is_dir().then(|| any::pack(&v2::metrics(dir))),
    }
}

/// A file that holds one number. `max` is no limit, the largest number.
fn number(dir: &Path, file: &str) -> Option<u64> {
    let text = fs::read_to_string(dir.join(file)).ok()?;
    match text.trim() {
        "max" => Some(u64::MAX),
        text => text.parse().ok(),
    }
}

/// A file of lines `name number`.
fn table(dir: &Path, file: &str) -> Table {
    let text = fs::read_to_string(dir.join(file)).unwrap_or_default();
    let line = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some((name.to_owned(), value.trim().parse().ok()?))
    };
    Table(text.lines().filter_map(line).collect())
}

struct Table(HashMap<String, u64>);

impl Table {
    fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }
}

/// The page sizes of hugetlb's files, such as `2MB`.
fn page_sizes(dir: &Path, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut sizes: Vec<String> = entries
        .filter_map(|e| {
            let name = e.file_name().into_string().ok()?;
            let size = name.strip_prefix("hugetlb.")?.strip_suffix(ending)?;
            (!size.contains('.')).then(|| size.to_owned())
        })
        .collect();
    sizes.sort();
    sizes
}

/// `name hca_handle=1 hca_object=max` a line: device, handles, objects.
fn rdma(dir: &Path, file: &str) -> Vec<(String, u32, u32)> {
    let text = fs::read_to_string(dir.join(file)).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let device = words.next()?.to_owned();
        let mut value = |name: &str| -> Option<u32> {
            let value = words.next()?.strip_prefix(name)?.strip_prefix('=')?;
            if value == "max" { Some(u32::MAX) } else { value.parse().ok() }
        };
        Some((device, value("hca_handle")?, value("hca_object")?))
    };
    text.lines().filter_map(line).collect()
}
