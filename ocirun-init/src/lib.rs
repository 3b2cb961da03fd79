//! The private seam between `ocirun` and `ocirun-init`: what goes down fd 8 and comes back on fd 9.
//!
//! ```text
//!  ocirun                                    ocirun-init 8 9
//!    │  fd 8: one line, the Bootstrap ───────▶ │ enters the namespaces that it joins
//!    │  ◀──────── fd 9: {"type":"joined",…}    │ only with sibling: a new process goes on in this
//!    │  waits for the first one's end          │   one's stead, seen by the container from here on
//!    │                                         │ mounts, hostname, sysctls …
//!    │  fd 8: {"type":"filter"} ─────────────▶ │ only with seccomp.late: the program can be read
//!    │  ◀──────── fd 9: {"type":"log",…}       │ (any number, any time)
//!    │  ◀──────── fd 9: {"type":"map",…}       │ for a source inside that is id-mapped: it waits
//!    │  fd 8: {"type":"go"} ─────────────────▶ │
//!    │  ◀──────── fd 9: {"type":"mounted"}     │ only with waitForHooks:
//!    │  runs prestart and createRuntime hooks  │   it waits
//!    │  fd 8: {"type":"go"} ─────────────────▶ │ createContainer hooks, pivot_root, ids, seccomp …
//!    │  ◀──────── fd 9: {"type":"steps",…}     │ only with trace: for the launch timeline
//!    │  ◀──────── fd 9: {"type":"ready"}       │ all is done but execve; fd 9 is closed at execve
//!    │  fd 8: {"type":"go"} ─────────────────▶ │ only with waitForStart: it waits
//!    │                                         │ waits at the exec FIFO (startFd), then execve
//!    │  ◀──────── fd 9: {"type":"changed",…}   │ in that one's stead with change: it ends, with 0
//!    │  ◀──────── fd 9: {"type":"error",…}     │ instead of any of these: init exits with 1
//! ```
//!
//! Every message is one JSON line in camelCase. Objects of the OCI runtime specification keep its
//! names. Both sides are built together, so unknown fields are errors. End of file on fd 9 before
//! `ready` means that init died.

mod message;
mod signal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::message::{Command, Status, Step};
pub use self::signal::signal_words;

/// The version of this seam; init refuses any other.
pub const VERSION: u32 = 1;

/// The resolved work of one process: everything that `ocirun-init` does, and nothing to look up.
///
/// Descriptors (`fd`, `…Fd`) are numbers open in the process that reads this.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bootstrap {
    pub version: u32,
    /// The container's id, for messages.
    pub id: String,
    /// Namespaces to enter before anything else, in this order. Who enters a user namespace becomes
    /// its root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enter: Vec<Enter>,
    /// A pid namespace was entered, by `enter` or before this program was started. It takes new
    /// processes only: a sibling goes on with the work, `joined` says which, and this one ends.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sibling: bool,
    /// The process joins a running container (`exec`): its namespaces and root are those of
    /// `enter`, or entered already, and every field about building one is absent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub join: bool,
    /// With `join`: no program is executed. What `mounts` and `devices` say is added to the container,
    /// what is said here is taken away before, and the process ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// Absolute path of the root filesystem, as seen by init.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rootfs: String,
    /// A detached mount (`open_tree`) of the root filesystem, used in the path's stead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rootfs_fd: Option<i32>,
    /// `shared`, `slave`, `private`, `unbindable`, with an `r` before for recursive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rootfs_propagation: Option<String>,
    /// `MS_MOVE` and chroot instead of pivot_root (a root on a ramdisk).
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_pivot: bool,
    /// Namespaces that were made for this container, by their OCI names (`mount`, `network`, …).
    /// A joined namespace is not listed: init leaves its hostname and its loopback alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    #[serde(default, skip_serializing_if = "Root::is_default")]
    pub root: Root,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domainname: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctl: BTreeMap<String, String>,
    /// SELinux label for mounts that take `context=`, or the option named next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount_label: Option<String>,
    /// `context` if absent, `fscontext`, `defcontext` or `rootcontext`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount_context: Option<String>,
    /// Join a new session keyring, named after the container.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new_keyring: bool,
    pub process: Process,
    /// Send `mounted` and wait for `go` before pivot_root.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wait_for_hooks: bool,
    #[serde(default, skip_serializing_if = "Hooks::is_empty")]
    pub hooks: Hooks,
    /// After `ready` wait for `go`, where whoever made the container starts it as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub wait_for_start: bool,
    /// The exec FIFO, opened with O_PATH: init opens it for writing and thereby waits for `start`.
    /// It writes one byte, and an error line behind it if it then fails.
    /// Absent: execve at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_fd: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seccomp: Option<Seccomp>,
    /// Further programs, loaded after it in this order: a call passes that passes all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stacked_seccomp: Vec<Seccomp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landlock: Option<Landlock>,
    /// A connected Unix socket that takes the terminal's master (SCM_RIGHTS, one message).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_socket_fd: Option<i32>,
    /// A line of the terminal's output ends in one byte (ONLCR off): whoever shows it adds the other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bare_newlines: bool,
    /// The file `cgroup.procs` of a cgroup that this process moves to, below the one that its cgroup
    /// namespace shows as the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup_fd: Option<i32>,
    /// A connected Unix socket that takes a pidfd of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pidfd_socket_fd: Option<i32>,
    /// Tell the steps and their times before `ready`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trace: bool,
    /// How many descriptors from 3 on the program keeps (`--preserve-fds` and LISTEN_FDS).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub preserve_fds: u32,
}

/// Namespaces of one process, or one namespace, to enter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Enter {
    /// A pidfd, or a file of `/proc/PID/ns`.
    pub fd: i32,
    /// OCI names (`mount`, `network`, …); a pidfd may stand for several.
    pub namespaces: Vec<String>,
}

/// What is taken away from a running container, and where all of a change takes place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// The root directory of the container's first process: every path is one below it.
    pub root_fd: i32,
    /// In this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmount: Vec<Unmount>,
    /// Nodes, or files that one was shown on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<Device>,
}

/// A mount that was added to a running container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unmount {
    pub destination: String,
    /// A link at its end is the mount point itself (`dest-nofollow`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub plain: bool,
    /// The number that `changed` gave it; absent: whatever is mounted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<u64>,
}

/// One mount, in the order of config.json. Options are the words of config.json, untouched;
/// init knows them all (runtime-spec, config.md, "Linux mount options").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mount {
    /// Path inside the container.
    pub destination: String,
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// A detached mount that ocirun made of a bind source (open_tree, recursive if the options
    /// say so, id-mapped if they say so): init only sets attributes and attaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The source lies in the root filesystem, at this path below it: what earlier mounts made of
    /// it is what is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// The ids of such a source are to be mapped, to which init may lack the right: it says `map`,
    /// and waits for `go`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub map: bool,
    /// The source is a link to this, which is made at the destination in the mount's stead
    /// (`copy-symlink`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The source is not a directory, so a missing destination is made as a file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub file: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// For a cgroup mount on cgroup v1: controller directory name to the container's own path
    /// below that hierarchy, e.g. `cpu,cpuacct` → `/docker/web`. Empty on cgroup v2.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cgroups: BTreeMap<String, String>,
}

/// A device node to make below the root filesystem.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Device {
    /// Path inside the container.
    pub path: String,
    /// `c`, `u`, `b`, or `p`.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub major: i64,
    #[serde(default)]
    pub minor: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_mode: Option<u32>,
    #[serde(default)]
    pub uid: u32,
    #[serde(default)]
    pub gid: u32,
    /// Its path on the host, where that is another; init does not look there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// A detached bind mount of the host's node, where mknod is not allowed (user namespace).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Root {
    #[serde(default, skip_serializing_if = "is_false")]
    pub readonly: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked_paths: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readonly_paths: Vec<String>,
}

impl Root {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The user's program and all that is set on the process before it: `process` of config.json.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Process {
    pub args: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    pub cwd: String,
    #[serde(default)]
    pub user: User,
    /// The process gets a terminal of its own as 0, 1, 2 and as controlling terminal.
    #[serde(default, skip_serializing_if = "is_false")]
    pub terminal: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console_size: Option<ConsoleSize>,
    /// Absent: the capabilities are left as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rlimits: Vec<Rlimit>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub no_new_privileges: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apparmor_profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selinux_label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduler: Option<Scheduler>,
    #[serde(rename = "ioPriority", default, skip_serializing_if = "Option::is_none")]
    pub io_priority: Option<IoPriority>,
    /// CPUs to run on, e.g. `0-3,7`, from just before execve on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_affinity: Option<String>,
    /// Number for personality(2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personality: Option<u64>,
    /// NUMA policy for set_mempolicy(2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_policy: Option<MemoryPolicy>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_gids: Vec<u32>,
    /// Leave the supplementary groups: the user namespace forbids setgroups(2) (`/proc/PID/setgroups`
    /// says deny), or it is asked for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keep_groups: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsoleSize {
    pub height: u16,
    pub width: u16,
}

/// Names as in capabilities(7), `CAP_CHOWN`. ocirun has dropped those that this kernel lacks.
/// The inheritable set is what config.json says; nothing else ever adds to it (CVE-2022-24769).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Capabilities {
    #[serde(default)]
    pub bounding: Vec<String>,
    #[serde(default)]
    pub effective: Vec<String>,
    #[serde(default)]
    pub permitted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inheritable: Vec<String>,
    #[serde(default)]
    pub ambient: Vec<String>,
}

/// `RLIMIT_NOFILE` and its two values, as in config.json.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rlimit {
    #[serde(rename = "type")]
    pub kind: String,
    pub soft: u64,
    pub hard: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scheduler {
    pub policy: String,
    #[serde(default)]
    pub nice: i32,
    #[serde(default)]
    pub priority: i32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    #[serde(default)]
    pub runtime: u64,
    #[serde(default)]
    pub deadline: u64,
    #[serde(default)]
    pub period: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IoPriority {
    pub class: String,
    pub priority: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemoryPolicy {
    pub mode: String,
    pub nodes: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

/// Hooks that run inside, by init: createContainer before pivot_root, startContainer before execve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hooks {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub create_container: Vec<Hook>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub start_container: Vec<Hook>,
    /// The container's state (runtime-spec, runtime.md, "State") that each hook reads on stdin;
    /// init sets `status` and `pid`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub state: serde_json::Value,
}

impl Hooks {
    pub fn is_empty(&self) -> bool {
        self.create_container.is_empty() && self.start_container.is_empty()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hook {
    pub path: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Absent: createContainer has none, startContainer the process's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<Vec<String>>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
}

/// A compiled seccomp program, ready for seccomp(2).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seccomp {
    /// A file that holds the program: an array of `struct sock_filter`.
    pub fd: i32,
    /// The file is still empty: init reads it when it has heard `filter`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub late: bool,
    /// SECCOMP_FILTER_FLAG_* bits.
    #[serde(default)]
    pub flags: u32,
    /// A connected Unix socket that takes the notify descriptor, with `listenerState` as the
    /// message (runtime-spec, config-linux.md, "Container Process State").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener_fd: Option<i32>,
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub listener_state: serde_json::Value,
}

/// What the program may do with files and ports (landlock(7)); everything else of that kind it may
/// not. It is entered after `noNewPrivileges`, which it needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Landlock {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<LandlockPath>,
    /// TCP ports to bind and to connect to; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp_bind: Option<Vec<u16>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp_connect: Option<Vec<u16>>,
    /// `abstract_unix_socket`, `signal`: not to processes outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LandlockPath {
    /// In the container; with all below it.
    pub path: String,
    /// `read`, `write`, `execute`, `all`, or the kernel's own names in lower case: `read_file`, ….
    pub access: Vec<String>,
}

fn is_false(b: &bool) -> bool {
    !b
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}
