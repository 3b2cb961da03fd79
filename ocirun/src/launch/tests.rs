//! Any config.json is a plan or an error.

use super::*;

/// A config.json with something of everything.
fn full() -> serde_json::Value {
    let mut full: serde_json::Value = serde_json::from_str(&crate::cmd::spec::text(None, true)).unwrap();
    let hook = serde_json::json!([{"path": "/bin/true", "args": ["true"], "env": ["A=b"], "timeout": 5}]);
    full["hooks"] =
        serde_json::json!({"createRuntime": hook, "createContainer": hook, "startContainer": hook});
    full["annotations"] = serde_json::json!({"a": "b"});
    full["linux"]["resources"] = serde_json::from_str(crate::cgroup::v1::FULL).unwrap();
    full["linux"]["sysctl"] = serde_json::json!({"net.ipv4.ip_forward": "1"});
    full["linux"]["cgroupsPath"] = "/it/x".into();
    full["linux"]["devices"] = serde_json::json!([{"path": "/dev/x", "type": "c", "major": 1, "minor": 7, "fileMode": 438, "uid": 1}]);
    full["linux"]["seccomp"] = serde_json::json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["acct"],
        "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_EQ"}]}]});
    full["process"]["rlimits"] = serde_json::json!([{"type": "RLIMIT_NOFILE", "soft": 1, "hard": 2}]);
    full["process"]["scheduler"] = serde_json::json!({"policy": "SCHED_BATCH", "nice": 1});
    full
}

/// Whatever config.json says comes to a work that ocirun-init reads back as it was, or to an error.
#[test]
fn any_config_is_a_plan_or_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("rootfs")).unwrap();
    let launch = Launch { id: "it".into(), bundle: dir.path().into(), ..Launch::default() };
    let full = full();
    let mut planned = 0;
    crate::chance::cases(5_000, |c| {
        let mut json = full.clone();
        for _ in 0..c.below(4) {
            c.change(&mut json);
        }
        let mut text = json.to_string();
        if c.one_in(4) {
            // No JSON any more, or one with a name twice.
            let at = (0..=c.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            match c.one_in(2) {
                true => text.truncate(at),
                false => text.insert_str(at, &c.text(&["{", "}", "[", "\"linux\":{},", "\"", ",", "null"])),
            }
        }
        fs::write(dir.path().join("config.json"), &text).unwrap();
        let Ok((bundle, _, boot)) = plan(&launch) else { return };
        planned += 1;
        let line = serde_json::to_string(&boot).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Bootstrap>(&line).unwrap(), boot);
        if let Some(profile) = bundle.spec.linux().as_ref().and_then(|l| l.seccomp().as_ref()) {
            let _ = crate::seccomp::compile(profile);
        }
    });
    assert!(planned > 500, "{planned}");
}
