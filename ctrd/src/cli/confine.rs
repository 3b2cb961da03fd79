//! What a container is given beyond the default, and what is taken from it: flags of `ctrd run` and
//! `ctrd container create`.

use clap::Args;

#[derive(Debug, Default, Args)]
pub struct Confine {
    /// Give the program a capability of the kernel's, or ALL
    #[arg(long, value_name = "CAPABILITY")]
    pub cap_add: Vec<String>,
    /// Take a capability away, or ALL
    #[arg(long, value_name = "CAPABILITY")]
    pub cap_drop: Vec<String>,
    /// Give the program every capability and device, and mask and filter nothing
    #[arg(long)]
    pub privileged: bool,
    /// Let the program use a device of the host's, for r(eading), w(riting) and m(aking)
    #[arg(long, value_name = "HOST[:PATH][:rwm]")]
    pub device: Vec<String>,
    /// Set a limit of the program's, e.g. nofile=1024:2048
    #[arg(long, value_name = "NAME=SOFT[:HARD]")]
    pub ulimit: Vec<String>,
    /// Set a parameter of the kernel's that a namespace has its own of
    #[arg(long, value_name = "NAME=VALUE")]
    pub sysctl: Vec<String>,
    /// Add a group to the program's, by number
    #[arg(long, value_name = "GID")]
    pub group_add: Vec<u32>,
    /// Let the kernel sooner or later kill the program for want of memory
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub oom_score_adj: Option<i32>,
    /// Limit the memory and the swap space together; -1 for no limit
    #[arg(long, value_name = "SIZE", allow_hyphen_values = true)]
    pub memory_swap: Option<String>,
    /// Let so much memory be the last that is taken away
    #[arg(long, value_name = "SIZE")]
    pub memory_reservation: Option<String>,
    /// Set the share of the processors that is due when they are busy
    #[arg(long, value_name = "NUMBER")]
    pub cpu_shares: Option<u64>,
    /// Run on these processors alone, e.g. 0-2,4
    #[arg(long, value_name = "LIST")]
    pub cpuset_cpus: Option<String>,
    /// Take memory of these nodes alone
    #[arg(long, value_name = "LIST")]
    pub cpuset_mems: Option<String>,
    /// Put the container into a class of block I/O that the server knows
    #[arg(long, value_name = "CLASS")]
    pub blockio_class: Option<String>,
    /// Put the container into a class of Intel RDT that the server knows
    #[arg(long, value_name = "CLASS")]
    pub rdt_class: Option<String>,
    /// Make /dev/shm so large
    #[arg(long, value_name = "SIZE")]
    pub shm_size: Option<String>,
    /// Mount memory at a folder of the container
    #[arg(long, value_name = "PATH[:OPTIONS]")]
    pub tmpfs: Vec<String>,
    /// Put the container's control group below this one
    #[arg(long, value_name = "PATH")]
    pub cgroup_parent: Option<String>,
    /// Share the host's processes, in place of having an own process 1
    #[arg(long, value_name = "host", value_parser = ["host"])]
    pub pid: Option<String>,
    /// Share the host's shared memory and message queues
    #[arg(long, value_name = "host", value_parser = ["host"])]
    pub ipc: Option<String>,
    /// Share the host's name
    #[arg(long, value_name = "host", value_parser = ["host"], conflicts_with = "hostname")]
    pub uts: Option<String>,
    /// End the program by this signal when the container is stopped
    #[arg(long, value_name = "SIGNAL")]
    pub stop_signal: Option<String>,
    /// Write an annotation into the container's specification
    #[arg(long, value_name = "NAME=VALUE")]
    pub annotation: Vec<String>,
    /// Change the confinement: seccomp=unconfined|FILE, no-new-privileges=false, apparmor=PROFILE, systempaths=unconfined
    #[arg(long, value_name = "OPTION")]
    pub security_opt: Vec<String>,
}
