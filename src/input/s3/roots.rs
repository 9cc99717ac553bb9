//! Whom TLS trusts where a bundle of certificates says it: AWS_CA_BUNDLE, or `ca_bundle` of a profile. Those of the system
//! are not asked then, as by the AWS CLI.

use std::path::Path;

use aws_sdk_s3::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::profiles::in_home;
use crate::input::{caught, explain_io};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Certificates that TLS can use.
#[derive(Clone)]
pub struct Roots {
    context: TlsContext,
    count: usize,
}

impl std::fmt::Debug for Roots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} certificates", self.count)
    }
}

impl Roots {
    /// Reads a bundle.
    ///
    /// # Errors
    /// When it cannot be read, or holds no certificate.
    pub fn read(path: &str) -> Result<Self, String> {
        let path = in_home(path);
        let text = std::fs::read(&path).map_err(|error| format!("{}: {}", path.display(), explain_io(&error)))?;
        Self::parse(&String::from_utf8_lossy(&text)).map_err(|why| said(&path, why))
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut all = Vec::new();
        for part in text.split(BEGIN).skip(1) {
            let (body, _) = part.split_once(END).ok_or("holds a certificate without its end")?;
            let body: String = body.split_whitespace().collect();
            if STANDARD.decode(&body).is_err() {
                return Err(UNUSABLE);
            }
            all.push(format!("{BEGIN}\n{}\n{END}\n", wrapped(&body)));
        }
        if all.is_empty() {
            return Err("holds no certificate: give a file of them in PEM");
        }
        let trusted = all.iter().fold(TrustStore::empty(), |store, pem| store.with_pem_certificate(pem.as_bytes()));
        let context = TlsContext::builder().with_trust_store(trusted).build().map_err(|_| UNUSABLE)?;
        // One that is none shows only when it is used, and then by a panic.
        let connector = caught(|| Connector::builder().tls_provider(PROVIDER).tls_context(context.clone()).build());
        connector.map(|_| Self { context, count: all.len() }).map_err(|_| UNUSABLE)
    }

    /// A client that trusts them and nobody else; in all else that of the SDK.
    pub fn client(&self) -> SharedHttpClient {
        let context = self.context.clone();
        Builder::new().build_with_connector_fn(move |settings, components| {
            let mut builder = Connector::builder().tls_provider(PROVIDER).tls_context(context.clone());
            builder.set_connector_settings(settings.cloned());
            builder.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
            builder.set_proxy_config(Some(ProxyConfig::from_env()));
            builder.build()
        })
    }
}

/// How TLS is spoken.
const PROVIDER: Provider = Provider::Rustls(CryptoMode::AwsLc);

/// What else is wrong.
const UNUSABLE: &str = "holds a certificate that cannot be read: give a file of them in PEM";

fn said(path: &Path, why: &str) -> String {
    format!("{} {why}", path.display())
}

/// In lines of 64, as readers of PEM expect them.
fn wrapped(body: &str) -> String {
    let lines: Vec<String> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_holds_certificates() {
        let one = include_str!("../../../tests/it/s3/tls/ca.pem").replace('\n', "\r\n");
        assert_eq!(Roots::parse(&format!("# Some root\n{one}\n{one}")).unwrap().count, 2);
        let none = STANDARD.encode([&[0x30_u8][..], &[7; 100]].concat());
        for (text, why) in [
            ("", "holds no certificate"),
            ("-----BEGIN PRIVATE KEY-----", "holds no certificate"),
            (BEGIN, "without its end"),
            (&format!("{BEGIN}\n!!!\n{END}"), "cannot be read"),
            (&format!("{BEGIN}\n{END}"), "cannot be read"),
            (&format!("{BEGIN}\n{none}\n{END}"), "cannot be read"),
        ] {
            assert!(Roots::parse(text).unwrap_err().contains(why), "{text}");
        }
        assert!(Roots::read("/none/ca.pem").unwrap_err().starts_with("/none/ca.pem: "));
    }
}
