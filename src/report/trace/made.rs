//! What deeds made: a key, the sign-ins with a password, the sessions of an instance. A deed gives somebody a credential, and
//! does not say that whoever did it uses the credential.

use ahash::AHashMap;

use super::graph::{Graph, Node};
use super::origin::OriginKind;
use crate::aggregate::made::{Deed, Made, Thing};
use crate::model::{Arn, EventTime};
use crate::report::lineage::{Credential, Kind, is_instance_name, issuing_service, session_name};

/// A place, and the deed that made it.
type MadePlace<'g> = (usize, &'g Deed);

/// Deeds and the places that they made, by the credential of the call.
pub(super) struct Deeds<'g> {
    by_key: AHashMap<&'g str, Vec<MadePlace<'g>>>,
    by_session: AHashMap<(&'g str, EventTime), Vec<MadePlace<'g>>>,
    by_principal: AHashMap<&'g str, Vec<MadePlace<'g>>>,
}

impl<'g> Deeds<'g> {
    /// Those that were read. Cost: a step for each place and each deed.
    pub fn of(graph: &'g Graph<'_>, made: Option<&'g Made>) -> Self {
        let mut deeds = Self { by_key: AHashMap::new(), by_session: AHashMap::new(), by_principal: AHashMap::new() };
        let text = |sym| graph.symbols.text(sym);
        for (place, deed) in places(graph, made) {
            deeds.by_principal.entry(text(deed.by)).or_default().push((place, deed));
            match (text(deed.by_key), deed.by_session) {
                ("", (principal_id, Some(date))) => {
                    deeds.by_session.entry((text(principal_id), date)).or_default().push((place, deed));
                }
                (key, _) => deeds.by_key.entry(key).or_default().push((place, deed)),
            }
        }
        deeds
    }

    /// What was made with the credential at a place.
    pub fn with(&self, graph: &Graph<'_>, place: usize) -> Vec<MadePlace<'g>> {
        let mut found: Vec<&Vec<MadePlace<'g>>> = Vec::new();
        match graph.node(place) {
            Node::Key(key) => found.extend(self.by_key.get(key.id)),
            Node::Credential(credential) => {
                let keys = credential.access_keys().filter(|key| !key.is_empty());
                found.extend(keys.filter_map(|key| self.by_key.get(key)));
                // Where several callers gave one name in one second, their keys alone tell them apart.
                let date = credential.creation_date().filter(|_| !credential.id().contains('#'));
                found.extend(date.and_then(|date| self.by_session.get(&(credential.principal_id(), date))));
            }
            Node::Origin(origin) if origin.kind != OriginKind::NotInRange => {
                found.extend(self.by_principal.get(&*origin.name));
            }
            Node::Origin(_) => {}
        }
        found.into_iter().flatten().copied().collect()
    }
}

/// Each place that a deed made, in the order of places.
fn places<'g>(graph: &'g Graph<'_>, made: Option<&'g Made>) -> Vec<MadePlace<'g>> {
    let text = |sym| graph.symbols.text(sym);
    let mut keys: AHashMap<&str, &Deed> = AHashMap::new();
    let mut instances: AHashMap<(&str, &str), &Deed> = AHashMap::new();
    let mut passwords: AHashMap<(&str, String), Vec<&Deed>> = AHashMap::new();
    let mut all: Vec<&Deed> = made.into_iter().flat_map(Made::all).collect();
    all.sort_by_key(|deed| (deed.time, text(deed.event), text(deed.by), text(deed.by_key)));
    for deed in all {
        let account = text(deed.account);
        match deed.thing {
            Thing::AccessKey(key) => drop(keys.entry(text(key)).or_insert(deed)),
            Thing::Instance(id) => drop(instances.entry((account, text(id))).or_insert(deed)),
            Thing::Password(user) => {
                passwords.entry((account, text(user).to_lowercase())).or_default().push(deed);
            }
        }
    }
    let deed_of = |place: usize| match graph.node(place) {
        Node::Key(key) => keys.get(key.id).copied(),
        Node::Credential(credential) if is_of_instance(credential) => {
            instances.get(&(credential.account_id(), session_name(credential))).copied()
        }
        Node::Credential(credential) if credential.kind() == Kind::Console => {
            let principal = credential.principal();
            let user = Arn::parse(&principal).filter(|arn| arn.resource.starts_with("user/"))?;
            let deeds = passwords.get(&(credential.account_id(), user.name().to_lowercase()))?;
            let issued = credential.issuance().and_then(|issuance| issuance.time());
            let began = issued.or(credential.creation_date())?;
            // With a password that somebody set later nobody signed in before.
            deeds.iter().rev().find(|deed| deed.time <= began).copied()
        }
        _ => None,
    };
    (0..graph.len()).filter_map(|place| Some((place, deed_of(place)?))).collect()
}

/// Whether a session is an instance's own: anybody may give a session such a name.
fn is_of_instance(credential: &Credential<'_>) -> bool {
    let is_by_ec2 = || credential.issuance().is_none_or(|issuance| issuing_service(issuance) == "ec2");
    credential.parent.is_none() && is_instance_name(session_name(credential)) && is_by_ec2()
}
