//! The order in which plugins begin: that of the list, but what one requires comes before it.

use super::Registration;

/// The enabled registrations, in order. One that requires a type without any plugin still comes:
/// it finds out for itself what is missing.
///
/// # Panics
///
/// Where the registrations contradict themselves: two of one name, or a ring of requirements.
pub fn order(
    all: &'static [Registration],
    enabled: impl Fn(&Registration) -> bool,
) -> Vec<&'static Registration> {
    for (i, r) in all.iter().enumerate() {
        assert!(!r.kind.is_empty() && !r.id.is_empty(), "a plugin has no type or id");
        assert!(!r.requires.contains(&r.kind), "{}: requires its own type", r.uri());
        assert!(!r.requires.contains(&"*") || r.requires.len() == 1, "{}: requires * and others", r.uri());
        assert!(all[..i].iter().all(|other| other.uri() != r.uri()), "{}: registered twice", r.uri());
    }
    let mut visit = Visit { all, ordered: Vec::new(), above: Vec::new() };
    for r in all {
        visit.add(r);
    }
    visit.ordered.retain(|r| enabled(r));
    visit.ordered
}

struct Visit {
    all: &'static [Registration],
    ordered: Vec<&'static Registration>,
    /// Those whose requirements are being added right now.
    above: Vec<String>,
}

impl Visit {
    fn add(&mut self, r: &'static Registration) {
        let uri = r.uri();
        if self.ordered.iter().any(|o| o.uri() == uri) {
            return;
        }
        assert!(!self.above.contains(&uri), "{uri}: requires itself by way of {}", self.above.join(", "));
        self.above.push(uri.clone());
        for kind in r.requires {
            for needed in self.all {
                if needed.kind == *kind || (*kind == "*" && needed.uri() != uri) {
                    self.add(needed);
                }
            }
        }
        self.above.pop();
        self.ordered.push(r);
    }
}
