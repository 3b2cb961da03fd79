//! This program's part of the launch timeline: its own span, the calls that it answers, and the
//! runtime's.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use anyhow::Result;
use ctrd_shim::trace::Trace;

use crate::command::Command;
use crate::rpc::Caller;

fn own() -> Option<&'static Trace> {
    static OWN: OnceLock<Option<Trace>> = OnceLock::new();
    OWN.get_or_init(|| Trace::of_environment("ctrd-shim")).as_ref()
}

/// Records all of a command's work as the span that what it starts is a part of.
pub fn of(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let trace = own();
    let done = work();
    if let Some(trace) = trace {
        trace.end(name);
    }
    done
}

/// Makes what `command` starts a part of this program's span.
pub fn pass_on(command: &mut Command) {
    if let Some(trace) = own() {
        set(command, trace);
    }
}

fn set(command: &mut Command, trace: &Trace) {
    for (name, value) in trace.environment() {
        command.env(name, value);
    }
}

/// Begins the span of a call of the runtime, and tells the runtime of it.
pub fn runtime(command: &mut Command) -> Option<Trace> {
    let part = own()?.part();
    set(command, &part);
    Some(part)
}

/// What the span of a call of the runtime is called: the program and the verb.
pub fn title(program: &str, command: &Command) -> String {
    let verb = command.words().find(|word| VERBS.contains(word)).unwrap_or_default();
    format!("{program} {verb}")
}

const VERBS: [&str; 12] = [
    "create",
    "start",
    "exec",
    "kill",
    "delete",
    "state",
    "pause",
    "resume",
    "ps",
    "update",
    "checkpoint",
    "restore",
];

thread_local! {
    /// When the calls came that are not answered yet.
    static ASKED: RefCell<HashMap<Caller, (String, u64)>> = RefCell::default();
}

/// A call has come. Those that wait for the program's end are no work.
pub fn asked(caller: Caller, method: &str) {
    if own().is_some() && !method.starts_with("Wait") {
        ASKED.with_borrow_mut(|asked| asked.insert(caller, (method.to_owned(), ctrd_shim::trace::now())));
    }
}

/// And is answered.
pub fn answered(caller: Caller) {
    let Some(trace) = own() else { return };
    if let Some((method, start)) = ASKED.with_borrow_mut(|asked| asked.remove(&caller)) {
        trace.did(&method, start);
    }
}
