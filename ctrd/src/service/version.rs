//! The version of this program.

use tonic::{Request, Response, Status};

use crate::api::version::VersionResponse;
use crate::api::version::version_server;

pub struct Version;

#[tonic::async_trait]
impl version_server::Version for Version {
    async fn version(&self, _: Request<()>) -> Result<Response<VersionResponse>, Status> {
        Ok(Response::new(VersionResponse {
            version: env!("CARGO_PKG_VERSION").to_string(),
            revision: option_env!("CTRD_REVISION").unwrap_or_default().to_string(),
        }))
    }
}
