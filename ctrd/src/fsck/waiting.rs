//! What an image leads to and nobody has looked at yet: each blob once, however often it is named, and no more than an
//! image may have.

use std::collections::HashSet;

use crate::digest::Digest;
use crate::image::{Descriptor, MAX_DESCRIPTORS};

#[derive(Default)]
pub struct Waiting {
    /// The last one is the next; with whether the image is nothing without it.
    list: Vec<(Descriptor, bool)>,
    /// All that ever waited.
    pub seen: HashSet<Digest>,
}

impl Waiting {
    /// Adds what a document names, the first of which is to be looked at first. What was named before waits no more.
    pub fn add(&mut self, named: impl IntoIterator<Item = (Descriptor, bool)>) {
        let from = self.list.len();
        for (next, needed) in named {
            if self.seen.len() < MAX_DESCRIPTORS && self.seen.insert(next.digest.clone()) {
                self.list.push((next, needed));
            }
        }
        self.list[from..].reverse();
    }

    pub fn next(&mut self) -> Option<(Descriptor, bool)> {
        self.list.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(n: usize) -> (Descriptor, bool) {
        (Descriptor::new("x", Digest::of(n.to_string().as_bytes()), 1), n == 0)
    }

    #[test]
    fn what_is_named_often_waits_once() {
        let mut waiting = Waiting::default();
        // An index of indexes that name the same.
        for _ in 0..100 {
            waiting.add((0..5000).map(|n| named(n % 3)));
            assert!(waiting.list.len() <= 3, "{} wait", waiting.list.len());
        }
        assert_eq!([0, 1, 2].map(|_| waiting.next()), [0, 1, 2].map(|n| Some(named(n))));
        waiting.add([named(0)]);
        assert_eq!(waiting.next(), None);
        // Each of them another one.
        waiting.add((0..3 * MAX_DESCRIPTORS).map(named));
        assert!(waiting.list.len() <= MAX_DESCRIPTORS && waiting.seen.len() <= MAX_DESCRIPTORS);
    }
}
