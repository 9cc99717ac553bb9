//! What may have been meant by a name that nothing has.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::names;

/// How many names are suggested.
const SUGGESTED: usize = 3;

/// Names are compared up to this length: longer ones are made up.
const LONGEST: usize = 200;

/// The names nearest to `text`: those that hold it or that it begins like, else those a few letters away. Nearest first.
pub(super) fn names(graph: &Graph<'_>, text: &str) -> Vec<String> {
    let wanted = text.trim_matches('*').to_ascii_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut best: BTreeSet<(usize, String)> = BTreeSet::new();
    for place in 0..graph.len() {
        names::each(graph.node(place), &mut |name| {
            let worst = best.last().filter(|_| best.len() == SUGGESTED).map_or(usize::MAX, |(distance, _)| *distance);
            if let Some(distance) = distance(&wanted, name).filter(|&distance| distance <= worst) {
                best.insert((distance, name.to_owned()));
                if best.len() > SUGGESTED {
                    best.pop_last();
                }
            }
        });
    }
    best.into_iter().map(|(_, name)| name).collect()
}

/// How far `name` is from `wanted` (lower case); `None` for too far.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    if name.len() > LONGEST || wanted.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if wanted.len() >= 3 && name.contains(wanted) {
        return Some(1);
    }
    let most = (wanted.len() / 5).max(1) + 1;
    if name.len().abs_diff(wanted.len()) > most {
        return None;
    }
    Some(edits(wanted.as_bytes(), name.as_bytes())).filter(|&edits| edits <= most).map(|edits| edits + 1)
}

/// The least number of bytes to insert, leave out or change (Levenshtein).
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near() {
        for (wanted, name, near) in [
            ("asiaiosfodnn7exampl", "ASIAIOSFODNN7EXAMPLE", Some(1)),
            ("asiaiosfodnn7examplf", "ASIAIOSFODNN7EXAMPLE", Some(2)),
            ("asiaiosfodnn7", "AKIAI44QH8DHBEXAMPLE", None),
            ("asiaiosfodnn7exampl", "AKIAI44QH8DHBEXAMPLE", None),
            ("bob", "Bobby", Some(1)),
            ("bbo", "bob", Some(3)),
            ("bb", "alice", None),
        ] {
            assert_eq!(distance(wanted, name), near, "{wanted} {name}");
        }
        assert_eq!([edits(b"", b"abc"), edits(b"kitten", b"sitting"), edits(b"x", b"x")], [3, 3, 0]);
    }
}
