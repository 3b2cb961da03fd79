//! A timeline as Chrome trace events: complete events (`X`), a process a program.

use std::collections::BTreeMap;

use serde_json::json;

use super::tree::Timeline;

pub fn events(timeline: &Timeline) -> String {
    let mut events = Vec::new();
    let programs: BTreeMap<u32, &str> =
        timeline.rows.iter().map(|row| (row.span.pid, row.span.program.as_str())).collect();
    for (pid, program) in programs {
        events.push(
            json!({"ph": "M", "name": "process_name", "pid": pid, "tid": pid, "args": {"name": program}}),
        );
    }
    for row in &timeline.rows {
        let span = &row.span;
        events.push(json!({
            "ph": "X", "name": span.name, "cat": span.program, "pid": span.pid, "tid": span.pid,
            "ts": span.start, "dur": span.end.saturating_sub(span.start),
        }));
    }
    let all = json!({"traceEvents": events, "displayTimeUnit": "ms", "otherData": {"trace": timeline.id}});
    all.to_string() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_is_an_event() {
        let line = json!({"trace": "a", "program": "ctrd", "pid": 7, "name": "run", "start": 5, "end": 9});
        let text = events(&Timeline::read(&line.to_string(), None).unwrap());
        let all: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(all["traceEvents"].as_array().unwrap().len(), 2);
        assert_eq!(all["traceEvents"][1]["dur"], 4);
        assert_eq!(all["traceEvents"][0]["args"]["name"], "ctrd");
    }
}
