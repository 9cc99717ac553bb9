//! The account's password policy: what a password must be.

use std::fmt;

use super::{members, text};

/// The terms of a password policy.
///
/// Source: IAM API reference, UpdateAccountPasswordPolicy: a parameter that is left out reverts to its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// `MinimumPasswordLength`, characters; 6 by default.
    pub minimum_length: i64,
    /// `RequireSymbols`.
    pub symbols: bool,
    /// `RequireNumbers`.
    pub numbers: bool,
    /// `RequireUppercaseCharacters`.
    pub uppercase: bool,
    /// `RequireLowercaseCharacters`.
    pub lowercase: bool,
    /// `MaxPasswordAge`, days; 0 when passwords never expire.
    pub max_age: i64,
    /// `PasswordReusePrevention`: how many earlier passwords are refused; 0 when none is.
    pub reuse_prevention: i64,
}

impl PasswordPolicy {
    /// The fewest characters that are no weakness. Source: CIS AWS Foundations Benchmark 3.0, 1.8.
    pub const LENGTH: i64 = 14;

    /// The policy that the requestParameters of UpdateAccountPasswordPolicy set.
    pub fn of_request(request_parameters: &str) -> Self {
        let [length, symbols, numbers, uppercase, lowercase, max_age, reuse] = members(
            request_parameters,
            [
                "minimumPasswordLength",
                "requireSymbols",
                "requireNumbers",
                "requireUppercaseCharacters",
                "requireLowercaseCharacters",
                "maxPasswordAge",
                "passwordReusePrevention",
            ],
        );
        let number = |raw, otherwise| text(raw).trim().parse().unwrap_or(otherwise);
        let flag = |raw| text(raw).eq_ignore_ascii_case("true");
        Self {
            minimum_length: number(length, 6),
            symbols: flag(symbols),
            numbers: flag(numbers),
            uppercase: flag(uppercase),
            lowercase: flag(lowercase),
            max_age: number(max_age, 0),
            reuse_prevention: number(reuse, 0),
        }
    }

    /// The policy that [`PasswordPolicy`] prints so.
    pub fn parse(printed: &str) -> Option<Self> {
        let value = |name: &str| printed.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let number = |name| value(name)?.parse().ok();
        let flag = |name| value(name).map(|value| value == "yes");
        Some(Self {
            minimum_length: number("length")?,
            symbols: flag("symbols")?,
            numbers: flag("numbers")?,
            uppercase: flag("uppercase")?,
            lowercase: flag("lowercase")?,
            max_age: number("max-age")?,
            reuse_prevention: number("reuse-prevention")?,
        })
    }

    /// What makes it weak, in words; empty when nothing does. Character classes and expiry are no longer asked for.
    ///
    /// Source: CIS AWS Foundations Benchmark 3.0, 1.8 and 1.9.
    pub fn weaknesses(&self) -> Vec<String> {
        password_weaknesses((self.minimum_length, Self::LENGTH), self.reuse_prevention)
    }
}

/// What makes a password policy weak that asks for `length` characters, where `least` are no weakness, and refuses this
/// many earlier passwords. For policies of logs and of state alike.
pub fn password_weaknesses((length, least): (i64, i64), reuse_prevention: i64) -> Vec<String> {
    let mut found = Vec::new();
    if length < least {
        found.push(format!("{length} characters suffice, {least} are advised"));
    }
    if reuse_prevention < 1 {
        found.push("old passwords may be used again".to_owned());
    }
    found
}

impl fmt::Display for PasswordPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |flag| if flag { "yes" } else { "no" };
        write!(f, "length={} symbols={} numbers={} ", self.minimum_length, word(self.symbols), word(self.numbers))?;
        write!(f, "uppercase={} lowercase={} ", word(self.uppercase), word(self.lowercase))?;
        write!(f, "max-age={} reuse-prevention={}", self.max_age, self.reuse_prevention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_reverts_to_its_default() {
        let default = PasswordPolicy::of_request("{}");
        assert_eq!((default.minimum_length, default.reuse_prevention, default.symbols), (6, 0, false));
        assert_eq!(PasswordPolicy::of_request(r#"{"minimumPasswordLength":{}}"#), default);
        assert_eq!(default.weaknesses().len(), 2);
        let strong = r#"{"minimumPasswordLength":14,"requireSymbols":true,"passwordReusePrevention":24}"#;
        let strong = PasswordPolicy::of_request(strong);
        assert!(strong.weaknesses().is_empty() && strong.symbols);
        let short = PasswordPolicy { minimum_length: 13, ..strong.clone() };
        assert_eq!(short.weaknesses(), ["13 characters suffice, 14 are advised"]);
        for policy in [default, strong, short] {
            assert_eq!(PasswordPolicy::parse(&policy.to_string()), Some(policy));
        }
        assert_eq!(PasswordPolicy::parse("length=8"), None);
    }
}
