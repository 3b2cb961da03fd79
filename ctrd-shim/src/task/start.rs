//! Exec registers a process; Start starts it, or the container's first.

use std::path::{Path, PathBuf};

use ctrd_shim::api::events::TaskExecAdded;
use ctrd_shim::api::task::{ExecProcessRequest, StartRequest};
use ctrd_shim::method::{code, topic};
use serde_json::Value;

use crate::bundle;
use crate::cgroup::Mounted;
use crate::container::{INIT, Refusal};
use crate::host::valid_id;
use crate::oom;
use crate::publish::publish;
use crate::rpc::{Answer, Caller};
use crate::runtime;
use crate::serve::Shim;
use crate::stdio::Paths;
use crate::task::create::text;
use crate::task::launch::{Launch, Launched, launch};
use crate::task::{Io, events, failure, find};

pub fn add(shim: &mut Shim, request: ExecProcessRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    // It becomes part of file names in the bundle.
    if !valid_id(&request.exec_id) {
        return Err(Refusal::new(
            code::INVALID_ARGUMENT,
            format!("exec id {:?}: not a name", request.exec_id),
        ));
    }
    let value = request.spec.map(|any| any.value).unwrap_or_default();
    let spec = process(value, request.terminal)?;
    task.container.add(&request.exec_id)?;
    let paths = Paths {
        stdin: request.stdin,
        stdout: request.stdout,
        stderr: request.stderr,
        terminal: request.terminal,
    };
    task.io.insert(request.exec_id.clone(), Io { paths, ..Io::default() });
    task.specs.insert(request.exec_id.clone(), spec);
    let event = TaskExecAdded { container_id: request.id, exec_id: request.exec_id };
    publish(shim, topic::EXEC_ADDED, &event);
    Ok(())
}

/// The process object, with `terminal` as the request has it; otherwise as it came.
fn process(json: Vec<u8>, terminal: bool) -> Result<Vec<u8>, Refusal> {
    let wrong =
        |e: &dyn std::fmt::Display| Refusal::new(code::INVALID_ARGUMENT, format!("parse the process: {e}"));
    let mut spec: Value = serde_json::from_slice(&json).map_err(|e| wrong(&e))?;
    let Some(object) = spec.as_object_mut() else { return Err(wrong(&"not an object")) };
    if object.get("terminal").and_then(Value::as_bool).unwrap_or(false) == terminal {
        return Ok(json);
    }
    object.insert("terminal".into(), terminal.into());
    serde_json::to_vec(&spec).map_err(|e| wrong(&e))
}

pub fn start(shim: &mut Shim, caller: Caller, request: &StartRequest) -> Answer<()> {
    let task = find(shim, &request.id)?;
    task.container.start(&request.exec_id)?;
    if request.exec_id != INIT {
        exec(shim, caller, &request.id, &request.exec_id);
    } else if task.checkpoint.is_empty() {
        first(shim, caller, &request.id);
    } else {
        restore(shim, caller, &request.id);
    }
    Ok(())
}

fn first(shim: &mut Shim, caller: Caller, id: &str) {
    let Ok(task) = find(shim, id) else { return };
    let runtime = task.runtime.clone();
    let pid = task.container.process(INIT).map_or(0, |p| p.pid);
    let mut command = runtime.command("start");
    command.arg(id);
    let name = id.to_owned();
    let then = move |shim: &mut Shim, outcome: runtime::Outcome| {
        if outcome.is_ok() {
            events::started(shim, caller, &name, INIT, pid);
        } else {
            let refusal = failure("OCI runtime start failed", &outcome.reason());
            events::start_failed(shim, caller, &name, INIT, refusal);
        }
    };
    if let Err(e) = runtime::ask(shim, &runtime, command, runtime::for_caller(caller), then) {
        events::start_failed(shim, caller, id, INIT, e.into());
    }
}

fn exec(shim: &mut Shim, caller: Caller, id: &str, exec: &str) {
    let Ok(task) = find(shim, id) else { return };
    let file = task.bundle.join(format!("{exec}.process.json"));
    let pid_file = pid_file(&task.bundle, exec);
    let spec = task.specs.get(exec).cloned().unwrap_or_default();
    // An earlier one's would name somebody else.
    let written = bundle::remove(&pid_file).map_err(Into::into).and_then(|()| bundle::write(&file, &spec));
    if let Err(e) = written {
        return events::start_failed(shim, caller, id, exec, e.into());
    }
    let work = Launch {
        caller,
        id: id.into(),
        exec: exec.into(),
        bundle: task.bundle.clone(),
        paths: task.io.get(exec).map(|io| io.paths.clone()).unwrap_or_default(),
        owner: (task.options.io_uid, task.options.io_gid),
        runtime: task.runtime.clone(),
        verb: "exec",
        before: vec!["--process".into(), text(&file)],
        after: vec!["--detach".into(), "--pid-file".into(), text(&pid_file), id.into()],
        pid_file,
        failing: "OCI runtime exec failed",
    };
    let (id, exec) = (id.to_owned(), exec.to_owned());
    let then = move |shim: &mut Shim, launched: Result<Launched, Refusal>| {
        let _ = bundle::remove(&file);
        match launched {
            Ok(launched) => running(shim, caller, &id, &exec, launched),
            Err(refusal) => events::start_failed(shim, caller, &id, &exec, refusal),
        }
    };
    launch(shim, work, Box::new(then));
}

/// As in containerd's shim; but an exec may be named `init`, and that file is the first process's.
pub fn pid_file(bundle: &Path, exec: &str) -> PathBuf {
    bundle.join(if exec == "init" { "init.exec.pid".into() } else { format!("{exec}.pid") })
}

fn restore(shim: &mut Shim, caller: Caller, id: &str) {
    let Ok(task) = find(shim, id) else { return };
    let pid_file = task.bundle.join("init.pid");
    let o = &task.options;
    let image = if o.criu_image_path.is_empty() { &task.checkpoint } else { &o.criu_image_path };
    let work = if o.criu_work_path.is_empty() {
        text(&task.bundle.join("work").join("criu-work"))
    } else {
        o.criu_work_path.clone()
    };
    let mut before = vec!["--image-path".into(), image.clone(), "--work-path".into(), work];
    before.extend(["--tcp-established", "--ext-unix-sk", "--file-locks", "--detach"].map(String::from));
    before.extend(["--pid-file".into(), text(&pid_file)]);
    let mut after: Vec<String> = Vec::new();
    if o.no_pivot_root {
        after.push("--no-pivot".into());
    }
    // runc takes this long option with one dash, and so is it known.
    after.extend(["-no-subreaper".into(), "--bundle".into(), text(&task.bundle), id.into()]);
    let work = Launch {
        caller,
        id: id.into(),
        exec: INIT.into(),
        bundle: task.bundle.clone(),
        paths: task.io.get(INIT).map(|io| io.paths.clone()).unwrap_or_default(),
        owner: (o.io_uid, o.io_gid),
        runtime: task.runtime.clone(),
        pid_file,
        verb: "restore",
        before,
        after,
        failing: "OCI runtime restore failed",
    };
    let id = id.to_owned();
    let then = move |shim: &mut Shim, launched: Result<Launched, Refusal>| match launched {
        Ok(launched) => {
            let cgroups = Mounted::look().of(launched.pid);
            let oom = cgroups.as_ref().and_then(|groups| oom::Watch::new(shim, &id, groups));
            if let Ok(task) = find(shim, &id) {
                (task.cgroups, task.oom) = (cgroups, oom);
            }
            running(shim, caller, &id, INIT, launched);
        }
        Err(refusal) => events::start_failed(shim, caller, &id, INIT, refusal),
    };
    launch(shim, work, Box::new(then));
}

fn running(shim: &mut Shim, caller: Caller, id: &str, exec: &str, launched: Launched) {
    let Launched { pid, io, exit } = launched;
    if let Ok(task) = find(shim, id) {
        task.specs.remove(exec);
        task.io.insert(exec.into(), io);
    }
    events::started(shim, caller, id, exec, pid);
    if let Some(exit) = exit {
        events::happened(shim, id, exec, exit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_is_as_the_request_has_it() {
        for (json, terminal, want) in [
            (r#"{"cwd":"/"}"#, false, r#"{"cwd":"/"}"#),
            (r#"{"terminal":true, "cwd":"/"}"#, true, r#"{"terminal":true, "cwd":"/"}"#),
            (r#"{"terminal":true}"#, false, r#"{"terminal":false}"#),
            (r#"{}"#, true, r#"{"terminal":true}"#),
        ] {
            let got = process(json.into(), terminal).unwrap();
            assert_eq!(String::from_utf8(got).unwrap(), want);
        }
        assert_eq!(process(b"[]".into(), false).unwrap_err().code, code::INVALID_ARGUMENT);
        assert_eq!(process(b"".into(), false).unwrap_err().code, code::INVALID_ARGUMENT);
    }
}
