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
use super::{Session, runtime};
use crate::bundle::{Bundle, Bundles};
use crate::cli::List;
use crate::client::process;
use crate::listing::{self, Row};
use crate::shim;
use crate::shim::process::{Process, companions, find};

/// How long a shim may take to answer.
const ANSWER: Duration = Duration::from_secs(1);

/// How many shims are asked at once.
const AT_ONCE: usize = 64;

pub fn ls(place: &Place, list: &List) -> Result<i32> {
    let bundles = Bundles::new(&place.state, &place.root);
    let mut all = Vec::new();
    for namespace in bundles.namespaces()? {
        for id in bundles.ids(&namespace)? {
            all.push(bundles.get(&namespace, &id)?);
        }
    }
    // Many are asked at once: those that are silent take no longer than one of them.
    let mut rows = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let bundles = &bundles;
        let asked = std::thread::scope(|scope| {
            let asked: Vec<_> = some.iter().map(|bundle| scope.spawn(move || row(bundles, bundle))).collect();
            let answers = asked.into_iter().map(|row| row.join().unwrap_or_else(|_| bail!("a thread died")));
            answers.collect::<Result<Vec<_>>>()
        });
        rows.extend(asked?);
    }
    listing::print(list, &["NAMESPACE", "CONTAINER", "STATE", "SHIM", "TASK", "ADDRESS"], &rows)?;
    Ok(0)
}

fn row(bundles: &Bundles, bundle: &Bundle) -> Result<Row> {
    let reply = shim::saved(bundle)?;
    let answer = reply.as_ref().map(|reply| ask(&reply.address, &bundle.namespace));
    let (state, answer) = match answer {
        None => ("starting", None),
        Some(Ok(answer)) => ("answers", Some(answer)),
        Some(Err(_)) => match find(bundles, bundle) {
            Some(_) => ("silent", None),
            None => ("dead", None),
        },
    };
    let shim_pid = answer.as_ref().map(|a| a.shim_pid).or_else(|| Some(find(bundles, bundle)?.pid));
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

/// Whoever looks at the task next finds its shim dead, and cleans up: here that is done at once.
pub fn end(place: &Place, id: &str) -> Result<i32> {
    let bundles = Bundles::new(&place.state, &place.root);
    let bundle = bundles.get(&place.namespace, id)?;
    if !bundle.exists() {
        bail!("container {id}: has no shim");
    }
    let others = companions(&bundles, &bundle);
    let answers = |reply: ctrd_shim::bootstrap::Reply| ask(&reply.address, &place.namespace).is_ok();
    if let Some(other) = others.first()
        && shim::saved(&bundle)?.is_some_and(answers)
    {
        bail!("its shim answers, and keeps container {other} too");
    }
    let shim = find(&bundles, &bundle);
    let runtime = runtime()?;
    let buried = runtime.block_on(async {
        let client = Session::connect(place).await?;
        // Asked before it dies: a server sees that, and may have cleaned up before it is asked.
        let (asking, name) = (client.clone(), process::Name::init(id));
        let waiting = tokio::spawn(async move { process::wait(&asking, &name).await });
        client.version().version(()).await.context("ask the server for its version")?;
        if let Some(Process { pid, .. }) = shim {
            kill(Pid::from_raw(pid as i32), Signal::SIGKILL)
                .with_context(|| format!("kill process {pid}"))?;
        }
        match waiting.await? {
            Ok(status) => Ok(status),
            Err(_) => process::wait(&client, &process::Name::init(id)).await.map_err(anyhow::Error::from),
        }
    });
    runtime.shutdown_background();
    let status = match buried {
        Ok(status) => Some(status),
        Err(_) if !bundle.exists() => None,
        Err(e) => return Err(e.context(format!("clean up after the shim of {id}"))),
    };
    listing::line(&json!({"exitStatus": status}).to_string())?;
    Ok(0)
}
