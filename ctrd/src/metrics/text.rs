//! Prometheus' text form, version 0.0.4.
//!
//! ```text
//! # HELP name What it is.
//! # TYPE name counter
//! name{label="value"} 1
//! ```

use std::fmt::Write;

/// The type of a page in this form.
pub const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// A page being written.
#[derive(Default)]
pub struct Text {
    text: String,
    name: String,
}

impl Text {
    /// Begins a family: the values that follow are of this name.
    pub fn family(&mut self, name: &str, help: &str, kind: Kind) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self.name = name.to_string();
    }

    pub fn value(&mut self, labels: &[(&str, &str)], value: f64) {
        self.part("", labels, value);
    }

    /// A value of the family's name with something behind it, as histograms have them.
    pub fn part(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (n, (name, value)) in labels.iter().enumerate() {
            let before = if n == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{before}{name}=\"{}\"", escaped(value));
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{end} {value}");
    }

    pub fn done(self) -> String {
        self.text
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form() {
        let mut text = Text::default();
        text.family("a_total", "What a is.", Kind::Counter);
        text.value(&[], 3.0);
        text.value(&[("b", "x\"\\\n"), ("c", "")], 0.25);
        text.part("_sum", &[("b", "x")], 1e30);
        assert_eq!(
            text.done(),
            "# HELP a_total What a is.\n# TYPE a_total counter\na_total 3\na_total{b=\"x\\\"\\\\\\n\",c=\"\"} 0.25\n\
             a_total_sum{b=\"x\"} 1000000000000000000000000000000\n"
        );
    }
}
