//! The server's log, on standard error: a JSON object a line, `{"time","level","msg"}` and the rest, or
//! the same as words, `time="…" level=… msg="…"`.

use std::fmt::{self, Write};
use std::sync::OnceLock;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock;
use crate::config::{Format, Log};
use crate::error::{Error, Result};

/// By it the level changes while the server runs.
static LEVEL: OnceLock<Box<dyn Fn(LevelFilter) -> Result<()> + Send + Sync>> = OnceLock::new();

/// Sends all that is logged from here on to standard error.
pub fn init(log: Log) {
    let (level, handle) = reload::Layer::new(LevelFilter::from_level(log.level));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).event_format(Lines(log.format));
    if let Err(e) = tracing_subscriber::registry().with(level).with(lines).try_init() {
        eprintln!("ctrd: log: {e}");
        return;
    }
    let change =
        move |level: LevelFilter| handle.reload(level).map_err(|e| Error::unknown(format!("log: {e}")));
    let _ = LEVEL.set(Box::new(change));
}

/// Logs as much as this says from now on. The form stays.
pub fn change(log: Log) -> Result<()> {
    LEVEL.get().map_or(Ok(()), |change| change(log.level.into()))
}

struct Lines(Format);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = Line(Map::new());
        event.record(&mut line);
        let time = clock::rfc3339(clock::now());
        let level = match event.metadata().level().as_str() {
            // As containerd calls it.
            "WARN" => "warning".to_string(),
            other => other.to_lowercase(),
        };
        let msg = line.0.remove("message").unwrap_or_default();
        if self.0 == Format::Text {
            write!(to, "time={} level={level} msg={msg}", Value::from(time))?;
            for (name, value) in &line.0 {
                match value.as_str().filter(|text| is_plain(text)) {
                    Some(text) => write!(to, " {name}={text}")?,
                    None => write!(to, " {name}={value}")?,
                }
            }
            return writeln!(to);
        }
        write!(to, r#"{{"time":"{time}","level":"{level}","msg":{msg}"#)?;
        for (name, value) in &line.0 {
            write!(to, ",{}:{value}", Value::from(name.as_str()))?;
        }
        writeln!(to, "}}")
    }
}

/// Whether a word stands without quotes.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/@^+".contains(&b))
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
