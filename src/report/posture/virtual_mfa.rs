//! Virtual MFA devices that belong to nobody.

use super::{Look, MFA_UNASSIGNED, SubjectKind, Violation};
use crate::model::Arn;
use crate::posture::{Dated, VirtualMfaDevice};
use crate::report::{Rule, Severity};

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Vec<VirtualMfaDevice>>) -> Vec<Violation<'a>> {
    let free = part.value.iter().filter(|device| !device.assigned);
    free.map(|device| {
        let name = Arn::parse(&device.serial_number).map_or("", |arn| arn.name());
        let user = user_without_mfa(look, name);
        let (severity, left) = match user {
            Some(user) => (Severity::Low, format!("; {user} has a password and no MFA device")),
            None => (MFA_UNASSIGNED.severity, String::new()),
        };
        let detail = format!("the virtual MFA device {} belongs to nobody{left}", device.serial_number);
        let rule = Rule { severity, ..MFA_UNASSIGNED };
        let found = look.breaks(rule, (device.serial_number.as_str(), SubjectKind::MfaDevice), detail, &part.source);
        found.with("user_name", user)
    })
    .collect()
}

/// The user of that name, which is what the console calls a user's device, where it signs in without MFA.
fn user_without_mfa<'a>(look: Look<'a>, name: &str) -> Option<&'a str> {
    let (user, row) = look.credentials()?.value.users.get_key_value(name)?;
    (row.password_enabled == Some(true) && row.mfa_active == Some(false)).then_some(user.as_str())
}
