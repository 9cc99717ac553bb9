//! Who asks, and where: credentials, region and endpoint, as the AWS CLI finds them. The only place that builds clients.
//!
//! [`Access::connect`] gives an [`SdkConfig`] whose credentials have been had once, so that a run without any ends
//! before it began and not in every request; [`Access::client`] makes an S3 client of it.

use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{ProvideCredentials, SharedCredentialsProvider};

use tracing::info;

use super::explain::{chain_of, sentence};
use super::profiles;

/// The region that is asked first when nothing names one: any region tells where a bucket lies.
const FIRST_REGION: &str = "us-east-1";
/// How long credentials may take. A browser sign-in is done before, with `aws sso login`.
const CREDENTIALS_WITHIN: Duration = Duration::from_secs(4);
/// The `credential_source` that asks the metadata service.
const INSTANCE: &str = "Ec2InstanceMetadata";
/// How long the metadata service of EC2 may take, which answers in milliseconds where there is one.
const METADATA_WITHIN: Duration = Duration::from_millis(500);

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
}

/// A role, assumed with the credentials that are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleToAssume {
    /// Its ARN.
    pub arn: String,
    /// What its trust policy may ask for.
    pub external_id: Option<String>,
}

/// Why nothing can be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
}

impl AccessError {
    /// The same, where the line has named the profile.
    pub fn unnamed(&self) -> String {
        match self {
            Self::Profile { why, .. } => format!("gives no credentials: {why}"),
            other => other.to_string(),
        }
    }
}

impl Access {
    /// Finds region and credentials, the latter once up front. Takes 5 seconds at most.
    ///
    /// # Errors
    /// [`AccessError`], without any secret in it.
    pub async fn connect(&self) -> Result<SdkConfig, AccessError> {
        let config = self.config().await;
        let Some(provider) = config.credentials_provider().filter(|_| !self.unsigned) else {
            return Ok(config);
        };
        match tokio::time::timeout(CREDENTIALS_WITHIN, provider.provide_credentials()).await {
            Ok(Ok(_)) => {
                let region = config.region().map(ToString::to_string).unwrap_or_default();
                info!(who = self.label(), region, "credentials found");
                Ok(config)
            }
            Ok(Err(error)) => Err(self.refused(said(&chain_of(&error))).await),
            Err(_) => Err(self.refused(format!("no answer within {} s", CREDENTIALS_WITHIN.as_secs())).await),
        }
    }

    /// A client for buckets of `region`, or of the region that the user or the configuration says.
    pub fn client(&self, config: &SdkConfig, region: Option<&str>) -> aws_sdk_s3::Client {
        // Repeating is ours: it begins anew at the first byte of an object, and one limit holds for all of it.
        let mut builder = aws_sdk_s3::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .force_path_style(self.is_path_style(config));
        // Only of S3: the role is asked for where roles are.
        if let Some(url) = &self.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        if let Some(region) = region {
            builder = builder.region(Region::new(region.to_owned()));
        }
        aws_sdk_s3::Client::from_conf(builder.build())
    }

    async fn config(&self) -> SdkConfig {
        let region = self.region().await;
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(region.clone());
        loader = loader.timeout_config(TimeoutConfig::builder().read_timeout(Duration::from_secs(60)).build());
        if let Some(name) = &self.profile {
            loader = loader.profile_name(name);
        }
        if self.unsigned {
            return loader.no_credentials().load().await;
        }
        let credentials = self.credentials(region).await;
        let config = loader.credentials_provider(credentials).load().await;
        match &self.role {
            Some(role) => assume(role, config).await,
            None => config,
        }
    }

    /// The flag, the environment, the profile; never the metadata service, which can take seconds to say nothing.
    async fn region(&self) -> Region {
        let mut profile = ProfileFileRegionProvider::builder();
        if let Some(name) = &self.profile {
            profile = profile.profile_name(name);
        }
        let chain = RegionProviderChain::first_try(self.region.clone().map(Region::new))
            .or_else(EnvironmentVariableRegionProvider::new())
            .or_else(profile.build());
        chain.region().await.unwrap_or(Region::from_static(FIRST_REGION))
    }

    /// As `aws --profile` does it: a profile that is asked for comes before the environment.
    async fn credentials(&self, region: Region) -> SharedCredentialsProvider {
        let metadata = imds::Client::builder()
            .max_attempts(1)
            .connect_timeout(METADATA_WITHIN)
            .read_timeout(METADATA_WITHIN)
            .operation_timeout(METADATA_WITHIN * 2);
        if let Some(name) = &self.profile {
            let instance = ImdsCredentialsProvider::builder().imds_client(metadata.build()).build();
            // A role of the profile is asked for in the same region as everything else.
            let named = ProfileFileCredentialsProvider::builder().profile_name(name);
            let named = named.configure(&ProviderConfig::default().with_region(Some(region)));
            return SharedCredentialsProvider::new(named.with_custom_provider(INSTANCE, instance).build());
        }
        let chain = DefaultCredentialsChain::builder().imds_client(metadata.build()).region(region);
        SharedCredentialsProvider::new(chain.build().await)
    }

    fn is_path_style(&self, config: &SdkConfig) -> bool {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        self.path_style
            || self.endpoint_url.is_some()
            || config.endpoint_url().is_some()
            || ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].into_iter().any(is_set)
    }

    async fn refused(&self, why: String) -> AccessError {
        match (&self.role, &self.profile) {
            (Some(role), _) => AccessError::Role(role.arn.clone(), why),
            (None, Some(name)) => {
                AccessError::Profile { name: name.clone(), why: profiles::next_step(name, &why).await }
            }
            (None, None) => AccessError::NoCredentials(why),
        }
    }

    /// Who this is, for lines that tell several apart.
    pub fn label(&self) -> String {
        match &self.profile {
            Some(name) => format!("profile {name}"),
            None => "the default credentials".to_owned(),
        }
    }
}

/// What a provider says, without what stands before every such text, and without what a command of the user wrote to its
/// stderr: that may be anything, also a secret.
fn said(chain: &str) -> String {
    let mut text = chain.split_once(" Stderr: ").map_or(chain, |(before, _)| before);
    for noise in [
        "an error occurred while loading credentials: ",
        "the credential provider was not enabled: ",
        "the credentials provider was not properly configured: ",
        "ProfileFile provider could not be built: ",
        "an error occurred while loading an access token: ",
        "Error retrieving credentials: ",
    ] {
        text = text.strip_prefix(noise).unwrap_or(text);
    }
    sentence(text)
}

/// The same configuration, with the credentials of a role.
async fn assume(role: &RoleToAssume, config: SdkConfig) -> SdkConfig {
    let mut builder = AssumeRoleProvider::builder(&role.arn).session_name("trailscan").configure(&config);
    if let Some(id) = &role.external_id {
        builder = builder.external_id(id);
    }
    let provider = SharedCredentialsProvider::new(builder.build().await);
    config.into_builder().credentials_provider(provider).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_providers_say_is_short_and_no_secret() {
        let failed = "an error occurred while loading credentials: Error retrieving credentials: external process exited \
                      with code 3. Stderr: token=secret";
        assert_eq!(said(failed), "external process exited with code 3");
        assert_eq!(said("the credential provider was not enabled"), "the credential provider was not enabled");
    }
}
