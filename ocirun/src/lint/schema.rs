//! The shape of a config.json: every name that the runtime specification gives a meaning, and what may
//! stand there. A value on its own is held against the types that the parser uses, so the two agree.

use oci_spec::runtime as oci;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What may stand at one place.
pub enum Shape {
    /// One value, as the parser takes it.
    One(fn(&Value) -> Result<(), String>),
    List(&'static Shape),
    /// An object whose names are the user's own.
    Map(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
    /// The same, where it must not be left out.
    Needed(&'static Shape),
    /// It says nothing to a runtime for Linux containers: why.
    Foreign(&'static str),
    /// A list of capabilities; unknown ones are left out, not refused.
    Capabilities,
}

use Shape::{Capabilities, Foreign, List, Map, Needed, Object, One};

fn parses<T: DeserializeOwned>(value: &Value) -> Result<(), String> {
    serde_json::from_value::<T>(value.clone()).map(drop).map_err(|e| e.to_string())
}

const TEXT: Shape = One(parses::<String>);
const FLAG: Shape = One(parses::<bool>);
const I32: Shape = One(parses::<i32>);
const I64: Shape = One(parses::<i64>);
const U16: Shape = One(parses::<u16>);
const U32: Shape = One(parses::<u32>);
const U64: Shape = One(parses::<u64>);
const TEXTS: Shape = List(&TEXT);
const PATH: (&str, Shape) = ("path", Needed(&TEXT));

/// The whole file.
pub const ROOT: Shape = Object(&[
    ("ociVersion", Needed(&TEXT)),
    ("root", Needed(&Object(&[PATH, ("readonly", FLAG)]))),
    ("process", Needed(&PROCESS)),
    ("hostname", TEXT),
    ("domainname", TEXT),
    ("mounts", List(&MOUNT)),
    ("hooks", HOOKS),
    ("annotations", Map(&TEXT)),
    ("linux", LINUX),
    ("freebsd", Foreign("it is for FreeBSD")),
    ("solaris", Foreign("it is for Solaris")),
    ("windows", Foreign("it is for Windows")),
    ("vm", Foreign("it is for virtual machines")),
    ("zos", Foreign("it is for z/OS")),
]);

const PROCESS: Shape = Object(&[
    ("terminal", FLAG),
    ("consoleSize", Object(&[("height", Needed(&U64)), ("width", Needed(&U64))])),
    (
        "user",
        Object(&[
            ("uid", U32),
            ("gid", U32),
            ("umask", U32),
            ("additionalGids", List(&U32)),
            ("username", Foreign("it is for Windows; a number is wanted in uid")),
        ]),
    ),
    ("args", TEXTS),
    ("commandLine", Foreign("it is for Windows; the program stands in args")),
    ("env", TEXTS),
    ("cwd", Needed(&TEXT)),
    (
        "capabilities",
        Object(&[
            ("bounding", Capabilities),
            ("effective", Capabilities),
            ("inheritable", Capabilities),
            ("permitted", Capabilities),
            ("ambient", Capabilities),
        ]),
    ),
    (
        "rlimits",
        List(&Object(&[
            ("type", Needed(&One(parses::<oci::PosixRlimitType>))),
            ("soft", Needed(&U64)),
            ("hard", Needed(&U64)),
        ])),
    ),
    ("noNewPrivileges", FLAG),
    ("apparmorProfile", TEXT),
    ("oomScoreAdj", I32),
    ("selinuxLabel", TEXT),
    (
        "scheduler",
        Object(&[
            ("policy", Needed(&One(parses::<oci::LinuxSchedulerPolicy>))),
            ("nice", I32),
            ("priority", I32),
            ("flags", TEXTS),
            ("runtime", U64),
            ("deadline", U64),
            ("period", U64),
        ]),
    ),
    (
        "ioPriority",
        Object(&[("class", Needed(&One(parses::<oci::IOPriorityClass>))), ("priority", Needed(&I64))]),
    ),
    ("execCPUAffinity", Object(&[("initial", TEXT), ("final", TEXT)])),
]);

const MOUNT: Shape = Object(&[
    ("destination", Needed(&TEXT)),
    ("type", TEXT),
    ("source", TEXT),
    ("options", TEXTS),
    ("uidMappings", ID_MAPPINGS),
    ("gidMappings", ID_MAPPINGS),
]);

const ID_MAPPINGS: Shape = List(&Object(&[("containerID", U32), ("hostID", U32), ("size", Needed(&U32))]));

const HOOKS: Shape = Object(&[
    ("prestart", List(&HOOK)),
    ("createRuntime", List(&HOOK)),
    ("createContainer", List(&HOOK)),
    ("startContainer", List(&HOOK)),
    ("poststart", List(&HOOK)),
    ("poststop", List(&HOOK)),
]);

const HOOK: Shape = Object(&[PATH, ("args", TEXTS), ("env", TEXTS), ("timeout", I64)]);

const LINUX: Shape = Object(&[
    ("uidMappings", ID_MAPPINGS),
    ("gidMappings", ID_MAPPINGS),
    ("sysctl", Map(&TEXT)),
    ("resources", RESOURCES),
    ("cgroupsPath", TEXT),
    (
        "namespaces",
        List(&Object(&[("type", Needed(&One(parses::<oci::LinuxNamespaceType>))), ("path", TEXT)])),
    ),
    (
        "devices",
        List(&Object(&[
            PATH,
            ("type", Needed(&One(parses::<oci::LinuxDeviceType>))),
            ("major", I64),
            ("minor", I64),
            ("fileMode", U32),
            ("uid", U32),
            ("gid", U32),
        ])),
    ),
    ("netDevices", Map(&Object(&[("name", TEXT)]))),
    ("seccomp", SECCOMP),
    ("rootfsPropagation", TEXT),
    ("maskedPaths", TEXTS),
    ("readonlyPaths", TEXTS),
    ("mountLabel", TEXT),
    (
        "intelRdt",
        Object(&[
            ("closID", TEXT),
            ("schemata", TEXTS),
            ("l3CacheSchema", TEXT),
            ("memBwSchema", TEXT),
            ("enableCMT", FLAG),
            ("enableMBM", FLAG),
            ("enableMonitoring", FLAG),
        ]),
    ),
    (
        "memoryPolicy",
        Object(&[
            ("mode", Needed(&One(parses::<oci::MemoryPolicyModeType>))),
            ("nodes", TEXT),
            ("flags", List(&One(parses::<oci::MemoryPolicyFlagType>))),
        ]),
    ),
    (
        "personality",
        Object(&[("domain", Needed(&One(parses::<oci::LinuxPersonalityDomain>))), ("flags", TEXTS)]),
    ),
    ("timeOffsets", Map(&Object(&[("secs", I64), ("nanosecs", U32)]))),
]);

const MAJOR: (&str, Shape) = ("major", I64);
const MINOR: (&str, Shape) = ("minor", I64);

const RESOURCES: Shape = Object(&[
    ("unified", Map(&TEXT)),
    (
        "devices",
        List(&Object(&[
            ("allow", Needed(&FLAG)),
            ("type", One(parses::<oci::LinuxDeviceType>)),
            MAJOR,
            MINOR,
            ("access", TEXT),
        ])),
    ),
    (
        "memory",
        Object(&[
            ("limit", I64),
            ("reservation", I64),
            ("swap", I64),
            ("kernel", Foreign("kernels since 5.4 have no such limit")),
            ("kernelTCP", I64),
            ("swappiness", U64),
            ("disableOOMKiller", FLAG),
            ("useHierarchy", FLAG),
            ("checkBeforeUpdate", FLAG),
        ]),
    ),
    (
        "cpu",
        Object(&[
            ("shares", U64),
            ("quota", I64),
            ("burst", U64),
            ("period", U64),
            ("realtimeRuntime", I64),
            ("realtimePeriod", U64),
            ("cpus", TEXT),
            ("mems", TEXT),
            ("idle", I64),
        ]),
    ),
    ("pids", Object(&[("limit", I64)])),
    (
        "blockIO",
        Object(&[
            ("weight", U16),
            ("leafWeight", U16),
            ("weightDevice", List(&Object(&[MAJOR, MINOR, ("weight", U16), ("leafWeight", U16)]))),
            ("throttleReadBpsDevice", THROTTLES),
            ("throttleWriteBpsDevice", THROTTLES),
            ("throttleReadIOPSDevice", THROTTLES),
            ("throttleWriteIOPSDevice", THROTTLES),
        ]),
    ),
    ("hugepageLimits", List(&Object(&[("pageSize", Needed(&TEXT)), ("limit", Needed(&I64))]))),
    (
        "network",
        Object(&[
            ("classID", U32),
            ("priorities", List(&Object(&[("name", Needed(&TEXT)), ("priority", Needed(&U32))]))),
        ]),
    ),
    ("rdma", Map(&Object(&[("hcaHandles", U32), ("hcaObjects", U32)]))),
]);

const THROTTLES: Shape = List(&Object(&[MAJOR, MINOR, ("rate", Needed(&U64))]));

const SECCOMP: Shape = Object(&[
    ("defaultAction", Needed(&One(parses::<oci::LinuxSeccompAction>))),
    ("defaultErrnoRet", U32),
    ("architectures", List(&One(parses::<oci::Arch>))),
    ("flags", List(&One(parses::<oci::LinuxSeccompFilterFlag>))),
    ("listenerPath", TEXT),
    ("listenerMetadata", TEXT),
    (
        "syscalls",
        List(&Object(&[
            ("names", Needed(&TEXTS)),
            ("action", Needed(&One(parses::<oci::LinuxSeccompAction>))),
            ("errnoRet", U32),
            (
                "args",
                List(&Object(&[
                    ("index", Needed(&U32)),
                    ("value", Needed(&U64)),
                    ("valueTwo", U64),
                    ("op", Needed(&One(parses::<oci::LinuxSeccompOperator>))),
                ])),
            ),
        ])),
    ),
]);

#[cfg(test)]
mod tests {
    use serde_json::{Map as Json, json};

    use super::*;

    /// A value of that shape with every name in it. Of a leaf the first that is taken.
    fn example(shape: &Shape) -> Value {
        let samples = [
            json!("text"),
            json!(1),
            json!(true),
            json!("RLIMIT_CPU"),
            json!("SCHED_OTHER"),
            json!("IOPRIO_CLASS_BE"),
            json!("pid"),
            json!("c"),
            json!("MPOL_BIND"),
            json!("MPOL_F_STATIC_NODES"),
            json!("LINUX"),
            json!("SCMP_ACT_ALLOW"),
            json!("SCMP_ARCH_X86_64"),
            json!("SECCOMP_FILTER_FLAG_LOG"),
            json!("SCMP_CMP_EQ"),
        ];
        match shape {
            One(parses) => samples.into_iter().find(|v| parses(v).is_ok()).expect("a sample"),
            List(of) => json!([example(of)]),
            Map(of) => json!({"name": example(of)}),
            Needed(of) => example(of),
            Capabilities => json!(["CAP_CHOWN"]),
            Foreign(_) => Value::Null,
            Object(names) => {
                let all = names.iter().map(|(name, of)| ((*name).to_owned(), example(of)));
                Value::Object(all.filter(|(_, v)| !v.is_null()).collect::<Json<_, _>>())
            }
        }
    }

    /// The names in `value` that `other` has not.
    fn lost(value: &Value, other: &Value, at: &str, out: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| match other.get(name) {
                Some(other) => lost(value, other, &format!("{at}.{name}"), out),
                None => out.push(format!("{at}.{name}")),
            }),
            Value::Array(list) => lost(&list[0], &other[0], &format!("{at}[]"), out),
            _ => {}
        }
    }

    #[test]
    fn the_parser_knows_every_name() {
        let mut all = example(&ROOT);
        // The flags of a scheduler have names of the kernel's that the types spell otherwise.
        all["process"]["scheduler"]["flags"] = json!(["SCHED_RESET_ON_FORK"]);
        // Lists of processors are more than text.
        all["process"]["execCPUAffinity"] = json!({"initial": "0-1", "final": "0"});
        let spec: oci::Spec = serde_json::from_value(all.clone()).expect("a config.json");
        let (again, mut out) = (serde_json::to_value(spec).expect("JSON"), Vec::new());
        lost(&all, &again, "", &mut out);
        // Two that bundle::load reads by itself.
        out.retain(|name| !name.starts_with(".linux.intelRdt.enable"));
        assert_eq!(out, [""; 0]);
    }
}
