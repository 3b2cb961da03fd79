//! Real root filesystems, bundles and images for the tests, made from Debian's own programs.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bin;

/// A temporary folder that is removed with everything in it.
pub fn temp() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("ctrd-it.").tempdir().expect("a temporary folder")
}

/// The next message on a socket as systemd has one for readiness, waited for a minute at most; a
/// barrier's descriptor is closed as it is read.
pub fn heard(socket: &UnixDatagram) -> std::io::Result<String> {
    socket.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut bytes = [0; 256];
    loop {
        match socket.recv(&mut bytes) {
            // signal(7): with a limit set, a stop and its end interrupt the call.
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            got => return Ok(String::from_utf8_lossy(&bytes[..got?]).into_owned()),
        }
    }
}

/// The lines that come, without their ends; none in a minute is an error.
pub fn lines(from: impl Read + Send + 'static) -> impl Iterator<Item = String> {
    let (tell, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let line = line.expect("read a line").trim_end().to_string();
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    std::iter::from_fn(move || match lines.recv_timeout(Duration::from_secs(60)) {
        Err(RecvTimeoutError::Timeout) => panic!("no line in a minute"),
        line => line.ok(),
    })
}

/// Fills `dir` with a root filesystem of Debian's static busybox: every applet as a hard link.
pub fn rootfs(dir: &Path) {
    for sub in ["bin", "etc", "proc", "sys", "dev", "tmp", "root", "var"] {
        std::fs::create_dir_all(dir.join(sub)).expect("create the root filesystem");
    }
    let busybox = dir.join("bin/busybox");
    // By cp: a descriptor of ours that writes it would be inherited by what other threads start,
    // and the program could not be executed until they let go of it.
    bin::run(Command::new("cp").arg("/bin/busybox").arg(&busybox)).ok();
    let list = bin::run(Command::new("/bin/busybox").arg("--list")).ok();
    for applet in list.lines().filter(|a| *a != "busybox") {
        std::fs::hard_link(&busybox, dir.join("bin").join(applet)).expect("link an applet");
    }
    symlink("bin", dir.join("sbin")).expect("link sbin");
    std::fs::write(dir.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n")
        .expect("write passwd");
    std::fs::write(dir.join("etc/group"), "root:x:0:\nweb:x:1000:\nwheel:x:10:web\n").expect("write group");
}

/// A bundle in a temporary folder: a busybox root and the config.json that `ocirun spec` prints,
/// with `edit` applied to it.
pub struct Bundle {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

impl Bundle {
    pub fn new(args: &[&str], edit: impl FnOnce(&mut Value)) -> Self {
        Self::named("", args, edit)
    }

    /// One in a folder of this name.
    pub fn named(name: &str, args: &[&str], edit: impl FnOnce(&mut Value)) -> Self {
        let dir = temp();
        let path = if name.is_empty() { dir.path().to_owned() } else { dir.path().join(name) };
        rootfs(&path.join("rootfs"));
        bin::run(bin::command("ocirun").arg("spec").current_dir(&path)).ok();
        let bundle = Self { _dir: dir, path };
        bundle.edit(|config| {
            config["process"]["args"] = json!(args);
            config["process"]["terminal"] = json!(false);
            edit(config);
        });
        bundle
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let path = self.path().join("config.json");
        let mut config: Value =
            serde_json::from_slice(&std::fs::read(&path).expect("read config.json")).expect("JSON");
        edit(&mut config);
        std::fs::write(&path, config.to_string()).expect("write config.json");
    }
}

/// An OCI image of the busybox root in an archive file, written by umoci (not by us).
pub fn image(dir: &Path, tag: &str) -> PathBuf {
    let layout = dir.join("layout");
    let image = format!("{}:{tag}", layout.display());
    let umoci = |args: &[&str]| bin::run(Command::new("umoci").args(args)).ok();
    umoci(&["init", "--layout", layout.to_str().expect("UTF-8")]);
    umoci(&["new", "--image", &image]);
    let root = dir.join("root");
    rootfs(&root);
    umoci(&["insert", "--image", &image, root.to_str().expect("UTF-8"), "/"]);
    umoci(&[
        "config",
        "--image",
        &image,
        "--config.entrypoint",
        "/bin/sh",
        "--config.entrypoint",
        "-c",
        "--config.env",
        "FROM_IMAGE=yes",
        "--config.env",
        "PATH=/bin:/sbin",
        "--config.workingdir",
        "/tmp",
    ]);
    let archive = dir.join("image.tar");
    bin::run(Command::new("tar").arg("-C").arg(&layout).arg("-cf").arg(&archive).arg(".")).ok();
    archive
}
