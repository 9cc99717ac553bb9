//! Virtual MFA devices that belong to nobody.

use super::violation::some_of;
use super::{Look, MFA_UNASSIGNED, SubjectKind, Violation};
use crate::model::{Arn, grouped};
use crate::posture::{Dated, VirtualMfaDevice};
use crate::report::{Rule, Severity};

/// More devices than that share a line, where no user of their names signs in without one.
const MOST: usize = 3;

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Vec<VirtualMfaDevice>>) -> Vec<Violation<'a>> {
    let free = part.value.iter().filter(|device| !device.assigned).map(|device| device.serial_number.as_str());
    let user = |serial: &str| user_without_mfa(look, name_of(serial));
    let (needed, left): (Vec<&str>, Vec<&str>) = free.partition(|serial| user(serial).is_some());
    let of_one = |serial: &'a str| {
        let (severity, whose) = match user(serial) {
            Some(user) => (Severity::Low, format!("; {user} has a password and no MFA device")),
            None => (MFA_UNASSIGNED.severity, String::new()),
        };
        let detail = format!("the virtual MFA device {serial} belongs to nobody{whose}");
        let rule = Rule { severity, ..MFA_UNASSIGNED };
        look.breaks(rule, (serial, SubjectKind::MfaDevice), detail, &part.source).with("user_name", user(serial))
    };
    let mut found: Vec<Violation<'a>> = needed.into_iter().map(of_one).collect();
    if left.len() <= MOST {
        found.extend(left.into_iter().map(of_one));
    } else {
        let names: Vec<String> = left.iter().map(|serial| name_of(serial).to_owned()).collect();
        let number = grouped(i64::try_from(left.len()).unwrap_or(i64::MAX));
        let detail = format!("{number} virtual MFA devices belong to nobody: {}", some_of(&names));
        let subject = (look.account_id, SubjectKind::Account);
        found.push(look.breaks(MFA_UNASSIGNED, subject, detail, &part.source).with("serial_numbers", left));
    }
    found
}

fn name_of(serial: &str) -> &str {
    Arn::parse(serial).map_or("", |arn| arn.name())
}

/// The user of that name, which is what the console calls a user's device, where it signs in without MFA.
fn user_without_mfa<'a>(look: Look<'a>, name: &str) -> Option<&'a str> {
    let (user, row) = look.credentials()?.value.users.get_key_value(name)?;
    (row.password_enabled == Some(true) && row.mfa_active == Some(false)).then_some(user.as_str())
}
