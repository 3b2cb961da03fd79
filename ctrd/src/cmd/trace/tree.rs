//! From lines to a timeline: the spans of one trace as a tree, in the order of their beginnings.

use std::collections::HashMap;

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Span {
    trace: String,
    #[serde(default)]
    span: String,
    #[serde(default)]
    parent: String,
    pub program: String,
    pub pid: u32,
    pub name: String,
    /// Microseconds since 1970 UTC.
    pub start: u64,
    pub end: u64,
}

/// A span in its place.
#[derive(Debug)]
pub struct Row {
    pub depth: usize,
    pub span: Span,
}

#[derive(Debug)]
pub struct Timeline {
    pub id: String,
    /// Each after the one that it is a part of.
    pub rows: Vec<Row>,
    pub start: u64,
    pub end: u64,
}

impl Timeline {
    /// The trace whose id begins with `id`, or else the one that began last. Lines that are none of
    /// a trace are passed over: a program may have died while it wrote one.
    pub fn read(text: &str, id: Option<&str>) -> Option<Timeline> {
        let all: Vec<Span> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let id = match id {
            Some(id) => all.iter().map(|span| &span.trace).find(|trace| trace.starts_with(id))?.clone(),
            None => {
                let mut begins: HashMap<&str, u64> = HashMap::new();
                for span in &all {
                    let begin = begins.entry(&span.trace).or_insert(span.start);
                    *begin = span.start.min(*begin);
                }
                begins.into_iter().max_by_key(|(trace, begin)| (*begin, *trace))?.0.to_string()
            }
        };
        let spans: Vec<Span> = all.into_iter().filter(|span| span.trace == id).collect();
        let start = spans.iter().map(|span| span.start).min()?;
        let end = spans.iter().map(|span| span.end).max()?;
        Some(Timeline { id, rows: in_order(spans), start, end })
    }
}

/// Each span after its parent. Those whose parent is not there (it has not ended, or it was no
/// program of ours) stand at the top.
fn in_order(mut spans: Vec<Span>) -> Vec<Row> {
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let known: HashMap<String, usize> = spans
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.span.is_empty())
        .map(|(n, s)| (s.span.clone(), n))
        .collect();
    let parent = |span: &Span| known.get(&span.parent).copied().filter(|_| span.parent != span.span);
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (n, span) in spans.iter().enumerate() {
        children.entry(parent(span)).or_default().push(n);
    }
    let mut rows = Vec::new();
    let mut placed = vec![false; spans.len()];
    let mut stack: Vec<(usize, usize)> =
        children.get(&None).into_iter().flatten().rev().map(|n| (*n, 0)).collect();
    while let Some((n, depth)) = stack.pop() {
        if std::mem::replace(&mut placed[n], true) {
            continue;
        }
        rows.push(Row { depth, span: spans[n].clone() });
        stack.extend(children.get(&Some(n)).into_iter().flatten().rev().map(|child| (*child, depth + 1)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn line(trace: &str, span: &str, parent: &str, name: &str, start: u64, end: u64) -> String {
        serde_json::json!({"trace": trace, "span": span, "parent": parent, "program": "ctrd", "pid": 1,
            "name": name, "start": start, "end": end})
        .to_string()
    }

    #[test]
    fn spans_stand_below_their_parents() {
        let text = [
            line("b", "", "2", "step", 130, 140),
            line("b", "2", "1", "part", 120, 150),
            "not a line".to_string(),
            line("b", "1", "", "all", 100, 200),
            line("b", "9", "8", "orphan", 110, 120),
            line("a", "5", "", "earlier", 1, 2),
        ]
        .join("\n");
        let timeline = Timeline::read(&text, None).unwrap();
        let got: Vec<_> = timeline.rows.iter().map(|r| (r.depth, r.span.name.as_str())).collect();
        assert_eq!(got, [(0, "all"), (1, "part"), (2, "step"), (0, "orphan")]);
        assert_eq!((timeline.start, timeline.end), (100, 200));
        assert_eq!(Timeline::read(&text, Some("a")).unwrap().rows.len(), 1);
        assert!(Timeline::read(&text, Some("c")).is_none());
        assert!(Timeline::read("", None).is_none());
    }

    #[test]
    fn circles_end() {
        let text = [line("a", "1", "2", "x", 1, 2), line("a", "2", "1", "y", 1, 2)].join("\n");
        assert!(Timeline::read(&text, None).unwrap().rows.is_empty());
        let own = line("a", "1", "1", "x", 1, 2);
        assert_eq!(Timeline::read(&own, None).unwrap().rows.len(), 1);
    }
}
