//! Images written by somebody else's tools: what is unpacked is what that tool unpacks.

use std::path::Path;
use std::process::Command;

use crate::bin;
use crate::fixture;
use crate::stack::{Stack, tree};

fn sh(script: &str, args: &[&Path]) -> String {
    bin::run(Command::new("bash").args(["-euc", script, "sh"]).args(args)).ok()
}

/// Three layers by umoci: a root, a second one that changes and removes, a third with the rest.
const LAYERS: &str = r#"
    cd "$1"
    umoci unpack --image layout:base b1 >/dev/null
    r=b1/rootfs
    rm $r/bin/awk; rm -r $r/var; mkdir -p $r/opt/a/b $r/srv; echo one >$r/opt/a/one; echo two >$r/opt/a/b/two
    ln $r/opt/a/one $r/opt/a/hard; ln -s ../a/one $r/opt/a/soft; ln -s /nowhere/at/all $r/opt/dangling
    cp /bin/busybox $r/opt/su; chmod 6755 $r/opt/su; chmod 1777 $r/tmp; chown 1000:1001 $r/opt/a/b/two
    setfattr -n user.note -v "kept" $r/opt/a/one
    setcap cap_net_raw+ep $r/opt/su
    mknod $r/opt/null c 1 3; mknod $r/opt/loop b 7 0; mkfifo -m 640 $r/opt/fifo
    chmod 0 $r/opt/a/b; touch -d '2001-02-03 04:05:06.789' $r/opt/a/one; touch -d '1999-12-31 23:59:59' $r/opt/a
    umoci repack --image layout:two b1 >/dev/null
    umoci unpack --image layout:two b2 >/dev/null
    r=b2/rootfs
    rm -r $r/opt/a; mkdir $r/opt/a; echo new >$r/opt/a/three; rm $r/opt/dangling; echo file >$r/opt/dangling
    printf 'x%.0s' {1..150} >name; mkdir -p "$r/long/$(cat name)"; echo deep >"$r/long/$(cat name)/$(cat name)"
    echo 'ümlaut' >"$r/srv/ümlaut"; truncate -s 5M $r/srv/sparse; : >$r/srv/empty
    umoci repack --image layout:three b2 >/dev/null
    umoci unpack --image layout:three expected >/dev/null
    rm -rf b1 b2
"#;

/// Unpacks `image` of the stack through a container's snapshot and lists its tree.
fn unpacked(stack: &Stack, image: &str, snapshotter: &str) -> Vec<String> {
    let id = format!("unpacked-{snapshotter}");
    stack.run(&["container", "create", "--snapshotter", snapshotter, "--name", &id, image]).ok();
    let target = stack.path(&id);
    std::fs::create_dir(&target).expect("create the target");
    let target = target.to_str().expect("UTF-8");
    let mount = stack.run(&["snapshot", "mounts", "--snapshotter", snapshotter, target, &id]).ok();
    bin::run(Command::new("sh").args(["-c", mount.trim()])).ok();
    let lines = tree(Path::new(target));
    bin::run(Command::new("umount").arg(target)).ok();
    stack.run(&["container", "rm", &id]).ok();
    lines
}

#[test]
fn a_multi_layer_image_unpacks_as_umoci_unpacks_it() {
    if !bin::peer("umoci") {
        return;
    }
    let stack = Stack::new();
    let work = fixture::temp();
    fixture::image(work.path(), "base");
    sh(LAYERS, &[work.path()]);
    let expected = tree(&work.path().join("expected/rootfs"));
    assert!(
        expected.iter().any(|l| l.contains("device 1:3"))
            || expected.iter().any(|l| l.contains("srv/sparse"))
    );
    let archive = work.path().join("three.tar");
    sh("tar -C \"$1\" -cf \"$2\" .", &[&work.path().join("layout"), &archive]);

    let names = stack.run(&["image", "import", archive.to_str().unwrap()]).ok();
    let image = names.lines().find(|n| n.ends_with(":three")).expect("a name for each tag").to_string();
    for snapshotter in ["overlayfs", "native"] {
        let found = unpacked(&stack, &image, snapshotter);
        let missing: Vec<_> = expected.iter().filter(|l| !found.contains(l)).collect();
        let extra: Vec<_> = found.iter().filter(|l| !expected.contains(l)).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{snapshotter}: missing {missing:#?} extra {extra:#?}"
        );
    }
}

#[test]
fn every_form_of_archive_imports_from_a_file_and_from_stdin() {
    if !bin::peer("umoci") || !bin::peer("skopeo") {
        return;
    }
    let work = fixture::temp();
    let oci = fixture::image(work.path(), "base");
    let docker = work.path().join("docker.tar");
    sh(
        "skopeo --tmpdir \"$1\" copy --quiet oci:\"$1/layout\":base docker-archive:\"$2\":example.org/app:1.0",
        &[work.path(), &docker],
    );
    for (archive, name) in [(&oci, "app"), (&docker, "example.org/app:1.0")] {
        for pack in ["cat", "gzip", "zstd"] {
            let packed = work.path().join("packed");
            sh(&format!("{pack} <\"$1\" >\"$2\""), &[archive, &packed]);
            for stdin in [false, true] {
                let stack = Stack::new();
                let mut command = stack.command(&["image", "import"]);
                if !name.contains('/') {
                    command.args(["--name", name]);
                }
                if stdin {
                    command.arg("-").stdin(std::fs::File::open(&packed).unwrap());
                } else {
                    command.arg(&packed);
                }
                bin::run(&mut command).ok();
                let names = stack.run(&["image", "ls", "-q"]).ok();
                assert!(names.contains(name), "{pack} stdin={stdin}: {names}");
                let out =
                    stack.run(&["run", "--rm", names.lines().next().unwrap(), "echo $FROM_IMAGE; pwd"]).ok();
                assert_eq!(out, "yes\n/tmp\n", "{pack} stdin={stdin}");
            }
        }
    }
}
