//! Who issued what: every session joined with the records that issued it and with the session that asked for it.
//!
//! The one place where sessions and issuances meet; `sessions` and `trace` are views over it. Not a tree and not a
//! judgement: principals, long-lived keys and what is shown of them are the reports'.

mod by_key;
mod caller;
mod callers;
mod classify;
mod credential;
mod expiry;
mod holders;
mod identity_center;
mod join;
mod kind;
mod lifetimes;
mod matching;
mod mfa;
mod nearest;
mod places;
mod spans;
mod split;

pub(in crate::report) use classify::{is_instance_name, issuing_service, role_name, session_name};
pub(in crate::report) use credential::{Confidence, Credential, Known};
pub(in crate::report) use expiry::Expiry;
pub(in crate::report) use join::Lineage;
pub(in crate::report) use kind::Kind;
pub(in crate::report) use mfa::Mfa;
