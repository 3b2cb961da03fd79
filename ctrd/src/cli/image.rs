//! `ctrd image`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{List, ListAll};

#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// Import images from an archive, and print their names
    ///
    /// One that was killed or interrupted, or whose server was, goes on where it was if it is begun again within a day:
    /// blobs that are there are not written again, and layers not unpacked again. In an archive that is a file they
    /// are not even read, and the blob that was being written is taken up. What is kept for that is held by a lease
    /// (import-… in ctrd lease ls; ctrd lease rm lets go of it). A failure leaves nothing
    Import(ImageImport),
    /// Export images into an archive that docker load takes too
    Export(ImageExport),
    /// List the images
    #[command(visible_alias = "list")]
    Ls(ListAll),
    /// Remove images
    #[command(visible_alias = "remove")]
    Rm(ImageRemove),
    /// Give images more names
    Tag(ImageTag),
    /// Copy images into another namespace
    #[command(visible_alias = "cp")]
    Copy(ImageCopy),
    /// Set labels of an image; an empty value takes a label away
    Label {
        /// Name the image
        image: String,
        /// Set these labels
        #[arg(required = true, value_name = "NAME=[VALUE]")]
        labels: Vec<String>,
    },
    /// Tell what images take on the disk, packed and unpacked
    Usage {
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Name the images [default: all]
        #[arg(value_name = "IMAGE")]
        images: Vec<String>,
        #[command(flatten)]
        list: List,
    },
    /// Tell whether all of an image is there, and whether it is unpacked
    Check {
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Name the images [default: all]
        #[arg(value_name = "IMAGE")]
        images: Vec<String>,
        #[command(flatten)]
        list: List,
    },
    /// Unpack images, so that their first container need not
    Unpack {
        /// Unpack into this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Draw no progress bar
        #[arg(long, short)]
        quiet: bool,
        /// Name the images
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<String>,
    },
    /// Mount the root file system of an image on a folder
    Mount {
        /// Let it be written to: what is written goes with it
        #[arg(long)]
        rw: bool,
        /// Take the image for this platform, os/architecture[/variant], in place of this machine's
        #[arg(long, value_name = "PLATFORM")]
        platform: Option<String>,
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Name the image
        image: String,
        /// Mount it on this folder
        #[arg(value_name = "DIR")]
        target: PathBuf,
    },
    /// Unmount images, and remove what was written there
    #[command(visible_alias = "umount")]
    Unmount {
        /// Leave the snapshot, which is named as the folder
        #[arg(long)]
        keep: bool,
        /// Use this snapshotter [default: overlayfs, or native where that does not work]
        #[arg(long, value_name = "NAME")]
        snapshotter: Option<String>,
        /// Unmount what is on these folders
        #[arg(required = true, value_name = "DIR")]
        targets: Vec<String>,
    },
    /// Print an image's descriptor, manifest and configuration as JSON
    Inspect {
        /// Name the images
        #[arg(required = true, value_name = "IMAGE")]
        images: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub struct ImageImport {
    /// Read this archive (an OCI layout or what docker save writes, plain, gzip or zstd) or OCI layout folder; what is neither is taken as a root file system; - is standard input
    #[arg(value_name = "FILE|DIR", default_value = "-")]
    pub source: PathBuf,
    /// Take the archive or folder as a plain root file system, and make an image of it
    #[arg(long, requires = "name")]
    pub rootfs: bool,
    /// Give the image this name, in place of the one in the archive
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Take the image for this platform, os/architecture[/variant], in place of this machine's
    #[arg(long, value_name = "PLATFORM", conflicts_with = "all_platforms")]
    pub platform: Option<String>,
    /// Unpack the image for every platform that the archive has
    #[arg(long)]
    pub all_platforms: bool,
    /// Draw no progress bar
    #[arg(long, short)]
    pub quiet: bool,
    /// Leave the image packed: its first container then takes longer to start
    #[arg(long)]
    pub no_unpack: bool,
    /// Unpack into this snapshotter [default: overlayfs, or native where that does not work]
    #[arg(long, value_name = "NAME")]
    pub snapshotter: Option<String>,
}

#[derive(Debug, Args)]
pub struct ImageExport {
    /// Write the archive to this file; - is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// Take this platform of each image, os/architecture[/variant], in place of this machine's; may be repeated
    #[arg(long, value_name = "PLATFORM", conflicts_with = "all_platforms")]
    pub platform: Vec<String>,
    /// Draw no progress bar
    #[arg(long, short)]
    pub quiet: bool,
    /// Take every platform of each image, all of which must be there
    #[arg(long)]
    pub all_platforms: bool,
    /// Name the images
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ImageRemove {
    /// Succeed where an image does not exist
    #[arg(long, short)]
    pub force: bool,
    /// Wait until what nothing else needs is off the disk; without a server that is always so
    #[arg(long)]
    pub sync: bool,
    /// Name the images
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ImageCopy {
    /// Copy them into this namespace
    #[arg(long, value_name = "NAMESPACE")]
    pub to: String,
    /// Take a name that another image has there
    #[arg(long, short)]
    pub force: bool,
    /// Name the images
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ImageTag {
    /// Take a name that another image has
    #[arg(long, short)]
    pub force: bool,
    /// Name the image
    pub image: String,
    /// Give it these names
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}
