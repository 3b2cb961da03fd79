//! `ctrd shim ls` and `ctrd shim end`: the shims behind the tasks, past every service. What is known
//! comes from the bundles' files, and a shim that hangs holds nobody up.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use ctrd_shim::api::task::{ConnectRequest, ConnectResponse};
use ctrd_shim::client::Client;
use ctrd_shim::method;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::place::Place;
use super::{Session, processes, runtime};
use crate::bundle::{Bundle, Bundles};
use crate::cli::List;
use crate::client::process;
use crate::listing::{self, Row};
use crate::shim;

/// How long a shim may take to answer.
const ANSWER: Duration = Duration::from_secs(1);

pub fn ls(place: &Place, list: &List) -> Result<i32> {
    let bundles = Bundles::new(&place.state, &place.root);
    let mut rows = Vec::new();
    for namespace in bundles.namespaces()? {
        for id in bundles.ids(&namespace)? {
            rows.push(row(&bundles.get(&namespace, &id)?)?);
        }
    }
    listing::print(list, &["NAMESPACE", "CONTAINER", "STATE", "SHIM", "TASK", "ADDRESS"], &rows)?;
    Ok(0)
}

fn row(bundle: &Bundle) -> Result<Row> {
    let reply = shim::saved(bundle)?;
    let answer = reply.as_ref().map(|reply| ask(&reply.address, &bundle.namespace));
    let (state, answer) = match answer {
        None => ("starting", None),
        Some(Ok(answer)) => ("answers", Some(answer)),
        Some(Err(_)) => match find(&bundle.namespace, &bundle.id) {
            Some(_) => ("silent", None),
            None => ("dead", None),
        },
    };
    let shim_pid = answer.as_ref().map(|a| a.shim_pid).or_else(|| find(&bundle.namespace, &bundle.id));
    let task = answer.as_ref().map(|a| a.task_pid).filter(|pid| *pid != 0);
    let address = reply.map(|reply| reply.address).unwrap_or_default();
    let shown = |pid: Option<u32>| pid.map_or("-".to_string(), |pid| pid.to_string());
    let object = json!({
        "namespace": bundle.namespace, "id": bundle.id, "state": state, "pid": shim_pid, "task": task,
        "address": address, "bundle": bundle.path,
    });
    let cells = vec![
        bundle.namespace.clone(),
        bundle.id.clone(),
        state.to_string(),
        shown(shim_pid),
        shown(task),
        if address.is_empty() { "-".to_string() } else { address },
    ];
    Ok(Row { name: bundle.id.clone(), cells, object })
}

fn ask(address: &str, namespace: &str) -> Result<ConnectResponse> {
    let mut client = Client::connect(address, namespace)?;
    client.set_timeout(Some(ANSWER))?;
    let request = ConnectRequest::default();
    let answer = client.call(method::TASK_V2, "Connect", &request)?;
    answer.map_err(|status| anyhow::anyhow!(status.message))
}

/// The process of a shim, by its command line. Of several containers in one shim, only the first is
/// named there.
fn find(namespace: &str, id: &str) -> Option<u32> {
    let has = |pid: u32| {
        let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = bytes.split(|b| *b == 0).collect();
        let pair = |name: &str, value: &str| {
            words.windows(2).any(|pair| pair[0] == name.as_bytes() && pair[1] == value.as_bytes())
        };
        let program = String::from_utf8_lossy(words.first().copied().unwrap_or_default()).into_owned();
        program.rsplit('/').next().is_some_and(|name| name.contains("shim"))
            && pair("-namespace", namespace)
            && pair("-id", id)
            && !words.iter().any(|word| matches!(*word, b"start" | b"delete"))
    };
    processes::all().into_iter().map(|process| process.pid).find(|pid| has(*pid))
}

/// Whoever looks at the task next finds its shim dead, and cleans up: here that is done at once.
pub fn end(place: &Place, id: &str) -> Result<i32> {
    let bundles = Bundles::new(&place.state, &place.root);
    let bundle = bundles.get(&place.namespace, id)?;
    if !bundle.exists() {
        bail!("container {id}: has no shim");
    }
    match find(&place.namespace, id) {
        Some(pid) => {
            kill(Pid::from_raw(pid as i32), Signal::SIGKILL).with_context(|| format!("kill process {pid}"))?
        }
        None if shim::saved(&bundle)?.is_some_and(|reply| ask(&reply.address, &place.namespace).is_ok()) => {
            bail!("its shim answers, and is known by another container's name");
        }
        None => {}
    }
    let runtime = runtime()?;
    let buried = runtime.block_on(async {
        let client = Session::connect(place).await?;
        process::wait(&client, &process::Name::init(id)).await.map_err(anyhow::Error::from)
    });
    runtime.shutdown_background();
    let status = buried.with_context(|| format!("clean up after the shim of {id}"))?;
    listing::line(&json!({"exitStatus": status}).to_string())?;
    Ok(0)
}
