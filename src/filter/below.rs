//! What `--below` accepts: calls made with some credentials. Which these are is for whoever knows who issued what to say.

use std::collections::HashSet;

use crate::model::{Event, EventTime, arn_of_named_user, principal_of};

/// Credentials, and whose all credentials are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Below {
    /// Access key ids.
    pub access_keys: HashSet<String>,
    /// Sessions by principalId and creationDate, for records of them that show no access key.
    pub sessions: HashSet<(String, EventTime)>,
    /// Sign-ins to the console that began such sessions, by principal and time: they show neither.
    pub sign_ins: HashSet<(String, EventTime)>,
    /// Principals as reports print them: all that they do counts, whatever they sign it with.
    pub principals: HashSet<String>,
}

impl Below {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.access_keys.is_empty()
            && self.sessions.is_empty()
            && self.sign_ins.is_empty()
            && self.principals.is_empty()
    }

    /// Whether the call was made with one of the credentials.
    pub fn holds(&self, event: &Event<'_>) -> bool {
        let identity = &*event.user_identity;
        let key = &*identity.access_key_id;
        if self.access_keys.contains(key) {
            return true;
        }
        if event.event_name == "ConsoleLogin" && self.is_sign_in(event) {
            return true;
        }
        let session = identity.creation_date().filter(|_| key.is_empty() && !self.sessions.is_empty());
        session.is_some_and(|date| self.sessions.contains(&(identity.principal_id.to_string(), date)))
            || !self.principals.is_empty()
                && (self.principals.contains(&*principal_of(identity))
                    || arn_of_named_user(identity, event.aws_region).is_some_and(|arn| self.principals.contains(&arn)))
    }

    fn is_sign_in(&self, event: &Event<'_>) -> bool {
        let Some(time) = event.event_time.filter(|_| !self.sign_ins.is_empty() && !event.is_error()) else {
            return false;
        };
        let identity = &*event.user_identity;
        self.sign_ins.contains(&(principal_of(identity).into_owned(), time))
            || arn_of_named_user(identity, event.aws_region).is_some_and(|arn| self.sign_ins.contains(&(arn, time)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{at, event, role_session, user};

    #[test]
    fn a_call_and_its_near_misses() {
        let date = at("2026-09-01T10:00:00Z");
        let session = |key, date| role_session("admin", "alice", key, Some(date));
        let below = Below {
            access_keys: ["ASIAONE".to_owned()].into(),
            sessions: [("AROAADMIN:alice".to_owned(), date)].into(),
            sign_ins: [("arn:aws:iam::111122223333:user/bob".to_owned(), date)].into(),
            principals: ["arn:aws:iam::111122223333:user/eve".to_owned()].into(),
        };
        let holds = |identity: &crate::model::UserIdentity<'_>| below.holds(&event(identity));
        assert!(holds(&session("ASIAONE", date)) && holds(&session("", date)) && holds(&user("eve", "AKIAANY")));
        // Another session of one name has its own key, or was made at another time; another user is another.
        assert!(!holds(&session("ASIATWO", date)) && !holds(&session("", date.plus_seconds(1))));
        assert!(!holds(&user("eva", "AKIAANY")) && !holds(&user("eva", "")));
        let bob = user("bob", "");
        let sign_in = |name, time| below.holds(&Event { event_name: name, event_time: Some(time), ..event(&bob) });
        assert!(sign_in("ConsoleLogin", date) && !sign_in("ConsoleLogin", date.plus_seconds(1)));
        assert!(!sign_in("CheckMfa", date));
        let failed = Event {
            event_name: "ConsoleLogin",
            event_time: Some(date),
            error_message: "Failed authentication",
            ..event(&bob)
        };
        assert!(!below.holds(&failed));
        assert!(!Below::default().holds(&event(&user("eve", ""))) && Below::default().is_empty());
    }
}
