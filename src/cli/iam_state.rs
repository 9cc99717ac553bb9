//! IAM's state: what can be typed about its files, and what a run does with them.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;
use trailscan::coverage::{Beside, Coverage, Failure, StateFile, StateFileStatus};
use trailscan::input::{Feed, LogObject};
use trailscan::model::{EventTime, TimeWindow, quantity};
use trailscan::posture::{AsOfBasis, NamedFile, Places, Posture, Source, StateKind};
use trailscan::report::{Report, typed};

use super::exit::Problem;
use super::stop::STOP;

/// Days before the moment that ages run to from which a file's age is worth a warning.
const OLD_DAYS: i64 = 30;

/// What can be typed about IAM's state.
#[derive(Clone, Debug, Default, Args)]
pub struct StateTyped {
    /// What `aws iam get-credential-report` printed, or the CSV in it; may be repeated, one per account
    ///
    /// ACCOUNT=FILE says which account a file is of, for all of these flags. It is needed only for files that do not say
    /// it (access keys, account summary, password policy, regions) when several accounts are given.
    #[arg(long, value_name = "FILE", help_heading = "IAM state")]
    pub credential_report: Vec<OsString>,

    /// What `aws iam get-account-authorization-details` printed; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "IAM state")]
    pub authorization_details: Vec<OsString>,

    /// What `aws iam list-access-keys` printed, for one user or many in one file; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "IAM state")]
    pub access_keys: Vec<OsString>,

    /// What `aws iam get-account-summary` printed; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "IAM state")]
    pub account_summary: Vec<OsString>,

    /// What `aws iam get-account-password-policy` printed, its error included; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "IAM state")]
    pub password_policy: Vec<OsString>,

    /// What `aws account list-regions` or `aws ec2 describe-regions` printed; may be repeated
    ///
    /// Logs prove what was not done only where every enabled region delivered. Without this file those regions are taken
    /// that are on by default and those that delivered.
    #[arg(hide_short_help = true, long, value_name = "[ACCOUNT=]FILE", help_heading = "IAM state")]
    pub enabled_regions: Vec<OsString>,

    /// A folder with a folder per account that holds any of these files, told apart by content; may be repeated
    ///
    /// Lists of service-specific credentials and of SSH public keys (`aws iam list-service-specific-credentials`,
    /// `list-ssh-public-keys`) are read here, too. Files that do not say their account are of the one that their folder is named for, or that the files beside them
    /// name (an `aws sts get-caller-identity` also will do).
    #[arg(long, value_name = "DIR", help_heading = "IAM state")]
    pub iam_dir: Vec<PathBuf>,

    /// Ask IAM now in place of files, as whoever reads S3
    ///
    /// With the same credentials, that is: --aws-profile, --all-profiles, --assume-role. The state of the account of each profile, or with --org-role of every account of the organization, is asked for as
    /// `trailscan iam-snapshot` does, into a temporary folder that is removed at the end.
    #[arg(long, hide = !cfg!(feature = "iam"), help_heading = "IAM state")]
    pub live: bool,

    /// With --live, ask every account of the organization, by assuming this role in each
    #[arg(long, value_name = "NAME", requires = "live", help_heading = "IAM state")]
    #[arg(hide = !cfg!(feature = "iam"), hide_short_help = true)]
    pub org_role: Option<String>,
}

impl StateTyped {
    /// The files and folders that were named.
    ///
    /// # Errors
    /// [`Problem::Usage`] for `ID=FILE` where ID is not an account id.
    pub fn places(&self) -> Result<Places, Problem> {
        let lists = [
            (StateKind::CredentialReport, &self.credential_report),
            (StateKind::AuthorizationDetails, &self.authorization_details),
            (StateKind::AccessKeys, &self.access_keys),
            (StateKind::AccountSummary, &self.account_summary),
            (StateKind::PasswordPolicy, &self.password_policy),
            (StateKind::EnabledRegions, &self.enabled_regions),
        ];
        let files = lists.into_iter().flat_map(|(kind, list)| list.iter().map(move |text| named(kind, text)));
        if self.live && !cfg!(feature = "iam") {
            return Err(Problem::usage(
                "--live: this build does not ask IAM: install with the feature `iam`, or give files that the AWS CLI printed \
                 (--iam-dir DIR)",
            ));
        }
        Ok(Places { files: files.collect::<Result<_, _>>()?, folders: self.iam_dir.clone(), live: None })
    }
}

/// `FILE` or `111122223333=FILE`.
fn named(kind: StateKind, text: &OsString) -> Result<NamedFile, Problem> {
    let said = text.to_str().and_then(|text| text.split_once('='));
    let said = said.filter(|(id, _)| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    match said {
        Some((id, path)) if id.len() == 12 => {
            Ok(NamedFile { kind, account_id: Some(id.to_owned()), path: path.into() })
        }
        Some((id, _)) if !Path::new(text).exists() => {
            let (flag, text) = (kind.as_str(), text.display());
            Err(Problem::usage(format!("--{flag} {text}: {id} is not an account id, which has 12 digits")))
        }
        _ => Ok(NamedFile { kind, account_id: None, path: text.into() }),
    }
}

/// Refuses a report that is about IAM's state when no file of it was named. A list of regions is none: it says which
/// logs there have to be.
///
/// # Errors
/// [`Problem::Usage`] that names the flags.
pub fn check(report: Option<&Report>, places: &Places, (inputs, is_live): (&[OsString], bool)) -> Result<(), Problem> {
    let Some(report) = report.filter(|report| report.needs_no_logs() && !is_live) else { return Ok(()) };
    let nothing = places.folders.is_empty() && places.files.iter().all(|file| file.kind == StateKind::EnabledRegions);
    if !nothing {
        return Ok(());
    }
    let why =
        if places.is_empty() { "none was named" } else { "--enabled-regions alone says nothing about users and keys" };
    let folder = inputs.iter().find(|input| Path::new(input).is_dir());
    let meant = folder.map(|folder| format!("; {0} is read as logs, as state it is --iam-dir {0}", folder.display()));
    Err(Problem::usage(format!(
        "{} reads files of IAM's state and {why}: give --credential-report FILE, --authorization-details FILE, \
         --access-keys FILE, --account-summary FILE, --password-policy FILE, or --iam-dir DIR{}",
        typed(report.name),
        meant.unwrap_or_default()
    )))
}

/// A state file that is long in coming, read until the run is stopped.
struct Awaited(Feed);

impl Read for Awaited {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => return other,
            }
            if STOP.load(Ordering::Relaxed) {
                return Err(io::Error::other("interrupted before its end"));
            }
        }
    }
}

/// Opens a state file; a pipe holds up nobody who wants to stop.
fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    match path.is_file() {
        true => Ok(Box::new(File::open(path)?)),
        false => Ok(Box::new(Awaited(Feed::of(LogObject::named(path))?))),
    }
}

/// Reads the state, and says what of it was read and what was not. `accounts` are those that are asked for, all when empty;
/// `coverage` is of the logs beside it.
pub fn load(places: &Places, accounts: &[String], coverage: &Coverage) -> (Option<Posture>, Beside) {
    let mut beside = Beside::default();
    if places.is_empty() {
        return (None, beside);
    }
    let mut posture = Posture::load_by(places, &open);
    for file in &posture.files {
        let status = match &file.trouble {
            None => StateFileStatus::Read,
            Some(trouble) if trouble.damaged => StateFileStatus::Damaged,
            Some(_) => StateFileStatus::Failed,
        };
        tracing::info!(file = file.file, status = status.as_str(), "state of IAM");
        beside.state_files.push(StateFile {
            file: file.file.clone(),
            kind: file.kind.map(StateKind::as_str),
            account_id: file.account_id.clone(),
            as_of: file.as_of,
            as_of_basis: file.basis.as_str(),
            status,
        });
        let failure = |why: &String| Failure { object: file.file.clone(), why: why.clone() };
        beside.failures.extend(file.trouble.as_ref().map(|trouble| failure(&trouble.why)));
    }
    beside.warnings.append(&mut posture.warnings);
    beside.warnings.extend(idle_regions(&posture, coverage));
    if !accounts.is_empty() {
        posture.retain_accounts(|id| accounts.iter().any(|wanted| wanted == id));
    }
    (Some(posture), beside)
}

/// Warns of lists of regions that serve nothing: they say which logs there have to be, and of their account there is none,
/// nor any other state.
fn idle_regions(posture: &Posture, coverage: &Coverage) -> Vec<String> {
    let logs = |id: &String| coverage.accounts.contains(id) || coverage.delivered.contains_key(id);
    let idle = posture.accounts.iter().filter(|(id, account)| !logs(id) && account.sources().len() == 1);
    let lists = idle.filter_map(|(id, account)| Some((id, &account.enabled_regions.as_ref()?.source.file)));
    lists.map(|(id, file)| format!("{file}: lists the regions of account {id}, of which no log was read")).collect()
}

/// Warns of state that is older than the window, or much older than the moment that ages run to. Of files that do not
/// say when they were made only the credential report is judged: its dates of last use come near to it, while the newest
/// date of the others may be years old.
pub fn age_warnings(posture: &Posture, window: Option<TimeWindow>, as_of: Option<EventTime>) -> Vec<String> {
    let judged = |source: &&Source| source.basis == AsOfBasis::Generated || source.kind == StateKind::CredentialReport;
    let sources = posture.accounts.values().flat_map(|account| account.sources()).filter(judged);
    let warning = |source: &Source| {
        let made = source.as_of?;
        match window {
            Some(window) if made < window.since() => {
                Some(format!("{}, {} before the window", made_at(source, made), days(made, window.since())))
            }
            _ => as_of
                .filter(|&moment| made.plus_seconds(OLD_DAYS * 86_400) < moment)
                .map(|moment| format!("{}, {} before {}", made_at(source, made), days(made, moment), moment.day())),
        }
    };
    sources.filter_map(warning).collect()
}

fn made_at(source: &Source, made: EventTime) -> String {
    let file = &source.file;
    match source.basis {
        AsOfBasis::Generated => format!("{file}: was generated on {}", made.day()),
        AsOfBasis::NewestDate | AsOfBasis::None => {
            format!("{file}: does not say when it was made; its newest date is {}", made.day())
        }
    }
}

fn days(from: EventTime, to: EventTime) -> String {
    let days = (to.seconds() - from.seconds()) / 86_400;
    quantity(days.unsigned_abs(), "day")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_may_say_their_account() {
        let file = |text: &str| {
            let named = named(StateKind::AccessKeys, &OsString::from(text));
            let named = named.unwrap();
            (named.account_id, named.path.display().to_string())
        };
        assert_eq!(file("111122223333=keys.json"), (Some("111122223333".into()), "keys.json".into()));
        assert_eq!(file("a=b/keys.json"), (None, "a=b/keys.json".into()));
        assert_eq!(file("keys.json"), (None, "keys.json".into()));
        let mistyped = named(StateKind::AccessKeys, &OsString::from("11112222333=keys.json")).unwrap_err();
        assert_eq!(
            mistyped.to_string(),
            "--access-keys 11112222333=keys.json: 11112222333 is not an account id, which has 12 digits"
        );
    }

    #[test]
    fn a_list_of_regions_is_no_state_to_judge() {
        let posture = trailscan::report::by_name("posture");
        let of = |kind| NamedFile { kind, account_id: None, path: "f.json".into() };
        let check = |kinds: &[StateKind]| {
            let files = kinds.iter().copied().map(of).collect();
            check(posture, &Places { files, ..Places::default() }, (&[], false))
        };
        assert!(check(&[StateKind::EnabledRegions]).unwrap_err().to_string().contains("--enabled-regions alone"));
        assert!(check(&[]).unwrap_err().to_string().contains("none was named"));
        let folder = super::check(posture, &Places::default(), (&[".".into()], false)).unwrap_err().to_string();
        assert!(folder.ends_with("; . is read as logs, as state it is --iam-dir ."), "{folder}");
        assert!(check(&[StateKind::EnabledRegions, StateKind::AccessKeys]).is_ok());
    }
}
