//! Commands that contain exactly these credentials and changes, as text to copy: first what still works, then what stays.

use ahash::AHashSet;

use super::Scene;
use super::gone::{Gone, SLACK};
use super::line::{Line, Part, Shown, at};
use super::stays::Lasting;
use crate::aggregate::Symbols;
use crate::model::{Arn, EventTime, shell_quoted, short_name};
use crate::report::trace::Link;

/// The lines: keys, sessions, then changes; of several accounts those of each under a heading.
pub(super) fn lines(
    (links, gone): (&[&Link], &Gone<'_>),
    changes: &[Lasting<'_>],
    as_of: Option<EventTime>,
    scene: &Scene<'_>,
) -> Vec<Line> {
    let mut commands = of_credentials((links, gone), as_of);
    let keys: Vec<&str> =
        links.iter().filter(|link| link.is_key).flat_map(|link| &link.access_keys).map(|key| &**key).collect();
    commands.extend(changes.iter().filter_map(|lasting| of_change(lasting, &keys, scene.symbols)));
    // Two changes may be contained by one command.
    let mut known: AHashSet<(String, String)> = AHashSet::new();
    commands.retain(|command| known.insert((command.account.clone(), command.line.command.clone())));
    let mut by_account: Vec<(String, Vec<Line>)> = Vec::new();
    for Command { account, line } in commands {
        match by_account.iter_mut().find(|(known, _)| *known == account) {
            Some((_, lines)) => lines.push(line),
            None => by_account.push((account, vec![line])),
        }
    }
    let is_of_many = by_account.len() > 1;
    let headed = by_account.into_iter().flat_map(|(account, lines)| {
        // A comment for a shell, so that the whole can be copied.
        let what = format!("# account {account}");
        let heading = Line {
            part: Some(Part::Containment),
            shown: Shown::OnPage,
            command: what.clone(),
            what,
            ..Line::default()
        };
        is_of_many.then_some(heading).into_iter().chain(lines)
    });
    headed.collect()
}

/// A command, and the account in which it is run.
struct Command {
    account: String,
    line: Line,
}

/// What ends keys and sessions that still work.
fn of_credentials((links, gone): (&[&Link], &Gone<'_>), as_of: Option<EventTime>) -> Vec<Command> {
    let links = || links.iter().filter(|link| gone.of_link(link).is_none());
    let mut commands = Vec::new();
    for link in links().filter(|link| link.is_key && (link.ended.is_none() || used_after(link).is_some())) {
        commands.extend(link.access_keys.iter().map(|key| key_line(link, key)));
    }
    let mut revoked: AHashSet<(&str, &str)> = AHashSet::new();
    // A person of Identity Center may get a new session while the assignment is there, whether this one has ended or not.
    let is_to_be_ended = |link: &&&Link| !link.is_of_service && (is_alive(link, as_of) || is_of_identity_center(link));
    for link in links().filter(|link| link.is_session).filter(is_to_be_ended) {
        // One of a permission set is of a person, whoever else has a session of the same role.
        let person = if is_of_identity_center(link) { &*link.session_name } else { "" };
        if revoked.insert((&link.principal, person)) {
            commands.extend(revoke(link, as_of));
        }
    }
    // Whoever knows the password signs in again, whatever became of the session.
    commands.extend(links().filter(|link| link.is_signed_in).filter_map(|link| of_password(link, gone)));
    commands
}

/// What takes the password from whoever signed in with it; root's is for root to change.
///
/// Source: IAM API reference, `DeleteLoginProfile`; IAM user guide, "Change the password for the AWS account root user".
fn of_password(link: &Link, gone: &Gone<'_>) -> Option<Command> {
    if let Some(account) = link.principal.strip_prefix("root@") {
        return Some(made(account, "root signed in with its password", OF_ROOT.to_owned()));
    }
    let user = Arn::parse(&link.principal).filter(|arn| arn.resource.starts_with("user/"))?.name();
    let (signed_in, _) = link.life?;
    if gone.is_password_of(&link.account_id, user, signed_in) {
        return None;
    }
    let command = format!("aws iam delete-login-profile --user-name {}", shell_quoted(user));
    Some(made(&link.account_id, &format!("password of {user}, with which it signed in"), command))
}

/// What to do about root, for which there is no command: a comment for a shell, as it is copied with commands.
const OF_ROOT: &str = "# as root, in the console: change the password, look at the e-mail address, the MFA devices and the access keys, and \
                       remove those that nobody knows; who cannot sign in any more asks AWS Support";

/// What contains a change that stays; of a key that is among the credentials nothing more.
fn of_change(lasting: &Lasting<'_>, keys: &[&str], symbols: &Symbols) -> Option<Command> {
    if lasting.undone.is_some() || keys.iter().any(|key| lasting.change.names(key)) {
        return None;
    }
    let (place, row) = lasting.event;
    let what = match (lasting.change.kind.what, &*lasting.change.name()) {
        (what, "") => what.to_owned(),
        (what, name) => format!("{what}: {name}"),
    };
    let region = symbols.text(row.region);
    let command = lasting.change.command()?;
    let command = if lasting.change.is_global() || region.is_empty() { command } else { in_region(&command, region) };
    Some(made(&place.account_id, &what, command))
}

/// Seconds that temporary credentials last at most, whatever issued them.
///
/// Source: AWS STS API reference, `GetSessionToken` and `GetFederationToken` (129,600 s); all others end sooner.
const LONGEST: i64 = 129_600;

/// When a session ends at the latest; `None` where nobody knows, or where it was used later than that.
fn latest_end(link: &Link) -> Option<EventTime> {
    let by_life = link.life.map(|(began, last)| (began.plus_seconds(LONGEST), last));
    link.expires.or_else(|| by_life.filter(|(end, last)| last <= end).map(|(end, _)| end))
}

/// Whether a session may still work.
pub(super) fn is_alive(link: &Link, as_of: Option<EventTime>) -> bool {
    link.is_session && latest_end(link).zip(as_of).is_none_or(|(end, as_of)| end > as_of)
}

/// The command, with its region before what is said behind it.
fn in_region(command: &str, region: &str) -> String {
    let region = shell_quoted(region);
    match command.split_once("  #") {
        Some((command, said)) => format!("{command} --region {region}  #{said}"),
        None => format!("{command} --region {region}"),
    }
}

fn key_line(link: &Link, key: &str) -> Command {
    let held = if link.made.is_some() { ", made with it, whoever holds it" } else { "" };
    // A user that only the record of its key names is printed as `ACCOUNT:user/NAME`.
    let named = || link.principal.split_once(":user/").map(|(_, name)| name.to_owned());
    let user = Arn::parse(&link.principal).map(|arn| arn.name().to_owned()).or_else(named);
    let quoted = shell_quoted(key);
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

/// Denies whatever was issued until now. Nothing can be put on the role of a service or of a permission set: of the latter what
/// Identity Center can do.
///
/// Source: IAM user guide, "Revoke IAM role temporary security credentials" and "Disabling permissions for temporary security
/// credentials" (roles of permission sets cannot be edited).
fn revoke(link: &Link, as_of: Option<EventTime>) -> Vec<Command> {
    let Some(arn) = Arn::parse(&link.principal).filter(|arn| arn.linked_service().is_none()) else { return Vec::new() };
    if is_of_identity_center(link) {
        return of_identity_center(link, arn.name());
    }
    let kind = arn.resource.split_once('/').map(|(kind, _)| kind).filter(|kind| matches!(*kind, "role" | "user"));
    let Some(kind) = kind else { return Vec::new() };
    let name = shell_quoted(arn.name());
    let until = as_of.map_or_else(|| "NOW".to_owned(), |time| time.to_string());
    let document = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":\
         {{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"{until}\"}}}}}}]}}"
    );
    let command = format!(
        "aws iam put-{kind}-policy --{kind}-name {name} --policy-name AWSRevokeOlderSessions --policy-document {}",
        shell_quoted(&document)
    );
    vec![made(&link.account_id, &format!("sessions of {} issued before {until}", link.principal), command)]
}

fn is_of_identity_center(link: &Link) -> bool {
    Arn::parse(&link.principal).is_some_and(|arn| arn.is_role_of_identity_center())
}

/// Takes the permission set from the person, which lets nobody get a new session, then denies all that the person does in the
/// account, which ends the open ones. What only the account of Identity Center knows is for whoever copies it to fill in.
///
/// Source: IAM Identity Center user guide, "Revoke active user permissions with a deny policy"; API reference,
/// `DeleteAccountAssignment`.
fn of_identity_center(link: &Link, role: &str) -> Vec<Command> {
    let set = role.strip_prefix("AWSReservedSSO_").and_then(|rest| Some(rest.rsplit_once('_')?.0)).unwrap_or(role);
    let user = link.person.rsplit_once('#').map_or("USER_ID", |(_, user)| user);
    let (quoted, account) = (shell_quoted(user), &link.account_id);
    let who = if link.session_name.is_empty() { String::new() } else { format!(" for {}", link.session_name) };
    let what = format!("permission set {set}{who}; run by the administrator of Identity Center");
    let take = format!(
        "aws sso-admin delete-account-assignment --instance-arn INSTANCE_ARN --permission-set-arn PERMISSION_SET_ARN \
         --target-type AWS_ACCOUNT --target-id {account} --principal-type USER --principal-id {quoted}"
    );
    let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"identitystore:userId": user}}}]});
    let deny = format!(
        "aws organizations create-policy --type SERVICE_CONTROL_POLICY --name DenyUser --description 'deny a user' --content {}  \
         # then attach-policy with the account as target: ends open sessions",
        shell_quoted(&document.to_string())
    );
    vec![made(account, &what, take), made(account, &what, deny)]
}

fn made(account: &str, what: &str, command: String) -> Command {
    let (id, what) = (inert(account), inert(what));
    let comment = if account.is_empty() { String::new() } else { format!("  # account {id}, {what}") };
    let said = if command.starts_with('#') || command.contains("  #") {
        format!("{command}; account {}", comment.trim_start_matches("  # account "))
    } else {
        format!("{command}{comment}")
    };
    Command {
        account: account.to_owned(),
        line: Line { part: Some(Part::Containment), what: said, command, ..Line::default() },
    }
}

/// A text of the logs for a comment behind a command: what could leave the comment, or be run by whoever copies the line, becomes
/// `?`. A line end leaves it in every shell, and zsh takes no comments from a terminal unless it is told to.
fn inert(text: &str) -> String {
    let is_acting = |c: char| c.is_control() || "$`;&|<>()'\"\\!".contains(c);
    text.chars().map(|c| if is_acting(c) { '?' } else { c }).collect()
}

/// When a key that had ended was used last, if that was after its end: whatever put it in force again is not in these logs.
fn used_after(link: &Link) -> Option<EventTime> {
    let (ended, _) = link.ended?;
    let (_, last) = link.life?;
    (last > ended.plus_seconds(SLACK)).then_some(last)
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
        (true, _, Some((time, status)), _) => match used_after(link) {
            Some(last) => format!("{} since {}, but used until {}", status.as_str(), at(time), at(last)),
            None => format!("{} since {}", status.as_str(), at(time)),
        },
        (true, ..) => match &link.restored {
            Some((time, by)) => format!("still works: made active again {} by {}", at(*time), short_name(by)),
            None => "still works, as far as these logs tell".to_owned(),
        },
        (_, true, _, Some(expires)) if is_alive(link, as_of) => format!("works until {}", at(expires)),
        (_, true, _, Some(expires)) => format!("ended {}", at(expires)),
        (_, true, _, None) => match latest_end(link) {
            Some(end) if !is_alive(link, as_of) => format!("ended {} at the latest", at(end)),
            Some(end) => format!("end not known, {} at the latest", at(end)),
            None => "end not known".to_owned(),
        },
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_comment() {
        let line = made("111122223333", "new user: a\nrm x", "aws iam get-user".to_owned());
        assert_eq!(line.line.what, "aws iam get-user  # account 111122223333, new user: a?rm x");
        let line = made("1$(x)", "new user: $(rm x); `rm` 'x", "aws iam get-user".to_owned());
        assert_eq!(line.line.what, "aws iam get-user  # account 1??x?, new user: ??rm x?? ?rm? ?x");
    }
}
