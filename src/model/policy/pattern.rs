//! Patterns of `*` and `?`, as IAM compares actions and resources with them.

use std::borrow::Cow;

use crate::model::{Arn, is_account_id};

/// The account that stands for any. Not an account id that AWS would print in an example.
pub(super) const ACCOUNT: &str = "987654321098";

/// The instance of IAM Identity Center that stands for any: an organization has one.
pub(super) const INSTANCE: &str = "ssoins-9876543210987654";

/// Those of AWS. Source: botocore, `data/partitions.json`.
pub(super) const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

/// Whether `text` matches `pattern`: `*` stands for any text, `?` for one character; case makes no difference.
///
/// For actions that is IAM's rule; for ARNs IAM tells cases apart, which no judgement here depends on. Linear in practice:
/// on a mismatch only the last `*` is tried again.
///
/// Source: IAM user guide, "IAM JSON policy elements: Action" and "Using wildcards in resource ARNs".
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte.eq_ignore_ascii_case(&text[t]) => (p, t) = (p + 1, t + 1),
            _ => match star.as_mut() {
                Some((place, taken)) => {
                    *taken += 1;
                    (p, t) = (*place + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// Whether `text` stands for any text but, perhaps, a short one: `*`, `?*`.
pub(super) fn only_stars(text: &str) -> bool {
    text.contains('*') && text.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// What stands before the first `*` or `?`, and whether there is one.
pub(super) fn literal(pattern: &str) -> (&str, bool) {
    match pattern.find(['*', '?']) {
        Some(place) => (&pattern[..place], true),
        None => (pattern, false),
    }
}

/// Whether a pattern stands for any user, or for any role, of an account.
pub(super) fn is_any_principal(pattern: &str) -> bool {
    let pattern = of_any_account(pattern);
    let one_of = |kind: &str| {
        PARTITIONS.iter().any(|partition| matches(&pattern, &format!("arn:{partition}:iam::{ACCOUNT}:{kind}/zz9")))
    };
    one_of("user") || one_of("role")
}

/// The pattern with the account that it names, if any, replaced by the one that stands for any; so with the instance of IAM
/// Identity Center.
///
/// Source: Service Authorization Reference, "Resource types defined by AWS IAM Identity Center"
/// (`arn:aws:sso:::permissionSet/ssoins-…/ps-…`).
pub(super) fn of_any_account(pattern: &str) -> Cow<'_, str> {
    let Some(arn) = Arn::parse(pattern) else { return pattern.into() };
    if arn.service == "sso" {
        let is_instance = |part: &str| part.starts_with("ssoins-") && !part.contains(['*', '?']);
        let parts = arn.resource.split('/').map(|part| if is_instance(part) { INSTANCE } else { part });
        return format!("arn:{}:sso:::{}", arn.partition, parts.collect::<Vec<_>>().join("/")).into();
    }
    if !is_account_id(arn.account_id) && !arn.account_id.starts_with("${") {
        return pattern.into();
    }
    format!("arn:{}:{}:{}:{ACCOUNT}:{}", arn.partition, arn.service, arn.region, arn.resource).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_actions() {
        for (pattern, holds) in [
            ("iam:*", true),
            ("*", true),
            ("?*", true),
            ("IAM:create?ccess*", true),
            ("*:*Key", true),
            ("i*:c*s*y", true),
            ("iam:createaccesskey?", false),
            ("iam:create", false),
            ("s3:*", false),
            ("", false),
        ] {
            assert_eq!(matches(pattern, "iam:CreateAccessKey"), holds, "{pattern}");
        }
        assert!(!matches("ïam:*", "iam:x") && matches("**", "") && !matches("?", ""));
        assert_eq!((literal("a*b"), literal("ab")), (("a", true), ("ab", false)));
    }
}
