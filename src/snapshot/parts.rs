//! The parts of an account beside its core, each a file of its own: asked at once, and missing one by one.

use serde_json::{Value, json};

use super::asker::{Asker, Lost};
use super::lists::List;
use super::{last_accessed, shapes};
use crate::posture::StateKind;

/// A part that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    AccountAliases,
    AccountSummary,
    EnabledRegions,
    LastAccessed,
    OidcProviders,
    PasswordPolicy,
    SamlProviders,
    VirtualMfaDevices,
    OfUsers(List),
}

/// Whom parts are asked about.
pub(super) struct Principals {
    /// The names of the users.
    pub users: Vec<String>,
    /// The ARNs of users, groups and roles.
    pub arns: Vec<String>,
}

impl Part {
    /// All of them; services last used only where they are asked for.
    pub fn all(last_accessed: bool) -> Vec<Self> {
        let always = [
            Self::AccountAliases,
            Self::AccountSummary,
            Self::EnabledRegions,
            Self::OidcProviders,
            Self::PasswordPolicy,
            Self::SamlProviders,
            Self::VirtualMfaDevices,
        ];
        let asked = last_accessed.then_some(Self::LastAccessed);
        always.into_iter().chain(List::ALL.map(Self::OfUsers)).chain(asked).collect()
    }

    /// What its file holds.
    pub const fn kind(self) -> StateKind {
        match self {
            Self::AccountAliases => StateKind::AccountAliases,
            Self::AccountSummary => StateKind::AccountSummary,
            Self::EnabledRegions => StateKind::EnabledRegions,
            Self::LastAccessed => StateKind::LastAccessed,
            Self::OidcProviders => StateKind::OidcProviders,
            Self::PasswordPolicy => StateKind::PasswordPolicy,
            Self::SamlProviders => StateKind::SamlProviders,
            Self::VirtualMfaDevices => StateKind::VirtualMfaDevices,
            Self::OfUsers(list) => list.kind(),
        }
    }

    /// Its text, as the AWS CLI prints it.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub async fn ask(self, asker: &Asker, principals: &Principals) -> Result<String, Lost> {
        let document = match self {
            Self::AccountAliases => aliases(asker).await?,
            Self::AccountSummary => summary(asker).await?,
            Self::EnabledRegions => regions(asker).await?,
            Self::LastAccessed => return last_accessed::ask(asker, &principals.arns).await,
            Self::OidcProviders => oidc_providers(asker).await?,
            Self::SamlProviders => saml_providers(asker).await?,
            Self::PasswordPolicy => return password_policy(asker).await,
            Self::VirtualMfaDevices => virtual_mfa_devices(asker).await?,
            Self::OfUsers(list) => list.ask(asker, &principals.users).await?,
        };
        Ok(shapes::text(&document))
    }
}

async fn aliases(asker: &Asker) -> Result<Value, Lost> {
    let stream = asker.iam.list_account_aliases().into_paginator().send();
    let pages = asker.calls.pages("iam:ListAccountAliases", stream).await?;
    let all: Vec<&String> = pages.iter().flat_map(|page| &page.account_aliases).collect();
    Ok(json!({ "AccountAliases": all }))
}

async fn summary(asker: &Asker) -> Result<Value, Lost> {
    let asked = asker.iam.get_account_summary().send();
    let answer = asker.calls.once("iam:GetAccountSummary", asked).await?;
    let map = answer.summary_map.ok_or_else(|| Lost::because("IAM answers without a summary"))?;
    let map = map.into_iter().map(|(name, count)| (name.as_str().to_owned(), json!(count)));
    Ok(json!({ "SummaryMap": map.collect::<serde_json::Map<_, _>>() }))
}

async fn regions(asker: &Asker) -> Result<Value, Lost> {
    let stream = asker.account.list_regions().into_paginator().send();
    let pages = asker.calls.pages("account:ListRegions", stream).await?;
    let all = pages.iter().flat_map(|page| page.regions.iter().flatten()).map(|region| {
        let status = region.region_opt_status.as_ref().map(|status| status.as_str());
        shapes::object([("RegionName", json!(region.region_name)), ("RegionOptStatus", json!(status))])
    });
    Ok(json!({ "Regions": all.collect::<Vec<_>>() }))
}

async fn virtual_mfa_devices(asker: &Asker) -> Result<Value, Lost> {
    let stream = asker.iam.list_virtual_mfa_devices().into_paginator().send();
    let pages = asker.calls.pages("iam:ListVirtualMFADevices", stream).await?;
    let all = pages.iter().flat_map(|page| &page.virtual_mfa_devices).map(shapes::virtual_mfa_device);
    Ok(json!({ "VirtualMFADevices": all.collect::<Vec<_>>() }))
}

async fn oidc_providers(asker: &Asker) -> Result<Value, Lost> {
    let asked = asker.iam.list_open_id_connect_providers().send();
    let answer = asker.calls.once("iam:ListOpenIDConnectProviders", asked).await?;
    let all = answer.open_id_connect_provider_list.iter().flatten();
    let all = all.map(|provider| shapes::object([("Arn", json!(provider.arn))]));
    Ok(json!({ "OpenIDConnectProviderList": all.collect::<Vec<_>>() }))
}

async fn saml_providers(asker: &Asker) -> Result<Value, Lost> {
    let asked = asker.iam.list_saml_providers().send();
    let answer = asker.calls.once("iam:ListSAMLProviders", asked).await?;
    let all = answer.saml_provider_list.iter().flatten().map(shapes::saml_provider);
    Ok(json!({ "SAMLProviderList": all.collect::<Vec<_>>() }))
}

/// Where there is none, the line that the AWS CLI prints then.
async fn password_policy(asker: &Asker) -> Result<String, Lost> {
    let asked = asker.iam.get_account_password_policy().send();
    match asker.calls.once("iam:GetAccountPasswordPolicy", asked).await {
        Ok(answer) => {
            let policy = answer.password_policy.ok_or_else(|| Lost::because("IAM answers without a policy"))?;
            Ok(shapes::text(&json!({ "PasswordPolicy": shapes::password_policy(&policy) })))
        }
        Err(lost) if lost.is_absence() => Ok(
            "An error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy operation: the account has none\n"
                .to_owned(),
        ),
        Err(lost) => Err(lost),
    }
}
