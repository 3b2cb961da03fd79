//! Who calls: the headers that name a namespace and a lease, and say what the caller waits for.

use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::error::{Error, Result};
use crate::id;

pub const NAMESPACE: &str = "containerd-namespace";
pub const LEASE: &str = "containerd-lease";
/// From a caller that makes something to remove it again: it waits for the disk at neither, and what it made is not to
/// outlive the boot.
pub const AHEAD: &str = "ctrd-ahead";
/// From a caller that would know of a task's kills for want of memory: with an answer that tells of one that has ended,
/// where there were any, it has them as `exit.json` does.
pub const OOM: &str = "ctrd-oom-bin";

/// The namespace that a call works in, the lease that is to hold what it makes, and whether what it changes
/// may come to the disk with the next change.
#[derive(Debug, Clone)]
pub struct Caller {
    pub namespace: String,
    pub lease: Option<String>,
    pub ahead: bool,
}

impl Caller {
    /// Reads the headers; without a namespace there is no call.
    pub fn of<T>(request: &Request<T>) -> Result<Caller> {
        let headers = request.metadata();
        let namespace = header(headers, NAMESPACE)
            .ok_or_else(|| Error::precondition("namespace is required: failed precondition"))?;
        id::validate(&namespace).map_err(|e| e.context("namespace validation"))?;
        Ok(Caller { namespace, lease: header(headers, LEASE), ahead: header(headers, AHEAD).is_some() })
    }
}

fn header(headers: &MetadataMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn headers() {
        let call = |namespace: Option<&str>, lease: &str| {
            let mut request = Request::new(());
            if let Some(namespace) = namespace {
                request.metadata_mut().insert(NAMESPACE, namespace.parse().unwrap());
            }
            request.metadata_mut().insert(LEASE, lease.parse().unwrap());
            Caller::of(&request)
        };
        let caller = call(Some("k8s.io"), "l").unwrap();
        assert_eq!((caller.namespace.as_str(), caller.lease.as_deref()), ("k8s.io", Some("l")));
        assert_eq!(call(Some("a"), "").unwrap().lease, None);
        assert!(!caller.ahead);
        let mut request = Request::new(());
        request.metadata_mut().insert(NAMESPACE, "a".parse().unwrap());
        request.metadata_mut().insert(AHEAD, "yes".parse().unwrap());
        assert!(Caller::of(&request).unwrap().ahead);
        for (namespace, kind) in [
            (None, Kind::FailedPrecondition),
            (Some(""), Kind::FailedPrecondition),
            (Some("a/b"), Kind::InvalidArgument),
        ] {
            assert_eq!(call(namespace, "").unwrap_err().kind, kind, "{namespace:?}");
        }
    }
}
