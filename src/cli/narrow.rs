//! `--rule`, `--severity` and `--where`: what of an answer is told. They act on findings and rows that have been made, and
//! change no verdict, no score and nothing that a baseline knows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use globset::{GlobBuilder, GlobMatcher};
use trailscan::filter::nearest;
use trailscan::model::quantity;
use trailscan::output::Section;
use trailscan::report::{Asked, Column, Finding, Report, Role, Severity, Table, Value, address_text};

use super::exit::Problem;
use super::{catalogue, flags};

/// What can be typed of it.
#[derive(Clone, Debug, Default, Args)]
pub struct NarrowTyped {
    /// Tell only findings of this rule: key-too-old; may be repeated
    ///
    /// Rows that are findings go with them, as those of `posture` and `findings`; rows of other reports stay.
    #[arg(hide_short_help = true, long, value_name = "RULE", value_delimiter = ',', help_heading = "Report")]
    pub rule: Vec<String>,

    /// Tell only findings, and rows with a severity, that are this severe or worse
    #[arg(hide_short_help = true, long, value_name = "SEVERITY", value_parser = flags::severities(), help_heading = "Report")]
    pub severity: Option<String>,

    /// Keep only rows of which COLUMN is like PATTERN: principal='*:user/ci-*'; may be repeated
    ///
    /// Of one column any pattern may hold, of several columns all must; of a list any member, and an empty pattern means
    /// unknown. The tables of an audit that have no such column stay as they are.
    #[arg(hide_short_help = true, long = "where", value_name = "COLUMN=PATTERN", value_parser = NonEmptyStringValueParser::new(), help_heading = "Report")]
    pub wheres: Vec<String>,
}

/// What is told.
#[derive(Clone, Debug, Default)]
pub struct Narrow {
    rules: Vec<&'static str>,
    least: Option<Severity>,
    wheres: BTreeMap<String, Vec<GlobMatcher>>,
}

impl NarrowTyped {
    /// Checks what was typed, for one report or for all of them.
    ///
    /// # Errors
    /// [`Problem::Usage`] for a rule that there is not, or that the report cannot find, and for a pattern that is none.
    pub fn checked(&self, report: Option<&Report>) -> Result<Narrow, Problem> {
        let mut narrow = Narrow::default();
        for id in &self.rule {
            let (of, rule) = catalogue::find(id.trim()).ok_or_else(|| Problem::usage(catalogue::unknown(id)))?;
            if let Some(asked) = report.filter(|asked| asked.rules.iter().all(|known| known.id != rule.id)) {
                let (asked, of) = (asked.name, of.name);
                return Err(Problem::usage(format!(
                    "--rule {id}: {asked} does not find it; {of} does: trailscan {of} --rule {id}"
                )));
            }
            narrow.rules.push(rule.id);
        }
        narrow.least = self.severity.as_deref().map(str::parse).transpose().map_err(Problem::usage)?;
        for text in &self.wheres {
            let wrong = |why: String| Problem::usage(format!("--where {text}: {why}"));
            let (column, pattern) = text
                .split_once('=')
                .ok_or_else(|| wrong("give COLUMN=PATTERN, such as principal='*:user/ci-*'".to_owned()))?;
            let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
            let glob = glob.map_err(|error| wrong(error.kind().to_string()))?;
            narrow.wheres.entry(column.trim().to_owned()).or_default().push(glob.compile_matcher());
        }
        Ok(narrow)
    }

    /// What an answer says that it was asked.
    pub fn add_to(&self, asked: &mut Asked) {
        let severity = self.severity.iter().cloned().collect();
        for (name, mut values) in [("rule", self.rule.clone()), ("severity", severity), ("where", self.wheres.clone())]
        {
            values.sort_unstable();
            if !values.is_empty() {
                asked.insert(name.to_owned(), values);
            }
        }
    }
}

impl Narrow {
    /// Whether it leaves rows out.
    pub fn is_of_rows(&self) -> bool {
        !self.rules.is_empty() || self.least.is_some() || !self.wheres.is_empty()
    }

    /// Refuses columns that none of these tables has.
    ///
    /// # Errors
    /// [`Problem::Usage`] that says what there is.
    pub fn check(&self, tables: &[Table]) -> Result<(), Problem> {
        for name in self.wheres.keys() {
            let has = |table: &Table| table.columns.iter().any(|column| column.name == name);
            if let Some(table) = tables.first().filter(|_| !tables.iter().any(has)) {
                let mut table = table.clone();
                return match tables {
                    [_] => table.select(std::slice::from_ref(name)).map_err(Problem::usage),
                    _ => Err(Problem::usage(format!("--where {name}: no report has a column of that name"))),
                };
            }
        }
        Ok(())
    }

    /// Keeps the rows that are told, and says how many are not.
    pub fn rows(&self, table: &mut Table) -> Option<String> {
        let before = table.rows.len();
        let [rule, severity] = [Role::Rule, Role::Severity].map(|role| role.place(&table.columns));
        let wheres: Vec<(usize, &[GlobMatcher])> = self
            .wheres
            .iter()
            .filter_map(|(name, globs)| Some((place(&table.columns, name)?, globs.as_slice())))
            .collect();
        let nearest = self.nearest(table, &wheres);
        table.rows.retain(|row| {
            let is_of_rule = self.rules.is_empty() || rule.is_none_or(|at| is_one_of(&row[at], &self.rules));
            let is_severe = self.least.is_none_or(|least| severity.is_none_or(|at| row[at] >= Value::Severity(least)));
            is_of_rule
                && is_severe
                && wheres.iter().all(|(at, globs)| globs.iter().any(|glob| is_like(&row[*at], glob)))
        });
        let gone = before - table.rows.len();
        table.rows_total -= gone;
        (gone > 0).then(|| format!("{} left out by {}{nearest}", quantity(gone as u64, "row"), self.flags()))
    }

    /// What patterns may have meant that no row answers to.
    fn nearest(&self, table: &Table, wheres: &[(usize, &[GlobMatcher])]) -> String {
        let missed = wheres.iter().flat_map(|(at, globs)| globs.iter().map(move |glob| (*at, glob)));
        let missed = missed.filter(|(at, glob)| !table.rows.iter().any(|row| is_like(&row[*at], glob)));
        let near = missed.filter_map(|(at, glob)| {
            let values: BTreeSet<String> = table.rows.iter().flat_map(|row| texts(&row[at])).collect();
            let (column, pattern) = (table.columns[at].name, glob.glob().glob());
            nearest(pattern, &values).map(|near| format!("; {column}={pattern}: {near}"))
        });
        near.collect()
    }

    /// Keeps the findings that are told, each with how it stands to a baseline.
    pub fn findings(&self, section: &mut Section) {
        let is_told = |finding: &Finding| {
            (self.rules.is_empty() || self.rules.contains(&finding.rule))
                && self.least.is_none_or(|least| finding.severity >= least)
        };
        let told: Vec<bool> = section.findings.iter().map(is_told).collect();
        let mut places = told.iter();
        section.standings.retain(|_| places.next().copied().unwrap_or(true));
        section.findings.retain(is_told);
    }

    fn flags(&self) -> String {
        let given = [
            ("--rule", !self.rules.is_empty()),
            ("--severity", self.least.is_some()),
            ("--where", !self.wheres.is_empty()),
        ];
        let given: Vec<&str> = given.into_iter().filter(|(_, is)| *is).map(|(flag, _)| flag).collect();
        given.join(", ")
    }
}

fn place(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name)
}

fn is_one_of(cell: &Value, rules: &[&str]) -> bool {
    cell.as_text().is_some_and(|text| rules.contains(&&*text))
}

fn is_like(cell: &Value, glob: &GlobMatcher) -> bool {
    texts(cell).iter().any(|text| glob.is_match(text))
}

/// What a pattern is held against.
fn texts(cell: &Value) -> Vec<String> {
    match cell {
        Value::Null => vec![String::new()],
        Value::Count(number) => vec![number.to_string()],
        Value::Time(time) => vec![time.to_string()],
        Value::List(members) => members.clone(),
        Value::Addresses(members) => members.iter().map(address_text).collect(),
        Value::NamedCounts(counts) => counts.iter().map(|(name, _)| name.clone()).collect(),
        text => text.as_text().map(Cow::into_owned).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use trailscan::report::by_name;

    use super::*;

    fn typed(rule: &[&str], severity: Option<&str>, wheres: &[&str]) -> NarrowTyped {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        NarrowTyped { rule: owned(rule), severity: severity.map(str::to_owned), wheres: owned(wheres) }
    }

    fn table() -> Table {
        let columns = vec![
            Column::text("name", "Name."),
            Column::severity("severity", "Severity."),
            Column::list("tags", "Tags."),
            Column::id("rule", "Rule.").role(Role::Rule),
        ];
        let row = |name: &str, severity, tags: &[&str], rule: &str| {
            let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
            vec![Value::text(name), Value::Severity(severity), Value::List(tags), Value::text(rule)]
        };
        let rows = vec![
            row("ci-1", Severity::Low, &["a", "b"], "key-too-old"),
            row("ci-2", Severity::High, &["b"], "user-idle"),
            row("", Severity::Medium, &[], "user-idle"),
        ];
        Table::named("test", &["name"], columns, rows)
    }

    fn left(typed: &NarrowTyped) -> Vec<String> {
        let mut table = table();
        let _ = typed.checked(None).unwrap().rows(&mut table);
        assert_eq!(table.rows.len(), table.rows_total);
        table.rows.iter().map(|row| row[0].as_text().unwrap_or_default().into_owned()).collect()
    }

    #[test]
    fn rows_by_rule_severity_and_column() {
        assert_eq!(left(&typed(&[], None, &[])).len(), 3);
        assert_eq!(left(&typed(&["user-idle"], None, &[])), ["ci-2", ""]);
        assert_eq!(left(&typed(&[], Some("medium"), &[])), ["ci-2", ""]);
        assert_eq!(left(&typed(&[], None, &["name=ci-*"])), ["ci-1", "ci-2"]);
        assert_eq!(left(&typed(&[], None, &["name="])), [""]);
        assert_eq!(left(&typed(&[], None, &["tags=a"])), ["ci-1"]);
        assert_eq!(left(&typed(&[], None, &["name=ci-1", "name=ci-2", "tags=b"])), ["ci-1", "ci-2"]);
        assert_eq!(left(&typed(&[], None, &["name=CI-1"])), [""; 0]);
        assert_eq!(left(&typed(&[], None, &["nothing=x"])).len(), 3, "a table without the column stays");
        let told = typed(&[], Some("high"), &["tags=b"]).checked(None).unwrap().rows(&mut table());
        assert_eq!(told.as_deref(), Some("2 rows left out by --severity, --where"));
        let told = typed(&[], None, &["name=CI-1", "name=c-2"]).checked(None).unwrap().rows(&mut table());
        let near = "name=CI-1: there is ci-1, and upper and lower case differ; name=c-2: did you mean ci-2?";
        assert_eq!(told.unwrap(), format!("3 rows left out by --where; {near}"));
    }

    #[test]
    fn what_cannot_be_says_so() {
        let why =
            |typed: NarrowTyped, report: Option<&str>| typed.checked(report.and_then(by_name)).unwrap_err().to_string();
        assert!(why(typed(&["key-to-old"], None, &[]), None).contains("did you mean key-too-old"));
        let other = why(typed(&["key-too-old"], None, &[]), Some("root-usage"));
        assert!(
            other.ends_with("root-usage does not find it; posture does: trailscan posture --rule key-too-old"),
            "{other}"
        );
        assert!(why(typed(&[], None, &["name"]), None).contains("give COLUMN=PATTERN"));
        assert!(why(typed(&[], None, &["name=[a"]), None).starts_with("--where name=[a: "));
        let narrow = typed(&[], None, &["nam=x"]).checked(None).unwrap();
        assert!(narrow.check(&[table()]).unwrap_err().to_string().contains("did you mean name?"));
        assert!(narrow.check(&[table(), table()]).unwrap_err().to_string().contains("no report has"));
        assert!(typed(&[], None, &["name=x"]).checked(None).unwrap().check(&[table()]).is_ok());
    }
}
