//! What becomes of each action that is used or granted.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::accessed::Accessed;
use super::granted::{Effective, Granted, has};
use super::subject::{Asked, Done};
use crate::model::{Actions, EventTime, Listed, Unknowable, global_witness};

/// How an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It was used, and no policy in state grants it.
    Ungranted,
    /// Every call was denied, and no policy in state grants it.
    Wanted,
    /// Every call was denied, and a policy grants it or that is not known.
    Denied,
    /// It is granted and proven unused.
    Proven,
    /// It is granted, no call was read, and not enough was read to prove that there was none.
    Unseen,
    /// It is granted, and logs cannot tell whether it is used.
    Unknowable,
    /// A call of which the action is not known.
    Unmapped,
    /// It was used.
    Used,
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ungranted => "UNGRANTED",
            Self::Wanted => "WANTED",
            Self::Denied => "DENIED",
            Self::Proven => "PROVEN",
            Self::Unseen => "UNSEEN",
            Self::Unknowable => "UNKNOWABLE",
            Self::Unmapped => "UNMAPPED",
            Self::Used => "USED",
        }
    }
}

/// A row before it is written.
pub(super) struct Judged<'a> {
    /// The action, or a pattern as it is written in a policy.
    pub action: String,
    pub verdict: Verdict,
    pub asked: Option<&'a Asked>,
    pub granted_by: Vec<String>,
    pub counts: Counts,
    pub why: String,
}

/// Of the actions that a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub actions: usize,
    /// Asked for, be it in vain.
    pub used: usize,
    pub proven: usize,
    pub unseen: usize,
    pub unknowable: usize,
}

/// What holds for every action of one user or role.
pub(super) struct Look<'a> {
    pub done: &'a Done,
    /// Calls of it of which one of several actions may be enough.
    pub alternatives: &'a BTreeMap<&'a str, Vec<&'a str>>,
    /// What IAM says of the services that it used last.
    pub accessed: &'a Accessed<'a>,
    /// When IAM saw it used last, as [`last_use::of`](super::last_use::of).
    pub by_iam: Option<Option<EventTime>>,
    /// `None` where no state has it.
    pub granted: Option<&'a Granted<'a>>,
    /// What proves that what is not in the logs of its account was not done.
    ///
    /// # Errors
    /// What is missing.
    pub proof: &'a Result<String, String>,
    pub known: &'a Known<'a>,
    /// The services of which its account has events, with the account.
    pub heard: &'a BTreeSet<(String, String)>,
    pub account_id: &'a str,
    /// Patterns that stand for no more actions than this are shown action by action.
    pub expand: usize,
}

/// Every action there is, with why logs cannot tell of it, in the order of names; and what patterns stand for.
pub(super) struct Known<'a> {
    pub actions: &'a Actions,
    all: Vec<(String, Option<Unknowable>)>,
    /// By pattern in lower case: as many as [`MOST_KEPT`] allows.
    members: RefCell<BTreeMap<String, Rc<[u32]>>>,
    /// How many places these have.
    kept: Cell<usize>,
}

/// Places of actions that are kept for patterns that come again: a `NotAction` has some 20,000.
const MOST_KEPT: usize = 4 << 20;

impl<'a> Known<'a> {
    pub(super) fn new(actions: &'a Actions) -> Self {
        let mut all: Vec<_> = actions.all().map(|action| (actions.unknowable(&action), action)).collect();
        all.sort_by(|a, b| a.1.cmp(&b.1));
        let all = all.into_iter().map(|(unknowable, action)| (action, unknowable)).collect();
        Self { actions, all, members: RefCell::default(), kept: Cell::default() }
    }

    /// The places of the actions that a pattern, or `NotAction` of several, stands for.
    fn members(&self, name: &str, listed: &Listed) -> Rc<[u32]> {
        let key = name.to_ascii_lowercase();
        if let Some(found) = self.members.borrow().get(&key) {
            return found.clone();
        }
        let found = self.within(listed).filter(|place| has(listed, &self.all[*place].0));
        // There are some 20,000 actions.
        let found: Rc<[u32]> = found.filter_map(|place| u32::try_from(place).ok()).collect();
        if self.kept.get() + found.len() <= MOST_KEPT {
            self.kept.set(self.kept.get() + found.len());
            self.members.borrow_mut().insert(key, found.clone());
        }
        found
    }

    /// How many actions there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The action at a place.
    pub(super) fn at(&self, place: usize) -> &str {
        &self.all[place].0
    }

    /// The action of a pattern's place.
    fn of(&self, place: u32) -> &(String, Option<Unknowable>) {
        &self.all[place as usize]
    }

    /// The places of the actions that an `Action` or `NotAction` stands for.
    pub(super) fn meant(&self, listed: &Listed) -> Vec<Rc<[u32]>> {
        match listed {
            Listed::Absent => Vec::new(),
            Listed::Only(patterns) => {
                let each = patterns.iter().map(|pattern| (pattern, Listed::Only(vec![pattern.clone()])));
                each.map(|(pattern, listed)| self.members(pattern, &listed)).collect()
            }
            Listed::AllBut(patterns) => vec![self.members(&all_but(patterns), listed)],
        }
    }

    /// How many actions a pattern stands for.
    #[cfg(test)]
    pub(super) fn count(&self, name: &str, listed: &Listed) -> usize {
        self.members(name, listed).len()
    }

    /// The places among which a pattern's actions are: those of its service, where it names one.
    fn within(&self, listed: &Listed) -> std::ops::Range<usize> {
        let of_service = |pattern: &String| {
            let service = pattern.split_once(':')?.0.to_ascii_lowercase();
            let (begin, end) = (format!("{service}:"), format!("{service};"));
            let place = |text: &str| self.all.partition_point(|(action, _)| action.as_str() < text);
            (!service.contains(['*', '?'])).then(|| place(&begin)..place(&end))
        };
        let one = match listed {
            Listed::Only(patterns) => patterns.first().and_then(of_service),
            _ => None,
        };
        one.unwrap_or(0..self.all.len())
    }
}

impl<'a> Look<'a> {
    /// A row for each action that was asked for, and for each action or pattern that is granted.
    pub(super) fn rows(&self) -> Vec<Judged<'a>> {
        let mut rows: Vec<Judged<'a>> =
            self.done.asked.iter().map(|(action, asked)| self.of_asked(action, asked)).collect();
        for (name, (listed, granted_by)) in self.patterns() {
            let granted_by: Vec<String> = granted_by.into_iter().collect();
            match listed {
                None if self.done.asked.contains_key(&name) => {}
                None => rows.push(self.of_unused(name, granted_by)),
                Some(listed) => self.add_pattern(&mut rows, name, &listed, granted_by),
            }
        }
        // An action that is written out and within an expanded pattern is one row.
        rows.sort_by(|a, b| (a.verdict, &a.action, &b.granted_by).cmp(&(b.verdict, &b.action, &a.granted_by)));
        rows.dedup_by(|b, a| a.action == b.action);
        rows
    }

    /// What statements that allow list, each once with these statements: actions, and what stands for several.
    fn patterns(&self) -> BTreeMap<String, (Option<Listed>, BTreeSet<String>)> {
        let mut found: BTreeMap<String, (Option<Listed>, BTreeSet<String>)> = BTreeMap::new();
        let mut spelt: BTreeMap<String, String> = BTreeMap::new();
        let sources = self.granted.iter().flat_map(|granted| &granted.allows);
        for source in sources {
            let named = match &source.statement.actions {
                Listed::Absent => Vec::new(),
                Listed::Only(patterns) => patterns.iter().map(|pattern| one(self.known.actions, pattern)).collect(),
                Listed::AllBut(patterns) => {
                    let listed = Listed::AllBut(patterns.clone());
                    vec![(all_but(patterns), Some(listed))]
                }
            };
            for (name, listed) in named {
                let name = spelt.entry(name.to_ascii_lowercase()).or_insert(name).clone();
                found.entry(name).or_insert_with(|| (listed, BTreeSet::new())).1.insert(source.label());
            }
        }
        found
    }

    pub(super) fn of_asked(&self, action: &str, asked: &'a Asked) -> Judged<'a> {
        let granted_by = self.granted.map(|granted| granted.by(action)).unwrap_or_default();
        let effective = self.granted.map(|granted| granted.effective(action));
        let unread = self.granted.is_some_and(|granted| !granted.unread.is_empty());
        let (verdict, why) = if asked.is_unmapped {
            (Verdict::Unmapped, "the table of actions does not tell which action this call needs")
        } else {
            verdict_of(effective, asked.calls > 0, unread)
        };
        let is_granted =
            |other: &str| self.granted.is_some_and(|granted| granted.effective(other) == Effective::Granted);
        let (verdict, why) = match verdict {
            Verdict::Ungranted | Verdict::Wanted if self.done.has_other(self.alternatives, action, is_granted) => {
                let verdict = if verdict == Verdict::Wanted { Verdict::Denied } else { Verdict::Used };
                (verdict, "not granted, and another action is that may be enough for the call")
            }
            _ => (verdict, why),
        };
        let counts = Counts { actions: 1, used: 1, ..Counts::default() };
        Judged { action: action.to_owned(), verdict, asked: Some(asked), granted_by, counts, why: why.to_owned() }
    }

    fn of_unused(&self, action: String, granted_by: Vec<String>) -> Judged<'a> {
        let unused = self.unused(&action, self.known.actions.unknowable(&action));
        let (verdict, mut why) = (unused.verdict(), self.why(&action, unused));
        match self.granted.map(|granted| granted.effective(&action)) {
            Some(Effective::Denied) => why += "; a Deny takes it back",
            Some(Effective::OutsideBoundary) => why += "; the permissions boundary does not have it",
            _ => {}
        }
        let mut counts = Counts { actions: 1, ..Counts::default() };
        counts.add(verdict);
        Judged { action, verdict, asked: None, granted_by, counts, why }
    }

    fn add_pattern(&self, rows: &mut Vec<Judged<'a>>, name: String, listed: &Listed, granted_by: Vec<String>) {
        let members = self.known.members(&name, listed);
        if !members.is_empty() && members.len() <= self.expand {
            let unused = members.iter().map(|place| &self.known.of(*place).0);
            let unused = unused.filter(|action| !self.done.asked.contains_key(*action));
            let by = |action: &String| self.granted.map(|granted| granted.by(action)).unwrap_or_default();
            return rows.extend(unused.map(|action| self.of_unused(action.clone(), by(action))));
        }
        let (mut counts, mut was_used) = (Counts { actions: members.len(), ..Counts::default() }, false);
        // The first action that stands so, of each verdict.
        let mut firsts: BTreeMap<Verdict, (&str, Unused)> = BTreeMap::new();
        for place in members.iter() {
            let (action, unknowable) = self.known.of(*place);
            if let Some(asked) = self.done.asked.get(action) {
                counts.used += 1;
                was_used |= asked.calls > 0;
                continue;
            }
            let unused = self.unused(action, *unknowable);
            counts.add(unused.verdict());
            firsts.entry(unused.verdict()).or_insert((action, unused));
        }
        let verdict = counts.verdict(was_used);
        let why = match verdict {
            Verdict::Used | Verdict::Denied => format!("{} of {} actions were asked for", counts.used, counts.actions),
            Verdict::Unknowable if counts.proven > 0 => "logs can tell of some of these actions only".to_owned(),
            _ => match firsts.get(&verdict) {
                Some((action, unused)) => self.why(action, *unused),
                None => Unknowable::NotListed.why().to_owned(),
            },
        };
        rows.push(Judged { action: name, verdict, asked: None, granted_by, counts, why });
    }

    /// How the actions stand that are granted and that nothing known takes back, each once, however many statements have it;
    /// `None` where not all policies that it holds were read.
    pub(super) fn totals(&self) -> Option<Counts> {
        let granted = self.granted.filter(|granted| granted.unread.is_empty())?;
        let (mut places, mut named) = (BTreeSet::new(), BTreeSet::new());
        for (name, (listed, _)) in self.patterns() {
            match listed {
                Some(listed) => places.extend(self.known.members(&name, &listed).iter().copied()),
                None => drop(named.insert(name)),
            }
        }
        let mut counts = Counts::default();
        let mut add = |action: &str, unknowable: Option<Unknowable>| {
            if granted.left(action) != Effective::Granted {
                return;
            }
            counts.actions += 1;
            match self.done.asked.contains_key(action) {
                true => counts.used += 1,
                false => counts.add(self.unused(action, unknowable).verdict()),
            }
        };
        for place in places {
            let (action, unknowable) = self.known.of(place);
            named.remove(action);
            add(action, *unknowable);
        }
        named.iter().for_each(|action| add(action, self.known.actions.unknowable(action)));
        Some(counts)
    }

    /// What is known of an action that was not asked for. Makes no text: it is asked of every action there is.
    fn unused(&self, action: &str, unknowable: Option<Unknowable>) -> Unused {
        let service = || action.split_once(':').map_or("", |(service, _)| service);
        if let Some(unknowable) = unknowable {
            Unused::Unknowable(unknowable)
        } else if self.done.beside.contains_key(action) {
            Unused::Beside
        } else if self.proof.is_err() {
            Unused::Unproven
        } else if let Some(witness) = global_witness(service()).filter(|witness| !self.hears(witness)) {
            Unused::Unheard(witness)
        } else if self.done.is_unmapped_anywhere || self.done.unmapped.contains(service()) {
            Unused::Unmapped
        } else if let Some(time) = self.accessed.unexplained(service()) {
            Unused::Unexplained(time)
        } else {
            Unused::Proven
        }
    }

    /// Whether its account has events of a service.
    fn hears(&self, service: &str) -> bool {
        self.heard.contains(&(self.account_id.to_owned(), service.to_owned()))
    }

    /// The reason, in words.
    fn why(&self, action: &str, unused: Unused) -> String {
        match (unused, self.proof) {
            (Unused::Unknowable(unknowable), _) => unknowable.why().to_owned(),
            (Unused::Beside, _) => {
                let call = self.done.beside.get(action).map_or("a call", String::as_str);
                format!("{call} was called, which may ask for it too")
            }
            (Unused::Unheard(witness), _) => {
                format!("no event of {witness} was read: the trail may not record global services")
            }
            (Unused::Unmapped, _) => {
                let service = action.split_once(':').map_or("", |(service, _)| service);
                format!("some calls of {service} could not be told to be of an action")
            }
            (Unused::Unexplained(time), _) => {
                format!("IAM saw the service accessed on {}, and the logs of that day have no call of it", time.day())
            }
            (_, Err(why)) => why.clone(),
            (_, Ok(proof)) => format!("not asked for in {proof}"),
        }
    }
}

/// What is known of an action that was not asked for.
#[derive(Clone, Copy)]
enum Unused {
    Unknowable(Unknowable),
    /// Another call may have asked for it.
    Beside,
    /// Not enough was read.
    Unproven,
    /// It is of a global service, and no event of this one was read, which would show that trails record them.
    Unheard(&'static str),
    /// IAM saw its service accessed, which these logs do not show.
    Unexplained(EventTime),
    /// Some calls of its service are not known to be of an action.
    Unmapped,
    Proven,
}

impl Unused {
    const fn verdict(self) -> Verdict {
        match self {
            Self::Unknowable(_) | Self::Beside => Verdict::Unknowable,
            Self::Unproven | Self::Unheard(_) | Self::Unmapped | Self::Unexplained(_) => Verdict::Unseen,
            Self::Proven => Verdict::Proven,
        }
    }
}

/// How an action stands that was asked for.
fn verdict_of(effective: Option<Effective>, was_used: bool, unread: bool) -> (Verdict, &'static str) {
    match (effective, was_used) {
        (Some(Effective::Granted), true) => (Verdict::Used, ""),
        (None, true) => (Verdict::Used, "no state tells what is granted"),
        (Some(_), true) if unread => (Verdict::Used, "not all of its policies could be read"),
        (Some(Effective::NotGranted), true) => (
            Verdict::Ungranted,
            "granted elsewhere, as by the policy of a resource, or by a policy that was changed since",
        ),
        (Some(_), true) => {
            (Verdict::Ungranted, "a Deny or the boundary has taken it back since, or another policy grants it")
        }
        (Some(Effective::Granted), false) => (
            Verdict::Denied,
            "granted, and denied by a condition, a resource that is not named, or a policy of a resource or the organization",
        ),
        (None, false) => (Verdict::Denied, "no state tells what is granted"),
        (Some(_), false) if unread => (Verdict::Denied, "not all of its policies could be read"),
        (Some(Effective::NotGranted), false) => (Verdict::Wanted, "denied, and not granted"),
        (Some(Effective::Denied), false) => (Verdict::Denied, "a Deny takes it back"),
        (Some(Effective::OutsideBoundary), false) => (Verdict::Denied, "the permissions boundary does not have it"),
    }
}

/// How a `NotAction` of these is called.
fn all_but(patterns: &[String]) -> String {
    format!("NotAction: {}", patterns.join(", "))
}

/// A pattern of an `Action`, by itself: an action in IAM's spelling, or what stands for several.
fn one(actions: &Actions, pattern: &str) -> (String, Option<Listed>) {
    match pattern.contains(['*', '?']) {
        true => (pattern.to_owned(), Some(Listed::Only(vec![pattern.to_owned()]))),
        false => (actions.spelt(pattern).unwrap_or_else(|| pattern.to_owned()), None),
    }
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Proven => self.proven += 1,
            Verdict::Unseen => self.unseen += 1,
            _ => self.unknowable += 1,
        }
    }

    /// Of a pattern: used as soon as one action is, proven only if all are.
    fn verdict(self, was_used: bool) -> Verdict {
        if was_used {
            Verdict::Used
        } else if self.used > 0 {
            Verdict::Denied
        } else if self.unseen > 0 {
            Verdict::Unseen
        } else if self.unknowable > 0 || self.actions == 0 {
            Verdict::Unknowable
        } else {
            Verdict::Proven
        }
    }
}
