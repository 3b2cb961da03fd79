//! `ctrd cp` and `ctrd diff`: files of containers that run and of those that do not.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;

use super::{both_ways, inspect, objects, sleeper};
use crate::bin;
use crate::security::Swapper;
use crate::stack::Stack;

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| format!("{}: {e}", path.display()))
}

/// The paths of `ctrd cp` on the host, in a folder of the stack.
fn host(stack: &Stack) -> String {
    let dir = stack.path("host");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(dir.join("tree/sub")).unwrap();
    std::fs::write(dir.join("tree/sub/file"), "in a tree\n").unwrap();
    std::fs::write(dir.join("file"), "of the host\n").unwrap();
    dir.display().to_string()
}

#[test]
fn files_go_in_and_out() {
    both_ways(|stack, how| {
        let dir = host(stack);
        sleeper(stack, "it-cp-files");
        for state in ["running", "stopped"] {
            let cp = |args: &[&str]| stack.run(&[&["cp"], args].concat());
            let exists = |path: &str| Path::new(&format!("{dir}/{path}")).exists();
            cp(&[&format!("{dir}/file"), "it-cp-files:/tmp/in"]).ok();
            cp(&[&format!("{dir}/tree"), "it-cp-files:/tmp"]).ok();
            cp(&[&format!("{dir}/tree/."), "it-cp-files:/tmp/new"]).ok();
            cp(&["it-cp-files:/tmp/in", &dir]).ok();
            assert_eq!(text(Path::new(&format!("{dir}/in"))), "of the host\n", "{how} {state}");
            cp(&["it-cp-files:tmp/tree", &format!("{dir}/back")]).ok();
            cp(&["it-cp-files:/tmp/new/sub", &dir]).ok();
            assert!(exists("back/sub/file") && exists("sub/file"), "{how} {state}");
            cp(&["it-cp-files:/tmp/in", "it-cp-files:/tmp/two"]).ok();
            // As an archive.
            let tar = cp(&["it-cp-files:/tmp/tree", "-"]);
            assert_eq!(tar.code, 0, "{tar:?}");
            let list = |tar: &str| {
                let script = "\"$0\" --root \"$1\" --state \"$2\" --address \"$3\" cp it-cp-files:/tmp/tree - | tar -t";
                let mut command = std::process::Command::new("sh");
                command.args(["-c", script]).arg(bin::path("ctrd")).arg(stack.path("lib"));
                let done = bin::run(command.arg(stack.path("run")).arg(stack.address()));
                assert!(!tar.is_empty(), "{done:?}");
                done.ok()
            };
            assert_eq!(list(&tar.stdout), "tree/\ntree/sub/\ntree/sub/file\n", "{how} {state}");
            let archive = stack.path("in.tar.gz");
            bin::run(
                std::process::Command::new("tar").arg("-C").arg(&dir).arg("-czf").arg(&archive).arg("tree"),
            )
            .ok();
            let mut into = stack.command(&["cp", "-", "it-cp-files:/var"]);
            bin::run(into.stdin(Stdio::from(std::fs::File::open(&archive).unwrap()))).ok();
            cp(&["it-cp-files:/var/tree/sub/file", &format!("{dir}/from-var")]).ok();
            assert!(exists("from-var"), "{how} {state}");
            // What is wrong is one line, and nothing is there.
            for (args, words) in [
                (["it-cp-files:/nosuch", "x"], "/nosuch: No such file or directory"),
                (["nosuch:/etc", "x"], "container nosuch: not found"),
                (["-", "it-cp-files:/nosuch"], "/nosuch: no such folder"),
                (["it-cp-files:/tmp/tree", "it-cp-files:/tmp/in"], "/tmp/in: is no folder"),
            ] {
                assert!(cp(&args).fails(1).contains(words), "{how} {state}: {args:?}");
            }
            assert!(cp(&["-", "-"]).fails(2).contains("neither side"), "{how} {state}");
            if state == "running" {
                let seen =
                    stack.run(&["exec", "it-cp-files", "cat", "/tmp/in", "/tmp/new/sub/file", "/tmp/two"]);
                assert_eq!(seen.ok(), "of the host\nin a tree\nof the host\n", "{how}");
                stack.run(&["kill", "--signal", "KILL", "it-cp-files"]).ok();
                stack.run(&["wait", "it-cp-files"]).ok();
            } else {
                assert!(
                    cp(&["it-cp-files:/proc/version", "x"]).fails(1).contains("/proc: is mounted only while")
                );
            }
        }
        stack.run(&["rm", "it-cp-files"]).ok();
    });
}

#[test]
fn a_running_container_is_seen_as_it_sees_itself() {
    let stack = Stack::with_busybox();
    let dir = host(&stack);
    let volume = format!("{dir}/tree:/data");
    let script = "mkdir /tmp/m; mount -t tmpfs m /tmp/m && echo deep >/tmp/m/x; sleep 3000";
    stack
        .run(&[
            "run",
            "-d",
            "--name",
            "it-cp-view",
            "--cap-add",
            "SYS_ADMIN",
            "-v",
            &volume,
            "busybox",
            "sh",
            "-c",
            script,
        ])
        .ok();
    stack.run(&["exec", "it-cp-view", "sh", "-c", "until [ -e /tmp/m/x ]; do :; done"]).ok();
    stack.run(&["cp", "it-cp-view:/tmp/m/x", &dir]).ok();
    assert_eq!(text(Path::new(&format!("{dir}/x"))), "deep\n");
    stack.run(&["cp", &format!("{dir}/file"), "it-cp-view:/data/new"]).ok();
    assert_eq!(text(Path::new(&format!("{dir}/tree/new"))), "of the host\n");
    // A process of its own, and not the caller's.
    let comm = stack.run(&["cp", "it-cp-view:/proc/1/comm", &format!("{dir}/comm")]);
    assert!(comm.code == 0 || comm.stderr.contains("shrank"), "{comm:?}");
}

/// Swaps two names in a container's root as fast as it can be.
fn swapper(stack: &Stack, id: &str, one: &str, other: &str) -> Swapper {
    let root = format!("/proc/{}/root", inspect(stack, id)["task"]["pid"]);
    Swapper::new(Path::new(&root).join(one), Path::new(&root).join(other))
}

/// CVE-2018-15664: a container that swaps a folder for a link to the host's while it is copied to.
#[test]
fn a_swapped_link_does_not_lead_out() {
    let stack = Stack::with_busybox();
    let dir = host(&stack);
    let victim = stack.path("victim");
    std::fs::create_dir(&victim).unwrap();
    let script = format!("mkdir /a; ln -s {} /b; exec sleep 3000", victim.display());
    stack.run(&["run", "-d", "--name", "it-cp-swap", "busybox", "sh", "-c", &script]).ok();
    stack.run(&["exec", "it-cp-swap", "sh", "-c", "until [ -L /b ]; do :; done"]).ok();
    let swapper = swapper(&stack, "it-cp-swap", "a", "b");
    let mut copied = 0;
    for n in 0..30 {
        // Some fail, where the folder is not there just then.
        let tree = stack.run(&["cp", &format!("{dir}/tree/."), &format!("it-cp-swap:/a/{n}")]);
        let file = stack.run(&["cp", &format!("{dir}/file"), "it-cp-swap:/a/file"]);
        copied += usize::from(tree.code == 0) + usize::from(file.code == 0);
    }
    let swaps = swapper.stop();
    assert!(swaps > 60 && copied > 0, "no race: {swaps} swaps, {copied} copies");
    let found: Vec<_> = std::fs::read_dir(&victim).unwrap().flatten().collect();
    assert!(found.is_empty(), "made on the host: {found:?}");
}

/// A container that swaps a file for a link to the host's, a FIFO and a device while it is read: by `cp`, `diff` and
/// `commit`, which may fail, and neither hang nor read what is the host's.
#[test]
fn a_swapped_file_is_not_read_from_the_host() {
    let stack = Stack::with_busybox();
    let dir = host(&stack);
    let secret = stack.path("secret");
    std::fs::write(&secret, "of the host alone\n").unwrap();
    for (what, make) in [
        ("link", format!("ln -s {} /d/o", secret.display())),
        ("fifo", "mkfifo /d/o".to_string()),
        // Without an end, if it were read.
        ("device", "mknod /d/o c 1 5".to_string()),
    ] {
        let id = format!("it-cp-{what}");
        let script = format!("mkdir /d; echo inside >/d/f; {make}; touch /ready; exec sleep 3000");
        stack.run(&["run", "-d", "--name", &id, "busybox", "sh", "-c", &script]).ok();
        stack.run(&["exec", &id, "sh", "-c", "until [ -e /ready ]; do :; done"]).ok();
        let swapper = swapper(&stack, &id, "d/f", "d/o");
        let mut seen = 0;
        let mut clean = |folder: &str| {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.file_type().unwrap().is_file() {
                    let text = text(&entry.path());
                    assert!("inside\n".starts_with(&text), "{what}: {text}");
                    seen += usize::from(!text.is_empty());
                }
            }
        };
        for n in 0..10 {
            for (flags, name) in [(&[][..], "given"), (&["--archive"], "kept")] {
                let out = format!("{dir}/{what}-{name}-{n}");
                stack.run(&[&["cp"], flags, &[&format!("{id}:/d"), &out]].concat());
                clean(&out);
            }
            let out = format!("{dir}/{what}-one-{n}");
            std::fs::create_dir(&out).unwrap();
            stack.run(&["cp", "--follow-link", &format!("{id}:/d/f"), &format!("{out}/f")]);
            clean(&out);
        }
        stack.run(&["diff", &id]);
        let (image, mounted) = (format!("swapped-{what}"), stack.path(&format!("mounted-{what}")));
        if stack.run(&["commit", "--no-pause", &id, &image]).code == 0 {
            std::fs::create_dir(&mounted).unwrap();
            stack.run(&["image", "mount", &image, mounted.to_str().unwrap()]).ok();
            clean(mounted.join("d").to_str().unwrap());
            stack.run(&["image", "unmount", mounted.to_str().unwrap()]).ok();
        }
        let swaps = swapper.stop();
        assert!(swaps > 60 && seen > 0, "{what}: no race: {swaps} swaps, {seen} files");
        stack.run(&["rm", "-f", &id]).ok();
    }
    assert_eq!(text(&secret), "of the host alone\n");
}

#[test]
fn what_a_container_grants_itself_does_not_come_out() {
    let stack = Stack::with_busybox();
    let dir = host(&stack);
    let script = "cp /bin/busybox /tmp/s; chown 1000:10 /tmp/s; chmod 6755 /tmp/s; mknod /tmp/null c 1 3; exec sleep 3000";
    stack.run(&["run", "-d", "--name", "it-cp-grants", "busybox", "sh", "-c", script]).ok();
    stack.run(&["exec", "it-cp-grants", "sh", "-c", "until [ -e /tmp/null ]; do :; done"]).ok();
    let out = format!("{dir}/out");
    stack.run(&["cp", "it-cp-grants:/tmp/s", &out]).ok();
    let meta = std::fs::metadata(&out).unwrap();
    assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o7777), (0, 0, 0o755));
    stack.run(&["cp", "--archive", "it-cp-grants:/tmp/s", &out]).ok();
    let meta = std::fs::metadata(&out).unwrap();
    assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o7777), (1000, 10, 0o6755));
    let device = stack.run(&["cp", "it-cp-grants:/tmp/null", &format!("{dir}/null")]).fails(1);
    assert!(device.contains("a device is copied with --archive alone"), "{device}");
    stack.run(&["cp", "--archive", "it-cp-grants:/tmp/null", &format!("{dir}/null")]).ok();
}

#[test]
fn what_was_changed_is_listed() {
    both_ways(|stack, how| {
        let script = "echo x >/new; mkdir -p /tmp/d; echo y >/tmp/d/f; rm /etc/group; chmod 600 /etc/passwd; exec sleep 3000";
        stack.run(&["run", "-d", "--name", "it-diff", "busybox", "sh", "-c", script]).ok();
        let ready = "until [ \"$(stat -c %a /etc/passwd)\" = 600 ]; do :; done";
        stack.run(&["exec", "it-diff", "sh", "-c", ready]).ok();
        let seen = |stack: &Stack| -> Vec<String> {
            let all = objects(&stack.run(&["diff", "--format", "json", "it-diff"]).ok());
            let line = |o: &serde_json::Value| {
                format!("{} {}", o["change"].as_str().unwrap(), o["path"].as_str().unwrap())
            };
            all.iter().map(line).collect()
        };
        let want = [
            "changed /etc",
            "deleted /etc/group",
            "changed /etc/passwd",
            "added /new",
            // Made for a mount.
            "added /run",
            "changed /tmp",
            "added /tmp/d",
            "added /tmp/d/f",
        ];
        assert_eq!(seen(stack), want, "{how}");
        stack.run(&["kill", "--signal", "KILL", "it-diff"]).ok();
        stack.run(&["wait", "it-diff"]).ok();
        assert_eq!(seen(stack), want, "{how}");
        assert_eq!(stack.run(&["diff", "-q", "--filter", "change==deleted", "it-diff"]).ok(), "/etc/group\n");
        let views = stack.run(&["snapshot", "ls", "-q"]).ok();
        assert!(!views.contains("diff-"), "{views}");
        stack.run(&["rm", "it-diff"]).ok();
    });
}

#[test]
fn an_image_is_mounted_and_unmounted() {
    both_ways(|stack, how| {
        let dir = stack.path("mnt");
        let _ = std::fs::create_dir(&dir);
        let target = dir.to_str().unwrap();
        let mount = |args: &[&str]| stack.run(&[&["image", "mount"], args, &["busybox", target]].concat());
        assert_eq!(mount(&[]).ok(), format!("{target}\n"), "{how}");
        assert!(dir.join("bin/busybox").exists());
        assert!(std::fs::write(dir.join("x"), "x").is_err(), "{how}: it is read-only");
        assert!(mount(&[]).fails(1).contains("an image is mounted there"), "{how}");
        stack.run(&["image", "unmount", target]).ok();
        assert!(!dir.join("bin").exists());
        mount(&["--rw"]).ok();
        std::fs::write(dir.join("x"), "x").unwrap();
        stack.run(&["image", "unmount", "--keep", target]).ok();
        assert!(stack.run(&["snapshot", "ls", "-q"]).ok().contains(target), "{how}");
        stack.run(&["image", "unmount", target]).ok();
        assert!(!stack.run(&["snapshot", "ls", "-q"]).ok().contains(target), "{how}");
        let none = stack.run(&["image", "unmount", target]).fails(1);
        assert_eq!(none, format!("ctrd: image unmount {target}: no image is mounted there"), "{how}");
    });
}
