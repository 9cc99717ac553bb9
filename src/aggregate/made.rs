//! What was made that gives its holder credentials, and with which credential: access keys, passwords of users, instances.
//! A deed is not an issue: whoever made a key need not be who uses it.
//!
//! Never saved: the keys themselves, whoever created them, are in `keys`.

use hashbrown::HashSet;

use super::{Aggregate, AggregateKind, Remap, Remember, Seen, Sym, Symbols};
use crate::model::{Arn, Event, EventTime, members, principal_of, text};

/// Registers [`Made`].
pub static KIND: AggregateKind = AggregateKind {
    name: "made",
    summary: "access keys, passwords and instances by the credential that made them",
    empty: || Box::new(Made::default()),
};

/// Every deed that was read.
#[derive(Clone, Debug, Default)]
pub struct Made(HashSet<Deed, ahash::RandomState>);

/// What a deed made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A long-lived access key: its id.
    AccessKey(Sym),
    /// The console password of a user: the user's name, as the call gives it.
    Password(Sym),
    /// An EC2 instance: its id. Its role's credentials are whoever's runs code on it.
    Instance(Sym),
}

/// A thing, and with what it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deed {
    /// What it is.
    pub thing: Thing,
    /// The account that it lies in.
    pub account: Sym,
    /// When it was made.
    pub time: EventTime,
    /// `eventName` of the call.
    pub event: Sym,
    /// The access key of the call; empty where the record shows none.
    pub by_key: Sym,
    /// The principalId and creationDate of the call.
    pub by_session: (Sym, Option<EventTime>),
    /// The principal of the call.
    pub by: Sym,
}

impl Made {
    /// All of them, in no lasting order.
    pub fn all(&self) -> impl Iterator<Item = &Deed> {
        self.0.iter()
    }

    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        if !matches!(
            event.event_name,
            "CreateAccessKey" | "CreateLoginProfile" | "UpdateLoginProfile" | "ChangePassword" | "RunInstances"
        ) || event.is_error()
        {
            return;
        }
        let Some(time) = event.event_time else { return };
        let identity = &*event.user_identity;
        for thing in things(event, symbols) {
            self.0.insert(Deed {
                thing,
                account: symbols.intern(event.account_id()),
                time,
                event: symbols.intern(event.event_name),
                by_key: symbols.intern(&identity.access_key_id),
                by_session: (symbols.intern(&identity.principal_id), identity.creation_date()),
                by: symbols.intern(&principal_of(identity)),
            });
        }
    }
}

/// What a successful call made.
///
/// Source: IAM API reference, `CreateAccessKey`, `CreateLoginProfile`, `UpdateLoginProfile`, `ChangePassword` (of the caller's
/// own user); EC2 API reference, `RunInstances`.
fn things(event: &Event<'_>, symbols: &mut Symbols) -> Vec<Thing> {
    let name = match (event.event_source, event.event_name) {
        ("iam.amazonaws.com", "CreateAccessKey") => {
            let [created] = members(event.response_elements, ["accessKey"]);
            let [key] = members(created.json(), ["accessKeyId"]).map(text);
            return (!key.is_empty()).then(|| Thing::AccessKey(symbols.intern(&key))).into_iter().collect();
        }
        ("iam.amazonaws.com", "CreateLoginProfile" | "UpdateLoginProfile") => {
            let [name] = members(event.request_parameters, ["userName"]).map(text);
            name.into_owned()
        }
        ("iam.amazonaws.com", "ChangePassword") => {
            let arn = &*event.user_identity.arn;
            Arn::parse(arn).filter(|arn| arn.resource.starts_with("user/")).map_or("", |arn| arn.name()).to_owned()
        }
        ("ec2.amazonaws.com", "RunInstances") => {
            let response: serde_json::Value = serde_json::from_str(event.response_elements).unwrap_or_default();
            let launched = response.pointer("/instancesSet/items").and_then(serde_json::Value::as_array);
            let ids = launched.into_iter().flatten().filter_map(|item| item.get("instanceId")?.as_str());
            return ids.map(|id| Thing::Instance(symbols.intern(id))).collect();
        }
        _ => return Vec::new(),
    };
    (!name.is_empty()).then(|| Thing::Password(symbols.intern(&name))).into_iter().collect()
}

impl Thing {
    /// Its id, or the name of its user.
    pub const fn name(self) -> Sym {
        match self {
            Self::AccessKey(name) | Self::Password(name) | Self::Instance(name) => name,
        }
    }

    fn renamed(self, remap: &Remap) -> Self {
        match self {
            Self::AccessKey(name) => Self::AccessKey(remap.of(name)),
            Self::Password(name) => Self::Password(remap.of(name)),
            Self::Instance(name) => Self::Instance(remap.of(name)),
        }
    }
}

impl Aggregate for Made {
    fn observe(&mut self, _: &mut Seen<'_>) {}

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.0.extend(other.0.into_iter().map(|deed| Deed {
            thing: deed.thing.renamed(remap),
            account: remap.of(deed.account),
            event: remap.of(deed.event),
            by_key: remap.of(deed.by_key),
            by_session: (remap.of(deed.by_session.0), deed.by_session.1),
            by: remap.of(deed.by),
            ..deed
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::State;
    use crate::model::testing::{event, role_session, user};

    /// What the events made: the kind of thing, its name, and the key of the call.
    fn made(events: &[Event<'_>]) -> Vec<(&'static str, String, String)> {
        let mut state = State::new(&[&KIND]);
        events.iter().for_each(|event| state.remember(event));
        let merged = State::new(&[&KIND]).merge(state);
        let text = |sym| merged.symbols().text(sym).to_owned();
        let kind = |thing| match thing {
            Thing::AccessKey(_) => "key",
            Thing::Password(_) => "password",
            Thing::Instance(_) => "instance",
        };
        let deeds = merged.get::<Made>().expect("it was asked for").all();
        let mut all: Vec<_> =
            deeds.map(|deed| (kind(deed.thing), text(deed.thing.name()), text(deed.by_key))).collect();
        all.sort();
        all
    }

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
        let all = made(&[
            created,
            created,
            Event { error_code: "AccessDenied", ..created },
            Event { event_source: "example.com", ..created },
            Event { event_name: "UpdateAccessKey", ..created },
            Event { response_elements: r#"{"accessKey":{}}"#, ..created },
        ]);
        assert_eq!(all, [("key", "AKIANEW".to_owned(), "AKIAEVE".to_owned())]);
    }

    #[test]
    fn passwords_and_instances() {
        let (eve, role) = (user("eve", "AKIAEVE"), role_session("r", "eve", "ASIAROLE", None));
        let of_bob = Event {
            event_name: "CreateLoginProfile",
            event_source: "iam.amazonaws.com",
            request_parameters: r#"{"userName":"bob"}"#,
            ..event(&eve)
        };
        let own = Event { event_name: "ChangePassword", request_parameters: "null", ..of_bob };
        let launched = Event {
            event_name: "RunInstances",
            event_source: "ec2.amazonaws.com",
            response_elements: r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#,
            ..event(&role)
        };
        let all = made(&[
            of_bob,
            own,
            launched,
            Event { request_parameters: "{}", ..of_bob },
            Event { event_name: "GetLoginProfile", ..of_bob },
            Event { user_identity: crate::model::LazyIdentity::known(&role), ..own },
            Event { error_code: "Client.UnauthorizedOperation", ..launched },
            Event { response_elements: "null", ..launched },
        ]);
        let of = |kind, name: &str, key: &str| (kind, name.to_owned(), key.to_owned());
        assert_eq!(
            all,
            [
                of("instance", "i-1", "ASIAROLE"),
                of("instance", "i-2", "ASIAROLE"),
                of("password", "bob", "AKIAEVE"),
                of("password", "eve", "AKIAEVE"),
            ]
        );
    }
}
