//! One statement of a policy document, element by element.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::PolicyError;

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Listed {
    /// Neither stands in the statement, as `Resource` in a trust policy.
    #[default]
    Absent,
    /// The plain element: these, as written.
    Only(Vec<String>),
    /// The element with `Not`: all but these, as written.
    AllBut(Vec<String>),
}

/// Operators of a `Condition`, each with its keys, each with its values; operators and keys in lower case.
pub type Condition = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// `Principal` or `NotPrincipal`: values by kind (`AWS`, `Service`, `Federated`, `CanonicalUser`); `"*"` is `AWS: *`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub is_not: bool,
    /// The values by kind.
    pub by_kind: BTreeMap<String, BTreeSet<String>>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `Sid`; empty when absent.
    pub sid: String,
    /// `Effect`.
    pub effect: Effect,
    /// `Action` or `NotAction`.
    pub actions: Listed,
    /// `Resource` or `NotResource`.
    pub resources: Listed,
    /// `Principal` or `NotPrincipal`; `None` in policies of users, groups and roles.
    pub principals: Option<Principals>,
    /// `Condition`; empty when absent.
    pub condition: Condition,
}

impl Listed {
    /// What is listed, whichever the element; empty when absent.
    pub fn values(&self) -> &[String] {
        match self {
            Self::Absent => &[],
            Self::Only(values) | Self::AllBut(values) => values,
        }
    }

    /// Whether the plain element lists a value of which `holds` is true; `false` for the element with `Not`.
    pub fn has(&self, holds: impl Fn(&str) -> bool) -> bool {
        matches!(self, Self::Only(values) if values.iter().any(|value| holds(value)))
    }

    fn read(object: &Map<String, Value>, plain: &str, negated: &str) -> Result<Self, PolicyError> {
        match (element(object, plain), element(object, negated)) {
            (None, None) => Ok(Self::Absent),
            (Some(value), None) => Ok(Self::Only(texts(value)?)),
            (None, Some(value)) => Ok(Self::AllBut(texts(value)?)),
            (Some(_), Some(_)) => Err(PolicyError::Shape("an element beside its negation")),
        }
    }
}

impl Statement {
    /// Whether its effect is `Allow`.
    pub fn is_allow(&self) -> bool {
        self.effect == Effect::Allow
    }

    pub(super) fn read(value: &Value) -> Result<Self, PolicyError> {
        let object = value.as_object().ok_or(PolicyError::Shape("a statement that is not an object"))?;
        let effect = element(object, "Effect").and_then(Value::as_str).unwrap_or_default();
        let effect = match effect {
            _ if effect.eq_ignore_ascii_case("Allow") => Effect::Allow,
            _ if effect.eq_ignore_ascii_case("Deny") => Effect::Deny,
            _ => return Err(PolicyError::Shape("a statement without Effect")),
        };
        Ok(Self {
            sid: element(object, "Sid").and_then(Value::as_str).unwrap_or_default().to_owned(),
            effect,
            actions: Listed::read(object, "Action", "NotAction")?,
            resources: Listed::read(object, "Resource", "NotResource")?,
            principals: principals(object)?,
            condition: element(object, "Condition").map(condition).transpose()?.unwrap_or_default(),
        })
    }
}

/// The element of that name, in any case.
pub(super) fn element<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let exact = object.get(name);
    exact.or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn texts(value: &Value) -> Result<Vec<String>, PolicyError> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(PolicyError::Shape("a value that is not text")),
    };
    match value {
        Value::Array(many) => many.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn principals(object: &Map<String, Value>) -> Result<Option<Principals>, PolicyError> {
    let (value, is_not) = match (element(object, "Principal"), element(object, "NotPrincipal")) {
        (Some(value), _) => (value, false),
        (None, Some(value)) => (value, true),
        (None, None) => return Ok(None),
    };
    let by_kind = match value {
        Value::Object(kinds) => kinds
            .iter()
            .map(|(kind, values)| Ok((kind.clone(), texts(values)?.into_iter().collect())))
            .collect::<Result<_, _>>()?,
        all => BTreeMap::from([("AWS".to_owned(), texts(all)?.into_iter().collect())]),
    };
    Ok(Some(Principals { is_not, by_kind }))
}

fn condition(value: &Value) -> Result<Condition, PolicyError> {
    let no_object = PolicyError::Shape("a Condition that is not an object");
    let mut condition = Condition::new();
    for (operator, keys) in value.as_object().ok_or(no_object.clone())? {
        let known = condition.entry(operator.to_ascii_lowercase()).or_default();
        for (key, values) in keys.as_object().ok_or(no_object.clone())? {
            known.entry(key.to_ascii_lowercase()).or_default().extend(texts(values)?);
        }
    }
    condition.retain(|_, keys| !keys.is_empty());
    Ok(condition)
}
