//! The account authorization details: users, groups, roles and policies, all pages as one document.

use serde_json::{Value, json};

use super::asker::{Asker, Lost};
use super::shapes;

/// What the details tell.
pub(super) struct Details {
    /// As `aws iam get-account-authorization-details` prints them.
    pub document: Value,
    /// The names of the users.
    pub users: Vec<String>,
    /// How many roles there are.
    pub roles: usize,
    /// The ARNs of users, groups and roles.
    pub arns: Vec<String>,
}

/// A page holds this many users, groups, roles and policies at most.
const PAGE: i32 = 1000;

/// Asks for them.
///
/// # Errors
/// What IAM says.
pub(super) async fn ask(asker: &Asker) -> Result<Details, Lost> {
    let pages = asker.iam.get_account_authorization_details().max_items(PAGE).into_paginator().send();
    let pages = asker.calls.pages("iam:GetAccountAuthorizationDetails", pages).await?;
    let users: Vec<_> = pages.iter().flat_map(|page| page.user_detail_list.iter().flatten()).collect();
    let groups: Vec<_> = pages.iter().flat_map(|page| page.group_detail_list.iter().flatten()).collect();
    let roles: Vec<_> = pages.iter().flat_map(|page| page.role_detail_list.iter().flatten()).collect();
    let policies = pages.iter().flat_map(|page| page.policies.iter().flatten());
    let arns = users.iter().map(|user| &user.arn).chain(groups.iter().map(|group| &group.arn));
    let arns = arns.chain(roles.iter().map(|role| &role.arn)).flatten().cloned().collect();
    Ok(Details {
        document: json!({
            "UserDetailList": users.iter().copied().map(shapes::user_detail).collect::<Vec<_>>(),
            "GroupDetailList": groups.iter().copied().map(shapes::group_detail).collect::<Vec<_>>(),
            "RoleDetailList": roles.iter().copied().map(shapes::role_detail).collect::<Vec<_>>(),
            "Policies": policies.map(shapes::policy_detail).collect::<Vec<_>>(),
        }),
        users: users.iter().filter_map(|user| user.user_name.clone()).collect(),
        roles: roles.len(),
        arns,
    })
}
