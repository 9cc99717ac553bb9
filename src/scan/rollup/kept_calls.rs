//! Which calls a rollup keeps by their names. Rules that come later look at more of them, and no column tells that an earlier
//! rollup has left them out.

use std::collections::BTreeSet;

use super::Ledger;
use super::ledger::CALLS;
use super::rows::BesideRow;
use crate::aggregate::iam_changes;

/// What a rollup does not keep of the calls that are looked at now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnkeptCalls {
    /// These: `PutImagePolicy of imagebuilder`.
    Named(Vec<String>),
    /// It was made before rollups noted that, or of one that was.
    Unknown,
}

impl Ledger {
    /// Notes that the calls are kept which are looked at now.
    pub(super) fn note_calls(&mut self) {
        self.add(vec![row(&iam_changes::kept_calls())]);
    }

    /// Notes that nobody knows which calls are kept, where nothing says it.
    pub(crate) fn note_unknown_calls(&mut self) {
        if self.kept_calls().next().is_none() {
            self.add(vec![row(&BTreeSet::new())]);
        }
    }

    /// What is not kept of the calls that are looked at now, by all that it was made of; `None` when nothing is missing.
    pub fn unkept_calls(&self) -> Option<UnkeptCalls> {
        let notes: Vec<BTreeSet<&str>> = self.kept_calls().map(|names| names.split_terminator(',').collect()).collect();
        if notes.is_empty() || notes.iter().any(BTreeSet::is_empty) {
            return Some(UnkeptCalls::Unknown);
        }
        let is_missing = |name: &String| notes.iter().any(|kept| !kept.contains(name.as_str()));
        let missing: Vec<String> = iam_changes::kept_calls().into_iter().filter(is_missing).collect();
        (!missing.is_empty()).then_some(UnkeptCalls::Named(missing))
    }

    fn kept_calls(&self) -> impl Iterator<Item = &str> {
        self.beside.iter().filter(|row| row.what == CALLS).map(|row| row.name.as_str())
    }
}

fn row(names: &BTreeSet<String>) -> BesideRow {
    let name = names.iter().map(String::as_str).collect::<Vec<_>>().join(",");
    BesideRow { what: CALLS.to_owned(), name, ..BesideRow::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(names: &BTreeSet<String>) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.add(vec![row(names)]);
        ledger
    }

    #[test]
    fn a_later_rule_misses_what_was_not_kept() {
        let mut now = Ledger::default();
        now.note_calls();
        assert_eq!(now.unkept_calls(), None);
        let all = iam_changes::kept_calls();
        assert!(all.len() > 150 && all.contains("PutImagePolicy of imagebuilder"), "{all:?}");
        let mut fewer = all.clone();
        fewer.remove("PutImagePolicy of imagebuilder");
        // A name of two services is two calls.
        fewer.remove("DeletePolicy of organizations");
        let missing = ["DeletePolicy of organizations", "PutImagePolicy of imagebuilder"].map(str::to_owned).to_vec();
        assert_eq!(noted(&fewer).unkept_calls(), Some(UnkeptCalls::Named(missing.clone())));
        // More than is looked at now is no less.
        let mut more = all;
        more.insert("X of y".to_owned());
        assert_eq!(noted(&more).unkept_calls(), None);
        // What several were made into lacks what one of them lacked.
        let mut joined = now.clone();
        joined.extend(noted(&fewer));
        assert_eq!(joined.unkept_calls(), Some(UnkeptCalls::Named(missing)));
    }

    #[test]
    fn a_rollup_from_before_that_was_noted_stays_one() {
        let mut earlier = Ledger::default();
        assert_eq!(earlier.unkept_calls(), Some(UnkeptCalls::Unknown));
        earlier.note_unknown_calls();
        let mut joined = Ledger::default();
        joined.note_calls();
        let whole = joined.clone();
        joined.extend(earlier);
        assert_eq!(joined.unkept_calls(), Some(UnkeptCalls::Unknown));
        // What is known stays so, and is said once.
        let mut twice = whole.clone();
        twice.note_unknown_calls();
        twice.extend(whole.clone());
        assert_eq!(twice, whole);
    }
}
