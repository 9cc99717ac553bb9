//! From bytes to one parsed file: its kind by content, all of its pages, its moment. Which account it is of is decided
//! elsewhere.

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::authorization::{self, Authorization};
use super::manifest::Manifest;
use super::{
    AccessKey, AccountSummary, AsOfBasis, CredentialReport, IdentityProvider, LastAccessed, OtherCredential,
    PasswordPolicy, StateKind, VirtualMfaDevice, access_keys, account_summary, credential_report, identity_providers,
    last_accessed, other_credentials, password_policy, regions, virtual_mfa,
};
use crate::model::{Arn, EventTime};

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub part: Part,
    /// The account that the file itself names.
    pub account_id: Option<String>,
    pub as_of: Option<EventTime>,
    pub basis: AsOfBasis,
    /// What of the file could not be read.
    pub damage: Option<String>,
}

/// What a file holds.
#[derive(Debug)]
pub(super) enum Part {
    CredentialReport(CredentialReport),
    Authorization(Authorization),
    AccessKeys(Vec<AccessKey>),
    ServiceCredentials(Vec<OtherCredential>),
    SshKeys(Vec<OtherCredential>),
    Summary(AccountSummary),
    PasswordPolicy(PasswordPolicy),
    EnabledRegions(BTreeSet<String>),
    VirtualMfa(Vec<VirtualMfaDevice>),
    OidcProviders(Vec<IdentityProvider>),
    SamlProviders(Vec<IdentityProvider>),
    LastAccessed(LastAccessed),
    CallerIdentity,
    Manifest(Box<Manifest>),
    /// What nothing is judged by.
    Aside,
}

impl StateKind {
    /// What a text holds, told by how it begins and by the first known member of its JSON.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        if credential_report::is_csv(text) {
            return Some(Self::CredentialReport);
        }
        if password_policy::is_absence(text) {
            return Some(Self::PasswordPolicy);
        }
        // A text that is cut off still begins with what it is.
        let names = text.starts_with('{').then(|| text.split('"').skip(1).step_by(2))?;
        names.take(64).find_map(Self::of_member)
    }
}

/// Reads a file's bytes.
///
/// # Errors
/// One line that says what the bytes are not, or where they end too early.
pub(super) fn parse(bytes: &[u8]) -> Result<(StateKind, Parsed), (Option<StateKind>, String)> {
    let text = decode(bytes).map_err(|why| (None, why))?;
    let text = text.trim();
    if text.is_empty() {
        return Err((None, "is empty: fetch it again".to_owned()));
    }
    let kind = StateKind::of_text(text).ok_or_else(|| (None, unknown(text)))?;
    match of_kind(kind, text) {
        Ok(parsed) => Ok((kind, parsed)),
        Err(why) => Err((Some(kind), why)),
    }
}

fn of_kind(kind: StateKind, text: &str) -> Result<Parsed, String> {
    match kind {
        StateKind::CredentialReport => credentials(text),
        StateKind::AuthorizationDetails => {
            let (pages, damage) = documents::<authorization::Page>(text)?;
            let read = authorization::of(pages);
            let damage = damage.or(read.trouble);
            let basis = basis(read.newest);
            let part = Part::Authorization(read.details);
            Ok(Parsed { part, account_id: read.account_id, as_of: read.newest, basis, damage })
        }
        StateKind::AccessKeys => {
            let (pages, damage) = documents(text)?;
            let keys = access_keys::of(pages);
            let newest = keys.iter().filter_map(|key| key.created).max();
            Ok(Parsed { part: Part::AccessKeys(keys), account_id: None, as_of: newest, basis: basis(newest), damage })
        }
        StateKind::ServiceCredentials => {
            let (pages, damage) = documents(text)?;
            let (found, cut) = other_credentials::of_services(pages);
            Ok(of_others(found, damage.or(cut), Part::ServiceCredentials))
        }
        StateKind::SshKeys => {
            let (pages, damage) = documents(text)?;
            let (found, cut) = other_credentials::of_ssh(pages);
            Ok(of_others(found, damage.or(cut), Part::SshKeys))
        }
        StateKind::AccountSummary => Ok(undated(Part::Summary(one::<account_summary::Written>(text)?.read()))),
        StateKind::PasswordPolicy if password_policy::is_absence(text) => {
            Ok(undated(Part::PasswordPolicy(PasswordPolicy::Absent)))
        }
        StateKind::PasswordPolicy => Ok(undated(Part::PasswordPolicy(one::<password_policy::Written>(text)?.read()))),
        StateKind::EnabledRegions => {
            let (pages, damage) = documents(text)?;
            let (regions, cut) = regions::of(pages);
            Ok(Parsed { damage: damage.or(cut), ..undated(Part::EnabledRegions(regions)) })
        }
        StateKind::VirtualMfaDevices => {
            let (pages, damage) = documents(text)?;
            let read = virtual_mfa::of(pages);
            let (part, damage) = (Part::VirtualMfa(read.devices), damage.or(read.trouble));
            Ok(Parsed { part, account_id: None, as_of: read.newest, basis: basis(read.newest), damage })
        }
        StateKind::OidcProviders => providers(text, Part::OidcProviders),
        StateKind::SamlProviders => providers(text, Part::SamlProviders),
        StateKind::MfaDevices | StateKind::SigningCertificates | StateKind::AccountAliases => {
            let (_, damage) = documents::<IgnoredAny>(text)?;
            Ok(Parsed { damage, ..undated(Part::Aside) })
        }
        StateKind::LastAccessed => {
            let (pages, damage) = documents(text)?;
            let (accessed, as_of) = last_accessed::of(pages);
            let basis = if as_of.is_some() { AsOfBasis::Generated } else { AsOfBasis::None };
            Ok(Parsed { part: Part::LastAccessed(accessed), account_id: None, as_of, basis, damage })
        }
        StateKind::Manifest => {
            let manifest = one::<Manifest>(text)?.checked()?;
            let account_id = Some(manifest.snapshot_of.clone());
            Ok(Parsed { account_id, ..undated(Part::Manifest(Box::new(manifest))) })
        }
        StateKind::CallerIdentity => {
            let identity: Value = one(text)?;
            let account_id = identity.get("Account").and_then(Value::as_str).map(str::to_owned);
            Ok(Parsed { account_id, ..undated(Part::CallerIdentity) })
        }
    }
}

fn credentials(text: &str) -> Result<Parsed, String> {
    let (csv, generated) = match credential_report::is_csv(text) {
        true => (text.to_owned(), None),
        false => one::<credential_report::Wrapper>(text)?.unwrapped()?,
    };
    let read = credential_report::read(&csv)?;
    let as_of = generated.or(read.newest);
    let basis = if generated.is_some() { AsOfBasis::Generated } else { basis(read.newest) };
    let part = Part::CredentialReport(read.report);
    Ok(Parsed { part, account_id: read.account_id, as_of, basis, damage: read.trouble })
}

fn providers(text: &str, part: fn(Vec<IdentityProvider>) -> Part) -> Result<Parsed, String> {
    let (pages, damage) = documents(text)?;
    let found = identity_providers::of(pages);
    let as_of = found.iter().filter_map(|one| one.created).max();
    let account_id = found.first().and_then(|one| Some(Arn::parse(&one.arn)?.account_id.to_owned()));
    Ok(Parsed { part: part(found), account_id, as_of, basis: basis(as_of), damage })
}

fn of_others(found: Vec<OtherCredential>, damage: Option<String>, part: fn(Vec<OtherCredential>) -> Part) -> Parsed {
    let as_of = found.iter().filter_map(|one| one.created).max();
    Parsed { part: part(found), account_id: None, as_of, basis: basis(as_of), damage }
}

const fn basis(newest: Option<EventTime>) -> AsOfBasis {
    if newest.is_some() { AsOfBasis::NewestDate } else { AsOfBasis::None }
}

const fn undated(part: Part) -> Parsed {
    Parsed { part, account_id: None, as_of: None, basis: AsOfBasis::None, damage: None }
}

/// The one document of a text.
fn one<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| cut_or_wrong(&error))
}

/// All documents of a text: pages may stand one behind the other. Those before one that is cut off are kept, and the
/// second value says so.
fn documents<T: DeserializeOwned>(text: &str) -> Result<(Vec<T>, Option<String>), String> {
    let mut pages = Vec::new();
    for page in serde_json::Deserializer::from_str(text).into_iter() {
        match page {
            Ok(page) => pages.push(page),
            Err(error) if pages.is_empty() => return Err(cut_or_wrong(&error)),
            Err(error) => return Ok((pages, Some(cut_or_wrong(&error)))),
        }
    }
    Ok((pages, None))
}

fn cut_or_wrong(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => format!("is cut off ({error}): fetch it again"),
        _ => format!("cannot be read: {error}"),
    }
}

/// UTF-8, or the UTF-16 that `>` writes in older PowerShells.
fn decode(bytes: &[u8]) -> Result<String, String> {
    let utf16 = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| "is neither UTF-8 nor UTF-16".to_owned())
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|_| "is neither UTF-8 nor UTF-16".to_owned())?;
            Ok(text.trim_start_matches('\u{feff}').to_owned())
        }
    }
}

fn unknown(text: &str) -> String {
    let is_making = text.starts_with('{') && text.contains("\"State\"");
    let error = text.lines().map(str::trim).find(|line| line.contains("An error occurred"));
    match error {
        _ if is_making => "says that a credential report is being made: get-credential-report fetches it".to_owned(),
        Some(error) => format!("holds an error of the AWS CLI: {error}"),
        None => "is not a state of IAM that is known: give what the AWS CLI printed as JSON, or the CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::posture::testing::{HEADER, ROOT_ROW};

    fn kind(text: &str) -> Option<StateKind> {
        StateKind::of_text(text)
    }

    fn wrong(text: &str) -> String {
        parse(text.as_bytes()).map(|_| ()).unwrap_err().1
    }

    #[test]
    fn content_tells_the_kind() {
        assert_eq!(kind(HEADER), Some(StateKind::CredentialReport));
        assert_eq!(kind(r#"{"Content": "dXNlcg==", "ReportFormat": "text/csv"}"#), Some(StateKind::CredentialReport));
        assert_eq!(kind("{\n \"UserDetailList\": ["), Some(StateKind::AuthorizationDetails));
        assert_eq!(kind(r#"{"IsTruncated": false, "Policies": []}"#), Some(StateKind::AuthorizationDetails));
        assert_eq!(kind(r#"{"AccessKeyMetadata": []}"#), Some(StateKind::AccessKeys));
        assert_eq!(kind(r#"{"SummaryMap": {"Users": 1}}"#), Some(StateKind::AccountSummary));
        assert_eq!(kind(r#"{"PasswordPolicy": {}}"#), Some(StateKind::PasswordPolicy));
        assert_eq!(kind(r#"{"Regions": [{"RegionName": "us-east-1"}]}"#), Some(StateKind::EnabledRegions));
        assert_eq!(kind(r#"{"UserId": "AIDA", "Account": "111122223333"}"#), Some(StateKind::CallerIdentity));
        assert_eq!(kind(r#"{"MFADevices": []}"#), Some(StateKind::MfaDevices));
        assert_eq!(kind(r#"{"VirtualMFADevices": [{"SerialNumber": "x"}]}"#), Some(StateKind::VirtualMfaDevices));
        assert_eq!(kind(r#"{"OpenIDConnectProviderList": []}"#), Some(StateKind::OidcProviders));
        assert_eq!(kind(r#"{"SAMLProviderList": [{"Arn": "x"}]}"#), Some(StateKind::SamlProviders));
        assert_eq!(kind(r#"{"Certificates": []}"#), Some(StateKind::SigningCertificates));
        assert_eq!(kind(r#"{"AccountAliases": ["pay"]}"#), Some(StateKind::AccountAliases));
        assert_eq!(kind(r#"{"Arn": "a", "JobStatus": "COMPLETED"}"#), Some(StateKind::LastAccessed));
        assert_eq!(kind(r#"{"snapshot_of": "111122223333", "trailscan": "1"}"#), Some(StateKind::Manifest));
        let absent = "An error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy operation: none";
        assert_eq!(kind(absent), Some(StateKind::PasswordPolicy));
        assert_eq!((kind("{}"), kind("hello"), kind("[1]")), (None, None, None));
    }

    #[test]
    fn a_line_for_each_bad_input() {
        assert_eq!(wrong(""), "is empty: fetch it again");
        assert!(wrong("hello").starts_with("is not a state of IAM that is known"));
        assert!(wrong(r#"{"UserDetailList": [{"UserName": "a""#).starts_with("is cut off (EOF"));
        assert!(wrong(r#"{"SummaryMap": {"Users": 1}"#).starts_with("is cut off (EOF"));
        assert!(wrong(r#"{"UserDetailList": 7}"#).starts_with("cannot be read: invalid type"));
        assert!(wrong(r#"{"State": "STARTED", "Description": "x"}"#).contains("is being made"));
        assert!(wrong("\nAn error occurred (AccessDenied) when calling X").contains("AccessDenied"));
        assert!(wrong(r#"{"Content": "!", "GeneratedTime": "2026-09-13T00:00:00Z"}"#).contains("base64"));
    }

    #[test]
    fn the_wrapper_says_when() {
        use base64::Engine;
        let content = base64::engine::general_purpose::STANDARD.encode(format!("{HEADER}\n{ROOT_ROW}\n"));
        let text = format!(r#"{{"Content": "{content}", "GeneratedTime": "2026-09-13T18:00:00+00:00"}}"#);
        let (kind, parsed) = parse(text.as_bytes()).unwrap();
        assert_eq!((kind, parsed.basis), (StateKind::CredentialReport, AsOfBasis::Generated));
        assert_eq!(parsed.as_of, EventTime::parse("2026-09-13T18:00:00Z"));
        let (_, plain) = parse(format!("\u{feff}{HEADER}\r\n{ROOT_ROW}\r\n").as_bytes()).unwrap();
        assert_eq!((plain.basis, plain.as_of), (AsOfBasis::NewestDate, EventTime::parse("2020-01-01T00:00:00Z")));
    }

    #[test]
    fn utf_16_of_a_shell() {
        let text = format!("{HEADER}\r\n{ROOT_ROW}\r\n");
        let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(parse(&bytes).unwrap().1.account_id.as_deref(), Some("111122223333"));
    }

    #[test]
    fn pages_behind_each_other_and_one_cut_off() {
        let page = |id: &str| {
            format!(r#"{{"AccessKeyMetadata": [{{"UserName": "a", "AccessKeyId": "{id}", "Status": "Active"}}]}}"#)
        };
        let keys = |text: &str| match parse(text.as_bytes()).unwrap().1 {
            Parsed { part: Part::AccessKeys(keys), damage, .. } => (keys.len(), damage.is_some()),
            _ => unreachable!(),
        };
        let (one, two) = (page("AKIAIOSFODNN7EXAMPLE"), page("AKIAI44QH8DHBEXAMPLE"));
        assert_eq!(keys(&format!("{one}\n{two}")), (2, false));
        assert_eq!(keys(&format!("{one}{two}{one}")), (2, false));
        assert_eq!(keys(&format!("{one}\n{}", &two[..40])), (1, true));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>(), cut in 0_usize..600) {
            let _ = parse(&bytes);
            let text = format!("{HEADER}\n{ROOT_ROW}\n");
            let _ = parse(&text.as_bytes()[..cut.min(text.len())]);
        }
    }
}
