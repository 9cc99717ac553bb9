//! The profiles of the AWS config and credentials files: which there are, and what kind of credentials each is to give.
//!
//! Only what the files say; nobody is asked here. `identity` asks AWS whether the credentials can be had.

use std::fmt;
use std::io;

use aws_config::profile::{self, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use super::explain::{chain_of, sentence};

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
    fn next_step(self, name: &str) -> String {
        match self {
            Self::Sso => format!("sign in with `aws sso login --profile {name}`"),
            Self::SessionKeys => "its session has expired or ended: get new keys".to_owned(),
            Self::StaticKeys => "check its access key and secret, which may be deactivated".to_owned(),
            Self::AssumeRole => {
                "the role's trust policy must allow its source_profile, whose credentials must be good".to_owned()
            }
            Self::WebIdentity => "check web_identity_token_file and the role's trust policy".to_owned(),
            Self::Process => "run its credential_process to see what it says".to_owned(),
            Self::Login => {
                format!(
                    "this build reads no `aws login`: run eval \"$(aws configure export-credentials --profile {name} --format env)\""
                )
            }
            Self::Source => "its credential_source has none here".to_owned(),
            Self::None => format!("it names none: run `aws configure --profile {name}` or `aws configure sso`"),
        }
    }
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
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error: io::Error| ProfilesError(error.to_string()))?;
    let set = runtime.block_on(read())?;
    let mut names: Vec<&str> = set.profiles().collect();
    names.sort_unstable();
    Ok(names.into_iter().filter_map(|name| set.get_profile(name)).map(Profile::of).collect())
}

/// What to do about a profile that gives no credentials, and why that is.
pub async fn next_step(name: &str, why: &str) -> String {
    let set = match read().await {
        Ok(set) => set,
        Err(error) => return error.to_string(),
    };
    let Some(profile) = set.get_profile(name) else {
        return "there is no such profile, `trailscan profiles` lists those there are".to_owned();
    };
    let kind = CredentialKind::of(profile);
    let next = kind.next_step(name);
    match kind {
        // It says all.
        CredentialKind::None | CredentialKind::Login => next,
        _ => format!("{next} ({why})"),
    }
}

async fn read() -> Result<ProfileSet, ProfilesError> {
    let read = profile::load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), None).await;
    read.map_err(|error| ProfilesError(sentence(&chain_of(&error))))
}

impl Profile {
    fn of(profile: &profile::Profile) -> Self {
        let account = profile.get("sso_account_id").or_else(|| account_of(profile.get("role_arn")?));
        Self {
            name: profile.name().to_owned(),
            credentials: CredentialKind::of(profile),
            account_id: account.map(str::to_owned),
            region: profile.get("region").map(str::to_owned),
        }
    }
}

impl CredentialKind {
    /// In the order in which the SDK looks.
    fn of(profile: &profile::Profile) -> Self {
        let has = |name| profile.get(name).is_some();
        let is_sso = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"].into_iter().any(has);
        match () {
            () if has("web_identity_token_file") => Self::WebIdentity,
            () if has("role_arn") => Self::AssumeRole,
            () if has("credential_source") => Self::Source,
            () if is_sso => Self::Sso,
            () if has("login_session") => Self::Login,
            () if has("credential_process") => Self::Process,
            () if has("aws_session_token") => Self::SessionKeys,
            () if has("aws_access_key_id") => Self::StaticKeys,
            () => Self::None,
        }
    }
}

/// The account of `arn:aws:iam::111122223333:role/name`.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| crate::input::key::is_account(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parsed(config: &str, credentials: &str) -> Vec<Profile> {
        use aws_runtime::env_config::file::EnvConfigFileKind;
        let files = EnvConfigFiles::builder()
            .with_contents(EnvConfigFileKind::Config, config)
            .with_contents(EnvConfigFileKind::Credentials, credentials)
            .build();
        let set = profile::load(&Fs::real(), &Env::real(), &files, None).await.unwrap();
        let mut names: Vec<&str> = set.profiles().collect();
        names.sort_unstable();
        names.into_iter().map(|name| Profile::of(set.get_profile(name).unwrap())).collect()
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
            [profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
            [profile web]\nrole_arn = arn:aws:iam::123456789012:role/ci\nweb_identity_token_file = /token\n\
            [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n";
        let credentials = "[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n\
            [session]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\n";
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let profiles = runtime.block_on(parsed(config, credentials));
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
                "process process - us-east-1",
                "session session-keys - -",
                "sso sso 111122223333 -",
                "web web-identity 123456789012 -",
            ]
        );
    }
}
