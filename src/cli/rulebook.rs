//! What `trailscan.toml` says of rules: severities, numbers, rules that are off, and findings that are suppressed. Applied
//! to the findings of every report, in one place, and never silently.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use trailscan::model::EventTime;
use trailscan::report::{
    Finding, Options, Report, ReportOption, Role, Rule, Severity, Table, TextOption, Value, sort_findings,
};

use super::catalogue;

/// `[rules.ID]` and `[[suppress]]`, as they are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// By rule id.
    pub rules: BTreeMap<String, toml::Table>,
    /// In the file's order.
    pub suppress: Vec<Suppress>,
}

/// One `[[suppress]]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppress {
    rule: String,
    account: Option<String>,
    subject: Option<String>,
    reason: String,
    expires: toml::Value,
}

impl std::fmt::Display for Suppress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of = [("account", &self.account), ("subject", &self.subject)];
        let of: Vec<String> = of.iter().filter_map(|(name, is)| Some(format!(", {name} {}", is.as_ref()?))).collect();
        write!(f, "{}{}, until {}: {}", self.rule, of.concat(), plain(&self.expires), self.reason)
    }
}

/// A value of the file, for eyes.
pub fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(is) => is.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        toml::Value::Table(table) => table.keys().cloned().collect::<Vec<_>>().join(", "),
    }
}

/// What was read of it, checked against the rules that there are.
#[derive(Clone, Debug)]
pub struct Rulebook {
    severities: BTreeMap<&'static str, Severity>,
    disabled: BTreeSet<&'static str>,
    numbers: BTreeMap<&'static str, Set<i64, ReportOption>>,
    texts: BTreeMap<&'static str, Set<Vec<String>, TextOption>>,
    suppressions: Vec<Suppression>,
    now: EventTime,
}

/// A value, the option that it is of, and the rule under which it was set.
#[derive(Clone, Debug)]
struct Set<T, O: 'static> {
    rule: &'static str,
    value: T,
    option: &'static O,
}

#[derive(Clone, Debug)]
struct Suppression {
    rule: &'static str,
    account: Option<String>,
    subject: Option<GlobMatcher>,
    /// As it was written, for messages.
    about: String,
    /// The first moment at which it no longer acts.
    ends: EventTime,
    last_day: String,
    /// Whether a finding of this run was left out, or would have been were its rule on.
    has_acted: Cell<bool>,
}

/// What was left out of the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// By a suppression.
    pub suppressed: usize,
    /// Of a rule that is off.
    pub disabled: usize,
}

impl Rulebook {
    /// Checks what was written.
    ///
    /// # Errors
    /// A line that names the rule, key or value that cannot be.
    pub fn new(written: Written, now: EventTime) -> Result<Self, String> {
        let mut book = Self {
            severities: BTreeMap::new(),
            disabled: BTreeSet::new(),
            numbers: BTreeMap::new(),
            texts: BTreeMap::new(),
            suppressions: Vec::new(),
            now,
        };
        for (id, table) in written.rules {
            let (report, rule) = catalogue::find(&id).ok_or_else(|| unknown(&format!("[rules.{id}]"), &id))?;
            for (key, value) in table {
                book.set((report, rule), &key, &value).map_err(|why| format!("[rules.{id}]: {why}"))?;
            }
        }
        for suppress in written.suppress {
            book.suppressions.push(Suppression::new(suppress)?);
        }
        Ok(book)
    }

    fn set(&mut self, (report, rule): Found, key: &str, value: &toml::Value) -> Result<(), String> {
        match key {
            "severity" => {
                let known = || Severity::ALL.map(Severity::as_str).join(", ");
                let severity = value.as_str().and_then(|word| word.parse().ok());
                let severity = severity.ok_or_else(|| format!("severity = {} is none of {}", shown(value), known()))?;
                self.severities.insert(rule.id, severity);
            }
            "enabled" => {
                let enabled =
                    value.as_bool().ok_or_else(|| format!("enabled = {} is neither true nor false", shown(value)))?;
                if !enabled {
                    self.disabled.insert(rule.id);
                }
            }
            _ => self.set_parameter((report, rule), key, value)?,
        }
        Ok(())
    }

    fn set_parameter(&mut self, (report, rule): Found, key: &str, value: &toml::Value) -> Result<(), String> {
        if let Some(option) = report.texts.iter().find(|option| option.name == key) {
            let value = texts(value)
                .ok_or_else(|| format!("{key} = {} is neither a name nor a list of names", shown(value)))?;
            return put(&mut self.texts, option.name, Set { rule: rule.id, value, option });
        }
        let option = report.options.iter().find(|option| option.name == key).ok_or_else(|| no_key(report, key))?;
        let value = value.as_integer().ok_or_else(|| format!("{key} = {} is not a whole number", shown(value)))?;
        if value < option.min {
            return Err(format!("{key} = {value}: must be at least {}", option.min));
        }
        put(&mut self.numbers, option.name, Set { rule: rule.id, value, option })
    }

    /// Sets the numbers and texts of the file, before those of the command line.
    pub fn set_options(&self, options: &mut Options) -> Result<(), String> {
        for set in self.numbers.values() {
            options.set(set.option, set.value).map_err(|error| format!("[rules.{}]: {error}", set.rule))?;
        }
        for set in self.texts.values() {
            options.set_texts(set.option, set.value.clone());
        }
        Ok(())
    }

    /// The severity of a rule's findings where the file changes it.
    pub fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.get(rule).copied()
    }

    /// Whether a rule finds anything.
    pub fn is_enabled(&self, rule: &str) -> bool {
        !self.disabled.contains(rule)
    }

    /// Whether the file leaves a finding out: its rule is off, or a suppression acts on it.
    pub fn leaves_out(&self, finding: &Finding) -> bool {
        !self.is_enabled(finding.rule) || self.suppressions.iter().any(|s| s.holds(finding, self.now))
    }

    /// Changes the findings of a report, and those of its rows that are findings themselves, as the file says.
    pub fn apply(&self, findings: &mut Vec<Finding>, table: &mut Table) -> LeftOut {
        for suppression in &self.suppressions {
            let acts = findings.iter().any(|finding| suppression.holds(finding, self.now));
            suppression.has_acted.set(suppression.has_acted.get() || acts);
        }
        let mut left_out = LeftOut::default();
        let mut gone: BTreeSet<(String, String, String)> = BTreeSet::new();
        findings.retain(|finding| {
            let is_off = !self.is_enabled(finding.rule);
            let is_suppressed = !is_off && self.suppressions.iter().any(|s| s.holds(finding, self.now));
            left_out.disabled += usize::from(is_off);
            left_out.suppressed += usize::from(is_suppressed);
            if is_off || is_suppressed {
                gone.insert((finding.rule.to_owned(), finding.account_id.clone(), finding.subject.clone()));
            }
            !is_off && !is_suppressed
        });
        for finding in findings.iter_mut() {
            finding.severity = self.severity(finding.rule).unwrap_or(finding.severity);
        }
        if !self.severities.is_empty() {
            sort_findings(findings);
        }
        self.apply_to_rows(table, &gone);
        left_out
    }

    /// Rows of a table with a rule are findings.
    fn apply_to_rows(&self, table: &mut Table, gone: &BTreeSet<(String, String, String)>) {
        let places =
            [Role::Rule, Role::AccountId, Role::Subject, Role::Severity].map(|role| role.place(&table.columns));
        let [Some(rule), Some(account), Some(subject), Some(severity)] = places else { return };
        let text = |row: &[Value], at: usize| row[at].as_text().unwrap_or_default().into_owned();
        let before = table.rows.len();
        table.rows.retain(|row| !gone.contains(&(text(row, rule), text(row, account), text(row, subject))));
        table.rows_total -= before - table.rows.len();
        for row in &mut table.rows {
            if let Some(changed) = self.severity(&text(row, rule)) {
                row[severity] = Value::Severity(changed);
            }
        }
        if !self.severities.is_empty() {
            table.rows.sort_by(|a, b| b[severity].cmp(&a[severity]));
        }
    }

    /// A line for each suppression of these reports that acts on none of what they found, before any was left out.
    pub fn idle(&self, reports: &[&'static Report]) -> Vec<String> {
        let rules = |rule: &str| reports.iter().any(|report| report.rules.iter().any(|known| known.id == rule));
        let acts = |s: &Suppression| s.ends > self.now && self.is_enabled(s.rule) && rules(s.rule);
        let idle = self.suppressions.iter().filter(|s| acts(s) && !s.has_acted.get());
        idle.map(|s| {
            format!("the suppression of {} matches no finding of this run: check its account and subject", s.about)
        })
        .collect()
    }

    /// A line for each suppression of these reports that has expired.
    pub fn expired(&self, reports: &[&'static Report]) -> Vec<String> {
        let rules = |rule: &str| reports.iter().any(|report| report.rules.iter().any(|known| known.id == rule));
        let expired = self.suppressions.iter().filter(|s| s.ends <= self.now && rules(s.rule));
        expired
            .map(|s| format!("the suppression of {} expired on {}: renew or remove it", s.about, s.last_day))
            .collect()
    }
}

impl LeftOut {
    /// All of them.
    pub const fn total(self) -> usize {
        self.suppressed + self.disabled
    }
}

type Found = (&'static Report, &'static Rule);

fn put<T: PartialEq, O>(
    map: &mut BTreeMap<&'static str, Set<T, O>>,
    name: &'static str,
    set: Set<T, O>,
) -> Result<(), String> {
    match map.get(name) {
        Some(known) if known.value != set.value => {
            Err(format!("{name} is one value wherever it is used, and [rules.{}] sets another", known.rule))
        }
        _ => {
            map.insert(name, set);
            Ok(())
        }
    }
}

/// A value as it is written, as far as messages need it.
pub fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{text:?}"),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::Array(_) => "[…]".to_owned(),
        toml::Value::Table(_) => "{…}".to_owned(),
    }
}

fn texts(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Array(list) => list.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

fn no_key(report: &Report, key: &str) -> String {
    let mut known = vec!["severity", "enabled"];
    known.extend(report.options.iter().map(|option| option.name));
    known.extend(report.texts.iter().map(|option| option.name));
    format!("there is no key {key:?}; there are {}", known.join(", "))
}

fn unknown(place: &str, id: &str) -> String {
    format!("{place}: {}", catalogue::unknown(id))
}

impl Suppression {
    fn new(written: Suppress) -> Result<Self, String> {
        let about = match &written.subject {
            Some(subject) => format!("{} for {subject}", written.rule),
            None => written.rule.clone(),
        };
        let place = format!("[[suppress]] of {about}");
        let (_, rule) = catalogue::find(&written.rule).ok_or_else(|| unknown("[[suppress]]", &written.rule))?;
        if written.reason.trim().is_empty() {
            return Err(format!("{place}: reason is empty: say why"));
        }
        let day = match &written.expires {
            toml::Value::String(text) => text.clone(),
            other => shown(other),
        };
        let start = EventTime::parse(&format!("{day}T00:00:00Z"));
        let start = start
            .ok_or_else(|| format!("{place}: expires = {} is not a date: give 2026-12-31", shown(&written.expires)))?;
        let glob = |pattern: &String| {
            let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
            glob.map(|glob| glob.compile_matcher()).map_err(|error| format!("{place}: subject: {error}"))
        };
        Ok(Self {
            rule: rule.id,
            account: written.account,
            subject: written.subject.as_ref().map(glob).transpose()?,
            ends: start.plus_seconds(86_400),
            last_day: day,
            about,
            has_acted: Cell::new(false),
        })
    }

    fn holds(&self, finding: &Finding, now: EventTime) -> bool {
        self.rule == finding.rule
            && now < self.ends
            && self.account.as_ref().is_none_or(|account| *account == finding.account_id)
            && self.subject.as_ref().is_none_or(|subject| subject.is_match(&finding.subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_that_matches_nothing_is_told() {
        let text = "[[suppress]]\nrule = \"key-too-old\"\nsubject = \"AKIAONE*\"\nreason = \"a\"\nexpires = \"2027-01-01\"\n\
                    [[suppress]]\nrule = \"key-too-old\"\nsubject = \"AKIATYPO\"\nreason = \"a\"\nexpires = \"2027-01-01\"\n\
                    [[suppress]]\nrule = \"key-too-old\"\nsubject = \"AKIAPAST\"\nreason = \"a\"\nexpires = \"2025-01-01\"\n";
        let book = book(text).unwrap();
        let posture = trailscan::report::by_name("posture").unwrap();
        assert_eq!(book.idle(&[posture]).len(), 2);
        let mut table = Table::new(posture, posture.columns.to_vec(), Vec::new());
        assert_eq!(book.apply(&mut vec![finding("key-too-old", "AKIAONE1")], &mut table).suppressed, 1);
        let told =
            "the suppression of key-too-old for AKIATYPO matches no finding of this run: check its account and subject";
        assert_eq!(book.idle(&[posture]), [told]);
        let other = trailscan::report::by_name("root-usage").unwrap();
        assert_eq!(book.idle(&[other]), [""; 0], "it is of another report");
    }

    fn written(text: &str) -> Written {
        let table: toml::Table = text.parse().unwrap();
        let rules = table.get("rules").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let rules = rules.into_iter().map(|(id, table)| (id, table.as_table().unwrap().clone())).collect();
        let suppress = table.get("suppress").cloned().map(|list| list.try_into().unwrap()).unwrap_or_default();
        Written { rules, suppress }
    }

    fn book(text: &str) -> Result<Rulebook, String> {
        Rulebook::new(written(text), EventTime::parse("2026-09-14T12:00:00Z").unwrap())
    }

    fn finding(rule: &'static str, subject: &str) -> Finding {
        Finding {
            severity: Severity::Medium,
            rule,
            account_id: "111122223333".to_owned(),
            subject: subject.to_owned(),
            summary: String::new(),
            count: 1,
            evidence: serde_json::Map::new(),
        }
    }

    fn applied(book: &Rulebook, mut findings: Vec<Finding>) -> (Vec<(Severity, String)>, LeftOut) {
        let report = trailscan::report::by_name("posture").unwrap();
        let row = |finding: &Finding| {
            let mut row = vec![Value::Null; report.columns.len()];
            let rule = Value::id(finding.rule);
            let [account, subject] = [&finding.account_id, &finding.subject].map(Value::id);
            row[..4].clone_from_slice(&[account, rule, Value::Severity(finding.severity), subject]);
            row
        };
        let rows = findings.iter().map(row).collect();
        let mut table = Table::new(report, report.columns.to_vec(), rows);
        let left_out = book.apply(&mut findings, &mut table);
        let rows: Vec<_> = table.rows.iter().map(|row| (row[2].clone(), row[3].clone())).collect();
        let of_findings: Vec<_> =
            findings.iter().map(|f| (Value::Severity(f.severity), Value::text(f.subject.as_str()))).collect();
        assert_eq!((rows, table.rows_total), (of_findings, findings.len()), "rows are findings");
        (findings.into_iter().map(|finding| (finding.severity, finding.subject)).collect(), left_out)
    }

    #[test]
    fn severities_and_rules_that_are_off() {
        let book = book(
            "[rules.key-too-old]\nseverity = \"critical\"\nmax-age = 30\n[rules.user-with-two-keys]\nenabled = false\n\
             [rules.user-not-in-common-group]\ncommon-group = \"Everyone\"",
        )
        .unwrap();
        let found = vec![finding("user-idle", "a"), finding("user-with-two-keys", "b"), finding("key-too-old", "c")];
        let (left, out) = applied(&book, found);
        assert_eq!(left, [(Severity::Critical, "c".to_owned()), (Severity::Medium, "a".to_owned())]);
        assert_eq!(out, LeftOut { suppressed: 0, disabled: 1 });
        let mut options = Options::default();
        book.set_options(&mut options).unwrap();
        let posture = trailscan::report::by_name("posture").unwrap();
        assert_eq!(options.texts(&posture.texts[0]), ["Everyone"]);
        assert_eq!(options.get(posture.options.iter().find(|option| option.name == "max-age").unwrap()), 30);
    }

    #[test]
    fn suppressions_act_until_their_day_is_over() {
        let suppress = |subject: &str, expires: &str| {
            format!(
                "[[suppress]]\nrule = \"user-idle\"\nsubject = \"{subject}\"\nreason = \"why\"\nexpires = {expires}\n"
            )
        };
        let found = || vec![finding("user-idle", "arn:aws:iam::111122223333:user/a/b"), finding("key-too-old", "a")];
        for (subject, expires, left) in [
            ("arn:aws:iam::*:user/*", "2026-09-14", 1),
            ("arn:aws:iam::*:user/*", "\"2027-01-01\"", 1),
            ("arn:aws:iam::*:user/*", "2026-09-13", 2),
            ("arn:aws:iam::*:user/c*", "2026-09-14", 2),
        ] {
            let book = book(&suppress(subject, expires)).unwrap();
            let (findings, out) = applied(&book, found());
            assert_eq!((findings.len(), out.suppressed), (left, 2 - left), "{subject} {expires}");
        }
        let posture = trailscan::report::by_name("posture").unwrap();
        let old = book(&suppress("a", "2026-09-13")).unwrap();
        assert_eq!(
            old.expired(&[posture]),
            ["the suppression of user-idle for a expired on 2026-09-13: renew or remove it"]
        );
        assert!(old.expired(&[]).is_empty());
        let other = format!("{}account = \"444455556666\"\n", suppress("*", "2027-01-01"));
        assert_eq!(applied(&book(&other).unwrap(), found()).1.suppressed, 0);
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (text, expected) in [
            (
                "[rules.key-to-old]\nseverity = \"low\"",
                "[rules.key-to-old]: there is no rule \"key-to-old\"; did you mean key-too-old",
            ),
            ("[rules.key-too-old]\nseverity = \"bad\"", "[rules.key-too-old]: severity = \"bad\" is none of info, low"),
            (
                "[rules.key-too-old]\nmax-aeg = 3",
                "[rules.key-too-old]: there is no key \"max-aeg\"; there are severity",
            ),
            ("[rules.key-too-old]\nmax-age = 0", "[rules.key-too-old]: max-age = 0: must be at least 1"),
            ("[rules.key-too-old]\nmax-age = \"x\"", "[rules.key-too-old]: max-age = \"x\" is not a whole number"),
            ("[rules.key-too-old]\nenabled = 1", "[rules.key-too-old]: enabled = 1 is neither"),
            (
                "[rules.key-too-old]\nmax-age = 3\n[rules.user-idle]\nmax-age = 4",
                "[rules.user-idle]: max-age is one value wherever it is used, and [rules.key-too-old] sets another",
            ),
            (
                "[[suppress]]\nrule = \"x\"\nreason = \"y\"\nexpires = 2026-01-01",
                "[[suppress]]: there is no rule \"x\"",
            ),
            (
                "[[suppress]]\nrule = \"user-idle\"\nreason = \" \"\nexpires = 2026-01-01",
                "[[suppress]] of user-idle: reason is empty",
            ),
            (
                "[[suppress]]\nrule = \"user-idle\"\nreason = \"y\"\nexpires = \"soon\"",
                "[[suppress]] of user-idle: expires = \"soon\" is not a date",
            ),
        ] {
            let error = book(text).map(|_| ()).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
