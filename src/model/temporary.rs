//! The names under which files and folders of ours lie until they are complete: never what anybody reads.

/// What such a name begins with.
pub(crate) const PREFIX: &str = ".trailscan-";
/// What the name of a lock ends with.
pub(crate) const LOCK: &str = ".lock";
/// What the name of something that is written ends with.
pub(crate) const TEMPORARY: &str = ".tmp";
/// What the name of a folder ends with whose place is taken.
pub(crate) const OLD: &str = ".old";

/// Whether a file or folder of this name is one that is being written, or was when its process was killed.
pub(crate) fn is_temporary(name: &str) -> bool {
    let middle = name.strip_prefix(PREFIX);
    middle.is_some_and(|rest| [LOCK, TEMPORARY, OLD].into_iter().any(|end| rest.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_names_are_temporary() {
        assert!(
            [".trailscan-AbCdEf.tmp", ".trailscan-AbCdEf.lock", ".trailscan-AbCdEf.old"].into_iter().all(is_temporary)
        );
        assert!(!["trailscan-a.tmp", ".trailscan-a.json", ".trailscan", "a.tmp", ""].into_iter().any(is_temporary));
    }
}
