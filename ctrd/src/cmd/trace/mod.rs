//! `ctrd trace`: draws the timeline of a launch.

mod chrome;
mod svg;
mod text;
mod tree;

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::cli::TraceDraw;
use crate::terminal;
use tree::Timeline;

pub fn draw(args: &TraceDraw) -> Result<i32> {
    let text = read(&args.file).with_context(|| format!("read {}", args.file.display()))?;
    let Some(timeline) = Timeline::read(&text, args.id.as_deref()) else {
        match &args.id {
            Some(id) => bail!("{}: has no trace {id}", args.file.display()),
            None => bail!("{}: has no line of a trace", args.file.display()),
        }
    };
    let out = match (args.svg, args.chrome) {
        (true, _) => svg::draw(&timeline),
        (_, true) => chrome::events(&timeline),
        _ => text::draw(&timeline, width()),
    };
    io::stdout().lock().write_all(out.as_bytes())?;
    Ok(0)
}

fn read(path: &Path) -> io::Result<String> {
    if path != Path::new("-") {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

/// The columns there are to draw in.
fn width() -> usize {
    match terminal::size() {
        Some((columns, _)) if io::stdout().is_terminal() => (columns as usize).clamp(60, 240),
        _ => 120,
    }
}
