//! What is below a key, a session or a principal: the credentials of which `--below` counts the calls.

use ahash::{AHashMap, AHashSet};

use super::graph::{Graph, Node};
use super::origin::OriginKind;
use super::{names, nothing};
use crate::aggregate::created_keys::{self, CreatedKeys};
use crate::aggregate::{AggregateKind, State, issuances, keys, sessions};
use crate::model::EventTime;

/// What must be remembered, of all that is read, to say what is below a credential.
pub static LINEAGE_NEEDS: &[&AggregateKind] = &[&sessions::KIND, &issuances::KIND, &keys::KIND, &created_keys::KIND];

/// Credentials, and the principals all of whose credentials are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descent {
    /// Access key ids.
    pub access_keys: Vec<String>,
    /// Sessions by principalId and creationDate.
    pub sessions: Vec<(String, EventTime)>,
    /// Principals, as they are printed.
    pub principals: Vec<String>,
}

/// A text names no credential and no principal that the logs show: a sentence that says what is near.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownNameError(String);

/// All that is below what these texts name, the named included; each text means what it means to `trace`.
///
/// # Errors
/// For the first text that names nothing.
pub fn descent(state: &State, asked: &[String]) -> Result<Descent, UnknownNameError> {
    let graph = Graph::of(state);
    let mut below = Below::new(&graph, state.get::<CreatedKeys>());
    for text in asked {
        let found = names::find(&graph, text.trim());
        if found.is_empty() {
            return Err(UnknownNameError(nothing(&graph, text)));
        }
        below.open.extend(found);
    }
    below.descend();
    Ok(below.descent)
}

struct Below<'g, 'a> {
    graph: &'g Graph<'a>,
    /// The places of created keys, by the key that created them, by the session, and by the principal.
    by_key: AHashMap<&'g str, Vec<usize>>,
    by_session: AHashMap<(&'g str, EventTime), Vec<usize>>,
    by_principal: AHashMap<&'g str, Vec<usize>>,
    seen: AHashSet<usize>,
    open: Vec<usize>,
    descent: Descent,
}

impl<'g, 'a> Below<'g, 'a> {
    fn new(graph: &'g Graph<'a>, created: Option<&CreatedKeys>) -> Self {
        let mut below = Self {
            graph,
            by_key: AHashMap::new(),
            by_session: AHashMap::new(),
            by_principal: AHashMap::new(),
            seen: AHashSet::new(),
            open: Vec::new(),
            descent: Descent::default(),
        };
        let keys: AHashMap<&str, usize> = (0..graph.len())
            .filter_map(|place| match graph.node(place) {
                Node::Key(key) => Some((key.id, place)),
                _ => None,
            })
            .collect();
        let text = |sym| graph.symbols.text(sym);
        for created in created.into_iter().flat_map(CreatedKeys::all) {
            let Some(&place) = keys.get(text(created.key)) else { continue };
            below.by_principal.entry(text(created.by)).or_default().push(place);
            match (text(created.by_key), created.by_session) {
                ("", (principal_id, Some(date))) => {
                    below.by_session.entry((text(principal_id), date)).or_default().push(place);
                }
                (key, _) => below.by_key.entry(key).or_default().push(place),
            }
        }
        below
    }

    fn descend(&mut self) {
        while let Some(place) = self.open.pop() {
            if !self.seen.insert(place) {
                continue;
            }
            self.open.extend(self.graph.children(place));
            match self.graph.node(place) {
                Node::Key(key) => self.key(key.id),
                Node::Credential(credential) => {
                    credential.access_keys().for_each(|key| self.key(key));
                    // Where several callers gave one name in one second, their keys alone tell them apart.
                    let date = credential.creation_date().filter(|_| !credential.id().contains('#'));
                    if let Some(date) = date {
                        self.session(credential.principal_id(), date);
                    }
                }
                Node::Origin(origin) if origin.kind != OriginKind::NotInRange => self.principal(&origin.name),
                Node::Origin(_) => {}
            }
        }
        let Descent { access_keys, sessions, principals } = &mut self.descent;
        access_keys.sort_unstable();
        access_keys.dedup();
        sessions.sort_unstable();
        sessions.dedup();
        principals.sort_unstable();
        principals.dedup();
    }

    fn key(&mut self, id: &str) {
        if !id.is_empty() {
            self.descent.access_keys.push(id.to_owned());
            self.open.extend(self.by_key.get(id).into_iter().flatten());
        }
    }

    fn session(&mut self, principal_id: &str, date: EventTime) {
        self.descent.sessions.push((principal_id.to_owned(), date));
        self.open.extend(self.by_session.get(&(principal_id, date)).into_iter().flatten());
    }

    fn principal(&mut self, name: &str) {
        self.descent.principals.push(name.to_owned());
        self.open.extend(self.by_principal.get(name).into_iter().flatten());
    }
}
