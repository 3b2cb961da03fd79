//! `update`: other limits for a container.

use std::path::PathBuf;

use clap::Args;

/// Change the resource limits of a container
///
/// Sizes take the suffixes k, m, g, t; -1 means no limit.
///
/// With --device-add a container that runs gets a device of the host's: the node, and the right to use it.
/// Both go again with --device-remove, or with the container.
#[derive(Debug, Args)]
pub struct Update {
    /// Take the limits from this file, or from standard input for -, in the form of
    /// config.json's linux.resources
    #[arg(short, long, value_name = "FILE", allow_hyphen_values = true)]
    pub resources: Option<PathBuf>,
    /// Weight for block I/O, 10 to 1000
    #[arg(long, value_name = "WEIGHT")]
    pub blkio_weight: Option<u16>,
    /// CPU time that may be saved up for a burst, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_burst: Option<u64>,
    /// Period that the quota refers to, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_period: Option<u64>,
    /// CPU time in a period, in microseconds
    #[arg(long, value_name = "MICROSECONDS", allow_hyphen_values = true)]
    pub cpu_quota: Option<i64>,
    /// Real-time period, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    pub cpu_rt_period: Option<u64>,
    /// Real-time CPU time in a period, in microseconds
    #[arg(long, value_name = "MICROSECONDS", allow_hyphen_values = true)]
    pub cpu_rt_runtime: Option<i64>,
    /// Weight against other containers
    #[arg(long, visible_alias = "cpu-shares", value_name = "SHARES")]
    pub cpu_share: Option<u64>,
    /// Run only when nothing else wants to
    #[arg(long, value_name = "0|1", allow_hyphen_values = true)]
    pub cpu_idle: Option<i64>,
    /// CPUs to run on
    #[arg(long, value_name = "LIST")]
    pub cpuset_cpus: Option<String>,
    /// Memory nodes to allocate from
    #[arg(long, value_name = "LIST")]
    pub cpuset_mems: Option<String>,
    /// Memory limit
    #[arg(short, long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory: Option<String>,
    /// Memory that is left to it when memory runs short
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory_reservation: Option<String>,
    /// Limit of memory and swap together
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true)]
    pub memory_swap: Option<String>,
    /// Number of processes
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub pids_limit: Option<i64>,
    /// Shares of the third-level cache, such as L3:0=f0;1=f, for a container with linux.intelRdt
    #[arg(long, value_name = "SCHEMA")]
    pub l3_cache_schema: Option<String>,
    /// Shares of the memory's bandwidth, such as MB:0=20;1=70, likewise
    #[arg(long, value_name = "SCHEMA")]
    pub mem_bw_schema: Option<String>,
    /// Refuse a limit of memory below what is used, and kill nobody for it
    #[arg(long)]
    pub check_before_update: bool,
    /// Add a device of the host's; ACCESS is of r, w and m
    #[arg(long, value_name = "PATH[:TARGET[:ACCESS]]")]
    pub device_add: Vec<String>,
    /// Take away a device that was added
    #[arg(long, value_name = "TARGET")]
    pub device_remove: Vec<String>,
    /// The kernel has this limit no more
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true, hide = true)]
    pub kernel_memory: Option<String>,
    /// Likewise
    #[arg(long, value_name = "BYTES", allow_hyphen_values = true, hide = true)]
    pub kernel_memory_tcp: Option<String>,
    #[arg(value_name = "ID")]
    pub id: String,
}
