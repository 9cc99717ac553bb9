//! A scorecard of many accounts on one screen: a line an account, a column a practice.

use std::collections::BTreeMap;

use super::{SCORECARD, Score, Verdict};
use crate::report::columns::columns;
use crate::report::{Column, Practice, Role, Table, Value};

/// The columns of the practices, in the order of [`Practice::ALL`]; their names are short so that a narrow terminal has
/// room for all.
const PRACTICES: [Column; 7] = [
    of(Practice::RestrictRootUse),
    of(Practice::NoRootKeys),
    of(Practice::MfaForConsole),
    of(Practice::RolesNotKeys),
    of(Practice::RotateKeys),
    of(Practice::PoliciesOnGroups),
    of(Practice::AwsManagedPolicies),
];

columns! {
    const ACCOUNT;
    fn account_cell(account: &str) {}

    account_id("account_id", "The account.") => account,
}

const fn of(practice: Practice) -> Column {
    Column::text(practice.short_name(), practice.as_str()).role(Role::Verdict)
}

/// How every account stands, in the order in which the scores name them: `FAIL 3` with the number of violations, `pass`
/// where it is proven, `-` where nothing proves it.
pub fn matrix(scores: &[Score]) -> Table {
    let mut accounts: Vec<&str> = Vec::new();
    let mut verdicts: BTreeMap<(&str, Practice), Value> = BTreeMap::new();
    for score in scores {
        if accounts.last() != Some(&score.account_id.as_str()) {
            accounts.push(&score.account_id);
        }
        verdicts.insert((&score.account_id, score.practice), verdict(score));
    }
    let row = |account: &&str| {
        let cell = |practice| verdicts.get(&(*account, practice)).cloned().unwrap_or(Value::Null);
        account_cell(account).into_iter().chain(Practice::ALL.map(cell)).collect()
    };
    let rows = accounts.iter().map(row).collect();
    Table::named(SCORECARD, &["account_id"], [ACCOUNT, &PRACTICES].concat(), rows)
}

fn verdict(score: &Score) -> Value {
    match score.verdict {
        Verdict::Incorrect => Value::text(format!("FAIL {}", score.violations)),
        Verdict::Unknown => Value::Null,
        Verdict::Correct => Value::text("pass"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(account: &str, practice: Practice, verdict: Verdict) -> Score {
        Score {
            account_id: account.to_owned(),
            practice,
            verdict,
            violations: if verdict == Verdict::Incorrect { 3 } else { 0 },
            worst: None,
            why: String::new(),
            next: None,
        }
    }

    #[test]
    fn a_line_an_account_and_a_column_a_practice() {
        let of = |account| {
            Practice::ALL.map(|practice| match practice {
                Practice::NoRootKeys => score(account, practice, Verdict::Incorrect),
                Practice::RotateKeys => score(account, practice, Verdict::Correct),
                other => score(account, other, Verdict::Unknown),
            })
        };
        let table = matrix(&[of("222222222222"), of("111111111111")].concat());
        assert_eq!((table.columns.len(), table.rows.len(), table.rows_total), (8, 2, 2));
        let expected = [
            Value::text("222222222222"),
            Value::Null,
            Value::text("FAIL 3"),
            Value::Null,
            Value::Null,
            Value::text("pass"),
            Value::Null,
            Value::Null,
        ];
        assert_eq!(table.rows[0], expected);
        assert_eq!(table.rows[1][0], Value::text("111111111111"), "the order is that of the scores");
        for (column, practice) in PRACTICES.iter().zip(Practice::ALL) {
            assert_eq!(column.about, practice.as_str());
        }
    }

    /// With 12 digits and two of `FAIL` in three figures it fits a screen of 80.
    #[test]
    fn the_matrix_is_narrow() {
        let widths: usize = PRACTICES.iter().map(|column| column.name.len().max("FAIL 99".len()) + 2).sum();
        assert!("111122223333".len() + widths <= 80, "{widths}");
    }
}
