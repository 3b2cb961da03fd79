//! The life of processes, as tables of facts and the steps that must follow.

use super::*;

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn exit(status: u32) -> Exit {
    Exit { status, at: NOW }
}

fn started(exec: &str) -> Step {
    Step::Started(exec.into())
}

fn gone(exec: &str) -> Step {
    Step::Exited(exec.into())
}

/// A container whose first process runs as pid 10.
fn running(own_pid_namespace: bool) -> Container {
    let mut c = Container::new("web", 10, own_pid_namespace);
    c.start(INIT).unwrap();
    assert_eq!(c.started(INIT, 10), [started(INIT)]);
    c
}

fn with_exec(c: &mut Container, exec: &str, pid: u32) {
    c.add(exec).unwrap();
    c.start(exec).unwrap();
    assert_eq!(c.started(exec, pid), [started(exec)]);
}

#[test]
fn an_exit_is_told_once() {
    let mut c = running(true);
    assert_eq!(c.find(10), Some(INIT));
    assert_eq!(c.exited(INIT, exit(3)), [gone(INIT)]);
    assert_eq!(c.process(INIT).unwrap().exit, Some(exit(3)));
    assert_eq!(c.find(10), None);
    assert_eq!(c.status(INIT).unwrap(), Status::Stopped);
}

#[test]
fn an_exit_before_start_returned_is_held() {
    let mut c = Container::new("web", 10, true);
    c.start(INIT).unwrap();
    assert_eq!(c.exited(INIT, exit(0)), []);
    assert_eq!(c.started(INIT, 10), [started(INIT), gone(INIT)]);
}

#[test]
fn an_exit_before_a_failed_start_is_told_alone() {
    let mut c = Container::new("web", 10, true);
    c.start(INIT).unwrap();
    assert_eq!(c.exited(INIT, exit(137)), []);
    assert_eq!(c.start_failed(INIT, NOW), [gone(INIT)]);
}

#[test]
fn a_created_container_may_be_killed() {
    let mut c = Container::new("web", 10, true);
    assert_eq!(c.exited(INIT, exit(137)), [gone(INIT)]);
    assert_eq!(c.start(INIT).unwrap_err().message, "cannot start a stopped process");
}

#[test]
fn the_first_process_exits_last() {
    let mut c = running(false);
    with_exec(&mut c, "a", 11);
    with_exec(&mut c, "b", 12);
    assert_eq!(c.exited(INIT, exit(0)), [Step::KillRest]);
    assert_eq!(c.status(INIT).unwrap(), Status::Running);
    assert_eq!(c.exited("b", exit(137)), [gone("b")]);
    assert_eq!(c.exited("a", exit(137)), [gone("a"), gone(INIT)]);
}

#[test]
fn no_exec_starts_after_the_first_process() {
    let mut c = running(true);
    with_exec(&mut c, "a", 11);
    c.add("late").unwrap();
    assert_eq!(c.exited(INIT, exit(0)), []);
    let refusal = c.start("late").unwrap_err();
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        (code::FAILED_PRECONDITION, "container web init process is not running: failed precondition")
    );
    assert_eq!(c.exited("a", exit(0)), [gone("a"), gone(INIT)]);
}

#[test]
fn an_exec_that_is_starting_holds_the_first_exit() {
    for works in [true, false] {
        let mut c = running(true);
        c.add("a").unwrap();
        c.start("a").unwrap();
        assert_eq!(c.exited(INIT, exit(0)), []);
        if works {
            assert_eq!(c.started("a", 11), [started("a")]);
            assert_eq!(c.exited("a", exit(137)), [gone("a"), gone(INIT)]);
        } else {
            assert_eq!(c.start_failed("a", NOW), [gone(INIT)]);
            assert_eq!(c.process("a").unwrap().exit, Some(exit(255)));
            assert_eq!(c.status("a").unwrap(), Status::Created);
            assert_eq!(c.status(INIT).unwrap(), Status::Stopped);
        }
    }
}

#[test]
fn a_fast_exec_is_told_in_order() {
    let mut c = running(true);
    c.add("a").unwrap();
    c.start("a").unwrap();
    assert_eq!(c.exited("a", exit(5)), []);
    assert_eq!(c.started("a", 11), [started("a"), gone("a")]);
}

#[test]
fn what_is_refused_when() {
    type Try = fn(&mut Container) -> Result<(), Refusal>;
    let start: Try = |c| c.start(INIT);
    let delete: Try = |c| c.delete(INIT);
    let exec: Try = |c| c.add("x");
    let pause: Try = |c| c.pause();
    let resume: Try = |c| c.may_resume();
    let checkpoint: Try = |c| c.may_checkpoint();
    let update: Try = |c| c.may_update();
    let created = Container::new("web", 10, true);
    let up = running(true);
    let mut paused = running(true);
    paused.pause().unwrap();
    assert_eq!(paused.status(INIT).unwrap(), Status::Pausing);
    paused.set_paused(true);
    let mut stopped = running(true);
    stopped.exited(INIT, exit(0));
    for (state, tries) in [
        (
            created,
            vec![
                (start, ""),
                (delete, ""),
                (exec, ""),
                (update, ""),
                (pause, "cannot pause task in created state"),
                (resume, "cannot resume task in created state"),
                (checkpoint, "cannot checkpoint a task in created state"),
            ],
        ),
        (
            up,
            vec![
                (start, "cannot start a running process"),
                (delete, "cannot delete a running process"),
                (exec, ""),
                (update, ""),
                (pause, ""),
                (resume, "cannot resume a running process"),
                (checkpoint, ""),
            ],
        ),
        (
            paused,
            vec![
                (start, "cannot start a paused process"),
                (delete, "cannot delete a paused process"),
                (exec, "cannot exec in a paused state"),
                (update, ""),
                (pause, "cannot pause a paused container"),
                (resume, ""),
                (checkpoint, ""),
            ],
        ),
        (
            stopped,
            vec![
                (start, "cannot start a stopped process"),
                (delete, ""),
                (exec, "cannot exec in a stopped state"),
                (update, "cannot update a stopped container"),
                (pause, "cannot pause a stopped container"),
                (resume, "cannot resume a stopped container"),
                (checkpoint, "cannot checkpoint a stopped container"),
            ],
        ),
    ] {
        for (call, want) in tries {
            let got = call(&mut state.clone()).err().map(|r| r.message).unwrap_or_default();
            assert_eq!(got, want, "{state:?}");
        }
    }
}

#[test]
fn who_may_be_killed() {
    let mut c = running(true);
    c.add("a").unwrap();
    assert_eq!(c.may_kill("a").unwrap_err().code, code::FAILED_PRECONDITION);
    c.start("a").unwrap();
    c.started("a", 11);
    assert_eq!(c.may_kill("a"), Ok(11));
    c.exited("a", exit(0));
    assert_eq!(c.may_kill("a").unwrap_err().code, code::NOT_FOUND);
    assert_eq!(c.may_kill("b").unwrap_err().code, code::NOT_FOUND);
    assert_eq!(c.may_kill(INIT), Ok(10));
}

#[test]
fn a_frozen_container_freezes_its_execs() {
    let mut c = running(true);
    with_exec(&mut c, "a", 11);
    c.add("b").unwrap();
    c.pause().unwrap();
    c.set_paused(true);
    assert_eq!(c.status("a").unwrap(), Status::Paused);
    assert_eq!(c.status("b").unwrap(), Status::Created);
    c.set_paused(false);
    assert_eq!(c.status("a").unwrap(), Status::Running);
}

#[test]
fn a_delete_that_failed_may_be_tried_again() {
    let mut c = running(true);
    c.exited(INIT, exit(0));
    c.delete(INIT).unwrap();
    assert_eq!(c.delete(INIT).unwrap_err().code, code::NOT_FOUND);
    c.delete_failed(INIT);
    c.delete(INIT).unwrap();
}

#[test]
fn a_created_container_that_delete_kills_is_told() {
    let mut c = Container::new("web", 10, true);
    c.delete(INIT).unwrap();
    assert_eq!(c.exited(INIT, exit(137)), [gone(INIT)]);
    assert_eq!(c.process(INIT).unwrap().phase, Phase::Deleting);
}
