//! A timeline as an SVG picture that stands alone.

use std::fmt::Write;

use super::tree::Timeline;

const WIDTH: u64 = 1200;
const LABEL: u64 = 380;
const ROW: u64 = 20;
const HEAD: u64 = 40;

/// A colour a program.
fn colour(program: &str) -> &'static str {
    match program {
        "ctrd" => "#4472b0",
        "ctrd-shim" => "#4f9a5b",
        "ocirun" => "#c57b2c",
        "ocirun-init" => "#b04450",
        _ => "#777777",
    }
}

pub fn draw(timeline: &Timeline) -> String {
    let total = (timeline.end - timeline.start).max(1);
    let height = HEAD + ROW * timeline.rows.len() as u64 + 10;
    let scale = |micros: u64| micros as f64 * (WIDTH - LABEL - 90) as f64 / total as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"20\">trace {}: {:.2} ms</text>\n",
        escaped(&timeline.id),
        total as f64 / 1000.0
    );
    for (n, row) in timeline.rows.iter().enumerate() {
        let y = HEAD + ROW * n as u64;
        let from = row.span.start - timeline.start;
        let took = row.span.end.saturating_sub(row.span.start);
        let x = LABEL as f64 + scale(from);
        let width = scale(took).max(1.0);
        let label = escaped(&format!("{} {}", row.span.program, row.span.name));
        let _ = writeln!(
            svg,
            "<g><title>{label}, process {}: from {:.2} ms, {:.2} ms</title>\
             <text x=\"{}\" y=\"{}\">{label}</text>\
             <rect x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"{}\" fill=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{}\" fill=\"#555\">{:.2}</text></g>",
            row.span.pid,
            from as f64 / 1000.0,
            took as f64 / 1000.0,
            10 + 14 * row.depth,
            y + 14,
            y + 3,
            ROW - 6,
            colour(&row.span.program),
            x + width + 5.0,
            y + 14,
            took as f64 / 1000.0,
        );
    }
    svg + "</svg>\n"
}

/// Text as XML takes it; characters that XML has no place for are left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_break_out() {
        let line = serde_json::json!({"trace": "a", "program": "ctrd", "pid": 1, "name": "<&\u{1}>\"", "start": 0, "end": 9});
        let svg = draw(&Timeline::read(&line.to_string(), None).unwrap());
        assert!(svg.contains("ctrd &lt;&amp;?&gt;&quot;<"), "{svg}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    }
}
