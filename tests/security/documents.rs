//! Documents that are too large, or two things at once, at every door of ctrd.

use std::path::Path;
use std::process::Command;

use ctrd::api::images::{CreateImageRequest, Image};
use ctrd::api::types::Descriptor;
use ctrd::digest::Digest;
use serde_json::json;

use super::image::{Layout, ingest};
use crate::bin::{self, Done};
use crate::fixture;
use crate::layers::archive::Member;
use crate::stack::Stack;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What client and server may take more than they take to be there at all, in kB.
const MORE: u64 = 64 << 10;

/// The most memory that a process has had, in kB.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a field");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Runs a line of ctrd's that may have no more memory than this beyond what its code and its threads' stacks are.
fn small(stack: &Stack, line: &[&str]) -> Done {
    let ctrd = stack.command(line);
    let mut command = Command::new("prlimit");
    command.arg(format!("--data={}", (MORE << 10) * 2)).arg(ctrd.get_program()).args(ctrd.get_args());
    bin::run(command.stdin(std::process::Stdio::null()))
}

/// A file of this size, of which nothing but the beginning is there.
fn sparse(path: &Path, beginning: &[u8], size: u64) {
    std::fs::write(path, beginning).expect("write");
    std::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .and_then(|file| file.set_len(size))
        .expect("make it long");
}

/// An image by the content API, where nobody reads what is written.
fn create(stack: &Stack, name: &str, kind: &str, bytes: &[u8], size: usize) {
    ingest(stack, bytes);
    let target = Descriptor {
        media_type: kind.into(),
        digest: Digest::of(bytes).to_string(),
        size: size as i64,
        ..Descriptor::default()
    };
    let image = Image { name: name.into(), target: Some(target), ..Image::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let request = CreateImageRequest { image: Some(image), source_date_epoch: None };
        stack.client().await.images().create(request).await.expect("create the image");
    });
}

/// CVE-2023-25153: an index or a manifest of a gigabyte is refused, and costs neither side the memory.
#[test]
fn a_gigabyte_of_document_takes_no_memory() {
    let stack = Stack::new();
    let dir = fixture::temp();
    let at = |name: &str| dir.path().join(name);
    let server = stack.serve();
    stack.run(&["image", "ls"]).ok();
    let before = peak(server.pid());
    let refused = |line: &[&str]| {
        let done = small(&stack, line);
        let said = done.fails(if line[0] == "run" { 125 } else { 1 });
        assert!(said.contains(" bytes") && said.len() < 1000, "{line:?}: {said}");
        let grown = peak(server.pid()).saturating_sub(before);
        assert!(grown < MORE, "{line:?}: the server took {grown} kB more");
    };
    let size = 1u64 << 30;
    for name in ["index.json", "manifest.json", "oci-layout"] {
        let mut header = Vec::new();
        Member { size: Some(size), ..Member::new(b'0', name.as_bytes()) }.write(&mut header);
        sparse(&at("archive.tar"), &header, 512 + size + 1024);
        refused(&["image", "import", at("archive.tar").to_str().expect("UTF-8")]);
    }
    let layout = Layout::new(&at("layout"));
    sparse(&at("layout/index.json"), b"{", size);
    refused(&["image", "import", layout.path()]);

    // A manifest with nothing wrong but its length; it says so, or lies.
    let mut text =
        br#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","#.to_vec();
    text.extend(format!(r#""digest":"{}","size":2}},"layers":[]"#, Digest::of(b"{}")).bytes());
    text.resize(256 << 20, b' ');
    text.push(b'}');
    let mut manifest = layout.put("manifest.v1+json", &text);
    for told in [text.len(), 1000] {
        manifest["size"] = json!(told);
        layout.index(&manifest);
        refused(&["image", "import", "--name", "import", layout.path()]);
        let name = format!("told-{told}");
        create(&stack, &name, MANIFEST, &text, told);
        let out = at("out.tar").display().to_string();
        let mounted = at("mounted");
        std::fs::create_dir_all(&mounted).expect("a folder");
        for line in [
            &["run", "--rm", &name, "true"][..],
            &["create", &name, "true"],
            &["image", "unpack", &name],
            &["image", "inspect", &name],
            &["image", "export", "-o", &out, &name],
            &["image", "mount", &name, mounted.to_str().expect("UTF-8")],
        ] {
            refused(line);
        }
    }
    stack.run(&["namespace", "ls"]).ok();
}

/// GHSA-5j5w-g665-5m35: what could be read as an index and as a manifest is of no use, by whatever way it came.
#[test]
fn documents_of_two_minds_are_refused() {
    let stack = Stack::new();
    let dir = fixture::temp();
    let layout = Layout::new(&dir.path().join("layout"));
    let root = dir.path().join("root");
    fixture::rootfs(&root);
    let mut both = layout.manifest(&layout.layer(&root), &json!({"Cmd": ["true"]}));
    let good = both.to_string();
    both["manifests"] = json!([]);
    let both = both.to_string();
    let mut server = Some(stack.serve());
    for how in ["a server", "none"] {
        layout.index(&layout.put("manifest.v1+json", both.as_bytes()));
        let imported = stack.run(&["image", "import", "--name", "both", layout.path()]).fails(1);
        assert!(imported.contains("an index and a manifest at once"), "{how}: {imported}");
        // All that it names is there.
        layout.index(&layout.put("manifest.v1+json", good.as_bytes()));
        stack.run(&["image", "import", "--name", "good", layout.path()]).ok();
        for kind in [MANIFEST, "application/vnd.oci.image.index.v1+json"] {
            create(&stack, "both", kind, both.as_bytes(), both.len());
            let out = dir.path().join("out.tar").display().to_string();
            let mounted = dir.path().join("mounted");
            std::fs::create_dir_all(&mounted).expect("a folder");
            for line in [
                &["run", "--rm", "both", "true"][..],
                &["create", "both", "true"],
                &["image", "unpack", "both"],
                &["image", "inspect", "both"],
                &["image", "export", "-o", &out, "both"],
                &["image", "export", "--all-platforms", "-o", &out, "both"],
                &["image", "mount", "both", mounted.to_str().expect("UTF-8")],
            ] {
                let said = stack.run(line).fails(if line[0] == "run" { 125 } else { 1 });
                assert!(said.contains("an index and a manifest at once"), "{how} {kind} {line:?}: {said}");
            }
            let found = stack.run(&["content", "fsck"]);
            assert!(found.code != 0 && found.stdout.contains("at once"), "{how} {kind}: {found:?}");
            stack.run(&["image", "rm", "--sync", "both"]).ok();
        }
        stack.run(&["image", "rm", "--sync", "good"]).ok();
        server.take();
    }
    assert_eq!(stack.run(&["ps", "-q"]).ok(), "");
}

/// Indexes one below the other, each of which names one blob as often as it can: to look at them takes the memory of
/// one of them, and not of all.
#[test]
fn a_check_takes_no_memory_for_what_is_named_often() {
    let stack = Stack::new();
    let other = format!(r#",{{"digest":"{}","size":0}}"#, Digest::of(b"other")).repeat(40_000);
    let mut top = br#"{"schemaVersion":2,"manifests":[]}"#.to_vec();
    for _ in 0..14 {
        ingest(&stack, &top);
        let first =
            format!(r#"{{"mediaType":"{INDEX}","digest":"{}","size":{}}}"#, Digest::of(&top), top.len());
        top = format!(r#"{{"schemaVersion":2,"manifests":[{first}{other}]}}"#).into_bytes();
    }
    create(&stack, "wide", INDEX, &top, top.len());
    let done = small(&stack, &["content", "fsck"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let found = done.stdout.lines().filter(|line| line.contains("its labels do not hold")).count();
    assert_eq!(found, 14, "{}", done.stdout);
}

#[test]
fn sizes_that_are_more_than_all_numbers_end_no_listing() {
    let stack = Stack::new();
    let layer = Digest::of(b"layer");
    let config = json!({"architecture": ctrd::image::Platform::host().architecture, "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [layer, layer]}});
    let config = serde_json::to_vec(&config).expect("JSON");
    ingest(&stack, &config);
    let layer = |word: &str| json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": Digest::of(word.as_bytes()), "size": u64::MAX});
    let manifest = json!({"schemaVersion": 2, "layers": [layer("a"), layer("b")],
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": Digest::of(&config), "size": config.len()}});
    let manifest = serde_json::to_vec(&manifest).expect("JSON");
    create(&stack, "vast", MANIFEST, &manifest, manifest.len());
    assert!(stack.run(&["image", "ls"]).ok().contains("vast"));
    assert!(stack.run(&["image", "usage"]).ok().contains("vast"));
    let checked = stack.run(&["image", "check"]);
    assert!(checked.code == 1 && checked.stdout.contains("incomplete"), "{checked:?}");
}
