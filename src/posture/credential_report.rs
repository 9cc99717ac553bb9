//! The credential report: a row per user, and one for root. It has no key ids and, as CSV, no time of its own.
//!
//! Source: IAM user guide, "Generate credential reports for your AWS account".

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::scalar::Moment;
use crate::model::{Arn, EventTime};

/// The user column of root's row.
const ROOT: &str = "<root_account>";

/// Passwords, MFA and keys of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialReport {
    /// Root's row; `None` when the report has none.
    pub root: Option<Credentials>,
    /// The users' rows, by user name.
    pub users: BTreeMap<String, Credentials>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The user's arn; root's is that of the account's root.
    pub arn: String,
    /// When the user, or the account, was made.
    pub created: Option<EventTime>,
    /// Whether there is a console password; `None` for a root whose report says `not_supported`. Reports say `false` for
    /// a root whose credentials were removed centrally (our inference, as Prowler's check of root MFA makes it).
    pub password_enabled: Option<bool>,
    /// When the password was used last.
    pub password_last_used: Answer,
    /// When the password was set.
    pub password_last_changed: Answer,
    /// Whether an MFA device is enabled; `None` when the cell cannot be read.
    pub mfa_active: Option<bool>,
    /// Both places for access keys.
    pub keys: [ReportedKey; 2],
    /// Both places for X.509 signing certificates.
    pub certificates: [ReportedCertificate; 2],
}

/// An X.509 signing certificate without its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportedCertificate {
    /// Whether it can be used.
    pub active: bool,
    /// When it was made or last changed.
    pub rotated: Answer,
}

/// An access key without its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportedKey {
    /// Whether it can be used.
    pub active: bool,
    /// When it was made or last changed.
    pub rotated: Answer,
    /// When it was used last.
    pub last_used: Answer,
}

/// A cell with a time, or why it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// `N/A`: never, or there is nothing that could have been.
    None,
    /// `no_information`: not since AWS keeps it (20 October 2014 for passwords, 22 April 2015 for keys).
    NoInformation,
    /// `not_supported`, an empty cell, or one that is no time.
    #[default]
    Unknown,
    /// A moment.
    At(EventTime),
}

impl Answer {
    fn of(cell: &str) -> Self {
        match cell.trim() {
            "N/A" | "n/a" => Self::None,
            "no_information" => Self::NoInformation,
            text => EventTime::parse(text).filter(|time| *time < TOO_LATE).map_or(Self::Unknown, Self::At),
        }
    }

    /// The moment, where there is one.
    pub const fn time(self) -> Option<EventTime> {
        match self {
            Self::At(time) => Some(time),
            Self::None | Self::NoInformation | Self::Unknown => None,
        }
    }
}

impl ReportedKey {
    /// Whether there is a key in this place.
    pub fn exists(&self) -> bool {
        self.active || self.rotated.time().is_some()
    }
}

impl ReportedCertificate {
    /// Whether there is a certificate in this place.
    pub fn exists(&self) -> bool {
        self.active || self.rotated.time().is_some()
    }
}

/// The JSON that `aws iam get-credential-report` prints.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Wrapper {
    content: Option<String>,
    generated_time: Moment,
}

/// A report, the account that its arns name, and what could not be read of it.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub report: CredentialReport,
    pub account_id: Option<String>,
    pub newest: Option<EventTime>,
    pub trouble: Option<String>,
}

impl Wrapper {
    /// The CSV, and when it was generated.
    pub(super) fn unwrapped(self) -> Result<(String, Option<EventTime>), String> {
        let content = self.content.ok_or("has no Content: give the report, not the answer that it is being made")?;
        let packed: String = content.split_whitespace().collect();
        let bytes = STANDARD.decode(packed).map_err(|error| format!("its Content is not base64: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| "its Content is not UTF-8")?;
        Ok((text, self.generated_time.0))
    }
}

/// Whether a text begins as the CSV does.
pub(super) fn is_csv(text: &str) -> bool {
    text.starts_with("user,arn,") || text.starts_with("\"user\",")
}

/// The columns that conclusions rest on, which every report has.
const NEEDED: [&str; 12] = [
    "user",
    "arn",
    "password_enabled",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

/// The first times that no report can hold: what is later is a mistake of whoever edited it.
const TOO_LATE: EventTime = EventTime::from_seconds(4_102_444_800);

/// Reads the CSV. Rows that cannot be read are left out and told, and so are columns that are not there and cells that hold
/// what IAM does not write: what was in them is not known.
///
/// # Errors
/// When it has no row at all, or lacks the columns that it is read for.
pub(super) fn read(csv: &str) -> Result<Read, String> {
    let mut rows = super::csv::rows(csv).into_iter();
    let header = rows.next().unwrap_or_default();
    let columns: BTreeMap<&str, usize> = header.iter().enumerate().map(|(i, name)| (name.trim(), i)).collect();
    let missing: Vec<&str> = NEEDED.into_iter().filter(|column| !columns.contains_key(column)).collect();
    if let Some(missing) = missing.iter().find(|column| NEEDED[..4].contains(column)) {
        return Err(format!("has no column {missing}: it is not a credential report"));
    }
    let mut found = Read::default();
    let mut wrong = 0;
    for row in rows {
        match row.len() == header.len() {
            true => found.add(&row, &columns),
            false => wrong += 1,
        }
    }
    if found.report.root.is_none() && found.report.users.is_empty() {
        return Err("has no row: generate the report again".to_owned());
    }
    found.trouble = match (wrong, missing.first(), found.trouble.take()) {
        (0, None, odd) => odd,
        (0, Some(missing), _) => Some(format!("has no column {missing}: the report was edited, get it anew")),
        (1, ..) => {
            Some("1 row has other columns than the header and is left out: the report was cut off or edited".to_owned())
        }
        (n, ..) => Some(format!("{n} rows have other columns than the header and are left out: the report was edited")),
    };
    Ok(found)
}

/// The first cell of a row that holds what IAM does not write there: its column, and its text.
fn odd_cell<'a>(cell: impl Fn(&str) -> &'a str, is_root: bool) -> Option<(String, &'a str)> {
    let has = |name: &str, words: &[&str]| words.contains(&cell(name).trim().to_ascii_lowercase().as_str());
    let is_time = |name: &str| Answer::of(cell(name)) != Answer::Unknown || has(name, &["not_supported"]);
    let is_flag = |name: &str| has(name, &["true", "false"]) || is_root && has(name, &["not_supported", "n/a"]);
    let flags = ["password_enabled", "mfa_active"].map(str::to_owned);
    let of_place = |name: &str| [1, 2].map(|place| name.replace('#', &place.to_string()));
    let flags = flags.into_iter().chain(["access_key_#_active", "cert_#_active"].into_iter().flat_map(of_place));
    let times = ["access_key_#_last_rotated", "cert_#_last_rotated"].into_iter().flat_map(of_place);
    let odd = flags.filter(|name| !is_flag(name)).chain(times.filter(|name| !is_time(name))).next()?;
    let text = cell(&odd);
    Some((odd, text))
}

impl Read {
    fn add(&mut self, row: &[String], columns: &BTreeMap<&str, usize>) {
        let cell = |name: &str| columns.get(name).and_then(|&i| row.get(i)).map_or("", String::as_str);
        if let Some((column, text)) = odd_cell(cell, cell("user") == ROOT).filter(|_| self.trouble.is_none()) {
            let user = cell("user");
            let what = format!("{user}: {column} is {text:?}, which IAM does not write");
            self.trouble = Some(format!("{what}: the report was edited, as spreadsheets do, get it anew"));
        }
        let row = credentials(cell);
        let account = Arn::parse(&row.arn).map(|arn| arn.account_id.to_owned()).filter(|id| !id.is_empty());
        self.account_id = self.account_id.take().or(account);
        let times = [
            row.created,
            row.password_last_used.time(),
            row.password_last_changed.time(),
            row.keys[0].rotated.time(),
            row.keys[0].last_used.time(),
            row.keys[1].rotated.time(),
            row.keys[1].last_used.time(),
            row.certificates[0].rotated.time(),
            row.certificates[1].rotated.time(),
        ];
        self.newest = self.newest.max(times.into_iter().flatten().max());
        match cell("user") {
            ROOT => self.report.root = Some(row),
            name => drop(self.report.users.insert(name.to_owned(), row)),
        }
    }
}

fn credentials<'a>(cell: impl Fn(&str) -> &'a str) -> Credentials {
    let key = |n: u8| ReportedKey {
        active: flag(cell(&format!("access_key_{n}_active"))).unwrap_or(false),
        rotated: Answer::of(cell(&format!("access_key_{n}_last_rotated"))),
        last_used: Answer::of(cell(&format!("access_key_{n}_last_used_date"))),
    };
    let certificate = |n: u8| ReportedCertificate {
        active: flag(cell(&format!("cert_{n}_active"))).unwrap_or(false),
        rotated: Answer::of(cell(&format!("cert_{n}_last_rotated"))),
    };
    Credentials {
        arn: cell("arn").to_owned(),
        created: Answer::of(cell("user_creation_time")).time(),
        password_enabled: flag(cell("password_enabled")),
        password_last_used: Answer::of(cell("password_last_used")),
        password_last_changed: Answer::of(cell("password_last_changed")),
        mfa_active: flag(cell("mfa_active")),
        keys: [key(1), key(2)],
        certificates: [certificate(1), certificate(2)],
    }
}

/// `TRUE`, `true`, `FALSE`, `false`; `None` for `not_supported`, `N/A` and anything else.
fn flag(cell: &str) -> Option<bool> {
    match cell.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posture::testing::{HEADER, ROOT_ROW};

    fn at(text: &str) -> Answer {
        Answer::At(EventTime::parse(text).unwrap())
    }

    #[test]
    fn rows_and_their_odd_values() {
        let alice = "Alice,arn:aws:iam::111122223333:user/Alice,2024-03-01T09:00:00+00:00,TRUE,no_information,\
                     2024-03-01T09:05:00+00:00,N/A,true,true,2026-08-01T09:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,\
                     false,N/A,false,N/A";
        let read = read(&format!("{HEADER}\n{ROOT_ROW}\n{alice}\n")).unwrap();
        assert_eq!((read.account_id.as_deref(), read.trouble), (Some("111122223333"), None));
        assert_eq!(read.newest, EventTime::parse("2026-08-01T09:00:00Z"));
        let root = read.report.root.unwrap();
        assert_eq!((root.password_enabled, root.mfa_active), (None, Some(false)));
        let alice = &read.report.users["Alice"];
        assert_eq!((alice.password_enabled, alice.mfa_active), (Some(true), Some(true)));
        assert_eq!(alice.password_last_used, Answer::NoInformation);
        assert_eq!(alice.password_last_changed, at("2024-03-01T09:05:00Z"));
        assert_eq!(
            alice.keys[0],
            ReportedKey { active: true, rotated: at("2026-08-01T09:00:00Z"), last_used: Answer::None }
        );
        assert!(alice.keys[0].exists() && !alice.keys[1].exists());
    }

    #[test]
    fn a_row_that_was_cut_off_is_told() {
        let cut = read(&format!("{HEADER}\n{ROOT_ROW}\nbob,arn:aws:iam::111122223333:user/bob,2024")).unwrap();
        assert!(cut.report.root.is_some() && cut.report.users.is_empty());
        assert!(cut.trouble.unwrap().starts_with("1 row has"));
        assert!(read(HEADER).unwrap_err().starts_with("has no row"));
        assert!(read("user,arn,x\n").unwrap_err().starts_with("has no column password_enabled"));
    }

    #[test]
    fn what_iam_does_not_write_is_told() {
        const BOB: &str = "bob,arn:aws:iam::111122223333:user/bob,2024-03-01T09:00:00+00:00,true,no_information,N/A,N/A,true,\
                           true,2026-08-01T09:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
        let trouble = |row: &str| read(&format!("{HEADER}\n{ROOT_ROW}\n{row}\n")).unwrap().trouble;
        assert_eq!(trouble(BOB), None);
        assert_eq!(trouble(&BOB.replace("true", "TRUE").replace("+00:00", "Z")), None, "as some tools write");
        let rotated = "2026-08-01T09:00:00+00:00";
        for odd in ["28/08/2020", "2020-08-28 1:05 PM", "garbage", "262142-01-01T00:00:00Z", "9999-01-01T00:00:00Z", ""]
        {
            let told = trouble(&BOB.replace(rotated, odd)).expect(odd);
            assert!(told.starts_with(&format!("bob: access_key_1_last_rotated is {odd:?}, which IAM")), "{told}");
        }
        for odd in ["", "yes", "1", "N/A", "not_supported"] {
            let told = trouble(&BOB.replace("N/A,true,true,", &format!("N/A,{odd},true,"))).expect(odd);
            assert!(told.starts_with("bob: mfa_active is "), "{told}");
            assert!(trouble(&BOB.replace("N/A,true,true,", &format!("N/A,true,{odd},"))).is_some(), "{odd}");
        }
        let root = ROOT_ROW.replacen("not_supported", "perhaps", 1);
        assert!(read(&format!("{HEADER}\n{root}\n")).unwrap().trouble.is_some() || root == ROOT_ROW);
    }

    #[test]
    fn a_column_that_is_not_there_is_told() {
        let without = |column: &str| {
            let place = HEADER.split(',').position(|name| name == column).unwrap();
            let cut = |line: &str| {
                let mut cells: Vec<&str> = line.split(',').collect();
                cells.remove(place);
                cells.join(",")
            };
            read(&format!("{}\n{}\n", cut(HEADER), cut(ROOT_ROW)))
        };
        for column in &NEEDED[4..] {
            assert!(without(column).unwrap().trouble.unwrap().contains(&format!("has no column {column}")), "{column}");
        }
        assert_eq!(without("access_key_1_last_used_region").unwrap().trouble, None);
        assert!(without("mfa_active").unwrap_err().contains("has no column mfa_active"));
    }

    #[test]
    fn quotes_and_line_ends() {
        let cells = |text: &str| super::super::csv::rows(text).into_iter().map(|row| row.join("|")).collect::<Vec<_>>();
        assert_eq!(cells("a,b\r\n\"x,\"\"y\"\"\",\n\n1,2"), ["a|b", "x,\"y\"|", "1|2"]);
        assert_eq!(cells("a,b\n\"x,y"), ["a|b", "x,y"]);
        assert_eq!(cells(""), [""; 0]);
    }

    #[test]
    fn cells() {
        assert_eq!(
            ["TRUE", "false", "not_supported", "N/A", ""].map(flag),
            [Some(true), Some(false), None, None, None]
        );
        assert_eq!(Answer::of("not_supported"), Answer::Unknown);
        assert_eq!(Answer::of("yesterday"), Answer::Unknown);
    }
}
