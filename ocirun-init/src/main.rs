//! The first process of a container: builds it around itself, then becomes the user's program.
//!
//! It is started in its cgroups and in the namespaces that were made for it, with the two ends of
//! the seam by number, `ocirun-init 8 9`, and does what the Bootstrap says, step by step in the
//! order below: enters the namespaces of others, and so on. The
//! protocol is drawn in `lib.rs` and told in full in ocirun-init(8).
#![cfg_attr(not(test), no_main)]
// Tests write into folders that they have made.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod again;
mod attach;
mod caps;
mod cgroup;
#[cfg(test)]
#[path = "../../tests/chance.rs"]
mod chance;
mod change;
mod clone;
mod console;
mod copyup;
mod dev;
mod enter;
#[cfg(not(test))]
mod entry;
mod environment;
mod exec;
mod fd;
mod filesystem;
mod heap;
mod hooks;
mod ids;
mod label;
mod landlock;
mod mount;
#[cfg(musl)]
mod musl;
mod options;
mod pages;
mod path;
mod proc;
mod process;
mod root;
mod schedule;
mod seam;
mod seccomp;
mod syscall;

use std::convert::Infallible;
use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::panic;

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag};
use nix::sys::prctl;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{chdir, chroot, fchdir, getpid, sethostname, setsid, write};
use ocirun_init::{Bootstrap, Status};

use crate::proc::Proc;
use crate::seam::Seam;

#[cfg(not(test))]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap::new();

const HELP: &str = "\
Build a container around this process and become its program

Usage: ocirun-init IN OUT

IN and OUT are numbers of open descriptors: the Bootstrap is read from IN, status lines are
written to OUT. ocirun starts this program; ocirun-init(8) describes both.
";

/// Unit tests bring an entry of their own.
#[cfg(test)]
fn main() {
    start(&[]);
}

/// What `entry` calls with the words of the command line; the exit status.
fn start(args: &[String]) -> i32 {
    #[cfg(not(test))]
    HEAP.expect(44 << 10);
    pages::fetch_stack(16 << 10);
    // A fault of this program itself is one line, too.
    panic::set_hook(Box::new(|info| {
        let line = format!("internal error: {info}").replace('\n', " ");
        seam::complain(&anyhow::Error::msg(line));
    }));
    let numbers = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--version"] => {
            println!("ocirun-init {}", env!("CARGO_PKG_VERSION"));
            return 0;
        }
        ["--help" | "-h"] => {
            print!("{HELP}");
            return 0;
        }
        [input, output] => (input.parse::<RawFd>(), output.parse::<RawFd>()),
        _ => return usage("want two descriptors: ocirun-init IN OUT"),
    };
    let (Ok(input), Ok(output)) = numbers else {
        return usage(&format!("{:?} {:?}: not descriptors", args[0], args[1]));
    };
    // Nobody else in the container may look into this process while it has more rights than they:
    // the very first step, for a process that joins (CVE-2016-9962).
    prctl::set_dumpable(false).ok();
    // A status line to nobody is an error, not the end.
    syscall::set_signal(libc::SIGPIPE, true);
    if let Err(error) = fd::open_stdio().and_then(|()| fd::close_all_on_exec()) {
        seam::complain(&anyhow::Error::from(error).context("mark descriptors close-on-exec"));
        return 1;
    }
    let mut seam = match Seam::open(input, output) {
        Ok(seam) => seam,
        Err(error) => {
            seam::complain(&error);
            return 2;
        }
    };
    run(&mut seam, [input, output]).unwrap_or_else(|error| {
        seam.report(&error);
        1
    })
}

fn usage(problem: &str) -> i32 {
    eprintln!("ocirun-init: {problem}");
    2
}

/// The steps. Only an error comes back, or the status of a process that was to change something.
fn run(seam: &mut Seam, numbers: [RawFd; 2]) -> Result<i32> {
    let boot = seam.bootstrap()?;
    fd::check(&boot, numbers)?;
    // What is made below has the mode that is asked for.
    umask(Mode::empty());
    // Before others can see this process: the file is the host's.
    let mut filters = seccomp::read_all(&boot)?;
    enter::enter(&boot.enter)?;
    if boot.sibling {
        let never = enter::go_on_as_sibling(|pid| {
            filters.iter_mut().for_each(|filter| filter.name_process(pid, !boot.join));
            let told = seam.send(&Status::Joined { pid });
            told.and_then(|()| go_on(seam, &boot, filters)).unwrap_or_else(|error| {
                seam.report(&error);
                1
            })
        })?;
        match never {}
    }
    seam.did("enter namespaces");
    go_on(seam, &boot, filters)
}

/// The steps of the process that stays.
fn go_on(seam: &mut Seam, boot: &Bootstrap, filters: Vec<seccomp::Program>) -> Result<i32> {
    // A session of its own, unless the caller made one already.
    setsid().ok();
    if let Some(change) = boot.change.as_ref().filter(|_| boot.join) {
        change::apply(seam, boot, change)?;
        return Ok(0);
    }
    let never = if boot.join { join(seam, boot, filters)? } else { build(seam, boot, filters)? };
    match never {}
}

/// Makes a container, from its mounts on.
fn build(seam: &mut Seam, boot: &Bootstrap, filters: Vec<seccomp::Program>) -> Result<Infallible> {
    let has = |namespace: &str| boot.namespaces.iter().any(|name| name == namespace);
    if has("pid") {
        // Nobody else is in here yet, and the files in /proc/PID are to be the caller's again.
        prctl::set_dumpable(true).context("be dumpable")?;
    }
    // Before the mounts: then the host's /proc is in sight, which is the cheapest to be sure of.
    // Where others share the process namespace they could find it among our descriptors, so there
    // it is a private one.
    let proc = match needs_proc(boot) {
        true => Some(Proc::open(has("mount") && has("pid"))?),
        false => None,
    };
    label::join_keyring(boot, proc.as_ref())?;
    if has("network") {
        syscall::interface_up("lo").context("bring up lo")?;
    }
    if has("uts") {
        set_names(boot)?;
    }

    if let Some(number) = boot.cgroup_fd {
        write(fd::take(number)?, b"0").context("move to the delegated cgroup")?;
    }

    seam.did("names and loopback");
    let root = root::mount_root(boot)?;
    seam.did("mount the root");
    let later = mount::mount_all(root.as_fd(), boot, seam, |_, _| ())?;
    seam.did("mounts");
    dev::make_devices(root.as_fd(), boot)?;
    seam.did("devices");
    if boot.wait_for_hooks {
        seam.send(&Status::Mounted)?;
        seam.wait_for_go()?;
    }
    if !boot.hooks.create_container.is_empty() {
        fchdir(&root).context("chdir to the root filesystem")?;
        let hooks = &boot.hooks;
        hooks::run_hooks("createContainer", &hooks.create_container, hooks, "creating", &[])?;
    }
    if boot.wait_for_hooks || !boot.hooks.create_container.is_empty() {
        seam.did("hooks");
    }
    make_cwd(boot, &root)?;
    root::enter(root.as_fd(), boot)?;
    seam.did("pivot_root");

    open_console(boot, Some(&root))?;
    if dev::is_ours(boot) {
        dev::replace_null_stdio()?;
    }
    later.make_readonly()?;
    if boot.root.readonly {
        root::make_readonly(root.as_fd())?;
    }
    if let Some(proc) = &proc {
        for (key, value) in &boot.sysctl {
            proc.set_sysctl(key, value)?;
        }
    }
    root::make_paths_readonly(root.as_fd(), &boot.root.readonly_paths)?;
    root::mask_paths(root.as_fd(), &boot.root.masked_paths)?;
    seam.did("terminal, read-only and masked paths");
    send_pidfd(boot)?;
    process::become_program(seam, boot, filters, proc, root.as_fd())
}

/// Joins a container that runs: its namespaces and root are entered already.
fn join(seam: &mut Seam, boot: &Bootstrap, filters: Vec<seccomp::Program>) -> Result<Infallible> {
    // What the container's processes have made of its /proc is not to be trusted.
    let proc = match needs_proc(boot) {
        true => Some(Proc::open(false)?),
        false => None,
    };
    label::join_keyring(boot, proc.as_ref())?;
    if !boot.rootfs.is_empty() {
        chdir(boot.rootfs.as_str())
            .and_then(|()| chroot("."))
            .with_context(|| format!("chroot {}", boot.rootfs))?;
    }
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let root = path::open_at(AT_FDCWD, "/", flags, Mode::empty()).context("open /")?;
    open_console(boot, None)?;
    send_pidfd(boot)?;
    process::become_program(seam, boot, filters, proc, root.as_fd())
}

fn needs_proc(boot: &Bootstrap) -> bool {
    boot.start_fd.is_some() || !boot.sysctl.is_empty() || label::has_labels(&boot.process)
}

fn set_names(boot: &Bootstrap) -> Result<()> {
    if let Some(name) = &boot.hostname {
        sethostname(name).with_context(|| format!("set hostname {name}"))?;
    }
    if let Some(name) = &boot.domainname {
        syscall::set_domain_name(name).with_context(|| format!("set domainname {name}"))?;
    }
    Ok(())
}

/// The working directory may be missing in the image (CVE-2026-55686: it is made below the root).
fn make_cwd(boot: &Bootstrap, root: &OwnedFd) -> Result<()> {
    let cwd = &boot.process.cwd;
    match path::make_dir(root.as_fd(), cwd) {
        // chdir will find the words for a file, or what the user may not see.
        Ok(_) | Err(Errno::ENOTDIR | Errno::EACCES | Errno::EPERM | Errno::EROFS | Errno::ELOOP) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("make cwd {cwd}")),
    }
}

fn open_console(boot: &Bootstrap, show: Option<&OwnedFd>) -> Result<()> {
    if !boot.process.terminal {
        return Ok(());
    }
    let Some(number) = boot.console_socket_fd else {
        bail!("open the terminal: no console socket");
    };
    let socket = fd::take(number).context("open the console socket")?;
    let settings = console::Settings { size: boot.process.console_size, bare_newlines: boot.bare_newlines };
    console::open_console(socket.as_fd(), &settings, show.map(|root| root.as_fd()))
}

fn send_pidfd(boot: &Bootstrap) -> Result<()> {
    let Some(number) = boot.pidfd_socket_fd else { return Ok(()) };
    let socket = fd::take(number).context("open the pidfd socket")?;
    let pidfd = syscall::pidfd_open(getpid().as_raw()).context("open a pidfd")?;
    console::send(socket.as_fd(), pidfd.as_fd(), b"pidfd").context("send the pidfd")
}
