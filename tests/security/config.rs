//! A hostile config.json: too much of everything, and words that other programs obey.

use serde_json::json;

use super::*;
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
    let bundle = Bundle::new(&["sh", "-c", "cat /proc/self/status | grep CapEff; ulimit -n"], |_| {});
    let plain = run("it-notes", &bundle).ok();
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
