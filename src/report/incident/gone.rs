//! Roles and users that were deleted: what was issued to them ends with them.
//!
//! Source: IAM user guide, "Disabling permissions for temporary security credentials" (permissions are evaluated each time
//! that credentials are used, and who is gone has none); IAM API reference, `DeleteRole` (deleting the role of a running
//! instance breaks what runs there). A role or user that was made anew under the same name is another one, with another
//! unique id: nothing that was issued before works for it.

use ahash::AHashMap;

use super::line::at;
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::model::{Arn, EventTime, members, short_name, text};
use crate::report::trace::Link;

/// The calls that delete a principal or its password, the kind of it, and the member of their parameters that names it.
const DELETING: &[(&str, &str, &str)] = &[
    ("DeleteRole", "role", "roleName"),
    ("DeleteUser", "user", "userName"),
    ("DeleteLoginProfile", PASSWORD, "userName"),
];

/// What deletions of passwords are kept under; no principal is of that kind.
const PASSWORD: &str = "password";

/// Seconds for which a call may still work after its principal was deleted: IAM is eventually consistent, and clocks differ.
///
/// Source: IAM user guide, "Troubleshoot IAM" (changes that I make are not always immediately visible). The number is ours.
pub(super) const SLACK: i64 = 60;

/// Deleted principals, by account, kind and name in small letters: IAM tells no two names of a kind apart by case.
pub(super) struct Gone<'a> {
    deletions: AHashMap<(&'a str, &'static str, String), Vec<Deletion<'a>>>,
}

/// A call that worked and deleted a principal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deletion<'a> {
    pub time: EventTime,
    kind: &'static str,
    event: &'static str,
    by: &'a str,
}

impl<'a> Gone<'a> {
    /// Whatever was deleted, whoever did it.
    pub fn of(around: Option<&'a Around>, symbols: &'a Symbols) -> Self {
        let mut deletions: AHashMap<_, Vec<Deletion<'a>>> = AHashMap::new();
        for (place, row) in around.into_iter().flat_map(Around::taken_back) {
            let name = symbols.text(row.event_name);
            let Some(&(event, kind, member)) = DELETING.iter().find(|(event, ..)| *event == name) else { continue };
            if symbols.text(row.service) != "iam.amazonaws.com" {
                continue;
            }
            let [parameters] = members(&row.record, ["requestParameters"]);
            let [name] = members(parameters.json(), [member]).map(text);
            let deletion = Deletion { time: place.time, kind, event, by: short_name(symbols.text(row.principal)) };
            deletions.entry((&*place.account_id, kind, name.to_lowercase())).or_default().push(deletion);
        }
        Self { deletions }
    }

    /// The deletion that ended a credential, if one did: the first since it began, after which nothing was done with it.
    pub fn of_link(&self, link: &Link) -> Option<Deletion<'a>> {
        let resource = Arn::parse(&link.principal).map_or_else(
            // A user that only the record of a key names is printed as `ACCOUNT:user/NAME`.
            || link.principal.split_once(':').map_or("", |(_, resource)| resource),
            |arn| arn.resource,
        );
        let (kind, path) = resource.split_once('/').filter(|(kind, _)| *kind != PASSWORD)?;
        let (_, kind, _) = DELETING.iter().find(|(_, known, _)| *known == kind)?;
        let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        let all = self.deletions.get(&(&*link.account_id, *kind, name))?;
        let (began, last) = link.life?;
        all.iter().copied().find(|deletion| began <= deletion.time && last <= deletion.time.plus_seconds(SLACK))
    }

    /// Whether the password of a user was deleted after somebody had signed in with it.
    pub fn is_password_of(&self, account: &str, user: &str, signed_in: EventTime) -> bool {
        let all = self.deletions.get(&(account, PASSWORD, user.to_lowercase()));
        all.is_some_and(|all| all.iter().any(|deletion| signed_in <= deletion.time))
    }
}

impl Deletion<'_> {
    /// `with its role 2023-07-10 12:08:39Z (DeleteRole by user/admin)`.
    pub fn told(&self) -> String {
        format!("with its {} {} ({} by {})", self.kind, at(self.time), self.event, self.by)
    }
}
