//! The graph of what leads to what, in one namespace, as the metadata has it at one moment.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;

use super::label::{BACK, FLAT, REF, ROOT, condition, expired, expiry, refers, used_at};
use crate::content::{Labels, from_json};
use crate::error::{Error, Result};

/// Something in a namespace that others may lead to. A flat one leads nowhere itself: so a
/// lease holds what it names and no more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    Content(String),
    /// A snapshotter, and a key of it.
    Snapshot(String, String),
    Image(String),
    Container(String),
    Flat(Box<Node>),
}

impl Node {
    /// The resource of this type and name, as leases and the log of changes write them.
    pub fn resource(kind: &str, id: String) -> Option<Node> {
        match kind.split_once('/') {
            Some(("snapshots", name)) => Some(Node::Snapshot(name.to_string(), id)),
            _ if kind == "content" => Some(Node::Content(id)),
            _ if kind == "images" => Some(Node::Image(id)),
            _ if kind == "containers" => Some(Node::Container(id)),
            // Ingests are no part of the graph; the content store looks for their leases.
            _ => None,
        }
    }
}

/// All that the roots lead to, themselves included.
pub fn reachable<N: Clone + Eq + Hash>(
    roots: impl IntoIterator<Item = N>,
    mut edges: impl FnMut(&N) -> Result<Vec<N>>,
) -> Result<HashSet<N>> {
    let mut todo: Vec<N> = roots.into_iter().collect();
    let mut seen: HashSet<N> = todo.iter().cloned().collect();
    while let Some(node) = todo.pop() {
        for next in edges(&node)? {
            if seen.insert(next.clone()) {
                todo.push(next);
            }
        }
    }
    Ok(seen)
}

/// What nothing leads to, those first that are built on others; and the leases that have ended.
#[derive(Debug, Default)]
pub struct Garbage {
    pub objects: Vec<Node>,
    pub leases: Vec<String>,
}

/// Looks through a namespace.
pub fn garbage(c: &Connection, ns: &str, now: i64) -> Result<Garbage> {
    let mut graph = Graph { now, ..Graph::default() };
    let mut garbage = Garbage::default();
    for (id, labels) in rows(c, "SELECT id, labels FROM leases WHERE namespace = ?1", ns, two)? {
        match expired(&labels, now) {
            true => garbage.leases.push(id),
            false => graph.lease(c, ns, &id, labels.contains_key(FLAT))?,
        }
    }
    graph.roots.extend(sandboxes(c, ns)?);
    let snapshots =
        rows(c, "SELECT snapshotter, key, parent, labels FROM snapshots WHERE namespace = ?1", ns, |r| {
            let name: String = r.get(0)?;
            let parent = r.get::<_, String>(2).map(|key| Node::Snapshot(name.clone(), key))?;
            Ok((Node::Snapshot(name, r.get(1)?), parent, from_json(&r.get::<_, String>(3)?)))
        })?;
    for (node, _, labels) in &snapshots {
        graph.used.extend(used_at(labels).map(|at| (node.clone(), at)));
    }
    let mut objects = Vec::new();
    for (name, labels, target) in
        rows(c, "SELECT name, labels, target FROM images WHERE namespace = ?1", ns, three)?
    {
        let node = Node::Image(name);
        graph.add(node.clone(), &labels, [Node::Content(digest_of(&target))]);
        match expired(&labels, now) {
            true => objects.push(node),
            false => graph.roots.push(node),
        }
    }
    for (id, record) in rows(c, "SELECT id, record FROM containers WHERE namespace = ?1", ns, |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?))
    })? {
        let held = Held::read(&id, &record)?;
        let node = Node::Container(id);
        graph.add(node.clone(), &held.labels(), [held.snapshot()]);
        graph.roots.push(node);
    }
    for (digest, labels) in rows(c, "SELECT digest, labels FROM content WHERE namespace = ?1", ns, two)? {
        let node = Node::Content(digest);
        graph.object(node.clone(), &labels, []);
        objects.push(node);
    }
    let parents: HashMap<Node, Node> =
        snapshots.iter().map(|(node, parent, _)| (node.clone(), parent.clone())).collect();
    for (node, parent, labels) in snapshots {
        graph.object(node, &labels, [parent]);
    }
    let mut depths: Vec<(usize, Node)> =
        parents.keys().map(|node| (depth(node, &parents), node.clone())).collect();
    depths.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
    objects.extend(depths.into_iter().map(|(_, node)| node));
    let live = graph.live()?;
    objects.retain(|node| !live.contains(node));
    garbage.objects = objects;
    Ok(garbage)
}

/// Whether anything is there of what an object's labels have lead to it: for what is no part of the graph and is
/// looked at after a collection.
pub fn is_led_to(c: &Connection, ns: &str, labels: &Labels) -> Result<bool> {
    for (key, value) in labels {
        let Some(node) = key.strip_prefix(BACK).and_then(|key| refers(key, value)) else { continue };
        let there = match &node {
            Node::Content(digest) => c
                .prepare_cached("SELECT 1 FROM content WHERE namespace = ?1 AND digest = ?2")?
                .exists([ns, digest])?,
            Node::Image(name) => c
                .prepare_cached("SELECT 1 FROM images WHERE namespace = ?1 AND name = ?2")?
                .exists([ns, name])?,
            Node::Container(id) => c
                .prepare_cached("SELECT 1 FROM containers WHERE namespace = ?1 AND id = ?2")?
                .exists([ns, id])?,
            Node::Snapshot(name, key) => c
                .prepare_cached(
                    "SELECT 1 FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND key = ?3",
                )?
                .exists([ns, name, key])?,
            Node::Flat(_) => false,
        };
        if there {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The names of those of a `kind` that is no part of the graph to which labels of a namespace's objects lead, likewise.
pub fn led_to(c: &Connection, ns: &str, kind: &str) -> Result<HashSet<String>> {
    let prefix = format!("{REF}{kind}");
    let mut out = HashSet::new();
    let mut add = |labels: Labels| {
        out.extend(labels.into_iter().filter_map(|(key, value)| {
            let rest = key.strip_prefix(&prefix)?;
            (rest.is_empty() || rest.starts_with(['.', '/'])).then_some(value)
        }));
    };
    for table in ["images", "content", "snapshots"] {
        let sql = format!("SELECT labels FROM {table} WHERE namespace = ?1 AND instr(labels, ?2) > 0");
        let mut query = c.prepare_cached(&sql)?;
        for labels in query.query_map([ns, &prefix], |r| r.get::<_, String>(0))? {
            add(from_json(&labels?));
        }
    }
    for table in ["containers", "sandboxes"] {
        let sql = format!("SELECT id, record FROM {table} WHERE namespace = ?1 AND instr(record, ?2) > 0");
        let mut query = c.prepare_cached(&sql)?;
        let named = |r: &Row| Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?));
        for row in query.query_map(params![ns, prefix.as_bytes()], named)? {
            let (id, record) = row?;
            add(match table {
                "containers" => Held::read(&id, &record)?.labels(),
                _ => Labelled::read(&id, &record)?.labels.into_iter().collect(),
            });
        }
    }
    Ok(out)
}

/// What the labels of a namespace's sandboxes refer to, as they are now. There are few of them.
pub fn sandboxes(c: &Connection, ns: &str) -> Result<Vec<Node>> {
    let known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'sandboxes'";
    if !c.prepare_cached(known)?.exists([])? {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for (id, record) in rows(c, "SELECT id, record FROM sandboxes WHERE namespace = ?1", ns, |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, Vec<u8>>(1)?))
    })? {
        let labelled = Labelled::read(&id, &record)?;
        out.extend(labelled.labels.iter().filter_map(|(key, value)| refers(key.strip_prefix(REF)?, value)));
    }
    Ok(out)
}

/// Of a sandbox's record only its labels.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Labelled {
    #[prost(map = "string, string", tag = "4")]
    pub labels: HashMap<String, String>,
}

impl Labelled {
    fn read(id: &str, record: &[u8]) -> Result<Labelled> {
        prost::Message::decode(record)
            .map_err(|e| Error::unknown(format!("sandbox {id}: record in the metadata: {e}")))
    }
}

fn depth(node: &Node, parents: &HashMap<Node, Node>) -> usize {
    let (mut at, mut depth) = (node, 0);
    while let Some(parent) = parents.get(at)
        && depth <= parents.len()
    {
        (at, depth) = (parent, depth + 1);
    }
    depth
}

/// What an object leads to by its own record, as it is now.
pub fn edges(c: &Connection, ns: &str, node: &Node) -> Result<Vec<Node>> {
    let (labels, direct) = match node {
        Node::Flat(_) => return Ok(Vec::new()),
        Node::Content(digest) => {
            let sql = "SELECT labels FROM content WHERE namespace = ?1 AND digest = ?2";
            match c.prepare_cached(sql)?.query_row([ns, digest], |r| r.get::<_, String>(0)).optional()? {
                Some(labels) => (from_json(&labels), None),
                None => return Ok(Vec::new()),
            }
        }
        Node::Image(name) => {
            let sql = "SELECT labels, target FROM images WHERE namespace = ?1 AND name = ?2";
            let row = |r: &Row| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?));
            match c.prepare_cached(sql)?.query_row([ns, name], row).optional()? {
                Some((labels, target)) => (from_json(&labels), Some(Node::Content(digest_of(&target)))),
                None => return Ok(Vec::new()),
            }
        }
        Node::Snapshot(name, key) => {
            let sql =
                "SELECT labels, parent FROM snapshots WHERE namespace = ?1 AND snapshotter = ?2 AND key = ?3";
            let row = |r: &Row| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?));
            match c.prepare_cached(sql)?.query_row([ns, name, key], row).optional()? {
                Some((labels, parent)) => (from_json(&labels), Some(Node::Snapshot(name.clone(), parent))),
                None => return Ok(Vec::new()),
            }
        }
        Node::Container(id) => {
            let sql = "SELECT record FROM containers WHERE namespace = ?1 AND id = ?2";
            match c.prepare_cached(sql)?.query_row([ns, id], |r| r.get::<_, Vec<u8>>(0)).optional()? {
                Some(record) => {
                    let held = Held::read(id, &record)?;
                    (held.labels(), Some(held.snapshot()))
                }
                None => return Ok(Vec::new()),
            }
        }
    };
    // A condition counts as met: this is asked of what was touched a moment ago.
    let mut out: Vec<Node> = direct.into_iter().collect();
    for (key, value) in &labels {
        out.extend(key.strip_prefix(REF).and_then(|key| refers(key, value)));
        out.extend(condition(key, value).map(|condition| condition.on));
    }
    Ok(out)
}

#[derive(Default)]
struct Graph {
    now: i64,
    roots: Vec<Node>,
    edges: HashMap<Node, Vec<Node>>,
    /// When snapshots were used, where their labels say so.
    used: HashMap<Node, i64>,
}

impl Graph {
    fn lease(&mut self, c: &Connection, ns: &str, id: &str, flat: bool) -> Result<()> {
        let mut query =
            c.prepare_cached("SELECT type, id FROM lease_resources WHERE namespace = ?1 AND lease = ?2")?;
        let held = query.query_map([ns, id], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
        for resource in held {
            let (kind, id) = resource?;
            let Some(node) = Node::resource(&kind, id) else { continue };
            self.roots.push(if flat { Node::Flat(Box::new(node)) } else { node });
        }
        Ok(())
    }

    /// Adds content or a snapshot, which its labels may make a root.
    fn object(&mut self, node: Node, labels: &Labels, to: impl IntoIterator<Item = Node>) {
        if labels.contains_key(ROOT) || expiry(labels).is_some_and(|at| at > self.now) {
            self.roots.push(node.clone());
        }
        self.add(node, labels, to);
    }

    fn add(&mut self, node: Node, labels: &Labels, to: impl IntoIterator<Item = Node>) {
        let mut out: Vec<Node> = to.into_iter().collect();
        for (key, value) in labels {
            if let Some(target) = key.strip_prefix(BACK).and_then(|key| refers(key, value)) {
                self.edges.entry(target).or_default().push(node.clone());
            }
            out.extend(key.strip_prefix(REF).and_then(|key| refers(key, value)));
            out.extend(
                condition(key, value)
                    .filter(|it| self.used.get(&it.on).is_some_and(|at| it.is_met(*at, self.now)))
                    .map(|it| it.on),
            );
        }
        self.edges.entry(node).or_default().extend(out);
    }

    fn live(&self) -> Result<HashSet<Node>> {
        let seen = reachable(self.roots.iter().cloned(), |node| {
            Ok(match node {
                Node::Flat(_) => Vec::new(),
                node => self.edges.get(node).cloned().unwrap_or_default(),
            })
        })?;
        let bare = |node| match node {
            Node::Flat(node) => *node,
            node => node,
        };
        Ok(seen.into_iter().map(bare).collect())
    }
}

/// Of an image's target only its digest.
#[derive(Deserialize)]
struct Target {
    digest: String,
}

fn digest_of(target: &str) -> String {
    serde_json::from_str::<Target>(target).map(|t| t.digest).unwrap_or_default()
}

/// Of a container's record only what it holds.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Held {
    #[prost(map = "string, string", tag = "2")]
    pub labels: HashMap<String, String>,
    #[prost(string, tag = "6")]
    pub snapshotter: String,
    #[prost(string, tag = "7")]
    pub snapshot_key: String,
}

impl Held {
    fn read(id: &str, record: &[u8]) -> Result<Held> {
        prost::Message::decode(record)
            .map_err(|e| Error::unknown(format!("container {id}: record in the metadata: {e}")))
    }

    fn labels(&self) -> Labels {
        self.labels.clone().into_iter().collect()
    }

    fn snapshot(&self) -> Node {
        Node::Snapshot(self.snapshotter.clone(), self.snapshot_key.clone())
    }
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
