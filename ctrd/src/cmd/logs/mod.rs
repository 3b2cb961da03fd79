//! `ctrd logs`, and where the output of containers in the background is kept.
//!
//! The shim writes it to a file: `file:///…/logs/NAMESPACE/ID.log?format=cri`, a line of the
//! container a line of the file, in the CRI's form. Nothing but the shim has to live for that. A shim
//! that does not know the form writes the output as it is, and it is shown as it is.
//!
//! With `&max-size=BYTES&max-file=COUNT` behind it a full file gives way to a new one: what is older is in
//! `ID.log.1`, `ID.log.2` and so on.

mod follow;
mod line;
mod window;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::place::Place;
use super::{Session, settings};
use crate::api::containers::Container;
use crate::api::task::Status;
use crate::cli::{Format, Logs};
use crate::client::{container, process};
use crate::error::{Error, Kind};
use crate::logs::{self as kept, series};
use crate::spec::resource;
use line::{Assembler, Line, Stream};
use window::Window;

pub use follow::follow;

/// The container label that says where the output goes. Of a domain that images may not use.
pub const LABEL: &str = "io.containerd.ctrd.log-uri";

/// Where the output of a container is kept unless something else is asked for.
pub fn uri(place: &Place, id: &str) -> String {
    let path = kept::file(&place.root, &place.namespace, id);
    let mut text = String::from("file://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                text.push(*byte as char)
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text + "?format=cri"
}

/// What stands behind the URI for `max-size=SIZE` and `max-file=COUNT`.
pub fn bounds(options: &[String]) -> Result<String> {
    let (mut size, mut files) = (None, None);
    for option in options {
        match option.split_once('=') {
            Some(("max-size", text)) => {
                let bytes = resource::bytes(text).with_context(|| format!("log option {option:?}"))?;
                match u32::try_from(bytes) {
                    Ok(bytes) if bytes > 0 => size = Some(bytes),
                    _ => bail!("log option {option:?}: must be above 0 and below 4g"),
                }
            }
            Some(("max-file", text)) => match text.parse::<u32>() {
                Ok(count @ 1..=1000) => files = Some(count),
                _ => bail!("log option {option:?}: must be a number from 1 to 1000"),
            },
            _ => bail!("log option {option:?}: not max-size=SIZE or max-file=COUNT"),
        }
    }
    match (size, files) {
        (None, None) => Ok(String::new()),
        (None, Some(_)) => bail!("log option max-file: without max-size there is one file"),
        (Some(size), files) => Ok(format!("&max-size={size}&max-file={}", files.unwrap_or(1))),
    }
}

/// Whether it is said what is to be shown.
pub fn check(args: &Logs) -> Result<()> {
    Window::of(args).map(drop)
}

/// Whether the runtime's shim can send a program's output to a file.
pub fn can(runtime: &str, terminal: bool) -> bool {
    !terminal || runtime.is_empty() || runtime == settings::RUNTIME
}

/// Makes ready for the log of a container that there is.
pub fn prepare(place: &Place, id: &str) -> Result<(), Error> {
    kept::prepare(&place.root, &place.namespace, id)
}

/// Where the output of a container that is started in the background goes: where it went before, or
/// from now on.
pub async fn begin(
    session: &Session,
    container: &Container,
    terminal: bool,
) -> Result<Option<String>, Error> {
    if let Some(uri) = container.labels.get(LABEL) {
        return Ok(Some(uri.clone()));
    }
    let runtime = container.runtime.as_ref().map(|r| r.name.as_str()).unwrap_or_default();
    if !can(runtime, terminal) {
        return Ok(None);
    }
    prepare(&session.place, &container.id)?;
    let uri = uri(&session.place, &container.id);
    container::label(&session.client, &container.id, [(LABEL.to_string(), uri.clone())].into()).await?;
    Ok(Some(uri))
}

/// Has `remove` remove a container, and with it what is kept of it: also when this command is killed meanwhile.
pub async fn with_log(
    place: &Place,
    id: &str,
    remove: impl Future<Output = Result<Container, Error>>,
) -> Result<(), Error> {
    kept::condemn(&place.root, &place.namespace, id)?;
    let removed = remove.await;
    match &removed {
        Ok(container) => forget(place, container),
        // A server that went may have removed it: the log goes with the next collection then.
        Err(e) if e.kind == Kind::Unavailable => return removed.map(drop),
        Err(_) => {}
    }
    kept::spare(&place.root, &place.namespace, id);
    removed.map(drop)
}

/// Removes what is kept of a container that was removed; a file of somebody else's choice stays.
pub fn forget(place: &Place, container: &Container) {
    let ours = kept::folder(&place.root);
    if let Some(path) =
        container.labels.get(LABEL).and_then(|uri| path(uri)).filter(|path| path.starts_with(&ours))
    {
        // What is left is collected, or replaced by the next of this name.
        let _ = series::remove(&path);
    }
}

/// The file of a `file://` URI.
pub fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let mut bytes = rest.split('?').next().unwrap_or_default().as_bytes();
    let mut path = Vec::new();
    while let [first, rest @ ..] = bytes {
        let code = rest.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes = match (first, code) {
            (b'%', Some(byte)) => {
                path.push(byte);
                &rest[2..]
            }
            _ => {
                path.push(*first);
                rest
            }
        };
    }
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(path));
    (path.is_absolute() && !path.components().any(|part| part.as_os_str() == "..")).then_some(path)
}

/// The file that a container's output is in.
pub fn of(container: &Container) -> Result<PathBuf> {
    match container.labels.get(LABEL) {
        None => bail!("nothing of its output is kept: it does not run in the background"),
        Some(uri) => path(uri).with_context(|| format!("its output went to {uri}")),
    }
}

pub async fn logs(session: &Session, args: &Logs) -> Result<i32> {
    let window = Window::of(args)?;
    let container = session.ask(async |client| container::get(client, &args.container).await).await?;
    let path = of(&container)?;
    let mut printer = Printer { args, assembler: Assembler::default() };
    let at = || format!("open {}", path.display());
    let mut files = series::open(&path).with_context(at)?;
    if files.is_empty() && !args.follow {
        // Nothing was written yet.
        return Ok(0);
    }
    if files.is_empty() {
        files.push(File::options().create(true).append(true).read(true).open(&path).with_context(at)?);
    }
    let mut readers = files.into_iter().map(BufReader::new).collect();
    window.seek(&mut readers).with_context(|| format!("read {}", path.display()))?;
    let Some(mut reader) = readers.pop() else { return Ok(0) };
    for reader in &mut readers {
        rest(reader, &mut |bytes: &[u8]| printer.print(&window, bytes))?;
    }
    let mut print = |bytes: &[u8]| printer.print(&window, bytes);
    let running = async {
        match session.ask(async |client| process::status(client, &args.container).await).await {
            Ok(task) => Ok(task.status() != Status::Stopped),
            Err(e) if e.kind == Kind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    };
    if args.follow && running.await? {
        let following = follow(session, &args.container, &path, &mut reader, &mut print);
        match window.left() {
            None => following.await?,
            // What is written after it is not asked for.
            Some(left) => tokio::time::timeout(left, following).await.unwrap_or(Ok(()))?,
        }
    } else {
        rest(&mut reader, &mut print)?;
    }
    printer.end(&window)?;
    Ok(0)
}

/// Passes on what is there, by lines; a last one may lack its end.
fn rest(reader: &mut BufReader<File>, print: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).context("read the log")? == 0 {
            return Ok(());
        }
        print(&line)?;
    }
}

struct Printer<'a> {
    args: &'a Logs,
    assembler: Assembler,
}

impl Printer<'_> {
    fn print(&mut self, window: &Window, bytes: &[u8]) -> Result<()> {
        match self.assembler.take(bytes) {
            Some(line) if window.shows(&line) => self.write(&line),
            _ => Ok(()),
        }
    }

    /// What was begun and never ended.
    fn end(&mut self, window: &Window) -> Result<()> {
        for line in self.assembler.rest() {
            if window.shows(&line) {
                self.write(&line)?;
            }
        }
        Ok(())
    }

    fn write(&self, line: &Line) -> Result<()> {
        let mut bytes = Vec::new();
        if self.args.format == Format::Json {
            let text = String::from_utf8_lossy(&line.text);
            let stream = line.stream.name();
            let object =
                json!({"time": line.time, "stream": stream, "line": text.trim_end_matches(['\n', '\r'])});
            io::stdout().lock().write_all(format!("{object}\n").as_bytes())?;
            return Ok(());
        }
        if self.args.timestamps {
            bytes.extend_from_slice(line.time.as_deref().unwrap_or("-").as_bytes());
            bytes.push(b' ');
        }
        bytes.extend_from_slice(&line.text);
        match line.stream {
            Stream::Stdout => io::stdout().lock().write_all(&bytes)?,
            Stream::Stderr => io::stderr().lock().write_all(&bytes)?,
        }
        Ok(())
    }
}

/// Copies the log from its end on, as the container's output, until the task ends.
pub async fn show(session: &Session, id: &str, path: &Path) -> Result<()> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut reader = BufReader::new(file);
    io::Seek::seek(&mut reader, io::SeekFrom::End(0))?;
    let args = Logs {
        follow: true,
        tail: String::new(),
        since: None,
        until: None,
        timestamps: false,
        format: Format::Table,
        container: id.to_string(),
    };
    let window = Window::default();
    let mut printer = Printer { args: &args, assembler: Assembler::default() };
    follow(session, id, path, &mut reader, &mut |bytes: &[u8]| printer.print(&window, bytes)).await?;
    printer.end(&window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_what_is_kept() {
        let of = |options: &[&str]| bounds(&options.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&[]).unwrap(), "");
        assert_eq!(of(&["max-size=10k", "max-file=3"]).unwrap(), "&max-size=10240&max-file=3");
        assert_eq!(of(&["max-size=5"]).unwrap(), "&max-size=5&max-file=1");
        for bad in
            [&["max-file=3"][..], &["max-size=0"], &["max-size=8g"], &["max-size=5", "max-file=0"], &["x=1"]]
        {
            assert!(of(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_file_of_a_container_comes_back_from_its_uri() {
        let place = Place {
            address: "/a".into(),
            root: "/var/lib/c trd%".into(),
            state: "/s".into(),
            namespace: "default".into(),
        };
        let uri = uri(&place, "web");
        assert_eq!(uri, "file:///var/lib/c%20trd%25/logs/default/web.log?format=cri");
        assert_eq!(path(&uri).unwrap(), Path::new("/var/lib/c trd%/logs/default/web.log"));
        for other in ["binary:///bin/x", "file://relative", "file:///a/../b", "/run/fifo", ""] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
