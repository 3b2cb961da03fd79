//! Whether the blobs are what their names say, and the folders are no more than that.

use std::collections::HashSet;
use std::fs;
use std::io;

use crate::clock;
use crate::digest::Digest;
use crate::error::{Kind, Result};
use crate::fsck::{Options, Report, words};

use super::{Content, Labels, Reader, anywhere, gone, read_dir, to_json};

/// So much of a blob is read between two words about it.
const STEP: usize = 1 << 20;

impl Content {
    /// Looks at every blob, at files that are none, and at uploads that nobody will end.
    pub fn check(&self, options: Options, report: &mut Report, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let rows: Vec<(String, i64)> = self.store.view(|c| {
            // What a server keeps is its to look after.
            let mut query = c.prepare(
                "SELECT digest, max(size) FROM content
                 WHERE (namespace, digest) NOT IN (SELECT namespace, digest FROM content_there)
                 GROUP BY digest ORDER BY digest",
            )?;
            let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        for (text, size) in rows {
            let digest = Digest::parse(&text)?;
            report.blobs += 1;
            report.bytes += size as u64;
            let found = match Reader::open(&self.blob(&digest), &digest, size as u64) {
                Ok(reader) if options.hash => reader.verify_with(STEP, progress),
                Ok(_) => Ok(()),
                Err(e) => Err(e),
            };
            if let Err(e) = found {
                if e.kind != Kind::DataLoss {
                    return Err(e);
                }
                let why = words(&e).replace(&format!("content digest {digest}: "), "");
                let mut forget = || self.forget(&digest);
                let remedy: (&str, &mut dyn FnMut() -> Result<()>) =
                    ("forgotten, to be brought anew", &mut forget);
                report.find(options, format!("blob {digest}"), why, Some(remedy))?;
            }
        }
        self.check_ingests(options, report)
    }

    /// Looks for files that no namespace has and no image needs.
    pub fn check_files(&self, options: Options, report: &mut Report, needed: &HashSet<Digest>) -> Result<()> {
        for algorithm in read_dir(&self.root.join("blobs"))? {
            for file in read_dir(&algorithm.path())? {
                let path = file.path();
                let name = format!(
                    "{}:{}",
                    algorithm.file_name().to_string_lossy(),
                    file.file_name().to_string_lossy()
                );
                match Digest::parse(&name) {
                    Ok(digest) if needed.contains(&digest) => {}
                    Ok(digest) if self.store.view(|c| anywhere(c, &digest))? => {}
                    Ok(digest) => {
                        // Another process may be committing it: only under the lock is it an orphan.
                        let mut remove = || {
                            self.store.write_ahead(true, |tx| match anywhere(tx, &digest)? {
                                true => Ok(()),
                                false => Ok(fs::remove_file(&path).or_else(gone)?),
                            })
                        };
                        let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("removed", &mut remove);
                        report.find(options, format!("blob {digest}"), "nobody has it", Some(remedy))?;
                    }
                    Err(_) => {
                        let mut remove = || -> Result<()> { Ok(fs::remove_file(&path).or_else(gone)?) };
                        let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("removed", &mut remove);
                        report.find(options, format!("file {}", path.display()), "no blob", Some(remedy))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn check_ingests(&self, options: Options, report: &mut Report) -> Result<()> {
        for dir in read_dir(&self.root.join("ingest"))? {
            let path = dir.path();
            let Some(problem) = self.stale(&dir)? else { continue };
            let mut remove = || self.collect_ingest(&dir).map(drop);
            let remedy: (&str, &mut dyn FnMut() -> Result<()>) = ("removed", &mut remove);
            report.find(options, format!("upload {}", path.display()), problem, Some(remedy))?;
        }
        Ok(())
    }

    /// The blobs whose files are there and that nobody has.
    pub fn strays(&self) -> Result<Vec<Digest>> {
        let mut out = Vec::new();
        for algorithm in read_dir(&self.root.join("blobs"))? {
            for file in read_dir(&algorithm.path())? {
                let (algorithm, name) = (algorithm.file_name(), file.file_name());
                let name = format!("{}:{}", algorithm.to_string_lossy(), name.to_string_lossy());
                if let Ok(digest) = Digest::parse(&name)
                    && !self.store.view(|c| anywhere(c, &digest))?
                {
                    out.push(digest);
                }
            }
        }
        Ok(out)
    }

    /// Takes a blob that is not what it should be out of every namespace.
    fn forget(&self, digest: &Digest) -> Result<()> {
        self.store.write(|tx| {
            tx.execute("DELETE FROM content WHERE digest = ?1", [digest.as_str()])?;
            Ok(fs::remove_file(self.blob(digest)).or_else(gone)?)
        })
    }

    /// Whether the file of a blob is there and what its name says.
    pub fn is_whole(&self, digest: &Digest) -> Result<bool> {
        let path = self.blob(digest);
        let size = match fs::metadata(&path) {
            Ok(meta) => meta.len(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e.into()),
        };
        match Reader::open(&path, digest, size)?.verify() {
            Ok(()) => Ok(true),
            Err(e) if e.kind == Kind::DataLoss => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Reads a small blob whether a namespace has it or not.
    pub fn stray_document(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>> {
        let path = self.blob(digest);
        let size = fs::metadata(&path)?.len();
        Reader::open(&path, digest, size)?.read_verified(limit)
    }

    /// Makes a blob whose file is there known in a namespace.
    pub fn adopt(&self, ns: &str, digest: &Digest) -> Result<()> {
        let size = fs::metadata(self.blob(digest))?.len();
        self.store.write(|tx| {
            tx.execute(
                "INSERT OR IGNORE INTO content (namespace, digest, size, labels, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                rusqlite::params![ns, digest.as_str(), size as i64, to_json(&Labels::new()), clock::now()],
            )?;
            Ok(())
        })
    }
}
