//! The rules that there are, of all reports, and the one that was meant by an id that is none.

use trailscan::report::{Report, Rule, with_rules};

/// All rules, by report and in each report's order.
pub fn all() -> impl Iterator<Item = (&'static Report, &'static Rule)> {
    with_rules().flat_map(|report| report.rules.iter().map(move |rule| (report, rule)))
}

/// The rule of that id and the report that finds it.
pub fn find(id: &str) -> Option<(&'static Report, &'static Rule)> {
    all().find(|(_, rule)| rule.id == id)
}

/// The ids that come nearest to one that is none: at most three, nearest first.
fn nearest(id: &str) -> Vec<&'static str> {
    let most = id.len().max(3) / 3;
    let distance = |rule: &Rule| match rule.id.contains(id) && id.len() > 2 {
        true => 0,
        false => strsim::damerau_levenshtein(rule.id, id),
    };
    let mut near: Vec<(usize, &str)> = all().map(|(_, rule)| (distance(rule), rule.id)).collect();
    near.retain(|(far, _)| *far <= most);
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, id)| id).collect()
}

/// What is said of an id that is none, with those that may have been meant.
pub fn unknown(id: &str) -> String {
    let near = nearest(id);
    let near = if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
    format!("there is no rule {id:?}; {near}`trailscan rules` lists them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_text_is_there() {
        let mut ids: Vec<&str> = all().map(|(_, rule)| rule.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for (_, rule) in all() {
            let is_told = |text: &str| !text.is_empty() && !text.contains("  ");
            assert!([rule.about, rule.check, rule.fix].iter().all(|text| is_told(text)), "{}", rule.id);
            assert!(rule.about.ends_with('.'), "{}", rule.id);
            assert!(rule.page.starts_with("https://"), "{}", rule.id);
            assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        }
    }

    #[test]
    fn what_was_meant() {
        assert_eq!(nearest("key-to-old"), ["key-too-old"]);
        assert_eq!(nearest("idle"), ["user-idle"]);
        assert_eq!(nearest("zzzzzzzzzzzzzz"), [""; 0]);
    }
}
