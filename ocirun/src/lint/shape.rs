//! Names that nobody knows, and values that are not what belongs there.

use oci_spec::runtime::Capability;
use serde_json::{Map, Value};

use super::schema::{ROOT, Shape};
use super::{Finding, Kind, join, near};
use crate::spelling;

pub fn look(value: &Value, found: &mut Vec<Finding>) {
    walk(value, &ROOT, "", found);
}

fn walk(value: &Value, shape: &Shape, at: &str, found: &mut Vec<Finding>) {
    // It is the same as if it were not there.
    if value.is_null() {
        return;
    }
    match (shape, value) {
        (Shape::Needed(shape), _) => walk(value, shape, at, found),
        (Shape::Foreign(why), _) => found.push(Finding::ignored(at, *why)),
        (Shape::One(parses), _) => {
            if let Err(why) = parses(value) {
                found.push(Finding::refused(at, why));
            }
        }
        (Shape::List(of), Value::Array(list)) => {
            for (number, entry) in list.iter().enumerate() {
                walk(entry, of, &format!("{at}[{number}]"), found);
            }
        }
        (Shape::Capabilities, Value::Array(list)) => {
            for (number, name) in list.iter().enumerate() {
                capability(name, &format!("{at}[{number}]"), found);
            }
        }
        (Shape::Map(of), Value::Object(map)) => {
            for (name, entry) in map {
                walk(entry, of, &join(at, name), found);
            }
        }
        (Shape::Object(names), Value::Object(map)) => object(map, names, at, found),
        (Shape::List(_) | Shape::Capabilities, _) => found.push(Finding::refused(at, "it must be a list")),
        (Shape::Map(_) | Shape::Object(_), _) => found.push(Finding::refused(at, "it must be an object")),
    }
}

fn object(map: &Map<String, Value>, names: &[(&'static str, Shape)], at: &str, found: &mut Vec<Finding>) {
    for (name, value) in map {
        let place = join(at, name);
        if let Some((_, shape)) = names.iter().find(|(known, _)| known == name) {
            walk(value, shape, &place, found);
            continue;
        }
        let followed = spelling::meant(name.as_bytes()).filter(|_| limits(at));
        let Some((known, shape)) = names.iter().find(|(known, _)| followed == Some(*known)) else {
            let meant = near::place(name, at, names);
            found.push(Finding::new(Kind::Unknown, place, "unknown name").meant(meant));
            continue;
        };
        let message = "it is followed here, but other runtimes do not know it in this spelling";
        found.push(Finding::new(Kind::Unknown, &place, message).meant(Some(join(at, known))));
        walk(value, shape, &place, found);
    }
    for (name, shape) in names {
        let missing = map.get(*name).is_none_or(Value::is_null);
        if matches!(shape, Shape::Needed(_)) && missing {
            found.push(Finding::refused(join(at, name), "it is missing"));
        }
    }
}

/// Where names are followed whatever their capitals.
fn limits(at: &str) -> bool {
    ["", "linux"].contains(&at) || at.to_ascii_lowercase().starts_with("linux.resources")
}

fn capability(name: &Value, at: &str, found: &mut Vec<Finding>) {
    if serde_json::from_value::<Capability>(name.clone()).is_ok() {
        return;
    }
    let Some(name) = name.as_str() else {
        found.push(Finding::refused(at, "it must be the name of a capability"));
        return;
    };
    let with_prefix = format!("CAP_{}", name.to_ascii_uppercase());
    let upper = name.to_ascii_uppercase();
    let known = || crate::caps::NAMES.iter().copied();
    let meant = known().find(|known| *known == with_prefix).or_else(|| near::word(&upper, known()));
    let message = format!("no capability is called {name:?}, and it is left out");
    found.push(Finding::ignored(at, message).meant(meant.map(str::to_owned)));
}
