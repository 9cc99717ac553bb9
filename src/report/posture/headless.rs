//! Users that look like programs and have a console password: a heuristic.

use super::{HEADLESS_PASSWORD, Look, SubjectKind, UNUSED_GRACE, Violation};
use crate::posture::{Answer, CredentialReport, Credentials, Dated};

/// Parts of names that programs get. Words that are also names of people or jobs (admin, ops) are left out.
const WORDS: &[&str] = &[
    "agent",
    "ansible",
    "api",
    "app",
    "automation",
    "backup",
    "batch",
    "bot",
    "build",
    "cd",
    "ci",
    "cron",
    "daemon",
    "deploy",
    "deployer",
    "exporter",
    "github",
    "gitlab",
    "grafana",
    "jenkins",
    "job",
    "lambda",
    "machine",
    "monitor",
    "monitoring",
    "pipeline",
    "prometheus",
    "robot",
    "runner",
    "scanner",
    "ses",
    "server",
    "service",
    "smtp",
    "svc",
    "system",
    "terraform",
    "uploader",
    "worker",
];

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<CredentialReport>) -> Vec<Violation<'a>> {
    let with_password = part.value.users.iter().filter(|(_, user)| user.password_enabled == Some(true));
    with_password
        .filter_map(|(name, user)| {
            let age = look.age(user.password_last_changed.time(), &part.source);
            let is_old = age.is_some_and(|days| days > look.number(&UNUSED_GRACE));
            let (why, basis) = match word(name) {
                Some(word) => (format!("its name says {word}"), "name"),
                None if is_old && uses_keys_only(user) => {
                    ("its key is used and its password never was".to_owned(), "use")
                }
                None => return None,
            };
            let detail = format!("{name} looks like a program ({why}) and has a console password");
            let subject = (user.arn.as_str(), SubjectKind::User);
            let found = look.breaks(HEADLESS_PASSWORD, subject, detail, &part.source);
            Some(look.since(found, user.password_last_changed.time()).with("basis", basis))
        })
        .collect()
}

/// The part of a name that programs get.
fn word(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphabetic()).collect();
    WORDS.iter().copied().find(|word| parts.contains(word))
}

fn uses_keys_only(user: &Credentials) -> bool {
    let never = matches!(user.password_last_used, Answer::None | Answer::NoInformation);
    never && user.keys.iter().any(|key| key.active && key.last_used.time().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_and_of_people() {
        assert_eq!(["ci-deploy", "svc_report", "Backup2"].map(word), [Some("ci"), Some("svc"), Some("backup")]);
        assert_eq!(["Alice", "apple", "marcia.bothwell", "Cicero", "joboss"].map(word), [None; 5]);
    }
}
