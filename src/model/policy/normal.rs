//! A policy document as what it comes to, so that two of them can be compared.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, Effect, Listed, Policy, Principals, Statement};

/// The effective statements of a document: equal for documents that say the same in other words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NormalPolicy(BTreeMap<Scope, BTreeMap<Part, BTreeSet<Part>>>);

/// All of a statement but its actions and resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Scope {
    effect: Effect,
    principals: Option<Principals>,
    condition: Condition,
    /// Whether `${` stands in it as plain text, as before version 2012-10-17.
    variables_are_text: bool,
}

/// Actions or resources that stand together: a single one, except where taking them apart changes the meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Absent,
    One(String),
    Several(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

/// Statements with more pairs of action and resource are kept whole. AWS's limit of 10,240 characters a document lies below.
const MOST_PAIRS: usize = 1 << 20;

impl NormalPolicy {
    pub(super) fn of(policy: &Policy) -> Self {
        let mut scopes: BTreeMap<Scope, BTreeMap<Part, BTreeSet<Part>>> = BTreeMap::new();
        for statement in policy.statements() {
            let whole =
                statement.actions.values().len().saturating_mul(statement.resources.values().len()) > MOST_PAIRS;
            let actions = parts(&statement.actions, whole, |action| action.to_ascii_lowercase());
            let resources = parts(&statement.resources, whole, str::to_owned);
            let known = scopes.entry(Scope::of(policy, statement)).or_default();
            for action in actions {
                known.entry(action).or_default().extend(resources.iter().cloned());
            }
        }
        Self(scopes)
    }
}

impl Scope {
    fn of(policy: &Policy, statement: &Statement) -> Self {
        let in_condition = statement.condition.values().flat_map(|keys| keys.values().flatten());
        let has_dollar = statement.resources.values().iter().chain(in_condition).any(|value| value.contains("${"));
        Self {
            effect: statement.effect,
            principals: statement.principals.clone(),
            condition: statement.condition.clone(),
            variables_are_text: has_dollar && !policy.has_variables,
        }
    }
}

fn parts(listed: &Listed, whole: bool, normal: impl Fn(&str) -> String) -> Vec<Part> {
    let values = || listed.values().iter().map(|value| normal(value));
    match listed {
        Listed::Absent => vec![Part::Absent],
        Listed::AllBut(_) => vec![Part::AllBut(values().collect())],
        Listed::Only(_) if whole => vec![Part::Several(values().collect())],
        Listed::Only(_) => values().map(Part::One).collect(),
    }
}
