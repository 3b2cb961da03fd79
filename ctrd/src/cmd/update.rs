//! `ctrd update`: the limits of containers, at once where they run and from then on, and what happens
//! when they end.

use anyhow::{Context, Result, bail};
use prost_types::{Any, FieldMask};
use serde_json::{Value, json};

use super::{Session, each, policy};
use crate::api::containers::{Container, UpdateContainerRequest};
use crate::api::task::Status;
use crate::api::tasks::UpdateTaskRequest;
use crate::cli::Update;
use crate::client::{Client, container, process, take};
use crate::error::{Error, Kind};
use crate::listing;
use crate::spec::{self, resource};

pub async fn update(session: &Session, args: &Update) -> Result<i32> {
    let client = &session.client;
    let limits = resources(args)?;
    let status = each("update", &args.containers, async |id: String| {
        if limits.as_object().is_some_and(|limits| !limits.is_empty()) {
            limit(client, &id, &limits).await?;
        }
        if let Some(text) = &args.restart {
            policy::change(client, &id, text).await?;
        }
        listing::tell(&id)
    });
    let status = status.await?;
    if args.restart.as_deref().is_some_and(|text| text != "no") {
        policy::warn(session, "update").await?;
    }
    Ok(status)
}

/// `linux.resources` of the runtime specification, with what was said alone.
fn resources(args: &Update) -> Result<Value> {
    let mut all = json!({});
    if let Some(memory) = &args.memory {
        all["memory"]["limit"] = json!(resource::bytes(memory)?);
    }
    if let Some(cpus) = &args.cpus {
        let cpus = resource::cpus(cpus)?;
        all["cpu"]["quota"] = json!(cpus.quota);
        all["cpu"]["period"] = json!(cpus.period);
    }
    if let Some(shares) = args.cpu_shares {
        all["cpu"]["shares"] = json!(shares);
    }
    if let Some(cpus) = &args.cpuset_cpus {
        all["cpu"]["cpus"] = json!(cpus);
    }
    if let Some(limit) = args.pids_limit {
        all["pids"]["limit"] = json!(limit);
    }
    Ok(all)
}

/// Changes the limits of a task that runs, and of the specification, by which the next one is made.
/// What the kernel refuses is not written down.
async fn limit(client: &Client, id: &str, limits: &Value) -> Result<(), Error> {
    let record = container::get(client, id).await?;
    let lives = match process::status(client, id).await {
        Ok(task) => task.status() != Status::Stopped,
        Err(e) if e.kind == Kind::NotFound => false,
        Err(e) => return Err(e),
    };
    if lives {
        let value = serde_json::to_vec(limits).map_err(|e| Error::unknown(e.to_string()))?;
        let resources = Some(Any { type_url: spec::RESOURCES_TYPE_URL.to_string(), value });
        let request =
            UpdateTaskRequest { container_id: id.to_string(), resources, ..UpdateTaskRequest::default() };
        take(client.tasks().update(request).await)?;
    }
    let changed = with_limits(record.spec.unwrap_or_default(), limits).map_err(|e| super::plain(&e))?;
    let request = UpdateContainerRequest {
        container: Some(Container { id: id.to_string(), spec: Some(changed), ..Container::default() }),
        update_mask: Some(FieldMask { paths: vec!["spec".to_string()] }),
    };
    take(client.containers().update(request).await).map(drop)
}

fn with_limits(mut spec: Any, limits: &Value) -> Result<Any> {
    let mut json: Value = serde_json::from_slice(&spec.value).context("read the specification")?;
    if !json.is_object() {
        bail!("the specification is not an object");
    }
    merge(&mut json["linux"]["resources"], limits);
    spec.value = serde_json::to_vec(&json).context("write the specification")?;
    Ok(spec)
}

fn merge(to: &mut Value, from: &Value) {
    match from.as_object() {
        Some(fields) => {
            if !to.is_object() {
                *to = json!({});
            }
            fields.iter().for_each(|(key, value)| merge(&mut to[key], value));
        }
        None => *to = from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_merged_into_the_specification() {
        let limits = json!({"memory": {"limit": 5}, "pids": {"limit": -1}});
        for (before, after) in [
            (
                r#"{"a":1,"linux":{"resources":{"memory":{"limit":1,"swap":9},"devices":[]}}}"#,
                json!({"a":1,"linux":{"resources":{"memory":{"limit":5,"swap":9},"pids":{"limit":-1},"devices":[]}}}),
            ),
            ("{}", json!({"linux":{"resources":{"memory":{"limit":5},"pids":{"limit":-1}}}})),
        ] {
            let spec = Any { type_url: "t".into(), value: before.as_bytes().to_vec() };
            let got = with_limits(spec, &limits).unwrap();
            assert_eq!(serde_json::from_slice::<Value>(&got.value).unwrap(), after);
        }
        for bad in ["x", "[]"] {
            let spec = Any { type_url: "t".into(), value: bad.as_bytes().to_vec() };
            assert!(with_limits(spec, &limits).is_err(), "{bad}");
        }
    }
}
