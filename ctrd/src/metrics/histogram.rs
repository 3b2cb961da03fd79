//! How often something took how long.

use std::time::Duration;

use super::text::Text;

/// The upper ends of Prometheus' usual steps, in seconds.
const STEPS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, Default)]
pub struct Histogram {
    counts: [u64; STEPS.len()],
    count: u64,
    sum: f64,
}

impl Histogram {
    pub fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        if let Some(step) = STEPS.iter().position(|end| seconds <= *end) {
            self.counts[step] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }

    /// Each step counts those below it too.
    pub fn write(&self, text: &mut Text, labels: &[(&str, &str)]) {
        let mut below = 0;
        for (end, count) in STEPS.iter().zip(&self.counts) {
            below += count;
            let end = end.to_string();
            text.part("_bucket", &[labels, &[("le", end.as_str())]].concat(), below as f64);
        }
        text.part("_bucket", &[labels, &[("le", "+Inf")]].concat(), self.count as f64);
        text.part("_sum", labels, self.sum);
        text.part("_count", labels, self.count as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::text::Kind;

    #[test]
    fn steps_count_what_is_below_them() {
        let mut histogram = Histogram::default();
        for ms in [1, 5, 30, 20_000] {
            histogram.add(Duration::from_millis(ms));
        }
        let mut text = Text::default();
        text.family("t", "Times.", Kind::Histogram);
        histogram.write(&mut text, &[("a", "b")]);
        let text = text.done();
        for line in [
            "t_bucket{a=\"b\",le=\"0.005\"} 2\n",
            "t_bucket{a=\"b\",le=\"0.05\"} 3\n",
            "t_bucket{a=\"b\",le=\"10\"} 3\n",
            "t_bucket{a=\"b\",le=\"+Inf\"} 4\n",
            "t_sum{a=\"b\"} 20.036\n",
            "t_count{a=\"b\"} 4\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
