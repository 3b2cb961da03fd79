//! The other namespaces: whoever misses an object is told where one of its name is.

use super::{Client, take};
use crate::api::namespaces::ListNamespacesRequest;
use crate::error::{Error, Kind, Result};

/// No more are looked into.
const MOST: usize = 32;

/// The namespaces there are, by name.
pub async fn namespaces(client: &Client) -> Result<Vec<String>> {
    let request = ListNamespacesRequest { filter: String::new() };
    let found = take(client.namespaces().list(request).await)?.namespaces;
    let mut names: Vec<String> = found.into_iter().map(|namespace| namespace.name).collect();
    names.sort();
    Ok(names)
}

/// Adds to `error`, where it says that there is no such object, the namespaces that have one.
pub async fn hint<T>(client: &Client, error: Error, look: impl AsyncFn(&Client) -> Result<T>) -> Error {
    if error.kind != Kind::NotFound {
        return error;
    }
    let mut places = Vec::new();
    // Of errors the first is the one to report.
    for name in namespaces(client).await.unwrap_or_default().into_iter().take(MOST) {
        let Ok(there) = client.in_namespace(&name) else { continue };
        if name != client.namespace() && look(&there).await.is_ok() {
            places.push(name);
        }
    }
    match places[..] {
        [] => error,
        _ => Error {
            message: format!("{} (found in namespace {})", error.message, places.join(", ")),
            ..error
        },
    }
}
