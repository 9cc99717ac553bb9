//! The lineage with where its chains begin: a forest of origins, long-lived keys and credentials, each known by a place.

use super::origin::{LongKey, Origin, Origins, Start};
use crate::aggregate::keys::Keys;
use crate::aggregate::{State, Symbols};
use crate::report::lineage::{Credential, Lineage};

/// The forest. Places: first the credentials, then the keys, then the origins.
pub(super) struct Graph<'a> {
    pub lineage: Lineage<'a>,
    pub symbols: &'a Symbols,
    keys: Vec<LongKey<'a>>,
    origins: Vec<Origin<'a>>,
    parents: Vec<Option<usize>>,
    /// The children of all places, one after the other, and where those of each begin.
    children: Vec<usize>,
    begins: Vec<usize>,
}

/// What stands at a place.
#[derive(Clone, Copy)]
pub(super) enum Node<'g, 'a> {
    Credential(&'g Credential<'a>),
    Key(&'g LongKey<'a>),
    Origin(&'g Origin<'a>),
}

impl<'a> Graph<'a> {
    /// The forest of a finished state. Cost: as the lineage's, a step more for each credential.
    pub fn of(state: &'a State) -> Self {
        let (lineage, symbols) = (Lineage::of(state), state.symbols());
        let mut origins = Origins::of(state.get::<Keys>(), symbols);
        let starts: Vec<Option<Start>> = lineage
            .credentials
            .iter()
            .map(|credential| credential.parent.is_none().then(|| origins.start_of(credential)))
            .collect();
        let (first_key, first_origin) = (starts.len(), starts.len() + origins.keys.len());
        let of_credential = |(credential, start): (&Credential<'_>, &Option<Start>)| match start {
            Some(Start::Key(key)) => Some(first_key + key),
            Some(Start::Origin(origin)) => Some(first_origin + origin),
            None => credential.parent,
        };
        let mut parents: Vec<Option<usize>> = lineage.credentials.iter().zip(&starts).map(of_credential).collect();
        parents.extend(origins.keys.iter().map(|key| Some(first_origin + key.owner)));
        parents.resize(first_origin + origins.all.len(), None);
        let (children, begins) = children(&parents);
        Self { lineage, symbols, keys: origins.keys, origins: origins.all, parents, children, begins }
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    pub fn node(&self, place: usize) -> Node<'_, 'a> {
        let credentials = &self.lineage.credentials;
        if let Some(credential) = credentials.get(place) {
            return Node::Credential(credential);
        }
        match self.keys.get(place - credentials.len()) {
            Some(key) => Node::Key(key),
            None => Node::Origin(&self.origins[place - credentials.len() - self.keys.len()]),
        }
    }

    pub fn parent(&self, place: usize) -> Option<usize> {
        self.parents[place]
    }

    /// What stands right below a place, in the order of places.
    pub fn children(&self, place: usize) -> &[usize] {
        &self.children[self.begins[place]..self.begins[place + 1]]
    }

    /// The origin that the chain of a place begins with.
    pub fn origin(&self, place: usize) -> usize {
        std::iter::successors(Some(place), |&at| self.parents[at]).last().unwrap_or(place)
    }
}

fn children(parents: &[Option<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut begins = vec![0; parents.len() + 1];
    for parent in parents.iter().flatten() {
        begins[parent + 1] += 1;
    }
    for place in 0..parents.len() {
        begins[place + 1] += begins[place];
    }
    let mut next = begins.clone();
    let mut children = vec![0; begins[parents.len()]];
    for (place, parent) in parents.iter().enumerate() {
        if let Some(parent) = *parent {
            children[next[parent]] = place;
            next[parent] += 1;
        }
    }
    (children, begins)
}
