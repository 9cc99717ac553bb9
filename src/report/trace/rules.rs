//! What deserves attention in a chain.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::forest::Hop;
use super::graph::{Graph, Node};
use super::hop::Facts;
use super::origin::{Origin, OriginKind};
use crate::model::quantity;
use crate::report::lineage::{Credential, Kind, Mfa};
use crate::report::{Finding, Rule, Severity, finding};

/// The ids that a finding lists; of more there is the number.
const LISTED: usize = 20;

/// What findings may say.
pub(super) static RULES: &[Rule] = &[WITHOUT_MFA, ACROSS_ACCOUNTS];

const WITHOUT_MFA: Rule = Rule {
    id: "chain-without-mfa",
    severity: Severity::High,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A chain begins with an IAM user or root, and the session next to them was got without MFA: a password or key \
            alone opened all that is below. High for root, medium for a console session, else low, since a program may \
            hold the key.",
    check: "Look whether a person or a program holds the key, and whether the addresses of the first hop are theirs.",
    fix: "Require MFA in the trust policy of the role (aws:MultiFactorAuthPresent), or let people come through an identity \
          provider and programs use roles.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html",
};

const ACROSS_ACCOUNTS: Rule = Rule {
    id: "chain-across-accounts",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A chain goes on in another account than it begins in, or begins with a caller that only another account's \
            trail names.",
    check: "See whether the other account is one of yours, and trace the caller in its logs.",
    fix: "Where the other account is not known, take it out of the role's trust policy and end the role's sessions.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html",
};

/// The hops of one origin that a rule holds for.
#[derive(Default)]
struct Group<'g> {
    severity: Option<Severity>,
    ids: Vec<&'g str>,
    accounts: Vec<&'g str>,
    events: i64,
}

/// The findings about these hops, one a rule and origin.
pub(super) fn findings(graph: &Graph<'_>, hops: &[Hop]) -> Vec<Finding> {
    let mut groups: BTreeMap<(usize, usize), Group<'_>> = BTreeMap::new();
    for hop in hops {
        let (Node::Credential(credential), Node::Origin(origin)) =
            (graph.node(hop.place), graph.node(graph.origin(hop.place)))
        else {
            continue;
        };
        let severities = [without_mfa(graph, hop.place, credential, origin), across_accounts(credential, origin)];
        for (rule, severity) in severities.into_iter().enumerate() {
            if severity.is_some() {
                let group = groups.entry((rule, graph.origin(hop.place))).or_default();
                group.severity = group.severity.max(severity);
                group.ids.push(credential.id());
                group.events += credential.session().map_or(0, |session| session.tally().events);
                let account = credential.account_id();
                if !group.accounts.contains(&account) {
                    group.accounts.push(account);
                }
            }
        }
    }
    let mut findings: Vec<Finding> = groups
        .into_iter()
        .filter_map(|((rule, origin), group)| match graph.node(origin) {
            Node::Origin(origin) => Some(group.finding(&RULES[rule], origin)),
            _ => None,
        })
        .collect();
    finding::sort(&mut findings);
    findings
}

/// Holds for the first session of a person's chain, where its flag says no and means it.
fn without_mfa(graph: &Graph<'_>, place: usize, credential: &Credential<'_>, origin: &Origin<'_>) -> Option<Severity> {
    let is_first = credential.parent.is_none() && origin.kind.is_person();
    if !is_first || Mfa::of(&graph.lineage, place).answer != "no" {
        return None;
    }
    // A service that acts under someone's name shows no address, and an issued session that nobody used opened nothing.
    let has_address = !Facts::of(graph, place).addresses.is_empty();
    has_address.then_some(match (origin.kind, credential.kind()) {
        (OriginKind::Root, _) => Severity::High,
        (_, Kind::Console) => Severity::Medium,
        _ => Severity::Low,
    })
}

fn across_accounts(credential: &Credential<'_>, origin: &Origin<'_>) -> Option<Severity> {
    let (from, to) = (origin.account_id(), credential.account_id());
    let crosses = !from.is_empty() && !to.is_empty() && from != to && origin.kind != OriginKind::Service;
    crosses.then_some(Severity::Info)
}

impl Group<'_> {
    fn finding(mut self, rule: &Rule, origin: &Origin<'_>) -> Finding {
        self.accounts.sort_unstable();
        let sessions = quantity(self.ids.len() as u64, "session");
        let summary = if rule.id == WITHOUT_MFA.id {
            format!("{} got {sessions} without MFA, and all below rests on that", origin.name)
        } else {
            format!("what {} began goes on in account {}: {sessions}", origin.name, self.accounts.join(", "))
        };
        let mut evidence = Map::new();
        let values: [(&str, Value); 4] = [
            ("origin", json!(origin.kind.as_str())),
            ("accounts", json!(self.accounts)),
            ("sessions", json!(self.ids.len())),
            ("session_ids", json!(self.ids.iter().take(LISTED).collect::<Vec<_>>())),
        ];
        evidence.extend(values.map(|(name, value)| (name.to_owned(), value)));
        Finding {
            severity: self.severity.unwrap_or(rule.severity),
            rule: rule.id,
            account_id: origin.account_id().to_owned(),
            subject: origin.name.clone().into_owned(),
            summary,
            count: self.events,
            evidence,
        }
    }
}
