//! Snapshots for containers in a user namespace: two labels say how its ids are mapped. The mounts
//! pass the maps on, for the mounter to map the owners of the layers below; what is written belongs
//! to the mapped ids from the beginning.

use std::path::Path;

use crate::content::Labels;
use crate::error::{Error, Result};

const UID: &str = "containerd.io/snapshot/uidmapping";
const GID: &str = "containerd.io/snapshot/gidmapping";

/// File systems of which an overlay can map the owners: ext, xfs, btrfs, f2fs, tmpfs.
const MAPPING: [i64; 5] = [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x0102_1994];

/// Whether the kernel maps owners below overlays on the file system of `root` (Linux 5.19).
pub fn possible(root: &Path) -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(['.', '-']).map(|n| n.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let known = rustix::fs::statfs(root).is_ok_and(|fs| MAPPING.contains(&fs.f_type));
    version >= (5, 19) && known && !super::in_user_namespace()
}

/// Whether a label says how ids are mapped.
pub fn is_map(key: &str) -> bool {
    key == UID || key == GID
}

/// The options by which a mount says what the labels of its snapshot say.
pub fn options(labels: &Labels) -> Vec<String> {
    let of = |option: &str, label: &str| labels.get(label).map(|map| format!("{option}={map}"));
    of("uidmap", UID).into_iter().chain(of("gidmap", GID)).collect()
}

/// Whom the top folder of a snapshot belongs to on the host: where the labels map root, to that.
pub fn root(labels: &Labels) -> Result<Option<(u32, u32)>> {
    let of =
        |label: &str| labels.get(label).map(|map| mapped_root(map).map_err(|e| e.context(label))).transpose();
    match (of(UID)?, of(GID)?) {
        (None, None) => Ok(None),
        (Some(uid), Some(gid)) => Ok(Some((uid, gid))),
        _ => Err(Error::invalid(format!("{UID} and {GID} go together: invalid argument"))),
    }
}

/// The host's id of the container's 0 in `CONTAINER:HOST:SIZE,…`.
fn mapped_root(map: &str) -> Result<u32> {
    let bad = || Error::invalid(format!("id map {map:?}: not CONTAINER:HOST:SIZE: invalid argument"));
    let mut root = None;
    for range in map.split(',') {
        let numbers: Vec<u32> =
            range.split(':').map(|n| n.parse().map_err(|_| bad())).collect::<Result<_>>()?;
        let [container, host, size] = numbers.as_slice() else { return Err(bad()) };
        if *container == 0 && *size > 0 {
            root = Some(*host);
        }
    }
    root.ok_or_else(|| Error::invalid(format!("id map {map:?}: does not map root: invalid argument")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_of_labels() {
        let labels = |uid: &str, gid: &str| -> Labels {
            [(UID.to_string(), uid.to_string()), (GID.to_string(), gid.to_string())].into()
        };
        let both = labels("1:5:1,0:100000:65536", "0:200000:1");
        assert_eq!(root(&both).unwrap(), Some((100_000, 200_000)));
        assert_eq!(options(&both), ["uidmap=1:5:1,0:100000:65536", "gidmap=0:200000:1"]);
        assert_eq!(root(&Labels::new()).unwrap(), None);
        for bad in ["", "0:1", "0:1:0", "1:1:1", "0:x:1"] {
            assert!(root(&labels(bad, "0:1:1")).is_err(), "{bad}");
        }
        assert!(root(&[(UID.to_string(), "0:1:1".to_string())].into()).is_err());
    }
}
