//! The records of sandboxes.

use super::*;
use crate::api::sandbox::{
    StoreCreateRequest, StoreDeleteRequest, StoreGetRequest, StoreListRequest, StoreUpdateRequest,
};
use crate::api::types::{Sandbox, sandbox};

#[test]
fn records_are_kept_changed_and_found() {
    with_client(async |client| {
        let mut store = client.sandboxes();
        let pod = Sandbox {
            sandbox_id: "pod".into(),
            runtime: Some(sandbox::Runtime { name: "io.containerd.ctrd.v2".into(), options: None }),
            spec: Some(Any { type_url: "spec".into(), value: b"{ }".to_vec() }),
            labels: labels(&[("a", "1"), ("b", "2")]),
            sandboxer: "shim".into(),
            ..Sandbox::default()
        };
        let create = |sandbox: &Sandbox| StoreCreateRequest { sandbox: Some(sandbox.clone()) };
        let made = store.create(create(&pod)).await.unwrap().into_inner().sandbox.unwrap();
        assert!(made.created_at.is_some() && made.spec == pod.spec && made.sandboxer == "shim");
        fails(Code::AlreadyExists, "sandbox \"pod\"", store.create(create(&pod)).await);
        let bad = Sandbox { sandbox_id: "a/b".into(), ..pod.clone() };
        fails(Code::InvalidArgument, "invalid sandbox ID", store.create(create(&bad)).await);

        let changed = Sandbox { labels: labels(&[("a", "9")]), spec: None, ..pod.clone() };
        let update = |sandbox: Sandbox, fields: &[&str]| StoreUpdateRequest {
            sandbox: Some(sandbox),
            fields: fields.iter().map(ToString::to_string).collect(),
        };
        let now =
            store.update(update(changed.clone(), &["labels.a"])).await.unwrap().into_inner().sandbox.unwrap();
        assert_eq!((now.labels, now.spec), (labels(&[("a", "9"), ("b", "2")]), pod.spec.clone()));
        fails(
            Code::InvalidArgument,
            "cannot update",
            store.update(update(changed.clone(), &["sandboxer"])).await,
        );
        let other = Sandbox { runtime: None, ..changed };
        fails(Code::InvalidArgument, "immutable", store.update(update(other, &[])).await);

        for (filter, count) in [("id==pod", 1), ("labels.a==9", 1), ("labels.a==1", 0)] {
            let list =
                store.list(StoreListRequest { filters: vec![filter.into()] }).await.unwrap().into_inner();
            assert_eq!(list.list.len(), count, "{filter}");
        }
        store.delete(StoreDeleteRequest { sandbox_id: "pod".into() }).await.unwrap();
        let get = store.get(StoreGetRequest { sandbox_id: "pod".into() }).await;
        fails(Code::NotFound, "sandbox \"pod\": not found", get);
        let gone = store.delete(StoreDeleteRequest { sandbox_id: "pod".into() }).await;
        fails(Code::NotFound, "not found", gone);
    });
}
