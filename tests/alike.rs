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
use crate::stack::Stack;

/// Plays a file of calls to both servers.
fn play(name: &str, text: &str) {
    play_with("", name, text);
}

/// The same, with this in the configuration of both.
fn play_with(config: &str, name: &str, text: &str) {
    if let Some(pair) = Pair::with(config) {
        play_to(&pair, name, text);
    }
}

fn play_to(pair: &Pair, name: &str, text: &str) {
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
    held,
    tasks,
    sandboxes,
    mounts,
    transfer,
}

/// Namespaces share what they are labelled for alone.
#[test]
fn isolated() {
    play_with(ISOLATED, "isolated", include_str!("alike/isolated.calls"));
}

const ISOLATED: &str =
    "[plugins.\"io.containerd.metadata.v1.bolt\"]\ncontent_sharing_policy = \"isolated\"\n";

/// Another server keeps the blobs of ours, and nobody notices.
#[test]
fn content_kept_elsewhere() {
    for (name, config, text) in [
        ("content", "", include_str!("alike/content.calls")),
        ("isolated", ISOLATED, include_str!("alike/isolated.calls")),
    ] {
        let other = Stack::new();
        let _other = other.serve();
        let far = format!(
            "disabled_plugins = ['io.containerd.content.v1.content']\n\
             [proxy_plugins.far]\ntype = 'content'\naddress = {:?}\n",
            other.address()
        );
        if let Some(pair) = Pair::with_ours(config, &far) {
            play_to(&pair, name, text);
        }
    }
}

/// Sessions made by chance: of a difference the line is one of the session's, as `sequences::lines` made it.
#[test]
fn sequences() {
    chance::cases(2, |chance| play("sequences", &sequences::lines(chance)));
}

/// Every method is sent what is no message, or one of fields by chance: the caller is told, and the server goes on.
#[test]
fn any_bytes_are_answered() {
    // These go on until their caller leaves.
    const ENDLESS: [&str; 2] = ["Health/Watch", "Events/Subscribe"];
    let schema = message::Schema::new();
    let stack = Stack::new();
    let mut server = stack.serve();
    let names: Vec<String> = schema.requests().into_iter().filter(|name| !name.contains(' ')).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (root, state) = (stack.path("lib"), stack.path("run"));
        let channel =
            ctrd::client::channel::connect(&stack.address(), &root, &state).await.expect("a server");
        let headers = wire::Headers { namespace: Some("it".into()), lease: None };
        for name in names.iter().filter(|name| !ENDLESS.contains(&name.as_str())) {
            let method = schema.method(name).expect("a method");
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let mut all = Vec::new();
            chance::cases(12, |chance| all.push(any_message(chance, 3)));
            for bytes in all {
                let end = wire::call(&channel, &path, &headers, vec![bytes.clone().into()]).await.end;
                let told = end
                    .err()
                    .map_or(String::new(), |status| format!("{:?}: {}", status.code(), status.message()));
                for fault in ["DeadlineExceeded", "h2 protocol", "internal fault", "panic", "connection"] {
                    assert!(!told.contains(fault), "{name}: {bytes:?}: {told}");
                }
            }
        }
    });
    assert!(!server.has_ended());
    stack.run(&["namespace", "ls"]).ok();
}

/// Fields of any number and kind, some of them messages in turn, and sometimes mere bytes.
fn any_message(chance: &mut chance::Chance, depth: usize) -> Vec<u8> {
    if chance.one_in(6) {
        return chance.bytes(60);
    }
    let mut out = Vec::new();
    for _ in 0..chance.below(6) {
        let field = chance.below(9) as u8;
        match chance.below(4) {
            0 => out.extend([field << 3, chance.below(256) as u8]),
            1 => out.extend([&[field << 3 | 5][..], &chance.bytes(4)].concat()),
            _ => {
                let inner = match depth {
                    0 => b"it-any".to_vec(),
                    _ => any_message(chance, depth - 1),
                };
                out.extend([field << 3 | 2, inner.len().min(127) as u8]);
                out.extend(inner);
            }
        }
    }
    out
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
