//! containerd's gRPC interface: Rust made from `proto/`, nested as the packages are.
//!
//! The generated files name each other by `super::`, so the modules here must keep the packages' tree;
//! [`crate::api::tasks`] and its siblings are the short names that the rest of the crate uses.

pub mod containerd {
    pub mod events {
        include!("containerd.events.rs");
    }
    pub mod types {
        include!("containerd.types.rs");

        pub mod transfer {
            include!("containerd.types.transfer.rs");
        }
    }
    pub mod v1 {
        pub mod types {
            include!("containerd.v1.types.rs");
        }
    }
    pub mod services {
        pub mod containers {
            pub mod v1 {
                include!("containerd.services.containers.v1.rs");
            }
        }
        pub mod content {
            pub mod v1 {
                include!("containerd.services.content.v1.rs");
            }
        }
        pub mod diff {
            pub mod v1 {
                include!("containerd.services.diff.v1.rs");
            }
        }
        pub mod events {
            pub mod v1 {
                include!("containerd.services.events.v1.rs");
            }
        }
        pub mod images {
            pub mod v1 {
                include!("containerd.services.images.v1.rs");
            }
        }
        pub mod introspection {
            pub mod v1 {
                include!("containerd.services.introspection.v1.rs");
            }
        }
        pub mod leases {
            pub mod v1 {
                include!("containerd.services.leases.v1.rs");
            }
        }
        pub mod mounts {
            pub mod v1 {
                include!("containerd.services.mounts.v1.rs");
            }
        }
        pub mod namespaces {
            pub mod v1 {
                include!("containerd.services.namespaces.v1.rs");
            }
        }
        pub mod sandbox {
            pub mod v1 {
                include!("containerd.services.sandbox.v1.rs");
            }
        }
        pub mod snapshots {
            pub mod v1 {
                include!("containerd.services.snapshots.v1.rs");
            }
        }
        pub mod streaming {
            pub mod v1 {
                include!("containerd.services.streaming.v1.rs");
            }
        }
        pub mod tasks {
            pub mod v1 {
                include!("containerd.services.tasks.v1.rs");
            }
        }
        pub mod transfer {
            pub mod v1 {
                include!("containerd.services.transfer.v1.rs");
            }
        }
        pub mod version {
            pub mod v1 {
                include!("containerd.services.version.v1.rs");
            }
        }
    }
}

pub mod google {
    pub mod rpc {
        include!("google.rpc.rs");
    }
}

pub mod grpc {
    pub mod health {
        pub mod v1 {
            include!("grpc.health.v1.rs");
        }
    }
}

pub use containerd::events as event;
pub use containerd::services::{
    containers::v1 as containers, content::v1 as content, diff::v1 as diff, events::v1 as events,
    images::v1 as images, introspection::v1 as introspection, leases::v1 as leases, mounts::v1 as mounts,
    namespaces::v1 as namespaces, sandbox::v1 as sandbox, snapshots::v1 as snapshots,
    streaming::v1 as streaming, tasks::v1 as tasks, transfer::v1 as transfer, version::v1 as version,
};
pub use containerd::types;
pub use containerd::v1::types as task;
pub use google::rpc;
pub use grpc::health::v1 as health;
