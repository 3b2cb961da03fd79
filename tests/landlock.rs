//! Landlock by annotation: what the rules do not allow, the program cannot do, whatever its rights.

use std::process::Command;

use serde_json::{Value, json};

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

fn bundle(script: &str, rules: &Value) -> Bundle {
    Bundle::new(&["/bin/sh", "-c", script], |c| {
        c["root"]["readonly"] = json!(false);
        c["annotations"] = json!({"io.ctrd.landlock": rules.to_string()});
    })
}

fn path(bundle: &Bundle) -> &str {
    bundle.path().to_str().expect("UTF-8")
}

/// Whether this kernel has it; the reason for a skip where it has not.
fn available() -> bool {
    let runtime = Runtime::new();
    let bundle = bundle("true", &json!({"paths": [{"path": "/", "access": ["all"]}]}));
    let done = runtime.run(&["run", "--bundle", path(&bundle), "it-landlock-probe"]);
    let lacks = done.stderr.contains("not implemented") || done.stderr.contains("not supported");
    if lacks {
        bin::skip("this kernel has no landlock");
    }
    !lacks
}

#[test]
fn the_program_and_those_that_join_do_what_the_rules_allow() {
    if !available() {
        return;
    }
    let runtime = Runtime::new();
    let rules = json!({"paths": [
        {"path": "/bin", "access": ["read", "execute"]},
        {"path": "/etc/passwd", "access": ["read"]},
        {"path": "/tmp", "access": ["read", "write"]},
        {"path": "/dev/null", "access": ["read", "write"]}]});
    let script = "cat /etc/passwd >/dev/null && echo reads; cat /etc/group 2>&1; echo x >/tmp/f && echo writes; \
                  echo x 2>&1 >/root/f; ls /var 2>&1";
    let once = bundle(script, &rules);
    let first = runtime.run(&["run", "--bundle", path(&once), "it-landlock-once"]);
    let bundle = bundle("exec sleep 3000", &rules);
    runtime.create("it-landlock", bundle.path());
    runtime.run(&["start", "it-landlock"]).ok();
    let done = runtime.run(&["exec", "it-landlock", "/bin/sh", "-c", script]);
    for text in [&first, &done].map(|done| format!("{}{}", done.stdout, done.stderr)) {
        assert!(text.contains("reads") && text.contains("writes"), "{text}");
        for refused in ["/etc/group", "/root/f", "/var"] {
            assert!(
                text.lines().any(|l| l.contains(refused) && l.contains("Permission denied")),
                "{refused}: {text}"
            );
        }
    }
}

#[test]
fn ports_that_are_not_named_are_closed() {
    if !available() {
        return;
    }
    let runtime = Runtime::new();
    let rules =
        json!({"paths": [{"path": "/", "access": ["all"]}], "tcpConnect": [7001], "scopes": ["signal"]});
    let bundle = bundle("nc 127.0.0.1 7001; nc 127.0.0.1 7002", &rules);
    let done = bin::run(&mut runtime.command(&["run", "--bundle", path(&bundle), "it-landlock-net"]));
    assert!(done.stderr.contains("Connection refused"), "an allowed port that nobody listens at: {done:?}");
    assert!(done.stderr.contains("Permission denied"), "{done:?}");
}

#[test]
fn rules_that_cannot_be_kept_are_refused() {
    let runtime = Runtime::new();
    for (rules, no_new_privileges, want) in [
        (json!({"paths": [{"path": "/bin", "access": ["reed"]}]}), true, "unknown access \"reed\""),
        (
            json!({"paths": [{"path": "/none", "access": ["read"]}]}),
            true,
            "landlock: /none: no such file or directory",
        ),
        (json!({"path": []}), true, "annotation io.ctrd.landlock: unknown field `path`"),
        (json!({}), false, "io.ctrd.landlock needs process.noNewPrivileges"),
    ] {
        let bundle = bundle("true", &rules);
        bundle.edit(|c| c["process"]["noNewPrivileges"] = json!(no_new_privileges));
        let said = runtime.run(&["run", "--bundle", path(&bundle), "it-landlock-bad"]).fails(1);
        assert!(said.contains(want) || said.contains("not implemented"), "{said}");
    }
}

#[test]
fn original_groups_are_kept_when_asked() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["id", "-G"], |c| {
        c["annotations"] = json!({"run.oci.keep_original_groups": "1"});
    });
    let ocirun = bin::path("ocirun");
    let mut command = Command::new("setpriv");
    command.args(["--groups", "0,4711"]).arg(ocirun).arg("--root").arg(runtime.root.path().join("state"));
    command.args(["run", "--bundle", path(&bundle), "it-keptgroups"]);
    assert_eq!(bin::run(&mut command).ok(), "0 4711\n");
    bundle.edit(|c| c["annotations"] = json!({}));
    assert_eq!(bin::run(&mut command).ok(), "0\n");
}
