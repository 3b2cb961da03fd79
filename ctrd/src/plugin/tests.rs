//! The order and the outcomes of made-up lists, and that the real list is sound.

use std::path::Path;

use super::*;

const fn plugin(kind: &'static str, id: &'static str, requires: &'static [&'static str]) -> Registration {
    Registration { kind, id, requires, init: |_| Ok(Meta::default()) }
}

fn failing(kind: &'static str, init: fn(&mut Init) -> Result<Meta, Failure>) -> Registration {
    Registration { kind, id: "x", requires: &[], init }
}

fn config() -> Config {
    Config::at(Path::new("/s"), Path::new("/r"), Path::new("/t"))
}

fn uris(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(|o| o.registration.uri()).collect()
}

static THREE: [Registration; 4] =
    [plugin("all", "x", &["*"]), plugin("c", "x", &["b"]), plugin("b", "x", &["a"]), plugin("a", "x", &[])];

#[test]
fn requirements_come_first() {
    let (_, outcomes) = load(&config(), &THREE).unwrap();
    assert_eq!(uris(&outcomes), ["a.x", "b.x", "c.x", "all.x"]);
}

#[test]
fn a_disabled_plugin_is_left_out_and_those_that_need_it_are_not() {
    let config = Config { disabled_plugins: vec!["b.x".into()], ..config() };
    assert_eq!(uris(&load(&config, &THREE).unwrap().1), ["a.x", "c.x", "all.x"]);
}

#[test]
fn the_list_is_sound() {
    assert_eq!(graph::order(list::ALL, |_| true).len(), list::ALL.len());
}

#[test]
#[should_panic(expected = "requires itself by way of")]
fn a_ring_is_a_mistake() {
    static RING: [Registration; 2] = [plugin("a", "x", &["b"]), plugin("b", "x", &["a"])];
    graph::order(&RING, |_| true);
}

#[test]
fn failures_are_noted_unless_required() {
    let list = Box::leak(Box::new([
        failing("skipped", |_| Err(Failure::Skip("no such kernel".into()))),
        failing("failed", |_| Err(Error::unknown("broken").into())),
        failing("fine", |_| Ok(Meta::default())),
    ]));
    let (_, outcomes) = load(&config(), list).unwrap();
    let texts: Vec<_> = outcomes.iter().map(|o| o.failure.as_ref().map(|f| f.error().message)).collect();
    assert_eq!(texts, [Some("no such kernel: skip plugin".into()), Some("broken".into()), None]);
    for (required, reason) in [
        ("failed.x", "begin required plugin failed.x: broken"),
        ("nosuch.x", "required plugin nosuch.x is not included"),
    ] {
        let config = Config { required_plugins: vec![required.into()], ..config() };
        assert_eq!(load(&config, list).err().unwrap().message, reason);
    }
}
