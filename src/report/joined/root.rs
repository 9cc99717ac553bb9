//! Root without an MFA device by state, and root used in the logs.

use super::{Logs, ROOT_USED_WITHOUT_MFA_DEVICE, named};
use crate::aggregate::Span;
use crate::aggregate::root_use::{Count, RootClass};
use crate::model::quantity;
use crate::posture::Source;
use crate::report::posture::{Look, SubjectKind, Violation, root_without_mfa};
use crate::report::root_usage::Usage;

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Option<Violation<'a>> {
    let source = root_without_mfa(look)?.source;
    let of_account = logs.root.iter().filter(|usage| usage.account_id == look.account_id);
    let used: Vec<&Usage<'_>> = of_account.filter(|usage| is_use(usage) && !is_out_of_date(usage, source)).collect();
    if used.is_empty() {
        return None;
    }
    let mut span = Span::default();
    used.iter().for_each(|usage| span.merge(usage.span));
    let events: i64 = used.iter().map(|usage| usage.tally.events).sum();
    let how: Vec<String> = used.iter().rev().map(|usage| told(usage)).collect();
    let when = span.last().map_or_else(String::new, |last| format!(", last on {}", last.day()));
    let detail = format!("root has no MFA device by the {}, and was used: {}{when}", named(source), how.join(", "));
    let subject = (format!("root@{}", look.account_id), SubjectKind::Root);
    let mut found = look.breaks(ROOT_USED_WITHOUT_MFA_DEVICE, subject, detail, source);
    found.count = events;
    let sum = |count: Count| used.iter().map(|usage| usage.count(count)).sum::<i64>();
    let classes: Vec<&str> = used.iter().map(|usage| usage.class.as_str()).collect();
    let found = found.with("classes", classes).with("events", events);
    let found = found.with("sign_ins", sum(Count::SignIns));
    let found = found.with("sign_ins_without_mfa", sum(Count::SignInsWithoutMfa));
    let found = found.with("first_seen", span.first().map(|time| time.to_string()));
    Some(found.with("last_seen", span.last().map(|time| time.to_string())))
}

/// Whether root's password may have been behind it, and somebody was in. Use by access keys and by what they issued has no
/// MFA whatever the devices: rules of their own tell it.
fn is_use(usage: &Usage<'_>) -> bool {
    usage.class == RootClass::Console && usage.is_use()
}

/// Whether MFA was used at a time at which the state may have been made already: there was a device after it.
fn is_out_of_date(usage: &Usage<'_>, source: &Source) -> bool {
    usage.mfa() == "yes" && source.as_of.is_none_or(|as_of| usage.span.last() > Some(as_of))
}

fn told(usage: &Usage<'_>) -> String {
    let events = quantity(usage.tally.events.unsigned_abs(), "event");
    let how =
        if usage.count(Count::SignIns) > 0 { "after signing in to the console" } else { "in sessions of its own" };
    format!("{events} {how}")
}
