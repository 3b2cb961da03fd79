//! Containers saved and restored by ctr, and each by the other's command line.

use super::{Ctr, with_each};
use crate::bin;
use crate::verbs::checkpoint::{COUNT, next, until};

const ID: &str = "it-cck";

fn read(ctr: &Ctr) -> String {
    ctr.ctr(&["tasks", "exec", "--exec-id", "n", ID, "cat", "/n"]).stdout
}

fn count(ctr: &Ctr, want: &str) {
    let signal = || drop(ctr.ok(&["tasks", "kill", "-s", "USR1", ID]));
    assert_eq!(next(|| read(ctr), signal), want, "ctr {:?}", ctr.version);
}

fn remove(ctr: &Ctr) {
    ctr.ok(&["tasks", "rm", "-f", ID]);
    ctr.ok(&["containers", "rm", ID]);
}

#[test]
fn a_container_is_saved_and_restored() {
    if !bin::peer("criu") {
        return;
    }
    with_each(|ctr| {
        ctr.ok(&["run", "-d", "--runtime", "io.containerd.ctrd.v2", "bb:busybox", ID, "sh", "-c", COUNT]);
        until(|| read(ctr), "ready");
        count(ctr, "1");
        ctr.ok(&["containers", "checkpoint", "--rw", "--image", "--task", ID, "saved:1"]);
        count(ctr, "2");
        remove(ctr);
        // The collector leaves what the image needs.
        ctr.ok(&["images", "tag", "bb:busybox", "other:1"]);
        ctr.ok(&["images", "rm", "--sync", "other:1"]);
        ctr.ok(&["containers", "restore", "--rw", "--live", ID, "saved:1"]);
        count(ctr, "2");
        let name = ctr.ok(&["tasks", "checkpoint", ID]);
        assert!(name.starts_with("containerd.io/checkpoint/it-cck:"), "{name}");
        remove(ctr);
        // What ctr has saved ctrd restores, and the other way round.
        ctr.stack.run(&["restore", "--trust", ID, "saved:1"]).ok();
        count(ctr, "2");
        ctr.stack.run(&["checkpoint", ID, "docker.io/library/ours:1"]).ok();
        remove(ctr);
        ctr.ok(&["containers", "restore", "--rw", "--live", ID, "docker.io/library/ours:1"]);
        count(ctr, "3");
        remove(ctr);
    });
}
