//! The two commands by which a shim is started and cleaned up after: `start` and `delete`.
//!
//! Both run in the bundle, in a process group of their own, so that a signal for our terminal is
//! not one for them. Shims of containerd 2.3 and later want BootstrapParams on stdin; those of 1.7
//! to 2.2 ignore them; older ones refuse them and get the bare options in a second try.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use ctrd_shim::api::bootstrap::{BootstrapParams, Extension};
use ctrd_shim::api::task::DeleteResponse;
use ctrd_shim::bootstrap::Reply;
use prost::Message;
use prost_types::Any;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::bundle::Bundle;
use crate::config::{Config, Timeouts};
use crate::error::{Error, Kind, Result};
use crate::task::options;

/// How long a shim may take to bind its socket.
const START: Duration = Duration::from_secs(60);
/// And to tell of itself.
const INFO: Duration = Duration::from_secs(10);
/// How long a pipe is read after the command itself has ended, should a daemon hold it open.
const DRAIN: Duration = Duration::from_secs(1);
/// No answer is longer.
const MAX_OUTPUT: u64 = 1 << 20;
/// Debug, in the protocol's numbers.
const LOG_DEBUG: i32 = -4;

/// What shims are told about this ctrd.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The gRPC socket, and the one that events go to.
    pub address: String,
    pub ttrpc: String,
    pub socket_dir: PathBuf,
    pub debug: bool,
    /// How long shims are waited for.
    pub limits: Timeouts,
    /// What shims find in their environment beside what is theirs.
    pub env: Vec<(String, String)>,
}

impl Caller {
    /// The ctrd of this configuration.
    pub fn of(config: &Config) -> Caller {
        Caller {
            address: config.address.display().to_string(),
            ttrpc: config.ttrpc_address().display().to_string(),
            socket_dir: options::socket_dir(&config.state),
            debug: tracing::enabled!(tracing::Level::DEBUG),
            limits: config.timeouts,
            env: Vec::new(),
        }
    }
}

/// Starts `binary` for the bundle and returns where it listens.
pub async fn start(caller: &Caller, binary: &Path, bundle: &Bundle, options: Option<&Any>) -> Result<Reply> {
    let at = |e: Error| e.context(format!("start shim {}", binary.display()));
    let params = params(caller, bundle, options);
    let first = match run(command(caller, binary, bundle, "start", &[]), &params, START).await {
        Ok(output) => return parse(&output).map_err(at),
        Err(e) => at(e),
    };
    if first.kind != Kind::FailedPrecondition {
        return Err(first);
    }
    let legacy = options.map(Any::encode_to_vec).unwrap_or_default();
    match run(command(caller, binary, bundle, "start", &[]), &legacy, START).await {
        Ok(output) => parse(&output).map_err(at),
        // What a new shim says of the old way is not the reason.
        Err(_) => Err(Error { kind: Kind::Unknown, ..first }),
    }
}

/// Cleans up after a shim that is dead: kills and removes its container. The answer is how the
/// container ended, as far as the shim knows.
pub async fn delete(caller: &Caller, binary: &Path, bundle: &Bundle) -> Result<DeleteResponse> {
    let at = |e: Error| e.context(format!("run {} delete", binary.display()));
    let path = bundle.path.to_string_lossy().into_owned();
    let command = command(caller, binary, bundle, "delete", &["-bundle", &path]);
    let output = run(command, &[], caller.limits.cleanup).await.map_err(at)?;
    DeleteResponse::decode(output.as_slice()).map_err(|e| at(Error::unknown(format!("its answer: {e}"))))
}

/// What the shim tells of itself and the runtime below it, as `containerd.types.RuntimeInfo`.
pub async fn info(binary: &Path, options: Option<&Any>) -> Result<Vec<u8>> {
    let mut command = Command::new(binary);
    command
        .arg("-info")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let options = options.map(Any::encode_to_vec).unwrap_or_default();
    run(command, &options, INFO).await.map_err(|e| e.context(format!("run {} -info", binary.display())))
}

fn parse(output: &[u8]) -> Result<Reply> {
    let reply = Reply::parse(output)
        .ok_or_else(|| Error::unknown(format!("no address in {:?}", String::from_utf8_lossy(output))))?;
    match (reply.version, reply.protocol.as_str()) {
        (2 | 3, "ttrpc") => Ok(reply),
        (2 | 3, protocol) => {
            Err(Error::new(Kind::Unimplemented, format!("unsupported protocol {protocol:?}")))
        }
        (version, _) => Err(Error::new(Kind::Unimplemented, format!("unsupported shim version {version}"))),
    }
}

fn params(caller: &Caller, bundle: &Bundle, options: Option<&Any>) -> Vec<u8> {
    BootstrapParams {
        instance_id: bundle.id.clone(),
        namespace: bundle.namespace.clone(),
        log_level: if caller.debug { LOG_DEBUG } else { 0 },
        containerd_version: env!("CARGO_PKG_VERSION").into(),
        containerd_ttrpc_address: caller.ttrpc.clone(),
        containerd_grpc_address: caller.address.clone(),
        containerd_binary: own_binary(),
        extensions: options.map(|any| Extension { value: Some(any.clone()) }).into_iter().collect(),
        socket_dir: Some(caller.socket_dir.to_string_lossy().into_owned()),
    }
    .encode_to_vec()
}

fn own_binary() -> String {
    std::env::current_exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_else(|_| "ctrd".into())
}

fn command(caller: &Caller, binary: &Path, bundle: &Bundle, action: &str, more: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["-namespace", &bundle.namespace, "-id", &bundle.id, "-address", &caller.address])
        .args(["-publish-binary", &own_binary()])
        .args(more)
        .args(caller.debug.then_some("-debug"))
        .arg(action)
        .current_dir(&bundle.path)
        .envs(caller.env.iter().map(|(name, value)| (name, value)))
        // How a Go shim is kept small, and what every containerd has said since 1.7.
        .envs([("GOMAXPROCS", "2"), ("MAX_SHIM_VERSION", "2")])
        .env("TTRPC_ADDRESS", &caller.ttrpc)
        .env("GRPC_ADDRESS", &caller.address)
        .env("NAMESPACE", &bundle.namespace)
        .envs(crate::trace::environment())
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    command
}

/// Runs to the end and returns stdout; a failure, of kind `FailedPrecondition`, has stderr's words.
async fn run(mut command: Command, input: &[u8], deadline: Duration) -> Result<Vec<u8>> {
    let late = |_| Error::new(Kind::DeadlineExceeded, format!("no answer in {} s", deadline.as_secs()));
    let (status, out, err) =
        tokio::time::timeout(deadline, exchange(&mut command, input)).await.map_err(late)??;
    if status.success() {
        return Ok(out);
    }
    let words = String::from_utf8_lossy(&err);
    let words = match words.trim() {
        "" => status.to_string(),
        words => words.replace('\n', "; "),
    };
    Err(Error::precondition(words))
}

async fn exchange(command: &mut Command, input: &[u8]) -> Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let mut child = command.spawn()?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
        return Err(Error::unknown("its pipes are missing"));
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = {
        let mut reading = pin!(async { tokio::join!(take(stdout, &mut out), take(stderr, &mut err)) });
        let mut waiting = pin!(async {
            // A command that does not read its stdin is not at fault.
            _ = stdin.write_all(input).await;
            drop(stdin);
            child.wait().await
        });
        tokio::select! {
            _ = &mut reading => waiting.await,
            status = &mut waiting => {
                _ = tokio::time::timeout(DRAIN, reading).await;
                status
            }
        }
    }?;
    Ok((status, out, err))
}

async fn take(from: impl AsyncRead + Unpin, into: &mut Vec<u8>) {
    // What was read before an error is all there is to say.
    _ = from.take(MAX_OUTPUT).read_to_end(into).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::Bundles;
    use std::os::unix::fs::PermissionsExt;

    struct Place {
        dir: tempfile::TempDir,
        bundle: Bundle,
        caller: Caller,
    }

    fn place() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let bundle =
            Bundles::new(&dir.path().join("s"), &dir.path().join("r")).get("default", "web").unwrap();
        bundle.create(b"{}").unwrap();
        let address = "/run/x.sock".to_string();
        let ttrpc = format!("{address}.ttrpc");
        let caller = Caller {
            address,
            ttrpc,
            socket_dir: "/run/s".into(),
            debug: false,
            limits: Timeouts::default(),
            env: vec![("FROM_FILE".into(), "a=b".into()), ("NAMESPACE".into(), "other".into())],
        };
        Place { dir, bundle, caller }
    }

    /// Starts a shell script as the shim. Forks of other tests may hold it open for writing for a
    /// moment, hence the copy by `sh`, whose descriptor no one inherits.
    fn shim(place: &Place, script: &str) -> PathBuf {
        let path = place.dir.path().join("shim");
        std::fs::write(place.dir.path().join("script"), script).unwrap();
        let text = format!("#!/bin/sh\n. {}/script\n", place.dir.path().display());
        let copied = std::process::Command::new("sh")
            .args(["-c", "printf %s \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(&path)
            .arg(text)
            .status()
            .unwrap();
        assert!(copied.success() && path.metadata().unwrap().permissions().mode() & 0o111 != 0);
        path
    }

    fn block<T>(f: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(f)
    }

    #[test]
    fn a_shim_is_told_and_answers() {
        let p = place();
        let binary = shim(
            &p,
            "cat >in; echo \"$@\" >args; pwd >cwd; echo $TTRPC_ADDRESS $NAMESPACE $FROM_FILE >env; echo unix:///a",
        );
        let options = Any { type_url: "t".into(), value: vec![1] };
        let reply = block(start(&p.caller, &binary, &p.bundle, Some(&options))).unwrap();
        assert_eq!((reply.version, reply.address.as_str()), (2, "unix:///a"));
        let read = |name: &str| String::from_utf8(p.bundle.read(name).unwrap().unwrap()).unwrap();
        assert!(
            read("args").starts_with("-namespace default -id web -address /run/x.sock"),
            "{}",
            read("args")
        );
        assert!(read("args").ends_with(" start\n"));
        assert_eq!(read("env"), "/run/x.sock.ttrpc default a=b\n");
        assert_eq!(read("cwd").trim(), p.bundle.path.to_str().unwrap());
        let told = BootstrapParams::decode(p.bundle.read("in").unwrap().unwrap().as_slice()).unwrap();
        assert_eq!((told.instance_id.as_str(), told.socket_dir.as_deref()), ("web", Some("/run/s")));
        assert_eq!(told.extensions[0].value, Some(options));
    }

    #[test]
    fn an_old_shim_gets_the_bare_options() {
        let p = place();
        let binary =
            shim(&p, "cat >in; grep -q /run/x.sock in && { echo no >&2; exit 1; }; cp in second; echo x");
        let options = Any { type_url: "t".into(), value: vec![1] };
        assert_eq!(block(start(&p.caller, &binary, &p.bundle, Some(&options))).unwrap().address, "x");
        assert_eq!(p.bundle.read("second").unwrap().unwrap(), options.encode_to_vec());
    }

    #[test]
    fn failures_have_the_shims_words() {
        let p = place();
        for (script, want) in [
            ("echo one >&2; echo two >&2; exit 1", "one; two"),
            ("exit 3", "exit status: 3"),
            ("exit 0", "no address in \"\""),
            ("echo '{\"version\":9,\"address\":\"a\",\"protocol\":\"ttrpc\"}'", "unsupported shim version 9"),
            (
                "echo '{\"version\":3,\"address\":\"a\",\"protocol\":\"grpc\"}'",
                "unsupported protocol \"grpc\"",
            ),
        ] {
            let binary = shim(&p, script);
            let err = block(start(&p.caller, &binary, &p.bundle, None)).unwrap_err();
            assert_eq!(err.message, format!("start shim {}: {want}", binary.display()));
        }
        let err = block(start(&p.caller, Path::new("/no/shim"), &p.bundle, None)).unwrap_err();
        assert_eq!(err.message, "start shim /no/shim: No such file or directory");
    }

    #[test]
    fn a_pipe_held_open_holds_nobody_up() {
        let p = place();
        let binary = shim(&p, "sleep 20 & echo $! >pid; echo unix:///a");
        let begun = std::time::Instant::now();
        assert!(block(start(&p.caller, &binary, &p.bundle, None)).is_ok());
        assert!(begun.elapsed() < Duration::from_secs(10));
        let pid: i32 =
            String::from_utf8(p.bundle.read("pid").unwrap().unwrap()).unwrap().trim().parse().unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGKILL).unwrap();
    }

    #[test]
    fn the_facts_of_delete() {
        let p = place();
        let facts = DeleteResponse { pid: 3, exit_status: 7, exited_at: None };
        p.bundle.write("facts", &facts.encode_to_vec(), 0o600).unwrap();
        let binary = shim(&p, "cat facts; echo \"$@\" >args");
        assert_eq!(block(delete(&p.caller, &binary, &p.bundle)).unwrap(), facts);
        let args = String::from_utf8(p.bundle.read("args").unwrap().unwrap()).unwrap();
        assert!(args.ends_with(&format!("-bundle {} delete\n", p.bundle.path.display())), "{args}");
    }
}
