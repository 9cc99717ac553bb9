//! Secrets in the text of a record: the values of members that hold one are replaced, all else stays as it is.
//!
//! CloudTrail leaves most secrets out, but session tokens of STS stand in responseElements, and what callers and services
//! put into their parameters is theirs. A secret is known by the name of its member, at any depth, also in JSON within a
//! text, or by the parameter of a URL. One that stands in a text under no such name is not known to be one.

use std::borrow::Cow;

use crate::json::careful;
use crate::json::fields::{Raw, skip_space, value_at};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// A record without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    /// Its text on one line: line ends and other control characters, which JSON has only between its parts, are blanks.
    pub text: String,
    /// How many values were replaced.
    pub secrets: usize,
}

/// How names of members end that hold a secret; small letters, without `-` and `_`.
const ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secretkey",
    "secretaccesskey",
    "secretstring",
    "secretbinary",
    "clientsecret",
    "sessiontoken",
    "securitytoken",
    "signintoken",
    "identitytoken",
    "authtoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "bearertoken",
    "assertion",
    "tokencode",
    "authenticationcode1",
    "authenticationcode2",
    "authorizationcode",
    "codeverifier",
    "privatekey",
    "presharedkey",
    "keymaterial",
    "plaintext",
    "signature",
    "signedurl",
    "userdata",
    "stringseed",
    "qrcodepng",
];

/// Parameters of URLs that hold a secret.
const PARAMETERS: &[&str] =
    &["x-amz-signature=", "x-amz-security-token=", "signintoken=", "&signature=", "?signature="];

/// What AWS writes where it left a secret out.
const LEFT_OUT: &[&str] = &["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "***"];

/// How deep JSON may stand in texts of JSON.
const DEEPEST: usize = 4;

/// The record without its secrets. Any text is taken; what comes behind a place where it stops being JSON is looked at as
/// far as it goes on in quoted texts.
pub fn redact(record: &str) -> Redacted {
    let mut redaction = Redaction { text: String::with_capacity(record.len()), secrets: 0, depth: 0 };
    redaction.read(record);
    let Redaction { text, secrets, .. } = redaction;
    let is_on_one_line = !text.bytes().any(|byte| byte < b' ');
    let text = if is_on_one_line { text } else { text.replace(|letter: char| letter < ' ', " ") };
    Redacted { text, secrets }
}

struct Redaction {
    text: String,
    secrets: usize,
    depth: usize,
}

impl Redaction {
    fn read(&mut self, record: &str) {
        let bytes = record.as_bytes();
        // What was copied, and where it is looked on.
        let (mut copied, mut at) = (0, 0);
        while let Some(quote) = memchr::memchr(b'"', &bytes[at..]).map(|found| at + found) {
            let Some(end) = end_of_text(bytes, quote) else { break };
            let text = &record[quote..end];
            let colon = skip_space(bytes, end);
            if bytes.get(colon) != Some(&b':') {
                if let Some(instead) = self.instead_of(text) {
                    self.text.push_str(&record[copied..quote]);
                    self.text.push_str(&instead);
                    copied = end;
                }
                at = end;
                continue;
            }
            at = skip_space(bytes, colon + 1);
            if is_secret(text) {
                let after = match value_at(record, at) {
                    Ok((value, after)) if is_told(value) => after,
                    Ok((_, after)) => {
                        at = after;
                        continue;
                    }
                    // Cut off, or broken: nobody knows where it ends.
                    Err(_) => record.len(),
                };
                self.text.push_str(&record[copied..at]);
                self.text.push_str(&format!("\"{REDACTED}\""));
                self.secrets += 1;
                (copied, at) = (after, after);
            }
        }
        self.text.push_str(&record[copied..]);
    }

    /// What stands in the place of a quoted text that holds secrets; `None` for others.
    fn instead_of(&mut self, quoted: &str) -> Option<String> {
        let is_json = quoted.contains("\\\"") && self.depth < DEEPEST;
        let mut text = Cow::Borrowed(quoted);
        if is_json {
            let mut inner = Self { text: String::new(), secrets: 0, depth: self.depth + 1 };
            inner.read(&careful::unescape(quoted));
            if inner.secrets > 0 {
                self.secrets += inner.secrets;
                text = serde_json::to_string(&inner.text).unwrap_or_else(|_| format!("\"{REDACTED}\"")).into();
            }
        }
        if let Some((without, secrets)) = without_parameters(&text) {
            self.secrets += secrets;
            text = without.into();
        }
        match text {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        }
    }
}

/// The index after the quoted text that begins at `quote`.
fn end_of_text(bytes: &[u8], quote: usize) -> Option<usize> {
    let mut at = quote + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Whether the quoted name of a member says that it holds a secret.
fn is_secret(quoted: &str) -> bool {
    let name: Cow<'_, str> = match quoted.contains('\\') {
        true => careful::unescape(quoted).into(),
        false => quoted.trim_matches('"').into(),
    };
    let mut plain: Vec<u8> = Vec::with_capacity(name.len());
    plain.extend(name.bytes().filter(|byte| !b"-_".contains(byte)).map(|byte| byte.to_ascii_lowercase()));
    ENDINGS.iter().any(|ending| plain.ends_with(ending.as_bytes()))
}

/// Whether a value tells something: it is neither empty, nor a flag, nor what AWS writes in the place of a secret.
fn is_told(value: Raw<'_>) -> bool {
    match value {
        Raw::Null | Raw::Plain("") | Raw::Scalar("true" | "false") => false,
        other => !LEFT_OUT.iter().any(|mark| other.json().contains(mark)),
    }
}

/// A text whose parameters of URLs hold no secret, and how many did; `None` where none did.
fn without_parameters(text: &str) -> Option<(String, usize)> {
    if !text.contains('=') {
        return None;
    }
    let small = text.to_ascii_lowercase();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for parameter in PARAMETERS {
        for (at, name) in small.match_indices(parameter) {
            let begin = at + name.len();
            let rest = &text[begin..];
            let end = rest.find(|letter: char| "&\"'\\ ".contains(letter)).unwrap_or(rest.len());
            if end > 0 && !LEFT_OUT.iter().any(|mark| rest[..end].contains(mark)) {
                found.push((begin, begin + end));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by(|later, earlier| later.0 < earlier.1);
    let (mut without, mut copied) = (String::with_capacity(text.len()), 0);
    for &(begin, end) in &found {
        without.push_str(&text[copied..begin]);
        without.push_str(REDACTED);
        copied = end;
    }
    without.push_str(&text[copied..]);
    (!found.is_empty()).then_some((without, found.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_and_their_near_misses() {
        for (record, without, secrets) in [
            (
                r#"{"sessionToken":"AQoD","accessKeyId":"ASIA"}"#,
                r#"{"sessionToken":"[redacted]","accessKeyId":"ASIA"}"#,
                1,
            ),
            (
                r#"{"a":{"newPassword" : "x\"y", "oldPassword":"z"}}"#,
                r#"{"a":{"newPassword" : "[redacted]", "oldPassword":"[redacted]"}}"#,
                2,
            ),
            (
                r#"{"sAMLAssertion":"PHNh","webIdentityToken":["a",{"b":1}],"z":1}"#,
                r#"{"sAMLAssertion":"[redacted]","webIdentityToken":"[redacted]","z":1}"#,
                2,
            ),
            (r#"{"tokenCode":123456}"#, r#"{"tokenCode":"[redacted]"}"#, 1),
            (r#"{"\u0070assword":"x"}"#, r#"{"\u0070assword":"[redacted]"}"#, 1),
            (r#"{"X-Amz-Security-Token":"x"}"#, r#"{"X-Amz-Security-Token":"[redacted]"}"#, 1),
            (r#"{"content":"{\"password\":\"x\"}"}"#, r#"{"content":"{\"password\":\"[redacted]\"}"}"#, 1),
            (
                r#"{"url":"https://h/k?X-Amz-Signature=ab12&X-Amz-Date=1"}"#,
                r#"{"url":"https://h/k?X-Amz-Signature=[redacted]&X-Amz-Date=1"}"#,
                1,
            ),
            (r#"{"password":"cut off"#, r#"{"password":"[redacted]""#, 1),
            ("{\n\t\"a\": 1\r\n}", "{  \"a\": 1  }", 0),
        ] {
            assert_eq!(redact(record), Redacted { text: without.to_owned(), secrets }, "{record}");
        }
        for kept in [
            r#"{"passwordResetRequired":false,"password":null,"userPassword":"","hasPassword":true}"#,
            r#"{"nextToken":"x","clientToken":"y","clientRequestToken":"z","passwordLastUsed":"2026"}"#,
            r#"{"password":"HIDDEN_DUE_TO_SECURITY_REASONS","userData":{"value":"<sensitiveDataRemoved>"}}"#,
            r#"{"SecretARN":"arn:aws:secretsmanager:us-east-1:111122223333:secret:x","secretId":"prod/db"}"#,
            r#"{"text":"the password is x","policy":"{\"Version\":\"2012\"}"}"#,
        ] {
            assert_eq!(redact(kept), Redacted { text: kept.to_owned(), secrets: 0 }, "{kept}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in r#"([{}\[\]:,"\\ ]|password|sessionToken|x-amz-signature=|é|\n){0,30}"#) {
            let once = redact(&text);
            prop_assert!(!once.text.contains('\n'));
            prop_assert!(once.secrets > 0 || once.text == text.replace('\n', " "));
        }
    }
}
