//! A timeline as text: a line a span, with a bar where it lies in the whole.

use super::tree::{Row, Timeline};

/// The widest that a name may be.
const NAME: usize = 48;

pub fn draw(timeline: &Timeline, width: usize) -> String {
    let name =
        |row: &Row| format!("{}{} {}", "  ".repeat(row.depth), row.span.program, shown(&row.span.name));
    let names: Vec<String> = timeline.rows.iter().map(name).collect();
    let column = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(NAME);
    let bar = width.saturating_sub(column + 22).max(10);
    let total = (timeline.end - timeline.start).max(1);
    let mut text = format!("trace {}   {} ms\n", timeline.id, millis(total));
    for (row, name) in timeline.rows.iter().zip(names) {
        let from = row.span.start - timeline.start;
        let took = row.span.end.saturating_sub(row.span.start);
        let left = (from * bar as u64 / total) as usize;
        let length = ((took * bar as u64).div_ceil(total) as usize).clamp(1, bar.saturating_sub(left).max(1));
        let name: String = name.chars().take(column).collect();
        let pad = column - name.chars().count();
        let line = format!(
            "{name}{}  {:>8} {:>8}  {}{}",
            " ".repeat(pad),
            millis(from),
            millis(took),
            " ".repeat(left),
            "█".repeat(length)
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// With what would disturb a terminal made visible.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn millis(micros: u64) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_where_their_spans_are() {
        let line = |span: &str, parent: &str, name: &str, start: u64, end: u64| {
            serde_json::json!({"trace": "a", "span": span, "parent": parent, "program": "ctrd", "pid": 1,
                "name": name, "start": start, "end": end})
            .to_string()
        };
        let text = [line("1", "", "run", 0, 10_000), line("", "1", "half\u{1b}", 5_000, 10_000)].join("\n");
        let drawn = draw(&Timeline::read(&text, None).unwrap(), 52);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[0], "trace a   10.00 ms");
        assert_eq!(lines[1].matches('█').count(), 2 * lines[2].matches('█').count());
        assert!(lines[2].starts_with("  ctrd half?") && lines[2].contains("5.00     5.00"), "{drawn}");
    }
}
