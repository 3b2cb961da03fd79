//! What cannot be saved or restored: one line, and the container goes on, or nothing of it is left.

use serde_json::json;

use super::Lab;
use crate::bin;
use crate::runtime::Runtime;

#[test]
fn what_cannot_be_saved_is_told_and_goes_on() {
    if !bin::peer("criu") {
        return;
    }
    // A file of the host as standard output: CRIU cannot find it below the container's root.
    let lab = Lab::new("it-cr-no", |c| c["process"]["args"] = json!(["sleep", "3000"]));
    lab.runtime.create(lab.id, lab.bundle.path());
    lab.runtime.run(&["start", lab.id]).ok();
    let line = lab.checkpoint(&[]).fails(1);
    for word in ["checkpoint it-cr-no: criu failed: type DUMP errno", "Can't lookup mount", "work/dump.log"] {
        assert!(line.contains(word), "{line:?} lacks {word:?}");
    }
    assert!(lab.path("work/dump.log").is_file(), "callers take the log from the work folder");
    assert_eq!(lab.runtime.state(lab.id)["status"], "running");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

#[test]
fn what_cannot_be_restored_leaves_nothing() {
    if !bin::peer("criu") {
        return;
    }
    let lab = Lab::new("it-cr-broken", |_| {});
    let _talk = lab.begin();
    lab.checkpoint(&[]).ok();
    for (file, word) in [
        ("core-1.img", "criu failed: type RESTORE errno"),
        ("descriptors.json", "images/descriptors.json: no such file"),
    ] {
        let (whole, aside) = (lab.path("images").join(file), lab.path("aside"));
        std::fs::rename(&whole, &aside).unwrap();
        let pid_file = lab.text("pid");
        let (code, said) = lab.restore(&["--detach", "--pid-file", &pid_file]).ended();
        std::fs::rename(&aside, &whole).unwrap();
        assert_eq!((code, said.lines().count()), (1, 1), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(!lab.path("pid").exists());
        lab.gone();
    }
    let images = lab.text("nowhere");
    let (code, said) = lab.spawn(&["restore", "--image-path", &images, "--detach", lab.id]).ended();
    assert_eq!(code, 1);
    assert!(said.contains("nowhere: no such file or directory"), "{said}");
    lab.gone();
    assert_eq!(lab.restore(&["--detach"]).say("b"), "2 b", "the images were only read");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

#[test]
fn without_criu_there_is_one_line() {
    let lab = Lab::new("it-cr-none", |_| {});
    let mut talk = lab.begin();
    let text = r#"exec: "criu": executable file not found in $PATH"#;
    let images = lab.text("images");
    let line = bin::run(
        lab.runtime.command(&["checkpoint", "--image-path", &images, lab.id]).env("PATH", "/nonexistent"),
    )
    .fails(1);
    assert_eq!(line, format!("ocirun: error: checkpoint it-cr-none: {text}"));
    assert_eq!(talk.say("b"), "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();

    let bundle = lab.bundle.path().to_str().unwrap();
    let args = ["restore", "--bundle", bundle, "--image-path", &images, lab.id];
    let line = bin::run(lab.runtime.command(&args).env("PATH", "/nonexistent")).fails(1);
    assert_eq!(line, format!("ocirun: error: runc restore failed: {text}"));
    lab.gone();
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_is_done() {
    let lab = Lab::new("it-cr-flags", |_| {});
    let unknown = lab.checkpoint(&[]).fails(1);
    assert!(unknown.ends_with("container does not exist"), "{unknown}");
    lab.runtime.create(lab.id, lab.bundle.path());
    let created = lab.checkpoint(&[]).fails(1);
    assert!(created.ends_with("container cannot be checkpointed in created state"), "{created}");
    lab.runtime.run(&["delete", lab.id]).ok();

    let mut talk = lab.begin();
    let absolute = lab.text("before");
    for (args, why) in [
        (&["--parent-path", &absolute][..], "--parent-path must be relative"),
        (&["--parent-path", "./nowhere"], "invalid --parent-path: stat "),
        (&["--page-server", "nowhere"], "use --page-server ADDRESS:PORT"),
        (&["--page-server", "host:port"], "invalid port number"),
        (&["--manage-cgroups-mode", "softly"], "invalid manage-cgroups-mode value"),
        (&["--empty-ns", "uts"], "namespace \"uts\" is not supported"),
        (
            &["--lazy-pages", "--status-fd", "77"],
            "invalid --status-fd argument 77: adopt a descriptor: bad file descriptor",
        ),
    ] {
        let line = lab.checkpoint(args).fails(1);
        assert!(line.contains(why), "{line:?} lacks {why:?}");
    }
    assert_eq!(talk.say("b"), "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

/// Owners would be others after it.
#[test]
fn an_id_mapped_mount_is_not_saved_without_its_map() {
    let lab = Lab::new("it-cr-idmap", |_| {});
    let mut talk = lab.begin();
    lab.bundle.edit(|c| {
        c["mounts"].as_array_mut().unwrap().push(json!({"destination": "/mapped", "type": "bind",
            "source": "/tmp", "options": ["bind", "idmap"]}));
    });
    let line = lab.checkpoint(&[]).fails(1);
    assert!(line.ends_with("CRIU cannot restore the id-mapped mount /mapped"), "{line}");
    assert_eq!(talk.say("b"), "2 b");
    lab.runtime.run(&["delete", "--force", lab.id]).ok();
}

/// How engines find out what a runtime can do.
#[test]
fn probes() {
    let runtime = Runtime::new();
    assert!(runtime.run(&["checkpoint", "--help"]).ok().contains("--image-path"));
    let probe = runtime.run(&["restore", "--lsm-mount-context"]);
    let said = format!("{}{}", probe.stdout, probe.stderr);
    assert!(probe.code == 1 && said.contains("flag needs an argument: --lsm-mount-context"), "{said}");
}
