//! The server's log: a JSON object a line on standard error, `{"time","level","msg"}` and the rest.

use std::fmt::{self, Write};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock;

/// Sends all that is logged from here on to standard error.
pub fn init(debug: bool) {
    let level = if debug { Level::DEBUG } else { Level::INFO };
    let logged = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .event_format(Lines)
        .try_init();
    if let Err(e) = logged {
        eprintln!("ctrd: log: {e}");
    }
}

struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Line(Map::new());
        event.record(&mut line);
        let time = clock::rfc3339(clock::now());
        let level = event.metadata().level().as_str().to_lowercase();
        let msg = line.0.remove("message").unwrap_or_default();
        write!(to, r#"{{"time":"{time}","level":"{level}","msg":{msg}"#)?;
        for (name, value) in &line.0 {
            write!(to, ",{}:{value}", Value::from(name.as_str()))?;
        }
        writeln!(to, "}}")
    }
}

struct Line(Map<String, Value>);

impl Line {
    fn add(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_string(), value);
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.add(field, text.into());
    }
}
