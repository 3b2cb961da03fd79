//! `ocirun checkpoint`: a container in files. Unless it is left running, nothing else is left of it.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::write;

use super::delete;
use crate::cli::{Checkpoint, Global, Launch};
use crate::criu::external::{self, Mounts};
use crate::criu::options::{self, Folders};
use crate::criu::rpc::{Features, Request, kind};
use crate::criu::swrk::{Criu, Event};
use crate::live::Added;
use crate::namespace::Namespaces;
use crate::state::{self, Dir, State, Status};
use crate::{bundle, criu, fds, notify, plan};

const LOG: &str = "dump.log";

pub fn checkpoint(global: &Global, args: &Checkpoint) -> Result<i32> {
    criu::check_rights("checkpoint")?;
    let dir = Dir::of(&state::root(global), &args.id)?;
    let _lock = dir.lock()?;
    let (dir, state, status) = state::open(global, &args.id)?;
    if !matches!(status, Status::Running | Status::Paused) {
        bail!("container cannot be checkpointed in {} state", status.as_str());
    }
    let folders = Folders::of(&args.criu);
    dump(args, &folders, &dir, &state).map_err(|e| criu::explain(e, &folders.log(LOG)))?;
    if !args.leave_running && !args.criu.pre_dump {
        delete::remove(&dir, &state)?;
    }
    Ok(0)
}

fn dump(args: &Checkpoint, folders: &Folders, dir: &Dir, state: &State) -> Result<()> {
    let flags = &args.criu;
    let mut options = options::options(flags, &state.annotations, LOG)?;
    if let Some(text) = &flags.page_server {
        options.page_server = Some(options::page_server(text)?);
    }
    let images = criu::folder(&folders.images, true)?;
    if let Some(parent) = flags.parent_path.as_ref().filter(|p| !p.as_os_str().is_empty()) {
        options.parent_img = Some(options::parent(&folders.images, parent)?);
        options.track_mem = Some(true);
    }
    let work = folders.work.as_ref().map(|path| criu::folder(path, true)).transpose()?;
    let mut ready = flags.status_fd.filter(|fd| *fd >= 0 && flags.lazy_pages).map(status_fd).transpose()?;

    let mut bundle = bundle::load(&state.bundle, state.config.as_deref())?;
    let notify = dir.notify().is_dir();
    let added = Added { notify, ..state.added.clone() };
    added.complete(&mut bundle.spec);
    if notify {
        notify::add_mount(&mut bundle.spec, dir)?;
    }
    let wanted = plan::linux(&bundle.spec).namespaces().clone().unwrap_or_default();
    let ns = Namespaces::parse(&wanted)?;
    options.images_dir_fd = images.as_raw_fd();
    options.work_dir_fd = work.as_ref().map(AsRawFd::as_raw_fd);
    options.pid = Some(state.pid);
    options.root = Some(state.rootfs.to_string_lossy().into_owned());
    options.leave_running = Some(args.leave_running);
    options.tcp_skip_in_flight = Some(flags.tcp_skip_in_flight);
    options.link_remap = Some(flags.link_remap);
    options.freeze_cgroup = state.cgroup.freezer_dir().map(|dir| dir.to_string_lossy().into_owned());
    external::save_namespaces(&ns, state.pid, &mut options)?;
    if !flags.pre_dump {
        let launch = Launch { id: args.id.clone(), ..Launch::default() };
        let mut boot = plan::bootstrap(&bundle.spec, &ns, &launch, &bundle.path)?;
        boot.devices.extend(added.devices.iter().map(|d| d.device.clone()));
        let mounts = Mounts::of(&bundle.spec, &boot, &ns, &state.cgroup)?;
        options.external_mounts = mounts.saved(state.pid)?;
        describe_streams(&folders.images, state)?;
        added.save(&folders.images)?;
    }

    let mut criu = Criu::start(&[], true)?;
    criu::check_version(&mut criu, criu::OLDEST)?;
    check_features(&mut criu, flags.pre_dump, flags.lazy_pages)?;
    let kind = if flags.pre_dump { kind::PRE_DUMP } else { kind::DUMP };
    let request = Request { kind, options: Some(options), ..Request::default() };
    criu.work(&request, |event: Event| {
        if event.script == "status-ready"
            && let Some(fd) = ready.take()
        {
            // Whoever waits reads this, or the end of file that follows.
            write(&fd, &[0]).context("write to --status-fd")?;
        }
        Ok(())
    })?;
    // After a pre-dump it waits for the next one, and complains that none comes.
    if flags.pre_dump { Ok(()) } else { criu.end() }
}

/// What a pre-dump and lazy pages need of the kernel.
fn check_features(criu: &mut Criu, pre_dump: bool, lazy_pages: bool) -> Result<()> {
    if !pre_dump && !lazy_pages {
        return Ok(());
    }
    let wanted = Features { mem_track: pre_dump.then_some(true), lazy_pages: lazy_pages.then_some(true) };
    let has = criu.features(wanted)?;
    let missing: Vec<&str> = [
        ("MemTrack", pre_dump && has.mem_track == Some(false)),
        ("LazyPages", lazy_pages && has.lazy_pages == Some(false)),
    ]
    .into_iter()
    .filter_map(|(name, missing)| missing.then_some(name))
    .collect();
    ensure!(missing.is_empty(), "criu is missing features: [{}]", missing.join(" "));
    Ok(())
}

/// The descriptor that a caller left open for us.
fn status_fd(number: i32) -> Result<OwnedFd> {
    let context = || format!("invalid --status-fd argument {number}");
    ensure!(number > 2, "invalid --status-fd argument {number}: a standard stream");
    let fd = fds::owned(number).with_context(context)?;
    let mode = fcntl(fd.as_fd(), FcntlArg::F_GETFL).with_context(context)?;
    ensure!(mode & OFlag::O_ACCMODE.bits() != libc::O_RDONLY, "{}: not writable", context());
    Ok(fd)
}

/// Writes what the standard streams were, since a restore has to put others in their place.
// The caller names the folder of images.
#[allow(clippy::disallowed_methods)]
fn describe_streams(images: &Path, state: &State) -> Result<()> {
    let name = |n: usize| {
        let given = state.pipes.get(n).filter(|pipe| !pipe.is_empty()).cloned();
        let now = || fs::read_link(format!("/proc/{}/fd/{n}", state.pid)).ok();
        given.or_else(|| now().filter(|p| !p.starts_with("pipe:")).map(|p| p.to_string_lossy().into_owned()))
    };
    let names: Vec<String> = (0..3).map(|n| name(n).unwrap_or_default()).collect();
    let file = images.join(criu::DESCRIPTORS);
    let text = serde_json::to_vec(&names).context("encode the descriptors")?;
    fs::write(&file, text).with_context(|| format!("write {}", file.display()))
}
