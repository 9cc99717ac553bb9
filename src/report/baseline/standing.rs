//! How a finding of today stands to an earlier answer.

use super::Baseline;
use super::known::{begin, members, regions};
use super::reach::{Reach, Sighting};
use crate::report::{Column, Finding, Report, Role, Severity, Table, Value, with_rules};

/// How a finding, or a row, stands to an earlier answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was not there.
    New,
    /// It was there, and less severe: so much.
    Worse(Severity),
    /// It was there, and more severe: so much. Where that may only be because not all of its events were read today, why.
    Better(Severity, Option<String>),
    /// It was there as it is.
    Same,
    /// It was not there, and could not have been seen, for this reason.
    NotCovered(String),
}

/// How many findings stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New ones.
    pub new: usize,
    /// Worse ones.
    pub worse: usize,
    /// Better ones.
    pub better: usize,
    /// Those that are as they were.
    pub same: usize,
    /// Those that the earlier answer could not have seen.
    pub not_covered: usize,
}

impl Standing {
    /// The word that is printed: `new`, `worse`, `better`, `same`, `not-covered`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse(_) => "worse",
            Self::Better(..) => "better",
            Self::Same => "same",
            Self::NotCovered(_) => "not-covered",
        }
    }

    /// Whether somebody should look: it is new, or worse.
    pub const fn is_news(&self) -> bool {
        matches!(self, Self::New | Self::Worse(_))
    }

    /// The severity that it had, where that was another.
    pub const fn was(&self) -> Option<Severity> {
        match self {
            Self::Worse(was) | Self::Better(was, _) => Some(*was),
            _ => None,
        }
    }

    /// Why it could not have been seen, where it could not.
    pub fn not_covered_because(&self) -> Option<&str> {
        if let Self::NotCovered(why) = self { Some(why) } else { None }
    }

    /// Why a better one may be none, where less of it was read.
    pub fn better_because(&self) -> Option<&str> {
        if let Self::Better(_, why) = self { why.as_deref() } else { None }
    }

    fn of(was: Severity, is: Severity) -> Self {
        match was.cmp(&is) {
            std::cmp::Ordering::Less => Self::Worse(was),
            std::cmp::Ordering::Greater => Self::Better(was, None),
            std::cmp::Ordering::Equal => Self::Same,
        }
    }

    /// What decides where parts of one finding stand differently: the first of these.
    const fn rank(&self) -> u8 {
        match self {
            Self::New => 0,
            Self::Worse(_) => 1,
            Self::NotCovered(_) => 2,
            Self::Better(..) => 3,
            Self::Same => 4,
        }
    }
}

impl Counts {
    /// Counts them.
    pub fn of<'s>(standings: impl Iterator<Item = &'s Standing>) -> Self {
        let mut counts = Self::default();
        for standing in standings {
            *match standing {
                Standing::New => &mut counts.new,
                Standing::Worse(_) => &mut counts.worse,
                Standing::Better(..) => &mut counts.better,
                Standing::Same => &mut counts.same,
                Standing::NotCovered(_) => &mut counts.not_covered,
            } += 1;
        }
        counts
    }
}

impl Baseline {
    /// The column that says how a row stands.
    pub const COLUMN: Column = Column::text(
        "since_baseline",
        "How it stands to --baseline: new, worse, better, same, or not-covered where the baseline could not have seen it.",
    )
    .last();

    /// How a finding stands to it, and the places of those that it is. One for many accounts is new where one of them is.
    pub(super) fn standing(&self, finding: &Finding, now: &Reach) -> (Standing, Vec<usize>) {
        let mut places = Vec::new();
        let mut one = |member: &Finding| match self.known.find(member, self.reach.end()) {
            Some(hit) => {
                let standing = match self.compared(hit.severity, member, now) {
                    Standing::Better(was, _) => Standing::Better(was, self.unread_of(&hit.places, now)),
                    standing => standing,
                };
                places.extend(hit.places);
                standing
            }
            None => self.unknown(member, now),
        };
        let standings: Vec<Standing> = members(finding.clone()).iter().map(&mut one).collect();
        let decides = standings.into_iter().min_by_key(Standing::rank);
        (decides.unwrap_or(Standing::Same), places)
    }

    /// How a finding stands that had this severity.
    fn compared(&self, was: Severity, finding: &Finding, now: &Reach) -> Standing {
        match (Standing::of(was, finding.severity), self.unknown(finding, now)) {
            // What the baseline could not see makes worse what it knew.
            (Standing::Worse(_), not_covered @ Standing::NotCovered(_)) => not_covered,
            (standing, _) => standing,
        }
    }

    /// What of the findings at these places was not read now, in a sentence.
    fn unread_of(&self, places: &[usize], now: &Reach) -> Option<String> {
        places.iter().find_map(|&place| self.unread(&self.known.findings()[place], now)).map(|(_, why)| why)
    }

    /// How a finding stands that is not known.
    fn unknown(&self, finding: &Finding, now: &Reach) -> Standing {
        let report = report_of(finding.rule);
        if let Some(report) = report.filter(|report| !report.needs_no_logs() && !self.reports.contains(report.name)) {
            return Standing::NotCovered(format!("the baseline has no report {}", report.name));
        }
        let sighting = Sighting {
            account: &finding.account_id,
            regions: regions(finding),
            first_seen: begin(finding),
            is_of_state: is_of_state(finding),
            may_be_of_state: may_be_of_state(finding),
        };
        self.reach.blind_to(&sighting, now).map_or(Standing::New, Standing::NotCovered)
    }

    /// Adds to a table how each row stands, where its rows are findings or things.
    pub fn add_to(&self, table: &mut Table, findings: &[Finding], now: &Reach) {
        let words: Vec<Value> = match self.rows_of(table.report) {
            Some((kind, inventory)) => {
                let word = |row: &Vec<Value>| {
                    let thing = kind.of_row(&table.columns, row).into_iter().next()?;
                    let known = inventory.has(&thing.name);
                    let blind = || thing.blind(inventory, (&self.reach, now));
                    Some(if known {
                        "same"
                    } else if blind().is_some() {
                        "not-covered"
                    } else {
                        "new"
                    })
                };
                table.rows.iter().map(|row| word(row).map_or(Value::Null, Value::text)).collect()
            }
            None if Role::Rule.place(&table.columns).is_some() => self.words_of_findings(table, findings, now),
            None => return,
        };
        table.add_last(Self::COLUMN, words);
    }

    /// Whether [`Baseline::add_to`] adds a column to the table of a report.
    pub fn adds_to(report: &Report) -> bool {
        Role::Rule.place(report.columns).is_some()
            || super::KindOfThings::of(report.name).any(super::KindOfThings::is_rows)
    }

    /// How the rows stand that are findings themselves.
    fn words_of_findings(&self, table: &Table, findings: &[Finding], now: &Reach) -> Vec<Value> {
        let places = [Role::Rule, Role::AccountId, Role::Subject].map(|role| role.place(&table.columns));
        let word = |row: &Vec<Value>| {
            let [rule, account, subject] = places.map(|place| place.and_then(|place| row[place].as_text()));
            let is_row = |finding: &&Finding| {
                let [of_rule, of_account, of_subject] = [finding.rule, &finding.account_id, &finding.subject];
                rule.as_deref() == Some(of_rule)
                    && account.as_deref().unwrap_or_default() == of_account
                    && subject.as_deref() == Some(of_subject)
            };
            let finding = findings.iter().find(is_row)?;
            let standing = match self.known.of_row(finding) {
                Some(was) => self.compared(was, finding, now),
                None => self.unknown(finding, now),
            };
            Some(standing.as_str())
        };
        table.rows.iter().map(|row| word(row).map_or(Value::Null, Value::text)).collect()
    }
}

/// Whether a finding rests on IAM's state.
pub(super) fn is_of_state(finding: &Finding) -> bool {
    report_of(finding.rule).is_some_and(Report::needs_no_logs)
}

/// Whether IAM's state may have told a finding, beside events.
pub(super) fn may_be_of_state(finding: &Finding) -> bool {
    report_of(finding.rule).is_some_and(Report::reads_state)
}

/// The report that a rule is of.
pub(super) fn report_of(rule: &str) -> Option<&'static Report> {
    with_rules().find(|report| report.rules.iter().any(|known| known.id == rule))
}
