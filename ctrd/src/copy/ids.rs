//! Users and groups by their numbers inside of a user namespace and outside of it.

use std::path::Path;

use crate::error::{Error, Result};

/// Ranges of numbers; without any, numbers are the same on both sides.
#[derive(Debug, Clone, Default)]
pub struct Ids {
    users: Vec<Range>,
    groups: Vec<Range>,
}

#[derive(Debug, Clone, Copy)]
struct Range {
    inside: u32,
    outside: u32,
    count: u32,
}

impl Ids {
    /// Those of a process, given its folder in /proc.
    pub fn of_process(folder: &Path) -> Result<Ids> {
        let read = |name: &str| {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path)
                .map_err(|e| Error::from(e).context(format!("read {}", path.display())))?;
            Ok::<_, Error>(text.lines().filter_map(range).collect())
        };
        Ok(Ids { users: read("uid_map")?, groups: read("gid_map")? })
    }

    /// Those of a specification: (inside, outside, count).
    pub fn of_spec(users: &[(u32, u32, u32)], groups: &[(u32, u32, u32)]) -> Ids {
        let of = |maps: &[(u32, u32, u32)]| {
            maps.iter().map(|&(inside, outside, count)| Range { inside, outside, count }).collect()
        };
        Ids { users: of(users), groups: of(groups) }
    }

    /// The numbers outside of an owner inside; none where it is not mapped.
    pub fn outside(&self, uid: u32, gid: u32) -> Option<(u32, u32)> {
        let map = |ranges: &[Range], id: u32| match ranges {
            [] => Some(id),
            _ => ranges.iter().find_map(|r| {
                let at = id.checked_sub(r.inside).filter(|at| *at < r.count)?;
                r.outside.checked_add(at)
            }),
        };
        Some((map(&self.users, uid)?, map(&self.groups, gid)?))
    }

    /// The numbers inside of an owner outside; 65534, as the kernel has it, where there are none.
    pub fn inside(&self, uid: u32, gid: u32) -> (u32, u32) {
        let map = |ranges: &[Range], id: u32| match ranges {
            [] => id,
            _ => ranges
                .iter()
                .find_map(|r| {
                    let at = id.checked_sub(r.outside).filter(|at| *at < r.count)?;
                    r.inside.checked_add(at)
                })
                .unwrap_or(65534),
        };
        (map(&self.users, uid), map(&self.groups, gid))
    }
}

/// A line of /proc/PID/uid_map.
fn range(line: &str) -> Option<Range> {
    let mut numbers = line.split_whitespace().map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Range { inside: next()?, outside: next()?, count: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_inside_and_outside() {
        let none = Ids::default();
        assert_eq!((none.outside(5, 6), none.inside(5, 6)), (Some((5, 6)), (5, 6)));
        let mapped = Ids::of_spec(&[(0, 100_000, 10), (20, 5, 1)], &[(0, 200_000, 10)]);
        assert_eq!(mapped.outside(0, 9), Some((100_000, 200_009)));
        assert_eq!(mapped.outside(20, 0), Some((5, 200_000)));
        assert_eq!(mapped.outside(10, 0), None);
        assert_eq!(mapped.inside(100_003, 200_000), (3, 0));
        assert_eq!(mapped.inside(0, 0), (65534, 65534));
        let own = Ids::of_process(Path::new("/proc/self")).unwrap();
        assert_eq!(own.outside(0, 0).map(|(uid, gid)| own.inside(uid, gid)), Some((0, 0)));
    }
}
