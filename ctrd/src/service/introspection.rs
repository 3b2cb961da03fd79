//! What the server is made of, and who it is.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use prost::Message;
use prost_types::Any;
use tonic::{Request, Response, Status};

use crate::api::introspection::introspection_server;
use crate::api::introspection::{
    Plugin, PluginInfoRequest, PluginInfoResponse, PluginsRequest, PluginsResponse, ServerResponse,
};
use crate::api::{rpc, types};
use crate::content::make_dir;
use crate::error::{Error, Kind, Result};
use crate::filter::{Fields, Filter, present};
use crate::plugin::Outcome;
use crate::shim::{binary, start};

use super::blocking;

/// The type of which there is more to be told.
const RUNTIME: &str = "io.containerd.runtime.v2";

/// The plugins, once all have begun: this service is one of them.
pub type Plugins = Arc<OnceLock<Vec<Plugin>>>;

pub struct Introspection {
    pub plugins: Plugins,
    pub uuid: PathBuf,
}

impl Introspection {
    fn all(&self) -> &[Plugin] {
        self.plugins.get().map_or(&[], Vec::as_slice)
    }
}

impl Fields for Plugin {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["type"] => present(&self.r#type),
            ["id"] => present(&self.id),
            _ => None,
        }
    }
}

#[tonic::async_trait]
impl introspection_server::Introspection for Introspection {
    async fn plugins(&self, request: Request<PluginsRequest>) -> Result<Response<PluginsResponse>, Status> {
        let filter = Filter::parse(&request.get_ref().filters)?;
        let plugins = self.all().iter().filter(|p| filter.matches(*p)).cloned().collect();
        Ok(Response::new(PluginsResponse { plugins }))
    }

    async fn server(&self, _: Request<()>) -> Result<Response<ServerResponse>, Status> {
        let file = self.uuid.clone();
        let uuid = blocking(move || uuid(&file)).await?;
        let pidns = fs::metadata("/proc/self/ns/pid").map_err(Error::from)?.ino();
        Ok(Response::new(ServerResponse {
            uuid,
            pid: std::process::id().into(),
            pidns,
            deprecations: Vec::new(),
        }))
    }

    async fn plugin_info(
        &self,
        request: Request<PluginInfoRequest>,
    ) -> Result<Response<PluginInfoResponse>, Status> {
        let PluginInfoRequest { r#type, id, options } = request.into_inner();
        let found = self.all().iter().find(|p| p.r#type == r#type && p.id == id).cloned();
        let plugin =
            found.ok_or_else(|| Error::not_found(format!("plugin {type}.{id} not found: not found")))?;
        if let Some(options) = options {
            if plugin.init_err.is_none() && plugin.r#type == RUNTIME {
                let extra = runtime_info(&options).await?;
                return Ok(Response::new(PluginInfoResponse { plugin: Some(plugin), extra: Some(extra) }));
            }
            let (kind, reason) = match plugin.init_err {
                Some(_) => {
                    (Kind::FailedPrecondition, "cannot get extra info, plugin not successfully loaded")
                }
                None => (Kind::Unimplemented, "plugin does not provide extra information"),
            };
            return Err(Error::new(kind, reason).into());
        }
        Ok(Response::new(PluginInfoResponse { plugin: Some(plugin), extra: None }))
    }
}

/// What the shim of the runtime that is asked for tells of itself.
async fn runtime_info(options: &Any) -> Result<Any> {
    const REQUEST: &str = "containerd.types.RuntimeRequest";
    const INFO: &str = "containerd.types.RuntimeInfo";
    if options.type_url.rsplit('/').next() != Some(REQUEST) {
        let text = format!("unknown request type {:.200}: not implemented", options.type_url);
        return Err(Error::new(Kind::Unimplemented, text));
    }
    let request = types::RuntimeRequest::decode(options.value.as_slice())
        .map_err(|e| Error::invalid(format!("{REQUEST}: {e}: invalid argument")))?;
    let name = if request.runtime_path.is_empty() { binary::DEFAULT } else { &request.runtime_path };
    let binary = binary::resolve(name).map_err(|e| e.context("failed to resolve runtime path"))?;
    let info = start::info(&binary, request.options.as_ref()).await?;
    types::RuntimeInfo::decode(info.as_slice())
        .map_err(|e| Error::unknown(format!("{} -info: its answer: {e}", binary.display())))?;
    Ok(Any { type_url: INFO.into(), value: info })
}

/// How a plugin's beginning ended, as clients see it.
pub fn plugin(outcome: &Outcome) -> Plugin {
    let registration = outcome.registration;
    Plugin {
        r#type: registration.kind.to_string(),
        id: registration.id.to_string(),
        requires: registration.requires.iter().map(ToString::to_string).collect(),
        platforms: outcome.meta.platform.iter().map(|text| platform(text)).collect(),
        exports: outcome.meta.exports.clone().into_iter().collect(),
        capabilities: outcome.meta.capabilities.clone(),
        init_err: outcome.failure.as_ref().map(|failure| {
            let status = Status::from(failure.error());
            rpc::Status {
                code: status.code() as i32,
                message: status.message().to_string(),
                details: Vec::new(),
            }
        }),
    }
}

/// A platform from `os/architecture[/variant]`; of what is not said this machine's.
fn platform(text: &str) -> types::Platform {
    let mut parts = text.split('/');
    let mut part =
        |otherwise: &str| parts.next().filter(|part| !part.is_empty()).unwrap_or(otherwise).to_string();
    types::Platform {
        os: part("linux"),
        architecture: part(architecture()),
        variant: part(""),
        ..Default::default()
    }
}

/// This machine's architecture by the name that images use.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

/// The name that this root has had since its first server.
fn uuid(file: &Path) -> Result<String> {
    let at = |e: io::Error| Error::from(e).context(file.display());
    match fs::read_to_string(file) {
        Ok(text) if !text.is_empty() => return Ok(text),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(at(e)),
        _ => {}
    }
    let dir = file.parent().unwrap_or(file);
    make_dir(dir)?;
    let fresh = fs::read_to_string("/proc/sys/kernel/random/uuid").map_err(at)?;
    // Whoever links first names the root; all others read that name.
    let draft = tempfile::NamedTempFile::new_in(dir).map_err(at)?;
    fs::write(draft.path(), fresh.trim()).map_err(at)?;
    match draft.persist_noclobber(file) {
        Ok(_) => {}
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(at(e.error)),
    }
    fs::read_to_string(file).map_err(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_keeps_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x/uuid");
        let first = uuid(&file).unwrap();
        assert_eq!(first.len(), 36);
        assert_eq!(uuid(&file).unwrap(), first);
    }
}
