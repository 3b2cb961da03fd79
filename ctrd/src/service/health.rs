//! Whether the server serves: it does, or nobody could ask.

use std::collections::HashMap;

use tokio_stream::{StreamExt, once, pending};
use tonic::{Request, Response, Status};

use crate::api::health::health_check_response::ServingStatus;
use crate::api::health::health_server;
use crate::api::health::{HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse};

pub struct Health;

fn of(service: &str) -> ServingStatus {
    if service.is_empty() { ServingStatus::Serving } else { ServingStatus::ServiceUnknown }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match of(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("unknown service")),
            status => Ok(Response::new(HealthCheckResponse { status: status.into() })),
        }
    }

    async fn list(&self, _: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let all = HealthCheckResponse { status: of("").into() };
        Ok(Response::new(HealthListResponse { statuses: HashMap::from([(String::new(), all)]) }))
    }

    type WatchStream =
        std::pin::Pin<Box<dyn tokio_stream::Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    /// The state never changes: it is told once, and the stream stays open.
    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let status = of(&request.get_ref().service).into();
        Ok(Response::new(Box::pin(once(Ok(HealthCheckResponse { status })).chain(pending()))))
    }
}
