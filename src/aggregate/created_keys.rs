//! Which credential created which access key: what makes a long-lived key one more link of a chain.
//!
//! Never saved: the keys themselves, whoever created them, are in `keys`.

use hashbrown::HashSet;

use super::{Aggregate, AggregateKind, Remap, Remember, Seen, Sym, Symbols};
use crate::model::{Event, EventTime, members, principal_of, text};

/// Registers [`CreatedKeys`].
pub static KIND: AggregateKind = AggregateKind {
    name: "created_keys",
    summary: "access keys by the credential that created them",
    empty: || Box::new(CreatedKeys::default()),
};

/// Every creation of an access key that was read.
#[derive(Clone, Debug, Default)]
pub struct CreatedKeys(HashSet<CreatedKey, ahash::RandomState>);

/// A key, and with what it was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CreatedKey {
    /// The id of the new key.
    pub key: Sym,
    /// The access key of the call; empty where the record shows none.
    pub by_key: Sym,
    /// The principalId and creationDate of the call.
    pub by_session: (Sym, Option<EventTime>),
    /// The principal of the call.
    pub by: Sym,
}

impl CreatedKeys {
    /// All of them, in no lasting order.
    pub fn all(&self) -> impl Iterator<Item = &CreatedKey> {
        self.0.iter()
    }
}

impl CreatedKeys {
    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        if event.event_name != "CreateAccessKey" || event.event_source != "iam.amazonaws.com" || event.is_error() {
            return;
        }
        let [created] = members(event.response_elements, ["accessKey"]);
        let [key] = members(created.json(), ["accessKeyId"]).map(text);
        if key.is_empty() {
            return;
        }
        let identity = &*event.user_identity;
        self.0.insert(CreatedKey {
            key: symbols.intern(&key),
            by_key: symbols.intern(&identity.access_key_id),
            by_session: (symbols.intern(&identity.principal_id), identity.creation_date()),
            by: symbols.intern(&principal_of(identity)),
        });
    }
}

impl Aggregate for CreatedKeys {
    fn observe(&mut self, _: &mut Seen<'_>) {}

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.0.extend(other.0.into_iter().map(|created| CreatedKey {
            key: remap.of(created.key),
            by_key: remap.of(created.by_key),
            by_session: (remap.of(created.by_session.0), created.by_session.1),
            by: remap.of(created.by),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::State;
    use crate::model::testing::{event, user};

    #[test]
    fn a_creation_and_its_near_misses() {
        let eve = user("eve", "AKIAEVE");
        let response = r#"{"accessKey":{"accessKeyId":"AKIANEW","userName":"bob"}}"#;
        let created = Event {
            event_name: "CreateAccessKey",
            event_source: "iam.amazonaws.com",
            response_elements: response,
            ..event(&eve)
        };
        let mut state = State::new(&[&KIND]);
        for event in [
            created,
            created,
            Event { error_code: "AccessDenied", ..created },
            Event { event_source: "example.com", ..created },
            Event { event_name: "UpdateAccessKey", ..created },
            Event { response_elements: r#"{"accessKey":{}}"#, ..created },
        ] {
            state.remember(&event);
        }
        let merged = State::new(&[&KIND]).merge(state);
        let text = |sym| merged.symbols().text(sym);
        let all: Vec<_> = merged.get::<CreatedKeys>().expect("it was asked for").all().collect();
        assert_eq!(all.len(), 1);
        assert_eq!((text(all[0].key), text(all[0].by_key)), ("AKIANEW", "AKIAEVE"));
    }
}
