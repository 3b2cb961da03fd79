//! Images of file systems in files: made and formatted for `mkfs/` mounts, and attached to loop devices
//! for mounts of type `loop`, whose place is then a link to the device.
//!
//! ```text
//! mkfs/loop     source /var/lib/ctrd/x/image   X-containerd.mkfs.size=1GiB
//! format/ext4   source {{ mount 0 }}
//! ```

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::fcntl::{Flock, FlockArg, OFlag};

use crate::error::{Error, Kind, Result, os_text};
use crate::snapshot::Mount;
use crate::spec::resource;

/// The options that say how an image is made.
pub const OPTIONS: &str = "X-containerd.mkfs.";

/// The type of a mount that makes a block device of a file.
pub const LOOP: &str = "loop";

/// What is to be made.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    size: u64,
    fs: String,
    uuid: Option<String>,
}

/// Makes the image `path`, below `root`, as the options say. One that is there stays as it is.
pub fn make(path: &str, options: &[String], root: &Path) -> Result<()> {
    let wanted = wanted(options)?;
    let path = super::transform::below(path, root).ok_or_else(|| {
        Error::invalid(format!("image {path:?}: not below the server's root: invalid argument"))
    })?;
    let at = |e: std::io::Error| Error::from(e).context(format!("make image {}", path.display()));
    // Under another name until it is formatted: what bears the name is whole.
    let mut draft = path.clone().into_os_string();
    draft.push("~");
    let draft = PathBuf::from(draft);
    while !is_made(&path)? {
        // Two at a time take turns, and the second finds the image of the first.
        let Some(file) = take(&draft).map_err(at)? else { continue };
        if is_made(&path)? {
            let _ = fs::remove_file(&draft);
            break;
        }
        let made = format(&file, &draft, &wanted).and_then(|()| fs::rename(&draft, &path).map_err(at));
        if made.is_err() {
            let _ = fs::remove_file(&draft);
        }
        return made;
    }
    Ok(())
}

fn is_made(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(Error::precondition(format!("image {}: it is no file", path.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::from(e).context(format!("make image {}", path.display()))),
    }
}

/// The draft, for the caller alone as long as this is kept, once nobody else has it. What one who died
/// has left is taken over. `None`: the one before has renamed or removed it.
fn take(draft: &Path) -> std::io::Result<Option<Flock<File>>> {
    let flags = (OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o640).custom_flags(flags);
    let file = Flock::lock(options.open(draft)?, FlockArg::LockExclusive).map_err(|(_, e)| e)?;
    let own = file.metadata()?;
    let same = fs::symlink_metadata(draft).is_ok_and(|m| (m.dev(), m.ino()) == (own.dev(), own.ino()));
    Ok(same.then_some(file))
}

fn format(file: &File, draft: &Path, wanted: &Wanted) -> Result<()> {
    let at = |e: std::io::Error| Error::from(e).context(format!("make image {}", draft.display()));
    file.set_len(0).and_then(|()| file.set_len(wanted.size)).map_err(at)?;
    let program = format!("mkfs.{}", wanted.fs);
    let mut command = Command::new(&program);
    command.arg("-q");
    match (&wanted.uuid, wanted.fs.as_str()) {
        (None, _) => {}
        (Some(uuid), "xfs") => drop(command.args(["-m", &format!("uuid={uuid}")])),
        (Some(uuid), _) => drop(command.args(["-U", uuid])),
    }
    run(command.arg(draft)).map(drop)
}

fn wanted(options: &[String]) -> Result<Wanted> {
    let bad = |text: String| Error::invalid(format!("mount option {text}: invalid argument"));
    let mut wanted = Wanted { size: 0, fs: "ext4".into(), uuid: None };
    for option in options {
        let pair = option.strip_prefix(OPTIONS).and_then(|rest| rest.split_once('='));
        match pair {
            Some(("size", text)) => {
                let size = resource::bytes(text).ok().and_then(|bytes| u64::try_from(bytes).ok());
                wanted.size = size.ok_or_else(|| bad(format!("{option:?}: not a size")))?;
            }
            Some(("fs", fs @ ("ext2" | "ext3" | "ext4" | "xfs"))) => wanted.fs = fs.to_string(),
            Some(("uuid", uuid))
                if uuid.len() == 36 && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') =>
            {
                wanted.uuid = Some(uuid.to_string());
            }
            _ => return Err(bad(format!("{option:?}: not size, fs (ext2, ext3, ext4, xfs) or uuid"))),
        }
    }
    if wanted.size == 0 { Err(bad(format!("{OPTIONS}size: it must be given"))) } else { Ok(wanted) }
}

/// Makes a block device of the file that is the mount's source, and `target` a link to it.
pub fn attach(mount: &Mount, target: &Path) -> Result<()> {
    let mut command = Command::new("losetup");
    command.args(["--find", "--show"]);
    if mount.has("ro") {
        command.arg("--read-only");
    }
    let shown = run(command.arg("--").arg(&mount.source))?;
    let device = String::from_utf8_lossy(&shown.stdout).trim().to_string();
    symlink(&device, target).map_err(|e| {
        // The first error is the one to report.
        let _ = detach(Path::new(&device));
        Error::from(e).context(format!("link {}", target.display()))
    })
}

/// Gives the device free, as soon as nobody uses it.
pub fn detach(device: &Path) -> Result<()> {
    run(Command::new("losetup").arg("--detach").arg(device)).map(drop)
}

fn run(command: &mut Command) -> Result<Output> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| {
        let kind =
            if e.kind() == std::io::ErrorKind::NotFound { Kind::FailedPrecondition } else { Kind::Unknown };
        Error::new(kind, format!("{program}: {}", os_text(&e)))
    })?;
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let line =
        words.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it fails without a word");
    Err(Error::unknown(format!("{program}: {line}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| format!("{OPTIONS}{word}")).collect()
    }

    #[test]
    fn what_is_wanted() {
        let uuid = "550e8400-e29b-41d4-a716-446655440000";
        let found = wanted(&options(&["size=1k", "fs=xfs", &format!("uuid={uuid}")])).unwrap();
        assert_eq!(found, Wanted { size: 1024, fs: "xfs".into(), uuid: Some(uuid.into()) });
        for bad in
            [&["fs=ext4"][..], &["size=1k", "fs=ntfs"], &["size=1k", "uuid=--help"], &["size=1k", "mode=7"]]
        {
            assert!(wanted(&options(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_image_is_made_once_and_below_the_root_alone() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir(&root).unwrap();
        let path = root.join("image");
        let small = options(&["size=4MiB", "uuid=550e8400-e29b-41d4-a716-446655440000"]);
        let outside = dir.path().join("image");
        assert!(make(outside.to_str().unwrap(), &small, &root).is_err() && !outside.exists());
        if which::which("mkfs.ext4").is_err() {
            return;
        }
        make(path.to_str().unwrap(), &small, &root).unwrap();
        let bytes = fs::read(&path).unwrap();
        // The magic number of ext4, and the identity that was asked for.
        assert_eq!((bytes.len(), &bytes[0x438..0x43a], bytes[0x468]), (4 << 20, &[0x53, 0xef][..], 0x55));
        fs::write(&path, "mine").unwrap();
        make(path.to_str().unwrap(), &small, &root).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        // One that cannot be formatted leaves nothing.
        let tiny = root.join("tiny");
        let err = make(tiny.to_str().unwrap(), &options(&["size=1k"]), &root).unwrap_err().message;
        assert!(err.starts_with("mkfs.ext4: "), "{err}");
        assert_eq!(fs::read_dir(&root).unwrap().count(), 1);
    }

    #[test]
    fn several_at_once_make_one() {
        if which::which("mkfs.ext4").is_err() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let at_once = |name: &str, size: &str| -> Vec<Result<()>> {
            let (path, barrier) = (dir.path().join(name), std::sync::Barrier::new(6));
            std::thread::scope(|scope| {
                let make = || {
                    barrier.wait();
                    make(path.to_str().unwrap(), &options(&[size]), dir.path())
                };
                let all: Vec<_> = (0..6).map(|_| scope.spawn(make)).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            })
        };
        for round in 0..5 {
            let name = format!("image{round}");
            // What one who died in the middle has left.
            fs::write(dir.path().join(format!("{name}~")), vec![7; 5 << 20]).unwrap();
            at_once(&name, "size=4MiB").into_iter().for_each(|made| made.unwrap());
            let bytes = fs::read(dir.path().join(&name)).unwrap();
            assert_eq!((bytes.len(), &bytes[0x438..0x43a]), (4 << 20, &[0x53, 0xef][..]));
            let check = Command::new("e2fsck").arg("-fn").arg(dir.path().join(&name)).output().unwrap();
            assert!(check.status.success(), "{check:?}");
        }
        for made in at_once("tiny", "size=1k") {
            let err = made.unwrap_err().message;
            assert!(err.starts_with("mkfs.ext4: "), "{err}");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 5, "no draft stays");
    }

    #[test]
    fn a_file_becomes_a_device() {
        let possible = which::which("losetup").is_ok() && Path::new("/dev/loop-control").exists();
        if !possible || !nix::unistd::geteuid().is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (file, place) = (dir.path().join("file"), dir.path().join("001"));
        fs::write(&file, vec![7; 1 << 20]).unwrap();
        let source = file.to_str().unwrap().to_string();
        let mount = Mount { kind: LOOP.into(), source, ..Mount::default() };
        attach(&mount, &place).unwrap();
        let device = fs::read_link(&place).unwrap();
        let name = device.file_name().unwrap().to_str().unwrap().to_string();
        let behind =
            || fs::read_to_string(format!("/sys/block/{name}/loop/backing_file")).unwrap_or_default();
        assert_eq!(behind().trim(), file.to_str().unwrap());
        detach(&device).unwrap();
        assert_eq!(behind(), "");
        let missing = Mount { source: "/no/such".into(), ..mount };
        assert!(attach(&missing, &dir.path().join("002")).unwrap_err().message.starts_with("losetup: "));
    }
}
