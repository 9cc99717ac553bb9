//! The profiles of the AWS config and credentials files: which there are, and what kind of credentials each is to give.
//!
//! Only what the files say; nobody is asked here. `identity` asks AWS whether the credentials can be had.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::ini::{Section, Settings, sections};
use super::variables::variable;
use crate::input::explain_io;

/// A profile, as the files describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it gets credentials from.
    pub credentials: CredentialKind,
    /// The account that it names itself: that of the SSO role, or of the role to assume.
    pub account_id: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

/// What a profile gets credentials from. Not an AWS term.
///
/// Source: AWS SDKs and Tools reference guide, "Standardized credential providers".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A long-lived access key in the file.
    StaticKeys,
    /// An access key with a session token in the file, which expires.
    SessionKeys,
    /// IAM Identity Center.
    Sso,
    /// A role, with the credentials of another profile or source.
    AssumeRole,
    /// A role, with a token of an identity provider.
    WebIdentity,
    /// A command.
    Process,
    /// A console sign-in (`aws login`).
    Login,
    /// The environment, the container or the instance.
    Source,
    /// Nothing is said: a region, or a session that others use.
    None,
}

/// Why the profiles are not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the AWS config files cannot be read: {0}")]
pub struct ProfilesError(String);

impl CredentialKind {
    /// The word that names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StaticKeys => "static-keys",
            Self::SessionKeys => "session-keys",
            Self::Sso => "sso",
            Self::AssumeRole => "assume-role",
            Self::WebIdentity => "web-identity",
            Self::Process => "process",
            Self::Login => "login",
            Self::Source => "credential-source",
            Self::None => "none",
        }
    }

    /// What to do when a profile of this kind gives no credentials.
    pub fn next_step(self, name: &str) -> String {
        match self {
            Self::Sso => format!("sign in with `aws sso login --profile {name}`"),
            Self::SessionKeys => "its session has expired or ended: get new keys".to_owned(),
            Self::StaticKeys => "check its access key and secret, which may be deactivated".to_owned(),
            Self::AssumeRole => {
                "the role's trust policy must allow its source_profile, whose credentials must be good".to_owned()
            }
            Self::WebIdentity => "check web_identity_token_file and the role's trust policy".to_owned(),
            Self::Process => "run its credential_process to see what it says".to_owned(),
            Self::Login => format!("this build reads no `aws login`: run {}", exported(name)),
            Self::Source => "its credential_source has none here".to_owned(),
            Self::None => format!("it names none: run `aws configure --profile {name}` or `aws configure sso`"),
        }
    }
}

/// The command that gives a shell the credentials of a profile, whatever they come from.
pub fn exported(name: &str) -> String {
    format!("eval \"$(aws configure export-credentials --profile '{name}' --format env)\"")
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The profiles of the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, else of `~/.aws/`, by name.
///
/// # Errors
/// When a file cannot be read, or is none of these.
pub fn profiles() -> Result<Vec<Profile>, ProfilesError> {
    let files = ProfileFiles::read()?;
    Ok(files.profiles.iter().map(|(name, settings)| Profile::of(name, settings)).collect())
}

/// All that the files say. Of a setting that both files have, that of the credentials file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileFiles {
    /// The profiles by name.
    pub profiles: BTreeMap<String, Settings>,
    /// The sections `[sso-session NAME]`.
    pub sso_sessions: BTreeMap<String, Settings>,
    /// The sections `[services NAME]`.
    pub services: BTreeMap<String, Settings>,
}

impl ProfileFiles {
    /// Reads both files; one that is not there says nothing.
    ///
    /// # Errors
    /// When a file cannot be read, or is none of these.
    pub fn read() -> Result<Self, ProfilesError> {
        let mut files = Self::default();
        for section in sections_of("AWS_CONFIG_FILE", "config")? {
            files.add_config(section);
        }
        for Section { name, settings, .. } in sections_of("AWS_SHARED_CREDENTIALS_FILE", "credentials")? {
            files.profiles.entry(name).or_default().extend(settings);
        }
        Ok(files)
    }

    fn add_config(&mut self, section: Section) {
        let Section { words, settings, .. } = section;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (of, name) = match words[..] {
            ["default"] => (&mut self.profiles, "default"),
            ["profile", name] => (&mut self.profiles, name),
            ["sso-session", name] => (&mut self.sso_sessions, name),
            ["services", name] => (&mut self.services, name),
            // What other tools keep there.
            _ => return,
        };
        of.entry(name.to_owned()).or_default().extend(settings);
    }
}

/// The sections of the file that a variable names, else of `~/.aws/NAME`.
fn sections_of(name: &str, default: &str) -> Result<Vec<Section>, ProfilesError> {
    let path =
        variable(name).map_or_else(|| home().map(|home| home.join(".aws").join(default)), |path| Some(in_home(&path)));
    let Some(path) = path else { return Ok(Vec::new()) };
    let wrong = |why: String| ProfilesError(format!("{}: {why}", path.display()));
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(explain_io(&error))),
    };
    sections(&String::from_utf8_lossy(&bytes)).map_err(|error| wrong(error.to_string()))
}

/// A path that may begin with `~/`.
pub fn in_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

fn home() -> Option<PathBuf> {
    variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from)
}

impl Profile {
    fn of(name: &str, settings: &Settings) -> Self {
        let get = |name: &str| settings.get(name).map(String::as_str);
        let account = get("sso_account_id").or_else(|| account_of(get("role_arn")?));
        Self {
            name: name.to_owned(),
            credentials: CredentialKind::of(settings),
            account_id: account.map(str::to_owned),
            region: get("region").map(str::to_owned),
        }
    }
}

impl CredentialKind {
    /// In the order in which the AWS CLI looks.
    ///
    /// Source: botocore, `credentials.py`, `create_credential_resolver`.
    pub fn of(settings: &Settings) -> Self {
        let has = |name: &str| settings.get(name).is_some_and(|value| !value.is_empty());
        let is_sso = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"].into_iter().any(has);
        match () {
            () if has("web_identity_token_file") && has("role_arn") => Self::WebIdentity,
            () if has("role_arn") => Self::AssumeRole,
            () if has("credential_source") => Self::Source,
            () if is_sso => Self::Sso,
            () if has("aws_access_key_id") && has("aws_session_token") => Self::SessionKeys,
            () if has("aws_access_key_id") => Self::StaticKeys,
            () if has("login_session") => Self::Login,
            () if has("credential_process") => Self::Process,
            () => Self::None,
        }
    }
}

/// The account of `arn:aws:iam::111122223333:role/name`.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| crate::model::is_account_id(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(config: &str, credentials: &str) -> Vec<Profile> {
        let mut files = ProfileFiles::default();
        sections(config).unwrap().into_iter().for_each(|section| files.add_config(section));
        for Section { name, settings, .. } in sections(credentials).unwrap() {
            files.profiles.entry(name).or_default().extend(settings);
        }
        files.profiles.iter().map(|(name, settings)| Profile::of(name, settings)).collect()
    }

    #[test]
    fn every_kind() {
        let config = "\
            [default]\nregion = eu-west-1\n\
            [profile assumed]\nrole_arn = arn:aws:iam::444455556666:role/reader\nsource_profile = keys\n\
            [profile instance]\ncredential_source = Ec2InstanceMetadata\n\
            [profile instance-role]\ncredential_source = Ec2InstanceMetadata\nrole_arn = arn:aws:iam::x:role/y\n\
            [profile login]\nlogin_session = arn:aws:iam::111122223333:user/alice\n\
            [profile process]\ncredential_process = /bin/get\nregion = us-east-1\n\
            [profile \"my team\"]\nregion = eu-west-1\ncredential_process = /bin/get\n\
            [profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
            [profile web]\nrole_arn = arn:aws:iam::123456789012:role/ci\nweb_identity_token_file = /token\n\
            [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n";
        let credentials = "[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n\
            [session]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\n\
            [my team]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n";
        let profiles = parsed(config, credentials);
        let brief = profiles.iter().map(|profile| {
            let account = profile.account_id.as_deref().unwrap_or("-");
            format!("{} {} {account} {}", profile.name, profile.credentials, profile.region.as_deref().unwrap_or("-"))
        });
        assert_eq!(
            brief.collect::<Vec<_>>(),
            [
                "assumed assume-role 444455556666 -",
                "default none - eu-west-1",
                "instance credential-source - -",
                "instance-role assume-role - -",
                "keys static-keys - -",
                "login login - -",
                "my team static-keys - eu-west-1",
                "process process - us-east-1",
                "session session-keys - -",
                "sso sso 111122223333 -",
                "web web-identity 123456789012 -",
            ]
        );
    }
}
