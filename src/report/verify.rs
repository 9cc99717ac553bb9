//! `verify`: whether objects are what CloudTrail delivered, by the digests that it signs.

use std::collections::BTreeMap;

use serde_json::json;

use super::columns::columns;
use super::{Answer, Finding, Form, Report, Rule, Severity, StateUse, View, finding};
use crate::integrity::{Standing, Verdict, Verified, What};
use crate::model::{EventTime, grouped, quantity};

/// The report.
pub static REPORT: Report = Report {
    name: "verify",
    summary: "Whether logs are what CloudTrail delivered, by the digests that it signs",
    about: ABOUT,
    columns: COLUMNS,
    key: &["what", "object", "account_id", "region", "from"],
    needs: &[],
    options: &[],
    texts: &[],
    rules: &[ALTERED, MISSING, GAP, UNLISTED],
    argument: None,
    state: StateUse::No,
    examples: &[
        "aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-09-01 > keys.json",
        "trailscan verify --public-keys keys.json ./AWSLogs",
        "trailscan verify --days 7 --public-keys keys/ s3://BUCKET/AWSLogs/",
    ],
    form: Form::Rows,
    charts: None,
    answer,
};

const ABOUT: &str = "\
Reads logs and the digests beside them, and checks what aws cloudtrail validate-logs checks, of all trails, accounts and \
regions at once, on disk too, where that cannot: the SHA-256 of what each log holds (unpacked: a copy that was packed anew \
holds the same), the signature of each digest (RSA with SHA-256), and the chain of digests. A row is an object, or hours:

  altered     it is not what was delivered: its content, or a digest's signature or place
  missing     a digest names it, and it is not there
  gap         hours without a digest, between others of the same trail or up to the end of a window
  unlisted    a log in no digest, though digests of its account and region cover its hour
  unverified  nothing proves it, and nothing speaks against it: `why` says what is lacking
  verified    it is what CloudTrail delivered; counted, and listed with --each

A digest's signature stands in its metadata on S3 and in the digest after it. A disk keeps only the latter, so there the \
last digest of each trail and region, and the logs in it, stay unverified: read from S3, or end the window (--until) an hour \
before the last digest. With a window, logs delivered in it are judged, and digests whose hours meet it; objects around it \
bear witness. Digests before the first in reach are not missed, unless a window (--since) asks for their hours.

What it proves: CloudTrail signed this. What it does not: that a trail recorded all there was (see logging), and nothing \
about logs that were delivered while validation was off. Logs of a trail without validation are unlisted where a trail with \
it delivers to the same bucket.

Exit code: 0 when all is verified; 3 when something is not; 4 when --fail-on meets altered or missing objects and nothing \
else is open.

Rows come worst first, then by account, region and time.";

columns! {
    const COLUMNS;
    fn cells(verdict: &Verdict) {}

    verdict("state", "How it stands: altered, missing, gap, unlisted, unverified or verified.") => verdict.standing.as_str(),
    severity("severity", "How much it matters: info, medium, high or critical.") => severity(verdict),
    text("what", "What it is: log, digest or hours.") => verdict.what.as_str(),
    account_id("account_id", "The account whose logs it holds, by its name; null where that does not say.").second()
        => &*verdict.account_id,
    text("region", "The region, by its name; null where that does not say.").second() => &*verdict.region,
    text("trail", "The trail whose digests tell of it; null where none does.").last() => &*verdict.trail,
    time("from", "When a log was delivered, by its name; the begin of a digest's hours, or of the gap.").third()
        => verdict.from,
    time("until", "The end of a digest's hours, or of the gap; null of a log.").last() => verdict.until,
    text("why", "Why it stands so; null of what is verified.") => &*verdict.why,
    id("object", "Its path or URI; of a missing one, where it was delivered; null of hours.") => &*verdict.object,
}

const PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html";

const ALTERED: Rule = Rule {
    id: "delivered-altered",
    severity: Severity::Critical,
    practice: None,
    techniques: &["T1565.001"],
    controls: &[],
    about: "A log or digest object is not what CloudTrail delivered: what it holds has another SHA-256 than its digest names, a \
digest's signature does not fit, or a digest lies under another name than it was signed for. Whoever rewrites files on their way \
(a job that pretty-prints or filters logs in place) does the same without meaning it; packing them anew does not.",
    check: "Versions of the object, where the bucket keeps them, and the data events of the bucket (PutObject) say who wrote it and \
when. Compare it with the original: what is in one and not in the other is what somebody wanted to change.",
    fix: "Restore the version that verifies. Take s3:PutObject on the trail's prefix from everybody but CloudTrail, and turn on \
Object Lock for the bucket.",
    page: PAGE,
};

const MISSING: Rule = Rule {
    id: "delivered-missing",
    severity: Severity::Critical,
    practice: None,
    techniques: &["T1070"],
    controls: &[],
    about: "A digest names a log, or the digest before it, and that is not there. A lifecycle rule that expires logs before \
digests, a copy of a part of a bucket, and an INPUT that leaves folders out look the same: give a window that is still kept, and \
the folder above all of them.",
    check: "Does the bucket have a lifecycle rule for this age? Delete markers and versions, where the bucket keeps them, and its \
data events (DeleteObject) say who deleted it and when.",
    fix: "Restore the versions, turn on Object Lock and MFA delete for the bucket, and take s3:DeleteObject from everybody.",
    page: PAGE,
};

const GAP: Rule = Rule {
    id: "digest-gap",
    severity: Severity::High,
    practice: None,
    techniques: &["T1070", "T1562.008"],
    controls: &["3.2"],
    about: "Hours without a digest between others of the same trail, or between its last and the end of the window, so nothing \
proves the logs of these hours. High where the digest after them names one that is not there; medium where a chain begins anew \
behind them, as when validation or logging was turned off and on again, which CloudTrail signs, and where none is behind them: \
a trail that was deleted looks like one whose last digests were removed.",
    check: "trailscan logging shows StopLogging, UpdateTrail and DeleteTrail of these hours, and who called.",
    fix: "Turn validation on (aws cloudtrail update-trail --enable-log-file-validation), and deny StopLogging, UpdateTrail and \
DeleteTrail by a service control policy to all but one role.",
    page: PAGE,
};

const UNLISTED: Rule = Rule {
    id: "log-unlisted",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1565.001"],
    controls: &[],
    about: "A log lies among those of a trail with validation, digests of its account and region cover its hour, and none of them \
names it: somebody may have put it there. A second trail without validation that delivers to the same bucket looks the same, and \
so does a log that a backfill digest names which is not in reach.",
    check: "aws cloudtrail describe-trails: do all trails that deliver to this bucket have LogFileValidationEnabled? What is in the \
log that is in no other?",
    fix: "Turn validation on for all trails that deliver there, and take s3:PutObject on the prefix from everybody but CloudTrail.",
    page: PAGE,
};

/// How many objects the evidence of a finding names.
const NAMED: usize = 100;

fn answer(view: &View<'_>) -> Answer {
    let Some(verified) = view.verified else { return Answer { columns: COLUMNS.to_vec(), ..Answer::default() } };
    let mut findings = findings(&verified.verdicts);
    finding::sort(&mut findings);
    let rows_spared = verified.verdicts.len().saturating_sub(view.rows_wanted);
    let rows = verified.verdicts.iter().take(view.rows_wanted).map(cells).collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, findings, hidden: Some(sum(verified)), ..Answer::default() }
}

/// The rule that something comes under.
fn rule_of(verdict: &Verdict) -> Option<&'static Rule> {
    match verdict.standing {
        Standing::Altered => Some(&ALTERED),
        Standing::Missing => Some(&MISSING),
        Standing::Gap => Some(&GAP),
        Standing::Unlisted => Some(&UNLISTED),
        Standing::Unverified | Standing::Verified => None,
    }
}

fn severity(verdict: &Verdict) -> Severity {
    match rule_of(verdict) {
        Some(rule) if verdict.may_be_off => rule.severity.min(Severity::Medium),
        Some(rule) => rule.severity,
        None => Severity::Info,
    }
}

/// One finding of a rule for each account, trail and kind of object.
fn findings(verdicts: &[Verdict]) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str, &str, What), Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts {
        if let Some(rule) = rule_of(verdict) {
            let key = (rule.id, &*verdict.account_id, &*verdict.trail, verdict.what);
            groups.entry(key).or_default().push(verdict);
        }
    }
    groups.into_values().filter_map(|verdicts| found(&verdicts)).collect()
}

fn found(verdicts: &[&Verdict]) -> Option<Finding> {
    let first = verdicts.first()?;
    let rule = rule_of(first)?;
    let from = verdicts.iter().filter_map(|verdict| verdict.from).min();
    let until = verdicts.iter().filter_map(|verdict| verdict.until.or(verdict.from)).max();
    let objects = verdicts.iter().map(|verdict| &verdict.object).filter(|object| !object.is_empty());
    let regions: std::collections::BTreeSet<&str> = verdicts.iter().map(|verdict| &*verdict.region).collect();
    let reasons: std::collections::BTreeSet<&str> = verdicts.iter().map(|verdict| &*verdict.why).collect();
    let evidence = [
        ("trail", json!(first.trail)),
        ("regions", json!(regions)),
        ("objects", json!(objects.take(NAMED).collect::<Vec<_>>())),
        ("reasons", json!(reasons.into_iter().take(NAMED).collect::<Vec<_>>())),
        ("first_seen", json!(from)),
        ("last_seen", json!(until)),
    ];
    let place = if first.trail.is_empty() { first.region.clone() } else { format!("trail {}", first.trail) };
    Some(Finding {
        severity: verdicts.iter().map(|verdict| severity(verdict)).max()?,
        rule: rule.id,
        account_id: first.account_id.clone(),
        subject: if first.object.is_empty() { place } else { name(first).to_owned() },
        summary: summary(verdicts, from.zip(until)),
        count: i64::try_from(verdicts.len()).unwrap_or(i64::MAX),
        evidence: evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}

/// `3 logs of trail main altered, the first X: holds something else than was delivered, by …`.
fn summary(verdicts: &[&Verdict], span: Option<(EventTime, EventTime)>) -> String {
    let Some(first) = verdicts.first() else { return String::new() };
    let count = verdicts.len() as u64;
    let of = if first.trail.is_empty() { String::new() } else { format!(" of trail {}", first.trail) };
    if first.what == What::Hours {
        let hours = span.map(|(from, until)| format!(", {from} to {until}")).unwrap_or_default();
        return format!("{}{of}{hours}: {}", quantity(count, "gap"), first.why);
    }
    let what = quantity(count, first.what.as_str());
    let which = if count == 1 { String::new() } else { format!(", the first {}", name(first)) };
    format!("{what}{of} {}{which}: {}", first.standing.as_str(), first.why)
}

fn name(verdict: &Verdict) -> &str {
    verdict.object.rsplit('/').next().unwrap_or_default()
}

/// `1,234 logs and 34 digests: 1,200 logs and 34 digests verified; 30 altered, …`.
fn sum(verified: &Verified) -> String {
    let of = |what: What| -> u64 { Standing::ALL.into_iter().map(|standing| verified.count(what, standing)).sum() };
    let total = format!("{} and {}", quantity(of(What::Log), "log"), quantity(of(What::Digest), "digest"));
    let order =
        [Standing::Verified].into_iter().chain(Standing::ALL.into_iter().filter(|it| *it != Standing::Verified));
    let stands: Vec<String> = order
        .filter_map(|standing| {
            let count = verified.standing(standing);
            (count > 0).then(|| format!("{} {}", grouped(count), standing.as_str()))
        })
        .collect();
    format!("{total}: {}", if stands.is_empty() { "none in the window".to_owned() } else { stands.join(", ") })
}
