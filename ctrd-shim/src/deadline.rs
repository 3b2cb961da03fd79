//! Deadlines of callers. When one passes, its caller is told so, and what runs for it is killed: the
//! failure that follows sets the container's state right, as any other would. A caller who goes away
//! while a container is made for it is no different.

use std::time::Duration;

use ctrd_shim::method::code;

use crate::container::Refusal;
use crate::rpc::{self, Caller};
use crate::serve::{Shim, Timer};
use crate::sys;

#[derive(Debug)]
pub struct Deadline {
    timer: Option<Timer>,
    /// The runtime or the logging program that the call waits for.
    child: Option<i32>,
    /// It has passed, and the caller was told or has gone.
    passed: bool,
}

/// A call has come that shall be answered within this time.
pub fn set(shim: &mut Shim, caller: Caller, nanos: i64) {
    let Ok(nanos @ 1..) = u64::try_from(nanos) else { return };
    let timer = shim.after(Duration::from_nanos(nanos), Box::new(move |shim| pass(shim, caller)));
    shim.deadlines.insert(caller, Deadline { timer: Some(timer), child: None, passed: false });
}

/// What is done for this caller is nobody else's: it is given up when the caller goes away.
pub fn for_caller_alone(shim: &mut Shim, caller: Caller) {
    shim.deadlines.entry(caller).or_insert(Deadline { timer: None, child: None, passed: false });
}

/// A connection has ended: containers that are being made for who was there nobody will ever know of.
pub fn hang_up(shim: &mut Shim, connection: u64) {
    let gone = shim.creating.values().filter(|caller| caller.connection == connection).copied();
    for caller in gone.collect::<Vec<_>>() {
        let Some(mut deadline) = shim.deadlines.remove(&caller) else { continue };
        if let Some(timer) = deadline.timer.take() {
            shim.cancel(timer);
        }
        give_up(shim, caller, deadline);
    }
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
    if let Some(timer) = deadline.timer.filter(|_| !deadline.passed) {
        shim.cancel(timer);
    }
    !deadline.passed
}

fn pass(shim: &mut Shim, caller: Caller) {
    let Some(deadline) = shim.deadlines.remove(&caller) else { return };
    rpc::refuse(shim, caller, Refusal::new(code::DEADLINE_EXCEEDED, "context deadline exceeded"));
    let mut only_waits = false;
    for task in shim.tasks.values_mut() {
        let before = task.waiters.len();
        task.waiters.retain(|(_, waiter)| *waiter != caller);
        only_waits |= task.waiters.len() < before;
    }
    if !only_waits {
        give_up(shim, caller, deadline);
    }
}

fn give_up(shim: &mut Shim, caller: Caller, mut deadline: Deadline) {
    deadline.passed = true;
    // Ours as long as it was not reaped.
    if let Some(pid) = deadline.child.filter(|pid| shim.children.contains_key(pid)) {
        let _ = sys::kill(pid as u32, libc::SIGKILL as u32);
    }
    shim.deadlines.insert(caller, deadline);
}
