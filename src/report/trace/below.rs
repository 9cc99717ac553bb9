//! What is below a key, a session or a principal: the credentials of which `--below` counts the calls.

use ahash::{AHashMap, AHashSet};

use super::graph::{Graph, Node};
use super::made::Deeds;
use super::origin::OriginKind;
use super::{bare, names, nothing};
use crate::aggregate::made::{self, Deed, Made};
use crate::aggregate::{AggregateKind, State, iam_changes, issuances, keys, sessions, sign_ins};
use crate::model::{EventTime, IssuanceApi};

/// What must be remembered, of all that is read, to say what is below a credential.
pub static LINEAGE_NEEDS: &[&AggregateKind] =
    &[&sessions::KIND, &issuances::KIND, &keys::KIND, &made::KIND, &sign_ins::KIND, &iam_changes::KIND];

/// Credentials, and the principals all of whose credentials are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descent {
    /// Access key ids.
    pub access_keys: Vec<String>,
    /// Sessions by principalId and creationDate.
    pub sessions: Vec<(String, EventTime)>,
    /// Sign-ins to the console that began such sessions, by principal and time: their own records show no credential.
    pub sign_ins: Vec<(String, EventTime)>,
    /// Principals, as they are printed.
    pub principals: Vec<String>,
}

/// A text names no credential, and nobody who tried to get one, that the logs show: a sentence that says what is known, or near.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{told}")]
pub struct UnknownNameError {
    told: String,
    /// Whether changes of IAM name such a user, role or group: it is there, and nothing is below it.
    pub is_there: bool,
}

/// All that is below what these texts name, the named included; each text means what it means to `trace`. Whoever only tried to
/// sign in is named by these attempts.
///
/// # Errors
/// For the first text that names nothing.
pub fn descent(state: &State, asked: &[String]) -> Result<Descent, UnknownNameError> {
    let graph = Graph::of(state);
    let (mut found, mut tried) = (Vec::new(), Vec::new());
    for text in asked.iter().map(|text| text.trim()) {
        let named = names::find(&graph, text);
        if named.is_empty() {
            let of_text = bare::tried(state, text);
            if of_text.is_empty() {
                let is_there = bare::told(state, text).is_some();
                return Err(UnknownNameError { told: nothing(state, &graph, text), is_there });
            }
            tried.extend(of_text);
        }
        found.extend(named);
    }
    let below = Below::of(&graph, state.get::<Made>(), &found);
    let mut descent = below.descent(|_| true);
    descent.principals.extend(tried);
    descent.sort();
    Ok(descent)
}

/// The places below some others. What was issued comes first, so that nothing counts as made by a deed that was issued, too.
pub(super) struct Below<'g, 'a> {
    graph: &'g Graph<'a>,
    /// All places, in the order in which they were come by.
    places: Vec<usize>,
    /// Those that a deed made, each with the deed.
    pub by_deed: AHashMap<usize, &'g Deed>,
    /// Those, and all that was issued with them.
    made: AHashSet<usize>,
}

impl<'g, 'a> Below<'g, 'a> {
    /// What is below the places `asked`, they themselves included.
    pub fn of(graph: &'g Graph<'a>, made: Option<&'g Made>, asked: &[usize]) -> Self {
        let deeds = Deeds::of(graph, made);
        let mut below = Self { graph, places: Vec::new(), by_deed: AHashMap::new(), made: AHashSet::new() };
        let mut seen = AHashSet::new();
        let (mut issued, mut by_deed) = (asked.to_vec(), Vec::new());
        let mut is_of_deed = false;
        loop {
            while let Some(place) = issued.pop() {
                if seen.insert(place) {
                    below.places.push(place);
                    if is_of_deed {
                        below.made.insert(place);
                    }
                    issued.extend(graph.children(place));
                    by_deed.extend(deeds.with(graph, place));
                }
            }
            let Some((place, deed)) = by_deed.pop() else { break };
            is_of_deed = true;
            if !seen.contains(&place) {
                below.by_deed.insert(place, deed);
                issued.push(place);
            }
        }
        below
    }

    /// Whether it is there by a deed, or was issued with what is.
    pub fn is_made(&self, place: usize) -> bool {
        self.made.contains(&place)
    }

    /// How events tell those places that `is_meant` chooses.
    pub fn descent(&self, is_meant: impl Fn(usize) -> bool) -> Descent {
        let mut descent = Descent::default();
        for &place in self.places.iter().filter(|place| is_meant(**place)) {
            descent.add(self.graph.node(place));
        }
        descent.sort();
        descent
    }
}

impl Descent {
    fn add(&mut self, node: Node<'_, '_>) {
        match node {
            Node::Key(key) => self.key(key.id),
            Node::Credential(credential) => {
                credential.access_keys().for_each(|key| self.key(key));
                // Where several callers gave one name in one second, their keys alone tell them apart.
                let date = credential.creation_date().filter(|_| !credential.id().contains('#'));
                self.sessions.extend(date.map(|date| (credential.principal_id().to_owned(), date)));
                let signed_in = credential.issuance().filter(|issuance| issuance.api() == IssuanceApi::ConsoleLogin);
                let time = signed_in.and_then(|signed_in| signed_in.time());
                self.sign_ins.extend(time.map(|time| (credential.principal().into_owned(), time)));
            }
            Node::Origin(origin) if origin.kind != OriginKind::NotInRange => {
                self.principals.push(origin.name.clone().into_owned());
            }
            Node::Origin(_) => {}
        }
    }

    fn key(&mut self, id: &str) {
        if !id.is_empty() {
            self.access_keys.push(id.to_owned());
        }
    }

    fn sort(&mut self) {
        let Self { access_keys, sessions, sign_ins, principals } = self;
        for names in [access_keys, principals] {
            names.sort_unstable();
            names.dedup();
        }
        for sessions in [sessions, sign_ins] {
            sessions.sort_unstable();
            sessions.dedup();
        }
    }
}
