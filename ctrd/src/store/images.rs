//! Images: names, and the descriptor that each stands for.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::content::{Labels, check_labels, from_json, to_json};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::filter::{Fields, entry, present};
use crate::gc;

/// A named image. Times are nanoseconds since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    pub name: String,
    pub target: Target,
    pub labels: Labels,
    pub created_at: i64,
    pub updated_at: i64,
}

/// A descriptor as OCI documents spell it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub media_type: String,
    pub digest: String,
    pub size: i64,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub annotations: Labels,
}

impl Fields for Image {
    fn field(&self, path: &[&str]) -> Option<Cow<'_, str>> {
        match path {
            ["name"] => present(&self.name),
            ["target", "digest"] => present(&self.target.digest),
            ["target", "mediatype"] => present(&self.target.media_type),
            ["labels", key @ ..] => entry(&self.labels, key),
            ["annotations", key @ ..] => entry(&self.target.annotations, key),
            _ => None,
        }
    }
}

pub fn get(c: &Connection, ns: &str, name: &str) -> Result<Image> {
    let mut query = c.prepare_cached(
        "SELECT name, target, labels, created_at, updated_at FROM images WHERE namespace = ?1 AND name = ?2",
    )?;
    match query.query_row([ns, name], from_row).optional()? {
        Some(image) => image,
        None => Err(missing(name)),
    }
}

/// The images of a namespace that `keep` accepts, by name.
pub fn list(c: &Connection, ns: &str, mut keep: impl FnMut(&Image) -> bool) -> Result<Vec<Image>> {
    let mut query = c.prepare_cached(
        "SELECT name, target, labels, created_at, updated_at FROM images WHERE namespace = ?1 ORDER BY name",
    )?;
    let mut out = Vec::new();
    for image in query.query_map([ns], from_row)? {
        let image = image??;
        if keep(&image) {
            out.push(image);
        }
    }
    Ok(out)
}

/// Enters an image; its times become `at`, or the present. A lease holds it only where its label
/// says that it may be collected.
pub fn create(
    c: &Transaction,
    ns: &str,
    mut image: Image,
    at: Option<i64>,
    lease: Option<&str>,
) -> Result<Image> {
    validate(&image)?;
    image.created_at = at.unwrap_or_else(clock::now);
    image.updated_at = image.created_at;
    hold(c, ns, &image, lease)?;
    let entered = c.execute(
        "INSERT OR IGNORE INTO images (namespace, name, target, labels, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            ns,
            image.name,
            target_json(&image.target)?,
            to_json(&image.labels),
            image.created_at,
            image.updated_at
        ],
    )?;
    match entered {
        0 => Err(Error::already_exists(format!("image {:?}: already exists", image.name))),
        _ => Ok(image),
    }
}

/// Sets the fields named by `paths`, or all of them. A label that is named and empty goes.
pub fn update(
    c: &Transaction,
    ns: &str,
    from: Image,
    paths: &[String],
    at: Option<i64>,
    lease: Option<&str>,
) -> Result<Image> {
    let mut image = get(c, ns, &from.name)?;
    if paths.is_empty() {
        image.target = from.target;
        image.labels = from.labels;
    } else {
        for path in paths {
            merge(&mut image, &from, path)?;
        }
    }
    validate(&image)?;
    hold(c, ns, &image, lease)?;
    image.updated_at = at.unwrap_or_else(clock::now);
    c.execute(
        "UPDATE images SET target = ?3, labels = ?4, updated_at = ?5 WHERE namespace = ?1 AND name = ?2",
        params![ns, image.name, target_json(&image.target)?, to_json(&image.labels), image.updated_at],
    )?;
    Ok(image)
}

/// Removes the name; where `target` is given only if it still stands for that digest.
pub fn delete(c: &Connection, ns: &str, name: &str, target: Option<&str>, lease: Option<&str>) -> Result<()> {
    let image = get(c, ns, name)?;
    if let Some(target) = target
        && target != image.target.digest
    {
        return Err(Error::not_found(format!(
            "image {name:?} has target {}, not {target}: not found",
            image.target.digest
        )));
    }
    gc::let_go(c, ns, lease, "images", name)?;
    c.execute("DELETE FROM images WHERE namespace = ?1 AND name = ?2", [ns, name])?;
    Ok(())
}

fn merge(image: &mut Image, from: &Image, path: &str) -> Result<()> {
    let set = |to: &mut Labels, from: &Labels, key: &str| match from.get(key) {
        Some(value) if !value.is_empty() => {
            to.insert(key.to_string(), value.clone());
        }
        _ => {
            to.remove(key);
        }
    };
    if let Some(key) = path.strip_prefix("labels.") {
        set(&mut image.labels, &from.labels, key);
    } else if let Some(key) = path.strip_prefix("annotations.") {
        set(&mut image.target.annotations, &from.target.annotations, key);
    } else {
        match path {
            "labels" => image.labels = from.labels.clone(),
            "target" => image.target = from.target.clone(),
            "annotations" => image.target.annotations = from.target.annotations.clone(),
            _ => {
                return Err(Error::invalid(format!(
                    "cannot update {path:?} field on image {:?}: invalid argument",
                    image.name
                )));
            }
        }
    }
    Ok(())
}

fn validate(image: &Image) -> Result<()> {
    if image.name.is_empty() {
        return Err(Error::invalid("image name must not be empty: invalid argument"));
    }
    check_labels(&image.labels).map_err(|e| e.context("image.Labels"))?;
    let target = &image.target;
    Digest::parse(&target.digest)
        .map_err(|e| e.context(format!("Target.Digest {:?} invalid", target.digest)))?;
    if target.size <= 0 {
        return Err(Error::invalid("Target.Size must be greater than zero: invalid argument"));
    }
    if target.media_type.is_empty() {
        return Err(Error::invalid("Target.MediaType must be set: invalid argument"));
    }
    Ok(())
}

/// An image is its own root of collection unless it carries an expiry: only then a lease matters.
fn hold(c: &Transaction, ns: &str, image: &Image, lease: Option<&str>) -> Result<()> {
    let expires = image.labels.contains_key("containerd.io/gc.expire");
    gc::hold(c, ns, lease.filter(|_| expires), "images", &image.name)
}

fn from_row(row: &Row) -> rusqlite::Result<Result<Image>> {
    let (name, target): (String, String) = (row.get(0)?, row.get(1)?);
    let (labels, created_at, updated_at) = (from_json(&row.get::<_, String>(2)?), row.get(3)?, row.get(4)?);
    Ok(serde_json::from_str(&target)
        .map(|target| Image { name: name.clone(), target, labels, created_at, updated_at })
        .map_err(|e| Error::unknown(format!("image {name:?}: target in the metadata: {e}"))))
}

fn target_json(target: &Target) -> Result<String> {
    serde_json::to_string(target).map_err(|e| Error::unknown(format!("encode target: {e}")))
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("image {name:?}: not found"))
}
