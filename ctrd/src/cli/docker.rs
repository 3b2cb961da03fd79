//! docker's `ps -a`: the letter that names a socket everywhere else.

use std::ffi::{OsStr, OsString};

/// Global flags whose value is a word of its own.
const VALUED: [&str; 7] = ["-a", "--address", "--root", "--state", "-n", "--namespace", "--trace"];

/// The words of a command line, in which `-a` after `ps` or `container ls` is `--all`, alone or with other letters
/// (`-aq`), unless a socket follows it.
pub fn worded(words: Vec<OsString>) -> Vec<OsString> {
    let Some(begin) = listing(&words) else { return words };
    let mut out = words[..begin].to_vec();
    for (at, word) in words.iter().enumerate().skip(begin) {
        let letters = word.to_str().and_then(|word| word.strip_prefix('-')).unwrap_or_default();
        let socket = words.get(at + 1).is_some_and(|next| !next.as_encoded_bytes().starts_with(b"-"));
        if letters.contains('a') && letters.chars().all(|c| "aqA".contains(c)) && !(letters == "a" && socket)
        {
            out.push("--all".into());
            let rest: String = letters.chars().filter(|c| *c != 'a').collect();
            out.extend((!rest.is_empty()).then(|| OsString::from(format!("-{rest}"))));
        } else {
            out.push(word.clone());
        }
    }
    out
}

/// Where the flags of a listing of containers begin, if that is what is asked for.
fn listing(words: &[OsString]) -> Option<usize> {
    let first = verb(words, 1)?;
    match words[first].to_str()? {
        "ps" => Some(first + 1),
        "container" | "containers" => {
            let second = verb(words, first + 1)?;
            (words[second] == OsStr::new("ls") || words[second] == OsStr::new("list")).then_some(second + 1)
        }
        _ => None,
    }
}

/// The first word from `at` on that is neither a flag nor a flag's value.
fn verb(words: &[OsString], mut at: usize) -> Option<usize> {
    while words.get(at)?.as_encoded_bytes().starts_with(b"-") {
        at += if VALUED.iter().any(|flag| words[at] == OsStr::new(flag)) { 2 } else { 1 };
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_is_all_where_docker_has_it() {
        for (line, want) in [
            ("ctrd ps -a", "ctrd ps --all"),
            ("ctrd ps -aq", "ctrd ps --all -q"),
            ("ctrd -n k8s.io ps -qa --format json", "ctrd -n k8s.io ps --all -q --format json"),
            ("ctrd ps -a -q", "ctrd ps --all -q"),
            ("ctrd ps -q -a /run/x.sock", "ctrd ps -q -a /run/x.sock"),
            ("ctrd -a /run/x.sock ps -a", "ctrd -a /run/x.sock ps --all"),
            ("ctrd container ls -a", "ctrd container ls --all"),
            ("ctrd containers -n x list -Aa", "ctrd containers -n x list --all -A"),
            ("ctrd image ls -a", "ctrd image ls -a"),
            ("ctrd run -a ps", "ctrd run -a ps"),
            ("ctrd -n ps", "ctrd -n ps"),
            ("ctrd", "ctrd"),
        ] {
            let words = line.split(' ').map(OsString::from).collect();
            let got: Vec<_> = worded(words).iter().map(|w| w.to_string_lossy().into_owned()).collect();
            assert_eq!(got.join(" "), want);
        }
    }
}
