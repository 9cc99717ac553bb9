//! `permissions --policy`: the least policy document of what was used.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::subject::Subjects;
use super::used::{Used, names};
use super::{NEEDS, nobody, of_session};
use crate::model::grouped;
use crate::report::{Answer, Argument, Form, Report, StateUse, View};

/// What `--policy` answers.
pub static POLICY: Report = Report {
    name: "policy",
    summary: "The least policy document of what a user or role used",
    about: "",
    columns: &[],
    key: &[],
    needs: NEEDS,
    options: &[],
    texts: &[],
    rules: &[],
    argument: Some(Argument::required("PRINCIPAL")),
    state: StateUse::BesideLogs,
    examples: &[],
    form: Form::Document,
    charts: None,
    answer,
};

/// Characters of a managed policy at most, white space left out.
///
/// Source: IAM user guide, "IAM and AWS STS quotas", IAM character limits.
const MOST_CHARACTERS: usize = 6_144;

/// A policy document, written in AWS's order of elements.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    version: &'static str,
    statement: Vec<Statement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: String,
    effect: &'static str,
    action: Vec<&'a str>,
    resource: &'static str,
}

fn answer(view: &View<'_>) -> Answer {
    let asked_about = view.argument.map(str::trim).unwrap_or_default();
    let subjects = Subjects::of(view);
    let used = Used::of(&subjects, asked_about);
    let document = document(&used);
    let why_not = match () {
        () if used.who.is_empty() => Some(nobody(asked_about, &subjects)),
        () if document.is_none() => Some(used.nothing()),
        () => None,
    };
    let notes = of_session(Some(asked_about)).into_iter().chain(notes(&used, document.as_deref())).collect();
    Answer { document, notes, hidden: why_not, ..Answer::default() }
}

/// The document: a statement a service. `None` where nothing was used: IAM takes no policy without a statement.
pub(super) fn document(used: &Used<'_>) -> Option<String> {
    let mut services: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in used.actions.keys() {
        let (service, _) = action.split_once(':')?;
        services.entry(service).or_default().push(action);
    }
    let mut taken = BTreeSet::new();
    let statement = services.into_iter().map(|(service, action)| {
        let mut sid = sid(service);
        while !taken.insert(sid.clone()) {
            sid.push('X');
        }
        Statement { sid, effect: "Allow", action, resource: "*" }
    });
    let document = Document { version: "2012-10-17", statement: statement.collect() };
    let is_empty = document.statement.is_empty();
    // Of texts alone, which are always JSON.
    let text = serde_json::to_string_pretty(&document).ok().filter(|_| !is_empty)?;
    Some(text + "\n")
}

/// The `Sid` of a service's statement: letters and digits are all that IAM takes.
fn sid(service: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + rest
    };
    service.split(|c: char| !c.is_ascii_alphanumeric()).map(word).collect()
}

/// What the document does not say.
fn notes(used: &Used<'_>, document: Option<&str>) -> Vec<String> {
    let mut notes: Vec<String> = used.of_several().into_iter().collect();
    if !used.denied.is_empty() {
        notes.push(format!("denied each time, so not in it: {}", names(&used.denied)));
    }
    notes.extend(used.left_out());
    notes.extend(used.perhaps());
    let several = used.alternatives();
    if !several.is_empty() {
        let calls = several.iter().map(|(call, actions)| format!("{call} ({})", actions.join(", ")));
        notes.push(format!("of these calls all actions are in it, where one may be enough: {}", names(calls)));
    }
    let characters = document.map_or(0, |text| text.chars().filter(|c| !c.is_whitespace()).count());
    if characters > MOST_CHARACTERS {
        notes.push(format!(
            "it has {} characters without white space, and a managed policy may have {}: make one policy of some \
             statements, and another of the rest",
            grouped(characters as u64),
            grouped(MOST_CHARACTERS as u64)
        ));
    }
    notes
}
