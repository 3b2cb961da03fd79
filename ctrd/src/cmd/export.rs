//! `ctrd image export`: images into an archive, blob by blob as the server gives them.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use tokio::runtime::Handle;

use super::Session;
use super::import::{self, Shown};
use crate::cli::ImageExport;
use crate::client::image::from_proto;
use crate::client::{Client, content, image};
use crate::digest::Digest;
use crate::error::{Error, Kind};
use crate::image::{BlobSource, Exported, Platform, Platforms, export as write_archive};

pub async fn export(session: &Session, args: ImageExport) -> Result<i32> {
    let platforms = match (args.all_platforms, args.platform.is_empty()) {
        (true, _) => Platforms::All,
        (_, true) => Platforms::Host,
        (_, false) => {
            Platforms::These(args.platform.iter().map(|p| Platform::parse(p)).collect::<Result<_, _>>()?)
        }
    };
    let mut images = Vec::new();
    for name in &args.images {
        let found = image::find(&session.client, name).await?;
        let target = from_proto(found.target.unwrap_or_default()).with_context(|| format!("image {name}"))?;
        images.push(Exported { name: found.name, target });
    }
    let bar = import::counter("write", args.quiet);
    let mut source = Source { client: session.client.clone(), runtime: Handle::current(), bar };
    let output = args.output.clone();
    let written = tokio::task::spawn_blocking(move || -> Result<()> {
        if output == Path::new("-") {
            if io::stdout().is_terminal() {
                bail!("an archive is not written to a terminal");
            }
            let mut out = Pipe { to: io::stdout().lock(), gone: false };
            let written = write_archive(&images, &platforms, &mut source, &mut out);
            return match (written, out.gone) {
                (_, true) => Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
                (Err(e), _) => Err(e.into()),
                (Ok(()), _) => out.flush().context("write standard output"),
            };
        }
        let at = || format!("write {}", output.display());
        // A device, a FIFO or a link is written to: to take its place would be the end of it.
        if output.symlink_metadata().is_ok_and(|meta| !meta.is_file()) {
            let file = File::options().write(true).open(&output).with_context(at)?;
            return write_archive(&images, &platforms, &mut source, &file).with_context(at);
        }
        // Beside its place and then there: what bears the name is whole.
        let folder = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = tempfile::NamedTempFile::new_in(folder).with_context(at)?;
        write_archive(&images, &platforms, &mut source, draft.as_file()).with_context(at)?;
        open_to_all(draft.as_file()).with_context(at)?;
        draft.persist(&output).map_err(|e| e.error).with_context(at)?;
        Ok(())
    });
    written.await.context("export")??;
    Ok(0)
}

/// An output that remembers whether somebody still reads it.
struct Pipe<W> {
    to: W,
    gone: bool,
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes).inspect_err(|e| self.gone |= e.kind() == io::ErrorKind::BrokenPipe)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Drafts are for their owner alone; an archive is as readable as any file that a shell makes.
fn open_to_all(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mask = nix::sys::stat::umask(nix::sys::stat::Mode::empty());
    nix::sys::stat::umask(mask);
    file.set_permissions(std::fs::Permissions::from_mode(0o666 & !mask.bits()))
}

/// Blobs through the API.
struct Source {
    client: Client,
    runtime: Handle,
    bar: Shown,
}

impl BlobSource for Source {
    fn document(&mut self, digest: &Digest, _limit: u64) -> crate::error::Result<Vec<u8>> {
        self.runtime.block_on(content::document(&self.client, digest.as_str()))
    }

    fn copy(&mut self, digest: &Digest, size: u64, out: &mut dyn Write) -> crate::error::Result<()> {
        let (mut hash, mut count) = (digest.hasher(), 0);
        let each = |piece: &[u8]| -> crate::error::Result<()> {
            hash.update(piece);
            count += piece.len() as u64;
            self.bar.more(piece.len() as u64);
            Ok(out.write_all(piece)?)
        };
        self.runtime.block_on(content::read(&self.client, digest.as_str(), each))?;
        // A corrupt blob is not passed on.
        let found = hash.finish();
        if found != *digest || count != size {
            let text =
                format!("content digest {digest}: corrupt blob: its {count} bytes are those of {found}");
            return Err(Error::new(Kind::DataLoss, text));
        }
        Ok(())
    }
}
