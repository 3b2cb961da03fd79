//! Every word that a mount's `options` may hold, in one table (runtime-spec, config.md, "Linux
//! mount options"), and what a list of them comes to. Pure.

use crate::syscall::MountAttr;

/// What one word does. Later words of a list win over earlier ones.
#[derive(Debug, Clone, Copy)]
enum Word {
    /// Sets attributes of the mount.
    Set(u64),
    /// Clears attributes of the mount.
    Clear(u64),
    /// Chooses how access times are kept: a field, not a bit.
    Atime(u64),
    /// Takes that choice back, if it was this one.
    AtimeOff(u64),
    /// The same three, on every mount below too.
    SetAll(u64),
    ClearAll(u64),
    AtimeAll(u64),
    /// Propagation, MS_REC for every mount below.
    Propagation(u64),
    /// A flag of the file system, known to mount(2) by a bit and to fsconfig by name ("" for none).
    Super(u64, &'static str),
    SuperOff(u64),
    Bind,
    BindAll,
    Remount,
    CopyUp,
    CopySymlink,
    SourceNoFollow,
    DestinationNoFollow,
    /// Says nothing to init: `defaults`, and what ocirun has done when it opened the source.
    Nothing,
}

use Word::*;

const RO: u64 = libc::MOUNT_ATTR_RDONLY;
const NOSUID: u64 = libc::MOUNT_ATTR_NOSUID;
const NODEV: u64 = libc::MOUNT_ATTR_NODEV;
const NOEXEC: u64 = libc::MOUNT_ATTR_NOEXEC;
const NODIRATIME: u64 = libc::MOUNT_ATTR_NODIRATIME;
const NOSYMFOLLOW: u64 = libc::MOUNT_ATTR_NOSYMFOLLOW;
const RELATIME: u64 = libc::MOUNT_ATTR_RELATIME;
const NOATIME: u64 = libc::MOUNT_ATTR_NOATIME;
const STRICTATIME: u64 = libc::MOUNT_ATTR_STRICTATIME;
const ATIME_FIELD: u64 = libc::MOUNT_ATTR__ATIME;

/// Attributes that are a bit each, and are not of access times.
const PLAIN: u64 = RO | NOSUID | NODEV | NOEXEC | NOSYMFOLLOW;

const WORDS: &[(&str, Word)] = &[
    ("acl", Super(libc::MS_POSIXACL, "")),
    ("async", SuperOff(libc::MS_SYNCHRONOUS)),
    ("atime", AtimeOff(NOATIME)),
    ("bind", Bind),
    ("copy-symlink", CopySymlink),
    ("defaults", Nothing),
    ("dest-nofollow", DestinationNoFollow),
    ("dev", Clear(NODEV)),
    ("diratime", Clear(NODIRATIME)),
    ("dirsync", Super(libc::MS_DIRSYNC, "dirsync")),
    ("exec", Clear(NOEXEC)),
    ("idmap", Nothing),
    ("iversion", Super(libc::MS_I_VERSION, "iversion")),
    ("lazytime", Super(libc::MS_LAZYTIME, "lazytime")),
    ("loud", SuperOff(libc::MS_SILENT)),
    ("mand", Super(libc::MS_MANDLOCK, "mand")),
    ("noacl", SuperOff(libc::MS_POSIXACL)),
    ("noatime", Atime(NOATIME)),
    ("nodev", Set(NODEV)),
    ("nodiratime", Set(NODIRATIME)),
    ("nodirsync", SuperOff(libc::MS_DIRSYNC)),
    ("noexec", Set(NOEXEC)),
    ("noiversion", SuperOff(libc::MS_I_VERSION)),
    ("nolazytime", SuperOff(libc::MS_LAZYTIME)),
    ("nomand", SuperOff(libc::MS_MANDLOCK)),
    ("norelatime", AtimeOff(RELATIME)),
    ("nostrictatime", AtimeOff(STRICTATIME)),
    ("nosuid", Set(NOSUID)),
    ("nosymfollow", Set(NOSYMFOLLOW)),
    ("private", Propagation(libc::MS_PRIVATE)),
    ("ratime", AtimeAll(RELATIME)),
    ("rbind", BindAll),
    ("rdev", ClearAll(NODEV)),
    ("rdiratime", ClearAll(NODIRATIME)),
    ("relatime", Atime(RELATIME)),
    ("remount", Remount),
    ("rexec", ClearAll(NOEXEC)),
    ("ridmap", Nothing),
    ("rnoatime", AtimeAll(NOATIME)),
    ("rnodev", SetAll(NODEV)),
    ("rnodiratime", SetAll(NODIRATIME)),
    ("rnoexec", SetAll(NOEXEC)),
    ("rnorelatime", AtimeAll(RELATIME)),
    ("rnostrictatime", AtimeAll(RELATIME)),
    ("rnosuid", SetAll(NOSUID)),
    ("rnosymfollow", SetAll(NOSYMFOLLOW)),
    ("ro", Set(RO)),
    ("rprivate", Propagation(libc::MS_PRIVATE | libc::MS_REC)),
    ("rrelatime", AtimeAll(RELATIME)),
    ("rro", SetAll(RO)),
    ("rrw", ClearAll(RO)),
    ("rshared", Propagation(libc::MS_SHARED | libc::MS_REC)),
    ("rslave", Propagation(libc::MS_SLAVE | libc::MS_REC)),
    ("rstrictatime", AtimeAll(STRICTATIME)),
    ("rsuid", ClearAll(NOSUID)),
    ("rsymfollow", ClearAll(NOSYMFOLLOW)),
    ("runbindable", Propagation(libc::MS_UNBINDABLE | libc::MS_REC)),
    ("rw", Clear(RO)),
    ("shared", Propagation(libc::MS_SHARED)),
    ("silent", Super(libc::MS_SILENT, "silent")),
    ("slave", Propagation(libc::MS_SLAVE)),
    ("src-nofollow", SourceNoFollow),
    ("strictatime", Atime(STRICTATIME)),
    ("suid", Clear(NOSUID)),
    ("symfollow", Clear(NOSYMFOLLOW)),
    ("sync", Super(libc::MS_SYNCHRONOUS, "sync")),
    ("tmpcopyup", CopyUp),
    ("unbindable", Propagation(libc::MS_UNBINDABLE)),
];

/// What a mount's options come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Attributes of the mount itself.
    pub attr: MountAttr,
    /// Some word spoke of them, be it to take back an earlier one.
    pub asked: bool,
    /// Attributes of it and all mounts below it.
    pub attr_all: MountAttr,
    /// Propagation types to set in this order, MS_REC for all mounts below.
    pub propagation: Vec<u64>,
    /// MS_* bits of the file system.
    pub super_bits: u64,
    pub bind: bool,
    pub recursive: bool,
    pub remount: bool,
    pub copy_up: bool,
    pub copy_symlink: bool,
    pub source_nofollow: bool,
    pub destination_nofollow: bool,
    /// What the file system itself understands, a word each.
    pub data: Vec<String>,
}

impl Options {
    pub fn parse(words: &[String]) -> Self {
        let mut options = Self::default();
        for word in words {
            match WORDS.binary_search_by(|(name, _)| (*name).cmp(word)) {
                Ok(at) => options.apply(WORDS[at].1),
                Err(_) if word.starts_with("idmap=") || word.starts_with("ridmap=") => {}
                // One word may hold several, as mount(8) takes them.
                Err(_) => options.data.extend(split_data(word)),
            }
        }
        options
    }

    fn apply(&mut self, word: Word) {
        self.asked |= matches!(word, Set(_) | Clear(_) | Atime(_) | AtimeOff(_) | Super(..) | SuperOff(_));
        match word {
            Set(bits) => set(&mut self.attr, bits, 0),
            Clear(bits) => set(&mut self.attr, 0, bits),
            Atime(value) => set_atime(&mut self.attr, value),
            AtimeOff(value) => {
                if self.attr.clear & ATIME_FIELD != 0 && self.attr.set & ATIME_FIELD == value {
                    self.attr.set &= !ATIME_FIELD;
                    self.attr.clear &= !ATIME_FIELD;
                }
            }
            SetAll(bits) => set(&mut self.attr_all, bits, 0),
            ClearAll(bits) => set(&mut self.attr_all, 0, bits),
            AtimeAll(value) => set_atime(&mut self.attr_all, value),
            Propagation(kind) => self.propagation.push(kind),
            Super(bit, _) => self.super_bits |= bit,
            SuperOff(bit) => self.super_bits &= !bit,
            Bind => self.bind = true,
            BindAll => (self.bind, self.recursive) = (true, true),
            Remount => self.remount = true,
            CopyUp => self.copy_up = true,
            CopySymlink => self.copy_symlink = true,
            SourceNoFollow => self.source_nofollow = true,
            DestinationNoFollow => self.destination_nofollow = true,
            Nothing => {}
        }
    }

    /// What a bind mount gets that asks for attributes at all: those, and of the source's no others
    /// but its way with access times. (One that asks for none keeps all of its source's.)
    pub fn bind_attr(&self) -> MountAttr {
        let asked = self.attr;
        let mut attr = MountAttr { set: asked.set, clear: PLAIN & !asked.set, ..asked };
        if asked.clear & ATIME_FIELD != 0 || asked.set & NODIRATIME != 0 {
            attr.clear |= ATIME_FIELD | (NODIRATIME & !asked.set);
        }
        attr
    }

    /// The same where the source's attributes are locked (a user namespace): those stay, unless
    /// the options say otherwise, and then there is no such mount. None is that answer.
    pub fn locked_attr(&self, source: &MountAttr) -> Option<MountAttr> {
        let asked = self.attr;
        let locked = RO | NOSUID | NODEV | NOEXEC | NODIRATIME;
        let atime = |attr: &MountAttr| attr.set & (ATIME_FIELD | NODIRATIME);
        let chosen = asked.clear & ATIME_FIELD != 0 || asked.set & NODIRATIME != 0;
        if source.set & asked.clear & locked & !ATIME_FIELD != 0 || (chosen && atime(source) != atime(&asked))
        {
            return None;
        }
        Some(MountAttr { set: asked.set & PLAIN, clear: NOSYMFOLLOW & !asked.set, ..asked })
    }

    pub fn readonly(&self) -> bool {
        self.attr.set & RO != 0
    }

    /// Takes `ro` away, for what is made read-only later; whether it was there.
    pub fn take_readonly(&mut self) -> bool {
        let was = self.readonly();
        self.attr.set &= !RO;
        was
    }

    /// The file system's flags as fsconfig(2) names them.
    pub fn super_words(&self) -> impl Iterator<Item = &'static str> + '_ {
        WORDS.iter().filter_map(|(_, word)| match word {
            Super(bit, name) if self.super_bits & bit != 0 && !name.is_empty() => Some(*name),
            _ => None,
        })
    }
}

fn set(attr: &mut MountAttr, bits: u64, cleared: u64) {
    attr.set = (attr.set | bits) & !cleared;
    attr.clear = (attr.clear | cleared) & !bits;
}

/// The kernel wants the whole field cleared where it is changed.
fn set_atime(attr: &mut MountAttr, value: u64) {
    attr.set = (attr.set & !ATIME_FIELD) | value;
    attr.clear |= ATIME_FIELD;
}

/// Splits at commas, but not within quotes (SELinux's `context="…"`) nor after a backslash.
fn split_data(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in word.chars() {
        if c == ',' && !quoted && !escaped {
            parts.push(String::new());
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The bits of mount(2) for a mount's attributes.
pub fn mount_bits(attributes: u64) -> u64 {
    const PAIRS: &[(u64, u64)] = &[
        (RO, libc::MS_RDONLY),
        (NOSUID, libc::MS_NOSUID),
        (NODEV, libc::MS_NODEV),
        (NOEXEC, libc::MS_NOEXEC),
        (NODIRATIME, libc::MS_NODIRATIME),
        (NOATIME, libc::MS_NOATIME),
        (STRICTATIME, libc::MS_STRICTATIME),
        (NOSYMFOLLOW, 256),
    ];
    PAIRS.iter().filter(|(attribute, _)| attributes & attribute != 0).map(|(_, bit)| bit).sum()
}

/// `rprivate` and its like, as config.json's `rootfsPropagation` spells them.
pub fn propagation(word: &str) -> Option<u64> {
    match WORDS.binary_search_by(|(name, _)| (*name).cmp(word)) {
        Ok(at) => match WORDS[at].1 {
            Propagation(kind) => Some(kind),
            _ => None,
        },
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Options {
        Options::parse(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn later_words_win() {
        assert_eq!(parse(&["ro", "rw"]).attr, MountAttr { set: 0, clear: RO, propagation: 0 });
        assert_eq!(parse(&["rw", "ro"]).attr, MountAttr { set: RO, clear: 0, propagation: 0 });
        assert_eq!(parse(&["noatime", "atime"]).attr, MountAttr::default());
        let atime = parse(&["noatime", "strictatime"]).attr;
        assert_eq!((atime.set, atime.clear), (STRICTATIME, ATIME_FIELD));
        assert_eq!(parse(&["sync", "async"]).super_bits, 0);
    }

    #[test]
    fn a_bind_mount_has_what_it_asks_for_or_all_that_its_source_had() {
        assert!(!parse(&["rbind", "rprivate"]).asked);
        let dev = parse(&["bind", "dev"]);
        assert!(dev.asked);
        assert_eq!(dev.bind_attr(), MountAttr { set: 0, clear: PLAIN, propagation: 0 });
        let atime = parse(&["bind", "atime"]);
        assert!(atime.asked && atime.bind_attr().clear & ATIME_FIELD == 0);
        let nodiratime = parse(&["bind", "nodiratime"]).bind_attr();
        assert_eq!((nodiratime.set, nodiratime.clear), (NODIRATIME, PLAIN | ATIME_FIELD));
        let strict = parse(&["bind", "strictatime"]).bind_attr();
        assert_eq!((strict.set, strict.clear), (STRICTATIME, PLAIN | ATIME_FIELD | NODIRATIME));
    }

    #[test]
    fn locked_attributes_stay_or_refuse() {
        let source = MountAttr::set(RO | NOSUID | NOATIME);
        let kept = parse(&["bind", "nodev"]).locked_attr(&source).expect("nothing is taken away");
        assert_eq!((kept.set, kept.clear), (NODEV, NOSYMFOLLOW));
        assert!(parse(&["bind", "rw"]).locked_attr(&source).is_none());
        assert!(parse(&["bind", "relatime"]).locked_attr(&source).is_none());
        assert!(parse(&["bind", "noatime", "ro"]).locked_attr(&source).is_some());
    }

    #[test]
    fn words_go_where_they_belong() {
        let options = parse(&[
            "rbind",
            "rro",
            "rslave",
            "nosuid",
            "mode=755,size=1k",
            "sync",
            "idmap",
            "defaults",
            "context=\"a,b\"",
        ]);
        assert!(options.bind && options.recursive);
        assert_eq!(options.attr_all.set, RO);
        assert_eq!(options.attr.set, NOSUID);
        assert_eq!(options.propagation, [libc::MS_SLAVE | libc::MS_REC]);
        assert_eq!(options.data, ["mode=755", "size=1k", "context=\"a,b\""]);
        assert_eq!(options.super_words().collect::<Vec<_>>(), ["sync"]);
    }

    #[test]
    fn propagation_has_eight_words() {
        let words = ["shared", "slave", "private", "unbindable"];
        for word in words {
            let plain = propagation(word).expect(word);
            assert_eq!(propagation(&format!("r{word}")), Some(plain | libc::MS_REC));
        }
        assert_eq!(propagation("ro"), None);
        assert_eq!(propagation("nonsense"), None);
    }

    #[test]
    fn any_words_are_options() {
        crate::chance::cases(20_000, |c| {
            let pieces =
                ["ro", "rbind", "rw", ",", "size=", "mode=755", "idmap=", "\"", "rshared", "context="];
            let words: Vec<String> = (0..c.below(5)).map(|_| c.text(&pieces)).collect();
            let options = Options::parse(&words);
            assert!(options.propagation.len() <= words.len());
            // A word that the table has is never handed to the file system.
            for word in words.iter().filter(|word| WORDS.iter().any(|(name, _)| name == word)) {
                assert!(
                    !options.data.contains(word) || words.iter().any(|other| other.contains(',')),
                    "{word}"
                );
            }
        });
    }
}
