//! Who asks, and where: credentials, region and endpoint, as the AWS CLI finds them. The only place that builds clients.
//!
//! [`Access::connect`] gives an [`SdkConfig`] whose credentials have been had once, so that a run without any ends
//! before it began and not in every request; [`Access::client`] makes an S3 client of it. What is had is kept: all clones
//! of an access share it, so a command of the user runs once, and a role is assumed once.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::SharedCredentialsProvider;
use tokio::sync::OnceCell;
use tracing::info;

use super::chain::{Chain, DEFAULT, NO_SUCH_PROFILE, Role};
use super::profiles::{CredentialKind, ProfileFiles};
use super::settings::{Addressing, Settings, profile_of_environment};
use super::source::{AskCode, Missing, Source};
use super::variables::variable;
use crate::input::S3Uri;
use crate::input::caught::caught_in;

/// How long the bytes of an answer may be waited for.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// Who asks, and where, as far as the user says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// A profile of the AWS config files; its credentials come before those of the environment.
    pub profile: Option<String>,
    /// A role to read with.
    pub role: Option<RoleToAssume>,
    /// The region to ask.
    pub region: Option<String>,
    /// Another S3 than Amazon's.
    pub endpoint_url: Option<String>,
    /// `http://host/bucket/key` in place of `http://bucket.host/key`. An endpoint that is given turns it on.
    pub path_style: bool,
    /// No signatures: public buckets.
    pub unsigned: bool,
    /// Who asks pays for the requests.
    pub requester_pays: bool,
    /// What was had: an access for somebody else begins with nothing.
    pub kept: Kept,
}

/// A role, assumed with the credentials that are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleToAssume {
    /// Its ARN.
    pub arn: String,
    /// What its trust policy may ask for.
    pub external_id: Option<String>,
}

/// What an [`Access`] and its clones have had: credentials and settings, or why there are none. Says nothing about who
/// asks, so all are equal.
#[derive(Clone, Default)]
pub struct Kept {
    ask_code: Option<AskCode>,
    connected: Arc<OnceCell<Result<Connected, AccessError>>>,
}

#[derive(Clone)]
struct Connected {
    config: SdkConfig,
    settings: Settings,
}

impl Kept {
    /// Nothing yet; a person is asked for the code of an MFA device with `ask_code`. Without it nobody is.
    pub fn asking(ask_code: AskCode) -> Self {
        Self { ask_code: Some(ask_code), ..Self::default() }
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("connected", &self.connected.initialized()).finish()
    }
}

/// Why nothing can be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// No provider has credentials.
    #[error(
        "no AWS credentials found: set AWS_PROFILE or --aws-profile, sign in with `aws sso login`, or give \
         --no-sign-request for a public bucket ({0})"
    )]
    NoCredentials(String),
    /// The profile gives none.
    #[error("profile {name} gives no credentials: {why}")]
    Profile {
        /// The profile.
        name: String,
        /// The next step, and what the provider says.
        why: String,
    },
    /// The role of `--assume-role` cannot be assumed.
    #[error("role {0} cannot be assumed: its trust policy must allow it, and may ask for --external-id ({1})")]
    Role(String, String),
    /// A role of an account cannot be assumed.
    #[error("role {0} cannot be assumed: is it there, and does its trust policy allow who asks? ({1})")]
    NotAssumed(String, String),
    /// Something that is set cannot be, or the asking died.
    #[error("{who} cannot be used: {why}")]
    Unusable {
        /// Who would have asked.
        who: String,
        /// The setting, or what died.
        why: String,
    },
}

impl AccessError {
    /// The same, where the line has named the profile.
    pub fn unnamed(&self) -> String {
        match self {
            Self::Profile { why, .. } => format!("gives no credentials: {why}"),
            Self::Unusable { why, .. } => format!("cannot be used: {why}"),
            other => other.to_string(),
        }
    }
}

impl Access {
    /// Finds region and credentials, the latter once up front; asked again, gives the same. Takes as long as a
    /// credential_process or a person who types a code, else a few seconds at most.
    ///
    /// # Errors
    /// [`AccessError`], without any secret in it.
    pub async fn connect(&self) -> Result<SdkConfig, AccessError> {
        let connected = self.kept.connected.get_or_init(|| async {
            let connected = caught_in(self.connect_anew()).await;
            connected.unwrap_or_else(|why| Err(self.unusable(why)))
        });
        connected.await.clone().map(|connected| connected.config)
    }

    /// As [`Access::connect`], and with what is had there the role `arn` is assumed.
    ///
    /// # Errors
    /// [`AccessError`], without any secret in it.
    #[cfg(feature = "iam")]
    pub(crate) async fn connect_as(&self, arn: &str) -> Result<SdkConfig, AccessError> {
        let config = self.connect().await?;
        let had = config.credentials_provider().ok_or_else(|| self.unusable("it signs nothing".to_owned()))?;
        let source = Source::assuming(arn, had, config.clone());
        match source.credentials().await {
            Ok(_) => Ok(config.into_builder().credentials_provider(SharedCredentialsProvider::new(source)).build()),
            Err(Missing::Role(_, why) | Missing::First(why) | Missing::Code(why)) => {
                Err(AccessError::NotAssumed(arn.to_owned(), why))
            }
        }
    }

    /// A client for a bucket of `region`, or of the region that the user or the configuration says.
    pub fn client(&self, config: &SdkConfig, bucket: &str, region: Option<&str>) -> aws_sdk_s3::Client {
        // Repeating is ours: it begins anew at the first byte of an object, and one limit holds for all of it.
        let mut builder = aws_sdk_s3::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            // An access point is only ever part of the host.
            .force_path_style(self.is_path_style() && !S3Uri::is_access_point(bucket));
        // Only of S3: the role is asked for where roles are.
        if let Some(url) = &self.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        if let Some(region) = region {
            builder = builder.region(Region::new(region.to_owned()));
        }
        aws_sdk_s3::Client::from_conf(builder.build())
    }

    /// Whether it is known how this ends.
    pub fn is_connected(&self) -> bool {
        self.kept.connected.initialized()
    }

    /// How often a request is sent at most, where the environment or the profile says it.
    pub fn attempts(&self) -> Option<u32> {
        Some(self.settings()?.retrying.as_ref()?.max_attempts())
    }

    async fn connect_anew(&self) -> Result<Connected, AccessError> {
        let files = ProfileFiles::read().map_err(|error| self.unusable(error.to_string()))?;
        let name = self.profile.clone().or_else(profile_of_environment);
        let settings = self.read(name.as_deref(), &files)?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(settings.region.clone())
            .retry_config(settings.retrying.clone().unwrap_or_else(RetryConfig::standard))
            .timeout_config(TimeoutConfig::builder().read_timeout(READ_WITHIN).build())
            .no_credentials();
        if let Some(name) = &name {
            loader = loader.profile_name(name);
        }
        if let Some(roots) = &settings.roots {
            loader = loader.http_client(roots.client());
        }
        let mut builder = loader.load().await.into_builder().service_config(settings.endpoints.clone());
        // Those of the services stand there, too.
        builder.set_endpoint_url(None);
        let config = builder.build();
        if self.unsigned {
            return Ok(Connected { config, settings });
        }
        let source = self.source(&files, config.clone(), &settings)?;
        source.credentials().await.map_err(|missing| self.refused(missing, &source, &files))?;
        info!(who = self.label(), region = settings.region.as_ref(), "credentials found");
        let config = config.into_builder().credentials_provider(SharedCredentialsProvider::new(source)).build();
        Ok(Connected { config, settings })
    }

    /// The settings, of the profile `name` too: one that is named must be there.
    fn read(&self, name: Option<&str>, files: &ProfileFiles) -> Result<Settings, AccessError> {
        let none = super::ini::Settings::new();
        let profile = files.profiles.get(name.unwrap_or(DEFAULT));
        if let (Some(name), None, false) = (name, profile, self.unsigned)
            && (self.profile.is_some() || name != DEFAULT)
        {
            return Err(AccessError::Profile { name: name.to_owned(), why: NO_SUCH_PROFILE.to_owned() });
        }
        let settings = Settings::read(self.region.as_deref(), profile.unwrap_or(&none), files, variable);
        settings.map_err(|why| self.unusable(why))
    }

    fn source(&self, files: &ProfileFiles, config: SdkConfig, settings: &Settings) -> Result<Source, AccessError> {
        let chain = Chain::of(self.profile.as_deref(), files);
        let mut chain = chain.map_err(|why| {
            let name = self.profile.clone().or_else(profile_of_environment);
            no_chain(name.unwrap_or_else(|| DEFAULT.to_owned()), &why, files)
        })?;
        chain.roles.extend(self.role.as_ref().map(|role| Role {
            arn: role.arn.clone(),
            external_id: role.external_id.clone(),
            ..Role::default()
        }));
        Ok(Source::new(chain, config, settings.metadata.clone(), self.kept.ask_code))
    }

    fn refused(&self, missing: Missing, source: &Source, files: &ProfileFiles) -> AccessError {
        let why = match missing {
            Missing::Role(arn, why) if self.role.as_ref().is_some_and(|role| role.arn == arn) => {
                return AccessError::Role(arn, why);
            }
            Missing::Role(_, why) | Missing::First(why) => why,
            Missing::Code(_) => {
                let name = source.profile().unwrap_or(DEFAULT).to_owned();
                return AccessError::Profile { name, why: source.without_code() };
            }
        };
        match source.profile() {
            Some(name) => no_chain(name.to_owned(), &why, files),
            None => AccessError::NoCredentials(why),
        }
    }

    fn unusable(&self, why: String) -> AccessError {
        AccessError::Unusable { who: self.label(), why }
    }

    fn settings(&self) -> Option<&Settings> {
        Some(&self.kept.connected.get()?.as_ref().ok()?.settings)
    }

    fn is_path_style(&self) -> bool {
        let has_endpoint = |settings: &Settings| self.endpoint_url.is_some() || settings.endpoints.of("S3").is_some();
        self.path_style
            || self.settings().is_some_and(|settings| match settings.addressing {
                Some(Addressing::Path) => true,
                Some(Addressing::Virtual) => false,
                None => has_endpoint(settings),
            })
    }

    /// Who this is, for lines that tell several apart.
    pub fn label(&self) -> String {
        match &self.profile {
            Some(name) => format!("profile {name}"),
            None => "the default credentials".to_owned(),
        }
    }
}

/// Why a profile gives no credentials: the next step by what it gets them from, and what was said.
fn no_chain(name: String, why: &str, files: &ProfileFiles) -> AccessError {
    let kind = files.profiles.get(&name).map_or(CredentialKind::None, CredentialKind::of);
    let next = kind.next_step(&name);
    let why = match kind {
        // It says all.
        CredentialKind::None | CredentialKind::Login => next,
        _ => format!("{next} ({why})"),
    };
    AccessError::Profile { name, why }
}
