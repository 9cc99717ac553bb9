//! Names of things that a document does not name: what it allows on them it allows on anything.
//!
//! They follow from the document itself. A fixed name would be known to whoever writes one, and a single `Deny`, or a
//! `NotResource`, of that name would hide that all the rest is allowed.

use super::pattern::{ACCOUNT, matches, of_any_account};
use super::{Effect, Listed, Statement};
use crate::model::sha256;

/// The name of the calling user. Source: IAM user guide, "IAM policy elements: Variables and tags".
pub const OWN_USER: &str = "${aws:username}";

/// The name of the role that has the policy. No variable of AWS's says it, so whoever asks about a role's policy writes it in
/// the place of the name.
pub const OWN_ROLE: &str = "${own:role}";

/// How many names there are: what stands for one of them by chance stands for few.
const NAMES: usize = 8;

/// How many of them an element has to list for standing for anything: every letter but one is nearly anything, a prefix is
/// not.
const MOST: usize = 6;

/// Hexadecimal digits of a digest that one name is made of.
const DIGITS: usize = 64 / NAMES;

/// Names, each of a thing and of the region that it lies in.
pub(super) struct Names([Name; NAMES]);

/// One of them.
pub(super) struct Name {
    text: String,
    region: String,
}

impl Names {
    /// The same for the same statements.
    pub(super) fn of(statements: &[Statement]) -> Self {
        let digest = sha256(format!("{statements:?}").as_bytes());
        let letters = letters(&digest);
        Self(std::array::from_fn(|nth| {
            let text = &letters[nth * DIGITS..(nth + 1) * DIGITS];
            Name { text: text.to_owned(), region: format!("{}-{}-9", &text[..2], &text[2..7]) }
        }))
    }

    /// Whether something of these names is allowed: what allows it stands for anything, and what denies it not for all of
    /// them.
    pub(super) fn any_open(&self, allows: impl Fn(&Name) -> Covered, denies: impl Fn(&Name) -> bool) -> bool {
        let covered: Vec<(&Name, Covered)> = self.0.iter().map(|name| (name, allows(name))).collect();
        let is_most = covered.iter().filter(|(_, covered)| *covered != Covered::No).count() >= MOST;
        let is_open = |covered: Covered| covered == Covered::AllBut || covered == Covered::Listed && is_most;
        covered.into_iter().any(|(name, covered)| is_open(covered) && !denies(name))
    }

    /// Whether a statement's resources stand for whatever `arn` makes of a name.
    pub(super) fn covers_any(&self, statement: &Statement, arn: impl Fn(&Name) -> String) -> bool {
        let covers = |name: &Name| Covered::by(&statement.resources, |pattern| Name::is_meant(pattern, &arn(name)));
        match statement.effect {
            Effect::Allow => self.any_open(covers, |_| false),
            Effect::Deny => self.0.iter().all(|name| covers(name) != Covered::No),
        }
    }
}

impl Name {
    /// The ARN of the thing that `action` would be asked for: of that end, the name where `{}` stands.
    pub(super) fn arn(&self, partition: &str, (action, end): (&str, &str)) -> String {
        let end = end.replace("{}", &self.text);
        match action.split_once(':').map_or("", |(service, _)| service) {
            "s3" => format!("arn:{partition}:s3:::{end}"),
            "sts" => format!("arn:{partition}:iam::{ACCOUNT}:{end}"),
            service @ ("sso" | "identitystore") => format!("arn:{partition}:{service}:::{end}"),
            service @ ("iam" | "organizations" | "cloudfront" | "route53") => {
                format!("arn:{partition}:{service}::{ACCOUNT}:{end}")
            }
            service => format!("arn:{partition}:{service}:{}:{ACCOUNT}:{end}", self.region),
        }
    }

    /// Whether a pattern stands for the ARN, whichever account it names.
    pub(super) fn is_meant(pattern: &str, arn: &str) -> bool {
        matches(&of_any_account(pattern), arn)
    }

    /// The pattern with the name of whoever has the policy filled in, this one: of a user where a probe ends as users do.
    pub(super) fn as_own(&self, pattern: &str, (_, end): (&str, &str)) -> String {
        pattern.replace(if end.starts_with("user/") { OWN_USER } else { OWN_ROLE }, &self.text)
    }
}

/// Whether an element stands for a thing, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Covered {
    /// It does not.
    No,
    /// It lists patterns of which one is met.
    Listed,
    /// It leaves out others.
    AllBut,
}

impl Covered {
    pub(super) fn by(listed: &Listed, is_meant: impl Fn(&str) -> bool) -> Self {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| is_meant(pattern));
        match listed {
            Listed::Only(patterns) if any(patterns) => Self::Listed,
            Listed::AllBut(patterns) if !any(patterns) => Self::AllBut,
            _ => Self::No,
        }
    }
}

/// Hexadecimal digits as letters, the first of each pair from one half of the alphabet: names look like no word.
fn letters(digest: &str) -> String {
    const HALVES: [&[u8; 16]; 2] = [b"bcdfghjklmnpqrst", b"aeiouvwxyz013579"];
    let letter = |(place, digit): (usize, char)| {
        let value = digit.to_digit(16).and_then(|value| usize::try_from(value).ok()).unwrap_or(0);
        char::from(HALVES[place % 2][value])
    };
    digest.chars().enumerate().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Policy;

    fn names(resource: &str) -> Vec<String> {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}}}"#);
        Names::of(Policy::read(&text).unwrap().statements()).0.into_iter().map(|name| name.text).collect()
    }

    #[test]
    fn the_same_document_has_the_same_names_and_no_other() {
        let (first, again, other) = (names("*"), names("*"), names("?*"));
        assert_eq!(first, again);
        assert!(first.iter().all(|name| name.len() == DIGITS && !other.contains(name)), "{first:?} {other:?}");
        let starts: std::collections::BTreeSet<&str> = first.iter().map(|name| &name[..1]).collect();
        assert!(starts.len() > 2, "no prefix is shared: {first:?}");
    }
}
