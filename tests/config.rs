//! The file that says what a container is: in another place than the bundle (`--config`).

use serde_json::{Value, json};

use crate::bin;
use crate::commandline::text;
use crate::fixture::{self, Bundle};
use crate::runtime::Runtime;

/// A copy of the bundle's config.json that runs another program.
fn other(bundle: &Bundle, at: &std::path::Path, says: &str) {
    let config = std::fs::read(bundle.path().join("config.json")).unwrap();
    let mut config: Value = serde_json::from_slice(&config).unwrap();
    config["process"]["args"] = json!(["echo", says]);
    std::fs::write(at, config.to_string()).unwrap();
}

#[test]
fn another_file_than_config_json_is_read() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["echo", "plain"], |_| {});
    let here = fixture::temp();
    other(&bundle, &here.path().join("far.json"), "far");
    other(&bundle, &bundle.path().join("near.json"), "near");
    other(&bundle, &here.path().join("both.json"), "here");
    other(&bundle, &bundle.path().join("both.json"), "in the bundle");
    other(&bundle, &here.path().join("config.json"), "never");
    let said = |config: &[&str]| {
        let args = [&["run", "-b", text(bundle.path())], config, &["it-cf"]].concat();
        bin::run(runtime.command(&args).current_dir(here.path()))
    };
    let far = here.path().join("far.json");
    for (config, want) in [
        (&[][..], "plain\n"),
        (&["--config", "config.json"], "plain\n"),
        (&["-f", text(&far)], "far\n"),
        (&["--config=far.json"], "far\n"),
        (&["-config", "./far.json"], "far\n"),
        (&["-f", "near.json"], "near\n"),
        (&["-f", "both.json"], "here\n"),
        (&["-f", "./config.json"], "never\n"),
    ] {
        assert_eq!(said(config).ok(), want, "{config:?}");
    }
    let line = said(&["-f", "nowhere.json"]).fails(1);
    assert_eq!(line, "ocirun: error: runc run failed: open nowhere.json: no such file or directory");
    let line = said(&["-f", "./near.json"]).fails(1);
    assert_eq!(line, "ocirun: error: runc run failed: open ./near.json: no such file or directory");
    std::fs::write(here.path().join("bad.json"), "{").unwrap();
    let line = said(&["-f", "bad.json"]).fails(1);
    assert!(line.contains(&format!("parse {}: ", text(&here.path().join("bad.json")))), "{line}");
}

#[test]
fn a_bundle_needs_no_config_json_then() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["sleep", "3000"], |_| {});
    std::fs::rename(bundle.path().join("config.json"), bundle.path().join("web.json")).unwrap();
    let b = text(bundle.path());
    crate::commandline::detached(&runtime, &["create", "-b", b, "-f", "web.json", "it-cf-none"]);
    runtime.run(&["start", "it-cf-none"]).ok();
    assert_eq!(runtime.state("it-cf-none")["bundle"], b);
    assert_eq!(runtime.run(&["exec", "it-cf-none", "echo", "in"]).ok(), "in\n");
    let line = runtime.run(&["run", "-b", b, "it-cf-two"]).fails(1);
    assert!(line.contains(&format!("config.json not found in {b}")), "{line}");
}

#[test]
fn a_specification_is_written_to_the_file_that_is_named() {
    let dir = fixture::temp();
    let spec =
        |args: &[&str]| bin::run(bin::command("ocirun").arg("spec").args(args).current_dir(dir.path()));
    let bundle = dir.path().join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    spec(&["-b", "bundle", "-f", "web.json"]).ok();
    let first = std::fs::read(bundle.join("web.json")).unwrap();
    // What is named may be there; what is not, may not.
    std::fs::write(bundle.join("web.json"), "old".repeat(10_000)).unwrap();
    spec(&["-b", "bundle", "--config", "web.json"]).ok();
    assert_eq!(std::fs::read(bundle.join("web.json")).unwrap(), first);
    assert!(!bundle.join("config.json").exists());
    spec(&["-b", "bundle"]).ok();
    assert!(spec(&["-b", "bundle"]).fails(1).ends_with("File config.json exists. Remove it first"));
    let shown: Value = serde_json::from_str(&spec(&["--file", "/dev/stdout"]).ok()).expect("JSON");
    assert_eq!(shown["root"]["path"], "rootfs");
}

#[test]
fn completions_are_those_that_are_installed() {
    for (shell, file) in [("bash", "bash/ocirun"), ("zsh", "zsh/_ocirun"), ("fish", "fish/ocirun.fish")] {
        let text = bin::run(bin::command("ocirun").args(["completion", shell])).ok();
        let file = crate::generated::root().join("completions").join(file);
        assert_eq!(text, std::fs::read_to_string(file).unwrap(), "{shell}");
    }
    let line = bin::run(bin::command("ocirun").args(["completion", "tcsh"])).fails(1);
    assert!(line.contains("invalid value \"tcsh\" for flag <SHELL> (one of: bash zsh fish)"), "{line}");
}

#[test]
fn lint_says_what_run_does_not() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["echo", "ran"], |c| {
        c["rootPropagation"] = json!("shared");
        c["process"]["capabilities"]["bounding"].as_array_mut().unwrap().push(json!("CAP_CHWON"));
    });
    let lint =
        |args: &[&str]| bin::run(bin::command("ocirun").args(["lint", "-b", text(bundle.path())]).args(args));
    let done = lint(&[]);
    assert_eq!((done.code, done.stderr.as_str()), (1, ""));
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert_eq!(lines[1], "rootPropagation: unknown name; did you mean linux.rootfsPropagation?");
    assert!(lines[0].starts_with("process.capabilities.bounding["), "{lines:?}");
    assert!(lines[0].ends_with("did you mean CAP_CHOWN?") && lines.len() == 2, "{lines:?}");
    let json = lint(&["--format", "json"]);
    let findings: Vec<Value> = json.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(findings[1]["path"], "rootPropagation");
    assert_eq!(findings[1]["kind"], "unknown");
    assert_eq!(findings[1]["meant"], "linux.rootfsPropagation");
    // The specification wants unknown names to be passed over.
    let done = runtime.run(&["--log-level", "error", "run", "-b", text(bundle.path()), "it-cf-lint"]);
    assert_eq!((done.code, done.stdout.as_str(), done.stderr.as_str()), (0, "ran\n", ""));

    bundle.edit(|c| {
        c.as_object_mut().unwrap().remove("rootPropagation");
        c["process"]["capabilities"]["bounding"].as_array_mut().unwrap().pop();
    });
    assert_eq!(lint(&[]).ok(), "");
    std::fs::write(bundle.path().join("bad.json"), "{\n").unwrap();
    let done = lint(&["--config", "bad.json"]);
    assert!(done.code == 1 && done.stdout.starts_with("config.json: refused: EOF"), "{done:?}");
    let line = bin::run(bin::command("ocirun").args(["lint", "-b", "/etc"])).fails(1);
    assert_eq!(line, "ocirun: error: lint: JSON specification file config.json not found in /etc");
}

/// What lint refuses create refuses as well.
#[test]
fn lint_and_create_agree() {
    type Edit = fn(&mut Value);
    let edits: [Edit; 12] = [
        |c| c["process"]["cwd"] = json!("tmp"),
        |c| c["process"]["args"] = json!(["a", 5]),
        |c| c["process"]["env"] = json!(["NOVALUE"]),
        |c| c["process"]["capabilities"]["permitted"] = json!([]),
        |c| c["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "soft": 20, "hard": 10}]),
        |c| c["process"]["oomScoreAdj"] = json!(5000),
        |c| {
            c["mounts"]
                .as_array_mut()
                .unwrap()
                .push(json!({"destination": "/x", "type": "tmpfs", "source": "x", "options": ["sise=5"]}))
        },
        |c| {
            c["mounts"]
                .as_array_mut()
                .unwrap()
                .push(json!({"destination": "/", "type": "tmpfs", "source": "x"}))
        },
        |c| c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "net"})),
        |c| c["linux"]["rootfsPropagation"] = json!("odd"),
        |c| c["hostname"] = json!("a".repeat(80)),
        |c| c["linux"]["cgroupsPath"] = json!("/a/../b"),
    ];
    let runtime = Runtime::new();
    for (number, edit) in edits.iter().enumerate() {
        let bundle = Bundle::new(&["true"], edit);
        let done = bin::run(bin::command("ocirun").args(["lint", "-b", text(bundle.path())]));
        assert!(done.code == 1 && done.stdout.contains(": refused: "), "{number}: {done:?}");
        runtime.run(&["create", "-b", text(bundle.path()), "it-cf-agree"]).fails(1);
    }
}
