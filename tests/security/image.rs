//! Images as a hostile hand writes them: nothing in here is checked.

use std::path::{Path, PathBuf};
use std::process::Command;

use ctrd::digest::Digest;
use serde_json::{Value, json};

use crate::bin;
use crate::fixture;
use crate::stack::Stack;

const KIND: &str = "application/vnd.oci.image.";

/// A layer that is stored.
pub struct Layer {
    pub descriptor: Value,
    pub diff_id: Digest,
}

/// An OCI layout in a folder.
pub struct Layout(PathBuf);

impl Layout {
    pub fn new(dir: &Path) -> Layout {
        std::fs::create_dir_all(dir.join("blobs/sha256")).expect("a folder");
        std::fs::write(dir.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("write");
        Layout(dir.to_path_buf())
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    /// Stores a document; its descriptor, of the media type OCI has for this `kind`.
    pub fn put(&self, kind: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        std::fs::write(self.0.join("blobs/sha256").join(digest.hex()), bytes).expect("write a blob");
        json!({"mediaType": format!("{KIND}{kind}"), "digest": digest.as_str(), "size": bytes.len()})
    }

    /// Stores `root` as a layer.
    pub fn layer(&self, root: &Path) -> Layer {
        let tar = self.0.join("layer.tar");
        bin::run(Command::new("tar").arg("-C").arg(root).arg("-cf").arg(&tar).arg(".")).ok();
        let diff_id = Digest::of(&std::fs::read(&tar).expect("read the layer"));
        bin::run(Command::new("gzip").arg("-nf").arg(&tar)).ok();
        let packed = std::fs::read(self.0.join("layer.tar.gz")).expect("read the layer");
        Layer { descriptor: self.put("layer.v1.tar+gzip", &packed), diff_id }
    }

    /// A manifest of one layer for this machine, and of `config`: the part of the image's configuration that says what
    /// to run.
    pub fn manifest(&self, layer: &Layer, config: &Value) -> Value {
        let platform = ctrd::image::Platform::host();
        let config = json!({
            "architecture": platform.architecture, "os": platform.os, "config": config,
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id.as_str()]},
        });
        let config = self.put("config.v1+json", config.to_string().as_bytes());
        json!({"schemaVersion": 2, "config": config, "layers": [layer.descriptor]})
    }

    /// Names what the layout is about.
    pub fn index(&self, target: &Value) {
        let index = json!({"schemaVersion": 2, "manifests": [target]});
        std::fs::write(self.0.join("index.json"), index.to_string()).expect("write");
    }
}

/// Imports images of one root, busybox's as `edit` changes it, each under its name and with its configuration.
pub fn import(stack: &Stack, images: &[(&str, Value)], edit: impl FnOnce(&Path)) {
    let dir = tempfile::tempdir_in(stack.dir.path()).expect("a folder");
    let root = dir.path().join("root");
    fixture::rootfs(&root);
    edit(&root);
    let layout = Layout::new(&dir.path().join("layout"));
    let layer = layout.layer(&root);
    for (name, config) in images {
        let manifest = layout.manifest(&layer, config).to_string();
        layout.index(&layout.put("manifest.v1+json", manifest.as_bytes()));
        stack.run(&["image", "import", "--name", name, layout.path()]).ok();
    }
}

/// Stores a blob by the content API of whoever answers, and gives it a day.
pub fn ingest(stack: &Stack, bytes: &[u8]) {
    let file = stack.path("ingest");
    std::fs::write(&file, bytes).expect("write");
    let digest = Digest::of(bytes);
    let mut command = stack.command(&["content", "ingest", "--digest", digest.as_str(), digest.hex()]);
    bin::run(command.stdin(std::fs::File::open(&file).expect("open"))).ok();
}
