//! Credentials as they are had: from the first source of a [`Chain`], then by assuming its roles. Had once and kept until
//! they are about to expire, for all clients of one who asks.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::provider_config::ProviderConfig;
use aws_config::sso::SsoCredentialsProvider;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_sts::types::Credentials as Issued;
use tokio::sync::Mutex;

use super::chain::{Chain, DEFAULT, First, Role, Sso, WebIdentity};
use super::command;
use super::explain::{answered, chain_of, sentence};
use super::profiles::{exported, in_home};
use super::settings::Metadata;
use super::variables::variable;

/// How long a source or a role may take. A browser sign-in is done before, with `aws sso login`; a command of the user may
/// take as long as it does for the AWS CLI, and so may somebody who types a code.
const WITHIN: Duration = Duration::from_secs(4);
/// How long the metadata service of EC2 may take, which answers in milliseconds where there is one.
const METADATA_WITHIN: Duration = Duration::from_millis(500);
/// Credentials that expire this soon are had anew. More than the SDK, which asks for others ten seconds before.
const LEAST_LEFT: Duration = Duration::from_secs(20);

/// Asks a person for the code of an MFA device, which it names; says why nobody could be asked.
pub type AskCode = fn(&str) -> Result<String, String>;

/// Why there are no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The first source gives none.
    First(String),
    /// This role cannot be assumed.
    Role(String, String),
    /// Nobody could be asked for a code.
    Code(String),
}

/// Gives the credentials of a chain.
pub struct Source {
    chain: Chain,
    /// How STS is asked, but for the credentials.
    config: SdkConfig,
    metadata: Metadata,
    ask_code: Option<AskCode>,
    /// Where the first credentials come from in place of the chain's own source.
    given: Option<SharedCredentialsProvider>,
    had: Mutex<Option<Credentials>>,
}

impl Source {
    /// Credentials of `chain`; STS is asked as `config` says.
    pub fn new(chain: Chain, config: SdkConfig, metadata: Metadata, ask_code: Option<AskCode>) -> Self {
        Self { chain, config, metadata, ask_code, given: None, had: Mutex::default() }
    }

    /// Credentials of the role `arn`, assumed with those that `given` provides.
    #[cfg(feature = "iam")]
    pub fn assuming(arn: &str, given: SharedCredentialsProvider, config: SdkConfig) -> Self {
        let role = Role { arn: arn.to_owned(), ..Role::default() };
        let chain = Chain { first: First::Surroundings, roles: vec![role], profile: None };
        Self { given: Some(given), ..Self::new(chain, config, Metadata::default(), None) }
    }

    /// Credentials that hold for a while yet.
    ///
    /// # Errors
    /// [`Missing`], without any secret in it.
    pub async fn credentials(&self) -> Result<Credentials, Missing> {
        let mut had = self.had.lock().await;
        if let Some(credentials) = had.as_ref().filter(|credentials| lasts(credentials)) {
            return Ok(credentials.clone());
        }
        let mut credentials = self.first().await?;
        for role in &self.chain.roles {
            credentials = self.assumed(role, credentials).await?;
        }
        *had = Some(credentials.clone());
        Ok(credentials)
    }

    async fn first(&self) -> Result<Credentials, Missing> {
        if let Some(given) = &self.given {
            return from(given).await.map_err(Missing::First);
        }
        let given = match &self.chain.first {
            First::Key(key) => Ok(Credentials::new(&key.id, &key.secret, key.token.clone(), None, "trailscan")),
            First::Process(line) => command::credentials(line).await,
            First::Sso(sso) => from(&self.sso(sso)).await,
            First::WebIdentity(token) => in_time(self.with_token(token)).await,
            First::Container => from(&self.container()).await,
            First::Instance => from(&self.instance()).await,
            First::Surroundings if is_in_container() => from(&self.surroundings()).await,
            First::Surroundings => from(&self.instance()).await,
        };
        given.map_err(Missing::First)
    }

    /// What the SDK's own sources are asked with.
    fn provider_config(&self) -> ProviderConfig {
        let config = ProviderConfig::default().with_region(self.config.region().cloned());
        match self.config.http_client() {
            Some(client) => config.with_http_client(client),
            None => config,
        }
    }

    fn sso(&self, sso: &Sso) -> SsoCredentialsProvider {
        let mut builder = SsoCredentialsProvider::builder()
            .configure(&self.provider_config())
            .account_id(&sso.account_id)
            .role_name(&sso.role_name)
            .start_url(&sso.start_url)
            .region(Region::new(sso.region.clone()));
        builder.set_session_name(sso.session.clone());
        builder.build()
    }

    fn container(&self) -> EcsCredentialsProvider {
        EcsCredentialsProvider::builder().configure(&self.provider_config()).build()
    }

    fn instance(&self) -> ImdsCredentialsProvider {
        let amazons = if self.metadata.is_ipv6 { "http://[fd00:ec2::254]" } else { "http://169.254.169.254" };
        let url = self.metadata.endpoint.as_deref().unwrap_or(amazons);
        let client = imds::Client::builder()
            .max_attempts(1)
            .connect_timeout(METADATA_WITHIN)
            .read_timeout(METADATA_WITHIN)
            .operation_timeout(METADATA_WITHIN * 2);
        // It was held to be a URL before.
        let client = client.clone().endpoint(url).unwrap_or(client);
        ImdsCredentialsProvider::builder().configure(&self.provider_config()).imds_client(client.build()).build()
    }

    /// The container, then the instance that it may run on.
    fn surroundings(&self) -> CredentialsProviderChain {
        let container = CredentialsProviderChain::first_try("EcsContainer", self.container());
        container.or_else("Ec2InstanceMetadata", self.instance())
    }

    fn sts(&self, credentials: Option<Credentials>) -> aws_sdk_sts::Client {
        let mut builder = aws_sdk_sts::config::Builder::from(&self.config);
        builder.set_credentials_provider(credentials.map(SharedCredentialsProvider::new));
        aws_sdk_sts::Client::from_conf(builder.build())
    }

    async fn with_token(&self, web: &WebIdentity) -> Result<Credentials, String> {
        let path = in_home(&web.token_file);
        let token = std::fs::read_to_string(&path);
        let token = token.map_err(|error| format!("{}: {}", path.display(), crate::input::explain_io(&error)))?;
        let call = self.sts(None).assume_role_with_web_identity().role_arn(&web.role_arn);
        let call = call.role_session_name(web.session_name.as_deref().unwrap_or(SESSION));
        let issued = call.web_identity_token(token.trim()).send().await.map_err(|error| answered(&error))?;
        of_issued(issued.credentials)
    }

    async fn assumed(&self, role: &Role, credentials: Credentials) -> Result<Credentials, Missing> {
        let code = match &role.mfa_serial {
            Some(serial) => Some(self.code(serial).await.map_err(Missing::Code)?),
            None => None,
        };
        let call = self.sts(Some(credentials)).assume_role().role_arn(&role.arn);
        let call = call.role_session_name(role.session_name.as_deref().unwrap_or(SESSION));
        let call = call.set_external_id(role.external_id.clone()).set_duration_seconds(role.seconds);
        let call = call.set_serial_number(role.mfa_serial.clone()).set_token_code(code);
        let issued = async { call.send().await.map_err(|error| answered(&error)) };
        let issued = in_time(async { of_issued(issued.await?.credentials) }).await;
        issued.map_err(|why| Missing::Role(role.arn.clone(), why))
    }

    async fn code(&self, serial: &str) -> Result<String, String> {
        let Some(ask) = self.ask_code else { return Err("nobody is asked here".to_owned()) };
        let serial = serial.to_owned();
        // A terminal is waited for on a thread of its own; the scan can end meanwhile.
        let asked = tokio::task::spawn_blocking(move || ask(&serial)).await;
        asked.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// The profile that says where the credentials come from, if one does.
    pub fn profile(&self) -> Option<&str> {
        self.chain.profile.as_deref()
    }

    /// What to do where nobody can be asked for a code.
    pub fn without_code(&self) -> String {
        let name = self.profile().unwrap_or(DEFAULT);
        format!(
            "an MFA code is asked for (mfa_serial), and there is no terminal to type it on: first run {}",
            exported(name)
        )
    }
}

/// What sessions are called where nothing names them.
const SESSION: &str = "trailscan";

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("chain", &self.chain).finish_non_exhaustive()
    }
}

impl ProvideCredentials for Source {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.credentials().await.map_err(|missing| CredentialsError::provider_error(missing.to_string()))
        })
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First(why) | Self::Code(why) => f.write_str(why),
            Self::Role(arn, why) => write!(f, "role {arn}: {why}"),
        }
    }
}

/// Whether the variables say that there is a container with credentials.
fn is_in_container() -> bool {
    let names = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    names.into_iter().any(|name| variable(name).is_some())
}

fn lasts(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|end| end > SystemTime::now() + LEAST_LEFT)
}

async fn from(provider: &impl ProvideCredentials) -> Result<Credentials, String> {
    in_time(async { provider.provide_credentials().await.map_err(|error| said(&chain_of(&error))) }).await
}

async fn in_time<T>(asking: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let late = || Err(format!("no answer within {} s", WITHIN.as_secs()));
    tokio::time::timeout(WITHIN, asking).await.unwrap_or_else(|_| late())
}

fn of_issued(issued: Option<Issued>) -> Result<Credentials, String> {
    let issued = issued.ok_or("STS answers without credentials")?;
    let end = SystemTime::try_from(issued.expiration).ok();
    let token = Some(issued.session_token);
    Ok(Credentials::new(issued.access_key_id, issued.secret_access_key, token, end, "trailscan"))
}

/// What a provider says, without what stands before every such text.
fn said(chain: &str) -> String {
    let mut text = chain;
    for noise in [
        "an error occurred while loading credentials: ",
        "the credential provider was not enabled: ",
        "the credentials provider was not properly configured: ",
        "an error occurred while loading an access token: ",
    ] {
        text = text.strip_prefix(noise).unwrap_or(text);
    }
    sentence(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_providers_say_is_short() {
        let failed = "an error occurred while loading credentials: no such token.";
        assert_eq!(said(failed), "no such token");
        assert_eq!(said("the credential provider was not enabled"), "the credential provider was not enabled");
    }

    #[test]
    fn credentials_are_kept_until_they_are_about_to_expire() {
        let of = |seconds: Option<u64>| {
            let end = seconds.map(|seconds| SystemTime::now() + Duration::from_secs(seconds));
            lasts(&Credentials::new("a", "b", None, end, "test"))
        };
        assert_eq!([of(None), of(Some(3600)), of(Some(1))], [true, true, false]);
    }
}
