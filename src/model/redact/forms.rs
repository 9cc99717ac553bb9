//! Secrets that a text shows by their own form, wherever they stand: what is assigned to the name of a secret
//! (`AWS_SECRET_ACCESS_KEY=…`, `&X-Amz-Signature=…`), private keys in PEM, session tokens of STS, signed JSON Web Tokens,
//! tokens of GitHub, passwords in URLs, and secret access keys in a text with an access key id.
//!
//! Known misses: a password after a blank (`--password x`), a secret access key without its id, one that is encoded again.

use std::ops::Range;

use super::{LEFT_OUT, REDACTED, is_secret, plain};

/// The letters of a secret access key.
const SECRET_KEY: usize = 40;

/// What session tokens of STS begin with: the base64 of their header.
const STS: &[&str] = &["FwoGZXIvYXdz", "FQoGZXIvYXdz", "IQoJb3JpZ2luX2Vj", "AQoDYXdz"];

/// A session token is longer than what may only begin like one.
const STS_LENGTH: usize = 100;

/// What tokens of GitHub begin with, and how many letters follow.
const GITHUB: &[(&str, usize)] =
    &[("ghp_", 36), ("gho_", 36), ("ghu_", 36), ("ghs_", 36), ("ghr_", 36), ("github_pat_", 22)];

/// No token is shorter.
const SHORTEST: usize = 33;

/// How a plain name ends whose value may stand after blanks and a colon, as in the files of the AWS CLI and in its output.
const OF_AWS: &[&str] = &["secretaccesskey", "sessiontoken", "securitytoken"];

/// A text without the secrets in it, and how many there were; `None` where there is none.
pub(super) fn without(text: &str) -> Option<(String, usize)> {
    let mut found = secrets(text);
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let (mut without, mut copied, mut count) = (String::with_capacity(text.len()), 0, 0);
    for place in found {
        if place.start < copied {
            continue;
        }
        without.push_str(&text[copied..place.start]);
        without.push_str(REDACTED);
        (copied, count) = (place.end, count + 1);
    }
    without.push_str(&text[copied..]);
    Some((without, count))
}

/// Whether an access key id stands in a text.
pub(super) fn has_key_id(text: &str) -> bool {
    let is_of_id = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    ["AKIA", "ASIA"].iter().any(|prefix| {
        text.match_indices(prefix)
            .any(|(at, _)| text.as_bytes()[at..].iter().take_while(|byte| is_of_id(byte)).count() >= 16)
    })
}

/// Whether a text is made as a secret access key is: 40 letters of base64, of each kind some, and no hexadecimal digest.
pub(super) fn is_like_secret_key(text: &str) -> bool {
    let is = |what: fn(&u8) -> bool| text.as_bytes().iter().any(what);
    text.len() == SECRET_KEY
        && text.bytes().all(is_base64)
        && is(u8::is_ascii_uppercase)
        && is(u8::is_ascii_lowercase)
        && is(u8::is_ascii_digit)
        && !text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a value tells a secret: it is neither empty, nor a mark in its place, nor a reference to where it is kept.
pub(super) fn is_told(value: &str) -> bool {
    let is_reference = value.starts_with(['$', '%', '{', '<', '*', '[']) || value.starts_with("arn:");
    !value.is_empty()
        && !is_reference
        && !["true", "false", "null", "none"].contains(&value.to_ascii_lowercase().as_str())
        && !LEFT_OUT.iter().any(|mark| value.contains(mark))
}

fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if text.len() < 6 {
        return found;
    }
    assigned(text, &mut found);
    private_keys(text, &mut found);
    in_urls(text, &mut found);
    tokens(text, &mut found);
    found
}

/// What stands behind `NAME=`; behind a colon or blanks only where the name is AWS's own.
fn assigned(text: &str, found: &mut Vec<Range<usize>>) {
    for sign in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let before = text[..sign].trim_end_matches([' ', '\t']);
        let begin = before
            .rfind(|letter: char| !is_of_name(letter))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let name = plain(&before[begin..]);
        let is_aws = OF_AWS.iter().any(|ending| name.ends_with(ending));
        let is_close = before.len() == sign && text.as_bytes()[sign] == b'=';
        if !(is_aws || is_close && is_secret(&name)) {
            continue;
        }
        let behind = &text[sign + 1..];
        let blanks = if is_aws { behind.len() - behind.trim_start_matches([' ', '\t']).len() } else { 0 };
        let quote = behind[blanks..].chars().next().filter(|letter| "\"'`".contains(*letter));
        let from = sign + 1 + blanks + usize::from(quote.is_some());
        let ends = |letter: char| match quote {
            Some(quote) => letter == quote,
            None => letter.is_whitespace() || "&\"'\\,;()<>{}|".contains(letter),
        };
        let until = text[from..].find(ends).map_or(text.len(), |length| from + length);
        if is_told(&text[from..until]) {
            found.push(from..until);
        }
    }
}

fn private_keys(text: &str, found: &mut Vec<Range<usize>>) {
    const BEGIN: &str = "-----BEGIN ";
    for (at, _) in text.match_indices(BEGIN) {
        let Some(length) = text[at + BEGIN.len()..].find("-----") else { continue };
        let (label, body) = (&text[at + BEGIN.len()..][..length], at + BEGIN.len() + length + 5);
        let until = text[body..].find("-----END").map_or(text.len(), |length| body + length);
        if label.contains("PRIVATE KEY") && is_told(text[body..until].trim()) {
            found.push(body..until);
        }
    }
}

/// The password of `scheme://user:password@host`.
fn in_urls(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, sign) in text.match_indices("://") {
        let from = at + sign.len();
        let authority = &text[from..];
        let length = authority.find(|letter: char| letter.is_whitespace() || "/?#\"'<>\\".contains(letter));
        let authority = &authority[..length.unwrap_or(authority.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let Some((name, password)) = user.split_once(':') else { continue };
        if is_told(password) {
            let begin = from + name.len() + 1;
            found.push(begin..begin + password.len());
        }
    }
}

/// Words that are secrets as they stand.
fn tokens(text: &str, found: &mut Vec<Range<usize>>) {
    let mut has_id: Option<bool> = None;
    for word in words(text, |byte| is_base64(byte) || b"_-.".contains(&byte)) {
        if is_web_token(&text[word.clone()]) || is_of_github(&text[word.clone()]) {
            found.push(word);
        }
    }
    for word in words(text, is_base64) {
        let letters = &text[word.clone()];
        let is_token = letters.len() >= STS_LENGTH && STS.iter().any(|prefix| letters.starts_with(prefix));
        if is_token || is_like_secret_key(letters) && *has_id.get_or_insert_with(|| has_key_id(text)) {
            found.push(word);
        }
    }
}

/// A JSON Web Token with its signature: `eyJ….eyJ….…`.
fn is_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    let (head, body, signature) = (parts.next(), parts.next(), parts.next());
    let is_json = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ") && part.len() >= 10);
    is_json(head) && is_json(body) && signature.is_some_and(|part| part.len() >= 16) && parts.next().is_none()
}

fn is_of_github(word: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    GITHUB.iter().any(|(prefix, length)| {
        let behind = word.strip_prefix(prefix);
        behind.is_some_and(|behind| behind.len() >= *length && behind.bytes().all(is_part))
    })
}

/// The runs of such bytes that are long enough to be looked at.
fn words(text: &str, is_part: impl Fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let begin = at + bytes.get(at..)?.iter().position(|byte| is_part(*byte))?;
            let length = bytes[begin..].iter().position(|byte| !is_part(*byte)).unwrap_or(bytes.len() - begin);
            at = begin + length;
            if length >= SHORTEST {
                return Some(begin..at);
            }
        }
    })
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret access key of AWS's documentation.
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// A session token.
    fn token() -> String {
        format!("FwoGZXIvYXdzEBYaD{}", "Ab1+/".repeat(30))
    }

    #[test]
    fn forms_and_their_near_misses() {
        let (id, token) = ("AKIAIOSFODNN7EXAMPLE", token());
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
        for (text, left) in [
            (format!("{id}:{SECRET}"), format!("{id}:[redacted]")),
            (format!("key {SECRET} of {id} is bad"), format!("key [redacted] of {id} is bad")),
            (format!("aws_secret_access_key = {SECRET}\nx"), "aws_secret_access_key = [redacted]\nx".to_owned()),
            (format!("SecretAccessKey: '{SECRET}'"), "SecretAccessKey: '[redacted]'".to_owned()),
            (format!("sent {token}, then"), "sent [redacted], then".to_owned()),
            (format!("Bearer {jwt}"), "Bearer [redacted]".to_owned()),
            (format!("ghp_{}", "a1B2".repeat(9)), REDACTED.to_owned()),
            ("DB_PASSWORD=hunter2 PORT=1".to_owned(), "DB_PASSWORD=[redacted] PORT=1".to_owned()),
            ("run --password='a b' --x=1".to_owned(), "run --password='[redacted]' --x=1".to_owned()),
            ("postgres://u:hunter2@db/x".to_owned(), "postgres://u:[redacted]@db/x".to_owned()),
            (
                "https://h/k?X-Amz-Signature=ab12&e=1".to_owned(),
                "https://h/k?X-Amz-Signature=[redacted]&e=1".to_owned(),
            ),
            ("-----BEGIN EC PRIVATE KEY-----\nMII".to_owned(), "-----BEGIN EC PRIVATE KEY-----[redacted]".to_owned()),
        ] {
            assert_eq!(without(&text), Some((left, 1)), "{text}");
        }
        for kept in [
            // No key id in the text; a digest, a path and a name of 40 letters beside one.
            SECRET.to_owned(),
            format!("{id} da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            format!("{id} averylongnameofaroleinsmalllettersonlyxx"),
            format!("{id} x{SECRET}"),
            "the password is x, and passwords=3".to_owned(),
            "PASSWORD=$DB_PASSWORD SECRET={{resolve:x}} TOKEN_SECRET=<x> password=".to_owned(),
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db".to_owned(),
            "Invalid password: it must be longer".to_owned(),
            "https://host:8080/a@b and s3://bucket/x:y@z".to_owned(),
            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----".to_owned(),
            "FwoGZXIvYXdz eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0 eyJ.x.y".to_owned(),
        ] {
            assert_eq!(without(&kept), None, "{kept}");
        }
    }
}
