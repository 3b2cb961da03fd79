//! Listings: their forms, filters and namespaces, and the hint where something else is.

use super::{both_ways, objects};
use crate::bin;
use crate::stack::Stack;

#[test]
fn a_variable_that_is_empty_says_nothing() {
    let stack = Stack::with_busybox();
    let (root, state) = (stack.path("lib"), stack.path("run"));
    for args in [&["info", "--format", "json"][..], &["run", "--rm", "busybox", "echo", "{}"]] {
        let mut command = bin::command("ctrd");
        command.args(args).env("CTRD_ROOT", &root).env("CTRD_STATE", &state);
        for name in ["CTRD_ADDRESS", "CTRD_NAMESPACE", "CTRD_TRACE"] {
            command.env(name, "");
        }
        let told = objects(&bin::run(&mut command).ok());
        if args[0] == "info" {
            assert_eq!(told[0]["address"], stack.address().to_str().unwrap());
            assert_eq!(told[0]["namespace"], "default");
        }
    }
    let bad = stack.run(&["--namespace", "", "ps"]).fails(1);
    assert!(bad.contains("namespace"), "{bad}");
}

#[test]
fn every_listing_has_every_form() {
    both_ways(|stack, how| {
        stack.run(&["create", "--name", "it-form", "--label", "team=a", "busybox", "true"]).ok();
        for (verb, least) in [
            (&["ps"][..], 1),
            (&["container", "ls"], 1),
            (&["task", "ls"], 0),
            (&["image", "ls"], 1),
            (&["images"], 1),
            (&["content", "ls"], 3),
            (&["content", "active"], 0),
            (&["snapshot", "ls"], 2),
            (&["snapshot", "usage"], 2),
            (&["lease", "ls"], 0),
            (&["namespace", "ls"], 1),
            (&["plugins", "ls"], 5),
            (&["shim", "ls"], 0),
            (&["image", "usage"], 1),
            (&["image", "check"], 1),
        ] {
            let with = |more: &[&str]| stack.run(&[verb, more].concat()).ok();
            let table = with(&[]);
            let heading = table.lines().next().expect("a heading");
            assert_eq!(heading, heading.to_uppercase(), "{how}: {verb:?}");
            let all = objects(&with(&["--format", "json"]));
            assert!(all.len() >= least, "{how}: {verb:?}: {all:?}");
            assert_eq!(table.lines().count(), all.len() + 1, "{how}: {verb:?}");
            assert_eq!(with(&["-q"]).lines().count(), all.len(), "{how}: {verb:?}");
            assert_eq!(with(&["-q", "--filter", "nothing==here"]), "", "{how}: {verb:?}");
            let broken = stack.run(&[verb, &["--filter", "a=="]].concat()).fails(2);
            assert!(broken.contains("filter"), "{how}: {verb:?}: {broken}");
        }
        for (filter, found) in [
            ("labels.team==a", true),
            ("label=team=a", true),
            ("label=team", true),
            ("id=it-form", true),
            ("id~=^it-,image~=busybox", true),
            ("label=team=b", false),
            ("status==running", false),
        ] {
            let got = stack.run(&["ps", "-q", "--filter", filter]).ok();
            assert_eq!(got.contains("it-form"), found, "{how}: {filter}");
        }
        stack.run(&["rm", "it-form"]).ok();
    });
}

#[test]
fn what_is_in_another_namespace_is_found_there() {
    both_ways(|stack, how| {
        let root = stack.path("busybox-root");
        let elsewhere = |args: &[&str]| stack.run(&[&["-n", "k8s.io"], args].concat());
        elsewhere(&["image", "import", "-q", "--rootfs", "--name", "pause:1", root.to_str().unwrap()]).ok();
        elsewhere(&["create", "--name", "it-there", "pause:1", "true"]).ok();
        let missing = stack.run(&["container", "inspect", "it-there"]).fails(1);
        assert!(missing.ends_with("not found (found in namespace k8s.io)"), "{how}: {missing}");
        let missing = stack.run(&["run", "pause:1"]).fails(125);
        assert!(missing.ends_with("not found (found in namespace k8s.io)"), "{how}: {missing}");
        let nowhere = stack.run(&["container", "inspect", "it-nobody"]).fails(1);
        assert!(nowhere.ends_with("not found"), "{how}: {nowhere}");
        let all = objects(&stack.run(&["ps", "-A", "--format", "json"]).ok());
        assert!(all.iter().any(|c| c["namespace"] == "k8s.io" && c["id"] == "it-there"), "{how}: {all:?}");
        let table = stack.run(&["images", "-A"]).ok();
        assert!(
            table.starts_with("NAMESPACE") && table.lines().any(|l| l.starts_with("k8s.io ")),
            "{how}: {table}"
        );
        elsewhere(&["rm", "it-there"]).ok();
        elsewhere(&["rmi", "--sync", "pause:1"]).ok();
        stack.run(&["namespace", "rm", "k8s.io"]).ok();
    });
}

#[test]
fn flags_stand_before_and_after_arguments() {
    let stack = Stack::with_busybox();
    stack.run(&["create", "--name", "it-bothflags", "busybox", "true"]).ok();
    assert_eq!(stack.run(&["rm", "it-bothflags", "--force"]).ok(), "");
    assert_eq!(
        stack.run(&["image", "usage", "busybox", "-q"]).ok(),
        stack.run(&["image", "usage", "-q", "busybox"]).ok()
    );
    // As docker's users write it; elsewhere -a is the address.
    for line in [&["ps", "-a", "-q"][..], &["ps", "-aq"], &["container", "ls", "-qa"]] {
        stack.run(&["create", "--name", "it-bothflags", "busybox", "true"]).ok();
        assert_eq!(stack.run(line).ok(), "it-bothflags\n", "{line:?}");
        stack.run(&["rm", "it-bothflags"]).ok();
    }
}

#[test]
fn an_address_may_be_relative_as_for_ctr_it_may_not() {
    let stack = Stack::new();
    let relative = || {
        let mut command = crate::bin::command("ctrd");
        let places = ["--root", "lib", "--state", "run", "--address", "run/ctrd.sock"];
        command.current_dir(stack.dir.path()).args(places).args(["info", "--format", "json"]);
        objects(&crate::bin::run(&mut command).ok()).remove(0)
    };
    assert_eq!(relative()["server"], serde_json::Value::Null);
    let _server = stack.serve();
    assert_ne!(relative()["server"], serde_json::Value::Null);
}

/// Whatever a name holds, what is said of it is one line that does nothing to a terminal.
#[test]
fn a_name_does_not_write_on_the_terminal() {
    let stack = Stack::new();
    for verb in
        [&["rmi"][..], &["rm"], &["inspect"], &["image", "export", "-o", "/dev/null"], &["ps", "--format"]]
    {
        let done = stack.run(&[verb, &["a\nb\u{1b}[2J"]].concat());
        assert!(done.code != 0 && done.stderr.trim_end().lines().count() == 1, "{verb:?}: {done:?}");
        assert!(!done.stderr.contains('\u{1b}'), "{verb:?}: {done:?}");
    }
}

/// Where the metadata cannot be had, no call is answered: told is what failed, not what is missing for it.
#[test]
fn a_service_that_is_missing_is_told_with_its_reason() {
    let stack = Stack::new();
    std::fs::create_dir_all(stack.path("lib")).expect("make the root");
    std::fs::write(stack.path("lib/io.containerd.metadata.v1.sqlite"), "").expect("a file in its place");
    let told = stack.run(&["ps"]).fails(1);
    assert!(told.contains("io.containerd.metadata.v1.sqlite: "), "{told}");
    assert!(told.ends_with("File exists") || told.ends_with("Not a directory"), "{told}");
}

#[test]
fn the_machine_is_checked() {
    let stack = Stack::new();
    let all = objects(&stack.run(&["check", "--format", "json"]).ok());
    let state = |name: &str| {
        all.iter().find(|f| f["name"] == name).unwrap_or_else(|| panic!("{name}"))["state"].clone()
    };
    for name in ["kernel", "namespaces", "seccomp", "shim", "runtime", "init", "root folder"] {
        assert_eq!(state(name), "ok", "{all:?}");
    }
    assert!(stack.run(&["check"]).ok().starts_with("CHECK"));
    let quiet = stack.run(&["check", "-q"]).ok();
    assert!(quiet.lines().skip(1).all(|line| !line.contains(" ok ")), "{quiet}");
    assert!(!stack.path("lib").exists() && !stack.path("run").exists(), "nothing was made");
    let copy = stack.path("ctrd");
    std::process::Command::new("cp").arg(crate::bin::path("ctrd")).arg(&copy).status().unwrap();
    let mut lonely = std::process::Command::new(&copy);
    lonely
        .args(["--root", "/run/nothing", "--state", "/run/nothing", "check", "--format", "json"])
        .env("PATH", "/nowhere");
    let done = crate::bin::run(&mut lonely);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(objects(&done.stdout).iter().any(|f| f["name"] == "shim" && f["state"] == "missing"), "{done:?}");
}
