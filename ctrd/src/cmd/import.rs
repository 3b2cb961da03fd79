//! `ctrd image import`: blobs, then snapshots, then the names. Until all of an image is there,
//! nothing bears its name; what a failure leaves is let go of. What an interruption leaves, of this program, its
//! server or the machine, is held for a day by the lease: the same import goes on with it.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Handle;

use super::{Session, checkpoint};
use crate::api::images::Image;
use crate::cli::ImageImport;
use crate::client::image::to_proto;
use crate::client::upload::Sink;
use crate::client::{Client, image, lease, snapshotter, unpack};
use crate::error::{Error, Kind};
use crate::exit::{Interrupted, in_one_line};
use crate::image::{Imported, Options, Platform};
use crate::{listing, signal};

/// How long an import that was told to stop may take to do so.
const PATIENCE: Duration = Duration::from_secs(1);

pub async fn import(session: &Session, args: ImageImport) -> Result<i32> {
    let mut signals = signal::caught(signal::ends).context("catch signals")?;
    let lease = lease::make(&session.client, "import").await.context("make a lease")?;
    let client = session.client.under_lease(&lease)?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut work = pin!(under_lease(&client, args, stop.clone()));
    let imported = tokio::select! {
        imported = &mut work => imported,
        Some(signal) = signals.recv() => {
            // What is being written is given up in order, unless its source holds that up.
            stop.store(true, Ordering::Relaxed);
            match tokio::time::timeout(PATIENCE, work).await {
                Ok(Ok(names)) => Ok(names),
                _ => Err(Interrupted(signal).into()),
            }
        }
    };
    let released = match &imported {
        Err(e) if is_interruption(e) => lease::leave(&session.client, lease).await,
        // After a failure nothing else holds the blobs: they go with the lease, at once.
        imported => lease::release(&session.client, lease, imported.is_err()).await,
    };
    for name in imported? {
        listing::line(&in_one_line(&name))?;
    }
    released.context("delete the lease")?;
    Ok(0)
}

/// Whether there is nothing wrong with what was to be imported: it was told to stop, or its server is no more.
fn is_interruption(error: &anyhow::Error) -> bool {
    let of_server = |e: &Error| e.kind == Kind::Unavailable;
    error.is::<Interrupted>() || error.chain().any(|e| e.downcast_ref().is_some_and(of_server))
}

async fn under_lease(client: &Client, args: ImageImport, stop: Arc<AtomicBool>) -> Result<Vec<String>> {
    let bar = bar(&args.source, args.quiet);
    let runtime = Handle::current();
    let upload = client.clone();
    let (reading, counting) = (args.source.clone(), bar.0.clone());
    let platform = args.platform.as_deref().map(Platform::parse).transpose()?;
    let options = Options { name: args.name.clone(), platform: platform.clone(), ..Options::default() };
    let plain = args.rootfs;
    let found = tokio::task::spawn_blocking(move || {
        let sink = Sink::new(upload, runtime, stop, |n| counting.inc(n));
        read(&reading, plain, &options, sink)
    });
    let found = found.await.context("import")??;
    drop(bar);
    let snapshotter = snapshotter::choose(client, args.snapshotter.as_deref()).await?;
    let mut names = Vec::new();
    for Imported { name, target } in found {
        let image = Image { name: name.clone(), target: Some(to_proto(&target)), ..Image::default() };
        let mut platforms = vec![platform.clone()];
        if args.all_platforms {
            let all = image::platforms(client, &image).await.with_context(|| format!("image {name}"))?;
            // A single manifest is for whatever it is.
            platforms = if all.is_empty() { platforms } else { all.into_iter().map(Some).collect() };
        }
        let skip = args.no_unpack || checkpoint::is_bare(client, &image).await;
        for platform in platforms.into_iter().filter(|_| !skip) {
            let opened = image::open_for(client, image.clone(), platform).await?;
            let bar = layers(opened.chain().len(), args.quiet);
            let unpacked = unpack::unpack(client, &opened, &snapshotter, |n| bar.at(n as u64 + 1));
            unpacked.await.with_context(|| format!("image {name}"))?;
        }
        image::store(client, image).await?;
        names.push(name);
    }
    Ok(names)
}

fn read(
    source: &Path,
    plain: bool,
    options: &Options,
    mut sink: Sink<impl FnMut(u64)>,
) -> Result<Vec<Imported>> {
    use crate::image::{import_dir, import_file, import_rootfs, import_rootfs_dir};
    if source.is_dir() {
        let found = match plain {
            true => import_rootfs_dir(source, options, &mut sink),
            false => import_dir(source, options, &mut sink),
        };
        return found.with_context(|| shown(source));
    }
    let archive = match source == Path::new("-") {
        true => stdin()?,
        false => File::open(source).with_context(|| format!("open {}", shown(source)))?,
    };
    let mut sink = sink.from(&archive);
    let found = match plain {
        true => import_rootfs(archive, options, &mut sink),
        false => import_file(archive, options, &mut sink),
    };
    found.with_context(|| shown(source))
}

/// Standard input without the buffer in front of it, unless somebody would have to type it.
pub fn stdin() -> Result<File> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        anyhow::bail!("an archive is not read from a terminal");
    }
    Ok(File::from(stdin.as_fd().try_clone_to_owned()?))
}

fn shown(source: &Path) -> String {
    if source == Path::new("-") { "standard input".to_string() } else { source.display().to_string() }
}

/// A bar that is wiped off the terminal however the work ends.
pub struct Shown(ProgressBar);

impl Shown {
    pub fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    pub fn more(&self, bytes: u64) {
        self.0.inc(bytes);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A bar over the bytes of the source, where there is a terminal to draw it on.
fn bar(source: &Path, quiet: bool) -> Shown {
    let size = source.metadata().ok().filter(|m| m.is_file()).map(|m| m.len());
    match size {
        _ if quiet || !io::stderr().is_terminal() => Shown(ProgressBar::hidden()),
        Some(size) => styled(ProgressBar::new(size), "read {wide_bar} {bytes}/{total_bytes}"),
        None => styled(ProgressBar::new_spinner(), "read {spinner} {bytes}"),
    }
}

/// Counts bytes of which nobody knows how many there are.
pub fn counter(verb: &str, quiet: bool) -> Shown {
    match quiet || !io::stderr().is_terminal() {
        true => Shown(ProgressBar::hidden()),
        false => styled(ProgressBar::new_spinner(), &format!("{verb} {{spinner}} {{bytes}}")),
    }
}

/// A bar over the layers of an image.
pub fn layers(count: usize, quiet: bool) -> Shown {
    match quiet || !io::stderr().is_terminal() {
        true => Shown(ProgressBar::hidden()),
        false => styled(ProgressBar::new(count as u64), "unpack {wide_bar} {pos}/{len} layers"),
    }
}

fn styled(bar: ProgressBar, template: &str) -> Shown {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    Shown(bar)
}
