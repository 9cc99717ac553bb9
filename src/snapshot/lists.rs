//! What IAM lists user by user: credentials and devices.

use serde_json::Value;

use super::asker::{Asker, Lost};
use super::shapes;
use crate::posture::StateKind;

/// A list that each user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    AccessKeys,
    MfaDevices,
    ServiceCredentials,
    SigningCertificates,
    SshKeys,
}

impl List {
    pub const ALL: [Self; 5] =
        [Self::AccessKeys, Self::MfaDevices, Self::ServiceCredentials, Self::SigningCertificates, Self::SshKeys];

    pub const fn kind(self) -> StateKind {
        match self {
            Self::AccessKeys => StateKind::AccessKeys,
            Self::MfaDevices => StateKind::MfaDevices,
            Self::ServiceCredentials => StateKind::ServiceCredentials,
            Self::SigningCertificates => StateKind::SigningCertificates,
            Self::SshKeys => StateKind::SshKeys,
        }
    }

    /// The member that holds it, in what the AWS CLI prints.
    const fn member(self) -> &'static str {
        match self {
            Self::AccessKeys => "AccessKeyMetadata",
            Self::MfaDevices => "MFADevices",
            Self::ServiceCredentials => "ServiceSpecificCredentials",
            Self::SigningCertificates => "Certificates",
            Self::SshKeys => "SSHPublicKeys",
        }
    }

    /// The lists of all users, as one. A user that is gone by now has none.
    ///
    /// # Errors
    /// What IAM says of the first user that it refuses: a list that lacks some is none.
    pub async fn ask(self, asker: &Asker, users: &[String]) -> Result<Value, Lost> {
        let mut all = Vec::new();
        for user in users {
            match self.of_user(asker, user).await {
                Ok(found) => all.extend(found),
                Err(lost) if lost.is_absence() => {}
                Err(lost) => return Err(Lost { why: format!("user {user}: {}", lost.why), ..lost }),
            }
        }
        Ok(shapes::object([(self.member(), Value::Array(all))]))
    }

    async fn of_user(self, asker: &Asker, user: &str) -> Result<Vec<Value>, Lost> {
        let (iam, calls) = (&asker.iam, &asker.calls);
        Ok(match self {
            Self::AccessKeys => {
                let stream = iam.list_access_keys().user_name(user).into_paginator().send();
                let pages = calls.pages("iam:ListAccessKeys", stream).await?;
                pages.iter().flat_map(|page| &page.access_key_metadata).map(shapes::access_key).collect()
            }
            Self::MfaDevices => {
                let stream = iam.list_mfa_devices().user_name(user).into_paginator().send();
                let pages = calls.pages("iam:ListMFADevices", stream).await?;
                pages.iter().flat_map(|page| &page.mfa_devices).map(shapes::mfa_device).collect()
            }
            Self::ServiceCredentials => {
                let asked = iam.list_service_specific_credentials().user_name(user).send();
                let answer = calls.once("iam:ListServiceSpecificCredentials", asked).await?;
                let found = answer.service_specific_credentials.unwrap_or_default();
                found.iter().map(shapes::service_credential).collect()
            }
            Self::SigningCertificates => {
                let stream = iam.list_signing_certificates().user_name(user).into_paginator().send();
                let pages = calls.pages("iam:ListSigningCertificates", stream).await?;
                pages.iter().flat_map(|page| &page.certificates).map(shapes::certificate).collect()
            }
            Self::SshKeys => {
                let stream = iam.list_ssh_public_keys().user_name(user).into_paginator().send();
                let pages = calls.pages("iam:ListSSHPublicKeys", stream).await?;
                pages.iter().flat_map(|page| page.ssh_public_keys.iter().flatten()).map(shapes::ssh_key).collect()
            }
        })
    }
}
