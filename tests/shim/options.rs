//! What the caller's options make of the runtime's command line: every one of them, and nothing else.

use std::path::{Path, PathBuf};

use ctrd_shim::any;
use ctrd_shim::api::{runc, task, types};

use super::driver::Driven;
use super::stalled::program;
use crate::{bin, traces};

/// A runtime that writes down how it is called, and does what ocirun does, but for checkpoints: the image of one is
/// a plain file, and to restore it is to run the bundle.
fn recording(dir: &Path) -> String {
    let script = format!(
        "echo \"$*\" >>{0}/calls\n\
         case \" $* \" in\n\
         *' --systemd-cgroup '*) echo 'no systemd here' >&2; exit 1 ;;\n\
         *' checkpoint '*) exec echo saved >{0}/image ;;\n\
         *' restore '*)\n\
             global=; while [ \"$1\" != restore ]; do global=\"$global $1\"; shift; done\n\
             while [ $# -gt 1 ]; do case $1 in --pid-file) pid=$2 ;; --bundle) bundle=$2 ;; esac; shift; done\n\
             exec {1} $global run --detach --pid-file \"$pid\" --bundle \"$bundle\" \"$1\" ;;\n\
         esac\n\
         exec {1} \"$@\"",
        dir.display(),
        bin::path("ocirun").display()
    );
    program(&dir.join("recording"), &script)
}

struct Lab {
    shim: Driven,
    dir: PathBuf,
}

impl Lab {
    fn new(id: &str) -> Self {
        let mut shim = Driven::new(id, &["sleep", "3000"]);
        let dir = shim.bundle.path().to_path_buf();
        shim.options.binary_name = recording(&dir);
        Self { shim, dir }
    }

    /// The calls since the last time, with what is the same in all of them left out.
    fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.join("calls")).unwrap_or_default();
        let _ = std::fs::remove_file(self.dir.join("calls"));
        let log = format!("--log {}/log.json --log-format json ", self.dir.display());
        text.lines().map(|l| l.replace(&log, "").replace(&self.dir.display().to_string(), "B")).collect()
    }
}

#[test]
fn every_option_of_a_task_reaches_the_runtime() {
    let mut lab = Lab::new("it-shimoptions");
    let root = "--root /run/containerd/runc/it";
    let plain = |lab: &Lab, root: &str, switches: &str| {
        lab.shim.create();
        lab.shim.start("");
        lab.shim.kill("", 9);
        lab.shim.wait("");
        lab.shim.delete("");
        assert_eq!(
            lab.calls(),
            [
                format!("{root} create --bundle B --pid-file B/init.pid {switches}it-shimoptions"),
                format!("{root} start it-shimoptions"),
                format!("{root} kill it-shimoptions 9"),
                format!("{root} delete it-shimoptions"),
            ]
        );
    };
    plain(&lab, root, "");
    lab.shim.options.no_pivot_root = true;
    plain(&lab, root, "--no-pivot ");
    lab.shim.options.no_new_keyring = true;
    plain(&lab, root, "--no-pivot --no-new-keyring ");
    let elsewhere = lab.dir.join("state");
    lab.shim.options.root = elsewhere.to_str().unwrap().into();
    plain(&lab, "--root B/state/it", "--no-pivot --no-new-keyring ");
    assert!(elsewhere.join("it").is_dir());

    lab.shim.options.systemd_cgroup = true;
    lab.shim.options.criu_image_path = "/images".into();
    let (_, words) = lab.shim.refused("Create", &lab.shim.request());
    assert_eq!(words, "OCI runtime create failed: recording: exit status 1");
    let calls = lab.calls();
    assert!(calls[0].starts_with("--root B/state/it --systemd-cgroup create "), "{calls:?}");
    // What `delete` will need is kept in the bundle, under the names that containerd's shim gives it.
    let kept = std::fs::read_to_string(lab.dir.join("options.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let want = serde_json::json!({
        "no_pivot_root": true, "no_new_keyring": true, "binary_name": lab.shim.options.binary_name,
        "root": lab.shim.options.root, "systemd_cgroup": true, "criu_image_path": "/images",
    });
    assert_eq!(kept, want);
    lab.shim.clean_up();
    assert_eq!(lab.calls(), ["--root B/state/it --systemd-cgroup delete --force it-shimoptions"]);
}

#[test]
fn every_option_of_a_checkpoint_reaches_the_runtime() {
    let lab = Lab::new("it-saved");
    let root = "--root /run/containerd/runc/it";
    lab.shim.create();
    lab.shim.start("");
    lab.calls();
    let save = |path: &str, options: Option<runc::CheckpointOptions>| {
        let request = task::CheckpointTaskRequest {
            id: "it-saved".into(),
            path: path.into(),
            options: options.map(|options| any::pack(&options)),
        };
        lab.shim.ok::<()>("Checkpoint", &request);
        lab.calls()
    };
    // Below what containerd's link in the bundle leads to.
    let images = ["B", "work", "criu-work"].join("/");
    assert_eq!(
        save("/i", None),
        [format!("{root} checkpoint --image-path /i --work-path {images} --leave-running it-saved")]
    );
    let all = runc::CheckpointOptions {
        exit: true,
        open_tcp: true,
        external_unix_sockets: true,
        terminal: true,
        file_locks: true,
        empty_namespaces: vec!["network".into(), "ipc".into()],
        cgroups_mode: "soft".into(),
        image_path: "/j".into(),
        work_path: "/w".into(),
        parent_path: "../p".into(),
    };
    assert_eq!(
        save("/i", Some(all)),
        [format!(
            "{root} checkpoint --image-path /j --work-path /w --parent-path ../p --tcp-established --ext-unix-sk \
             --shell-job --file-locks --manage-cgroups-mode soft --empty-ns network --empty-ns ipc it-saved"
        )]
    );
}

/// A container that is created from a checkpoint has no process until it is started.
#[test]
fn a_restore_is_the_start_of_what_was_created() {
    let mut lab = Lab::new("it-restored");
    lab.shim.options.criu_work_path = "/w".into();
    lab.shim.options.no_pivot_root = true;
    let mut request = lab.shim.request();
    request.checkpoint = "/images".into();
    request.rootfs = vec![types::Mount {
        r#type: "bind".into(),
        source: lab.dir.join("rootfs").display().to_string(),
        options: vec!["rbind".into()],
        ..Default::default()
    }];
    let created: task::CreateTaskResponse = lab.shim.ok("Create", &request);
    assert_eq!((created.pid, lab.shim.state("").pid, lab.calls().len()), (0, 0, 0));
    let exec = lab.shim.exec_request("e", &["true"]);
    lab.shim.ok::<()>("Exec", &exec);
    let pid = lab.shim.start("");
    let root = "--root /run/containerd/runc/it";
    assert_eq!(
        lab.calls(),
        [format!(
            "{root} restore --image-path /images --work-path /w --tcp-established --ext-unix-sk --file-locks --detach \
             --pid-file B/init.pid --no-pivot -no-subreaper --bundle B it-restored"
        )]
    );
    assert_eq!(lab.shim.state("").pid, pid);
    assert!(
        lab.shim
            .call::<task::StatsResponse>("Stats", &task::StatsRequest { id: "it-restored".into() })
            .is_ok()
    );
    lab.shim.start("e");
    assert_eq!(lab.shim.wait("e"), 0);
    lab.shim.kill("", 15);
    lab.shim.kill("", 9);
    assert_eq!(lab.shim.wait(""), 137);
    assert_eq!(lab.shim.delete("").pid, pid);
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&lab.dir.display().to_string()), "{mounts}");

    // One that was never started is deleted without the runtime.
    lab.shim.ok::<task::CreateTaskResponse>("Create", &request);
    lab.calls();
    assert_eq!(lab.shim.delete("").pid, 0);
    assert_eq!(lab.calls(), [""; 0]);
    drop(lab);
    traces::none_of(&["it-restored"]);
}
