//! The server's configuration and the plugins that it is made of: `ctrd config`, `ctrd plugins ls`.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::stack::Stack;

fn plugins(stack: &Stack) -> Vec<Value> {
    let out = stack.run(&["plugins", "ls", "--format", "json"]).ok();
    out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn status(plugins: &[Value], uri: &str) -> Option<String> {
    let found = plugins
        .iter()
        .find(|p| format!("{}.{}", p["type"].as_str().unwrap(), p["id"].as_str().unwrap()) == uri);
    found.map(|p| p["status"].as_str().unwrap().to_string())
}

/// Serves with this configuration, in a file of the stack's.
fn serving(stack: &Stack, config: &str, test: impl FnOnce()) {
    std::fs::write(stack.path("config.toml"), config).unwrap();
    let server = stack.serve_with(&["--config", stack.path("config.toml").to_str().unwrap()]);
    test();
    drop(server);
}

#[test]
fn files_of_every_version_disable_and_configure_plugins() {
    for (version, disabled, restart) in [
        ("", "native", "[plugins.restart]"),
        (
            "version = 2\n",
            "io.containerd.snapshotter.v1.native",
            "[plugins.'io.containerd.internal.v1.restart']",
        ),
        (
            "version = 3\n",
            "io.containerd.snapshotter.v1.native",
            "[plugins.'io.containerd.monitor.container.v1.restart']",
        ),
        (
            "version = 4\n",
            "io.containerd.snapshotter.v1.native",
            "[plugins.'io.containerd.monitor.container.v1.restart']",
        ),
    ] {
        let stack = Stack::new();
        let config = format!("{version}disabled_plugins = ['{disabled}']\n{restart}\ninterval = 'no time'\n");
        serving(&stack, &config, || {
            let plugins = plugins(&stack);
            assert_eq!(status(&plugins, "io.containerd.snapshotter.v1.native"), None, "{version}");
            // A plugin that cannot begin is told of, and the others go on.
            let failed = status(&plugins, "io.containerd.monitor.container.v1.restart");
            assert_eq!(failed.as_deref(), Some("error"), "{version}");
            assert_eq!(status(&plugins, "io.containerd.grpc.v1.tasks").as_deref(), Some("ok"), "{version}");
        });
    }
}

/// One that looks without a pause would do nothing else.
#[test]
fn the_restart_monitor_needs_an_interval() {
    const PLUGIN: &str = "io.containerd.monitor.container.v1.restart";
    for (interval, reason) in [
        ("0s", "interval: must be longer than 0s"),
        ("0", "interval: must be longer than 0s"),
        ("-1s", "interval: "),
        ("no time", "interval: "),
    ] {
        let stack = Stack::new();
        let section = format!("[plugins.'{PLUGIN}']\ninterval = '{interval}'\n");
        serving(&stack, &format!("version = 3\n{section}"), || {
            let plugins = plugins(&stack);
            let failed = plugins.iter().find(|p| p["id"] == "restart").unwrap();
            let text = failed.to_string();
            assert!(failed["status"] == "error" && text.contains(reason), "{interval}: {text}");
        });
        std::fs::write(
            stack.path("config.toml"),
            format!("version = 3\nrequired_plugins = ['{PLUGIN}']\n{section}"),
        )
        .unwrap();
        let line = stack.run(&["serve", "--config", stack.path("config.toml").to_str().unwrap()]).fails(1);
        assert!(line.contains(&format!("{PLUGIN}: {reason}")), "{line}");
    }
}

/// What clients look for in what plugins tell of themselves.
#[test]
fn plugins_tell_what_clients_ask_them_for() {
    let stack = Stack::new();
    serving(&stack, "version = 3\n", || {
        let plugins = plugins(&stack);
        let of = |kind: &str, id: &str| {
            let found = plugins.iter().find(|p| p["type"] == kind && p["id"] == id);
            found.unwrap_or_else(|| panic!("{kind}.{id}: {plugins:?}")).clone()
        };
        let overlay = of("io.containerd.snapshotter.v1", "overlayfs");
        let root = stack.path("lib/io.containerd.snapshotter.v1.overlayfs");
        assert_eq!(overlay["exports"]["root"], root.to_str().unwrap());
        let can = overlay["capabilities"].as_array().unwrap();
        assert!(can.iter().any(|word| word == "rebase"), "{overlay}");
        let linux = format!("linux/{}", if cfg!(target_arch = "x86_64") { "amd64" } else { "arm64" });
        assert_eq!(overlay["platforms"], serde_json::json!([linux]), "{overlay}");
        let task = of("io.containerd.runtime.v2", "task");
        assert_eq!(task["exports"]["log-uri-schemes"], "fifo,binary,binary-v2,file", "{task}");
        for (kind, id) in [("io.containerd.differ.v1", "walking"), ("io.containerd.content.v1", "content")] {
            assert_eq!(of(kind, id)["status"], "ok");
        }
    });
}

#[test]
fn what_is_required_must_begin() {
    for (config, reason) in [
        (
            "version = 3\nrequired_plugins = ['io.containerd.service.v1.tasks-service']\n\
             [plugins.'io.containerd.service.v1.tasks-service']\nrdt_config_file = '/x'\n",
            "begin required plugin io.containerd.service.v1.tasks-service: rdt_config_file: read /x: No such file",
        ),
        (
            "version = 3\nrequired_plugins = ['io.containerd.grpc.v1.cri']",
            "required plugin io.containerd.grpc.v1.cri is not included",
        ),
        ("version = 9", "version 9: not one of 1 to 4"),
        ("version = 3\nimports = ['nosuch.toml']", "nosuch.toml: No such file or directory"),
        ("version = 3\n[cgroup]\npath = '../x'", "not the path of a cgroup"),
    ] {
        let stack = Stack::new();
        std::fs::write(stack.path("config.toml"), config).unwrap();
        let done = stack.run(&["serve", "--config", stack.path("config.toml").to_str().unwrap()]);
        assert!(
            done.code == 1 && done.stderr.lines().last().unwrap_or_default().contains(reason),
            "{config}: {done:?}"
        );
    }
}

#[test]
fn what_is_needed_by_others_takes_them_with_it() {
    let stack = Stack::new();
    serving(&stack, "version = 3\ndisabled_plugins = ['io.containerd.content.v1.content']\n", || {
        let plugins = plugins(&stack);
        assert_eq!(status(&plugins, "io.containerd.grpc.v1.content").as_deref(), Some("error"));
        assert_eq!(status(&plugins, "io.containerd.grpc.v1.namespaces").as_deref(), Some("ok"));
        let ls = stack.run(&["content", "ls"]);
        assert!(ls.code != 0, "{ls:?}");
        stack.run(&["namespace", "ls"]).ok();
    });
}

#[test]
fn a_configuration_is_printed_and_read_back() {
    let stack = Stack::new();
    let at = |name: &str| stack.path(name).display().to_string();
    std::fs::create_dir(at("conf.d")).unwrap();
    std::fs::write(at("conf.d/more.toml"), "version = 3\noom_score = 7\n").unwrap();
    std::fs::write(
        at("old.toml"),
        "imports = ['conf.d/*']\ndisabled_plugins = ['cri']\n[grpc]\naddress = '/g'\n",
    )
    .unwrap();
    let migrated = stack.run(&["config", "migrate", "--config", &at("old.toml")]).ok();
    assert!(migrated.contains("version = 4") && migrated.contains("io.containerd.grpc.v1.cri"), "{migrated}");
    assert!(
        migrated.contains("[plugins.\"io.containerd.server.v1.grpc\"]") && !migrated.contains("oom_score"),
        "{migrated}"
    );
    std::fs::write(at("new.toml"), &migrated).unwrap();
    let dump = |file: &str| stack.run(&["config", "dump", "--config", &at(file)]).ok();
    assert_eq!(dump("old.toml"), dump("new.toml"));
    assert!(dump("old.toml").contains("oom_score = 7"));
    let default = stack.run(&["config", "default"]).ok();
    assert!(default.contains("startup_delay = \"100ms\""), "{default}");
    std::fs::write(at("default.toml"), &default).unwrap();
    assert_eq!(dump("default.toml"), default);
    let nosuch = stack.run(&["config", "dump", "--config", "/nosuch"]).fails(1);
    assert!(nosuch.ends_with("/nosuch: No such file or directory"), "{nosuch}");
}

#[test]
fn other_sockets() {
    let stack = Stack::with_busybox();
    let config = format!(
        "version = 2\n[grpc]\ntcp_address = '127.0.0.1:5799'\n[ttrpc]\naddress = '{}'\n",
        stack.path("elsewhere").display()
    );
    serving(&stack, &config, || {
        assert!(stack.path("elsewhere").exists() && !stack.path("run/ctrd.sock.ttrpc").exists());
        // A server of HTTP/2 answers its preface with its own settings.
        let mut tcp = TcpStream::connect("127.0.0.1:5799").unwrap();
        tcp.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
        let mut head = [0; 9];
        tcp.read_exact(&mut head).unwrap();
        assert_eq!(head[3], 4);
        // The shim's events take the other way too.
        let out = stack.run(&["run", "--rm", "busybox", "echo", "told"]).ok();
        assert_eq!(out, "told\n");
    });
}
