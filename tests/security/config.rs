//! A hostile config.json: too much of everything, and words that other programs obey.

use std::process::Command;

use serde_json::json;

use super::*;
use crate::bin;
use crate::traces::none_of;

/// CVE-2021-43784: what is long stays one value, or is refused, and never becomes something else.
#[test]
fn bad_config_manymaps() {
    let bundle = Bundle::new(&["true"], |c| {
        let maps: Vec<_> =
            (0..9000).map(|n| json!({"containerID": n, "hostID": 100000 + 2 * n, "size": 1})).collect();
        c["linux"]["uidMappings"] = json!(maps);
        c["linux"]["gidMappings"] = json!(maps);
        c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
    });
    let line = run("it-manymaps", &bundle).fails(1);
    assert!(line.contains("map"), "{line}");
    // With a path and an environment of that kind it is the same error; and with as many maps as the
    // kernel takes, whatever is long arrives as it is.
    let env = |count: usize| -> Vec<_> {
        (0..count).map(|n| json!(format!("FILL{n}={}", "x".repeat(65_528)))).collect()
    };
    let long = format!("/{}", "x/".repeat(35_000));
    bundle.edit(|c| {
        c["process"]["env"].as_array_mut().unwrap().extend(env(16));
        add_mount(c, json!({"destination": long, "type": "tmpfs", "source": "tmpfs"}));
    });
    let line = run("it-manymaps", &bundle).fails(1);
    assert!(line.contains("map"), "{line}");
    bundle.edit(|c| {
        for key in ["uidMappings", "gidMappings"] {
            // The kernel takes a page of text.
            c["linux"][key].as_array_mut().unwrap().truncate(250);
        }
    });
    let done = run("it-manymaps", &bundle);
    assert!(done.code == 1 && done.stderr.contains("file name too long"), "{}", done.stderr);
    bundle.edit(|c| {
        c["mounts"].as_array_mut().unwrap().pop();
        let script = "wc -l </proc/self/uid_map; id -u; env | grep ^FILL | wc -c";
        c["process"]["args"] = json!(["sh", "-c", script]);
    });
    let seen = run("it-manymaps", &bundle).ok();
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!((lines[0], lines[1]), ("250", "0"), "{seen}");
    assert!(lines[2].parse::<usize>().unwrap() > 1_048_000, "{seen}");
    none_of(&["it-manymaps", path(&bundle)]);
}

/// The same for a path, which no kernel takes.
#[test]
fn bad_config_longpath() {
    let long = format!("/{}", "x/".repeat(35_000));
    let bundle = Bundle::new(&["true"], |c| {
        drop_namespace(c, "network");
        c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "network", "path": long}));
    });
    let done = run("it-longpath", &bundle);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let bundle = Bundle::new(&["true"], |c| {
        add_mount(c, json!({"destination": long, "type": "tmpfs", "source": "tmpfs"}));
    });
    let done = run("it-longpath", &bundle);
    assert_ne!(done.code, 125, "{}", done.stderr);
    none_of(&["it-longpath", path(&bundle)]);
}

/// A megabyte of environment arrives whole; one variable that execve cannot pass is an error.
#[test]
fn bad_config_largeenv() {
    let fill = |c: &mut Value, count: usize, size: usize| {
        let env = c["process"]["env"].as_array_mut().unwrap();
        env.retain(|v| v.as_str().unwrap().starts_with("PATH"));
        env.extend((0..count).map(|n| json!(format!("FILL{n}={}", "x".repeat(size)))));
    };
    let bundle = Bundle::new(&["sh", "-c", "env | grep ^FILL | wc -c"], |c| fill(c, 16, 65_536 - 8));
    let size: usize = run("it-largeenv", &bundle).ok().trim().parse().unwrap();
    assert!(size > 1_048_000, "{size}");
    bundle.edit(|c| fill(c, 1, 1 << 20));
    let line = run("it-largeenv", &bundle);
    assert_ne!(line.code, 0);
    assert!(line.stderr.contains("argument list too long"), "{}", line.stderr);
    none_of(&["it-largeenv", path(&bundle)]);
}

/// CVE-2023-6476, CVE-2024-3154: an annotation is a note, not a setting.
#[test]
fn annotations_do_nothing() {
    let bundle = Bundle::new(&["sh", "-c", "grep CapEff /proc/self/status; ulimit -n; id -G"], |_| {});
    // Of a caller with groups that a container might keep.
    let run = |id: &str, bundle: &Bundle| {
        let runtime = Runtime::new();
        let mut command = Command::new("setpriv");
        command.args(["--groups", "0,4711"]).arg(bin::path("ocirun"));
        command.arg("--root").arg(runtime.root.path().join("state"));
        bin::run(command.args(["run", "--bundle", path(bundle), id]))
    };
    let plain = run("it-notes", &bundle).ok();
    assert!(plain.ends_with("\n0\n"), "{plain}");
    let victim = Victim::new(&bundle);
    let touch = format!("[('/bin/touch',['touch','{}/x'],false)]", victim.path());
    bundle.edit(|c| {
        c["annotations"] = json!({
            "org.systemd.property.ExecStartPre": touch,
            "io.kubernetes.cri-o.UnifiedCgroup.it": "memory.max=1;pids.max=0",
            "run.oci.systemd.subgroup": "../..",
            "run.oci.hooks.stderr": format!("{}/err", victim.path()),
            "run.oci.keep_original_groups": "0",
            "module.wasm.image/variant": "compat",
        });
    });
    assert_eq!(run("it-notes", &bundle).ok(), plain);
    victim.is_untouched();
    // One that is a setting is held to what a setting may be.
    bundle.edit(|c| c["annotations"] = json!({"run.oci.delegate-cgroup": "../.."}));
    let line = run("it-notes", &bundle).fails(1);
    assert!(line.contains("../.."), "{line}");
    // What would make another container of it is refused.
    for (name, words) in ocirun::annotation::REFUSED {
        bundle.edit(|c| c["annotations"] = json!({ *name: "krun" }));
        let line = run("it-notes", &bundle).fails(1);
        assert!(line.contains(&format!("annotation {name} is not supported: {words}")), "{line}");
    }
    none_of(&["it-notes", path(&bundle)]);
}

/// What no parser should take for a config.json: an error of one line, within a second, whatever it is.
#[test]
fn bad_config_text() {
    let bundle = Bundle::new(&["true"], |_| {});
    let file = bundle.path().join("config.json");
    let good = std::fs::read_to_string(&file).unwrap();
    let with = |what: &str| good.replacen('{', &format!("{{{what},"), 1);
    let runtime = Runtime::new();
    let texts = [
        String::new(),
        "\0".repeat(100),
        "[".repeat(60_000),
        "{\"a\":".repeat(60_000),
        with(&format!("\"annotations\":{}{}", "[".repeat(60_000), "]".repeat(60_000))),
        with("\"root\":{\"path\":\"/\"}"),
        with("\"linux\":{\"namespaces\":[]}"),
        with("\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\",\"user\":{\"uid\":0,\"gid\":0}}"),
        with("\"mounts\":[]"),
        good.replace("\"args\"", &format!("\"args\":[{}1],\"x\"", "1,".repeat(1_000_000))),
        good.replace("\"mounts\"", &format!("\"mounts\":[{}{{}}],\"x\"", "{},".repeat(500_000))),
        good.replace(['{', '}'], ""),
        format!("{good}{good}"),
        good.replace("1.3.0", "9.9.9"),
        good.replace("\"rootfs\"", "1e999"),
    ];
    for text in texts {
        std::fs::write(&file, &text).unwrap();
        let done = state::quick(&runtime, &["create", "--bundle", path(&bundle), "it-badtext"]);
        let shown = &text.get(..80.min(text.len())).unwrap_or_default();
        assert_ne!(done.code, 0, "{shown}");
        assert_eq!(done.stderr.lines().count(), 1, "{shown}: {}", done.stderr);
        assert!(
            !done.stderr.contains("panicked") && !done.stderr.contains("internal error"),
            "{shown}: {done:?}"
        );
    }
    none_of(&["it-badtext", path(&bundle)]);
}

/// A good config.json with something in it changed, at random: a container or an error of one line,
/// within a second.
#[test]
fn bad_config_changed() {
    let bundle = Bundle::new(&["true"], |c| {
        c["linux"]["sysctl"] = json!({"net.ipv4.ip_forward": "1"});
        c["linux"]["seccomp"] = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
            [{"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]});
        c["linux"]["devices"] = json!([{"path": "/dev/it-x", "type": "c", "major": 1, "minor": 7}]);
        c["linux"]["resources"]["pids"] = json!({"limit": 50});
        c["linux"]["resources"]["memory"] = json!({"limit": 64 << 20});
        if bin::counts_swap() {
            c["linux"]["resources"]["memory"]["swap"] = json!(64 << 20);
        }
    });
    let file = bundle.path().join("config.json");
    let good: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let runtime = Runtime::new();
    let (mut made, mut refused) = (0, 0);
    let cases = std::env::var("CTRD_CHANCE").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    crate::chance::cases(cases, |c| {
        let mut json = good.clone();
        c.change(&mut json);
        // What is shared with the machine, and where everything begins, stays as it is.
        for place in ["/linux/namespaces", "/root/path", "/linux/rootfsPropagation"] {
            match (json.pointer_mut(place), good.pointer(place)) {
                (Some(there), Some(good)) => *there = good.clone(),
                (None, None) => {}
                _ => return,
            }
        }
        std::fs::write(&file, json.to_string()).unwrap();
        let done = state::quick(&runtime, &["create", "--bundle", path(&bundle), "it-changed"]);
        assert!(
            !done.stderr.contains("panicked") && !done.stderr.contains("internal error"),
            "{json}: {done:?}"
        );
        if done.code == 0 {
            made += 1;
            runtime.run(&["delete", "--force", "it-changed"]).ok();
        } else {
            refused += 1;
            let errors = done.stderr.lines().filter(|line| line.starts_with("ocirun: error: ")).count();
            assert_eq!(errors, 1, "{json}: {done:?}");
        }
    });
    eprintln!("{made} made, {refused} refused");
    assert!(made > 0 && refused > 0, "{made} made, {refused} refused");
    none_of(&["it-changed", path(&bundle)]);
}
