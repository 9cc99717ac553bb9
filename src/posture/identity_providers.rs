//! `aws iam list-open-id-connect-providers` and `list-saml-providers`: the identity providers of an account.
//!
//! Neither call has pages. Source: IAM API reference, ListOpenIDConnectProviders and ListSAMLProviders.

use serde::Deserialize;

use super::scalar::{Moment, Text, or_default};
use crate::model::EventTime;

/// An identity provider that an account has, whose users or tokens roles may let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// `Arn`: `…:oidc-provider/HOST/PATH` or `…:saml-provider/NAME`.
    pub arn: String,
    /// `CreateDate`, which lists of SAML providers have.
    pub created: Option<EventTime>,
}

/// A page as AWS writes it, of either call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Page {
    #[serde(rename = "OpenIDConnectProviderList", deserialize_with = "or_default")]
    oidc: Vec<Written>,
    #[serde(rename = "SAMLProviderList", deserialize_with = "or_default")]
    saml: Vec<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Written {
    arn: Text,
    create_date: Moment,
}

/// The providers of all pages, sorted, each once.
pub(super) fn of(pages: Vec<Page>) -> Vec<IdentityProvider> {
    let written = pages.into_iter().flat_map(|page| page.oidc.into_iter().chain(page.saml));
    let named = written.filter(|one| !one.arn.0.is_empty());
    let mut found: Vec<IdentityProvider> =
        named.map(|one| IdentityProvider { arn: one.arn.0, created: one.create_date.0 }).collect();
    found.sort_by(|a, b| a.arn.cmp(&b.arn));
    found.dedup_by(|a, b| a.arn == b.arn);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<IdentityProvider> {
        of(serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect())
    }

    #[test]
    fn lists_of_both_kinds() {
        let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        let found = read(&format!(r#"{{"OpenIDConnectProviderList": [{{"Arn": "{github}"}}, {{"Arn": ""}}]}}"#));
        assert_eq!(found, [IdentityProvider { arn: github.to_owned(), created: None }]);
        let adfs = "arn:aws:iam::111122223333:saml-provider/ADFS";
        let found = read(&format!(
            r#"{{"SAMLProviderList": [{{"Arn": "{adfs}", "ValidUntil": "2126-01-02T00:00:00+00:00",
                "CreateDate": "2026-01-02T00:00:00+00:00"}}]}}"#
        ));
        let created = EventTime::parse("2026-01-02T00:00:00Z");
        assert_eq!(found, [IdentityProvider { arn: adfs.to_owned(), created }]);
        assert_eq!(read(r#"{"SAMLProviderList": null} {"OpenIDConnectProviderList": []}"#), []);
    }
}
