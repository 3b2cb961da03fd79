//! `-info`: what this runtime is and what it can do, for a server that asks before it uses it.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use ctrd_shim::any::{self, OCI_FEATURES};
use ctrd_shim::api::runc::Options;
use ctrd_shim::api::types::{RuntimeInfo, RuntimeVersion};
use ctrd_shim::bootstrap::MAX_INPUT;
use prost::Message;
use prost_types::Any;

use crate::args::Args;
use crate::host;

pub fn info(_: &Args) -> Result<()> {
    let mut bytes = Vec::new();
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        stdin.lock().take(MAX_INPUT as u64).read_to_end(&mut bytes).context("read stdin")?;
    }
    let given =
        if bytes.is_empty() { None } else { Some(Any::decode(bytes.as_slice()).context("decode stdin")?) };
    let options = given.as_ref().and_then(any::unpack::<Options>).transpose().context("decode options")?;
    let program = host::runtime_program(&options.unwrap_or_default().binary_name);
    let info = RuntimeInfo {
        name: "io.containerd.runc.v2".into(),
        version: Some(RuntimeVersion { version: env!("CARGO_PKG_VERSION").into(), revision: String::new() }),
        options: given,
        features: features(&program),
        ..Default::default()
    };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&info.encode_to_vec()).and_then(|()| stdout.flush()).context("write the answer")
}

/// Old runtimes do not know the verb; then nothing is said of features.
fn features(program: &Path) -> Option<Any> {
    let output = std::process::Command::new(program).arg("features").output().ok()?;
    output.status.success().then(|| Any { type_url: OCI_FEATURES.into(), value: output.stdout })
}
