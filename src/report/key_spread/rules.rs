//! The rules of key spread: a verdict each, and what spoils the numbers.

use super::verdict::Verdict;
use crate::report::{Practice, Rule, Severity};

const KEYS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/securing_access-keys.html";
const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles";

/// All of them.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "key-leak-suspect",
        severity: Verdict::LeakSuspect.worst(),
        practice: Some(Practice::RolesNotKeys),
        techniques: &["T1078.004"],
        controls: &[],
        about: "A signal says that somebody else may have the key: a new network with a program first seen from it, a far \
                network while the old one went on, two countries in one hour, a tool of attackers, or a stranger's VPC \
                endpoint. As severe as the strongest signal; each names what it does not see and who looks the same.",
        check: "signals, new_networks and new_agent_families of the evidence: does the owner know them? `trailscan trace KEY`.",
        fix: "Set the key inactive at once when nobody knows them, then replace it by a role and look at what it did.",
        page: KEYS,
    },
    Rule {
        id: "keys-in-one-hand",
        severity: Severity::High,
        practice: Some(Practice::RolesNotKeys),
        techniques: &["T1078.004"],
        controls: &[],
        about: "One public address used the keys of three or more principals with a tool of attackers, with a program that \
                is new to all of them as the address is, or with a new version of one within two hours or at night (high; \
                medium where their holders used them nowhere else on those days), or only to ask whose they are, and not as \
                their holders do (medium); or those of five or more with their own programs, within two hours in which they went on \
                elsewhere, and on no other day (medium). An office or a VPN exit that does none of it is not a finding. An inventory of \
                your own keys, a course, or an office whose way out failed for an hour looks the same.",
        check: "Whose address is it? access_key_ids and agent_family_list of the evidence; `trailscan principals --address ADDRESS`.",
        fix: "Set the keys inactive when nobody knows the address, look for the place that they leaked from (a repository, an \
              image), and look at what each did since.",
        page: KEYS,
    },
    Rule {
        id: "key-embedded",
        severity: Verdict::Embedded.worst(),
        practice: Some(Practice::RolesNotKeys),
        techniques: &[],
        controls: &["1.18"],
        about: "Machines use the key: several addresses at once, day and night, from an environment or a range of AWS, or two \
                weaker signals together. What a person behind a company's way out shows as well, in working hours, is not \
                enough. Medium where several machines are seen, low where one is.",
        check: "signals, address_list and agent_family_list of the evidence say which machines.",
        fix: "Give the machines a role: an instance profile, a task role, IAM Roles Anywhere, or OIDC for build systems.",
        page: ROLES,
    },
    Rule {
        id: "key-hosted-ci",
        severity: Verdict::HostedCi.worst(),
        practice: Some(Practice::RolesNotKeys),
        techniques: &[],
        controls: &[],
        about: "The key was used from many networks, from most of them for two hours or less and few at a time, by SDKs \
                around the clock or several a day, or at set hours, weekends too or several a day: hosted runners or other \
                machines that come and go. New networks are its way to work, so they are not a sign of a leak. A person who \
                travels with set hours looks the same.",
        check: "agent_family_list of the evidence: is it a pipeline?",
        fix: "Let the pipeline assume a role by OIDC (GitHub, GitLab and others), and delete the key.",
        page: ROLES,
    },
    Rule {
        id: "key-roaming",
        severity: Verdict::Roaming.worst(),
        practice: None,
        techniques: &[],
        controls: &[],
        about: "The key was used from several networks, few at a time, and not as a machine does: a person who travels, mostly.",
        check: "Does the owner know the networks?",
        fix: "Let people use Identity Center (`aws sso login`), whose credentials end by themselves.",
        page: ROLES,
    },
    Rule {
        id: "key-quiet",
        severity: Verdict::Quiet.worst(),
        practice: None,
        techniques: &[],
        controls: &[],
        about: "No call with the key succeeded: it is disabled or without rights, and something still tries it.",
        check: "address_list of the evidence says what tries it.",
        fix: "Delete the key, and remove it from where it is tried.",
        page: KEYS,
    },
    Rule {
        id: "key-several-holders",
        severity: Severity::Info,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "Records show one key with several principals or accounts, which AWS never does: they may be anonymised.",
        check: "The holders in the evidence.",
        fix: "Read logs that were not altered.",
        page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    },
    Rule {
        id: "geoip-entry-unreadable",
        severity: Severity::Low,
        practice: None,
        techniques: &[],
        controls: &[],
        about: "Entries of a --geoip-db file cannot be read, so networks and countries are incomplete.",
        check: "The evidence has the first of the errors.",
        fix: "Download the database again.",
        page: "https://maxmind.github.io/MaxMind-DB/",
    },
];
