//! How root was used: the classes of root use, in the order in which they are tried.

use crate::model::{IdentityType, UserIdentity};

/// How an event counts as root use. Not an AWS term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RootClass {
    /// A federated user whose credentials root issued (GetFederationToken).
    Federation,
    /// A central root session (AssumeRoot). From the record's flag alone; keys issued by AssumeRoot are for the report
    /// to move here.
    AssumeRoot,
    /// A service acted for root, or recorded an event of its own.
    Service,
    /// A long-lived access key of root.
    AccessKey,
    /// All else: people at the console, and tokens that root got for itself.
    Console,
}

impl RootClass {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Federation, Self::AssumeRoot, Self::Service, Self::AccessKey, Self::Console];

    /// The class of an event of `identity`; `None` when it is not root's. `is_service_event` says that the record's
    /// eventType is AwsServiceEvent.
    pub fn of(identity: &UserIdentity<'_>, is_service_event: bool) -> Option<Self> {
        if identity.is_federated_by_root() {
            return Some(Self::Federation);
        }
        if identity.kind != IdentityType::Root {
            return None;
        }
        let flagged = identity.session.as_ref().is_some_and(|session| session.assumed_root == Some(true));
        Some(if flagged {
            Self::AssumeRoot
        } else if is_service_event || identity.is_invoked_by_service() {
            Self::Service
        } else if identity.is_long_lived_key_use() {
            Self::AccessKey
        } else {
            Self::Console
        })
    }

    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Federation => "federation",
            Self::AssumeRoot => "assume-root",
            Self::Service => "service",
            Self::AccessKey => "access-key",
            Self::Console => "console",
        }
    }

    /// The class that `word` names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }
}
