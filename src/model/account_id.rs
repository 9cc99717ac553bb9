//! Account ids.

/// Whether a text has the form of an account id: twelve digits.
///
/// Source: AWS Account Management reference guide, "View AWS account identifiers".
#[inline]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
