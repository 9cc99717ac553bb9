//! The picture of sign-ins: how many of each account's had MFA.

use std::collections::BTreeMap;

use super::tried;
use crate::model::SignInMfa;
use crate::model::quantity;
use crate::report::View;
use crate::report::charts::{Chart, Picture, Shares, Tone};

/// The most accounts that are drawn.
const ACCOUNTS: usize = 40;

/// MFA of the sign-ins that worked; nothing where there was none.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    let tried = tried::all(view.state);
    let mut accounts: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for row in tried::rows(&tried).iter().filter(|row| row.succeeded) {
        let part = match row.mfa {
            SignInMfa::Yes => 0,
            SignInMfa::No => 1,
            SignInMfa::IdentityProvider => 2,
            SignInMfa::Unknown => 3,
        };
        accounts.entry(row.who.account).or_insert_with(|| vec![0; 4])[part] += row.events;
    }
    if accounts.is_empty() {
        return Vec::new();
    }
    let mut wholes: Vec<(String, Vec<i64>)> =
        accounts.into_iter().map(|(account, counts)| (account.to_owned(), counts)).collect();
    wholes.sort_by_key(|(_, counts)| std::cmp::Reverse(counts[1]));
    let more = wholes.len().saturating_sub(ACCOUNTS);
    wholes.truncate(ACCOUNTS);
    vec![Chart {
        name: "mfa-of-sign-ins",
        title: "MFA at console sign-ins",
        about: "Sign-ins that worked, by account, those with most sign-ins without MFA first. Sign-ins through an \
                identity provider: MFA is checked there, CloudTrail cannot see it.",
        command: "console-logins --columns account_id,principal,mfa,result,events".to_owned(),
        picture: Picture::Shares(Shares {
            parts: vec![
                ("MFA", Tone::Good),
                ("no MFA", Tone::Bad),
                ("identity provider", Tone::Elsewhere),
                ("not recorded", Tone::Unknown),
            ],
            wholes,
            unit: "sign-ins",
        }),
        left_out: (more > 0)
            .then(|| format!("{} not drawn: the table has them", quantity(more as u64, "more account"))),
    }]
}
