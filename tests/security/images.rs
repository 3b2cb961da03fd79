//! What an image says, and what lies in it under names that are looked for, changes nothing on the host.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::image;
use crate::bin;
use crate::shim::stalled::program;
use crate::stack::Stack;

/// A folder of the host with a file in it, which no image may lead to.
struct Secret(tempfile::TempDir);

impl Secret {
    fn new() -> Secret {
        // No container has anything mounted there.
        let dir = tempfile::Builder::new().prefix("ctrd-it.").tempdir_in("/var/tmp").expect("a folder");
        std::fs::write(dir.path().join("secret"), "of the host\n").expect("a file");
        Secret(dir)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("UTF-8")
    }

    /// Nothing came to it, and nothing was mounted there.
    fn is_untouched(&self) {
        let names: Vec<_> = std::fs::read_dir(self.path()).expect("a folder").flatten().collect();
        assert_eq!(names.len(), 1, "made on the host: {names:?}");
        assert_eq!(std::fs::read_to_string(self.0.path().join("secret")).expect("a file"), "of the host\n");
        let mounts = std::fs::read_to_string("/proc/self/mounts").expect("the mounts");
        assert!(!mounts.contains(self.path()), "mounted on the host: {mounts}");
    }

    /// Links that lead there, if they are followed on the host.
    fn ways(&self) -> [String; 2] {
        [self.path().to_string(), format!("../../../../../../../..{}", self.path())]
    }
}

/// CVE-2024-21626: the folder that an image has its program start in is one of the launch's own descriptors, by itself
/// or through a link.
#[test]
fn a_working_directory_is_no_descriptor() {
    let stack = Stack::new();
    let secret = Secret::new();
    let fd = |n: usize| format!("/proc/self/fd/{n}");
    let names: Vec<String> = (3..16).flat_map(|n| [format!("fd{n}"), format!("link{n}")]).collect();
    let images: Vec<(&str, Value)> = names
        .iter()
        .map(|name| {
            let dir = match name.strip_prefix("fd") {
                Some(n) => fd(n.parse().expect("a number")),
                None => format!("/{name}/sub/.."),
            };
            (name.as_str(), json!({"WorkingDir": dir}))
        })
        .collect();
    image::import(&stack, &images, |root| {
        (3..16).for_each(|n| symlink(fd(n), root.join(format!("link{n}"))).expect("a link"));
    });
    let _server = stack.serve();
    let look = format!(
        "pwd; ls -d ./../../../../../../../..{0}/secret; cat ../../../../../../..{0}/secret",
        secret.path()
    );
    let is_inside = |done: bin::Done, what: &str| {
        assert!(!done.stdout.contains("secret") && !done.stdout.contains("of the host"), "{what}: {done:?}");
    };
    for name in &names {
        is_inside(stack.run(&["run", "--rm", name, "sh", "-c", &look]), name);
    }
    stack.run(&["run", "-d", "--name", "it-cwd", "--workdir", "/", "fd3", "sleep", "3000"]).ok();
    for n in 3..32 {
        for dir in [fd(n), format!("/link{n}"), format!("/proc/1/fd/{n}")] {
            is_inside(stack.run(&["exec", "--workdir", &dir, "it-cwd", "sh", "-c", &look]), &dir);
        }
    }
    secret.is_untouched();
}

/// CVE-2026-55686, CVE-2024-5154: what the launch makes in the image's root, or mounts there, stays in there whatever
/// link the image has in its place.
#[test]
fn what_the_launch_makes_stays_in_the_image() {
    let stack = Stack::new();
    let secret = Secret::new();
    let file = stack.path("file");
    std::fs::write(&file, "mounted\n").expect("a file");
    let volume = |to: &str| format!("{}:{to}", file.display());
    let mounted = ["/etc/mtab", "/etc/resolv.conf", "/etc/hosts", "/run/x", "/link/new/file", "/tmp/.."];
    let _server = stack.serve();
    for (n, way) in secret.ways().iter().enumerate() {
        let whole = format!("whole{n}");
        image::import(&stack, &[(&whole, json!({"WorkingDir": "/link/made"}))], |root| {
            for name in ["etc/mtab", "etc/resolv.conf", "etc/hosts", "etc/hostname"] {
                symlink(format!("{way}/new-{}", name.replace('/', "-")), root.join(name)).expect("a link");
            }
            for name in ["link", "run"] {
                symlink(way, root.join(name)).expect("a link");
            }
        });
        let run = |flags: &[&str], image: &str, script: &str| {
            stack.run(&[&["run", "--rm"], flags, &[image, "sh", "-c", script]].concat())
        };
        // By the host's network its files of names are mounted; a working directory that is not there is made.
        assert_eq!(run(&["--network", "host"], &whole, "pwd").ok(), format!("{}/made\n", secret.path()));
        secret.is_untouched();
        let hosts = std::fs::read_to_string("/etc/hosts").expect("the host's names");
        assert_eq!(run(&["--network", "host"], &whole, "cat /etc/hosts").ok(), hosts);
        for at in mounted {
            let done = run(&["-v", &volume(at), "--workdir", "/"], &whole, &format!("cat {at}"));
            assert!(at.ends_with("..") || done.stdout == "mounted\n", "{at}: {done:?}");
            secret.is_untouched();
        }
        // The folders that are mounted by default.
        for name in ["dev", "sys", "proc", "tmp", "run"] {
            let image = format!("{name}{n}");
            image::import(&stack, &[(&image, json!({}))], |root| {
                let _ = std::fs::remove_dir(root.join(name));
                symlink(way, root.join(name)).expect("a link");
            });
            let done = run(&["--hostname", "h", "--tmpfs", "/tmp"], &image, "cat /*/secret");
            assert!(!done.stdout.contains("of the host"), "{name}: {done:?}");
            secret.is_untouched();
        }
    }
}

/// CVE-2022-23648: a volume that an image wants brings nothing of the host into the container, wherever it leads.
#[test]
fn volumes_of_an_image_bring_nothing_in() {
    let stack = Stack::new();
    let secret = Secret::new();
    let outside = secret.path();
    let volumes = json!({"/v": {}, "/v/../..": {}, "/w/": {}, "../../../..": {}, outside: {}, "/etc": {}, "": {}, "/fd": {}});
    image::import(&stack, &[("volumes", json!({"Volumes": volumes})), ("none", json!({}))], |root| {
        for (name, way) in [("v", outside), ("w", &secret.ways()[1]), ("fd", "/proc/self/fd/3")] {
            symlink(way, root.join(name)).expect("a link");
        }
    });
    for how in ["none", "a server"] {
        let _server = (how == "a server").then(|| stack.serve());
        let script = format!(
            "cat /v/secret /w/secret {outside}/secret; ls -A /v/ /w/; cut -d ' ' -f 5- /proc/self/mountinfo"
        );
        let seen = |image: &str| {
            let out = stack
                .run(&["run", "--rm", image, "sh", "-c", &format!("({script}) 2>/dev/null || true")])
                .ok();
            // Of an overlay the folders differ from one container to the next.
            out.lines().filter(|line| !line.starts_with("/ ")).map(str::to_string).collect::<Vec<_>>()
        };
        let (with, without) = (seen("volumes"), seen("none"));
        assert!(!with.is_empty() && with == without, "{how}: {with:#?} {without:#?}");
        assert!(
            !with.iter().any(|line| line.contains("of the host") || line.contains("secret")),
            "{with:#?}"
        );
        secret.is_untouched();
    }
}

/// CVE-2026-53488: labels of an image that are commands to the server (what to start again, and which program is to
/// run as root for its output) are not the container's.
#[test]
fn labels_of_an_image_are_no_commands() {
    let stack = Stack::new();
    let (heard, logger, config) = (stack.path("heard"), stack.path("logger"), stack.path("config.toml"));
    std::fs::create_dir(&heard).expect("a folder");
    // What a logger is told of itself is in its environment; it says by a descriptor that it is ready.
    let script = format!(": >{}/$CONTAINER_ID\nexec 5>&-\ncat >/dev/null <&3", heard.display());
    program(&logger, &script);
    let interval =
        "version = 3\n[plugins.\"io.containerd.monitor.container.v1.restart\"]\ninterval = \"50ms\"\n";
    std::fs::write(&config, interval).expect("a configuration");
    let uri = format!("binary://{}", logger.display());
    let commands = [
        ("containerd.io/restart.status", "running"),
        ("containerd.io/restart.policy", "always"),
        ("containerd.io/restart.loguri", &uri),
        ("Containerd.IO/restart.loguri", &uri),
        ("io.containerd.ctrd.log-uri", &uri),
        ("containerd.io/restart.count", "7"),
        ("io.cri-containerd.kind", "container"),
    ];
    let mut labels: serde_json::Map<String, Value> =
        commands.iter().map(|(key, value)| (key.to_string(), json!(value))).collect();
    labels.insert("org.example/kept".into(), json!("yes"));
    image::import(&stack, &[("labels", json!({"Labels": labels})), ("none", json!({}))], |_| ());
    let _server = stack.serve_with(&["--config", config.to_str().expect("UTF-8")]);
    let volume = format!("{}:/heard", heard.display());
    let count = |name: &str| {
        let text = std::fs::read_to_string(heard.join(name)).unwrap_or_default();
        text.lines().count()
    };
    let run = |id: &str, flags: &[&str], image: &str| {
        let script = format!("echo >>/heard/{id}.runs");
        let program = [image, "sh", "-c", &script];
        stack.run(&[&["run", "-d", "--name", id, "-v", &volume], flags, &program[..]].concat())
    };
    let done = run("it-obeys", &[], "labels");
    assert_eq!((done.code, done.stderr.lines().count()), (0, 1), "{done:?}");
    assert!(
        done.stderr.contains("labels of the image are left out: ") && done.stderr.contains("and 2 more"),
        "{done:?}"
    );
    let created = stack.run(&["create", "--name", "it-created", "labels", "true"]);
    assert!(
        created.code == 0 && created.stderr.contains("create it-created: labels of the image"),
        "{created:?}"
    );
    // The same labels, of somebody who may give them; before its first start they would be in the way of that.
    assert_eq!(run("it-given", &[], "none").ok(), "it-given\n");
    let given: Vec<String> = commands[..3].iter().map(|(key, value)| format!("{key}={value}")).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    stack.run(&[&["container", "label", "it-given"], &given[..]].concat()).ok();
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while count("it-given.runs") < 4 {
        assert!(
            std::time::Instant::now() < limit,
            "{:?}",
            std::fs::read_dir(&heard).unwrap().collect::<Vec<_>>()
        );
        std::thread::yield_now();
    }
    stack.run(&["rm", "-f", "it-given"]).ok();
    assert!(heard.join("it-given").exists(), "its logger was started");
    stack.run(&["wait", "it-obeys"]).ok();
    assert_eq!(count("it-obeys.runs"), 1);
    assert!(
        !heard.join("it-obeys").exists() && !heard.join("it-created").exists(),
        "a logger of the image's ran"
    );
    for id in ["it-obeys", "it-created"] {
        let inspect: Value = serde_json::from_str(&stack.run(&["inspect", id]).ok()).expect("JSON");
        assert_eq!(inspect["labels"]["org.example/kept"], "yes", "{inspect}");
        for (key, value) in commands {
            // A container in the background has a log of its own.
            assert_ne!(inspect["labels"][key], value, "{key}: {inspect}");
        }
    }
}
