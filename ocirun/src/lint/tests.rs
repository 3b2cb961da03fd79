//! Files with one thing wrong each.

use serde_json::{Value, json};

use super::{Finding, Kind, lint};

/// A sound config.json.
fn sound() -> Value {
    json!({
        "ociVersion": "1.2.0",
        "root": {"path": "rootfs"},
        "process": {"cwd": "/", "args": ["sh"], "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
            "capabilities": {"bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]}},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]},
            {"destination": "/data", "type": "bind", "source": "/data", "options": ["rbind", "ro"]},
        ],
        "linux": {"namespaces": [{"type": "mount"}, {"type": "pid"}]},
    })
}

fn findings(edit: impl FnOnce(&mut Value)) -> Vec<Finding> {
    let mut config = sound();
    edit(&mut config);
    lint(config.to_string().as_bytes())
}

/// The one finding: place, kind, and what was meant.
fn one(edit: fn(&mut Value)) -> (String, Kind, String, Option<String>) {
    let found = findings(edit);
    assert_eq!(found.len(), 1, "{found:#?}");
    let Finding { path, kind, message, meant } = found[0].clone();
    (path, kind, message, meant)
}

#[test]
fn nothing_is_wrong() {
    assert_eq!(findings(|_| {}), []);
    assert_eq!(findings(|c| c["annotations"] = json!({"what.ever": "x"})), []);
    assert_eq!(findings(|c| c["linux"]["resources"] = json!(null)), []);
}

#[test]
fn unknown_names_and_what_was_meant() {
    type Edit = fn(&mut Value);
    let cases: [(Edit, &str, Option<&str>); 9] = [
        (|c| c["rootPropagation"] = json!("shared"), "rootPropagation", Some("linux.rootfsPropagation")),
        (|c| c["process"]["capabilites"] = json!({}), "process.capabilites", Some("process.capabilities")),
        (|c| c["mounts"][2]["option"] = json!([]), "mounts[2].option", Some("mounts[2].options")),
        (
            |c| c["linux"]["noNewPrivileges"] = json!(true),
            "linux.noNewPrivileges",
            Some("process.noNewPrivileges"),
        ),
        (|c| c["linux"]["resources"] = json!({"mem": {}}), "linux.resources.mem", None),
        (
            |c| c["linux"]["resources"] = json!({"memory": {"limits": 1}}),
            "linux.resources.memory.limits",
            Some("linux.resources.memory.limit"),
        ),
        (|c| c["com.example"] = json!(1), "[\"com.example\"]", None),
        (
            |c| c["process"]["user"]["additional_gids"] = json!([]),
            "process.user.additional_gids",
            Some("process.user.additionalGids"),
        ),
        // Which this program follows, and not every other.
        (
            |c| c["linux"]["resources"] = json!({"CPU": {"cpus": "0"}}),
            "linux.resources.CPU",
            Some("linux.resources.cpu"),
        ),
    ];
    for (edit, path, meant) in cases {
        let (at, kind, _, found) = one(edit);
        assert_eq!((at.as_str(), kind, found.as_deref()), (path, Kind::Unknown, meant));
    }
}

#[test]
fn what_is_refused() {
    type Edit = fn(&mut Value);
    let cases: [(Edit, &str, &str); 20] = [
        (
            |c| c["process"]["args"] = json!(["sh", 5]),
            "process.args[1]",
            "invalid type: integer `5`, expected a string",
        ),
        (|c| c["mounts"] = json!({}), "mounts", "it must be a list"),
        (|c| c["linux"]["sysctl"] = json!([]), "linux.sysctl", "it must be an object"),
        (|c| _ = c["root"].as_object_mut().unwrap().remove("path"), "root.path", "it is missing"),
        (
            |c| c["linux"]["namespaces"][1]["type"] = json!("net"),
            "linux.namespaces[1].type",
            "unknown variant `net`",
        ),
        (|c| c["process"]["cwd"] = json!("tmp"), "process.cwd", "Cwd must be an absolute path"),
        (|c| c["process"]["args"] = json!([]), "process.args", "args must not be empty"),
        (|c| c["hostname"] = json!("web"), "hostname", "without a private UTS namespace"),
        (
            |c| c["linux"]["sysctl"] = json!({"net.core.somaxconn": "1"}),
            "linux.sysctl[\"net.core.somaxconn\"]",
            "host network",
        ),
        (|c| c["linux"]["rootfsPropagation"] = json!("odd"), "linux.rootfsPropagation", "not supported"),
        (|c| c["linux"]["namespaces"][1]["type"] = json!("mount"), "linux.namespaces", "duplicated ns"),
        (
            |c| c["linux"]["uidMappings"] = json!([{"hostID": 1, "containerID": 0, "size": 1}]),
            "linux.uidMappings",
            "isn't enabled",
        ),
        (
            |c| c["hooks"] = json!({"poststop": [{"path": "/a"}, {"path": "b"}]}),
            "hooks.poststop[1].path",
            "not absolute",
        ),
        (|c| c["process"]["env"] = json!(["PATH"]), "process.env[0]", "NAME=VALUE"),
        (
            |c| c["process"]["rlimits"] = json!([{"type": "RLIMIT_CPU", "soft": 2, "hard": 1}]),
            "process.rlimits[0]",
            "above",
        ),
        (
            |c| c["process"]["capabilities"]["effective"] = json!(["CAP_CHOWN"]),
            "process.capabilities.effective",
            "not in permitted: CAP_CHOWN",
        ),
        (
            |c| c["mounts"][1]["options"] = json!(["sise=5m"]),
            "mounts[1].options[0]",
            "\"sise=5m\" is no option of tmpfs",
        ),
        (
            |c| c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_NOTIFY"}),
            "linux.seccomp",
            "default action",
        ),
        (
            |c| c["annotations"] = json!({"run.oci.mount_context_type": "odd"}),
            "annotations",
            "unknown context type",
        ),
        (|c| c["mounts"][0]["destination"] = json!("/"), "mounts[0].destination", "mounted already"),
    ];
    for (edit, path, words) in cases {
        let (at, kind, message, _) = one(edit);
        assert_eq!((at.as_str(), kind), (path, Kind::Refused), "{message}");
        assert!(message.contains(words), "{path}: {message}");
    }
}

#[test]
fn what_is_ignored() {
    type Edit = fn(&mut Value);
    let cases: [(Edit, &str, Option<&str>); 11] = [
        (|c| c["solaris"] = json!({}), "solaris", None),
        (|c| c["process"]["user"]["username"] = json!("me"), "process.user.username", None),
        (
            |c| c["process"]["capabilities"]["bounding"] = json!(["CAP_CHWON"]),
            "process.capabilities.bounding[0]",
            Some("CAP_CHOWN"),
        ),
        (
            |c| c["process"]["capabilities"]["ambient"] = json!(["CAP_KILL"]),
            "process.capabilities.ambient",
            None,
        ),
        (|c| c["process"]["consoleSize"] = json!({"height": 1, "width": 1}), "process.consoleSize", None),
        (|c| c["process"]["env"] = json!(["A=1", "B=1", "A=2"]), "process.env[0]", None),
        (|c| c["mounts"][2]["options"] = json!(["rbind", "noexce"]), "mounts[2].options[1]", Some("noexec")),
        (|c| c["mounts"][2]["options"] = json!(["ro", "rbind", "rw"]), "mounts[2].options[0]", None),
        (|c| c["mounts"][0]["destination"] = json!("/dev/x"), "mounts[0]", None),
        (|c| c["ociVersion"] = json!("1.99.0"), "ociVersion", None),
        (
            |c| c["annotations"] = json!({"run.oci.keep_original_group": "1"}),
            "annotations[\"run.oci.keep_original_group\"]",
            Some("run.oci.keep_original_groups"),
        ),
    ];
    for (edit, path, meant) in cases {
        let (at, kind, message, found) = one(edit);
        assert_eq!((at.as_str(), kind, found.as_deref()), (path, Kind::Ignored, meant), "{message}");
    }
    let seccomp = |more: Value| {
        findings(|c| {
            c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW"});
            c["linux"]["seccomp"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        })
    };
    for (more, path) in [
        (json!({"listenerPath": "/run/l"}), "linux.seccomp.listenerPath"),
        (json!({"listenerMetadata": "x"}), "linux.seccomp.listenerMetadata"),
        (
            json!({"syscalls": [{"names": ["opne"], "action": "SCMP_ACT_KILL"}]}),
            "linux.seccomp.syscalls[0].names",
        ),
    ] {
        let found = seccomp(more);
        assert_eq!(found.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), [path]);
    }
}

#[test]
fn several_at_once_and_what_is_no_json() {
    let found = findings(|c| {
        c["hostnam"] = json!("x");
        c["process"]["cwd"] = json!("");
        c["linux"]["rootfsPropagation"] = json!("odd");
    });
    let paths: Vec<_> = found.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["hostnam", "process.cwd", "linux.rootfsPropagation"]);
    let found = lint(b"{\n \"ociVersion\": ");
    assert!(found.len() == 1 && found[0].message.contains("line 2"), "{found:?}");
}
