//! Stream processors: programs that make a layer of one media type one of another, so that layers which
//! nobody here understands can be unpacked.
//!
//! ```text
//! blob ─▶ [verify] ─▶ stdin [program] stdout ─▶ stdin [program] stdout ─▶ tar, tar+gzip, tar+zstd
//! ```
//!
//! A program has the media type that it is given in `STREAM_PROCESSOR_MEDIATYPE`, and what the client
//! sent for it, a protobuf `Any`, at descriptor 3. What it writes to standard error is the reason where
//! it exits with another status than 0.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use prost::Message;
use prost_types::Any;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::{Applied, apply};
use crate::config::Processor;
use crate::digest::{Digest, Hashing};
use crate::error::{Error, Kind, Result};
use crate::snapshot::Mount;

const MEDIA_TYPE: &str = "STREAM_PROCESSOR_MEDIATYPE";
/// Where a program finds its payload.
const PAYLOAD: i32 = 3;
/// More programs than this are a ring.
const MOST: usize = 16;
/// How long a program may take to end when there is nothing more to read or to write.
const PATIENCE: Duration = Duration::from_secs(10);
/// So much of what a program says is passed on, in bytes.
const WORDS: u64 = 1 << 10;

/// What clients send for programs, by the programs' ids.
pub type Payloads = HashMap<String, Any>;

/// The programs, by their ids. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Processors(Arc<BTreeMap<String, Processor>>);

/// A program that takes part, and the media type that it is given.
struct Link<'a> {
    id: &'a str,
    processor: &'a Processor,
    given: String,
}

impl Processors {
    pub fn new(all: BTreeMap<String, Processor>) -> Processors {
        Processors(Arc::new(all))
    }

    /// Applies a layer to a snapshot's mounts as [`apply`] does, through the programs that its media
    /// type needs. The blob must be the `expected` one.
    pub fn apply(
        &self,
        source: impl Read + Send,
        media_type: &str,
        payloads: &Payloads,
        expected: &Digest,
        mounts: &[Mount],
    ) -> Result<Applied> {
        let chain = self.chain(media_type)?;
        let Some(last) = chain.last() else { return apply(source, media_type, Some(expected), mounts) };
        let returned = last.processor.returns.clone();
        let mut children = Vec::new();
        let started = start(&chain, payloads, &mut children);
        let (input, output) = match started {
            Ok(ends) => ends,
            Err(e) => {
                // Those before it have no reader and no input: they end.
                children.into_iter().for_each(|mut program| drop(program.end()));
                return Err(e);
            }
        };
        let (fed, applied) = std::thread::scope(|scope| {
            let feeder = std::thread::Builder::new().name("processor".into());
            let feeder = feeder.spawn_scoped(scope, move || feed(source, input, expected))?;
            let applied = apply(output, &returned, None, mounts);
            let fed = feeder.join().unwrap_or_else(|_| Err(Error::unknown("read layer: the thread died")));
            Ok::<_, Error>((fed, applied))
        })?;
        let ended: Vec<Result<()>> = children.into_iter().map(|mut program| program.end()).collect();
        // A blob that is another explains all the rest, and what a program says the broken archive.
        fed?;
        ended.into_iter().collect::<Result<()>>()?;
        applied
    }

    /// The programs for a media type, in their order; of several for one type the first by its id.
    fn chain(&self, media_type: &str) -> Result<Vec<Link<'_>>> {
        let mut chain: Vec<Link> = Vec::new();
        let mut given = media_type.to_string();
        while let Some((id, processor)) = self.0.iter().find(|(_, p)| p.accepts.contains(&given)) {
            if chain.len() == MOST {
                let text =
                    format!("stream processors for {media_type:.200}: they have no end: {given:.200} again");
                return Err(Error::precondition(text));
            }
            chain.push(Link { id, processor, given });
            if processor.is_last() {
                break;
            }
            given = processor.returns.clone();
        }
        Ok(chain)
    }
}

/// A program that runs, and where its words go.
struct Program {
    id: String,
    child: Child,
    words: File,
}

/// Starts the programs, the output of each into the next; the first one's input and the last one's output
/// are left.
fn start(
    chain: &[Link],
    payloads: &Payloads,
    children: &mut Vec<Program>,
) -> Result<(ChildStdin, ChildStdout)> {
    let mut input = None;
    let mut output: Option<ChildStdout> = None;
    for Link { id, processor, given } in chain {
        let at = |e: io::Error| Error::from(e).context(format!("stream processor {id}: {}", processor.path));
        let words = tempfile::tempfile().map_err(at)?;
        let mut command = Command::new(&processor.path);
        command
            .args(&processor.args)
            .envs(processor.env.iter().filter_map(|pair| pair.split_once('=')))
            .env(MEDIA_TYPE, given)
            .stdin(output.take().map_or_else(Stdio::piped, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::from(words.try_clone().map_err(at)?));
        if let Some(payload) = payloads.get(*id) {
            let mut file = tempfile::tempfile().map_err(at)?;
            file.write_all(&payload.encode_to_vec()).and_then(|()| file.rewind()).map_err(at)?;
            let mapping = FdMapping { parent_fd: file.into(), child_fd: PAYLOAD };
            command.fd_mappings(vec![mapping]).map_err(|e| Error::unknown(e.to_string()))?;
        }
        let mut child = command.spawn().map_err(at)?;
        input = input.or(child.stdin.take());
        output = child.stdout.take();
        children.push(Program { id: id.to_string(), child, words });
    }
    input.zip(output).ok_or_else(|| Error::unknown("stream processor: no pipe"))
}

/// Gives the blob to the first program, all of it read and verified, whether it is taken or not.
fn feed(source: impl Read, mut input: ChildStdin, expected: &Digest) -> Result<()> {
    let mut source = Hashing::new(source, expected.hasher());
    let at = |e: io::Error| Error::from(e).context("read layer");
    match io::copy(&mut source, &mut input) {
        Ok(_) => {}
        // It does not want more.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
            io::copy(&mut source, &mut io::sink()).map_err(at)?;
        }
        Err(e) => return Err(at(e)),
    }
    drop(input);
    let digest = source.hash.finish();
    if digest == *expected {
        return Ok(());
    }
    let text = format!("content digest {expected}: corrupt blob: its bytes are those of {digest}");
    Err(Error::new(Kind::DataLoss, text))
}

impl Program {
    /// Waits for its end; one that does not end is killed.
    fn end(&mut self) -> Result<()> {
        let at = |text: String| Error::unknown(format!("stream processor {}: {text}", self.id));
        let pidfd = pidfd_open(Pid::from_child(&self.child), PidfdFlags::empty()).map_err(io::Error::from)?;
        let patience = PollTimeout::try_from(PATIENCE).unwrap_or(PollTimeout::MAX);
        let ended = poll(&mut [PollFd::new(std::os::fd::AsFd::as_fd(&pidfd), PollFlags::POLLIN)], patience);
        if ended == Ok(0) {
            self.child.kill()?;
            self.child.wait()?;
            return Err(at("it does not end".into()));
        }
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        let mut words = String::new();
        // What cannot be read is not said.
        let _ = self.words.rewind().and_then(|()| (&self.words).take(WORDS).read_to_string(&mut words));
        // One that only lost its reader is not the reason.
        if status.signal() == Some(libc::SIGPIPE) {
            return Ok(());
        }
        Err(at(match words.lines().map(str::trim).rfind(|line| !line.is_empty()) {
            Some(line) => format!("{}: {line}", how(status)),
            None => how(status),
        }))
    }
}

fn how(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!("killed by signal {signal}"),
        None => format!("exit status {}", status.code().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::media;

    const ODD: &str = "application/vnd.oci.image.layer.v1.tar+odd";

    fn shell(accepts: &str, returns: &str, script: &str) -> Processor {
        Processor {
            accepts: vec![accepts.into()],
            returns: returns.into(),
            path: "sh".into(),
            args: vec!["-c".into(), script.into()],
            env: vec!["ODD=e".into()],
        }
    }

    fn processors(all: &[(&str, Processor)]) -> Processors {
        Processors::new(all.iter().map(|(id, processor)| (id.to_string(), processor.clone())).collect())
    }

    /// The blob of a layer with one file, each byte of which was changed.
    fn odd() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(5);
        header.set_mode(0o644);
        tar.append_data(&mut header, "word", &b"hello"[..]).unwrap();
        tar.into_inner().unwrap().iter().map(|byte| if *byte == b'e' { b'E' } else { *byte }).collect()
    }

    fn outcome(processors: &Processors, blob: &[u8], payloads: &Payloads) -> Result<(Applied, String)> {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().to_str().unwrap().to_string();
        let mount = Mount { kind: "bind".into(), source, options: vec!["rbind".into()], ..Mount::default() };
        let applied = processors.apply(blob, ODD, payloads, &Digest::of(blob), &[mount])?;
        Ok((applied, std::fs::read_to_string(dir.path().join("word")).unwrap()))
    }

    #[test]
    fn a_layer_goes_through_the_programs() {
        let blob = odd();
        let one = processors(&[("one", shell(ODD, media::LAYER, "tr E \"$ODD\""))]);
        let (applied, text) = outcome(&one, &blob, &Payloads::new()).unwrap();
        let plain: Vec<u8> = blob.iter().map(|byte| if *byte == b'E' { b'e' } else { *byte }).collect();
        assert_eq!((text.as_str(), applied.diff_id), ("hello", Digest::of(&plain)));
        // Two of them, and what the last returns is compressed; each knows what it is given.
        let check = format!("[ $STREAM_PROCESSOR_MEDIATYPE = {ODD} ] && tr E X");
        let two = processors(&[
            ("b", shell(ODD, "x/middle", &check)),
            ("a", shell("x/middle", media::LAYER_GZIP, "tr X e | gzip")),
        ]);
        let (applied, text) = outcome(&two, &blob, &Payloads::new()).unwrap();
        assert_eq!((text.as_str(), applied.diff_id), ("hello", Digest::of(&plain)));
    }

    #[test]
    fn a_payload_is_at_descriptor_3() {
        let program = shell(ODD, media::LAYER, "[ \"$(tail -c 1 <&3)\" = e ] && tr E e");
        let payload = Any { type_url: "words".into(), value: b"the".to_vec() };
        let all = processors(&[("p", program)]);
        assert_eq!(outcome(&all, &odd(), &[("p".to_string(), payload)].into()).unwrap().1, "hello");
        assert!(outcome(&all, &odd(), &Payloads::new()).is_err());
    }

    #[test]
    fn what_goes_wrong_is_told_in_a_line() {
        let said = |script: &str| {
            let all = processors(&[("p", shell(ODD, media::LAYER, script))]);
            outcome(&all, &odd(), &Payloads::new()).unwrap_err().message
        };
        assert_eq!(
            said("echo first >&2; echo no key >&2; exit 3"),
            "stream processor p: exit status 3: no key"
        );
        assert_eq!(said("kill -9 $$"), "stream processor p: killed by signal 9");
        assert_eq!(said("tr E e; exit 1"), "stream processor p: exit status 1");
        let missing = Processor { path: "/no/such".into(), ..shell(ODD, media::LAYER, "") };
        let err = outcome(&processors(&[("p", missing)]), &odd(), &Payloads::new()).unwrap_err().message;
        assert_eq!(err, "stream processor p: /no/such: No such file or directory");
        // The blob is not the one that was asked for.
        let all = processors(&[("p", shell(ODD, media::LAYER, "tr E e"))]);
        let err = all.apply(&b"x"[..], ODD, &Payloads::new(), &Digest::of(b"y"), &[]).unwrap_err();
        assert_eq!(err.kind, Kind::DataLoss);
        let ring = processors(&[("p", shell(ODD, "x/y", "cat")), ("q", shell("x/y", ODD, "cat"))]);
        assert_eq!(outcome(&ring, &odd(), &Payloads::new()).unwrap_err().kind, Kind::FailedPrecondition);
    }
}
