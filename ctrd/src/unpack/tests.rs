//! Layers that lie, and layers that are merely intricate, written to folders beside a canary.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};

use super::*;

/// Members as a hostile hand writes them: nothing here is checked.
#[derive(Default)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn raw(mut self, name: &str, flag: u8, size: u64, link: &str, mode: u32) -> Tar {
        let mut block = [0u8; 512];
        let mut text = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        text(0, name.as_bytes());
        text(100, format!("{mode:07o}\0").as_bytes());
        text(108, format!("{:07o}\0", nix::unistd::geteuid().as_raw()).as_bytes());
        text(116, format!("{:07o}\0", nix::unistd::getegid().as_raw()).as_bytes());
        text(124, format!("{size:011o}\0").as_bytes());
        text(136, b"07346545000\0        ");
        text(156, &[flag]);
        text(157, link.as_bytes());
        text(257, b"ustar\x0000");
        let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&block);
        self
    }

    pub fn data(mut self, bytes: &[u8]) -> Tar {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub fn file(self, name: &str, bytes: &str) -> Tar {
        self.raw(name, b'0', bytes.len() as u64, "", 0o644).data(bytes.as_bytes())
    }

    pub fn dir(self, name: &str) -> Tar {
        self.raw(name, b'5', 0, "", 0o755)
    }

    pub fn symlink(self, name: &str, to: &str) -> Tar {
        self.raw(name, b'2', 0, to, 0o777)
    }

    pub fn link(self, name: &str, to: &str) -> Tar {
        self.raw(name, b'1', 0, to, 0o644)
    }

    pub fn pax(self, records: &[(&str, &[u8])]) -> Tar {
        let mut bytes = Vec::new();
        for (key, value) in records {
            header::record(&mut bytes, key.as_bytes(), value);
        }
        self.raw("pax", b'x', bytes.len() as u64, "", 0o644).data(&bytes)
    }

    pub fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

/// A folder to unpack to, in another that must not change.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        for name in ["root", "lower", "outside"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        fs::write(dir.path().join("outside/canary"), "alive").unwrap();
        fs::set_permissions(dir.path().join("outside/canary"), fs::Permissions::from_mode(0o604)).unwrap();
        Place { dir }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    pub fn lower(&self) -> PathBuf {
        self.dir.path().join("lower")
    }

    pub fn bind(&self) -> Vec<Mount> {
        let options = vec!["rw".into(), "rbind".into()];
        vec![Mount {
            kind: "bind".into(),
            source: self.root().display().to_string(),
            options,
            ..Mount::default()
        }]
    }

    pub fn overlay(&self) -> Vec<Mount> {
        let options = vec![
            "userxattr".into(),
            format!("upperdir={}", self.root().display()),
            format!("lowerdir={}", self.lower().display()),
        ];
        vec![Mount { kind: "overlay".into(), source: "overlay".into(), options, ..Mount::default() }]
    }

    pub fn apply(&self, tar: &[u8]) -> Result<Applied> {
        apply(tar, "", None, &self.bind())
    }

    pub fn untouched(&self) -> bool {
        let outside = self.dir.path().join("outside");
        let meta = fs::metadata(outside.join("canary")).unwrap();
        fs::read(outside.join("canary")).unwrap() == b"alive"
            && meta.mode() & 0o7777 == 0o604
            && meta.nlink() == 1
            && fs::read_dir(&outside).unwrap().count() == 1
            && fs::read_dir(self.dir.path()).unwrap().count() == 3
    }
}

#[test]
fn nothing_leads_out() {
    let out = |p: &Place| p.dir.path().join("outside").display().to_string();
    // What is to be found in the root afterwards; `!` for what must be refused.
    type Case = (&'static str, fn(Tar, &str) -> Tar, &'static str);
    let cases: &[Case] = &[
        ("dot dot", |t, _| t.file("../outside/x", "x"), "outside/x"),
        ("dot dot amid", |t, _| t.file("a/../../outside/x", "x"), "outside/x"),
        ("absolute", |t, out| t.file(&format!("{out}/x"), "x"), ""),
        ("through an absolute link", |t, out| t.symlink("l", out).file("l/x", "x"), ""),
        ("through a relative link", |t, _| t.symlink("l", "../outside").file("l/x", "x"), "outside/x"),
        (
            "through a chain",
            |t, _| t.symlink("a", "b").symlink("b", "../outside").file("a/x", "x"),
            "outside/x",
        ),
        ("link to itself", |t, _| t.symlink("a", "a").file("a/x", "x"), "!"),
        (
            "folder becomes a link",
            |t, out| t.dir("a").file("a/x", "1").symlink("a", out).file("a/y", "2"),
            "",
        ),
        (
            "overwrite through a link",
            |t, out| t.symlink("l", &format!("{out}/canary")).file("l", "dead"),
            "l",
        ),
        ("chmod through a link", |t, out| t.symlink("l", out).raw("l", b'5', 0, "", 0o777), "l"),
        ("hard link out", |t, out| t.link("l", &format!("{out}/canary")), "!"),
        ("hard link out, relative", |t, _| t.link("l", "../outside/canary"), "!"),
        ("hard link through a link", |t, out| t.symlink("s", out).link("l", "s/canary"), "!"),
        (
            "hard link to a link, then write",
            |t, out| t.symlink("s", &format!("{out}/canary")).link("h", "s").file("h", "dead"),
            "h",
        ),
        (
            "hard link to a link, then chmod",
            |t, out| t.symlink("s", out).link("h", "s").raw("h", b'5', 0, "", 0o777),
            "h",
        ),
        ("hard link to the root", |t, _| t.link("l", "/"), "!"),
        ("hard link to a folder", |t, _| t.dir("d").link("l", "d"), "!"),
        ("the root as a link", |t, out| t.symlink(".", out), "!"),
        ("the root as a file", |t, _| t.file("/", "x"), "!"),
        ("the root as a hard link", |t, _| t.link("./", "x"), "!"),
        ("whiteout of dot dot", |t, _| t.file(".wh...", ""), "!"),
        ("whiteout of dot", |t, _| t.file(".wh..", ""), "!"),
        ("whiteout of nothing", |t, _| t.file(".wh.", ""), "!"),
        ("whiteout through a link", |t, out| t.symlink("l", out).file("l/.wh.canary", ""), ""),
        (
            "whiteout through a relative link",
            |t, _| t.symlink("l", "../outside").file("l/.wh.canary", ""),
            "",
        ),
        ("whiteout through a dead link", |t, _| t.symlink("l", "nowhere").file("l/.wh.x", ""), ""),
        ("opaque through a link", |t, out| t.symlink("l", out).file("l/.wh..wh..opq", ""), ""),
        ("whiteout from above", |t, _| t.file("../outside/.wh.canary", ""), ""),
        ("fifo through a link", |t, out| t.symlink("l", out).raw("l/f", b'6', 0, "", 0o644), ""),
        ("link through a link", |t, out| t.symlink("l", out).symlink("l/f", "x"), ""),
        ("folder through a link", |t, out| t.symlink("l", out).dir("l/d"), ""),
        ("name with a zero by pax", |t, _| t.pax(&[("path", b"a\0b")]).file("x", "x"), "!"),
    ];
    for (what, make, want) in cases {
        for overlay in [false, true] {
            let place = Place::new();
            let tar = make(Tar::default(), &out(&place)).end();
            let mounts = if overlay { place.overlay() } else { place.bind() };
            let got = apply(&tar[..], "", None, &mounts);
            assert!(place.untouched(), "{what}: something outside changed");
            assert_eq!(got.is_err(), *want == "!", "{what}: {got:?}");
            if !want.is_empty() && *want != "!" {
                assert!(place.root().join(want).symlink_metadata().is_ok(), "{what}: {want} is missing");
            }
        }
    }
}

#[test]
fn streams_that_lie_are_refused() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("no tar", b"hello world".repeat(100)),
        ("wrong checksum", {
            let mut t = Tar::default().file("a", "x").end();
            t[0] = b'b';
            t
        }),
        ("cut in a header", Tar::default().file("a", "x").0[..300].to_vec()),
        ("cut in the data", Tar::default().raw("a", b'0', 4096, "", 0o644).data(b"x").0),
        ("unknown type", Tar::default().raw("a", b'V', 0, "", 0o644).end()),
        ("pax without an entry", Tar::default().pax(&[("path", b"a")]).end()),
        ("broken pax", Tar::default().raw("p", b'x', 9, "", 0).data(b"99 path=a").file("a", "").end()),
        ("pax length of nothing", Tar::default().raw("p", b'x', 4, "", 0).data(b"0 a=").file("a", "").end()),
        ("pax of a gigabyte", Tar::default().raw("p", b'x', 1 << 30, "", 0).data(b"").end()),
        ("long name of a gigabyte", Tar::default().raw("p", b'L', 1 << 30, "", 0).data(b"").end()),
        ("negative size", {
            let mut t = Tar::default().raw("a", b'0', 0, "", 0o644).0;
            t[124..136].fill(0xff);
            let sum: u32 = t
                .iter()
                .enumerate()
                .map(|(n, b)| if (148..156).contains(&n) { 32 } else { u32::from(*b) })
                .sum();
            t[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            t
        }),
        ("size of nonsense", Tar::default().pax(&[("size", b"-1")]).file("a", "x").end()),
        ("size out of range", Tar::default().pax(&[("size", b"99999999999999999999")]).file("a", "x").end()),
        ("owner out of range", Tar::default().pax(&[("uid", b"4294967296")]).file("a", "x").end()),
        (
            "sparse beyond its size",
            Tar::default()
                .pax(&[("GNU.sparse.size", b"1"), ("GNU.sparse.map", b"0,2")])
                .file("a", "xx")
                .end(),
        ),
        (
            "sparse with too little",
            Tar::default()
                .pax(&[("GNU.sparse.size", b"100"), ("GNU.sparse.map", b"0,20")])
                .file("a", "xx")
                .end(),
        ),
        (
            "sparse going back",
            Tar::default()
                .pax(&[("GNU.sparse.size", b"100"), ("GNU.sparse.map", b"10,1,0,1")])
                .file("a", "xx")
                .end(),
        ),
    ];
    for (what, tar) in cases {
        let place = Place::new();
        assert!(place.apply(&tar).is_err(), "{what}");
        assert!(place.untouched(), "{what}");
    }
}

#[test]
fn the_pax_size_wins() {
    // Who trusts the header sees a second member in the data of the first.
    let inner = Tar::default().file("smuggled", "x").0;
    let tar = Tar::default()
        .pax(&[("size", inner.len().to_string().as_bytes())])
        .raw("outer", b'0', 0, "", 0o644)
        .data(&inner)
        .file("last", "y")
        .end();
    let place = Place::new();
    place.apply(&tar).unwrap();
    assert_eq!(fs::read(place.root().join("outer")).unwrap(), inner);
    assert!(place.root().join("last").exists() && !place.root().join("smuggled").exists());
}

#[test]
fn keeps_what_a_file_is() {
    let place = Place::new();
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
    let tar = Tar::default()
        .raw("suid", b'0', 1, "", 0o4755)
        .data(b"x")
        .raw("tmp/", b'5', 0, "", 0o1777)
        .file("tmp/inside", "")
        .raw("hard", b'1', 0, "suid", 0o4755)
        .raw("fifo", b'6', 0, "", 0o622)
        .pax(&[("mtime", b"1000000000.5"), ("SCHILY.xattr.user.a", b"b\0c")])
        .file("attr", "")
        .pax(&[("path", long.as_bytes())])
        .file("short", "long")
        .pax(&[("GNU.sparse.size", b"1048580"), ("GNU.sparse.map", b"0,1,1048576,2")])
        .file("sparse", "abc")
        .pax(&[("SCHILY.xattr.trusted.overlay.opaque", b"y"), ("SCHILY.xattr.user.overlay.redirect", b"/")])
        .dir("plain")
        .end();
    let applied = place.apply(&tar).unwrap();
    assert_eq!((applied.size, applied.diff_id), (tar.len() as u64, Digest::of(&tar)));
    let stat = |name: &str| place.root().join(name).symlink_metadata().unwrap();
    assert_eq!(stat("suid").mode() & 0o7777, 0o4755);
    assert_eq!(stat("tmp").mode() & 0o7777, 0o1777);
    assert_eq!(stat("tmp").mtime(), 0o7346545000);
    assert_eq!(stat("hard").ino(), stat("suid").ino());
    assert!(stat("fifo").file_type().is_fifo() && stat("fifo").mode() & 0o777 == 0o622);
    assert_eq!((stat("attr").mtime(), stat("attr").mtime_nsec()), (1_000_000_000, 500_000_000));
    let attr = crate::snapshot::tree::xattrs(&place.root().join("attr")).unwrap();
    assert!(attr.contains(&(c"user.a".into(), b"b\0c".to_vec())), "{attr:?}");
    assert_eq!(fs::read(place.root().join(long)).unwrap(), b"long");
    assert_eq!(stat("sparse").size(), 1_048_580);
    assert!(stat("sparse").blocks() * 512 < 100_000);
    assert_eq!(fs::read(place.root().join("sparse")).unwrap()[1_048_575..][..4], *b"\0bc\0");
    let plain = crate::snapshot::tree::xattrs(&place.root().join("plain")).unwrap();
    assert!(!plain.iter().any(|(n, _)| n.to_bytes().starts_with(b"user.overlay")), "{plain:?}");
}

#[test]
fn whiteouts_speak_of_lower_layers_only() {
    let layer = Tar::default()
        .dir("d")
        .file("d/new", "n")
        .file("d/.wh.old", "")
        .file("d/.wh.new", "")
        .file("e/f", "n")
        .file("e/.wh..wh..opq", "")
        .file(".wh.gone", "")
        .file(".wh.again", "")
        .dir("again")
        .file("again/new", "n")
        .file(".wh..wh.plnk", "")
        .file("none/.wh.x", "")
        .end();
    let fill = |root: &Path| {
        for name in ["d/old", "d/keep", "d/new", "e/f", "e/g", "gone/x", "again/old"] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "o").unwrap();
        }
    };
    let tree = |root: &Path| {
        let mut out = Vec::new();
        let dir = crate::snapshot::tree::open_root(root).unwrap();
        crate::snapshot::tree::walk(
            &dir,
            &mut |path, step| {
                let kind = crate::snapshot::tree::kind(step.stat);
                let hole = if kind == nix::sys::stat::SFlag::S_IFCHR { "!" } else { "" };
                out.push(format!("{}{hole}", crate::snapshot::tree::display(path)));
                Ok(())
            },
            &mut |_, _| Ok(()),
        )
        .unwrap();
        out
    };

    let plain = Place::new();
    fill(&plain.root());
    plain.apply(&layer).unwrap();
    assert_eq!(tree(&plain.root()), ["again", "again/new", "d", "d/keep", "d/new", "e", "e/f"]);

    let overlay = Place::new();
    fill(&overlay.lower());
    apply(&layer[..], "", None, &overlay.overlay()).unwrap();
    assert_eq!(tree(&overlay.root()), ["again", "again/new", "d", "d/new", "d/old!", "e", "e/f", "gone!"]);
    let opaque = |name: &str| {
        let all = crate::snapshot::tree::xattrs(&overlay.root().join(name)).unwrap();
        all.iter().any(|(n, v)| n.to_bytes() == b"user.overlay.opaque" && v == b"y")
    };
    assert!(opaque("e") && opaque("again") && !opaque("d"));
}

#[test]
fn follows_the_layers_below() {
    let place = Place::new();
    let lower = place.lower();
    fs::create_dir_all(lower.join("usr/lib")).unwrap();
    fs::set_permissions(lower.join("usr/lib"), fs::Permissions::from_mode(0o711)).unwrap();
    std::os::unix::fs::symlink("usr/lib", lower.join("lib")).unwrap();
    fs::write(lower.join("usr/lib/a"), "below").unwrap();
    let tar = Tar::default().file("lib/x", "x").link("usr/lib/b", "lib/a").end();
    apply(&tar[..], "", None, &place.overlay()).unwrap();
    let root = place.root();
    assert!(root.join("lib").symlink_metadata().is_err());
    assert_eq!(fs::read(root.join("usr/lib/x")).unwrap(), b"x");
    assert_eq!(root.join("usr/lib").metadata().unwrap().mode() & 0o7777, 0o711);
    assert_eq!(
        root.join("usr/lib").metadata().unwrap().mtime(),
        lower.join("usr/lib").metadata().unwrap().mtime()
    );
    assert_eq!(fs::read(root.join("usr/lib/b")).unwrap(), b"below");
    assert_eq!(
        root.join("usr/lib/a").metadata().unwrap().ino(),
        root.join("usr/lib/b").metadata().unwrap().ino()
    );
}

#[test]
fn decompresses_and_verifies() {
    let tar = Tar::default().file("a", &"hello ".repeat(100_000)).end();
    let gzip = |bytes: &[u8]| {
        let mut z = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        z.write_all(bytes).unwrap();
        z.finish().unwrap()
    };
    let members = [gzip(&tar[..1000]), gzip(&tar[1000..])].concat();
    let zstd = zstd::encode_all(&tar[..], 1).unwrap();
    for blob in [tar.clone(), gzip(&tar), members, zstd] {
        let place = Place::new();
        let digest = Digest::of(&blob);
        let applied = apply(&blob[..], "", Some(&digest), &place.bind()).unwrap();
        assert_eq!(applied, Applied { diff_id: Digest::of(&tar), size: tar.len() as u64 });
        assert_eq!(fs::read(place.root().join("a")).unwrap().len(), 600_000);
        let other = apply(&blob[..], "", Some(&Digest::of(b"")), &place.bind()).unwrap_err();
        assert_eq!(other.kind, Kind::DataLoss);
        let mut flipped = blob.clone();
        let at = flipped.len() / 2;
        flipped[at] ^= 1;
        assert!(apply(&flipped[..], "", Some(&digest), &place.bind()).is_err());
    }
    for blob in [gzip(&tar), zstd::encode_all(&tar[..], 1).unwrap()] {
        for cut in (1..blob.len()).step_by(97) {
            let place = Place::new();
            assert!(place.apply(&blob[..cut]).is_err(), "cut at {cut} of {}", blob.len());
        }
    }
    let place = Place::new();
    let other = apply(&tar[..], "application/x-other", None, &place.bind()).unwrap_err();
    assert_eq!(other.kind, Kind::Unimplemented);
}

#[test]
fn a_tree_becomes_the_same_tar_and_the_same_tree() {
    let (first, second) = (Place::new(), Place::new());
    let long = format!("{}/{}", "d".repeat(150), "f".repeat(150));
    let tar = Tar::default()
        .raw("./", b'5', 0, "", 0o751)
        .raw("suid", b'0', 5, "", 0o4711)
        .data(b"hello")
        .link("hard", "suid")
        .symlink("link", &"t".repeat(90))
        .raw("fifo", b'6', 0, "", 0o600)
        .pax(&[("mtime", b"1000000000.123456789"), ("SCHILY.xattr.user.a", b"b"), ("path", long.as_bytes())])
        .file("x", "long")
        .pax(&[("mtime", b"-1.25")])
        .file("old", "")
        .end();
    first.apply(&tar).unwrap();
    let write = |place: &Place| {
        let mut out = Vec::new();
        tree_to_tar(&place.root(), &mut out).unwrap();
        out
    };
    let written = write(&first);
    second.apply(&written).unwrap();
    assert_eq!(Digest::of(&write(&second)), Digest::of(&written));
}
