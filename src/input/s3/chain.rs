//! Where one's credentials come from, as the environment and the profiles say: a first source, then roles that are assumed
//! one with the credentials of another. Nobody is asked here; `source` does that.
//!
//! In the order of the AWS CLI: a profile that is named comes before the environment's keys; these come before the profile
//! that the environment names, which must exist all the same.
//!
//! Source: botocore, `credentials.py`, `create_credential_resolver`; AWS SDKs and Tools reference guide, "Assume role
//! credential provider".

use super::ini::Settings;
use super::profiles::{CredentialKind, ProfileFiles};
use super::settings::profile_of_environment;
use super::variables::{KEY_ID, SECRET, variable};

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The first of them.
    pub first: First,
    /// What is assumed with them, in turn.
    pub roles: Vec<Role>,
    /// The profile that says so, if one does.
    pub profile: Option<String>,
}

/// The first source of a chain.
#[derive(Clone, PartialEq, Eq)]
pub enum First {
    /// A key that is there.
    Key(Key),
    /// A command of the user.
    Process(String),
    /// IAM Identity Center.
    Sso(Sso),
    /// A token of an identity provider.
    WebIdentity(WebIdentity),
    /// The container that this runs in.
    Container,
    /// The instance that this runs on.
    Instance,
    /// Whatever this runs on.
    Surroundings,
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// The token of its session.
    pub token: Option<String>,
}

/// What IAM Identity Center is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sso {
    /// The account.
    pub account_id: String,
    /// The permission set.
    pub role_name: String,
    /// The portal.
    pub start_url: String,
    /// Its region.
    pub region: String,
    /// The `[sso-session …]`, where there is one.
    pub session: Option<String>,
}

/// A role for who has a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    /// Its ARN.
    pub role_arn: String,
    /// The file that holds the token.
    pub token_file: String,
    /// What the session is called.
    pub session_name: Option<String>,
}

/// A role to assume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// What its trust policy may ask for.
    pub external_id: Option<String>,
    /// What the session is called.
    pub session_name: Option<String>,
    /// How long it lasts.
    pub seconds: Option<i32>,
    /// The MFA device that its trust policy may ask for.
    pub mfa_serial: Option<String>,
}

/// No secret, whoever prints it: which kind of source it is.
impl std::fmt::Debug for First {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key",
            Self::Process(_) => "Process",
            Self::Sso(_) => "Sso",
            Self::WebIdentity(_) => "WebIdentity",
            Self::Container => "Container",
            Self::Instance => "Instance",
            Self::Surroundings => "Surroundings",
        })
    }
}

/// That a profile is not there.
pub const NO_SUCH_PROFILE: &str = "there is no such profile, `trailscan profiles` lists those there are";

impl Chain {
    /// The chain of who names `profile`, or none.
    ///
    /// # Errors
    /// Why there can be none, in one line.
    pub fn of(profile: Option<&str>, files: &ProfileFiles) -> Result<Self, String> {
        if let Some(name) = profile {
            return Self::of_profile(name, files);
        }
        if let Some(key) = key_of_environment() {
            return Ok(Self { first: First::Key(key), roles: Vec::new(), profile: None });
        }
        let name = profile_of_environment();
        let name = name.as_deref().unwrap_or(DEFAULT);
        let kind = files.profiles.get(name).map_or(CredentialKind::None, CredentialKind::of);
        let first = match (kind, web_identity_of_environment()) {
            (CredentialKind::AssumeRole, _) => return Self::of_profile(name, files),
            (_, Some(token)) => First::WebIdentity(token),
            (CredentialKind::None, None) => First::Surroundings,
            _ => return Self::of_profile(name, files),
        };
        Ok(Self { first, roles: Vec::new(), profile: None })
    }

    fn of_profile(name: &str, files: &ProfileFiles) -> Result<Self, String> {
        let (mut roles, mut met) = (Vec::new(), Vec::<&str>::new());
        let mut next = name;
        let first = loop {
            let missing = || if met.is_empty() { NO_SUCH_PROFILE.to_owned() } else { no_source(next) };
            let settings = files.profiles.get(next).ok_or_else(missing)?;
            if met.contains(&next) {
                return Err(format!("its source_profile leads back to {next}: name one that has credentials"));
            }
            met.push(next);
            // A key comes first in whoever is the source of another.
            if let Some(key) = key_of(settings).filter(|_| met.len() > 1) {
                break First::Key(key);
            }
            if CredentialKind::of(settings) != CredentialKind::AssumeRole {
                break first_of(settings, files)?;
            }
            roles.push(role_of(settings)?);
            match (get(settings, "source_profile"), get(settings, "credential_source")) {
                (Some(source), None) if source == next => break first_of(&without_role(settings), files)?,
                (Some(source), None) => next = source,
                (None, Some(source)) => break source_of(source)?,
                _ => return Err("its role_arn needs source_profile or credential_source, and only one".to_owned()),
            }
        };
        roles.reverse();
        Ok(Self { first, roles, profile: Some(name.to_owned()) })
    }
}

/// The profile of who names none.
pub const DEFAULT: &str = "default";

fn no_source(name: &str) -> String {
    format!("its source_profile {name} is not there, `trailscan profiles` lists those there are")
}

fn get<'a>(settings: &'a Settings, name: &str) -> Option<&'a str> {
    settings.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

fn text(settings: &Settings, name: &str) -> Option<String> {
    get(settings, name).map(str::to_owned)
}

fn required(settings: &Settings, name: &str) -> Result<String, String> {
    text(settings, name).ok_or_else(|| format!("it has no {name}"))
}

/// What a profile that assumes no role says.
fn first_of(settings: &Settings, files: &ProfileFiles) -> Result<First, String> {
    match CredentialKind::of(settings) {
        CredentialKind::StaticKeys | CredentialKind::SessionKeys => {
            key_of(settings).map(First::Key).ok_or_else(|| "it has no aws_secret_access_key".to_owned())
        }
        CredentialKind::Process => Ok(First::Process(required(settings, "credential_process")?)),
        CredentialKind::WebIdentity => Ok(First::WebIdentity(WebIdentity {
            role_arn: required(settings, "role_arn")?,
            token_file: required(settings, "web_identity_token_file")?,
            session_name: text(settings, "role_session_name"),
        })),
        CredentialKind::Sso => sso_of(settings, files).map(First::Sso),
        CredentialKind::Source => source_of(get(settings, "credential_source").unwrap_or_default()),
        // Told by what it is: see `CredentialKind::next_step`.
        CredentialKind::Login | CredentialKind::None => Err(String::new()),
        CredentialKind::AssumeRole => Err("it names a role and itself as its source".to_owned()),
    }
}

fn source_of(source: &str) -> Result<First, String> {
    match source.to_ascii_lowercase().as_str() {
        "environment" => {
            let missing = || format!("its credential_source is Environment, and {KEY_ID} and {SECRET} are not set");
            key_of_environment().map(First::Key).ok_or_else(missing)
        }
        "ec2instancemetadata" => Ok(First::Instance),
        "ecscontainer" => Ok(First::Container),
        _ => Err(format!("credential_source is {source:?}: give Environment, Ec2InstanceMetadata or EcsContainer")),
    }
}

fn sso_of(settings: &Settings, files: &ProfileFiles) -> Result<Sso, String> {
    let session = text(settings, "sso_session");
    let of_session = match &session {
        Some(name) => files.sso_sessions.get(name).ok_or_else(|| format!("there is no [sso-session {name}]"))?,
        None => settings,
    };
    Ok(Sso {
        account_id: required(settings, "sso_account_id")?,
        role_name: required(settings, "sso_role_name")?,
        start_url: required(of_session, "sso_start_url")?,
        region: required(of_session, "sso_region")?,
        session,
    })
}

fn role_of(settings: &Settings) -> Result<Role, String> {
    let seconds = text(settings, "duration_seconds").map(|text| {
        let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
        seconds.ok_or_else(|| format!("duration_seconds is {text:?}: give a number of seconds"))
    });
    Ok(Role {
        arn: required(settings, "role_arn")?,
        external_id: text(settings, "external_id"),
        session_name: text(settings, "role_session_name"),
        seconds: seconds.transpose()?,
        mfa_serial: text(settings, "mfa_serial"),
    })
}

fn without_role(settings: &Settings) -> Settings {
    let kept = settings.iter().filter(|(name, _)| *name != "role_arn");
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn key_of(settings: &Settings) -> Option<Key> {
    let id = text(settings, "aws_access_key_id")?;
    let secret = text(settings, "aws_secret_access_key")?;
    Some(Key { id, secret, token: text(settings, "aws_session_token") })
}

fn key_of_environment() -> Option<Key> {
    Some(Key { id: variable(KEY_ID)?, secret: variable(SECRET)?, token: variable("AWS_SESSION_TOKEN") })
}

fn web_identity_of_environment() -> Option<WebIdentity> {
    Some(WebIdentity {
        token_file: variable("AWS_WEB_IDENTITY_TOKEN_FILE")?,
        role_arn: variable("AWS_ROLE_ARN")?,
        session_name: variable("AWS_ROLE_SESSION_NAME"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::ini::sections;
    use super::*;

    fn files() -> ProfileFiles {
        let text = "[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hidden\n\
            credential_process = /bin/late\n\
            [half]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
            [role]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/me\n\
            duration_seconds = 900\nexternal_id = x\nrole_session_name = s\n\
            [second]\nrole_arn = arn:aws:iam::2:role/b\nsource_profile = role\n\
            [self]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = self\ncredential_process = /bin/get --x\n\
            [round]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = trip\n\
            [trip]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = round\n\
            [lost]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = nobody\n\
            [bare]\nrole_arn = arn:aws:iam::1:role/b\n\
            [both]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = keys\ncredential_source = Environment\n\
            [long]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = keys\nduration_seconds = an hour\n\
            [box]\ncredential_source = ec2instancemetadata\n[odd]\ncredential_source = Moon\n\
            [web]\nrole_arn = arn:aws:iam::1:role/ci\nweb_identity_token_file = /token\n\
            [sso]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n\
            [sso-old]\nsso_start_url = https://x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n\
            [sso-lost]\nsso_session = none\nsso_account_id = 1\nsso_role_name = r\n\
            [sso-half]\nsso_session = corp\nsso_account_id = 1\n[nothing]\nregion = us-east-1\n";
        let mut files = ProfileFiles::default();
        for section in sections(text).unwrap() {
            files.profiles.insert(section.name, section.settings);
        }
        let corp = sections("[corp]\nsso_start_url = https://x\nsso_region = us-east-1\n").unwrap().remove(0);
        files.sso_sessions.insert(corp.name, corp.settings);
        files
    }

    /// Every kind of source, as its kind and the roles after it.
    #[test]
    fn where_each_profile_leads() {
        let files = files();
        for (name, expected) in [
            ("keys", "Key"),
            ("role", "Key arn:aws:iam::1:role/a"),
            ("second", "Key arn:aws:iam::1:role/a arn:aws:iam::2:role/b"),
            ("self", "Process arn:aws:iam::1:role/a"),
            ("box", "Instance"),
            ("web", "WebIdentity"),
            ("sso", "Sso"),
            ("sso-old", "Sso"),
        ] {
            let chain = Chain::of(Some(name), &files).unwrap();
            let roles: Vec<&str> = chain.roles.iter().map(|role| role.arn.as_str()).collect();
            assert_eq!(format!("{:?} {}", chain.first, roles.join(" ")).trim(), expected, "{name}");
            assert!(!format!("{chain:?}").contains("hidden"), "{chain:?}");
        }
        let role = Chain::of(Some("role"), &files).unwrap().roles.remove(0);
        assert_eq!((role.seconds, role.mfa_serial.as_deref()), (Some(900), Some("arn:aws:iam::1:mfa/me")));
        assert_eq!((role.external_id.as_deref(), role.session_name.as_deref()), (Some("x"), Some("s")));
    }

    #[test]
    fn profiles_that_lead_nowhere_say_why() {
        let files = files();
        for (name, why) in [
            ("missing", "there is no such profile"),
            ("half", "it has no aws_secret_access_key"),
            ("round", "its source_profile leads back to round"),
            ("lost", "its source_profile nobody is not there"),
            ("bare", "its role_arn needs source_profile or credential_source"),
            ("both", "its role_arn needs source_profile or credential_source"),
            ("long", "duration_seconds is \"an hour\""),
            ("odd", "credential_source is \"Moon\""),
            ("sso-lost", "there is no [sso-session none]"),
            ("sso-half", "it has no sso_role_name"),
            ("nothing", ""),
        ] {
            let said = Chain::of(Some(name), &files).unwrap_err();
            assert!(said.starts_with(why), "{name}: {said}");
        }
    }
}
