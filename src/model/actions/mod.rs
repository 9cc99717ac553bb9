//! Actions of IAM: which there are, which of them a call in a log needs, and of which a log without the call tells that it
//! was not made.
//!
//! The table follows AWS's Service Authorization Reference, by way of what others publish of it (`benches/actions.py`); what
//! it does not tell, such as how an `eventSource` is called in a policy, stands in [`operations`] and [`recorded`] with
//! where AWS documents it.

mod level;
mod managed;
mod operations;
mod recorded;
mod reference;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

pub use level::AccessLevel;
pub use managed::{AwsPolicies, AwsPolicy, AwsStatement};
pub use recorded::{Unknowable, global_witness};
pub use reference::ReferenceError;

/// Written by `benches/actions.py`.
static TABLE: &[u8] = include_bytes!("table.z");

static ACTIONS: LazyLock<Actions> = LazyLock::new(|| {
    let mut text = String::new();
    // What is part of the program is whole.
    flate2::read::ZlibDecoder::new(TABLE).read_to_string(&mut text).expect("the table of actions is zlib and UTF-8");
    Actions::read(text.leak())
});

/// The actions that IAM knows, by service.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    services: BTreeMap<&'static str, Service>,
    /// Actions that an operation needs beside its own, as the reference lists them: `ec2:CreateVpcEndpoint`.
    others: BTreeMap<&'static str, Vec<&'static str>>,
}

#[derive(Clone, Debug, Default)]
struct Service {
    /// By name in lower case.
    actions: BTreeMap<String, Action>,
    /// The names as the table has them, in its order.
    words: &'static str,
    /// Actions of operations of another name, by operation.
    by_operation: BTreeMap<&'static str, Vec<&'static str>>,
}

#[derive(Clone, Copy, Debug)]
struct Action {
    name: &'static str,
    /// Whether the API has an operation of that name.
    is_operation: bool,
    level: Option<AccessLevel>,
}

/// What a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// These actions: `s3:ListAllMyBuckets`. One is enough where a call is asked for in several ways.
    Actions(Vec<String>),
    /// None: a sign-in, or a call that every identity may make.
    Nothing,
    /// Not known; the service as it stands in policies, where that is known.
    Unknown(Option<&'static str>),
}

impl Actions {
    /// Those of this build.
    pub fn known() -> &'static Self {
        &ACTIONS
    }

    fn read(text: &'static str) -> Self {
        let mut read = Self::default();
        for (prefix, rest) in text.lines().filter_map(|line| line.split_once('\t')) {
            match prefix.split_at(1) {
                (">", operation) => drop(read.others.insert(operation, rest.split(' ').collect())),
                ("!", service) => {
                    if let Some(service) = read.services.get_mut(service) {
                        service.set_levels(rest);
                    }
                }
                _ => drop(read.services.insert(prefix, Service::read(rest))),
            }
        }
        read
    }

    /// How an action is spelt, `s3:GetObject`; `None` of one that is not known.
    pub fn spelt(&self, action: &str) -> Option<String> {
        let (service, name) = action.split_once(':')?;
        let (prefix, service) = self.services.get_key_value(service.to_ascii_lowercase().as_str())?;
        service.actions.get(&name.to_ascii_lowercase()).map(|action| format!("{prefix}:{}", action.name))
    }

    /// Every action, service by service, as `s3:GetObject`.
    pub fn all(&self) -> impl Iterator<Item = String> {
        let of = |(prefix, service): (&&'static str, &Service)| {
            let named = |action: &Action| format!("{prefix}:{}", action.name);
            service.actions.values().map(named).collect::<Vec<_>>()
        };
        self.services.iter().flat_map(of)
    }

    /// The access level of an action; `None` where it is not known.
    pub fn level(&self, action: &str) -> Option<AccessLevel> {
        let (service, name) = action.split_once(':')?;
        self.services.get(service)?.actions.get(&name.to_ascii_lowercase())?.level
    }

    /// What a call needs, by its `eventSource` and `eventName`.
    ///
    /// An operation needs the action of its own name, where there is one; else those that the reference documents it under,
    /// or that `operations` lists. What it needs beside that is in [`Actions::others`].
    pub fn needed(&self, event_source: &str, event_name: &str) -> Needed {
        let Some(prefix) = operations::service_of(event_source) else { return Needed::Nothing };
        let Some((&prefix, service)) = self.services.get_key_value(prefix) else { return Needed::Unknown(None) };
        if operations::needs_nothing(prefix, event_name) {
            return Needed::Nothing;
        }
        let others = operations::sharing(prefix).iter().filter_map(|other| self.services.get_key_value(other));
        let mut all = std::iter::once((prefix, service)).chain(others.map(|(prefix, service)| (*prefix, service)));
        let found = all.find_map(|(prefix, service)| Some((prefix, service.needed(prefix, event_name)?)));
        match found {
            Some((prefix, names)) => {
                Needed::Actions(names.into_iter().map(|name| operations::action(prefix, name)).collect())
            }
            None => Needed::Unknown(Some(prefix)),
        }
    }

    /// Whether a call for which there are several actions, `s3:CopyObject`, needs all of them; else one may be enough.
    pub fn needs_all(&self, call: &str) -> bool {
        operations::needs_all(call)
    }

    /// What the operation of an action may need beside it.
    pub fn others(&self, action: &str) -> impl Iterator<Item = &'static str> {
        let of_reference = self.others.get(action).into_iter().flatten().copied();
        of_reference.chain(operations::others(action).iter().copied())
    }

    /// Why logs without a call do not show that an action was not asked for; `None` of one that whole logs of management
    /// events would show.
    pub fn unknowable(&self, action: &str) -> Option<Unknowable> {
        let Some((prefix, name)) = action.split_once(':') else { return Some(Unknowable::NotListed) };
        let known = self.services.get(prefix).and_then(|service| service.actions.get(&name.to_ascii_lowercase()));
        match known {
            None => Some(Unknowable::NotListed),
            Some(known) => recorded::unknowable(prefix, known.name, known.is_operation),
        }
    }
}

impl Service {
    fn read(text: &'static str) -> Self {
        let mut service = Self { words: text, ..Self::default() };
        for word in text.split(' ') {
            let (name, is_operation) = match word.split_once('=') {
                Some((name, operations)) => {
                    operations.split(',').for_each(|op| service.by_operation.entry(op).or_default().push(name));
                    (name, false)
                }
                None => word.strip_suffix('-').map_or((word, true), |name| (name, false)),
            };
            service.actions.insert(name.to_ascii_lowercase(), Action { name, is_operation, level: None });
        }
        service
    }

    /// Takes a letter for each action, in the order of the table.
    fn set_levels(&mut self, letters: &str) {
        for (word, letter) in self.words.split(' ').zip(letters.chars()) {
            let name = word.split('=').next().unwrap_or(word).trim_end_matches('-');
            if let Some(action) = self.actions.get_mut(&name.to_ascii_lowercase()) {
                action.level = AccessLevel::of_letter(letter);
            }
        }
    }

    /// The actions that a call of this service needs, if they are known.
    fn needed(&self, prefix: &str, event_name: &str) -> Option<Vec<&'static str>> {
        let names = [event_name, operations::without_version(event_name)];
        let found = names.into_iter().find_map(|name| {
            let listed = operations::listed(prefix, name);
            listed.or_else(|| self.own(name)).or_else(|| self.by_operation.get(name).cloned())
        });
        found.or_else(|| operations::by_verb(prefix, event_name))
    }

    /// The action of that name, in the same letters.
    fn own(&self, name: &str) -> Option<Vec<&'static str>> {
        self.actions
            .get(&name.to_ascii_lowercase())
            .filter(|action| action.name == name)
            .map(|action| vec![action.name])
    }
}
