//! `ctrd serve` beside containerd, the one on PATH: the same calls go to both, and each answer, error and event
//! is the same, or a line beside the call says why not.
//!
//! The calls stand in `alike/*.calls`; `alike/session.rs` says how they are written.

mod events;
mod message;
mod pair;
mod sequences;
mod session;
mod wire;

use std::collections::BTreeSet;

use pair::Pair;
use session::Session;

use crate::chance;

/// Plays a file of calls to both servers.
fn play(name: &str, text: &str) {
    let Some(pair) = Pair::new() else { return };
    let session = Session::parse(name, text, &pair.schema);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let wrong = runtime.block_on(pair.play(&session));
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! files {
    ($($name:ident,)*) => {
        const FILES: &[(&str, &str)] = &[$((stringify!($name), include_str!(concat!("alike/", stringify!($name), ".calls"))),)*];
        $(#[test]
        fn $name() {
            let (name, text) = FILES.iter().find(|(name, _)| *name == stringify!($name)).expect("its own file");
            play(name, text);
        })*
    };
}

files! {
    server,
    namespaces,
    containers,
    images,
    content,
    snapshots,
    leases,
    tasks,
    sandboxes,
    mounts,
    transfer,
}

/// Sessions made by chance: of a difference the line is one of the session's, as `sequences::lines` made it.
#[test]
fn sequences() {
    chance::cases(2, |chance| {
        let lines = sequences::lines(chance);
        if let Ok(p) = std::env::var("SEQ_DUMP") {
            std::fs::write(p, &lines).unwrap();
        }
        play("sequences", &lines);
    });
}

#[test]
fn no_method_and_no_field_is_left_out() {
    let schema = message::Schema::new();
    let mut left: BTreeSet<String> = schema.requests();
    // It never ends.
    left.retain(|name| !name.starts_with("Health/Watch"));
    for (name, text) in FILES {
        for call in Session::parse(name, text, &schema).calls {
            call.mark(&mut left);
        }
    }
    assert!(left.is_empty(), "methods and fields of requests that no call has: {left:#?}");
}
