//! Classes of block I/O and of Intel RDT: what a server's files say of them reaches the container.

use crate::stack::Stack;
use crate::{bin, caller};

fn serve(stack: &Stack, keys: &str) -> crate::stack::Server {
    let file = stack.path("config.toml");
    let text = format!("version = 3\n[plugins.\"io.containerd.service.v1.tasks-service\"]\n{keys}\n");
    std::fs::write(&file, text).unwrap();
    stack.serve_with(&["--config", file.to_str().unwrap()])
}

/// A disk of this machine: its path, and its number.
fn disk() -> Option<(String, String)> {
    let blocks = std::fs::read_dir("/sys/block").ok()?.flatten();
    blocks.filter_map(|entry| entry.file_name().into_string().ok()).find_map(|name| {
        let number = std::fs::read_to_string(format!("/sys/block/{name}/dev")).ok()?;
        let path = format!("/dev/{name}");
        std::path::Path::new(&path).exists().then(|| (path, number.trim().to_string()))
    })
}

#[test]
fn the_limits_of_a_class_are_those_of_its_containers() {
    let Some((path, number)) = disk() else { return bin::skip("this machine shows no disk") };
    let stack = Stack::with_busybox();
    let classes = stack.path("blockio.yaml");
    let text = format!("Classes:\n  slow:\n    - Devices: [\"{path}\"]\n      ThrottleReadBps: 50M\n");
    std::fs::write(&classes, text).unwrap();
    let server = serve(&stack, &format!("blockio_config_file = {classes:?}"));
    let run = |class: &str| {
        let script = caller::limit("blkio/blkio.throttle.read_bps_device", "io.max");
        stack.run(&["run", "--rm", "--blockio-class", class, "busybox", "sh", "-c", &script])
    };
    let limits = run("slow").ok();
    assert!(limits.starts_with(&number) && limits.contains("50000000"), "{limits}");
    let none = run("fast").fails(125);
    assert!(none.contains("class \"fast\" of block I/O: there is none (there are: slow)"), "{none}");
    let rdt = stack.run(&["run", "--rm", "--rdt-class", "gold", "busybox", "true"]).fails(125);
    assert!(rdt.contains("class \"gold\" of Intel RDT: this server has no such classes"), "{rdt}");
    drop(server);
    assert_eq!(stack.run(&["container", "ls", "-q"]).ok(), "");
}

#[test]
fn a_file_that_cannot_be_used_is_told_by_the_plugin() {
    let stack = Stack::new();
    let file = stack.path("classes.yaml");
    for (key, text, says) in [
        (
            "blockio_config_file",
            "Classes: {a: [{Weight: 5}]}",
            "class \"a\": Weight: must be from 10 to 1000",
        ),
        ("blockio_config_file", "Classes: {a: [{Wight: 50}]}", "Wight"),
        ("rdt_config_file", "partitions: {}", "Intel RDT: /sys/fs/resctrl is not mounted"),
    ] {
        if key == "rdt_config_file" && std::path::Path::new("/sys/fs/resctrl/schemata").exists() {
            continue;
        }
        std::fs::write(&file, text).unwrap();
        let server = serve(&stack, &format!("{key} = {file:?}"));
        let plugins = stack.run(&["plugins", "ls", "--format", "json"]).ok();
        let line = plugins.lines().find(|line| line.contains("tasks-service")).expect("the plugin");
        assert!(line.contains(&says.replace('"', "\\\"")), "{line}");
        drop(server);
    }
}
