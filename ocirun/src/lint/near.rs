//! The name that was probably meant by one that nobody knows.

use super::schema::Shape;

/// How far a name may be off: a slip in a short one, more in a long one.
fn tolerance(name: &str) -> usize {
    (name.chars().count() / 4).clamp(1, 3)
}

/// The nearest of some words, where one is near.
pub fn word<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = |known: &&str| distance(name, known);
    known.into_iter().min_by_key(far).filter(|known| distance(name, known) <= tolerance(name))
}

/// The place that is meant by the name `name` in the object at `at`, which may have `names`; else, or
/// where another is nearer, one anywhere in a config.json.
pub fn place(name: &str, at: &str, names: &[(&'static str, Shape)]) -> Option<String> {
    let here = names.iter().map(|(known, _)| (distance(name, known), super::join(at, known)));
    let mut all = Vec::new();
    everywhere("", &super::schema::ROOT, &mut all);
    let there = all.into_iter().map(|(place, known)| (distance(name, known) + 1, place));
    let depth = |place: &str| place.matches(['.', '[']).count();
    let (far, place) = here.chain(there).min_by_key(|(far, place)| (*far, depth(place)))?;
    (far <= tolerance(name)).then_some(place)
}

/// Every name of the specification with its place; `[]` stands for an entry of a list.
fn everywhere(at: &str, shape: &Shape, out: &mut Vec<(String, &'static str)>) {
    match shape {
        Shape::Object(names) => {
            for (name, shape) in *names {
                let place = super::join(at, name);
                everywhere(&place, shape, out);
                out.push((place, *name));
            }
        }
        Shape::Needed(of) => everywhere(at, of, out),
        Shape::List(of) => everywhere(&format!("{at}[]"), of, out),
        Shape::Map(of) => everywhere(&format!("{at}.*"), of, out),
        Shape::One(_) | Shape::Foreign(_) | Shape::Capabilities => {}
    }
}

/// How many letters have to be put in, left out, changed, or swapped with the next one; capitals and
/// dashes count for nothing.
fn distance(a: &str, b: &str) -> usize {
    let letters = |word: &str| -> Vec<char> {
        word.chars().filter(|c| !['_', '-'].contains(c)).flat_map(char::to_lowercase).collect()
    };
    let (a, b) = (letters(a), letters(b));
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, want) in [
            ("", "", 0),
            ("cwd", "cmd", 1),
            ("rootPropagation", "rootfsPropagation", 2),
            ("oom_score_adj", "oomScoreAdj", 0),
            ("agrs", "args", 1),
            ("abc", "", 3),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (want, want), "{a} {b}");
        }
    }

    #[test]
    fn places() {
        let Shape::Object(top) = super::super::schema::ROOT else { panic!("an object") };
        for (name, want) in [
            ("rootPropagation", Some("linux.rootfsPropagation")),
            ("mount", Some("mounts")),
            ("capabilities", Some("process.capabilities")),
            ("cgroupPath", Some("linux.cgroupsPath")),
            ("maskedPath", Some("linux.maskedPaths")),
            ("wholly-strange", None),
        ] {
            assert_eq!(place(name, "", top).as_deref(), want, "{name}");
        }
        let mount = [("destination", Shape::Capabilities), ("source", Shape::Capabilities)];
        assert_eq!(place("destnation", "mounts[3]", &mount).as_deref(), Some("mounts[3].destination"));
        assert_eq!(word("rdonly", ["ro", "readonly", "rw"]), None);
        assert_eq!(word("nosiud", ["nosuid", "suid"]), Some("nosuid"));
    }
}
