//! `aws iam get-account-password-policy`: the rules that passwords follow, or that there are none. It names no account
//! and no time.

use serde::Deserialize;

/// The account's own password policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// There is none (NoSuchEntity): AWS's default holds, at least 8 characters of three kinds, kept for ever.
    Absent,
    /// There is one.
    Present(PasswordRules),
}

/// A password policy. What the file does not say is off.
///
/// Source: IAM API reference, PasswordPolicy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PasswordRules {
    /// `MinimumPasswordLength`, characters.
    pub minimum_password_length: i64,
    /// `RequireSymbols`.
    pub require_symbols: bool,
    /// `RequireNumbers`.
    pub require_numbers: bool,
    /// `RequireUppercaseCharacters`.
    pub require_uppercase_characters: bool,
    /// `RequireLowercaseCharacters`.
    pub require_lowercase_characters: bool,
    /// `AllowUsersToChangePassword`.
    pub allow_users_to_change_password: bool,
    /// `MaxPasswordAge`, days; `None` or 0 is for ever.
    pub max_password_age: Option<i64>,
    /// `PasswordReusePrevention`, how many earlier passwords are refused; `None` or 0 is none.
    pub password_reuse_prevention: Option<i64>,
}

/// The file as AWS writes it; what the CLI prints instead when there is no policy is told apart before.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Written {
    password_policy: Option<PasswordRules>,
}

impl Written {
    pub(super) fn read(self) -> PasswordPolicy {
        self.password_policy.map_or(PasswordPolicy::Absent, PasswordPolicy::Present)
    }
}

/// Whether a text is what the AWS CLI prints when an account has no password policy.
pub(super) fn is_absence(text: &str) -> bool {
    text.contains("NoSuchEntity") && text.contains("GetAccountPasswordPolicy")
}
