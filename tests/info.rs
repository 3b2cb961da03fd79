//! `info` and `features --probe`: what is told of this machine is what happens on it.

use std::os::unix::process::CommandExt;

use serde_json::Value;

use crate::bin;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&bin::run(bin::command("ocirun").args(args)).ok()).expect("JSON")
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|v| v.as_str().expect("a string")).collect()
}

#[test]
fn a_namespace_that_is_told_can_be_made_and_no_other() {
    let info = json(&["info", "--format", "json"]);
    let told = strings(&info["namespaces"]);
    assert!(told.contains(&"mount") && told.contains(&"pid"), "{told:?}");
    for name in ["time", "cgroup", "uts", "ipc", "network"] {
        let runtime = Runtime::new();
        let bundle = Bundle::new(&["true"], |c| {
            let list = c["linux"]["namespaces"].as_array_mut().unwrap();
            list.retain(|n| n["type"] != name);
            list.push(serde_json::json!({"type": name}));
        });
        let done = runtime.run(&["run", "-b", bundle.path().to_str().unwrap(), "it-info-ns"]);
        assert_eq!(done.code == 0, told.contains(&name), "{name}: {done:?}");
    }
}

#[test]
fn a_capability_that_is_told_can_be_had_and_no_other() {
    let features = json(&["features", "--probe"]);
    let told = strings(&features["linux"]["capabilities"]);
    let whole = json(&["features"]);
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["grep", "CapEff", "/proc/self/status"], |_| {});
    for name in strings(&whole["linux"]["capabilities"]) {
        bundle.edit(|c| {
            for set in ["bounding", "permitted", "effective"] {
                c["process"]["capabilities"][set] = serde_json::json!([name]);
            }
        });
        let done = runtime.run(&["run", "-b", bundle.path().to_str().unwrap(), "it-info-cap"]);
        assert_eq!(done.code == 0, told.contains(&name), "{name}: {done:?}");
        let why = &features["annotations"][format!("io.ctrd.unavailable.linux.capabilities.{name}")];
        assert_eq!(why.is_null(), told.contains(&name), "{name}: {why}");
    }
}

#[test]
fn features_that_are_left_out_are_explained_and_the_others_are_all_there() {
    let (whole, probed) = (json(&["features"]), json(&["features", "--probe"]));
    let info = json(&["info", "-f", "json"]);
    let missing = info["missing"].as_array().unwrap();
    let told: Vec<&str> = missing.iter().map(|m| m["what"].as_str().unwrap()).collect();
    let annotations = probed["annotations"].as_object().unwrap();
    let mut explained: Vec<&str> =
        annotations.keys().filter_map(|name| name.strip_prefix("io.ctrd.unavailable.")).collect();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    sorted.dedup();
    explained.sort_unstable();
    assert_eq!(explained, sorted);
    for place in ["/mountOptions", "/linux/namespaces", "/linux/seccomp/actions"] {
        let prefix = place[1..].replace('/', ".");
        let here = strings(probed.pointer(place).unwrap());
        for name in strings(whole.pointer(place).unwrap()) {
            let gone = told.contains(&format!("{prefix}.{name}").as_str());
            assert_eq!(here.contains(&name), !gone, "{place} {name}");
        }
    }
    for part in ["apparmor", "selinux", "intelRdt", "netDevices"] {
        let enabled = probed["linux"][part]["enabled"].as_bool().unwrap();
        assert_eq!(enabled, !told.contains(&format!("linux.{part}").as_str()), "{part}");
    }
    // Nothing that is asked by trying stays.
    assert_eq!(json(&["features", "--probe"]), probed);
}

#[test]
fn the_text_names_all_that_is_missing() {
    let text = bin::run(bin::command("ocirun").arg("info")).ok();
    for start in ["ocirun ", "kernel ", "cgroups ", "namespaces ", "seccomp ", "limits "] {
        assert!(text.lines().any(|line| line.starts_with(start)), "{start}: {text}");
    }
    for missing in json(&["info", "--format=json"])["missing"].as_array().unwrap() {
        let line = format!("  {}: {}", missing["what"].as_str().unwrap(), missing["why"].as_str().unwrap());
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
}

#[test]
fn an_ordinary_user_is_told_of_what_only_root_can() {
    let dir = fixture::temp();
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let program = dir.path().join("ocirun");
    // By cp: a descriptor of ours that writes it could be inherited by a third, and then it is busy.
    bin::run(std::process::Command::new("cp").arg(bin::path("ocirun")).arg(&program)).ok();
    let mut command = std::process::Command::new(&program);
    command.args(["features", "--probe"]).uid(1000).gid(1000);
    let features: Value = serde_json::from_str(&bin::run(&mut command).ok()).expect("JSON");
    assert_eq!(features["linux"]["netDevices"]["enabled"], false);
    assert_eq!(features["linux"]["mountExtensions"]["idmap"]["enabled"], false);
    let user = strings(&features["linux"]["namespaces"]).contains(&"user");
    // With a user namespace all capabilities are to be had, without none.
    let capabilities = strings(&features["linux"]["capabilities"]);
    assert_eq!(capabilities.contains(&"CAP_SYS_ADMIN"), user);
}
