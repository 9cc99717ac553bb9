//! A scorecard of many accounts on one screen: a line a practice.

use std::collections::BTreeMap;

use super::{SCORECARD, Score, Verdict};
use crate::model::grouped;
use crate::report::columns::columns;
use crate::report::{Practice, Table};

columns! {
    const SUMMARY;
    fn cells(practice: Practice, scores: &[Score]) {
        let of_practice = || scores.iter().filter(move |score| score.practice == practice);
        let accounts = |verdict| of_practice().filter(|score| score.verdict == verdict).count();
    }

    text("practice", "The practice.") => practice.as_str(),
    count("incorrect", "Accounts that break it.").unit("accounts") => accounts(Verdict::Incorrect),
    count("unknown", "Accounts of which nothing proves it.").unit("accounts") => accounts(Verdict::Unknown),
    count("correct", "Accounts of which it is proven.").unit("accounts") => accounts(Verdict::Correct),
    text("why", "The worst violation, else the commonest reason of what is unknown.") => why(of_practice()),
}

/// How many accounts stand how, by practice. `scores` begin with the worst accounts.
pub fn summary(scores: &[Score]) -> Table {
    let rows = Practice::ALL.iter().map(|&practice| cells(practice, scores)).collect();
    Table::named(SCORECARD, &["practice"], SUMMARY.to_vec(), rows)
}

/// What one line says of all accounts.
fn why<'a>(scores: impl Iterator<Item = &'a Score>) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut worst: Option<&Score> = None;
    for score in scores {
        let severity = |score: &Score| score.worst.as_ref().map(|worst| worst.severity);
        match score.verdict {
            Verdict::Incorrect if worst.is_none_or(|known| severity(score) > severity(known)) => worst = Some(score),
            Verdict::Incorrect | Verdict::Correct => {}
            Verdict::Unknown => *reasons.entry(&score.why).or_default() += 1,
        }
    }
    // Of equally common reasons the first by its text.
    let commonest = reasons.into_iter().rev().max_by_key(|&(_, accounts)| accounts);
    match (worst, commonest) {
        (Some(worst), _) => format!("{}: {}", worst.account_id, worst.why),
        (None, Some((reason, 1))) => reason.to_owned(),
        (None, Some((reason, accounts))) => format!("{} accounts: {reason}", grouped(accounts)),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Value;

    fn score(account: &str, verdict: Verdict, why: &str) -> Score {
        Score {
            account_id: account.to_owned(),
            practice: Practice::RotateKeys,
            verdict,
            violations: 0,
            worst: None,
            why: why.to_owned(),
            next: None,
        }
    }

    fn line(scores: &[Score]) -> Vec<Value> {
        let place = Practice::ALL.iter().position(|practice| *practice == Practice::RotateKeys).expect("one of them");
        summary(scores).rows[place].clone()
    }

    #[test]
    fn a_practice_is_one_line_with_its_worst_account() {
        let scores = [
            score("1", Verdict::Incorrect, "a key is old"),
            score("2", Verdict::Unknown, "no state"),
            score("3", Verdict::Unknown, "no state"),
            score("4", Verdict::Correct, "proven"),
        ];
        let expected = [Value::text("rotate-keys"), Value::Count(1), Value::Count(2), Value::Count(1)];
        assert_eq!(line(&scores)[..4], expected);
        assert_eq!(line(&scores)[4], Value::text("1: a key is old"));
        assert_eq!(line(&scores[1..])[4], Value::text("2 accounts: no state"));
        assert_eq!(line(&scores[3..])[4], Value::Null);
    }
}
