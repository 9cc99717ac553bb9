//! One rule that one subject breaks: a row and a finding, made of the same values.

use serde_json::{Map, Value as Json, json};

use crate::model::EventTime;
use crate::posture::Source;
use crate::report::columns::columns;
use crate::report::{Finding, Role, Rule};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum SubjectKind {
    Root,
    User,
    Group,
    Role,
    Policy,
    Key,
    MfaDevice,
    IdentityProvider,
    Account,
}

/// A rule that is broken.
#[derive(Clone, Debug)]
pub(in crate::report) struct Violation<'a> {
    pub rule: Rule,
    pub account_id: &'a str,
    pub subject: String,
    pub kind: SubjectKind,
    /// One sentence.
    pub detail: String,
    /// Since when, where the state tells.
    pub since: Option<EventTime>,
    /// The age of `since`, in whole days.
    pub age_days: Option<i64>,
    pub source: &'a Source,
    /// How many events of the logs stand behind it; 1 where state alone does.
    pub count: i64,
    pub evidence: Map<String, Json>,
}

impl SubjectKind {
    pub(in crate::report) const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Key => "key",
            Self::MfaDevice => "mfa-device",
            Self::IdentityProvider => "identity-provider",
            Self::Account => "account",
        }
    }
}

columns! {
    pub(super) const COLUMNS;
    pub(super) fn cells(violation: &Violation<'_>) {}

    account_id("account_id", "The account.") => violation.account_id,
    id("rule", "The rule that is broken; `trailscan explain RULE` tells more.").role(Role::Rule) => violation.rule.id,
    severity("severity", "How much it matters: info, low, medium, high or critical.") => violation.rule.severity,
    id("subject", "What breaks it: root@account, an arn, an access key id, the account.").role(Role::Subject)
        => violation.subject.as_str(),
    text("subject_kind", "root, user, group, role, policy, key, mfa-device or account.").third() => violation.kind.as_str(),
    text("detail", "What is seen, in a sentence.").last() => violation.detail.as_str(),
    time("since", "Since when: made, changed or last used, as the rule has it.").last() => violation.since,
    count("age_days", "Days from since to the moment that ages run to.").unit("days").second() => violation.age_days,
    text("practice", "The practice that it breaks, of the seven.").asked()
        => violation.rule.practice.map_or("", |practice| practice.as_str()),
    text("source", "The kind of file that says so.").last() => violation.source.kind.as_str(),
    time("as_of", "The moment that the file speaks of.").last() => violation.source.as_of,
    text("as_of_basis", "How that is known: generated, newest-date (then or later) or none.").asked()
        => violation.source.basis.as_str(),
    text("file", "The file.").asked().role(Role::File) => violation.source.file.as_str(),
}

impl Violation<'_> {
    /// With something that was seen.
    pub(in crate::report) fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.evidence.insert(name.to_owned(), value.into());
        self
    }

    pub(in crate::report) fn finding(self) -> Finding {
        let mut evidence = self.evidence;
        let values = [
            ("subject_kind", json!(self.kind.as_str())),
            ("since", json!(self.since)),
            ("age_days", json!(self.age_days)),
            ("source", json!(self.source.kind.as_str())),
            ("as_of", json!(self.source.as_of)),
            ("as_of_basis", json!(self.source.basis.as_str())),
            ("file", json!(self.source.file)),
        ];
        evidence.extend(values.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Finding {
            severity: self.rule.severity,
            rule: self.rule.id,
            account_id: self.account_id.to_owned(),
            subject: self.subject,
            summary: self.detail,
            count: self.count,
            evidence,
        }
    }
}

/// Whole days from `from` to `to`; 0 when `from` lies later.
pub(in crate::report) fn days_between(from: EventTime, to: EventTime) -> i64 {
    ((to.seconds() - from.seconds()) / DAY).max(0)
}

/// The first members of a list and how many more there are: `a, b, c and 4 more`.
pub(in crate::report) fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    match names.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", names[..SHOWN].join(", ")),
        _ => names.join(", "),
    }
}
