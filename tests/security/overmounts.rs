//! ocirun-init where something lies over the files of procfs that it writes: what it writes arrives
//! at the kernel all the same, or is an error, and never arrives at what lies there (CVE-2019-16884,
//! CVE-2025-52881, CVE-2025-62596).
//!
//! unshare takes ocirun's part, and mounts what an attacker would have.

use std::process::Command;

use serde_json::json;

use super::*;
use crate::bin;

/// Runs `overmount`, a shell script, and then ocirun-init with the work that ocirun would tell it;
/// its output and the last line that it says.
fn init(bundle: &Bundle, overmount: &str, edit: impl Fn(&mut Value)) -> (Done, Value) {
    let runtime = Runtime::new();
    let planned = runtime.run(&["create", "--dry-run", "--bundle", path(bundle), "it-over"]).ok();
    let mut boot: Value = serde_json::from_str(&planned).expect("a Bootstrap");
    edit(&mut boot);
    let (told, said) = (bundle.path().join("told"), bundle.path().join("said"));
    std::fs::write(&told, format!("{boot}\n")).unwrap();
    let script = format!(
        "set -e; mount --make-rslave /; {overmount}\nexec {} 8 9 8<{} 9>{}",
        bin::path("ocirun-init").display(),
        told.display(),
        said.display()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--mount-proc"]);
    command.args(["bash", "-c", &script]);
    let done = bin::run(command.stdin(std::process::Stdio::null()));
    let lines = std::fs::read_to_string(&said).unwrap_or_default();
    let last = lines.lines().last().map_or(Value::Null, |line| serde_json::from_str(line).expect("a line"));
    (done, last)
}

const SYSCTL: &str = "net.ipv4.ip_unprivileged_port_start";

/// Ways to put `fake` in the place of a file below /proc: over it, over a folder on the way, and over
/// all of /proc.
fn ways(fake: &Path, file: &str) -> [String; 3] {
    let fake = fake.display();
    let parent = file.rsplit_once('/').expect("a path").0;
    [
        format!("mount --bind {fake}/{file} /proc/{file}"),
        format!("mount --bind {fake}/{parent} /proc/{parent}"),
        format!("mount --bind {fake} /proc"),
    ]
}

#[test]
fn sysctl_overmount() {
    let file = format!("sys/{}", SYSCTL.replace('.', "/"));
    let script = format!("cat /proc/{file}");
    let bundle = Bundle::new(&["sh", "-c", &script], |c| c["linux"]["sysctl"] = json!({SYSCTL: "777"}));
    let fake = bundle.path().join("fake");
    std::fs::create_dir_all(fake.join(&file).parent().unwrap()).unwrap();
    for way in ways(&fake, &file) {
        std::fs::write(fake.join(&file), "").unwrap();
        let (done, said) = init(&bundle, &way, |_| {});
        assert_eq!(done.stdout, "777\n", "{way}: {done:?} {said}");
        assert_eq!(std::fs::read_to_string(fake.join(&file)).unwrap(), "", "{way}");
    }
}

/// This kernel may have no module that takes the label, and then the write is an error; which the
/// program does not outlive. With a label that is taken it has it.
#[test]
fn label_write_error_is_fatal() {
    // The process that becomes ocirun-init is the first of its namespace.
    let file = "1/task/1/attr/exec";
    let bundle = Bundle::new(&["sh", "-c", "echo ran; cat /proc/self/attr/current"], |_| {});
    let fake = bundle.path().join("fake");
    std::fs::create_dir_all(fake.join(file).parent().unwrap()).unwrap();
    std::fs::create_dir_all(fake.join("thread-self/attr")).unwrap();
    std::fs::create_dir_all(fake.join("self/fd")).unwrap();
    let label = |boot: &mut Value| {
        // A new keyring has a label, too.
        boot["newKeyring"] = json!(false);
        boot["process"]["selinuxLabel"] = json!("it_u:it_r:it_t:s0");
    };
    let ways = ways(&fake, file).into_iter().chain([String::new()]);
    for way in ways {
        let files = [fake.join(file), fake.join("thread-self/attr/exec")];
        files.iter().for_each(|file| std::fs::write(file, "").unwrap());
        let (done, said) = init(&bundle, &way, label);
        if Path::new("/sys/fs/selinux/enforce").exists() {
            assert!(done.stdout.contains("it_t") || said["type"] == "error", "{way}: {done:?} {said}");
        } else {
            assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{way}: {done:?} {said}");
            let doing = said["doing"].as_str().expect("an error");
            assert!(doing.contains("set selinux label it_u:it_r:it_t:s0"), "{way}: {said}");
        }
        for file in files {
            assert_eq!(std::fs::read_to_string(file).unwrap(), "", "{way}: written to what lies there");
        }
    }
}

/// The same in a container that runs, whose own processes have mounted over its /proc.
#[test]
fn label_in_a_hostile_container() {
    let over = "mkdir -p /tmp/thread-self/attr; : >/tmp/thread-self/attr/exec; mount --bind /tmp /proc; \
        [ -e /proc/thread-self/attr/exec ] && echo over >/fifo; exec sleep 3000";
    let bundle = Bundle::new(&["sh", "-c", over], |c| {
        set_caps(c, &["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE"]);
        add_mount(c, json!({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"}));
    });
    let fifo = bundle.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    bundle.edit(|c| {
        add_mount(c, json!({"destination": "/fifo", "type": "bind", "source": fifo, "options": ["bind"]}));
    });
    let runtime = Runtime::new();
    runtime.create("it-overexec", bundle.path());
    let pid = runtime.state("it-overexec")["pid"].as_i64().unwrap();
    runtime.run(&["start", "it-overexec"]).ok();
    assert_eq!(std::fs::read_to_string(&fifo).unwrap(), "over\n");
    // ocirun would refuse the label where there is no module for it: ocirun-init is asked itself.
    let boot = json!({"version": 1, "id": "it-overexec", "join": true,
        "enter": [{"fd": 10, "namespaces": ["mount"]}],
        "process": {"args": ["true"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
            "selinuxLabel": "it_u:it_r:it_t:s0"}});
    let (told, said) = (bundle.path().join("told"), bundle.path().join("said"));
    std::fs::write(&told, format!("{boot}\n")).unwrap();
    let script = format!(
        "exec {} 8 9 8<{} 9>{} 10</proc/{pid}/ns/mnt",
        bin::path("ocirun-init").display(),
        told.display(),
        said.display()
    );
    let done = bin::run(Command::new("bash").args(["-c", &script]).stdin(std::process::Stdio::null()));
    let said = std::fs::read_to_string(&said).unwrap();
    if !Path::new("/sys/fs/selinux/enforce").exists() {
        assert!(said.contains("set selinux label"), "{done:?} {said}");
    }
    let written = runtime.run(&["exec", "it-overexec", "cat", "/tmp/thread-self/attr/exec"]).ok();
    assert_eq!(written, "", "written to what lies there");
}
