//! ocirun
