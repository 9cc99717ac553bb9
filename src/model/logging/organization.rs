//! Calls of Organizations that end an organization's trail for an account or for all, and regions that are enabled.

use super::{
    FactKind, LoggingCall, LoggingEffect, LoggingObject, LoggingReach, LoggingRecord, TrailFact, request, text_of,
};
use crate::model::Event;

/// The service principal of CloudTrail.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// What a call of Organizations or Account Management does to logs.
///
/// Source: CloudTrail user guide, "Creating a trail for an organization": a trail of the organization is deleted or ends
/// for an account that leaves, and where trusted access is disabled; Account Management API reference, `EnableRegion`.
pub(super) fn read(event: &Event<'_>) -> Option<LoggingRecord> {
    let about = |effect| LoggingCall::new(event, LoggingObject::Organization, effect);
    let all = LoggingReach::Organization;
    let is_cloudtrails = || text_of(&request(event), "servicePrincipal") == CLOUDTRAIL;
    let call = match event.event_name {
        "LeaveOrganization" => about(LoggingEffect::Narrowed).named(event.account_id()),
        "RemoveAccountFromOrganization" => {
            let removed = text_of(&request(event), "accountId").to_owned();
            LoggingCall { home: removed.clone(), ..about(LoggingEffect::Narrowed) }.named(removed)
        }
        "DeleteOrganization" => about(LoggingEffect::Stopped).reach(all),
        "DisableAWSServiceAccess" if is_cloudtrails() => about(LoggingEffect::Stopped).named(CLOUDTRAIL).reach(all),
        "DeregisterDelegatedAdministrator" if is_cloudtrails() => {
            about(LoggingEffect::Narrowed).named(CLOUDTRAIL).reach(all)
        }
        "EnableAWSServiceAccess" if is_cloudtrails() => about(LoggingEffect::Resumed).named(CLOUDTRAIL).reach(all),
        "EnableRegion" if !event.is_error() => return enabled_region(event),
        _ => return None,
    };
    let fact = (call.effect == LoggingEffect::Resumed).then(|| TrailFact::resumed(event, &call)).flatten();
    Some(LoggingRecord::call(call).with(fact))
}

/// A region that was enabled: of the account that is named, else of the caller's.
fn enabled_region(event: &Event<'_>) -> Option<LoggingRecord> {
    let request = request(event);
    let member =
        |names: [&'static str; 2]| names.map(|name| text_of(&request, name)).into_iter().find(|t| !t.is_empty());
    let region = member(["RegionName", "regionName"])?;
    let account = member(["AccountId", "accountId"]).unwrap_or(event.account_id());
    Some(LoggingRecord { call: None, facts: vec![TrailFact::new(FactKind::EnabledRegion, region, account)] })
}
