//! Ours beside containerd's own shim, over the same runtime: one life of a container, call by call, with
//! every field of every answer and of every event.

use ctrd_shim::any::{self, OCI_RESOURCES};
use ctrd_shim::api::{cgroup1, cgroup2, events, runc, task};
use ctrd_shim::method::topic;
use prost::Message;
use prost_types::Any;
use serde_json::json;

use super::driver::{Driven, Stack, stacks};
use crate::bin;

/// Where the two differ, by the step that differs, and why that is right.
const DIFFERENT: &[(&str, &str)] = &[(
    "Create again",
    "ours refuses it; theirs mounts over the first one's root and has the runtime refuse it",
)];

/// What ours tells besides: which exec a state is of.
fn alike(ours: &str, theirs: &str) -> bool {
    let known = DIFFERENT.iter().any(|(step, _)| ours.starts_with(&format!("{step}: ")));
    let tail = |text: &str| text.rsplit_once("exec_id: ").map(|(before, _)| before.to_owned());
    known || ours == theirs || (ours.contains("State of \"") && tail(ours) == tail(theirs))
}

/// What was answered, a line a step, with names for what each run has its own of.
struct Transcript {
    shim: Driven,
    names: Vec<(String, &'static str)>,
    lines: Vec<String>,
}

impl Transcript {
    fn note(&mut self, step: &str, answer: String) {
        let mut text = answer;
        for (value, name) in &self.names {
            text = replace_word(&text, value, name);
        }
        self.lines.push(format!("{step}: {}", without_times(&text)));
    }

    fn name(&mut self, value: impl ToString, name: &'static str) {
        self.names.push((value.to_string(), name));
    }

    fn call<A: Message + Default + std::fmt::Debug>(
        &mut self,
        step: &str,
        method: &str,
        request: &impl Message,
    ) -> A {
        let answer = self.shim.call::<A>(method, request);
        let text = match &answer {
            Ok(answer) => format!("{answer:?}"),
            Err(status) => format!("refused {} {}", status.code, status.message),
        };
        self.note(step, text);
        answer.unwrap_or_default()
    }

    fn state(&mut self, step: &str, exec: &str) {
        let request = task::StateRequest { id: self.shim.id.clone(), exec_id: exec.into() };
        self.call::<task::StateResponse>(&format!("{step}, State of {exec:?}"), "State", &request);
    }

    fn plain(&mut self, method: &str) {
        // Every request has the id as its first field, so one will do for all.
        let request = task::PauseRequest { id: self.shim.id.clone() };
        self.call::<()>(method, method, &request);
    }

    /// The figures that both runs must have alike, and which there are at all.
    fn stats(&mut self, step: &str) {
        let request = task::StatsRequest { id: self.shim.id.clone() };
        let answer = match self.shim.call::<task::StatsResponse>("Stats", &request) {
            Ok(answer) => answer.stats.expect("figures"),
            Err(status) => return self.note(step, format!("refused {} {}", status.code, status.message)),
        };
        let text = if let Some(metrics) = any::unpack::<cgroup1::Metrics>(&answer) {
            format!("{:?}", metrics.expect("whole"))
        } else {
            format!("{:?}", any::unpack::<cgroup2::Metrics>(&answer).expect("a version").expect("whole"))
        };
        self.note(&format!("{step}, the type"), answer.type_url);
        self.lines.push(format!("{step}: {}", shape(&text)));
    }
}

/// One life. The container has limits, execs that run, fail and are killed, and a pause.
fn life(stack: &Stack) -> Vec<String> {
    let shim = stack.edited("it-alike", &["sleep", "3000"], |config| {
        config["linux"]["resources"] = json!({"memory": {"limit": 64 << 20}, "pids": {"limit": 50}});
    });
    let mut t = Transcript { shim, names: Vec::new(), lines: Vec::new() };
    let id = t.shim.id.clone();
    let pid = t.shim.pid;
    t.name(pid, "SHIM");
    let bundle = t.shim.bundle.path().display().to_string();
    t.name(bundle, "BUNDLE");
    let connect = task::ConnectRequest { id: id.clone() };
    t.call::<task::ConnectResponse>("Connect to none", "Connect", &connect);
    t.stats("Stats of none");
    let request = t.shim.request();
    let created = t.shim.ok::<task::CreateTaskResponse>("Create", &request);
    t.name(created.pid, "INIT");
    t.call::<task::CreateTaskResponse>("Create again", "Create", &request);
    t.call::<task::ConnectResponse>("Connect", "Connect", &connect);
    t.state("created", "");
    t.stats("created, Stats");
    t.plain("Pids");
    let start = t.shim.start_request("");
    t.call::<task::StartResponse>("Start", "Start", &start);
    t.call::<task::StartResponse>("Start again", "Start", &start);
    t.state("started", "");

    let exec = t.shim.exec_request("e", &["sleep", "3001"]);
    t.call::<()>("Exec", "Exec", &exec);
    t.call::<()>("Exec again", "Exec", &exec);
    t.state("added", "e");
    let start = t.shim.start_request("e");
    let started = t.shim.ok::<task::StartResponse>("Start", &start);
    t.name(started.pid, "EXEC");
    t.state("started", "e");
    let mut pids: task::PidsResponse = t.shim.ok("Pids", &task::PidsRequest { id: id.clone() });
    pids.processes.sort_by_key(|p| p.pid != created.pid);
    let listed: Vec<_> = pids
        .processes
        .iter()
        .map(|p| {
            (p.pid, p.info.as_ref().map(|i| (i.type_url.clone(), any::unpack::<runc::ProcessDetails>(i))))
        })
        .collect();
    t.note("Pids", format!("{listed:?}"));
    let failing = t.shim.exec_request("f", &["nosuch"]);
    t.call::<()>("Exec of nothing", "Exec", &failing);
    let start = t.shim.start_request("f");
    t.call::<task::StartResponse>("Start of nothing", "Start", &start);
    t.state("failed", "f");
    let delete = t.shim.delete_request("f");
    t.call::<task::DeleteResponse>("Delete of nothing", "Delete", &delete);

    t.plain("Pause");
    t.state("paused", "");
    t.state("paused", "e");
    t.plain("Pause");
    t.plain("Resume");
    t.state("resumed", "");
    let update = task::UpdateTaskRequest {
        id: id.clone(),
        resources: Some(Any { type_url: OCI_RESOURCES.into(), value: br#"{"pids":{"limit":77}}"#.to_vec() }),
        ..Default::default()
    };
    t.call::<()>("Update", "Update", &update);
    t.stats("updated, Stats");

    let delete = t.shim.delete_request("e");
    t.call::<task::DeleteResponse>("Delete what runs", "Delete", &delete);
    let kill = t.shim.kill_request("e", 15);
    t.call::<()>("Kill", "Kill", &kill);
    let wait = task::WaitRequest { id: id.clone(), exec_id: "e".into() };
    t.call::<task::WaitResponse>("Wait", "Wait", &wait);
    t.state("ended", "e");
    t.call::<()>("Kill what ended", "Kill", &kill);
    t.call::<task::DeleteResponse>("Delete", "Delete", &delete);
    t.call::<task::DeleteResponse>("Delete again", "Delete", &delete);

    let kill = t.shim.kill_request("", 9);
    t.call::<()>("Kill the first", "Kill", &kill);
    let wait = task::WaitRequest { id: id.clone(), exec_id: String::new() };
    t.call::<task::WaitResponse>("Wait for the first", "Wait", &wait);
    t.state("at the end", "");
    t.stats("at the end, Stats");
    t.plain("Pause");
    t.plain("Resume");
    t.call::<()>("Kill the dead", "Kill", &kill);
    let late = t.shim.exec_request("g", &["true"]);
    t.call::<()>("Exec in the dead", "Exec", &late);
    let delete = t.shim.delete_request("");
    t.call::<task::DeleteResponse>("Delete the first", "Delete", &delete);
    t.call::<task::DeleteResponse>("Delete it again", "Delete", &delete);
    t.call::<task::ConnectResponse>("Connect at the end", "Connect", &connect);
    loop {
        let envelope = t.shim.server().next_but(topic::OOM);
        let (last, event) = (envelope.topic == topic::DELETE, envelope.event.expect("an event"));
        let line = format!("{} {} {}", envelope.namespace, event.type_url, told(&event));
        t.note(&envelope.topic, line);
        if last {
            return t.lines;
        }
    }
}

fn told(event: &Any) -> String {
    fn of<M: any::Named + std::fmt::Debug>(event: &Any) -> Option<String> {
        any::unpack::<M>(event).map(|event| format!("{:?}", event.expect("whole")))
    }
    of::<events::TaskCreate>(event)
        .or_else(|| of::<events::TaskStart>(event))
        .or_else(|| of::<events::TaskExecAdded>(event))
        .or_else(|| of::<events::TaskExecStarted>(event))
        .or_else(|| of::<events::TaskPaused>(event))
        .or_else(|| of::<events::TaskResumed>(event))
        .or_else(|| of::<events::TaskExit>(event))
        .or_else(|| of::<events::TaskDelete>(event))
        .unwrap_or_else(|| panic!("{event:?}"))
}

/// The text with a whole word replaced.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let whole = !part(before.chars().last()) && !part(after.chars().next());
        out.push_str(before);
        out.push_str(if whole { by } else { word });
        rest = after;
    }
    out + rest
}

/// The text with every point in time replaced by a word: that there is one must be alike.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("Timestamp { ") {
        out.push_str(before);
        let (time, after) = after.split_once('}').expect("a closed timestamp");
        out.push_str(if time.trim() == "seconds: -62135596800, nanos: 0" { "NEVER" } else { "TIME" });
        rest = after;
    }
    out + rest
}

/// What of a container's figures must be alike: limits, counts, and for all others which there are.
fn shape(debug: &str) -> String {
    let kept =
        ["limit", "usage_limit", "max_usage", "op", "major", "minor", "device", "pagesize", "oom_kill"];
    let mut out = String::new();
    let mut key = String::new();
    let mut word = String::new();
    for c in debug.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if c == ':' {
            key.clone_from(&word);
        }
        let number = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        out.push_str(if number && !kept.contains(&key.as_str()) { "N" } else { &word });
        word.clear();
        out.push(c);
    }
    out + &word
}

#[test]
fn a_life_has_the_same_answers_and_events() {
    let all = stacks();
    let (ours, peers): (Vec<_>, Vec<_>) =
        all.iter().filter(|stack| stack.options.binary_name == "runc").partition(|stack| !stack.is_peer());
    let (Some(ours), false) = (ours.first(), peers.is_empty()) else {
        return bin::skip("runc or containerd-shim-runc-v2 is not installed");
    };
    let own = life(ours);
    for peer in peers {
        let theirs = life(peer);
        let steps = |lines: &[String]| -> Vec<String> {
            lines.iter().map(|l| l.split(": ").next().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(steps(&own), steps(&theirs), "{peer}: the steps");
        let different: Vec<_> = own
            .iter()
            .zip(&theirs)
            .filter(|(a, b)| !alike(a, b))
            .map(|(a, b)| format!("\nours  {a}\ntheirs {b}"))
            .collect();
        assert!(different.is_empty(), "{peer}: {}", different.concat());
    }
}
