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

/// What a list may not be, as containerd's may not: the mistake is found before anything begins.
#[test]
fn contradictions_are_mistakes() {
    static LISTS: [(&[Registration], &str); 6] = [
        (&[plugin("a", "x", &[]), plugin("a", "x", &[])], "a.x: registered twice"),
        (&[plugin("", "x", &[])], "a plugin has no type or id"),
        (&[plugin("a", "", &[])], "a plugin has no type or id"),
        (&[plugin("a", "x", &["*", "b"])], "a.x: requires * and others"),
        (&[plugin("a", "x", &["a"])], "a.x: requires its own type"),
        (
            &[plugin("a", "x", &["b"]), plugin("b", "x", &["c"]), plugin("c", "x", &["a"])],
            "a.x: requires itself by way of a.x, b.x, c.x",
        ),
    ];
    for (list, want) in LISTS {
        let said = std::panic::catch_unwind(|| graph::order(list, |_| true).len()).unwrap_err();
        let said =
            said.downcast_ref::<String>().cloned().or(said.downcast_ref::<&str>().map(|s| s.to_string()));
        assert_eq!(said.as_deref(), Some(want));
    }
}

/// One comes when the first who needs its type does; what nobody needs stays where the list has it.
#[test]
fn the_order_is_that_of_the_list_but_for_requirements() {
    static LIST: [Registration; 6] = [
        plugin("d", "one", &[]),
        plugin("c", "x", &["a", "b"]),
        plugin("b", "two", &[]),
        plugin("a", "x", &["nosuch"]),
        plugin("b", "one", &["a"]),
        plugin("d", "two", &["c"]),
    ];
    let order: Vec<String> = graph::order(&LIST, |_| true).iter().map(|r| r.uri()).collect();
    assert_eq!(order, ["d.one", "a.x", "b.two", "b.one", "c.x", "d.two"]);
    // One that is disabled goes when the order is made, and its requirements stay.
    let order: Vec<String> = graph::order(&LIST, |r| r.uri() != "c.x").iter().map(|r| r.uri()).collect();
    assert_eq!(order, ["d.one", "a.x", "b.two", "b.one", "d.two"]);
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
