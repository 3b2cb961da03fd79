//! A disk that can lose its power: an ext4 in a file behind a loop device. What is in the file is what
//! the disk has got; what the kernel still holds back is lost with the copy of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bin::{self, Done};

/// Unmounts at the end.
pub struct Unmount(pub PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        bin::run(Command::new("umount").arg("-l").arg(&self.0));
    }
}

pub struct Disk {
    image: PathBuf,
    mounted: Unmount,
}

impl Disk {
    /// Whether there are loop devices and a mkfs.
    pub fn possible() -> bool {
        let possible = Path::new("/dev/loop-control").exists() && Path::new("/sbin/mkfs.ext4").exists();
        if !possible {
            eprintln!("skipped: no loop devices, or no mkfs.ext4");
        }
        possible
    }

    /// A new disk on `target`. The kernel writes nothing to it by itself for some minutes: what gets
    /// there was asked for.
    pub fn on(work: &Path, target: &Path) -> Disk {
        let image = work.join("disk.img");
        let _ = std::fs::remove_file(&image);
        std::fs::File::create(&image).and_then(|f| f.set_len(32 << 20)).expect("make the disk");
        bin::run(Command::new("/sbin/mkfs.ext4").args(["-q", "-E", "lazy_itable_init=0"]).arg(&image)).ok();
        mount(&image, target);
        Disk { image, mounted: Unmount(target.to_path_buf()) }
    }

    /// Now. What the disk has got is mounted at the same place.
    pub fn lose_power(&self) {
        let target = &self.mounted.0;
        let crashed = self.image.with_extension("crashed");
        bin::run(Command::new("cp").arg("--sparse=always").arg(&self.image).arg(&crashed)).ok();
        bin::run(Command::new("umount").arg("-l").arg(target)).ok();
        std::fs::remove_file(&self.image).expect("let go of the disk");
        mount(&crashed, target);
    }
}

fn mount(image: &Path, target: &Path) {
    let options = "loop,commit=300,nodiscard";
    bin::run(Command::new("mount").args(["-t", "ext4", "-o", options]).arg(image).arg(target)).ok();
}

/// Runs a command that sees another boot's name.
pub fn in_another_boot(work: &Path, command: &Command) -> Done {
    let boot = work.join("boot_id");
    std::fs::write(&boot, "11111111-2222-3333-4444-555555555555\n").expect("name a boot");
    let script = "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"";
    let mut inside = Command::new("unshare");
    inside.args(["--mount", "sh", "-c", script]).arg(&boot).arg(command.get_program());
    bin::run(inside.args(command.get_args()))
}
