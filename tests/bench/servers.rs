//! `servers [-n ROUNDS] [-t TASKS] FILE`: how soon servers answer, for tests/bench/server.
//!
//! A line of FILE is `name | address | command`. Every round does each work once with each server, in
//! rotating order, 40 ms after the one before. A line for each figure: name, figure, ms; tabs between. Figures:
//!
//! - `start`: from the start of the command to the answer to Version, on a root that another one has left
//! - `restart`: with -t, to an answer to List that has as many tasks, which live
//!
//! Each server is ended by SIGKILL, so that the next finds what that leaves; all are asked by the same
//! client, which dials when something happens to the socket's name until somebody listens.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use ctrd::client::{Client, channel, process};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

const PAUSE: Duration = Duration::from_millis(40);

/// Rounds that are not counted.
const WARM: usize = 2;

/// Longer than any server takes.
const PATIENCE: Duration = Duration::from_secs(60);

struct Server {
    name: String,
    address: PathBuf,
    words: Vec<String>,
}

fn main() -> Result<()> {
    let (mut rounds, mut tasks) = (15, 0);
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    while let Some(option) = words.first().filter(|w| w.starts_with('-')).cloned() {
        let number: usize = words.get(1).context("a number")?.parse().context("a number")?;
        match option.as_str() {
            "-n" => rounds = number,
            "-t" => tasks = number,
            _ => bail!("unknown option {option}"),
        }
        words.drain(..2);
    }
    let [file] = &words[..] else { bail!("usage: servers [-n ROUNDS] [-t TASKS] FILE") };
    let servers: Vec<Server> = std::fs::read_to_string(file)?.lines().map(server).collect::<Result<_>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for round in 0..WARM + rounds {
        for n in 0..servers.len() {
            let server = &servers[(n + round) % servers.len()];
            std::thread::sleep(PAUSE);
            let took = runtime.block_on(server.answers(tasks)).with_context(|| server.name.clone())?;
            if round >= WARM {
                let figure = if tasks > 0 { "restart" } else { "start" };
                println!("{}\t{figure}\t{:.4}", server.name, took.as_secs_f64() * 1e3);
            }
        }
    }
    Ok(())
}

/// What tells that the socket may have come to be: it is renamed to its place, or bound there and given its mode once
/// it is listened on.
fn watch(address: &Path) -> Result<Inotify> {
    let folder = address.parent().context("a socket in a folder")?;
    std::fs::create_dir_all(folder)?;
    let watch = Inotify::init(InitFlags::IN_CLOEXEC)?;
    let changes = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_ATTRIB;
    watch.add_watch(folder, changes).with_context(|| format!("watch {}", folder.display()))?;
    Ok(watch)
}

fn server(line: &str) -> Result<Server> {
    let fields: Vec<&str> = line.split(" | ").collect();
    let [name, address, command] = fields[..] else { bail!("{line}: three fields") };
    let words = command.split_whitespace().map(String::from).collect();
    Ok(Server { name: name.into(), address: address.into(), words })
}

impl Server {
    /// From the start of the server to its answer. It is ended afterwards.
    async fn answers(&self, tasks: usize) -> Result<Duration> {
        let watch = watch(&self.address)?;
        let begun = Instant::now();
        let mut child = self.start()?;
        let answered = self.ask(begun, &watch, tasks).await;
        child.kill()?;
        child.wait()?;
        answered
    }

    fn start(&self) -> Result<Child> {
        let (program, arguments) = self.words.split_first().context("a command")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().with_context(|| format!("run {program}"))
    }

    async fn ask(&self, begun: Instant, watch: &Inotify, tasks: usize) -> Result<Duration> {
        while UnixStream::connect(&self.address).is_err() {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let mut ready = [PollFd::new(watch.as_fd(), PollFlags::POLLIN)];
            ensure!(poll(&mut ready, PollTimeout::try_from(left)?)? > 0, "nobody listens");
            watch.read_events()?;
        }
        let nowhere = Path::new("/nowhere");
        let channel = channel::connect(&self.address, nowhere, nowhere).await?;
        let client = Client::new(channel, "default")?;
        if tasks == 0 {
            client.version().version(()).await?;
            return Ok(begun.elapsed());
        }
        loop {
            let found = process::list(&client).await?.len();
            if found == tasks {
                return Ok(begun.elapsed());
            }
            ensure!(begun.elapsed() < PATIENCE, "{found} tasks");
        }
    }
}
