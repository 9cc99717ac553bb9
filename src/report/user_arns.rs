//! The arn of an IAM user by name: sign-ins that failed and created keys name users without it.

use std::collections::BTreeMap;

use crate::aggregate::State;
use crate::aggregate::principals::Principals;
use crate::model::Arn;

/// Arns of IAM users, as counted events name them.
///
/// A name is unique within an account, whatever its path (IAM user guide, "IAM identifiers", friendly names and paths);
/// of a user that was moved to another path the first arn in the order of texts is given.
#[derive(Debug, Default)]
pub(crate) struct UserArns<'a>(BTreeMap<(&'a str, &'a str), &'a str>);

impl<'a> UserArns<'a> {
    /// Those that `state` knows; none where it has no aggregate of principals.
    pub(crate) fn of(state: &'a State) -> Self {
        let symbols = state.symbols();
        let rows = state.get::<Principals>().map(Principals::rows).unwrap_or_default();
        let mut arns = BTreeMap::new();
        for text in rows.iter().map(|row| symbols.text(row.principal)) {
            if let Some((account, name)) = user_of(text) {
                let known = arns.entry((account, name)).or_insert(text);
                *known = text.min(*known);
            }
        }
        Self(arns)
    }

    /// The arn of a user of an account.
    pub(crate) fn get(&self, account: &str, name: &str) -> Option<&'a str> {
        self.0.get(&(account, name)).copied()
    }
}

/// Account and name of the IAM user that an arn names.
pub(crate) fn user_of(principal: &str) -> Option<(&str, &str)> {
    let arn = Arn::parse(principal).filter(|arn| arn.service == "iam" && arn.resource.starts_with("user/"))?;
    Some((arn.account_id, arn.name()))
}
