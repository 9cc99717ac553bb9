//! What is new since an earlier answer, in the words that people read: terminals, Markdown and pages say the same.

use std::collections::BTreeMap;

use super::{Section, Told};
use crate::model::{grouped, quantity};
use crate::report::{Cause, Finding, FirstSeen, Gone, News, Seen, Severity, Standing, moment};

/// Things of a kind that are named; the rest is counted.
const NAMED: usize = 5;

/// `since 2026-09-07: 2 new, 1 worse, 3 gone; 4 seen for the first time`.
pub fn headline(news: &News) -> String {
    let counts = news.counts;
    let told = [
        (counts.new, "new"),
        (counts.worse, "worse"),
        (counts.better, "better"),
        (news.gone.len(), "gone"),
        (counts.not_covered, "not covered by the baseline"),
    ];
    let told: Vec<String> =
        told.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{} {word}", grouped(count))).collect();
    let told = if told.is_empty() { "no finding is new, worse or gone".to_owned() } else { told.join(", ") };
    let first = match news.first_seen() {
        0 => String::new(),
        first => format!("; {} seen for the first time", grouped(first)),
    };
    format!("{}: {told}{first}", since(news))
}

/// `since 2026-09-07`.
pub(super) fn since(news: &News) -> String {
    news.since().map_or_else(|| "since the baseline".to_owned(), |since| format!("since {}", moment(since)))
}

/// What the earlier answer rests on, and so the news.
pub(super) fn basis(news: &News) -> String {
    let reach = &news.reach;
    let logs = match reach.first_event.zip(reach.last_event) {
        Some((first, last)) => format!(
            "its logs are known from {} to {}, of {}; what lies outside of them may be older",
            moment(first),
            moment(last),
            quantity(reach.accounts.len() as u64, "account"),
        ),
        None => "it rests on no logs".to_owned(),
    };
    format!("baseline {}: {logs}", news.source)
}

/// How a finding stands, in a word or two; nothing where it is as it was.
pub(super) fn mark(standing: Option<&Standing>) -> Option<String> {
    match standing? {
        Standing::Same => None,
        Standing::New => Some("new".to_owned()),
        Standing::NotCovered(_) => Some("not covered by the baseline".to_owned()),
        Standing::Worse(was) => Some(format!("worse, was {}", was.as_str())),
        Standing::Better(was, None) => Some(format!("better, was {}", was.as_str())),
        Standing::Better(was, Some(_)) => {
            Some(format!("better, was {}, but not all of its events were read", was.as_str()))
        }
    }
}

/// The findings of one rule and severity that stand alike: the first of them, and how many more.
pub(super) struct Group<'a> {
    /// The first.
    pub first: Told<'a>,
    /// How many more there are.
    pub more: usize,
}

/// The findings that stand so, worst first, those of one rule and severity together.
pub(super) fn standing<'a>(sections: &'a [Section], is_wanted: impl Fn(&Standing) -> bool) -> Vec<Group<'a>> {
    let told = sections.iter().flat_map(Section::told);
    let mut groups: Vec<Group<'a>> = Vec::new();
    for told in told.filter(|told| told.standing.is_some_and(&is_wanted)) {
        let is_alike = |group: &&mut Group<'_>| {
            let first = group.first;
            (first.finding.severity, first.finding.rule) == (told.finding.severity, told.finding.rule)
                && mark(first.standing) == mark(told.standing)
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.more += 1,
            None => groups.push(Group { first: told, more: 0 }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.first.finding.severity));
    groups
}

/// What a finding says and of whom; `more` findings of its rule say the like.
pub(super) fn in_a_sentence(finding: &Finding, more: usize) -> String {
    let sentence = finding.sentence();
    let account = match finding.account_id.as_str() {
        account if account.is_empty() || sentence.contains(account) => String::new(),
        account => format!(" (account {account})"),
    };
    let more = if more > 0 { format!(" (+{} more)", grouped(more)) } else { String::new() };
    format!("{sentence}{account}{more}")
}

/// The findings that may have been put right: they were looked for and not found.
pub(super) fn not_found(news: &News) -> impl Iterator<Item = &Gone> {
    news.gone.iter().filter(|gone| gone.cause == Cause::NotFound)
}

/// The others that are gone, a line a reason: how many, of which severities, and why.
pub(super) fn gone_otherwise(news: &News) -> Vec<String> {
    let mut by_cause: BTreeMap<Cause, Vec<&Gone>> = BTreeMap::new();
    for gone in news.gone.iter().filter(|gone| gone.cause != Cause::NotFound) {
        by_cause.entry(gone.cause).or_default().push(gone);
    }
    by_cause.into_values().map(|gone| of_cause(&gone)).collect()
}

fn of_cause(gone: &[&Gone]) -> String {
    let severities = severities(gone.iter().map(|gone| gone.finding.severity));
    match gone {
        [one] => format!("{severities} {}: {}: {}", one.finding.rule, in_a_sentence(&one.finding, 0), one.why),
        _ => {
            let first = gone[0];
            format!("{severities}, such as {} of {}: {}", first.finding.rule, first.finding.subject, first.why)
        }
    }
}

/// `2 high, 1 low`.
pub(super) fn severities(all: impl Iterator<Item = Severity> + Clone) -> String {
    let counts =
        Severity::ALL.into_iter().rev().map(|severity| (severity, all.clone().filter(|s| *s == severity).count()));
    let counts = counts.filter(|(_, count)| *count > 0);
    counts.map(|(severity, count)| format!("{} {}", grouped(count), severity.as_str())).collect::<Vec<_>>().join(", ")
}

/// The things of a kind that are named, and how many more there are.
pub(super) fn things(first: &FirstSeen) -> Vec<String> {
    let mut named: Vec<String> = first.seen.iter().take(NAMED).map(|seen| thing(first, seen)).collect();
    if first.seen.len() > NAMED {
        named.push(format!("{} more", grouped(first.seen.len() - NAMED)));
    }
    named
}

/// The kinds of which something is seen for the first time.
pub(super) fn first_seen(news: &News) -> impl Iterator<Item = &FirstSeen> {
    news.first_seen.iter().filter(|first| !first.seen.is_empty())
}

/// Why findings and things that the baseline lacks are not called new: each reason, and of how many it is told.
pub(super) fn not_covered(news: &News, sections: &[Section]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for why in sections.iter().flat_map(Section::told).filter_map(|told| told.standing?.not_covered_because()) {
        *reasons.entry(why).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
    let of_findings =
        reasons.iter().take(NAMED).map(|(why, count)| format!("{}: {why}", quantity(*count as u64, "finding")));
    let mut told: Vec<String> = of_findings.collect();
    if reasons.len() > NAMED {
        told.push(format!(
            "{} for other reasons",
            grouped(reasons[NAMED..].iter().map(|(_, count)| count).sum::<usize>())
        ));
    }
    let things = news.first_seen.iter().filter(|first| first.not_covered > 0);
    let kinds: Vec<String> = things.clone().map(|first| numbered(first, first.not_covered)).collect();
    if let Some(why) = things.clone().find_map(|first| first.because.as_ref()) {
        told.push(format!("{}, such as for this reason: {why}", kinds.join(", ")));
    }
    told
}

fn numbered(first: &FirstSeen, count: usize) -> String {
    format!("{} {}", grouped(count), if count == 1 { first.one } else { first.kind })
}

/// `4 principals`.
pub(super) fn counted(first: &FirstSeen) -> String {
    numbered(first, first.seen.len())
}

/// A thing by its name, with whose it is and when it was first seen.
fn thing(first: &FirstSeen, seen: &Seen) -> String {
    let of = seen.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
    let since = seen.first_seen.map(|time| format!(", on {}", moment(time))).unwrap_or_default();
    let name = match &seen.name[..] {
        [by, to] if first.columns == ["issued_by", "principal"] => format!("{to} by {by}"),
        [key, member] if first.columns[0] == "access_key_id" => format!("{member} by {key}"),
        [account, region] if first.columns[0] == "account_id" => format!("{region} in {account}"),
        [principal, _, member] => format!("{member} by {principal}"),
        [principal, account] if principal.contains(account.as_str()) => principal.clone(),
        name => name.join(", account "),
    };
    format!("{name}{of}{since}")
}
