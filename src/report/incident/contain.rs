//! Commands that contain exactly these credentials and changes, as text to copy: first what still works, then what stays.

use super::gone::Gone;
use super::line::{Line, Part, at};
use super::stays::Lasting;
use crate::aggregate::Symbols;
use crate::model::{Arn, EventTime, shell_quoted};
use crate::report::trace::Link;

/// The lines: keys, sessions, passwords, then changes, each group by account.
pub(super) fn lines(
    (links, gone): (&[&Link], &Gone<'_>),
    changes: &[Lasting<'_>],
    as_of: Option<EventTime>,
    symbols: &Symbols,
) -> Vec<Line> {
    let (mut lines, mut named) = (Vec::new(), Vec::<String>::new());
    let links = || links.iter().filter(|link| gone.of_link(link).is_none());
    for link in links().filter(|link| link.is_key && link.ended.is_none()) {
        for key in &link.access_keys {
            let held = if link.made.is_some() { ", made with it, whoever holds it" } else { "" };
            lines.push(key_line((link, held), key));
            named.push(key.clone());
        }
    }
    let mut revoked: Vec<&str> = Vec::new();
    for link in links().filter(|link| link.is_session && is_alive(link, as_of)) {
        if !revoked.contains(&&*link.principal) {
            revoked.push(&link.principal);
            lines.extend(revoke(link, as_of));
        }
    }
    for lasting in changes.iter().filter(|lasting| lasting.undone.is_none()) {
        let (place, row) = lasting.event;
        // A key that it made is among the keys.
        if named.iter().any(|key| lasting.change.names(key)) {
            continue;
        }
        let what = format!("{}: {}", lasting.change.kind.what, lasting.change.name());
        let region = symbols.text(row.region);
        let is_global = matches!(symbols.text(row.service), "iam.amazonaws.com" | "s3.amazonaws.com");
        let command = lasting.change.command().map(|command| match is_global || region.is_empty() {
            true => command,
            false => in_region(&command, region),
        });
        lines.extend(command.map(|command| made(&place.account_id, &what, command)));
    }
    let mut known: Vec<String> = Vec::new();
    lines.retain(|line: &Line| {
        let is_new = !known.contains(&line.what);
        known.push(line.what.clone());
        is_new
    });
    lines
}

/// Whether a session may still work.
pub(super) fn is_alive(link: &Link, as_of: Option<EventTime>) -> bool {
    link.is_session && link.expires.zip(as_of).is_none_or(|(expires, as_of)| expires > as_of)
}

/// The command, with its region before what is said behind it.
fn in_region(command: &str, region: &str) -> String {
    let region = shell_quoted(region);
    match command.split_once("  #") {
        Some((command, said)) => format!("{command} --region {region}  #{said}"),
        None => format!("{command} --region {region}"),
    }
}

fn key_line((link, held): (&Link, &str), key: &str) -> Line {
    let (user, quoted) = (Arn::parse(&link.principal).map(|arn| arn.name().to_owned()), shell_quoted(key));
    let command = match user {
        Some(user) => {
            let user = shell_quoted(&user);
            format!("aws iam update-access-key --user-name {user} --access-key-id {quoted} --status Inactive")
        }
        None => format!(
            "aws iam delete-access-key --access-key-id {quoted}  # signed in as {}",
            shell_quoted(&link.principal)
        ),
    };
    made(&link.account_id, &format!("access key {key}{held}"), command)
}

/// Denies whatever was issued until now.
fn revoke(link: &Link, as_of: Option<EventTime>) -> Option<Line> {
    let arn = Arn::parse(&link.principal)?;
    let (kind, name) = arn.resource.split_once('/').map(|(kind, _)| (kind, shell_quoted(arn.name())))?;
    if !matches!(kind, "role" | "user") {
        return None;
    }
    let until = as_of.map_or_else(|| "NOW".to_owned(), |time| time.to_string());
    let document = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":\
         {{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"{until}\"}}}}}}]}}"
    );
    let command = format!(
        "aws iam put-{kind}-policy --{kind}-name {name} --policy-name AWSRevokeOlderSessions --policy-document {}",
        shell_quoted(&document)
    );
    Some(made(&link.account_id, &format!("sessions of {} issued before {until}", link.principal), command))
}

fn made(account: &str, what: &str, command: String) -> Line {
    // A name with a line end would leave the comment, and be run by whoever copies the line.
    let what: String = what.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let account = if account.is_empty() { String::new() } else { format!("  # account {account}, {what}") };
    let said = if command.contains("  #") {
        format!("{command}; account {}", account.trim_start_matches("  # account "))
    } else {
        format!("{command}{account}")
    };
    Line { part: Some(Part::Containment), what: said, command, ..Line::default() }
}

/// What a credential is worth now, in words.
pub(super) fn outcome(link: &Link, gone: &Gone<'_>, as_of: Option<EventTime>) -> String {
    let is_open = if link.is_key { link.ended.is_none() } else { link.is_session };
    if let Some(deleted) = gone.of_link(link).filter(|_| is_open) {
        return match link.expires.filter(|expires| *expires <= deleted.time) {
            Some(expires) => format!("ended {}", at(expires)),
            None => format!("ended {}", deleted.told()),
        };
    }
    match (link.is_key, link.is_session, link.ended, link.expires) {
        (true, _, Some((time, status)), _) => format!("{} since {}", status.as_str(), at(time)),
        (true, ..) => "still works, as far as these logs tell".to_owned(),
        (_, true, _, Some(expires)) if is_alive(link, as_of) => format!("works until {}", at(expires)),
        (_, true, _, Some(expires)) => format!("ended {}", at(expires)),
        (_, true, _, None) => "end not known".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_comment() {
        let line = made("111122223333", "new user: a\nrm x", "aws iam get-user".to_owned());
        assert_eq!(line.what, "aws iam get-user  # account 111122223333, new user: a?rm x");
    }
}
