//! The control groups above those of containers: there as long as a server, and gone with it.

use std::fs;
use std::path::Path;

use crate::stack::Stack;

const NAMESPACE: &str = "it-groups";

/// In so many hierarchies there is a group of the namespace.
fn groups() -> usize {
    let top = Path::new("/sys/fs/cgroup");
    let below = fs::read_dir(top).expect("list hierarchies").map(|entry| entry.expect("a hierarchy").path());
    below.chain([top.to_path_buf()]).filter(|dir| dir.join(NAMESPACE).is_dir()).count()
}

#[test]
fn they_stay_with_the_server_and_go_with_the_last_who_needs_them() {
    let stack = Stack::with_busybox();
    let run = |args: &[&str]| stack.run(&[&["-n", NAMESPACE], args].concat()).ok();
    let detached = ["run", "-d", "--name", "it-group", "busybox", "sleep", "3000"];

    let mut server = stack.serve();
    stack.run(&["image", "copy", "--to", NAMESPACE, "busybox"]).ok();
    assert_eq!(groups(), 0);
    run(&["run", "--rm", "busybox", "true"]);
    let all = groups();
    assert!(all > 0);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(groups(), 0);

    // Those of a container that runs on are its runtime's to remove.
    let mut server = stack.serve();
    run(&detached);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(groups(), all);
    run(&["rm", "-f", "it-group"]);
    assert_eq!(groups(), 0);

    // One that is killed leaves them to the next.
    let mut server = stack.serve();
    run(&["run", "--rm", "busybox", "true"]);
    server.kill();
    assert_eq!(groups(), all);
    let mut server = stack.serve();
    assert_eq!(server.stop(), Some(0));
    assert_eq!(groups(), 0);
}
