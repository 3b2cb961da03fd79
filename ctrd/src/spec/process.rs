//! The process part of config.json: what to run, as whom, with which environment. For the
//! container's first process, and for those that join it.

use std::path::PathBuf;

use oci_spec::image::Config as ImageConfig;
use oci_spec::runtime::{
    Capabilities, Capability, LinuxCapabilities, PosixRlimitBuilder, PosixRlimitType, Process,
    User as SpecUser,
};
use serde_json::{Value, json};

use super::user::User;
use super::{Options, default};
use crate::error::{Error, Result};

pub(super) fn init(options: &Options, image: Option<&ImageConfig>, user: &User) -> Result<Process> {
    let args = args(options, image)?;
    let mut env = image.and_then(|i| i.env().clone()).unwrap_or_default();
    merge_env(&mut env, &options.env, options.terminal);
    for text in args.iter().chain(&env) {
        no_nul(text)?;
    }

    let cwd = options.workdir.as_deref().or_else(|| image?.working_dir().as_deref()).unwrap_or_default();
    no_nul(cwd)?;

    let mut process = Process::default();
    process.set_terminal(options.terminal.then_some(true));
    process.set_args(Some(args));
    process.set_env(Some(env));
    process.set_cwd(PathBuf::from("/").join(cwd));
    let own = &options.confinement;
    process.set_user(spec_user(user, &own.groups));
    process.set_no_new_privileges(Some(!own.new_privileges));
    process.set_capabilities(Some(capabilities(&own.capabilities)));
    process.set_apparmor_profile(own.apparmor.clone());
    process.set_oom_score_adj(own.oom_score_adj);
    let files = PosixRlimitBuilder::default()
        .typ(PosixRlimitType::RlimitNofile)
        .hard(default::NOFILE)
        .soft(default::NOFILE)
        .build()
        .map_err(|e| Error::unknown(format!("write the limits: {e}")))?;
    process.set_rlimits(Some(own.limits(vec![files])));
    Ok(process)
}

/// What to change in the container's own process for one that joins it.
#[derive(Debug, Clone, Default)]
pub struct Exec {
    pub args: Vec<String>,
    pub terminal: bool,
    pub env: Vec<String>,
    pub cwd: Option<String>,
    pub user: Option<User>,
}

/// The process of an exec, from the container's config.json. Fields that this program does not
/// know stay as they are.
pub fn exec(config: &[u8], exec: &Exec) -> Result<Vec<u8>> {
    let fault = |why: &str| Error::invalid(format!("read the container's spec: {why}"));
    let mut spec: Value = serde_json::from_slice(config).map_err(|e| fault(&e.to_string()))?;
    let Some(process) = spec.pointer_mut("/process").filter(|p| p.is_object()) else {
        return Err(fault("it has no process"));
    };
    if exec.args.is_empty() {
        return Err(Error::invalid("no command is given"));
    }
    let mut env: Vec<String> = serde_json::from_value(process["env"].take()).unwrap_or_default();
    merge_env(&mut env, &exec.env, exec.terminal);
    for text in exec.args.iter().chain(&env).chain(&exec.cwd) {
        no_nul(text)?;
    }
    process["args"] = json!(exec.args);
    process["terminal"] = json!(exec.terminal);
    process["env"] = json!(env);
    if let Some(cwd) = &exec.cwd {
        process["cwd"] = json!(PathBuf::from("/").join(cwd));
    }
    if let Some(user) = &exec.user {
        process["user"] = json!({"uid": user.uid, "gid": user.gid, "additionalGids": user.additional_gids()});
    }
    serde_json::to_vec(process).map_err(|e| fault(&e.to_string()))
}

/// Entrypoint, then command. What the user gives replaces the image's part of the same name, and
/// a new entrypoint takes the image's command away, which was written for the old one.
fn args(options: &Options, image: Option<&ImageConfig>) -> Result<Vec<String>> {
    let from_image = |part: fn(&ImageConfig) -> &Option<Vec<String>>| {
        image.and_then(|i| part(i).clone()).unwrap_or_default()
    };
    let mut args = match &options.entrypoint {
        Some(own) => own.clone(),
        None => from_image(ImageConfig::entrypoint),
    };
    if !options.args.is_empty() {
        args.extend(options.args.iter().cloned());
    } else if options.entrypoint.is_none() {
        args.extend(from_image(ImageConfig::cmd));
    }
    if args.is_empty() {
        return Err(Error::invalid("no command is given, and the image names none"));
    }
    if args[0].is_empty() {
        return Err(Error::invalid("the command is empty"));
    }
    Ok(args)
}

/// Adds `more` to `env`: a name that is there is replaced in its place, a bare name is taken away.
/// PATH is always set, TERM when there is a terminal; HOME is the runtime's affair, which knows
/// the user's.
fn merge_env(env: &mut Vec<String>, more: &[String], terminal: bool) {
    let name = |entry: &str| entry.split('=').next().unwrap_or_default().to_string();
    for entry in more {
        let at = env.iter().position(|e| name(e) == name(entry));
        match (at, entry.contains('=')) {
            (Some(i), true) => env[i] = entry.clone(),
            (Some(i), false) => _ = env.remove(i),
            (None, true) => env.push(entry.clone()),
            (None, false) => {}
        }
    }
    if !env.iter().any(|e| name(e) == "PATH") {
        env.insert(0, default::PATH.to_string());
    }
    if terminal && !env.iter().any(|e| name(e) == "TERM") {
        env.push("TERM=xterm".to_string());
    }
}

fn capabilities(set: &[Capability]) -> LinuxCapabilities {
    let set: Capabilities = set.iter().copied().collect();
    let mut capabilities = LinuxCapabilities::default();
    capabilities.set_bounding(Some(set.clone()));
    capabilities.set_effective(Some(set.clone()));
    capabilities.set_permitted(Some(set));
    capabilities.set_inheritable(None);
    capabilities.set_ambient(None);
    capabilities
}

fn spec_user(user: &User, more: &[u32]) -> SpecUser {
    let mut groups = user.additional_gids();
    groups.extend(more.iter().filter(|gid| !user.groups.contains(gid) && **gid != user.gid));
    let mut out = SpecUser::default();
    out.set_uid(user.uid);
    out.set_gid(user.gid);
    out.set_additional_gids(Some(groups));
    out
}

fn no_nul(text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::invalid(format!("{text:?}: holds a NUL byte")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(json: &str) -> ImageConfig {
        serde_json::from_str(json).unwrap()
    }

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| s.to_string()).collect()
    }

    #[test]
    fn commands() {
        type Row<'a> = (&'a str, Option<&'a [&'a str]>, &'a [&'a str], Option<&'a [&'a str]>);
        let rows: &[Row] = &[
            (r#"{"Entrypoint":["e"],"Cmd":["c"]}"#, None, &[], Some(&["e", "c"])),
            (r#"{"Entrypoint":["e"],"Cmd":["c"]}"#, None, &["x"], Some(&["e", "x"])),
            (r#"{"Cmd":["c","d"]}"#, None, &[], Some(&["c", "d"])),
            (r#"{"Cmd":["c"]}"#, None, &["x"], Some(&["x"])),
            (r#"{"Entrypoint":["e"],"Cmd":["c"]}"#, Some(&["n"]), &[], Some(&["n"])),
            (r#"{"Entrypoint":["e"],"Cmd":["c"]}"#, Some(&["n"]), &["x"], Some(&["n", "x"])),
            (r#"{"Entrypoint":["e"],"Cmd":["c"]}"#, Some(&[]), &["x"], Some(&["x"])),
            (r#"{"Entrypoint":null,"Cmd":null}"#, None, &[], None),
            (r#"{"Cmd":[""]}"#, None, &[], None),
            ("{}", None, &[], None),
        ];
        for (json, entrypoint, given, want) in rows {
            let o =
                Options { args: strings(given), entrypoint: entrypoint.map(strings), ..Options::default() };
            let got = args(&o, Some(&image(json)));
            assert_eq!(got.ok(), want.map(strings), "{json} {entrypoint:?} {given:?}");
        }
    }

    #[test]
    fn environment() {
        type Row<'a> = (&'a [&'a str], &'a [&'a str], bool, &'a [&'a str]);
        let rows: &[Row] = &[
            (&[], &[], false, &[default::PATH]),
            (&["PATH=/x"], &[], false, &["PATH=/x"]),
            (&["A=1", "PATH=/x", "B=2"], &["A=3", "C=4"], false, &["A=3", "PATH=/x", "B=2", "C=4"]),
            (&["A=1", "PATH=/x"], &["A"], false, &["PATH=/x"]),
            (&["PATH=/x"], &["A=b=c"], true, &["PATH=/x", "A=b=c", "TERM=xterm"]),
            (&["PATH=/x", "TERM=vt100"], &[], true, &["PATH=/x", "TERM=vt100"]),
            (&["PATH=/x"], &["E="], false, &["PATH=/x", "E="]),
        ];
        for (from, more, terminal, want) in rows {
            let mut env = strings(from);
            merge_env(&mut env, &strings(more), *terminal);
            assert_eq!(env, strings(want));
        }
    }

    #[test]
    fn folders() {
        for (json, own, want) in [
            ("{}", None, "/"),
            (r#"{"WorkingDir":""}"#, None, "/"),
            (r#"{"WorkingDir":"/app"}"#, None, "/app"),
            (r#"{"WorkingDir":"app"}"#, None, "/app"),
            (r#"{"WorkingDir":"/app"}"#, Some("/tmp"), "/tmp"),
        ] {
            let o =
                Options { args: strings(&["sh"]), workdir: own.map(str::to_string), ..Options::default() };
            let p = init(&o, Some(&image(json)), &User::root()).unwrap();
            assert_eq!(p.cwd(), &PathBuf::from(want), "{json} {own:?}");
        }
    }

    #[test]
    fn nul_bytes_are_refused() {
        let o = Options { args: strings(&["a\0b"]), ..Options::default() };
        assert!(init(&o, None, &User::root()).is_err());
        let o = Options { args: strings(&["a"]), env: strings(&["A=\0"]), ..Options::default() };
        assert!(init(&o, None, &User::root()).is_err());
    }

    #[test]
    fn the_primary_group_is_among_the_groups() {
        let user = User { uid: 5, gid: 7, groups: vec![8, 9] };
        assert_eq!(user.additional_gids(), [7, 8, 9]);
        let user = User { uid: 5, gid: 7, groups: vec![8, 7] };
        assert_eq!(user.additional_gids(), [8, 7]);
    }

    #[test]
    fn exec_keeps_what_it_does_not_know() {
        let config = br#"{"process":{"args":["sh"],"env":["A=1","PATH=/p"],"cwd":"/w","novel":{"x":1},
            "user":{"uid":1,"gid":1},"terminal":true}}"#;
        let change = Exec { args: strings(&["id"]), env: strings(&["B=2"]), ..Exec::default() };
        let p: Value = serde_json::from_slice(&exec(config, &change).unwrap()).unwrap();
        assert_eq!(
            p,
            json!({"args":["id"],"env":["A=1","PATH=/p","B=2"],"cwd":"/w","novel":{"x":1},
                "user":{"uid":1,"gid":1},"terminal":false})
        );
        assert!(exec(config, &Exec::default()).is_err());
        assert!(exec(b"{}", &change).is_err());
        assert!(exec(b"x", &change).is_err());
    }
}
