//! Principals that findings speak of and that hold no credential in what was read: who only failed to sign in, and the users,
//! roles and groups that changes of IAM name.

use std::collections::BTreeSet;

use super::names;
use crate::aggregate::iam_changes::{IamChanges, TargetKind};
use crate::aggregate::sign_ins::SignIns;
use crate::aggregate::{Span, State};
use crate::model::{Arn, EventTime, quantity, shell_quoted};

/// A user, a role or a group that calls of one account named.
struct Named<'a> {
    account: &'a str,
    kind: &'static str,
    name: &'a str,
    events: i64,
    span: Span,
}

/// Who tried to sign in under this name, as printed: whoever succeeded has a session, and is found by that.
pub(super) fn tried(state: &State, asked: &str) -> Vec<String> {
    let symbols = state.symbols();
    let attempts = state.get::<SignIns>().into_iter().flat_map(SignIns::attempts);
    let mut all: Vec<&str> = attempts.map(|(attempt, _)| symbols.text(attempt.principal())).collect();
    all.sort_unstable();
    all.dedup();
    let found = names::picked(asked, &all, |principal, name| names::each_of_principal(principal, name));
    found.into_iter().map(|principal| (*principal).to_owned()).collect()
}

/// What is known of a principal of that name; `None` where nothing is.
pub(super) fn told(state: &State, asked: &str) -> Option<String> {
    let tried = tried(state, asked);
    if let Some(first) = tried.first() {
        let command = format!("trailscan incident {}", shell_quoted(first));
        return Some(format!("{asked} tried to sign in and got no session in what was read: `{command}` tells of it"));
    }
    let all = named(state);
    // Calls of IAM name no path, and no partition.
    let of_arn = Arn::parse(asked).filter(|arn| arn.service == "iam").and_then(|arn| {
        let (kind, name) = (arn.resource.split('/').next()?, arn.resource.rsplit('/').next()?);
        Some(format!("{}:{kind}/{name}", arn.account_id))
    });
    let found = names::picked(of_arn.as_deref().unwrap_or(asked), &all, |named, name| named.each_name(name));
    let first = found.first()?;
    let mut span = Span::default();
    found.iter().for_each(|named| span.merge(named.span));
    let events: i64 = found.iter().map(|named| named.events).sum();
    let calls = match events {
        1 => "1 call names it".to_owned(),
        many => format!("{} name it", quantity(many.unsigned_abs(), "call")),
    };
    let when = match (span.first(), span.last()) {
        (Some(first), Some(last)) => format!(", {}", moments(first, last)),
        _ => String::new(),
    };
    let accounts: BTreeSet<&str> = found.iter().map(|named| named.account).collect();
    let of = match accounts.len() {
        1 => String::new(),
        many => format!(" in {}", quantity(many as u64, "account")),
    };
    let holds = if first.kind == "group" {
        "a group holds no credential: ".to_owned()
    } else {
        format!("no credential of {asked} in what was read: ")
    };
    let command = format!("trailscan events --resource {}", shell_quoted(first.name));
    Some(format!("{holds}{calls}{of}{when}; `{command}` lists them"))
}

/// Whom changes of IAM name, each once, in the order of accounts, kinds and names.
fn named(state: &State) -> Vec<Named<'_>> {
    let text = |sym| state.symbols().text(sym);
    let mut all: Vec<Named<'_>> = Vec::new();
    for change in state.get::<IamChanges>().into_iter().flat_map(IamChanges::rows) {
        let kind = match change.key.target_kind {
            TargetKind::User => "user",
            TargetKind::Role => "role",
            TargetKind::Group => "group",
            _ => continue,
        };
        let name = text(change.key.target);
        if !name.is_empty() {
            let account = text(change.key.account_id);
            all.push(Named { account, kind, name, events: change.events, span: change.span });
        }
    }
    all.sort_by_key(|named| (named.account, named.kind, named.name));
    all.dedup_by(|more, named| {
        let is_same = (more.account, more.kind, more.name) == (named.account, named.kind, named.name);
        if is_same {
            named.events += more.events;
            named.span.merge(more.span);
        }
        is_same
    });
    all
}

/// From a first to a last moment, for sentences.
fn moments(first: EventTime, last: EventTime) -> String {
    let at = |time: EventTime| time.to_string().replace('T', " ");
    if first == last { at(first) } else { format!("{} to {}", at(first), at(last)) }
}

impl Named<'_> {
    /// By what it may be asked for, as [`names::each`] of those that hold credentials.
    fn each_name(&self, name: &mut dyn FnMut(&str)) {
        let Self { account, kind, name: own, .. } = self;
        name(own);
        name(&format!("{kind}/{own}"));
        name(&format!("{account}:{kind}/{own}"));
    }
}
