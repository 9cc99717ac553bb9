//! Calls that read secrets, and which secrets they name.
//!
//! Only names: no record holds the value of a secret. Names are told without account and region, so that a secret is one
//! whether a call gave its name or its ARN: `secret/prod/database`, `parameter/app/key`, `password/i-0123456789abcdef0`.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value;

use super::{Arn, Event, Raw, members, service_of, text};

/// Parameters of AWS's own, which everybody may read.
///
/// Source: AWS Systems Manager user guide, "Working with public parameters in Parameter Store".
const PUBLIC: &str = "/aws/service/";

/// Parameters that stand for a secret of AWS Secrets Manager.
///
/// Source: AWS Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
const REFERENCES: &str = "/aws/reference/secretsmanager/";

/// How a refusal names what was asked for. Source: IAM user guide, "Troubleshoot access denied error messages".
const REFUSED: &str = "on resource: ";

/// Whether a call of that name asks for secrets, of whatever service: nearly all events end here.
fn asks_for_secrets(event: &str) -> bool {
    matches!(
        event,
        "GetSecretValue"
            | "BatchGetSecretValue"
            | "GetParameter"
            | "GetParameterHistory"
            | "GetParameters"
            | "GetParametersByPath"
            | "GetPasswordData"
            | DECRYPT
    )
}

const DECRYPT: &str = "Decrypt";

/// How the names end under which AWS KMS tells what it decrypts for Secrets Manager and Parameter Store.
static ARN_OF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ARN\""));

/// Letters and digits that AWS Secrets Manager puts behind the name of a secret in its ARN.
const SUFFIX: usize = 6;

impl Event<'_> {
    /// The secrets that the call asks for, as [`secrets_asked_for`] tells them.
    pub fn secrets_asked_for(&self) -> Option<Vec<String>> {
        let call = (self.event_source, self.event_name);
        secrets_asked_for(call, self.request_parameters, self.error_message)
    }
}

/// How the name begins of what a filter finds, and of what lies below a path.
const BY_FILTER: &str = "secrets by filter ";
const BY_PATH: &str = "parameters by path ";

/// The secrets that a call asks for, by its `eventSource` and `eventName`, `requestParameters` and `errorMessage`; empty where
/// the record does not say, `None` of a call that asks for none. A call by a path or a filter asks for that: what it gave,
/// the records of AWS KMS tell (`Decrypt` with the ARN of a parameter or secret), and for secrets a `GetSecretValue` each.
///
/// Source: AWS Secrets Manager API reference, `BatchGetSecretValue`; AWS Systems Manager user guide, "How AWS Systems
/// Manager Parameter Store uses AWS KMS"; AWS Secrets Manager user guide, "Secret encryption and decryption" (encryption
/// context).
pub fn secrets_asked_for(call: (&str, &str), parameters: &str, error_message: &str) -> Option<Vec<String>> {
    let (source, event) = call;
    if !asks_for_secrets(event) || event == DECRYPT && error_message.is_empty() && !may_name_a_secret(parameters) {
        return None;
    }
    let mut names = asked(service_of(source), event, parameters)?;
    if names.is_empty() {
        let refused = error_message.split_once(REFUSED).and_then(|(_, rest)| rest.split_whitespace().next());
        names.extend(refused.filter(|name| !name.ends_with('*')).and_then(named));
    }
    // Most of what AWS KMS decrypts and of what Parameter Store holds is no secret.
    let is_none = names.is_empty() && matches!(service_of(source), "kms" | "ssm");
    (!is_none).then_some(names)
}

/// Whether parameters of [`DECRYPT`] may name a secret or parameter, told without reading them: nearly none do. An escape may
/// hide the name of a field.
fn may_name_a_secret(parameters: &str) -> bool {
    let bytes = parameters.as_bytes();
    memchr::memchr(b'\\', bytes).is_some() || ARN_OF.find(bytes).is_some()
}

fn asked(service: &str, event: &str, parameters: &str) -> Option<Vec<String>> {
    let of = |name| members(parameters, [name])[0];
    // A call that was refused may have no parameters.
    let decrypts = || matches!(parameters, "" | "null") || text(of("withDecryption")) == "true";
    let all = |name, shown: fn(&str) -> Option<String>| texts(of(name)).iter().filter_map(|one| shown(one)).collect();
    let names = match (service, event) {
        ("secretsmanager", "GetSecretValue") => all("secretId", secret),
        ("secretsmanager", "BatchGetSecretValue") => match of("secretIdList") {
            Raw::Null => vec![format!("{BY_FILTER}{}", of("filters").json()).trim_end().to_owned()],
            _ => all("secretIdList", secret),
        },
        ("ssm", "GetParameter" | "GetParameterHistory") if decrypts() => all("name", parameter),
        ("ssm", "GetParameters") if decrypts() => all("names", parameter),
        ("ssm", "GetParametersByPath") if decrypts() => by_path(&text(of("path"))).into_iter().collect(),
        ("ec2", "GetPasswordData") => all("instanceId", password),
        ("kms", DECRYPT) => {
            let arns = members(of("encryptionContext").json(), ["PARAMETER_ARN", "SecretARN"]);
            arns.into_iter().filter_map(|arn| named(&text(arn))).collect()
        }
        _ => return None,
    };
    Some(names)
}

/// Whether a name that [`secrets_asked_for`] gives stands for whatever a filter or a path finds: how many that is, no record says.
pub fn is_of_many_secrets(name: &str) -> bool {
    name.starts_with(BY_FILTER) || name.starts_with(BY_PATH)
}

fn by_path(path: &str) -> Option<String> {
    (!path.is_empty() && !path.starts_with(PUBLIC)).then(|| format!("{BY_PATH}{path}"))
}

/// A text, or a list of them.
fn texts(raw: Raw<'_>) -> Vec<String> {
    match raw {
        Raw::Container(list) => match serde_json::from_str(list) {
            Ok(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        },
        Raw::Null => Vec::new(),
        _ => vec![text(raw).into_owned()],
    }
}

/// The name of a secret, parameter or instance that is told by its ARN, or of a secret by its name alone.
fn named(name: &str) -> Option<String> {
    match Arn::parse(name) {
        Some(arn) if arn.service == "ssm" => parameter(name),
        Some(arn) if arn.service == "ec2" => password(arn.name()),
        Some(arn) if arn.service != "secretsmanager" => None,
        _ => secret(name),
    }
}

fn secret(id: &str) -> Option<String> {
    let arn = Arn::parse(id).filter(|arn| arn.service == "secretsmanager");
    let name = arn.map_or(id, |arn| without_suffix(arn.resource.strip_prefix("secret:").unwrap_or(arn.resource)));
    (!name.is_empty()).then(|| format!("secret/{name}"))
}

fn without_suffix(name: &str) -> &str {
    let (before, suffix) = name.rsplit_once('-').unwrap_or((name, ""));
    let is_suffix = suffix.len() == SUFFIX && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_suffix { before } else { name }
}

/// A parameter, without the version or label behind its name.
fn parameter(name: &str) -> Option<String> {
    let arn = Arn::parse(name).filter(|arn| arn.service == "ssm");
    let name = arn.map_or(name, |arn| arn.resource.strip_prefix("parameter").unwrap_or(arn.resource));
    let name = name.split(':').next().unwrap_or_default();
    if let Some(id) = name.strip_prefix(REFERENCES) {
        return secret(id);
    }
    let is_one = !name.is_empty() && !name.starts_with(PUBLIC);
    is_one.then(|| format!("parameter/{}", name.trim_start_matches('/')))
}

fn password(instance: &str) -> Option<String> {
    (!instance.is_empty()).then(|| format!("password/{instance}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{event, user};

    fn of(call: (&str, &str), parameters: &str) -> Option<Vec<String>> {
        secrets_asked_for((&format!("{}.amazonaws.com", call.0), call.1), parameters, "")
    }

    fn one(call: (&str, &str), parameters: &str) -> String {
        of(call, parameters).expect("a read").join("; ")
    }

    #[test]
    fn one_name_for_one_secret() {
        let get = ("secretsmanager", "GetSecretValue");
        let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-a1B2c3";
        for id in ["prod/db", arn, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db"] {
            assert_eq!(one(get, &format!("{{\"secretId\":\"{id}\"}}")), "secret/prod/db");
        }
        assert_eq!(one(get, r#"{"secretId":"my-secret"}"#), "secret/my-secret", "a name has no suffix");
        let parameter = ("ssm", "GetParameter");
        for name in ["/app/key", "app/key", "/app/key:3", "arn:aws:ssm:us-east-1:111122223333:parameter/app/key:prod"] {
            let asked = format!("{{\"name\":\"{name}\",\"withDecryption\":true}}");
            assert_eq!(one(parameter, &asked), "parameter/app/key", "{name}");
        }
        let asked = r#"{"name":"/aws/reference/secretsmanager/prod/db","withDecryption":true}"#;
        assert_eq!(one(parameter, asked), "secret/prod/db");
    }

    #[test]
    fn lists_paths_filters_and_what_kms_tells() {
        let names = r#"{"names":["/a","/b"],"withDecryption":true}"#;
        assert_eq!(one(("ssm", "GetParameters"), names), "parameter/a; parameter/b");
        let ids = r#"{"secretIdList":["a","arn:aws:secretsmanager:us-east-1:111122223333:secret:b-a1B2c3"]}"#;
        assert_eq!(one(("secretsmanager", "BatchGetSecretValue"), ids), "secret/a; secret/b");
        let filter = r#"{"filters":[{"key":"name","values":["prod"]}]}"#;
        let expected = r#"secrets by filter [{"key":"name","values":["prod"]}]"#;
        assert_eq!(one(("secretsmanager", "BatchGetSecretValue"), filter), expected);
        let path = r#"{"path":"/app","recursive":true,"withDecryption":true}"#;
        assert_eq!(one(("ssm", "GetParametersByPath"), path), "parameters by path /app");
        assert_eq!(one(("ec2", "GetPasswordData"), r#"{"instanceId":"i-1"}"#), "password/i-1");
        let context = |arn: &str| format!("{{\"encryptionContext\":{{{arn}}}}}");
        let arn = r#""PARAMETER_ARN":"arn:aws:ssm:us-east-1:111122223333:parameter/app/key""#;
        assert_eq!(one(("kms", "Decrypt"), &context(arn)), "parameter/app/key");
        let escaped = arn.replace("ARN", "AR\\u004e");
        assert_eq!(one(("kms", "Decrypt"), &context(&escaped)), "parameter/app/key");
        let arn =
            r#""SecretARN":"arn:aws:secretsmanager:us-east-1:111122223333:secret:b-a1B2c3","SecretVersionId":"x""#;
        assert_eq!(one(("kms", "Decrypt"), &context(arn)), "secret/b");
    }

    #[test]
    fn what_asks_for_no_secret() {
        for (call, parameters) in [
            (("ssm", "GetParameter"), r#"{"name":"/app/key"}"#),
            (("ssm", "GetParameter"), "null"),
            (("ssm", "GetParameter"), r#"{"name":"/app/key","withDecryption":false}"#),
            (("ssm", "GetParameters"), r#"{"names":["/aws/service/eks/x"],"withDecryption":true}"#),
            (("ssm", "GetParametersByPath"), r#"{"path":"/aws/service/ecs","withDecryption":true}"#),
            (("kms", "Decrypt"), r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::b"}}"#),
            (("kms", "Decrypt"), "null"),
            (("kms", "Decrypt"), r#"{"encryptionContext":{"OTHER_ARN":"arn:aws:s3:::b","x":"\u0041"}}"#),
            (("secretsmanager", "DescribeSecret"), r#"{"secretId":"a"}"#),
            (("secretsmanager", "ListSecrets"), "null"),
            (("lambda", "GetSecretValue"), r#"{"secretId":"a"}"#),
        ] {
            assert_eq!(of(call, parameters), None, "{call:?} {parameters}");
        }
    }

    /// A refusal has no parameters, and names the secret in its message.
    #[test]
    fn a_refusal_names_what_was_asked_for() {
        let eve = user("eve", "AKIAEVE");
        let refused = |message| Event {
            event_source: "secretsmanager.amazonaws.com",
            event_name: "GetSecretValue",
            error_message: message,
            ..event(&eve)
        };
        let told = "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: secretsmanager:GetSecretValue \
                    on resource: prod/db because no identity-based policy allows the secretsmanager:GetSecretValue action";
        assert_eq!(refused(told).secrets_asked_for(), Some(vec!["secret/prod/db".to_owned()]));
        assert_eq!(refused("no").secrets_asked_for(), Some(Vec::new()));
        let told = "User: eve is not authorized to perform: ssm:GetParameter on resource: \
                    arn:aws:ssm:us-east-1:111122223333:parameter/app/key because no identity-based policy allows it";
        let parameter =
            |message| Event { event_source: "ssm.amazonaws.com", event_name: "GetParameter", ..refused(message) };
        assert_eq!(parameter(told).secrets_asked_for(), Some(vec!["parameter/app/key".to_owned()]));
        assert_eq!(parameter("no").secrets_asked_for(), None);
    }
}
