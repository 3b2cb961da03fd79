//! The container's cgroup as a scope of systemd: a unit that exists from the first process to
//! the last, whose directories and limits systemd knows and leaves alone (`Delegate`).
//!
//! Who is not root, or root only in a user namespace, asks the user's own manager.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use oci_spec::runtime::LinuxResources;
use serde::{Deserialize, Serialize};

use super::dbus::{Connection, Refusal, Target, Value};
use super::placeholder::Placeholder;
use super::property::{self, Property, property};
use super::{Cgroup, resources};

const PATIENCE: Duration = Duration::from_secs(30);

const SYSTEMD: &str = "org.freedesktop.systemd1";
const MANAGER: Target<'static> = Target {
    destination: SYSTEMD,
    path: "/org/freedesktop/systemd1",
    interface: "org.freedesktop.systemd1.Manager",
};

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// A unit's name may not be longer.
const LONGEST_NAME: usize = 255;

/// The container's unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    name: String,
    slice: String,
    /// The user's manager keeps it, not the system's.
    #[serde(default)]
    user: bool,
    /// From annotations; of use only where the unit is made.
    #[serde(skip)]
    properties: Vec<Property>,
}

/// Decides the unit of container `id` and its directories; makes nothing. `cgroupsPath` is
/// `slice:prefix:name`.
pub fn plan(
    id: &str,
    cgroups_path: Option<&Path>,
    annotations: &HashMap<String, String>,
    rootless: bool,
) -> Result<Cgroup> {
    let user = rootless || resources::in_user_namespace();
    let path = cgroups_path.map(|p| p.to_string_lossy()).unwrap_or_default();
    let (slice, name) = names(&path, id, user)?;
    let properties = property::annotated(annotations.iter())?;
    let (mut connection, _) = connect(user)?;
    let top = control_group(&mut connection)?;
    let mut place = PathBuf::from("/");
    place.push(top.trim_start_matches('/').trim_end_matches("/init.scope").trim_end_matches("init.scope"));
    place.extend(slice_path(&slice)?);
    place.push(&name);
    let mut cgroup = super::plan(id, Some(&place), user)?;
    cgroup.explicit = !path.is_empty();
    cgroup.systemd = Some(Unit { name, slice, user, properties });
    Ok(cgroup)
}

/// Slice and scope.
fn names(path: &str, id: &str, user: bool) -> Result<(String, String)> {
    let (slice, prefix, name) = match path.split(':').collect::<Vec<_>>()[..] {
        [""] => ("", "ocirun", id),
        [slice, prefix, name] if !name.is_empty() => (slice, prefix, name),
        _ => bail!(
            "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got {path:?} instead"
        ),
    };
    ensure!(!name.ends_with(".slice"), "invalid cgroupsPath {path:?}: a slice holds no processes");
    let slice = match slice {
        "" if user => "user.slice",
        "" => "system.slice",
        slice => slice,
    };
    slice_path(slice)?;
    let joined = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}-{name}") };
    let scope = format!("{}.scope", escape(&joined));
    ensure!(scope.len() <= LONGEST_NAME, "invalid unit name {scope:?}: too long");
    Ok((slice.to_owned(), scope))
}

/// What a unit's name may not have is written as systemd-escape(1) does, but for what it may.
fn escape(name: &str) -> String {
    let mut out = String::new();
    for (i, b) in name.bytes().enumerate() {
        match b {
            b'.' if i == 0 => out.push_str("\\x2e"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'-' | b'_' | b'.' | b'@' => out.push(b.into()),
            _ => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out
}

/// `a-b.slice` lies in `a.slice`.
fn slice_path(slice: &str) -> Result<Vec<String>> {
    let invalid = || format!("invalid slice name {slice:?}");
    let stem = slice.strip_suffix(".slice").with_context(invalid)?;
    if stem == "-" {
        return Ok(Vec::new());
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":_.\\@".contains(&b);
    let parts: Vec<&str> = stem.split('-').collect();
    let good = parts.iter().all(|p| !p.is_empty() && p.bytes().all(plain)) && !stem.starts_with('.');
    ensure!(good && slice.len() <= LONGEST_NAME, invalid());
    Ok((1..=parts.len()).map(|n| format!("{}.slice", parts[..n].join("-"))).collect())
}

impl Unit {
    /// Makes the scope around a process that keeps its place.
    pub fn start(&self, id: &str, is_v2: bool) -> Result<Placeholder> {
        let holder = Placeholder::new()?;
        let pid = Value::Uint32(holder.pid().as_raw() as u32);
        let mut properties = vec![
            property("Description", Value::Text(format!("container {id}"))),
            property("Slice", Value::text(&self.slice)),
            property("PIDs", Value::Array("u", vec![pid])),
            property("Delegate", Value::Bool(true)),
            property("DefaultDependencies", Value::Bool(false)),
        ];
        let io = if is_v2 { "IOAccounting" } else { "BlockIOAccounting" };
        for name in ["CPUAccounting", "MemoryAccounting", "TasksAccounting", io] {
            properties.push(property(name, Value::Bool(true)));
        }
        // Those of config.json last, for the later of two counts.
        properties.extend(self.properties.iter().cloned());
        let mut job = Jobs::listen(self.user, &self.name)?;
        let context = || format!("start unit {}", self.name);
        // What an earlier container of this name may have left.
        let args = |properties: &[Property]| {
            let more = Value::Array("(sa(sv))", Vec::new());
            [Value::text(&self.name), Value::text("fail"), variants(properties), more]
        };
        let path = match job.call("StartTransientUnit", &args(&properties)) {
            Err(e) if refused(&e, "UnitExists") => {
                job.call("ResetFailedUnit", &[Value::text(&self.name)]).with_context(context)?;
                job.call("StartTransientUnit", &args(&properties)).with_context(context)?
            }
            other => other.with_context(context)?,
        };
        job.wait(&path).with_context(context)?;
        Ok(holder)
    }

    pub fn is_users(&self) -> bool {
        self.user
    }

    /// Moves a process into the scope, to a place below it.
    pub fn attach(&self, pid: i32, sub: &str) -> Result<()> {
        let (mut connection, _) = connect(self.user)?;
        let sub = if sub.is_empty() { String::new() } else { format!("/{sub}") };
        let pids = Value::Array("u", vec![Value::Uint32(pid as u32)]);
        let args = [Value::text(&self.name), Value::Text(sub), pids];
        connection
            .call(MANAGER, "AttachProcessesToUnit", &args)
            .map(drop)
            .with_context(|| format!("attach process {pid} to unit {}", self.name))
    }

    /// Ends what is left of it, and has it forgotten.
    pub fn stop(&self) -> Result<()> {
        let mut job = match Jobs::listen(self.user, &self.name) {
            // The manager is gone, and its units with it.
            Err(e) if unreachable(&e) => return Ok(()),
            other => other?,
        };
        let context = || format!("stop unit {}", self.name);
        match job.slice(&self.name) {
            Ok(slice) if slice == self.slice => {}
            // A unit of this name elsewhere, which kept ours from being made.
            Ok(_) => return Ok(()),
            Err(e) if refused(&e, "NoSuchUnit") => return Ok(()),
            Err(e) => return Err(e).with_context(context),
        }
        match job.call("StopUnit", &[Value::text(&self.name), Value::text("replace")]) {
            Ok(path) => job.wait(&path).with_context(context)?,
            Err(e) if refused(&e, "NoSuchUnit") => return Ok(()),
            Err(e) => return Err(e).with_context(context),
        }
        match job.call("ResetFailedUnit", &[Value::text(&self.name)]) {
            Err(e) if !refused(&e, "NoSuchUnit") => Err(e).with_context(context),
            _ => Ok(()),
        }
    }

    /// Tells systemd new limits. A property that this systemd does not have is left out: the
    /// files of the cgroup are written after this.
    pub fn set(&self, mut properties: Vec<Property>) -> Result<()> {
        if properties.is_empty() {
            return Ok(());
        }
        let (mut connection, _) = connect(self.user)?;
        loop {
            let args = [Value::text(&self.name), Value::Bool(true), variants(&properties)];
            let Err(e) = connection.call(MANAGER, "SetUnitProperties", &args) else {
                return Ok(());
            };
            let before = properties.len();
            if let Some(r) = e.downcast_ref::<Refusal>().filter(|r| r.name.ends_with(".PropertyReadOnly")) {
                properties.retain(|(name, _)| !r.text.split([' ', ',']).any(|word| word == name));
            }
            if properties.len() == before {
                return Err(e).with_context(|| format!("set properties of unit {}", self.name));
            }
        }
    }

    /// `resources` of config.json; the devices where they are named, or for a `new` container.
    pub fn properties(
        &self,
        r: &LinuxResources,
        is_v2: bool,
        now: property::Present,
        new: bool,
    ) -> Result<Vec<Property>> {
        let mut list = property::limits(r, is_v2, now)?;
        // A user's manager may not restrict devices.
        if !self.user && (new || r.devices().as_ref().is_some_and(|d| !d.is_empty())) {
            let known = fs::read_to_string("/proc/devices").context("read /proc/devices")?;
            list.extend(property::devices(&property::device_rules(r)?, &known));
        }
        Ok(list)
    }
}

/// A connection that hears when a unit's jobs are done.
struct Jobs {
    connection: Connection,
}

impl Jobs {
    fn listen(user: bool, unit: &str) -> Result<Jobs> {
        let (mut connection, bus) = connect(user)?;
        // A manager that is spoken to directly tells everything anyway.
        if bus {
            connection.add_match(&format!(
                "type='signal',sender='{SYSTEMD}',path='{}',interface='{}',member='JobRemoved',arg2='{unit}'",
                MANAGER.path, MANAGER.interface
            ))?;
            match connection.call(MANAGER, "Subscribe", &[]) {
                Err(e) if !refused(&e, "AlreadySubscribed") => return Err(e),
                _ => {}
            }
        }
        Ok(Jobs { connection })
    }

    /// Calls a method of the manager; the job that it began, if it is of that kind.
    fn call(&mut self, member: &str, args: &[Value]) -> Result<String> {
        let answer = self.connection.call(MANAGER, member, args)?;
        Ok(answer.texts.into_iter().next().unwrap_or_default())
    }

    /// Where a scope is.
    fn slice(&mut self, unit: &str) -> Result<String> {
        let path = self.call("GetUnit", &[Value::text(unit)])?;
        let properties = Target { path: &path, interface: PROPERTIES, ..MANAGER };
        let args = [Value::text("org.freedesktop.systemd1.Scope"), Value::text("Slice")];
        let answer = self.connection.call(properties, "Get", &args)?;
        Ok(answer.texts.into_iter().next().unwrap_or_default())
    }

    fn wait(&mut self, job: &str) -> Result<()> {
        loop {
            let signal = self.connection.signal().context("await the end of its job")?;
            if signal.member != "JobRemoved" || signal.interface != MANAGER.interface {
                continue;
            }
            if let [path, _, result] = &signal.texts[..]
                && path == job
            {
                ensure!(result == "done", "its job ended as {result:?}");
                return Ok(());
            }
        }
    }
}

fn variants(properties: &[Property]) -> Value {
    let one = |(name, value): &Property| {
        Value::Struct(vec![Value::text(name), Value::Variant(Box::new(value.clone()))])
    };
    Value::Array("(sv)", properties.iter().map(one).collect())
}

fn refused(e: &anyhow::Error, name: &str) -> bool {
    e.downcast_ref::<Refusal>().is_some_and(|r| r.name.rsplit('.').next() == Some(name))
}

fn unreachable(e: &anyhow::Error) -> bool {
    let kind = e.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused))
}

/// Where the manager's own units begin.
fn control_group(connection: &mut Connection) -> Result<String> {
    let properties = Target { interface: PROPERTIES, ..MANAGER };
    let args = [Value::text(MANAGER.interface), Value::text("ControlGroup")];
    let answer = connection.call(properties, "Get", &args).context("find the manager's cgroup")?;
    answer.texts.into_iter().next().context("find the manager's cgroup: no answer")
}

/// Whether there is a systemd that makes cgroups, of the system or of this user.
pub fn reachable(user: bool) -> Result<()> {
    let (mut connection, _) = connect(user)?;
    control_group(&mut connection).map(drop)
}

/// Connects to a manager: over its bus, or else directly. Says whether it is a bus.
fn connect(user: bool) -> Result<(Connection, bool)> {
    let (bus, direct) = if user { user_sockets()? } else { system_sockets() };
    match Connection::bus(&bus, PATIENCE) {
        Err(e) if unreachable(&e) => match Connection::peer(&direct, PATIENCE) {
            Err(_) => Err(e),
            Ok(connection) => Ok((connection, false)),
        },
        other => Ok((other?, true)),
    }
}

fn system_sockets() -> (PathBuf, PathBuf) {
    let named = env::var("DBUS_SYSTEM_BUS_ADDRESS").ok().and_then(|a| socket(&a));
    let bus = named.unwrap_or_else(|| PathBuf::from("/run/dbus/system_bus_socket"));
    (bus, PathBuf::from("/run/systemd/private"))
}

fn user_sockets() -> Result<(PathBuf, PathBuf)> {
    let runtime = match env::var_os("XDG_RUNTIME_DIR").filter(|d| !d.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(format!("/run/user/{}", owner()?)),
    };
    let named = env::var("DBUS_SESSION_BUS_ADDRESS").ok().and_then(|a| socket(&a));
    Ok((named.unwrap_or_else(|| runtime.join("bus")), runtime.join("systemd/private")))
}

/// The user on the host: in a user namespace, who made it.
fn owner() -> Result<u32> {
    let uid = nix::unistd::geteuid().as_raw();
    let map = fs::read_to_string("/proc/self/uid_map").context("read /proc/self/uid_map")?;
    Ok(outside(&map, uid).unwrap_or(uid))
}

fn outside(map: &str, uid: u32) -> Option<u32> {
    map.lines().find_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let (inside, outside, count) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        let offset = uid.checked_sub(inside).filter(|n| *n < count)?;
        outside.checked_add(offset)
    })
}

/// The first Unix socket of a bus address, `unix:path=/run/bus,guid=…;…`.
fn socket(address: &str) -> Option<PathBuf> {
    address.split(';').find_map(|one| {
        let keys = one.strip_prefix("unix:")?;
        let path = keys.split(',').find_map(|pair| pair.strip_prefix("path="))?;
        // An escaped one is beyond what is met.
        (path.starts_with('/') && !path.contains('%')).then(|| PathBuf::from(path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_names() {
        for (path, user, slice, name) in [
            ("", false, "system.slice", "ocirun-web.scope"),
            ("", true, "user.slice", "ocirun-web.scope"),
            ("machine.slice:libpod:1a2b", false, "machine.slice", "libpod-1a2b.scope"),
            (":docker:x", false, "system.slice", "docker-x.scope"),
            ("kube-pod.slice::x", false, "kube-pod.slice", "x.scope"),
            ("-.slice:a:b+c", false, "-.slice", "a-b\\x2bc.scope"),
        ] {
            let found = names(path, "web", user).unwrap();
            assert_eq!(found, (slice.to_owned(), name.to_owned()), "{path}");
        }
        for path in [
            "/a/b",
            "a:b",
            "a.slice:b:c:d",
            "a.slice:b:",
            "a:b:c",
            "../a.slice:b:c",
            "a--b.slice:b:c",
            "-a.slice:b:c",
            "a.slice:b:c.slice",
            "a'.slice:b:c",
        ] {
            assert!(names(path, "web", false).is_err(), "{path}");
        }
        let long = "x".repeat(300);
        assert!(names("", &long, false).is_err());
        assert_eq!(names("a.slice:../b:/c'", "web", false).unwrap().1, "\\x2e.\\x2fb-\\x2fc\\x27.scope");
    }

    #[test]
    fn slices() {
        assert_eq!(slice_path("a-b-c.slice").unwrap(), ["a.slice", "a-b.slice", "a-b-c.slice"]);
        assert!(slice_path("-.slice").unwrap().is_empty());
        for bad in [".slice", "a", "a/b.slice", "a-.slice", "...slice"] {
            assert!(slice_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        let path = |a| socket(a).map(|p| p.display().to_string());
        assert_eq!(path("unix:path=/run/bus,guid=1").as_deref(), Some("/run/bus"));
        assert_eq!(path("tcp:host=x;unix:guid=1,path=/b").as_deref(), Some("/b"));
        assert_eq!(path("unix:abstract=/x"), None);
        assert_eq!(outside("0 1000 1\n1 100000 65536\n", 0), Some(1000));
        assert_eq!(outside("0 1000 1\n", 5), None);
    }

    #[test]
    fn any_text_names_a_unit_or_none() {
        let plain =
            |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0', ' ']);
        crate::chance::cases(20_000, |c| {
            let text = c.text(&["a.slice", "-", ":", "user", ".slice", "..", "libpod", "\\x2f"]);
            if let Ok(path) = slice_path(&text) {
                assert!(
                    path.iter().all(|part| plain(part) && part.ends_with(".slice")),
                    "{text:?}: {path:?}"
                );
            }
            if let Ok((slice, name)) = names(&text, "it", false) {
                assert!(
                    plain(&name) && name.ends_with(".scope") && slice_path(&slice).is_ok(),
                    "{text:?}: {name:?}"
                );
            }
        });
    }
}
