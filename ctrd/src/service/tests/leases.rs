//! Which lease lists what, from call to call.

use std::collections::HashMap;

use tonic::Code;

use super::{fails, with_client, write};
use crate::api::content::{AbortRequest, DeleteContentRequest, WriteAction};
use crate::api::leases::{CreateRequest, DeleteRequest, ListResourcesRequest};
use crate::api::snapshots::{
    CommitSnapshotRequest, ListSnapshotsRequest, PrepareSnapshotRequest, RemoveSnapshotRequest,
};

/// Each of two leases holds a snapshot, an ingest and an image; under the second they go.
#[test]
fn what_goes_leaves_the_lease_of_who_removes_it_and_no_other() {
    with_client(async |client| {
        for id in ["one", "two"] {
            let request = CreateRequest { id: id.into(), labels: HashMap::new() };
            client.leases().create(request).await.unwrap();
        }
        let (one, two) = (client.under_lease("one").unwrap(), client.under_lease("two").unwrap());
        let prepare = |key: &str| PrepareSnapshotRequest {
            snapshotter: "native".into(),
            key: key.into(),
            ..Default::default()
        };
        for key in ["gone", "turned"] {
            one.snapshots().prepare(prepare(key)).await.unwrap();
            fails(Code::AlreadyExists, "already exists", two.snapshots().prepare(prepare(key)).await);
        }
        for client in [&one, &two] {
            for reference in ["aborted", "blob"] {
                let begin = tokio_stream::iter([write(WriteAction::Stat, reference, 0, b"")]);
                client.content().write(begin).await.unwrap().into_inner().message().await.unwrap();
            }
        }
        let held = async |id: &str| {
            let request = ListResourcesRequest { id: id.into() };
            let found = client.leases().list_resources(request).await.unwrap().into_inner().resources;
            found.into_iter().map(|held| format!("{} {}", held.r#type, held.id)).collect::<Vec<_>>()
        };
        let all = ["ingests aborted", "ingests blob", "snapshots/native gone", "snapshots/native turned"];
        assert_eq!(
            (held("one").await, held("two").await),
            (all.map(String::from).into(), all.map(String::from).into())
        );

        let remove = RemoveSnapshotRequest { snapshotter: "native".into(), key: "gone".into() };
        two.snapshots().remove(remove).await.unwrap();
        let commit = CommitSnapshotRequest {
            snapshotter: "native".into(),
            name: "layer".into(),
            key: "turned".into(),
            ..Default::default()
        };
        two.snapshots().commit(commit).await.unwrap();
        two.content().abort(AbortRequest { r#ref: "aborted".into() }).await.unwrap();
        let commit = tokio_stream::iter([write(WriteAction::Commit, "blob", 0, b"blob")]);
        let mut answers = two.content().write(commit).await.unwrap().into_inner();
        let digest = answers.message().await.unwrap().unwrap().digest;
        assert_eq!(held("one").await, all);
        assert_eq!(held("two").await, [format!("content {digest}"), "snapshots/native layer".into()]);
        client.content().delete(DeleteContentRequest { digest: digest.clone() }).await.unwrap();
        assert_eq!(held("two").await.len(), 2);
        fails(Code::NotFound, "not found", two.content().delete(DeleteContentRequest { digest }).await);
        for id in ["one", "two"] {
            client.leases().delete(DeleteRequest { id: id.into(), sync: true }).await.unwrap();
        }
        let mut snapshots = client.snapshots();
        let all = ListSnapshotsRequest { snapshotter: "native".into(), ..Default::default() };
        let left = snapshots.list(all).await.unwrap().into_inner().message().await.unwrap();
        assert!(left.is_none_or(|left| left.info.is_empty()));
    });
}
