//! Sessions that were used with a tool of attackers and testers, at an address.
//!
//! Who is wrongly accused: a security team that tests its own account. Who slips past: whoever names another program.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;
use serde_json::json;

use super::about::{About, Told, short, some};
use super::{Known, rule_texts as texts};
use crate::aggregate::State;
use crate::aggregate::sessions::Sessions;
use crate::model::{attack_tool, quantity};
use crate::report::Severity;
use crate::report::source_list::{ReadAddresses, address_texts};

/// What one principal's sessions show.
#[derive(Default)]
struct Used<'a> {
    members: BTreeSet<usize>,
    tools: BTreeSet<&'a str>,
    addresses: BTreeSet<std::net::IpAddr>,
    events: u64,
}

/// A finding for each principal.
pub(super) fn findings(state: &State, all: &[Known<'_>], read: &mut ReadAddresses<'_>) -> Vec<About> {
    let Some(sessions) = state.get::<Sessions>() else { return Vec::new() };
    let mut used = sessions.tools().peekable();
    if used.peek().is_none() {
        return Vec::new();
    }
    let places = all.iter().enumerate();
    let members: AHashMap<usize, usize> =
        places.flat_map(|(member, known)| known.session.key_places().map(move |place| (place, member))).collect();
    let mut of_principal: BTreeMap<(&str, &str), Used<'_>> = BTreeMap::new();
    for (place, tool) in used {
        let Some((&member, ip)) = members.get(&place).zip(read.ip(tool.source)) else { continue };
        let known = &all[member];
        let found = of_principal.entry((known.session.account_id(), known.principal())).or_default();
        found.members.insert(member);
        found.tools.extend(attack_tool(state.symbols().text(tool.agent)));
        found.addresses.insert(ip);
        found.events += u64::from(tool.usage.events);
    }
    of_principal.into_iter().map(|(principal, used)| finding(all, principal, &used)).collect()
}

fn finding(all: &[Known<'_>], (account_id, principal): (&str, &str), used: &Used<'_>) -> About {
    let tools: Vec<String> = used.tools.iter().map(|tool| (*tool).to_owned()).collect();
    let members: Vec<usize> = used.members.iter().copied().collect();
    let from = some(&address_texts(&used.addresses));
    let sessions = quantity(members.len() as u64, "session");
    Told {
        rule: &texts::ATTACK_TOOL,
        severity: Severity::High,
        account_id,
        subject: principal.to_owned(),
        summary: format!(
            "{sessions} of {} made {} by {}, a tool of attackers and testers, from {from}",
            short(principal),
            quantity(used.events, "call"),
            tools.join(", ")
        ),
        evidence: vec![
            ("tools", json!(used.tools)),
            ("tool_events", json!(used.events)),
            ("tool_addresses", json!(address_texts(&used.addresses))),
        ],
    }
    .about(all, &members)
}
