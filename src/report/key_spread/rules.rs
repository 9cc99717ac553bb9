//! The rules of key spread: a verdict each, and what spoils the numbers.

use super::verdict::Verdict;
use crate::report::{Practice, Rule, Severity};

const KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html";
const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles";

/// All of them.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "key-leak-suspect",
        severity: Verdict::LeakSuspect.severity(),
        practice: Some(Practice::RolesNotKeys),
        about: "A network and a program were both first seen with the key --leak-days or more after its first use: somebody \
                else may have it. A move of hosts with a new tool looks the same.",
        check: "new_networks and new_agent_families of the evidence: does the owner know them? `trailscan trace KEY`.",
        fix: "Set the key inactive at once when nobody knows them, then replace it by a role and look at what it did.",
        page: KEYS,
    },
    Rule {
        id: "key-embedded",
        severity: Verdict::Embedded.severity(),
        practice: Some(Practice::RolesNotKeys),
        about: "Several addresses used the key in one hour: it lies on several machines.",
        check: "address_list and agent_family_list of the evidence say which machines.",
        fix: "Give the machines a role: an instance profile, a task role, IAM Roles Anywhere, or OIDC for build systems.",
        page: ROLES,
    },
    Rule {
        id: "key-roaming",
        severity: Verdict::Roaming.severity(),
        practice: Some(Practice::RolesNotKeys),
        about: "The key was used from several networks, few at a time: a person who travels, mostly.",
        check: "Does the owner know the networks?",
        fix: "Let people use Identity Center (`aws sso login`), whose credentials end by themselves.",
        page: ROLES,
    },
    Rule {
        id: "key-quiet",
        severity: Verdict::Quiet.severity(),
        practice: None,
        about: "No call with the key succeeded: it is disabled or without rights, and something still tries it.",
        check: "address_list of the evidence says what tries it.",
        fix: "Delete the key, and remove it from where it is tried.",
        page: KEYS,
    },
    Rule {
        id: "key-several-holders",
        severity: Severity::Info,
        practice: None,
        about: "Records show one key with several principals or accounts, which AWS never does: they may be anonymised.",
        check: "The holders in the evidence.",
        fix: "Read logs that were not altered.",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    },
    Rule {
        id: "geoip-entry-unreadable",
        severity: Severity::Low,
        practice: None,
        about: "Entries of a --geoip-db file cannot be read, so networks and countries are incomplete.",
        check: "The evidence has the first of the errors.",
        fix: "Download the database again.",
        page: "https://maxmind.github.io/MaxMind-DB/",
    },
];
