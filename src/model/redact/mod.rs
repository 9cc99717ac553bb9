//! Secrets in the text of a record: the values of members that hold one are replaced, all else stays as it is.
//!
//! CloudTrail leaves most secrets out, but session tokens of STS stand in responseElements, and what callers and services
//! put into their parameters, error messages and user agents is theirs. A secret is known by the name of its member, at any
//! depth, also in JSON within a text, by the name that stands beside it (`{"name": "DB_PASSWORD", "value": …}`), or by its
//! own form: see `forms`. One that has neither a name nor a form is not known to be one.

mod forms;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

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

/// Names of members that name what stands beside them, and of those that hold it; small letters.
const PAIRS: (&[&str], &[&str]) =
    (&["name", "key", "parametername", "parameterkey", "variablename"], &["value", "parametervalue", "variablevalue"]);

/// What AWS writes where it left a secret out.
const LEFT_OUT: &[&str] = &["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "***"];

/// How deep JSON may stand in texts of JSON.
const DEEPEST: usize = 4;

/// The record without its secrets. Any text is taken; what comes behind a place where it stops being JSON is looked at as
/// far as it goes on in quoted texts.
pub fn redact(record: &str) -> Redacted {
    let (text, secrets) = Redaction::of(record, 0);
    let is_on_one_line = !text.bytes().any(|byte| byte < b' ');
    let text = if is_on_one_line { text } else { text.replace(|letter: char| letter < ' ', " ") };
    Redacted { text, secrets }
}

/// A text that stands alone, such as an error message, without the secrets that show themselves by their form.
pub fn redact_text(text: &str) -> Cow<'_, str> {
    match forms::without(text) {
        Some((without, _)) => without.into(),
        None => text.into(),
    }
}

/// What is known of an object or array while its members are read.
#[derive(Default)]
struct Frame {
    /// Whether an access key id stands in it.
    has_key_id: bool,
    /// Quoted texts that are secret access keys where one does.
    likely: Vec<Range<usize>>,
    /// Whether it names a secret, as `{"name": "DB_PASSWORD"}` does.
    names_secret: bool,
    /// The quoted text that it would name.
    named: Option<Range<usize>>,
}

/// What stands in the place of a part of the record.
struct Edit {
    place: Range<usize>,
    instead: String,
    secrets: usize,
}

struct Redaction<'a> {
    record: &'a str,
    depth: usize,
    frames: Vec<Frame>,
    edits: Vec<Edit>,
}

impl<'a> Redaction<'a> {
    fn of(record: &'a str, depth: usize) -> (String, usize) {
        let mut redaction = Self { record, depth, frames: vec![Frame::default()], edits: Vec::new() };
        redaction.read();
        while let Some(frame) = redaction.frames.pop() {
            redaction.close(frame);
        }
        redaction.applied()
    }

    fn read(&mut self) {
        let (record, bytes) = (self.record, self.record.as_bytes());
        let (mut at, mut member): (usize, Option<(usize, &str)>) = (0, None);
        while let Some(quote) = memchr::memchr(b'"', &bytes[at..]).map(|found| at + found) {
            self.step(&bytes[at..quote]);
            let Some(end) = end_of_text(bytes, quote) else { return };
            let text = &record[quote..end];
            let colon = skip_space(bytes, end);
            if bytes.get(colon) != Some(&b':') {
                let name = member.take().filter(|(value, _)| *value == quote).map(|(_, name)| name);
                self.value(quote..end, name);
                at = end;
                continue;
            }
            at = skip_space(bytes, colon + 1);
            member = Some((at, text));
            if is_secret(&name_of(text)) {
                let after = match value_at(record, at) {
                    Ok((value, after)) if is_told(value) => after,
                    Ok((_, after)) => {
                        at = after;
                        continue;
                    }
                    // Cut off, or broken: nobody knows where it ends.
                    Err(_) => record.len(),
                };
                self.replace(at..after);
                at = after;
            }
        }
        self.step(&bytes[at..]);
    }

    /// Enters and leaves objects and arrays.
    fn step(&mut self, between: &[u8]) {
        for byte in between {
            match byte {
                b'{' | b'[' => self.frames.push(Frame::default()),
                b'}' | b']' if self.frames.len() > 1 => {
                    let frame = self.frames.pop().unwrap_or_default();
                    self.close(frame);
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, frame: Frame) {
        if frame.has_key_id {
            frame.likely.into_iter().for_each(|place| self.replace(place));
        }
        if let Some(place) = frame.named.filter(|_| frame.names_secret) {
            self.replace(place);
        }
    }

    /// Looks at a quoted text that is a value, of a member or of an array.
    fn value(&mut self, place: Range<usize>, member: Option<&str>) {
        let quoted = &self.record[place.clone()];
        if let Some(edit) = self.instead_of(quoted, place.clone()) {
            self.edits.push(edit);
        }
        let text = quoted.trim_matches('"');
        let Some(frame) = self.frames.last_mut() else { return };
        frame.has_key_id |= forms::has_key_id(text);
        if forms::is_like_secret_key(text) {
            frame.likely.push(place.clone());
        }
        let Some(member) = member.map(name_of) else { return };
        let (names, values) = PAIRS;
        if names.contains(&member.as_str()) {
            frame.names_secret |= is_secret(&name_of(quoted));
        } else if values.contains(&member.as_str()) && forms::is_told(text) {
            frame.named = Some(place);
        }
    }

    fn replace(&mut self, place: Range<usize>) {
        self.edits.push(Edit { place, instead: format!("\"{REDACTED}\""), secrets: 1 });
    }

    /// What stands in the place of a quoted text that holds secrets; `None` for others.
    fn instead_of(&self, quoted: &str, place: Range<usize>) -> Option<Edit> {
        let is_escaped = quoted.contains('\\');
        let mut text: Cow<'_, str> =
            if is_escaped { careful::unescape(quoted).into() } else { quoted.trim_matches('"').into() };
        let mut secrets = 0;
        if is_escaped && self.depth < DEEPEST && text.contains('"') {
            let (inner, found) = Redaction::of(&text, self.depth + 1);
            if found > 0 {
                (text, secrets) = (inner.into(), found);
            }
        }
        if let Some((without, found)) = forms::without(&text) {
            secrets += found;
            text = without.into();
        }
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_else(|_| format!("\"{REDACTED}\""));
        (secrets > 0).then(|| Edit { place, instead: quoted(&text), secrets })
    }

    /// The record with its edits, the widest of those that overlap, and how many secrets they replaced.
    fn applied(mut self) -> (String, usize) {
        self.edits.sort_by_key(|edit| (edit.place.start, Reverse(edit.place.end)));
        let (mut text, mut copied, mut secrets) = (String::with_capacity(self.record.len()), 0, 0);
        for edit in &self.edits {
            if edit.place.start < copied {
                continue;
            }
            text.push_str(&self.record[copied..edit.place.start]);
            text.push_str(&edit.instead);
            (copied, secrets) = (edit.place.end, secrets + edit.secrets);
        }
        text.push_str(&self.record[copied..]);
        (text, secrets)
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

/// A quoted name in small letters, without what joins its words.
fn name_of(quoted: &str) -> String {
    let name: Cow<'_, str> = match quoted.contains('\\') {
        true => careful::unescape(quoted).into(),
        false => quoted.trim_matches('"').into(),
    };
    plain(&name)
}

/// A name in small letters, without what joins its words.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| !"-_".contains(*letter)).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether a plain name says that it is one of a secret.
fn is_secret(plain: &str) -> bool {
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// Whether a value tells something: it is neither empty, nor a flag, nor what AWS writes in the place of a secret.
fn is_told(value: Raw<'_>) -> bool {
    match value {
        Raw::Null | Raw::Plain("") | Raw::Scalar("true" | "false") => false,
        other => !LEFT_OUT.iter().any(|mark| other.json().contains(mark)),
    }
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
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let token = format!("FwoGZXIvYXdzEBYaD{}", "Ab1+/".repeat(30));
        for (record, without, secrets) in [
            (
                r#"{"env":[{"name":"DB_PASSWORD","value":"x"},{"value":"y","Name":"API_SECRET"},{"name":"HOME","value":"z"}]}"#.to_owned(),
                r#"{"env":[{"name":"DB_PASSWORD","value":"[redacted]"},{"value":"[redacted]","Name":"API_SECRET"},{"name":"HOME","value":"z"}]}"#,
                2,
            ),
            (
                format!(r#"{{"a":{{"id":"AKIAIOSFODNN7EXAMPLE","b":"{secret}"}},"c":["{secret}","AKIAIOSFODNN7EXAMPLE"]}}"#),
                r#"{"a":{"id":"AKIAIOSFODNN7EXAMPLE","b":"[redacted]"},"c":["[redacted]","AKIAIOSFODNN7EXAMPLE"]}"#,
                2,
            ),
            (
                format!(r#"{{"errorMessage":"AKIAIOSFODNN7EXAMPLE {secret}","userAgent":"x {token}"}}"#),
                r#"{"errorMessage":"AKIAIOSFODNN7EXAMPLE [redacted]","userAgent":"x [redacted]"}"#,
                2,
            ),
            (
                format!(r#"{{"script":"export AWS_SECRET_ACCESS_KEY={secret}\n\t-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----"}}"#),
                r#"{"script":"export AWS_SECRET_ACCESS_KEY=[redacted]\n\t-----BEGIN PRIVATE KEY-----[redacted]-----END PRIVATE KEY-----"}"#,
                2,
            ),
            (r#"{"name":"DB_PASSWORD","value":"cut off", "x": ["#.to_owned(), r#"{"name":"DB_PASSWORD","value":"[redacted]", "x": ["#, 1),
        ] {
            assert_eq!(redact(&record), Redacted { text: without.to_owned(), secrets }, "{record}");
        }
        for kept in [
            // Not beside a key id, and the key id of another object.
            &format!(r#"{{"x":"{secret}","y":{{"id":"AKIAIOSFODNN7EXAMPLE"}}}}"#),
            r#"{"name":"DB_PASSWORD","value":"HIDDEN_DUE_TO_SECURITY_REASONS","other":"x"}"#,
            r#"{"name":"DB_PASSWORD","value":"arn:aws:secretsmanager:us-east-1:111122223333:secret:x"}"#,
            r#"{"name":"DB_PASSWORD","values":["x"],"value":""}"#,
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
