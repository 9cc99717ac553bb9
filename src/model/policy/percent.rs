//! Percent-encoding, as IAM's API returns policy documents. Not form encoding: `+` is a plus sign.
//!
//! Source: RFC 3986, section 2.1; IAM API reference, GetRolePolicy: "policies returned … are URL-encoded".

use super::PolicyError;

/// `text` with every `%41` replaced by the byte that it stands for.
pub(super) fn decode(text: &str) -> Result<String, PolicyError> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(PolicyError::Encoding);
        decoded.push((digit()? << 4 | digit()?) as u8);
    }
    String::from_utf8(decoded).map_err(|_| PolicyError::Encoding)
}
