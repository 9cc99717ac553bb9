//! What filters that nothing passes may have meant: of each flag that no value of the events answers to, the nearest value
//! that there is.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::criteria::{Filters, error_of, names_resource};
use crate::model::{Event, agent_family, each_resource, principal_of};

/// The values of the events that a filter left out, by flag.
pub type Values = BTreeMap<&'static str, BTreeSet<String>>;

/// What AWS's services are called behind their names.
const HOST: &str = ".amazonaws.com";

/// A long-lived key: temporary ones are too many to be kept, and nobody types them from memory.
const LONG_LIVED: &str = "AKIA";

/// Of a name of so many letters one may be wrong, of twice as many two, and so on.
const LETTERS_A_MISTAKE: usize = 4;

/// The most values of a flag among which the nearest is looked for.
const MOST: usize = 10_000;

/// How a value is near to a pattern, nearest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// It differs in upper and lower case.
    Case,
    /// It ends with the pattern.
    End,
    /// It has the pattern in it.
    Within,
    /// It differs in some letters.
    Letters(usize),
}

impl Filters {
    /// Keeps what an event has where a filter asks for something else. Memory: the distinct values of the flags that are
    /// given, of access keys the long-lived; no more than are looked at.
    pub fn note(&self, event: &Event<'_>, values: &mut Values) {
        for (flag, _) in self.patterns() {
            let known = values.entry(flag).or_default();
            each_value(flag, event, &mut |value| {
                if known.len() <= MOST && !value.is_empty() && !known.contains(value) {
                    known.insert(value.to_owned());
                }
            });
        }
    }

    /// A sentence for each pattern that none of the values answers to; where each pattern is answered and they are many, that
    /// no event answers to all.
    pub fn missed(&self, values: &Values) -> Vec<String> {
        let (mut told, mut are_met, mut flags) = (Vec::new(), true, 0);
        for (flag, globs) in self.patterns() {
            flags += 1;
            let known = values.get(flag).filter(|values| !values.is_empty() && values.len() <= MOST);
            let Some(known) = known else {
                are_met = false;
                continue;
            };
            for glob in globs.iter().filter(|glob| !known.iter().any(|value| answers(flag, glob, value))) {
                are_met = false;
                let pattern = glob.glob().glob();
                told.extend(nearest(pattern, known).map(|near| format!("{flag} {pattern}: {near}")));
            }
        }
        if are_met && flags > 1 {
            told.push("each of them is met by some event, and no event meets all".to_owned());
        }
        told
    }
}

/// What a flag looks at in an event.
fn each_value(flag: &str, event: &Event<'_>, keep: &mut dyn FnMut(&str)) {
    match flag {
        "--principal" => keep(&principal_of(&event.user_identity)),
        "--event" => keep(event.event_name),
        "--service" => keep(event.event_source.strip_suffix(HOST).unwrap_or(event.event_source)),
        "--access-key" if event.user_identity.access_key_id.starts_with(LONG_LIVED) => {
            keep(&event.user_identity.access_key_id);
        }
        "--session" => {
            keep(&event.user_identity.session_id().unwrap_or_default());
            keep(event.user_identity.session_name());
        }
        "--resource" => each_resource(event, &mut |resource| keep(resource)),
        "--error" if event.is_error() => keep(error_of(event)),
        "--user-agent" => {
            keep(event.user_agent);
            keep(&agent_family(event.user_agent));
        }
        _ => {}
    }
}

/// Whether the filter of that flag takes a value that was kept.
fn answers(flag: &str, glob: &GlobMatcher, value: &str) -> bool {
    match flag {
        "--service" => glob.is_match(value) || glob.glob().glob().strip_suffix(HOST) == Some(value),
        "--resource" => names_resource(glob, value),
        _ => glob.is_match(value),
    }
}

/// What a pattern may have meant that none of these values answers to: a sentence about the nearest of them; `None` where
/// none is near.
pub fn nearest(pattern: &str, values: &BTreeSet<String>) -> Option<String> {
    let core = pattern.trim_matches('*').to_lowercase();
    let near = |value: &String| -> Option<Nearness> {
        let text = value.to_lowercase();
        let name = text.rsplit(['/', ':']).next().unwrap_or(&text);
        Some(match () {
            () if core.is_empty() => return None,
            () if text == core => Nearness::Case,
            () if text.ends_with(&core) => Nearness::End,
            () if text.contains(&core) => Nearness::Within,
            () => {
                let far = strsim::osa_distance(&text, &core).min(strsim::osa_distance(name, &core));
                Nearness::Letters(Some(far).filter(|far| *far <= core.len().div_ceil(LETTERS_A_MISTAKE))?)
            }
        })
    };
    let (nearness, value) = values.iter().filter_map(|value| Some((near(value)?, value))).min()?;
    let end = value.get(value.len().saturating_sub(core.len())..).unwrap_or(value);
    Some(match nearness {
        Nearness::Case => format!("there is {value}, and upper and lower case differ"),
        Nearness::End => format!("there is {value}, which '*{end}' matches"),
        Nearness::Within => format!("there is {value}; `*` stands for the text before and after"),
        Nearness::Letters(_) => format!("did you mean {value}?"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_value_and_what_would_match_it() {
        let values: BTreeSet<String> = [
            "arn:aws:iam::111122223333:user/Alice",
            "arn:aws:iam::111122223333:user/team/Bob",
            "root@111122223333",
            "DeleteUser",
            "s3",
            "arn:aws:s3:::example-data",
        ]
        .map(str::to_owned)
        .into();
        for (pattern, told) in [
            ("Alice", "there is arn:aws:iam::111122223333:user/Alice, which '*Alice' matches"),
            ("user/alice", "there is arn:aws:iam::111122223333:user/Alice, which '*user/Alice' matches"),
            ("deleteuser", "there is DeleteUser, and upper and lower case differ"),
            ("team", "there is arn:aws:iam::111122223333:user/team/Bob; `*` stands for the text before and after"),
            ("DeletUser", "did you mean DeleteUser?"),
            ("Alcie", "did you mean arn:aws:iam::111122223333:user/Alice?"),
            ("S3", "there is s3, and upper and lower case differ"),
            ("exmaple-data", "did you mean arn:aws:s3:::example-data?"),
            ("nobody-like-this", ""),
            ("*", ""),
        ] {
            assert_eq!(nearest(pattern, &values).unwrap_or_default(), told, "{pattern}");
        }
    }
}
