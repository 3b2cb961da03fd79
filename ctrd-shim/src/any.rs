//! `google.protobuf.Any` as containerd fills it: the type's bare name, or a path ending in it.

use prost::Message;
use prost_types::Any;

use crate::api::{cgroup1, cgroup2, events, pod, runc};

/// The OCI objects that travel as JSON inside an Any.
pub const OCI_PROCESS: &str = "types.containerd.io/opencontainers/runtime-spec/1/Process";
pub const OCI_RESOURCES: &str = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";
pub const OCI_FEATURES: &str = "types.containerd.io/opencontainers/runtime-spec/1/features/Features";

/// A message that travels inside an Any.
pub trait Named: Message + Default {
    const NAME: &'static str;
}

macro_rules! named {
    ($($type:ty => $name:literal),* $(,)?) => {
        $(impl Named for $type {
            const NAME: &'static str = $name;
        })*
    };
}

named! {
    runc::Options => "containerd.runc.v1.Options",
    runc::CheckpointOptions => "containerd.runc.v1.CheckpointOptions",
    runc::ProcessDetails => "containerd.runc.v1.ProcessDetails",
    events::TaskCreate => "containerd.events.TaskCreate",
    events::TaskStart => "containerd.events.TaskStart",
    events::TaskDelete => "containerd.events.TaskDelete",
    events::TaskExit => "containerd.events.TaskExit",
    events::TaskOom => "containerd.events.TaskOOM",
    events::TaskExecAdded => "containerd.events.TaskExecAdded",
    events::TaskExecStarted => "containerd.events.TaskExecStarted",
    events::TaskPaused => "containerd.events.TaskPaused",
    events::TaskResumed => "containerd.events.TaskResumed",
    events::TaskCheckpointed => "containerd.events.TaskCheckpointed",
    cgroup1::Metrics => "io.containerd.cgroups.v1.Metrics",
    cgroup2::Metrics => "io.containerd.cgroups.v2.Metrics",
    pod::PodSandboxConfig => "runtime.v1.PodSandboxConfig",
}

pub fn pack<M: Named>(message: &M) -> Any {
    Any { type_url: M::NAME.into(), value: message.encode_to_vec() }
}

/// The message inside, if it is of that type.
pub fn unpack<M: Named>(any: &Any) -> Option<Result<M, prost::DecodeError>> {
    (any.type_url.rsplit('/').next() == Some(M::NAME)).then(|| M::decode(any.value.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_names_the_type() {
        let options = runc::Options { binary_name: "crun".into(), ..Default::default() };
        for prefix in ["", "type.googleapis.com/", "a/b/"] {
            let mut any = pack(&options);
            any.type_url = format!("{prefix}{}", any.type_url);
            assert_eq!(unpack::<runc::Options>(&any).unwrap().unwrap(), options, "{prefix}");
            assert!(unpack::<runc::CheckpointOptions>(&any).is_none());
        }
    }
}
