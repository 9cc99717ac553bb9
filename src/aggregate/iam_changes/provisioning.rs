//! Which calls AWS makes by itself: told by who signed them, never by what a caller says of itself.

use crate::model::{Arn, IdentityType, UserIdentity};

/// Services that set up the accounts of an organization in the name of whoever runs it.
///
/// Source: Organizations user guide, "Accessing member accounts"; IAM Identity Center user guide, "Using service-linked
/// roles"; Control Tower user guide, "Roles"; CloudFormation user guide, "StackSets with service-managed permissions".
const PROVISIONERS: [&str; 5] = [
    "controltower.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "organizations.amazonaws.com",
    "sso.amazonaws.com",
    "stacksets.cloudformation.amazonaws.com",
];

/// The service that made a call: an AWSService identity, a service-linked role, or one of [`PROVISIONERS`] that calls with
/// somebody's rights (invokedBy). Empty for everybody else, so also for a person's stack (`cloudformation.amazonaws.com`):
/// what it does is the person's deed.
///
/// Only AWS makes roles below `/aws-service-role/`, and only AWS sets invokedBy; names of roles, session names, addresses
/// and user agents are left aside.
///
/// Source: IAM user guide, "Service-linked roles"; CloudTrail user guide, "CloudTrail userIdentity element", invokedBy.
pub(super) fn service_of<'a>(identity: &'a UserIdentity<'_>) -> &'a str {
    let invoked_by = &*identity.invoked_by;
    match &identity.kind {
        IdentityType::AwsService => invoked_by,
        IdentityType::AssumedRole => linked_service(identity).unwrap_or_else(|| provisioner(invoked_by)),
        _ => provisioner(invoked_by),
    }
}

/// The service whose service-linked role it is.
fn linked_service<'a>(identity: &'a UserIdentity<'_>) -> Option<&'a str> {
    Arn::parse(&identity.session.as_ref()?.issuer.arn)?.linked_service()
}

fn provisioner(invoked_by: &str) -> &str {
    if PROVISIONERS.contains(&invoked_by) { invoked_by } else { "" }
}
