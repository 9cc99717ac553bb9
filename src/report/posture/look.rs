//! An account of IAM's state, as rules look at it.

use super::violation::{SubjectKind, Violation, days_between};
use crate::model::EventTime;
use crate::posture::{Account, AsOfBasis, Authorization, CredentialReport, Dated, Source};
use crate::report::{ReportOption, Rule, View};

/// An account and what its state is judged by.
#[derive(Clone, Copy)]
pub(in crate::report) struct Look<'a> {
    pub(in crate::report) account_id: &'a str,
    pub(in crate::report) account: &'a Account,
    pub(super) view: &'a View<'a>,
}

impl<'a> Look<'a> {
    pub(in crate::report) fn credentials(self) -> Option<&'a Dated<CredentialReport>> {
        self.account.credentials.as_ref()
    }

    pub(in crate::report) fn authorization(self) -> Option<&'a Dated<Authorization>> {
        self.account.authorization.as_ref()
    }

    /// What the user set a number to.
    pub(in crate::report) fn number(self, option: &ReportOption) -> i64 {
        self.view.options.get(option)
    }

    /// The moment that ages of a file's facts run to.
    pub(super) fn moment(self, source: &Source) -> Option<EventTime> {
        match source.basis {
            AsOfBasis::Generated => source.as_of,
            AsOfBasis::NewestDate | AsOfBasis::None => source.as_of.max(self.view.as_of),
        }
    }

    /// Days from `since` to that moment.
    pub(in crate::report) fn age(self, since: Option<EventTime>, source: &Source) -> Option<i64> {
        Some(days_between(since?, self.moment(source)?))
    }

    /// A rule that `subject` breaks.
    pub(in crate::report) fn breaks(
        self,
        rule: Rule,
        (subject, kind): (impl Into<String>, SubjectKind),
        detail: impl Into<String>,
        source: &'a Source,
    ) -> Violation<'a> {
        Violation {
            rule,
            account_id: self.account_id,
            subject: subject.into(),
            kind,
            detail: detail.into(),
            since: None,
            age_days: None,
            source,
            count: 1,
            evidence: serde_json::Map::new(),
        }
    }

    /// The same, since a moment.
    pub(in crate::report) fn since(self, mut violation: Violation<'a>, since: Option<EventTime>) -> Violation<'a> {
        violation.since = since;
        violation.age_days = self.age(since, violation.source);
        violation
    }
}
