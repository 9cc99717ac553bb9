//! `secrets`: who read which secrets, and who read many.

mod bulk;
mod judge;
mod reader;
mod rules;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use serde_json::{Map, json};

use super::addresses::with_places;
use super::columns::columns;
use super::source_list::address_texts;
use super::{Answer, Finding, Form, LOG_EXAMPLES, Report, ReportOption, Severity, StateUse, View, finding, keep_first};
use crate::aggregate::principals;
use crate::aggregate::secret_reads::{self, SecretReads};
use crate::model::{EventTime, grouped, short_name};
use bulk::{Peak, is_habit, peak};
use judge::{Judged, Known, judge};
use reader::Reader;

/// The report.
pub static REPORT: Report = Report {
    name: "secrets",
    summary: "Who read which secrets, and who read many",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "principal"],
    needs: &[&secret_reads::KIND, &principals::KIND],
    options: &[BULK_SECRETS],
    texts: &[],
    rules: &[rules::IN_BULK],
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

const BULK_SECRETS: ReportOption = ReportOption {
    name: "bulk-secrets",
    default: 20,
    min: 2,
    about: "Secrets that a principal asks for within 24 hours before that is a finding.",
};

const ABOUT: &str = "\
A row is what one principal asked for in one account: secrets of AWS Secrets Manager (GetSecretValue, BatchGetSecretValue), \
parameters of Parameter Store with decryption (GetParameter, GetParameters, GetParametersByPath, GetParameterHistory), \
passwords of instances (GetPasswordData). Refused and failed calls count, too.

A secret is one whether its name or its ARN was given, in any region. What a call by path or filter gave, AWS KMS tells, whose \
records name the parameter or secret that was decrypted; where those are not read, such a call counts as one. What AWS itself \
asks for in the course of a call of its own (CloudFormation resolving a reference) is left out.

Severity of a row: that of its finding, else info. most_in_24h is the most secrets that it asked for in any 24 hours, new_in_24h \
the same without those that it reads all the time: on three days, or in six clock hours.

What it proves: the calls were made under these credentials, and those without error gave the secret. What it does not: that \
somebody looked at it, nor what it was. A rollup from before this report holds no reads: make it anew.

Rows come worst severity first, then by number of secrets, account and principal.";

columns! {
    const COLUMNS;
    fn cells(row: &Row<'_>) {
        let reader = &row.reader;
    }

    account_id("account_id", "Account whose secrets they are.").second() => reader.account_id,
    id("principal", "Who asked: a user's or role's arn, root@account and the like.") => reader.principal,
    count("secrets", "Distinct secrets that were asked for.").unit("secrets") => reader.secrets.len(),
    count("most_in_24h", "The most of them in any 24 hours.").unit("secrets").second() => row.all.secrets.len(),
    count("new_in_24h", "The same of those that it does not read all the time.").unit("secrets") => row.new.secrets.len(),
    count("events", "Calls that asked for them.").unit("events") => reader.events(),
    count("errors", "Calls that failed, refused ones among them.").unit("events").third() => reader.errors,
    count("denied", "Calls that were refused for lack of permission.").unit("events").second() => reader.denied,
    count("addresses", "Distinct IP addresses.").unit("addresses").last() => reader.addresses.len(),
    addresses("address_list", "The IP addresses.").last() => Vec::from_iter(reader.addresses.iter().copied()),
    list("access_key_ids", "Access keys that signed the calls.").asked() => reader.access_keys.iter().copied(),
    list("secret_list", "The secrets: secret/NAME, parameter/NAME, password/INSTANCE, and calls by path or filter.").asked()
        => reader.secrets.keys().copied(),
    named_counts("calls", "Calls by event name.").asked()
        => reader.calls.iter().map(|(name, count)| ((*name).to_owned(), *count)),
    time("first_seen", "Time of the first call.").last() => reader.span.first(),
    time("last_seen", "Time of the last call.").second() => reader.span.last(),
    severity("severity", "How much it matters: info, low or medium.") => row.judged.severity,
}

/// A reader and what is thought of it.
struct Row<'a> {
    reader: Reader<'a>,
    /// The fullest 24 hours.
    all: Peak<'a>,
    /// The same without what is read all the time.
    new: Peak<'a>,
    judged: Judged,
}

fn answer(view: &View<'_>) -> Answer {
    let least = usize::try_from(view.options.get(&BULK_SECRETS)).unwrap_or(usize::MAX);
    let symbols = view.state.symbols();
    let known = Known::of(view);
    let readers = view.state.get::<SecretReads>().map(|reads| reader::all(reads, symbols)).unwrap_or_default();
    let mut rows: Vec<Row<'_>> = readers.into_iter().map(|reader| Row::of(reader, least, &known)).collect();
    rows.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut findings: Vec<Finding> = rows.iter().filter_map(Row::finding).collect();
    finding::sort(&mut findings);
    let mut shown: Vec<usize> = (0..rows.len()).collect();
    let rows_spared = keep_first(&mut shown, view.rows_wanted);
    let rows = shown.into_iter().map(|place| cells(&rows[place])).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), findings, rows, rows_spared, ..Answer::default() })
}

impl<'a> Row<'a> {
    fn of(reader: Reader<'a>, least: usize, known: &Known<'_>) -> Self {
        let (all, new) = (peak(&reader.secrets, |_| true), peak(&reader.secrets, |secret| !is_habit(secret)));
        let judged = judge(&reader, (&all, &new), least, known);
        Self { reader, all, new, judged }
    }

    fn order(&self) -> impl Ord + use<'_, 'a> {
        let Reader { account_id, principal, secrets, .. } = &self.reader;
        (Reverse(self.judged.severity), Reverse(secrets.len()), *account_id, *principal)
    }

    fn finding(&self) -> Option<Finding> {
        let (reader, because) = (&self.reader, self.judged.because?);
        // What is info reads the same secrets all the time.
        let peak = if self.judged.severity == Severity::Info { &self.all } else { &self.new };
        let refused = peak.secrets.iter().filter(|name| reader.secrets[**name].is_refused()).count();
        let calls: Vec<String> =
            reader.calls.iter().map(|(name, count)| format!("{name} {}", grouped(count.unsigned_abs()))).collect();
        let refusals =
            if refused == 0 { String::new() } else { format!(", {} of them refused", grouped(refused as u64)) };
        let summary = format!(
            "{} asked for {} secrets within 24 hours{refusals}: {}",
            short_name(reader.principal),
            grouped(peak.secrets.len() as u64),
            calls.join(", ")
        );
        let begin = EventTime::from_seconds(i64::from(peak.begin) * 3_600);
        let evidence = Map::from_iter([
            ("severity_because".to_owned(), json!(because)),
            ("actors".to_owned(), json!([reader.principal])),
            ("secrets".to_owned(), json!(peak.secrets.len())),
            ("refused".to_owned(), json!(refused)),
            ("secret_list".to_owned(), json!(peak.secrets)),
            ("within_24h_from".to_owned(), json!(begin)),
            ("calls".to_owned(), json!(reader.calls)),
            ("address_list".to_owned(), json!(address_texts(&reader.addresses))),
            ("access_key_ids".to_owned(), json!(reader.access_keys)),
            ("first_seen".to_owned(), json!(reader.span.first())),
            ("last_seen".to_owned(), json!(reader.span.last())),
        ]);
        Some(Finding {
            severity: self.judged.severity,
            rule: rules::IN_BULK.id,
            account_id: reader.account_id.to_owned(),
            subject: reader.principal.to_owned(),
            summary,
            count: reader.events(),
            evidence,
        })
    }
}
