//! Which calls are made in a session of temporary credentials, and what the session is called.

use std::fmt::Write;

use super::{AccessKeyKind, EventTime, IdentityType, UserIdentity};

impl UserIdentity<'_> {
    /// Whether its calls are made with temporary credentials of a person, role or federated user.
    pub fn is_session(&self) -> bool {
        match self.kind {
            IdentityType::AssumedRole | IdentityType::FederatedUser => true,
            _ if self.is_of_person() => {
                self.creation_date().is_some() || AccessKeyKind::of(&self.access_key_id) == AccessKeyKind::Temporary
            }
            _ => false,
        }
    }

    /// Whether the credentials are an IAM user's or root's own.
    pub(crate) fn is_of_person(&self) -> bool {
        matches!(self.kind, IdentityType::IamUser | IdentityType::Root)
    }

    /// The id of the session that its calls belong to, not an AWS field: `<principalId>@<creationDate>`; without a creation
    /// date the access key id, else the principalId. `None` where they belong to none.
    pub fn session_id(&self) -> Option<String> {
        let principal_id = if self.principal_id.is_empty() { &self.arn } else { &self.principal_id };
        let date = self.creation_date();
        let id = || session_id(session_name(principal_id, date, &self.access_key_id), date);
        self.is_session().then(id)
    }

    /// The name that whoever asked for a role session or a federated session gave it; empty where there is none.
    pub fn session_name(&self) -> &str {
        match (&self.kind, self.principal_id.split_once(':')) {
            (IdentityType::AssumedRole | IdentityType::FederatedUser, Some((_, name))) => name,
            (IdentityType::AssumedRole | IdentityType::FederatedUser, None) => last_part(&self.arn),
            _ => "",
        }
    }
}

fn last_part(arn: &str) -> &str {
    arn.rsplit_once('/').map_or("", |(_, name)| name)
}

/// What the id of a session begins with, or is. `principal_id` is the principalId, else the arn.
pub(crate) fn session_name<'a>(
    principal_id: &'a str,
    creation_date: Option<EventTime>,
    access_key_id: &'a str,
) -> &'a str {
    let is_key = if creation_date.is_some() { principal_id.is_empty() } else { !access_key_id.is_empty() };
    if is_key { access_key_id } else { principal_id }
}

/// The id of the session of that name.
pub(crate) fn session_id(name: &str, creation_date: Option<EventTime>) -> String {
    let Some(date) = creation_date else { return name.to_owned() };
    let mut id = String::with_capacity(name.len() + "@2026-01-02T03:04:05Z".len());
    id.push_str(name);
    // Writing to a string cannot fail.
    let _ = write!(id, "@{date}");
    id
}

#[cfg(test)]
mod tests {
    use crate::model::testing::{at, role_session, service, user};

    #[test]
    fn a_session_and_its_near_misses() {
        let date = Some(at("2026-09-01T10:00:00Z"));
        let role = role_session("admin", "alice", "ASIAIOSFODNN7EXAMPLE", date);
        assert_eq!(role.session_id().as_deref(), Some("AROAADMIN:alice@2026-09-01T10:00:00Z"));
        assert_eq!(role.session_name(), "alice");
        let undated = role_session("admin", "alice", "ASIAIOSFODNN7EXAMPLE", None);
        assert_eq!(undated.session_id().as_deref(), Some("ASIAIOSFODNN7EXAMPLE"));
        let user_session = user("bob", "ASIAIOSFODNN7EXAMPLE");
        assert_eq!(user_session.session_id().as_deref(), Some("ASIAIOSFODNN7EXAMPLE"));
        assert_eq!(user_session.session_name(), "");
        for none in [user("bob", "AKIAIOSFODNN7EXAMPLE"), service("ec2.amazonaws.com")] {
            assert_eq!(none.session_id(), None);
        }
    }
}
