//! What deserves attention in central root access, joined with what the sessions did.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::central::{Call, Central, addresses, named, severity};
use super::usage::{Issued, Usage};
use crate::aggregate::Span;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::root_use::{ReachOutcome, RootClass};
use crate::model::quantity;
use crate::report::{Finding, Severity};

/// Members of a list in the evidence.
const SHOWN: usize = 20;
/// Refusals from which it is no mistake.
const MANY: i64 = 3;

/// Sessions of one account's root, used or not.
struct OfAccount<'c, 'a> {
    usage: Option<&'c Usage<'a>>,
    calls: Vec<&'c Call<'a>>,
    /// Callers that only the remembered issuances name: their records lie outside of what is counted.
    callers: BTreeSet<&'a str>,
}

/// A finding for each account whose root was assumed for more than a review or a clean-up, one for each caller that did
/// only those, in however many accounts, and one for each caller that was refused.
pub(super) fn of<'a>(usages: &[Usage<'a>], issued: &Issued<'a>, central: &Central<'a>) -> Vec<Finding> {
    let mut accounts: BTreeMap<&str, OfAccount<'_, 'a>> = BTreeMap::new();
    let none = || OfAccount { usage: None, calls: Vec::new(), callers: BTreeSet::new() };
    for usage in usages.iter().filter(|usage| usage.class == RootClass::AssumeRoot) {
        accounts.entry(usage.account_id).or_insert_with(none).usage = Some(usage);
    }
    for call in central.issued() {
        accounts.entry(call.target).or_insert_with(none).calls.push(call);
    }
    for (_, of_account) in accounts.iter_mut() {
        let Some(usage) = of_account.usage else { continue };
        let of_row = issued.central.iter().filter(|issuance| usage.access_keys.contains(issuance.access_key_id()));
        of_account.callers.extend(of_row.map(Issuance::caller));
    }
    let (routine, worse): (Vec<_>, Vec<_>) =
        accounts.iter().partition(|(_, of_account)| of_account.severity() == Severity::Info);
    let mut found: Vec<Finding> = worse.into_iter().map(|(account, of_account)| of_account.finding(account)).collect();
    found.extend(clean_ups(&routine));
    found.extend(refused(central));
    found
}

impl OfAccount<'_, '_> {
    fn severity(&self) -> Severity {
        let tasks = self
            .calls
            .iter()
            .map(|call| call.task)
            .chain(self.usage.iter().flat_map(|usage| usage.tasks.iter().copied()));
        let tasks = tasks.filter(|task| !task.is_empty());
        let deeds = self.usage.iter().flat_map(|usage| usage.event_names.keys().copied());
        severity(tasks, deeds)
    }

    fn callers(&self) -> BTreeSet<&str> {
        let told: BTreeSet<&str> =
            self.calls.iter().map(|call| call.caller).chain(self.callers.iter().copied()).collect();
        // The member's own record of the call names the account, the caller's names the caller.
        let named: BTreeSet<&str> = told.iter().copied().filter(|caller| !caller.starts_with("account:")).collect();
        if named.is_empty() { told } else { named }
    }

    fn tasks(&self) -> BTreeSet<&str> {
        self.calls.iter().map(|call| call.task).filter(|task| !task.is_empty()).collect()
    }

    fn finding(&self, account: &str) -> Finding {
        let (callers, tasks) = (self.callers(), self.tasks());
        let joined = |texts: &BTreeSet<&str>| texts.iter().copied().collect::<Vec<_>>().join(", ");
        let by = if callers.is_empty() { "a caller not in range".to_owned() } else { joined(&callers) };
        let task = if tasks.is_empty() { String::new() } else { format!(" for {}", joined(&tasks)) };
        let severity = self.severity();
        let summary = match self.usage {
            Some(_) => format!("root of {account} was assumed centrally by {by}{task}"),
            None => {
                format!("credentials of root of {account} were issued centrally to {by}{task}; no use of them was read")
            }
        };
        let mut span = self.usage.map_or_else(Span::default, |usage| usage.span);
        self.calls.iter().for_each(|call| span.merge(call.reached.span));
        let issued: i64 = self.calls.iter().map(|call| call.reached.events).sum();
        let evidence = [
            ("class", json!(RootClass::AssumeRoot.as_str())),
            ("events", json!(self.usage.map_or(0, |usage| usage.tally.events))),
            ("sessions_issued", json!(issued)),
            ("issued_by", json!(callers)),
            ("task_policies", json!(tasks)),
            ("access_key_ids", json!(self.usage.map(|usage| &usage.access_keys))),
            ("address_list", json!(addresses(self.calls.iter().copied()))),
            ("top_events", json!(self.usage.map(Usage::top_events))),
            ("first_seen", json!(span.first())),
            ("last_seen", json!(span.last())),
        ];
        Finding {
            severity,
            rule: if severity >= Severity::High { "root-assume-root-password" } else { "root-assume-root" },
            account_id: account.to_owned(),
            subject: format!("root@{account}"),
            summary,
            count: self.usage.map_or(issued, |usage| usage.tally.events),
            evidence: named(evidence),
        }
    }
}

/// One finding for each caller that reviewed or cleaned up, whatever the number of accounts.
fn clean_ups(routine: &[(&&str, &OfAccount<'_, '_>)]) -> Vec<Finding> {
    let mut by_caller: BTreeMap<String, Vec<(&str, &OfAccount<'_, '_>)>> = BTreeMap::new();
    for &(&account, of_account) in routine {
        let callers = of_account.callers().into_iter().collect::<Vec<_>>().join(", ");
        by_caller.entry(callers).or_default().push((account, of_account));
    }
    by_caller.into_iter().map(|(caller, accounts)| clean_up(&caller, &accounts)).collect()
}

fn clean_up(caller: &str, accounts: &[(&str, &OfAccount<'_, '_>)]) -> Finding {
    let mut span = Span::default();
    let mut tasks: BTreeSet<&str> = BTreeSet::new();
    let mut events = 0;
    for (_, of_account) in accounts {
        tasks.extend(of_account.tasks());
        of_account.calls.iter().for_each(|call| span.merge(call.reached.span));
        if let Some(usage) = of_account.usage {
            span.merge(usage.span);
            events += usage.tally.events;
        }
    }
    let calls = || accounts.iter().flat_map(|(_, of_account)| of_account.calls.iter().copied());
    let issued: i64 = calls().map(|call| call.reached.events).sum();
    let names: Vec<&str> = accounts.iter().map(|(account, _)| *account).collect();
    let whose = match names[..] {
        [only] => format!("root of {only} was"),
        _ => format!("root of {} was", quantity(names.len() as u64, "account")),
    };
    let by = if caller.is_empty() { "a caller not in range" } else { caller };
    let evidence = [
        ("class", json!(RootClass::AssumeRoot.as_str())),
        ("accounts", json!(names.len())),
        ("account_list", json!(names.iter().take(SHOWN).collect::<Vec<_>>())),
        ("events", json!(events)),
        ("sessions_issued", json!(issued)),
        ("issued_by", json!(caller.split(", ").filter(|name| !name.is_empty()).collect::<Vec<_>>())),
        ("task_policies", json!(tasks)),
        ("address_list", json!(addresses(calls()))),
        ("first_seen", json!(span.first())),
        ("last_seen", json!(span.last())),
    ];
    Finding {
        severity: Severity::Info,
        rule: "root-assume-root",
        account_id: if names.len() == 1 {
            names[0]
        } else {
            calls().map(|call| call.recipient).next().unwrap_or(names[0])
        }
        .to_owned(),
        subject: if names.len() == 1 { format!("root@{}", names[0]) } else { by.to_owned() },
        summary: format!("{whose} reviewed or cleaned up centrally by {by}"),
        count: events.max(issued),
        evidence: named(evidence),
    }
}

/// One finding for each caller whose AssumeRoot was refused, or failed, for however many accounts.
fn refused(central: &Central<'_>) -> Vec<Finding> {
    let mut by_caller: BTreeMap<(&str, &str), Vec<&Call<'_>>> = BTreeMap::new();
    let failed = |call: &&Call<'_>| call.event_name == "AssumeRoot" && call.outcome != ReachOutcome::Worked;
    for call in central.calls.iter().filter(failed) {
        by_caller.entry((call.recipient, call.caller)).or_default().push(call);
    }
    let may = |caller: &str| central.issued().any(|call| call.caller == caller);
    by_caller.into_iter().map(|((account, caller), calls)| refusal(account, (caller, may(caller)), &calls)).collect()
}

/// Who gets such sessions at other times is no stranger to them.
fn refusal(account: &str, (caller, may): (&str, bool), calls: &[&Call<'_>]) -> Finding {
    let sum =
        |holds: &dyn Fn(&&&Call<'_>) -> bool| calls.iter().filter(holds).map(|call| call.reached.events).sum::<i64>();
    let (denied, all) = (sum(&|call| call.outcome == ReachOutcome::Denied), sum(&|_| true));
    let mut span = Span::default();
    calls.iter().for_each(|call| span.merge(call.reached.span));
    let texts =
        |of: fn(&Call<'_>) -> String| calls.iter().map(|call| of(call)).filter(|text| !text.is_empty()).collect();
    let targets: BTreeSet<String> = texts(|call| call.target.to_owned());
    let keys: BTreeSet<String> = texts(|call| call.caller_key.to_owned());
    let tasks: BTreeSet<String> = texts(|call| call.task.to_owned());
    let whose = match targets.first() {
        Some(only) if targets.len() == 1 => only.clone(),
        _ => quantity(targets.len() as u64, "account"),
    };
    let end = if denied > 0 { "was denied" } else { "failed" };
    let evidence = [
        ("events", json!(all)),
        ("denied", json!(denied)),
        ("accounts", json!(targets.len())),
        ("account_list", json!(targets.iter().take(SHOWN).collect::<Vec<_>>())),
        ("task_policies", json!(tasks)),
        ("access_key_ids", json!(keys)),
        ("address_list", json!(addresses(calls.iter().copied()))),
        ("first_seen", json!(span.first())),
        ("last_seen", json!(span.last())),
    ];
    Finding {
        severity: if denied >= MANY && !may { Severity::Medium } else { Severity::Low },
        rule: "root-assume-root-refused",
        account_id: account.to_owned(),
        subject: caller.to_owned(),
        summary: format!(
            "{caller} tried to become root of {whose} and {end}, {}",
            quantity(all.unsigned_abs(), "time")
        ),
        count: all,
        evidence: named(evidence),
    }
}
