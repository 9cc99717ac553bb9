//! What rules are called elsewhere: techniques of MITRE ATT&CK for Enterprise and recommendations of the CIS Amazon Web
//! Services Foundations Benchmark v3.0.0. A rule names those that it is plainly about, and none where that is a matter of
//! opinion.
//!
//! Source: attack.mitre.org, "Enterprise techniques"; CIS Amazon Web Services Foundations Benchmark v3.0.0.

/// What controls are recommendations of.
pub const BENCHMARK: &str = "CIS Amazon Web Services Foundations Benchmark v3.0.0";

/// The techniques that rules name.
const TECHNIQUES: [(&str, &str); 19] = [
    ("T1070", "Indicator Removal"),
    ("T1078.004", "Valid Accounts: Cloud Accounts"),
    ("T1098", "Account Manipulation"),
    ("T1098.001", "Account Manipulation: Additional Cloud Credentials"),
    ("T1098.003", "Account Manipulation: Additional Cloud Roles"),
    ("T1110", "Brute Force"),
    ("T1110.001", "Brute Force: Password Guessing"),
    ("T1110.003", "Brute Force: Password Spraying"),
    ("T1199", "Trusted Relationship"),
    ("T1484.002", "Domain or Tenant Policy Modification: Trust Modification"),
    ("T1537", "Transfer Data to Cloud Account"),
    ("T1548.005", "Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access"),
    ("T1552", "Unsecured Credentials"),
    ("T1552.005", "Unsecured Credentials: Cloud Instance Metadata API"),
    ("T1555.006", "Credentials from Password Stores: Cloud Secrets Management Stores"),
    ("T1556.006", "Modify Authentication Process: Multi-Factor Authentication"),
    ("T1562.001", "Impair Defenses: Disable or Modify Tools"),
    ("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"),
    ("T1565.001", "Data Manipulation: Stored Data Manipulation"),
];

/// The techniques that sub-techniques among [`TECHNIQUES`] are part of, where no rule names them.
const WHOLES: [(&str, &str); 7] = [
    ("T1078", "Valid Accounts"),
    ("T1484", "Domain or Tenant Policy Modification"),
    ("T1548", "Abuse Elevation Control Mechanism"),
    ("T1555", "Credentials from Password Stores"),
    ("T1556", "Modify Authentication Process"),
    ("T1562", "Impair Defenses"),
    ("T1565", "Data Manipulation"),
];

/// The recommendations that rules name.
const CONTROLS: [(&str, &str); 15] = [
    ("1.4", "Ensure no 'root' user account access key exists"),
    ("1.5", "Ensure MFA is enabled for the 'root' user account"),
    ("1.7", "Eliminate use of the 'root' user for administrative and daily tasks"),
    ("1.8", "Ensure IAM password policy requires minimum length of 14 or greater"),
    ("1.9", "Ensure IAM password policy prevents password reuse"),
    ("1.10", "Ensure multi-factor authentication (MFA) is enabled for all IAM users that have a console password"),
    ("1.12", "Ensure credentials unused for 45 days or greater are disabled"),
    ("1.13", "Ensure there is only one active access key available for any single IAM user"),
    ("1.14", "Ensure access keys are rotated every 90 days or less"),
    ("1.15", "Ensure IAM Users Receive Permissions Only Through Groups"),
    ("1.16", "Ensure IAM policies that allow full \"*:*\" administrative privileges are not attached"),
    ("1.18", "Ensure IAM instance roles are used for AWS resource access from instances"),
    ("3.1", "Ensure CloudTrail is enabled in all regions"),
    ("3.2", "Ensure CloudTrail log file validation is enabled"),
    ("5.6", "Ensure that EC2 Metadata Service only allows IMDSv2"),
];

/// What MITRE calls a technique; `None` of one that no rule names, nor a sub-technique of it.
pub fn technique(id: &str) -> Option<&'static str> {
    name(&TECHNIQUES, id).or_else(|| name(&WHOLES, id))
}

/// What the benchmark recommends; `None` of a recommendation that no rule names.
pub fn control(id: &str) -> Option<&'static str> {
    name(&CONTROLS, id)
}

fn name(known: &[(&str, &'static str)], id: &str) -> Option<&'static str> {
    known.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::with_rules;

    #[test]
    fn what_rules_name_is_known_and_what_is_known_is_named() {
        let rules = || with_rules().flat_map(|report| report.rules);
        let techniques: BTreeSet<&str> = rules().flat_map(|rule| rule.techniques).copied().collect();
        let controls: BTreeSet<&str> = rules().flat_map(|rule| rule.controls).copied().collect();
        assert_eq!(techniques, TECHNIQUES.iter().map(|(id, _)| *id).collect());
        assert_eq!(controls, CONTROLS.iter().map(|(id, _)| *id).collect());
        for (id, name) in TECHNIQUES {
            let digits = id.strip_prefix('T').unwrap_or_default();
            let (technique, sub) = digits.split_once('.').unwrap_or((digits, "000"));
            assert!(technique.len() == 4 && sub.len() == 3, "{id}");
            assert!(digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !name.is_empty(), "{id}");
            assert_eq!(name.contains(": "), id.contains('.'), "{id}: a sub-technique stands behind its technique");
        }
        assert_eq!((technique("T1110"), control("1.4")), (Some("Brute Force"), Some(CONTROLS[0].1)));
        assert_eq!((technique("T9999"), control("9.9")), (None, None));
    }
}
