//! What the policies of a user or role grant: those of its own, and of a user its groups', each statement by itself.
//!
//! Resources and conditions are not judged: an action counts as granted where it is on anything. What a `Deny` on everything
//! without a condition takes back, and what a permissions boundary does not have, is not granted.

use std::collections::BTreeSet;

use super::subject::Who;
use crate::model::{Effect, EventTime, Listed, Policy, PolicyError, Statement, pattern_matches};
use crate::posture::{AttachedPolicy, Authorization, Boundary, InlinePolicy};

/// Everything that is granted to one.
#[derive(Default)]
pub(super) struct Granted<'a> {
    /// When the user or role was made.
    pub created: Option<EventTime>,
    /// Statements that allow.
    pub allows: Vec<Source<'a>>,
    denies: Vec<Source<'a>>,
    /// The permissions boundary, and what it has where its document was read.
    pub boundary: Option<(&'a str, Option<&'a Policy>)>,
    /// Policies of which the document is not known.
    pub unread: BTreeSet<String>,
}

/// A statement and where it stands.
pub(super) struct Source<'a> {
    policy: String,
    /// Counted from 0.
    place: usize,
    pub statement: &'a Statement,
}

/// Whether what the policies allow comes into effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effective {
    /// A statement allows it.
    Granted,
    /// No statement does.
    NotGranted,
    /// A `Deny` on everything takes it back.
    Denied,
    /// The permissions boundary does not have it.
    OutsideBoundary,
}

impl<'a> Granted<'a> {
    /// What IAM's state says; `None` where it does not have the user or role.
    pub(super) fn of(who: &Who, state: &'a Authorization) -> Option<Self> {
        let mut granted = Self::default();
        let (kind, name) = who.name.split_once('/')?;
        if kind == "user" {
            let user = state.users.as_ref()?.get(name)?;
            granted.add(state, "", (&user.inline, &user.attached));
            for group in &user.groups {
                let label = format!("group/{group}: ");
                match state.groups.as_ref().and_then(|groups| groups.get(group)) {
                    Some(group) => granted.add(state, &label, (&group.inline, &group.attached)),
                    None => drop(granted.unread.insert(format!("group/{group}"))),
                }
            }
            granted.bound(state, user.boundary.as_ref());
            granted.created = user.created;
        } else {
            let role = state.roles.as_ref()?.get(name)?;
            granted.add(state, "", (&role.inline, &role.attached));
            granted.bound(state, role.boundary.as_ref());
            granted.created = role.created;
        }
        Some(granted)
    }

    fn add(&mut self, state: &'a Authorization, label: &str, held: (&'a [InlinePolicy], &'a [AttachedPolicy])) {
        for policy in held.0 {
            self.read(format!("{label}inline {}", policy.name), Some(&policy.document));
        }
        for attached in held.1 {
            let managed = state.policies.as_ref().and_then(|policies| policies.get(&attached.arn));
            self.read(format!("{label}{}", attached.arn), managed.map(|managed| &managed.document));
        }
    }

    fn read(&mut self, policy: String, document: Option<&'a Result<Policy, PolicyError>>) {
        let Some(Ok(document)) = document else {
            self.unread.insert(policy);
            return;
        };
        for (place, statement) in document.statements().iter().enumerate() {
            let source = Source { policy: policy.clone(), place, statement };
            match statement.effect {
                Effect::Allow => self.allows.push(source),
                Effect::Deny => self.denies.push(source),
            }
        }
    }

    fn bound(&mut self, state: &'a Authorization, boundary: Option<&'a Boundary>) {
        self.boundary = boundary.filter(|boundary| !boundary.arn.is_empty()).map(|boundary| {
            let managed = state.policies.as_ref().and_then(|policies| policies.get(&boundary.arn));
            (boundary.arn.as_str(), managed.and_then(|managed| managed.document.as_ref().ok()))
        });
    }

    /// The statements that allow an action.
    pub(super) fn by(&self, action: &str) -> Vec<String> {
        let by = self.allows.iter().filter(|source| has(&source.statement.actions, action));
        by.map(Source::label).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether an action is allowed, and nothing that is known takes it back.
    pub(super) fn effective(&self, action: &str) -> Effective {
        match self.allows.iter().any(|source| has(&source.statement.actions, action)) {
            true => self.left(action),
            false => Effective::NotGranted,
        }
    }

    /// The same of an action that a statement allows.
    pub(super) fn left(&self, action: &str) -> Effective {
        if self.denies.iter().any(|source| takes_back(source.statement, action)) {
            Effective::Denied
        } else if let Some((_, Some(boundary))) = self.boundary
            && !boundary_has(boundary, action)
        {
            Effective::OutsideBoundary
        } else {
            Effective::Granted
        }
    }
}

impl Source<'_> {
    /// `arn:aws:iam::aws:policy/ReadOnlyAccess statement 2 (Sid)`.
    pub(super) fn label(&self) -> String {
        let sid = if self.statement.sid.is_empty() { String::new() } else { format!(" ({})", self.statement.sid) };
        format!("{} statement {}{sid}", self.policy, self.place + 1)
    }
}

/// Whether a statement denies an action on everything, without a condition.
pub(super) fn takes_back(statement: &Statement, action: &str) -> bool {
    let is_of_all = statement.condition.is_empty() && statement.resources.has(|resource| resource == "*");
    !statement.is_allow() && is_of_all && has(&statement.actions, action)
}

/// Whether a permissions boundary lets an action through, on anything.
fn boundary_has(boundary: &Policy, action: &str) -> bool {
    let statements = boundary.statements();
    statements.iter().any(|it| it.is_allow() && has(&it.actions, action))
        && !statements.iter().any(|it| takes_back(it, action))
}

/// Whether an `Action` or `NotAction` stands for an action.
pub(super) fn has(listed: &Listed, action: &str) -> bool {
    match listed {
        Listed::Absent => false,
        Listed::Only(patterns) => patterns.iter().any(|pattern| pattern_matches(pattern, action)),
        Listed::AllBut(patterns) => !patterns.iter().any(|pattern| pattern_matches(pattern, action)),
    }
}
