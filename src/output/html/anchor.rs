//! Names of places on the page, for links that go on working when the page is made anew.

use std::collections::HashSet;

/// The longest part of an anchor that comes from a name.
const LONGEST: usize = 96;

/// Anchors that were given out: no two are equal.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashSet<String>);

impl Anchors {
    /// `finding-root-access-key-root-111122223333`, with a number behind it where that was given before.
    pub fn give(&mut self, parts: &[&str]) -> String {
        let base = parts.iter().map(|part| slug(part)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let mut anchor = base.clone();
        for number in 2.. {
            if self.0.insert(anchor.clone()) {
                break;
            }
            anchor = format!("{base}-{number}");
        }
        anchor
    }
}

/// Letters and digits in lower case, anything else one dash; what is too long loses its beginning, since names end with
/// what tells them apart.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    slug[slug.len().saturating_sub(LONGEST)..].trim_start_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_plain_and_each_is_given_once() {
        let mut anchors = Anchors::default();
        let parts = ["finding", "key-embedded", "arn:aws:iam::111122223333:user/\"><script>文", ""];
        assert_eq!(anchors.give(&parts), "finding-key-embedded-arn-aws-iam-111122223333-user-script");
        assert_eq!(anchors.give(&parts), "finding-key-embedded-arn-aws-iam-111122223333-user-script-2");
        assert_eq!(anchors.give(&["finding", "文"]), "finding");
        assert_eq!(slug(&"a".repeat(500)).len(), LONGEST);
    }
}
