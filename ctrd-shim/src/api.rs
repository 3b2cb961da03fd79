//! The messages of every interface that the shim speaks, generated from `proto/`.
//!
//! The modules nest as the packages do, because the generated code refers to its neighbours
//! by that path. Use the short names at the end.

#![allow(clippy::doc_markdown, clippy::large_enum_variant, deprecated)]

pub mod containerd {
    pub mod types {
        include!("api/containerd.types.rs");
    }
    pub mod events {
        include!("api/containerd.events.rs");
    }
    pub mod v1 {
        pub mod types {
            include!("api/containerd.v1.types.rs");
        }
    }
    pub mod task {
        pub mod v2 {
            include!("api/containerd.task.v2.rs");
        }
        /// Version 3 differs by its name alone.
        pub use v2 as v3;
    }
    pub mod runc {
        pub mod v1 {
            include!("api/containerd.runc.v1.rs");
        }
    }
    pub mod runtime {
        pub mod bootstrap {
            pub mod v1 {
                include!("api/containerd.runtime.bootstrap.v1.rs");
            }
        }
        pub mod sandbox {
            pub mod v1 {
                include!("api/containerd.runtime.sandbox.v1.rs");
            }
        }
    }
    pub mod services {
        pub mod events {
            pub mod ttrpc {
                pub mod v1 {
                    include!("api/containerd.services.events.ttrpc.v1.rs");
                }
            }
        }
    }
}

pub mod google {
    pub mod rpc {
        include!("api/google.rpc.rs");
    }
}

pub mod io {
    pub mod containerd {
        pub mod cgroups {
            pub mod v1 {
                include!("api/io.containerd.cgroups.v1.rs");
            }
            pub mod v2 {
                include!("api/io.containerd.cgroups.v2.rs");
            }
        }
    }
}

pub mod runtime {
    pub mod v1 {
        include!("api/runtime.v1.rs");
    }
}

pub mod ttrpc {
    include!("api/ttrpc.rs");
}

pub use containerd::events;
pub use containerd::runc::v1 as runc;
pub use containerd::runtime::bootstrap::v1 as bootstrap;
pub use containerd::runtime::sandbox::v1 as sandbox;
pub use containerd::services::events::ttrpc::v1 as forward;
pub use containerd::task::v2 as task;
pub use containerd::types;
pub use containerd::v1::types as process;
pub use google::rpc;
pub use io::containerd::cgroups::{v1 as cgroup1, v2 as cgroup2};
pub use runtime::v1 as pod;
