//! Deadlines of callers. When one passes, its caller is told so, and what runs for it is killed: the
//! failure that follows sets the container's state right, as any other would.

use std::time::Duration;

use ctrd_shim::method::code;

use crate::container::Refusal;
use crate::rpc::{self, Caller};
use crate::serve::{Shim, Timer};
use crate::sys;

#[derive(Debug)]
pub struct Deadline {
    timer: Timer,
    /// The runtime or the logging program that the call waits for.
    child: Option<i32>,
    /// It has passed, and the caller was told.
    passed: bool,
}

/// A call has come that shall be answered within this time.
pub fn set(shim: &mut Shim, caller: Caller, nanos: i64) {
    let Ok(nanos @ 1..) = u64::try_from(nanos) else { return };
    let timer = shim.after(Duration::from_nanos(nanos), Box::new(move |shim| pass(shim, caller)));
    shim.deadlines.insert(caller, Deadline { timer, child: None, passed: false });
}

/// The call waits for this child of ours.
pub fn waits_for(shim: &mut Shim, caller: Option<Caller>, pid: i32) {
    if let Some(deadline) = caller.and_then(|caller| shim.deadlines.get_mut(&caller)) {
        deadline.child = Some(pid);
    }
}

pub fn has_passed(shim: &Shim, caller: Caller) -> bool {
    shim.deadlines.get(&caller).is_some_and(|deadline| deadline.passed)
}

/// The call is answered. False: it was already.
pub fn meet(shim: &mut Shim, caller: Caller) -> bool {
    let Some(deadline) = shim.deadlines.remove(&caller) else { return true };
    if !deadline.passed {
        shim.cancel(deadline.timer);
    }
    !deadline.passed
}

fn pass(shim: &mut Shim, caller: Caller) {
    let Some(mut deadline) = shim.deadlines.remove(&caller) else { return };
    rpc::refuse(shim, caller, Refusal::new(code::DEADLINE_EXCEEDED, "context deadline exceeded"));
    let mut only_waits = false;
    for task in shim.tasks.values_mut() {
        let before = task.waiters.len();
        task.waiters.retain(|(_, waiter)| *waiter != caller);
        only_waits |= task.waiters.len() < before;
    }
    if only_waits {
        return;
    }
    deadline.passed = true;
    // Ours as long as it was not reaped.
    if let Some(pid) = deadline.child.filter(|pid| shim.children.contains_key(pid)) {
        let _ = sys::kill(pid as u32, libc::SIGKILL as u32);
    }
    shim.deadlines.insert(caller, deadline);
}
