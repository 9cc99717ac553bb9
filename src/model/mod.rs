//! AWS's vocabulary as types: the borrowed [`Event`], [`UserIdentity`], principals, access keys, addresses, time.
//!
//! Meaning lives here, storage and text formats do not. Everything else of the crate builds on this module and it
//! builds on nothing of ours.

mod access_key;
mod account_id;
mod actions;
mod address;
mod arn;
mod digest;
mod event;
mod identity;
mod issuance;
mod kept;
mod lasting;
mod logging;
mod long_lived;
mod password_policy;
mod policy;
mod principal;
mod quantity;
mod redact;
mod resources;
mod secret_read;
mod session;
mod shell;
mod sign_in;
mod subdocument;
mod temporary;
mod time;
mod user_agent;
mod window;

#[cfg(test)]
pub(crate) mod testing;

pub(crate) use crate::json::{careful::text_of as text, fields::Raw};
pub use access_key::AccessKeyKind;
pub use account_id::is_account_id;
pub use actions::{
    AccessLevel, Actions, AwsPolicies, AwsPolicy, AwsStatement, Needed, ReferenceError, Unknowable, global_witness,
};
pub use address::{Network, SourceAddress};
pub use arn::Arn;
pub(crate) use digest::{hexadecimal, sha256};
pub use event::{Event, IdentityRef, LazyIdentity, UnreadIdentity};
pub use identity::{IdentityType, InScopeOf, OnBehalfOf, SessionContext, SessionIssuer, UserIdentity};
pub use issuance::{IssuanceApi, IssuedCredentials};
pub(crate) use kept::KeptEvent;
#[cfg(test)]
pub(crate) use lasting::samples as lasting_samples;
pub use lasting::{Change, Lasting, plain as plain_event, service_of, takes_back, takes_from_attribute};
pub use logging::{
    Condition as LoggingCondition, FactKind, LoggingCall, LoggingEffect, LoggingObject, LoggingReach, LoggingRecord,
    Settled, TrailFact, TrailFacts,
};
pub use long_lived::BEARER;
pub use password_policy::{PasswordPolicy, password_weaknesses};
pub(crate) use policy::pattern::matches as pattern_matches;
pub use policy::{
    Condition, Effect, Grant, Listed, NormalPolicy, OpenPrincipal, OpenTo, Outsiders, Policy, PolicyClass, PolicyError,
    Principals, Statement, Trusted, TrustedKind, is_quarantine, organization_of,
};
pub(crate) use policy::{OWN_ROLE, OWN_USER};
pub use principal::{arn_of_named_user, identity_center_person, principal_of, role_of_session_arn, short_name};
pub use quantity::{grouped, quantity};
pub use redact::{REDACTED, Redacted, redact, redact_text};
pub use resources::each_resource;
pub use secret_read::{is_of_many_secrets, secrets_asked_for};
pub(crate) use session::{session_id, session_name};
pub use shell::shell_quoted;
pub use sign_in::{HIDDEN_USER_NAME, SignIn, SignInMfa, SignInStep};
pub(crate) use subdocument::members;
pub(crate) use temporary::{LOCK, OLD, PREFIX, TEMPORARY, is_temporary};
pub use time::{Day, EventTime, Hour};
pub use user_agent::{NO_AGENT, agent_family, agent_without_call, attack_tool, execution_environment, is_program};
pub use window::{TimeWindow, WindowError};
