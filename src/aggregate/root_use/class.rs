//! How root was used: the classes of root use, in the order in which they are tried.

use crate::model::{IdentityType, UserIdentity};

/// How an event counts as root use. Not an AWS term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RootClass {
    /// A federated user whose credentials root issued (GetFederationToken).
    Federation,
    /// A central root session (AssumeRoot). From the record's flag alone; keys issued by AssumeRoot are for the report
    /// to move here.
    AssumeRoot,
    /// A service acted for root, or recorded an event of its own.
    Service,
    /// A long-lived access key of root. From the call's own key alone; tokens that such a key got for itself
    /// (GetSessionToken) are for the report to move here.
    AccessKey,
    /// All else: people at the console, and tokens of which nobody knows where they come from.
    Console,
}

impl RootClass {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Federation, Self::AssumeRoot, Self::Service, Self::AccessKey, Self::Console];

    /// The class of an event of `identity`; `None` when it is not root's. `is_by_service` says that the record, apart from
    /// its identity, shows a service at work.
    ///
    /// The AWS MCP server calls with `invokedBy` of its own host for a person's agent: that is the person (our inference
    /// for root; records of roles show it).
    pub fn of(identity: &UserIdentity<'_>, is_by_service: bool) -> Option<Self> {
        if identity.is_federated_by_root() {
            return Some(Self::Federation);
        }
        if identity.kind != IdentityType::Root {
            return None;
        }
        let flagged = identity.session.as_ref().is_some_and(|session| session.assumed_root == Some(true));
        Some(if flagged {
            Self::AssumeRoot
        } else if (is_by_service || identity.is_invoked_by_service()) && !is_of_agent(&identity.invoked_by) {
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

/// Whether a host is that of the AWS MCP server.
pub(super) fn is_of_agent(host: &str) -> bool {
    host.starts_with("aws-mcp.")
}
