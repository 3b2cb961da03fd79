//! Garbage collection: what leases, images and containers lead to stays, the rest goes.
//!
//! The graph is containerd's: an edge is a label `containerd.io/gc.ref.content…`,
//! `…gc.ref.snapshot.<name>…` or `…gc.ref.image…`, a snapshot's parent, an image's target.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Deserialize;

use crate::clock;
use crate::content::{Content, Labels, from_json};
use crate::error::{Error, Result};
use crate::snapshot::Snapshotter;
use crate::store::Store;

const EXPIRE: &str = "containerd.io/gc.expire";
const ROOT: &str = "containerd.io/gc.root";
const FLAT: &str = "containerd.io/gc.flat";
const REF: &str = "containerd.io/gc.ref.";
const BACK: &str = "containerd.io/gc.bref.";

/// Something in a namespace that others may lead to. A flat one leads nowhere itself: so a
/// lease holds what it names and no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    Content(String),
    Snapshot(String, String),
    Image(String),
    Container(String),
    Flat(Box<Node>),
}

/// What was removed from the metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    pub content: usize,
    pub snapshots: usize,
    pub leases: usize,
    pub images: usize,
}

/// All that the roots lead to, themselves included.
pub fn reachable<N: Clone + Eq + Hash>(
    roots: impl IntoIterator<Item = N>,
    mut edges: impl FnMut(&N) -> Vec<N>,
) -> HashSet<N> {
    let mut todo: Vec<N> = roots.into_iter().collect();
    let mut seen: HashSet<N> = todo.iter().cloned().collect();
    while let Some(node) = todo.pop() {
        for next in edges(&node) {
            if seen.insert(next.clone()) {
                todo.push(next);
            }
        }
    }
    seen
}

/// Removes what nothing leads to: from the metadata in one transaction, then the files.
pub fn collect(store: &Store, content: &Content, snapshotters: &[Snapshotter]) -> Result<Collected> {
    content.settle()?;
    let collected = store.write(|tx| {
        let mut collected = Collected::default();
        for ns in namespaces(tx)? {
            sweep(tx, &ns, clock::now(), &mut collected)?;
        }
        Ok(collected)
    })?;
    content.collect()?;
    for snapshotter in snapshotters {
        snapshotter.cleanup()?;
    }
    Ok(collected)
}

fn sweep(tx: &Transaction, ns: &str, now: i64, collected: &mut Collected) -> Result<()> {
    let mut graph = Graph::default();
    for (id, labels) in rows(tx, "SELECT id, labels FROM leases WHERE namespace = ?1", ns, two)? {
        if expired(&labels, now) {
            collected.leases +=
                tx.execute("DELETE FROM leases WHERE namespace = ?1 AND id = ?2", [ns, &id])?;
            continue;
        }
        graph.lease(tx, ns, &id, labels.contains_key(FLAT))?;
    }
    for (name, labels, target) in
        rows(tx, "SELECT name, labels, target FROM images WHERE namespace = ?1", ns, three)?
    {
        let node = Node::Image(name.clone());
        let digest = serde_json::from_str::<Target>(&target).map(|t| t.digest).unwrap_or_default();
        graph.add(node.clone(), &labels, [Node::Content(digest)]);
        if !expired(&labels, now) {
            graph.roots.push(node);
        }
    }
    for (id, record) in rows(tx, "SELECT id, record FROM containers WHERE namespace = ?1", ns, |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?))
    })? {
        let held: Held = prost::Message::decode(record.as_slice())
            .map_err(|e| Error::unknown(format!("container {id}: record in the metadata: {e}")))?;
        let node = Node::Container(id);
        let labels = held.labels.into_iter().collect();
        graph.add(node.clone(), &labels, [Node::Snapshot(held.snapshotter, held.snapshot_key)]);
        graph.roots.push(node);
    }
    let content = rows(tx, "SELECT digest, labels FROM content WHERE namespace = ?1", ns, two)?;
    for (digest, labels) in &content {
        graph.object(Node::Content(digest.clone()), labels, [], now);
    }
    let snapshots = rows(
        tx,
        "SELECT dir, labels, snapshotter, key, parent FROM snapshots WHERE namespace = ?1",
        ns,
        |r| {
            let name: String = r.get(2)?;
            let (node, parent) = (Node::Snapshot(name.clone(), r.get(3)?), Node::Snapshot(name, r.get(4)?));
            Ok((r.get::<_, i64>(0)?, from_json(&r.get::<_, String>(1)?), node, parent))
        },
    )?;
    for (_, labels, node, parent) in &snapshots {
        graph.object(node.clone(), labels, [parent.clone()], now);
    }

    let live = graph.live();
    for (digest, _) in content {
        if !live.contains(&Node::Content(digest.clone())) {
            tx.execute("DELETE FROM content WHERE namespace = ?1 AND digest = ?2", [ns, &digest])?;
            collected.content += 1;
        }
    }
    for (dir, _, node, _) in snapshots {
        if !live.contains(&node) {
            tx.execute("DELETE FROM snapshots WHERE dir = ?1", [dir])?;
            collected.snapshots += 1;
        }
    }
    for node in graph.edges.keys() {
        if let Node::Image(name) = node
            && !live.contains(node)
        {
            tx.execute("DELETE FROM images WHERE namespace = ?1 AND name = ?2", [ns, name])?;
            collected.images += 1;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Graph {
    roots: Vec<Node>,
    edges: HashMap<Node, Vec<Node>>,
}

impl Graph {
    fn lease(&mut self, tx: &Transaction, ns: &str, id: &str, flat: bool) -> Result<()> {
        let mut query =
            tx.prepare_cached("SELECT type, id FROM lease_resources WHERE namespace = ?1 AND lease = ?2")?;
        let held = query.query_map([ns, id], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
        for resource in held {
            let (kind, id) = resource?;
            let node = match kind.split_once('/') {
                Some(("snapshots", name)) => Node::Snapshot(name.to_string(), id),
                _ if kind == "content" => Node::Content(id),
                _ if kind == "images" => Node::Image(id),
                // Ingests are no part of the graph; the content store looks for their leases.
                _ => continue,
            };
            self.roots.push(if flat { Node::Flat(Box::new(node)) } else { node });
        }
        Ok(())
    }

    /// Adds content or a snapshot, which its labels may make a root.
    fn object(&mut self, node: Node, labels: &Labels, to: impl IntoIterator<Item = Node>, now: i64) {
        if labels.contains_key(ROOT) || expiry(labels).is_some_and(|at| at > now) {
            self.roots.push(node.clone());
        }
        self.add(node, labels, to);
    }

    fn add(&mut self, node: Node, labels: &Labels, to: impl IntoIterator<Item = Node>) {
        for (key, value) in labels {
            if let Some(target) = key.strip_prefix(BACK).and_then(|key| refers(key, value)) {
                self.edges.entry(target).or_default().push(node.clone());
            }
        }
        let direct = labels.iter().filter_map(|(key, value)| refers(key.strip_prefix(REF)?, value));
        self.edges.entry(node).or_default().extend(to.into_iter().chain(direct));
    }

    fn live(&self) -> HashSet<Node> {
        let seen = reachable(self.roots.iter().cloned(), |node| match node {
            Node::Flat(_) => Vec::new(),
            node => self.edges.get(node).cloned().unwrap_or_default(),
        });
        seen.into_iter()
            .map(|node| match node {
                Node::Flat(node) => *node,
                node => node,
            })
            .collect()
    }
}

/// What a reference label says: the key behind its prefix names the kind, with anything after
/// a dot or slash to keep several apart.
fn refers(key: &str, value: &str) -> Option<Node> {
    let is = |kind: &str| {
        key.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
    };
    if is("content") {
        return Some(Node::Content(value.to_string()));
    }
    if is("image") {
        return Some(Node::Image(value.to_string()));
    }
    if is("container") {
        return Some(Node::Container(value.to_string()));
    }
    let name = key.strip_prefix("snapshot.")?;
    let name = name.split(['.', '/']).next()?;
    Some(Node::Snapshot(name.to_string(), value.to_string()))
}

fn expiry(labels: &Labels) -> Option<i64> {
    labels.get(EXPIRE).and_then(|text| clock::parse_rfc3339(text))
}

/// Whether an object with these labels ends by itself.
pub fn has_expiry(labels: &Labels) -> bool {
    expiry(labels).is_some()
}

fn expired(labels: &Labels, now: i64) -> bool {
    expiry(labels).is_some_and(|at| at <= now)
}

/// Of an image's target only its digest.
#[derive(Deserialize)]
struct Target {
    digest: String,
}

/// Of a container's record only what it holds.
#[derive(Clone, PartialEq, prost::Message)]
struct Held {
    #[prost(map = "string, string", tag = "2")]
    labels: HashMap<String, String>,
    #[prost(string, tag = "6")]
    snapshotter: String,
    #[prost(string, tag = "7")]
    snapshot_key: String,
}

fn namespaces(c: &Connection) -> Result<Vec<String>> {
    let mut query = c.prepare(
        "SELECT namespace FROM content UNION SELECT namespace FROM snapshots
         UNION SELECT namespace FROM leases UNION SELECT namespace FROM images",
    )?;
    let names = query.query_map([], |r| r.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn rows<T>(
    c: &Connection,
    sql: &str,
    ns: &str,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut query = c.prepare_cached(sql)?;
    let rows = query.query_map([ns], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn two(r: &Row) -> rusqlite::Result<(String, Labels)> {
    Ok((r.get(0)?, from_json(&r.get::<_, String>(1)?)))
}

fn three(r: &Row) -> rusqlite::Result<(String, Labels, String)> {
    Ok((r.get(0)?, from_json(&r.get::<_, String>(1)?), r.get(2)?))
}

/// Lets `lease`, where there is one, hold an object that the same transaction makes.
pub fn hold(tx: &Transaction, ns: &str, lease: Option<&str>, kind: &str, id: &str) -> Result<()> {
    let Some(lease) = lease else { return Ok(()) };
    let known = tx
        .prepare_cached("SELECT 1 FROM leases WHERE namespace = ?1 AND id = ?2")?
        .exists(params![ns, lease])?;
    if !known {
        return Err(Error::not_found(format!("lease {lease}: not found")));
    }
    tx.execute(
        "INSERT OR IGNORE INTO lease_resources (namespace, lease, type, id) VALUES (?1, ?2, ?3, ?4)",
        params![ns, lease, kind, id],
    )?;
    Ok(())
}

/// Whether a lease ends by itself: what is made under it is worth nothing until something else holds it.
pub fn expires(c: &Connection, ns: &str, lease: Option<&str>) -> Result<bool> {
    let Some(lease) = lease else { return Ok(false) };
    let mut query = c.prepare_cached("SELECT labels FROM leases WHERE namespace = ?1 AND id = ?2")?;
    let labels: Option<String> = query.query_row([ns, lease], |r| r.get(0)).optional()?;
    Ok(labels.is_some_and(|text| has_expiry(&from_json(&text))))
}

/// Takes an object that is gone out of every lease.
pub fn let_go(tx: &Transaction, ns: &str, kind: &str, id: &str) -> Result<()> {
    tx.execute(
        "DELETE FROM lease_resources WHERE namespace = ?1 AND type = ?2 AND id = ?3",
        params![ns, kind, id],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use prost::Message;

    use super::*;
    use crate::digest::Digest;
    use crate::error::Kind;

    struct World {
        _dir: tempfile::TempDir,
        store: Arc<Store>,
        content: Content,
        snapshots: Snapshotter,
    }

    impl World {
        fn new() -> World {
            let dir = tempfile::tempdir().unwrap();
            let store = Arc::new(Store::open(&dir.path().join("meta.db")).unwrap());
            let content = Content::open(dir.path(), store.clone()).unwrap();
            let snapshots = Snapshotter::overlayfs(dir.path(), store.clone()).unwrap();
            World { _dir: dir, store, content, snapshots }
        }

        fn blob(&self, text: &str, labels: &[(&str, &str)], lease: Option<&str>) -> Digest {
            let mut writer = self.content.writer("n", text, 0, None).unwrap();
            writer.append(text.as_bytes()).unwrap();
            let labels = labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
            writer.commit(0, None, &labels, lease).unwrap()
        }

        fn layer(&self, name: &str, parent: &str) {
            self.snapshots.prepare("n", "x", parent, &Labels::new(), None).unwrap();
            self.snapshots.commit("n", name, "x", "", &Labels::new(), None).unwrap();
        }

        fn run(&self, sql: &str, values: impl rusqlite::Params) {
            self.store.write(|tx| Ok(tx.execute(sql, values)?)).unwrap();
        }

        fn has(&self, digest: &Digest) -> bool {
            self.content.reader("n", digest).is_ok()
        }

        fn collect(&self) -> Collected {
            collect(&self.store, &self.content, std::slice::from_ref(&self.snapshots)).unwrap()
        }
    }

    const IMAGE: &str = "INSERT INTO images (namespace, name, target, created_at, updated_at)
        VALUES ('n', 'i', ?1, 0, 0)";

    #[test]
    fn an_image_keeps_its_documents_layers_and_snapshots() {
        let w = World::new();
        let layer = w.blob("layer", &[], None);
        w.layer("one", "");
        w.layer("two", "one");
        w.layer("other", "one");
        let config = w.blob("config", &[("containerd.io/gc.ref.snapshot.overlayfs", "two")], None);
        let manifest = w.blob(
            "manifest",
            &[
                ("containerd.io/gc.ref.content.config", config.as_str()),
                ("containerd.io/gc.ref.content.l.0", layer.as_str()),
            ],
            None,
        );
        let stray = w.blob("stray", &[], None);
        w.run(IMAGE, [format!("{{\"digest\":\"{manifest}\"}}")]);
        assert_eq!(w.collect(), Collected { content: 1, snapshots: 1, leases: 0, images: 0 });
        assert!(w.has(&layer) && w.has(&config) && w.has(&manifest) && !w.has(&stray));
        assert_eq!(w.snapshots.stat("n", "other").unwrap_err().kind, Kind::NotFound);
        w.run("DELETE FROM images", []);
        assert_eq!(w.collect(), Collected { content: 3, snapshots: 2, leases: 0, images: 0 });
        assert_eq!(std::fs::read_dir(w.snapshots.root().join("snapshots")).unwrap().count(), 0);
        assert!(!Path::new(&w.content.root().join("blobs/sha256").join(layer.hex())).exists());
    }

    #[test]
    fn a_container_keeps_its_snapshot() {
        let w = World::new();
        w.layer("one", "");
        w.snapshots.prepare("n", "c", "one", &Labels::new(), None).unwrap();
        w.snapshots.prepare("n", "d", "one", &Labels::new(), None).unwrap();
        let held = Held { labels: HashMap::new(), snapshotter: "overlayfs".into(), snapshot_key: "c".into() };
        w.run(
            "INSERT INTO containers (namespace, id, record, created_at, updated_at) VALUES ('n', 'c', ?1, 0, 0)",
            [held.encode_to_vec()],
        );
        assert_eq!(w.collect().snapshots, 1);
        assert!(w.snapshots.stat("n", "c").is_ok() && w.snapshots.stat("n", "one").is_ok());
    }

    #[test]
    fn leases_hold_until_they_expire() {
        let w = World::new();
        let lease = "INSERT INTO leases (namespace, id, labels, created_at) VALUES ('n', ?1, ?2, 0)";
        w.run(lease, ["full", "{}"]);
        w.run(lease, ["flat", "{\"containerd.io/gc.flat\":\"t\"}"]);
        w.run(lease, ["old", "{\"containerd.io/gc.expire\":\"2020-01-01T00:00:00Z\"}"]);
        let (a, b) = (w.blob("a", &[], None), w.blob("b", &[], None));
        let full = w.blob("full", &[("containerd.io/gc.ref.content.0", a.as_str())], Some("full"));
        let flat = w.blob("flat", &[("containerd.io/gc.ref.content.0", b.as_str())], Some("flat"));
        let old = w.blob("old", &[], Some("old"));
        assert_eq!(w.collect(), Collected { content: 2, snapshots: 0, leases: 1, images: 0 });
        assert!(w.has(&a) && w.has(&full) && w.has(&flat) && !w.has(&b) && !w.has(&old));
    }

    #[test]
    fn labels_make_roots_and_point_back() {
        let w = World::new();
        let root = w.blob("root", &[("containerd.io/gc.root", "t")], None);
        let future = w.blob("future", &[("containerd.io/gc.expire", "2200-01-01T00:00:00Z")], None);
        let past = w.blob("past", &[("containerd.io/gc.expire", "2000-01-01T00:00:00Z")], None);
        let back = w.blob("back", &[("containerd.io/gc.bref.content.x", root.as_str())], None);
        assert_eq!(w.collect().content, 1);
        assert!(w.has(&root) && w.has(&future) && w.has(&back) && !w.has(&past));
    }
}
