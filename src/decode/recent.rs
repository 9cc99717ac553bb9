//! Identities met of late, by their text: one that comes again is neither walked through nor hashed again.
//!
//! The records of an object are mostly of a few dozen identities, each of some five hundred bytes, a third of a record.

use super::known::Key;

/// How many are kept, a power of two.
const SLOTS: usize = 1 << 9;
/// The bytes of an identity that say where it is kept: behind its type lie the principalId and the session's name.
const TELLING: std::ops::Range<usize> = 24..88;
/// The longest that is kept, so that memory stays flat.
const LONGEST: usize = 2048;

/// Texts of whole JSON containers with the keys of their identities.
#[derive(Debug)]
pub(super) struct Recent {
    slots: Box<[(String, Key)]>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { slots: vec![(String::new(), Key::default()); SLOTS].into() }
    }
}

impl Recent {
    /// The index after the container that begins at `at`, and the key of its identity, if it is one of these: a text that
    /// begins with a whole container has that container there.
    #[inline]
    pub fn find(&self, bytes: &[u8], at: usize) -> Option<(usize, Key)> {
        let rest = bytes.get(at..)?;
        let (text, key) = &self.slots[place(rest)?];
        (!text.is_empty() && rest.starts_with(text.as_bytes())).then(|| (at + text.len(), *key))
    }

    /// Keeps `text`, a whole container.
    pub fn keep(&mut self, text: &str, key: Key) {
        if text.len() > LONGEST {
            return;
        }
        if let Some(place) = place(text.as_bytes()) {
            let slot = &mut self.slots[place];
            slot.0.clear();
            slot.0.push_str(text);
            slot.1 = key;
        }
    }
}

/// Where an identity that begins so is kept; `None` for one that is short.
#[inline]
fn place(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.get(TELLING)?.as_chunks();
    let mixed = words.iter().fold(0u64, |mixed, word| {
        (mixed.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    Some((mixed >> (u64::BITS - SLOTS.trailing_zeros())) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(session: &str, key: &str) -> String {
        format!(
            r#"{{"type":"AssumedRole","principalId":"AROAIOSFODNN7EXAMPLE00:{session}","accountId":"111122223333","accessKeyId":"{key}"}}"#
        )
    }

    #[test]
    fn only_the_same_text_is_found_again() {
        let mut recent = Recent::default();
        let known = identity("deployment-of-the-week", "ASIAIOSFODNN7EXAMPLE");
        let before = format!("{{\"userIdentity\":{known},\"eventTime\":\"2026-01-02T03:04:05Z\"}}");
        let at = before.find(&known).unwrap();
        assert_eq!(recent.find(before.as_bytes(), at), None);
        recent.keep(&known, Key::default());
        assert_eq!(recent.find(before.as_bytes(), at), Some((at + known.len(), Key::default())));
        for other in [
            identity("deployment-of-the-week", "ASIAI44QH8DHBEXAMPLE"),
            identity("deployment-of-the-day", "ASIAIOSFODNN7EXAMPLE"),
            known[..known.len() - 1].to_owned(),
            String::new(),
        ] {
            assert_eq!(recent.find(other.as_bytes(), 0), None, "{other}");
        }
        assert_eq!(recent.find(before.as_bytes(), before.len() + 1), None);
    }

    #[test]
    fn what_is_too_short_or_too_long_is_not_kept() {
        let mut recent = Recent::default();
        for text in
            [r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#.to_owned(), identity(&"s".repeat(2000), "")]
        {
            recent.keep(&text, Key::default());
            assert_eq!(recent.find(format!("{text},\"eventName\":\"{}\"", "x".repeat(90)).as_bytes(), 0), None);
        }
    }
}
