//! `permissions --prove`: what was used, held against a policy document as if it were all that is granted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::granted::{Granted, has, takes_back};
use super::subject::{Done, Subjects, Who};
use super::used::Used;
use super::{NEEDS, is_meant, nobody, of_session, policy};
use crate::model::{Effect, Listed, Policy, Statement, quantity};
use crate::report::columns::columns;
use crate::report::{Answer, Argument, Form, Report, StateUse, View};

/// What `--prove` answers.
pub static PROOF: Report = Report {
    name: "proof",
    summary: "Whether a policy would have denied what a user or role used",
    about: "",
    columns: COLUMNS,
    key: &["account_id", "principal", "action"],
    needs: NEEDS,
    options: &[],
    texts: &[],
    rules: &[],
    argument: Some(Argument::required("PRINCIPAL")),
    state: StateUse::BesideLogs,
    examples: &[],
    form: Form::Rows,
    charts: None,
    answer,
};

/// What would have become of an action, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// A `Deny` on everything without a condition has it.
    Denied,
    /// No statement allows it.
    NotAllowed,
    /// The permissions boundary does not have it.
    OutsideBoundary,
    /// A call of which the action is not known.
    Unmapped,
    /// Resources or conditions decide.
    Perhaps,
    /// It is allowed whatever the resource.
    Allowed,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "DENIED",
            Self::NotAllowed => "NOT ALLOWED",
            Self::OutsideBoundary => "OUTSIDE BOUNDARY",
            Self::Unmapped => "UNMAPPED",
            Self::Perhaps => "PERHAPS",
            Self::Allowed => "ALLOWED",
        }
    }

    const fn why(self) -> &'static str {
        match self {
            Self::Denied => "a Deny on everything takes it back",
            Self::NotAllowed => "no statement allows it",
            Self::OutsideBoundary => "the permissions boundary does not have it",
            Self::Unmapped => "the table of actions does not tell which action this call needs",
            Self::Perhaps => "resources or conditions decide, which are not judged",
            Self::Allowed => "",
        }
    }
}

columns! {
    const COLUMNS;
    fn cells(who: &Who, done: &Done, action: &str, judged: &Judged) {
        let asked = done.asked.get(action);
    }

    account_id("account_id", "The account.") => who.account_id.as_str(),
    id("principal", "The user's or role's arn.") => done.arn.as_str(),
    id("action", "The action that was used; of an UNMAPPED row the call.") => action,
    verdict("verdict", "What the policy would have done: DENIED, NOT ALLOWED, OUTSIDE BOUNDARY, PERHAPS or ALLOWED; UNMAPPED.")
        => judged.verdict.as_str(),
    count("calls", "Calls that were not denied.") => asked.map(|asked| asked.calls),
    list("statements", "The statements that have it, allow and deny: counted from 1, Sid.") => &judged.statements,
    text("why", "What the verdict rests on.") => judged.why,
    list("events", "The calls that asked for it, as service:eventName.").asked()
        => asked.map(|asked| asked.by.iter().cloned().collect::<Vec<_>>()).unwrap_or_default(),
    time("first_seen", "The first call.").asked() => asked.and_then(|asked| asked.span.first()),
    time("last_seen", "The last call.").second() => asked.and_then(|asked| asked.span.last()),
}

/// What became of an action.
struct Judged {
    verdict: Verdict,
    why: &'static str,
    statements: Vec<String>,
}

fn answer(view: &View<'_>) -> Answer {
    let asked_about = view.argument.map(str::trim).unwrap_or_default();
    let subjects = Subjects::of(view);
    let used = Used::of(&subjects, asked_about);
    let Some(document) = document(view, &used) else {
        let why = if used.who.is_empty() { nobody(asked_about, &subjects) } else { used.nothing() };
        return Answer { columns: COLUMNS.to_vec(), hidden: Some(why), is_open: true, ..Answer::default() };
    };
    let (mut rows, mut counts, mut unread) = (Vec::new(), Counts::default(), BTreeSet::new());
    for (who, done) in subjects.done.iter().filter(|(who, done)| is_meant(asked_about, who, done)) {
        let account = view.posture.and_then(|posture| posture.accounts.get(&who.account_id));
        let granted = account.and_then(|account| Granted::of(who, &account.authorization.as_ref()?.value));
        let boundary = granted.as_ref().and_then(|granted| granted.boundary);
        if let Some((arn, None)) = boundary {
            unread.insert(arn);
        }
        let boundary = boundary.and_then(|(_, document)| document);
        let used = done.asked.iter().filter(|(_, asked)| asked.calls > 0);
        let judged = used.map(|(action, asked)| {
            (if asked.is_unmapped { unmapped() } else { judge(&document, boundary, action) }, action.as_str())
        });
        let mut judged: Vec<(Judged, &str)> = judged.collect();
        excuse(done, &mut judged);
        judged.extend(beside(done, |action| judge(&document, boundary, action)));
        judged.sort_by_key(|(judged, action)| (judged.verdict, *action));
        for (judged, action) in &judged {
            match done.asked.get(*action).is_some_and(|asked| asked.calls > 0) {
                true => counts.add(judged.verdict),
                false => counts.beside += 1,
            }
            rows.push(cells(who, done, action, judged));
        }
    }
    let is_empty = rows.is_empty();
    let hidden = match () {
        () if used.who.is_empty() => nobody(asked_about, &subjects),
        () if is_empty => used.nothing(),
        () => counts.sum(),
    };
    let boundaries = unread.iter().map(|arn| format!("the permissions boundary {arn} is not in the state: not judged"));
    let rows_spared = rows.len().saturating_sub(view.rows_wanted);
    rows.truncate(view.rows_wanted);
    Answer {
        columns: COLUMNS.to_vec(),
        rows,
        rows_spared,
        hidden: Some(hidden),
        notes: of_session(Some(asked_about)).into_iter().chain(boundaries).collect(),
        is_open: is_empty || !counts.is_proven() || !unread.is_empty(),
        ..Answer::default()
    }
}

/// The document that was given, else that of `--policy`.
fn document<'a>(view: &View<'a>, used: &Used<'_>) -> Option<Cow<'a, Policy>> {
    match view.policy {
        Some(given) => Some(Cow::Borrowed(given)),
        None => Policy::read(&policy::document(used)?).ok().map(Cow::Owned),
    }
}

/// What a document, and a boundary beside it, make of an action. Of several statements that allow, one on everything is
/// enough; one that denies on some resources or on a condition may be met.
fn judge(document: &Policy, boundary: Option<&Policy>, action: &str) -> Judged {
    let statements = document.statements().iter().enumerate().filter(|(_, it)| has(&it.actions, action));
    let meant: Vec<_> = statements.collect();
    let of = |effect| meant.iter().map(|(_, it)| it).filter(move |it| it.effect == effect);
    let of_boundary = boundary.map_or(Verdict::Allowed, |boundary| judge(boundary, None, action).verdict);
    let verdict = match of_boundary {
        _ if meant.iter().any(|(_, it)| takes_back(it, action)) => Verdict::Denied,
        _ if of(Effect::Allow).next().is_none() => Verdict::NotAllowed,
        Verdict::Denied | Verdict::NotAllowed => Verdict::OutsideBoundary,
        Verdict::Perhaps => Verdict::Perhaps,
        _ if of(Effect::Deny).next().is_some() => Verdict::Perhaps,
        _ if of(Effect::Allow).any(|it| it.condition.is_empty() && is_of_all(&it.resources)) => Verdict::Allowed,
        _ => Verdict::Perhaps,
    };
    let label = |(place, it): &(usize, &Statement)| {
        let sid = if it.sid.is_empty() { String::new() } else { format!(" ({})", it.sid) };
        format!("{}{sid}", place + 1)
    };
    Judged { verdict, why: verdict.why(), statements: meant.iter().map(label).collect() }
}

/// Whether resources are all there are, in so many words: what a `NotResource` leaves out may be what was used, and some calls
/// are of no resource that an ARN could name.
fn is_of_all(resources: &Listed) -> bool {
    matches!(resources, Listed::Only(patterns) if patterns.iter().any(|pattern| pattern == "*"))
}

fn unmapped() -> Judged {
    Judged { verdict: Verdict::Unmapped, why: Verdict::Unmapped.why(), statements: Vec::new() }
}

/// What calls may have asked for beside their own action, as far as it would not have been allowed: logs do not show whether
/// they did.
fn beside(done: &Done, judge: impl Fn(&str) -> Judged) -> Vec<(Judged, &str)> {
    let unused = done.beside.keys().filter(|action| done.asked.get(**action).is_none_or(|asked| asked.calls == 0));
    let judged = unused.map(|action| (judge(action), *action));
    let open = judged.filter(|(judged, _)| judged.verdict != Verdict::Allowed);
    open.map(|(judged, action)| {
        let why =
            "a call may have asked for it beside its own action, which logs do not show, and it is not allowed on all";
        (Judged { verdict: Verdict::Perhaps, why, ..judged }, action)
    })
    .collect()
}

/// Leaves open what is not allowed where another action is that may be enough for the same call.
fn excuse(done: &Done, judged: &mut [(Judged, &str)]) {
    let allowed = judged.iter().filter(|(judged, _)| judged.verdict == Verdict::Allowed);
    let allowed: BTreeSet<&str> = allowed.map(|(_, action)| *action).collect();
    let alternatives = done.alternatives();
    for (judged, action) in judged.iter_mut().filter(|(judged, _)| judged.verdict == Verdict::NotAllowed) {
        if done.has_other(&alternatives, action, |other| allowed.contains(other)) {
            judged.verdict = Verdict::Perhaps;
            judged.why = "not allowed, and another action is that may be enough for the call";
        }
    }
}

/// How many actions of whoever is asked about would have been allowed, and how many not.
#[derive(Default)]
struct Counts {
    all: usize,
    allowed: usize,
    perhaps: usize,
    unmapped: usize,
    /// Actions that were perhaps asked for beside these, and are not allowed.
    beside: usize,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        self.all += 1;
        match verdict {
            Verdict::Allowed => self.allowed += 1,
            Verdict::Perhaps => self.perhaps += 1,
            Verdict::Unmapped => self.unmapped += 1,
            Verdict::Denied | Verdict::NotAllowed | Verdict::OutsideBoundary => {}
        }
    }

    fn is_proven(&self) -> bool {
        self.allowed == self.all && self.beside == 0
    }

    /// In a sentence.
    fn sum(&self) -> String {
        let all = quantity(self.all as u64, "used action");
        let denied = self.all - self.allowed - self.perhaps - self.unmapped;
        let begin = match denied {
            0 if self.is_proven() => return format!("none of {all} would have been denied"),
            0 => format!("none of {all} is denied whatever the resource"),
            denied => format!("{denied} of {all} would have been denied"),
        };
        let open = [
            (self.perhaps, "decided by what is not judged: resources, conditions, what a call asked for"),
            (self.unmapped, "calls of no known action"),
            (self.beside, "not allowed that calls may have asked for beside"),
        ];
        let open = open.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("; {count} {what}"));
        begin + &open.collect::<String>()
    }
}
