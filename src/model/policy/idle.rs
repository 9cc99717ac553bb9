//! Conditions that narrow nothing: everybody meets them, or whoever asks can choose to.

use std::collections::BTreeSet;

use super::Condition;
use super::pattern::{ACCOUNT, is_any_principal, literal, matches};
use crate::model::Arn;

/// Who has to meet a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// Who holds the policy: a user or role of the account.
    Holder,
    /// Anybody with an AWS account of their own, which they name, tag and set up as they like.
    Stranger,
}

/// Keys that say what the caller says of itself.
const SAID_BY_CALLER: [&str; 2] = ["aws:useragent", "aws:referer"];

/// Keys that whoever holds a policy of the account meets as a matter of course: its own account and organization.
const MET_BY_HOLDER: [&str; 7] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltype",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
];

/// Keys that somebody with an account of their own sets as they like.
const CHOSEN_BY_STRANGER: [&str; 11] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:sourceidentity",
    "aws:tagkeys",
    "aws:userid",
    "aws:username",
    "sts:rolesessionname",
    "sts:sourceidentity",
    "sts:transitivetagkeys",
];

/// Keys that every request has, so that `…IfExists` and `ForAllValues` on them hold nobody in for want of the key.
const ALWAYS_THERE: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:sourceip",
    "aws:userid",
];

/// A time from which on an end is none. Not an AWS limit.
const FAR_YEAR: i64 = 2035;

/// 2035-01-01 in seconds since 1970.
const FAR_SECOND: i64 = 2_051_222_400;

/// The keys of those tests in `condition` that keep anybody out; empty where none does.
///
/// A test narrows nothing when it always holds (`aws:PrincipalArn` like `*`, `aws:SecureTransport`, `aws:SourceIp` in
/// 0.0.0.0/0, any time after a date), when it names what is kept out only (`StringNotEquals`), when it holds where the key
/// is missing (`…IfExists`, `ForAllValues:`; but for keys that are never missing), or when the asker says it of itself
/// (`aws:UserAgent`; for a stranger also session names, tags and the region that is called).
///
/// Known misses: whether an address range, a tag or an external id is a secret or anybody's. What a single call meets is
/// for [`met`](super::met) to say.
///
/// Source: IAM user guide, "IAM JSON policy elements: Condition operators" (IfExists, ForAllValues: "returns true if there
/// are no context keys in the request") and "AWS global condition context keys".
pub(super) fn narrowing_keys(condition: &Condition, asker: Asker) -> BTreeSet<String> {
    let narrow = tests(condition).filter(|(test, values)| narrows(*test, values, asker));
    narrow.map(|((_, key), _)| key.to_owned()).collect()
}

/// The tests of a condition: operator and key, and the values.
pub(super) fn tests(condition: &Condition) -> impl Iterator<Item = ((&str, &str), &BTreeSet<String>)> {
    condition
        .iter()
        .flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| ((operator.as_str(), key.as_str()), values)))
}

/// Whether an `operator` negates: `StringNotEquals`, `NotIpAddress`; quantifier and `IfExists` make no difference.
pub(super) fn is_negated(operator: &str) -> bool {
    operator.contains("not")
}

/// Whether one test keeps anybody out. Operator and key in lower case.
pub(super) fn narrows((operator, key): (&str, &str), values: &BTreeSet<String>, asker: Asker) -> bool {
    let (plain, needs_no_key) = plain_operator(operator);
    let is_chosen = match asker {
        Asker::Holder => MET_BY_HOLDER.contains(&key),
        Asker::Stranger => {
            CHOSEN_BY_STRANGER.contains(&key)
                || key.starts_with("aws:principaltag/")
                || key.starts_with("aws:requesttag/")
        }
    };
    if SAID_BY_CALLER.contains(&key) || is_chosen || needs_no_key && !ALWAYS_THERE.contains(&key) {
        return false;
    }
    let all = |holds: &dyn Fn(&str) -> bool| values.iter().all(|value| holds(value));
    match plain {
        _ if is_negated(plain) => false,
        "null" => {
            ["aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"].contains(&key)
                && all(&|value| value.eq_ignore_ascii_case("false"))
        }
        "bool" => key != "aws:securetransport" && all(&|value| value.eq_ignore_ascii_case("true")),
        "ipaddress" => all(&is_some_network),
        "dategreaterthan" | "dategreaterthanequals" => false,
        "numericgreaterthan" | "numericgreaterthanequals" if key == "aws:epochtime" => false,
        "datelessthan" | "datelessthanequals" => all(&ends_soon),
        "numericlessthan" | "numericlessthanequals" if key == "aws:epochtime" => all(&ends_soon),
        "stringlike" | "arnlike" | "arnequals" => all(&|value| is_some_of(key, value, asker)),
        _ => all(&|value| !is_own_variable(key, value)),
    }
}

/// The operator without quantifier and `IfExists`, and whether it holds where the key is missing.
pub(super) fn plain_operator(operator: &str) -> (&str, bool) {
    let (plain, for_all) = match operator.split_once(':') {
        Some((quantifier, plain)) => (plain, quantifier == "forallvalues"),
        None => (operator, false),
    };
    match plain.strip_suffix("ifexists") {
        Some(plain) => (plain, true),
        None => (plain, for_all),
    }
}

/// `${aws:PrincipalAccount}` for aws:PrincipalAccount: always true.
fn is_own_variable(key: &str, value: &str) -> bool {
    let variable = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    variable.is_some_and(|variable| variable.eq_ignore_ascii_case(key))
}

/// What stands behind the prefix of an id such as `vpc-…`: seventeen hexadecimal digits, the first a zero. Not an id that AWS
/// would give.
///
/// Source: Amazon EC2 user guide, "Resource IDs".
const ID: &str = "0zz9zz9zz9zz9zz9z";

/// Whether a pattern stands for some values of the key and not for any, nor for some that are whose they happen to be, such as
/// accounts whose ids begin alike.
fn is_some_of(key: &str, pattern: &str, asker: Asker) -> bool {
    if is_own_variable(key, pattern) {
        return false;
    }
    match key {
        "aws:principalarn" | "aws:sourcearn" | "s3:dataaccesspointarn" if asker == Asker::Stranger => {
            let account = Arn::parse(pattern).map_or("", |arn| arn.account_id);
            !account.is_empty() && !literal(account).1
        }
        "aws:principalaccount"
        | "aws:sourceaccount"
        | "aws:sourceowner"
        | "kms:calleraccount"
        | "s3:dataaccesspointaccount"
            if asker == Asker::Stranger =>
        {
            !literal(pattern).1
        }
        "aws:sourcevpc" if asker == Asker::Stranger => !matches(pattern, &format!("vpc-{ID}")),
        "aws:sourcevpce" if asker == Asker::Stranger => !matches(pattern, &format!("vpce-{ID}")),
        "aws:principalarn" => !is_any_principal(pattern),
        "aws:principalorgid" => !matches(pattern, "o-zz9zz9zz9z"),
        "aws:principalorgpaths" => !matches(pattern, "o-zz9zz9zz9z/r-zz9z/ou-zz9z-zz9zz9zz/"),
        "aws:principalaccount" | "aws:sourceaccount" => !matches(pattern, ACCOUNT),
        _ => !matches(pattern, "zz9zz9zz9") && !matches(pattern, "987.zz9:zz9/zz9"),
    }
}

/// Whether a network keeps many out: `0.0.0.0/0` and `::/0`, and what is not narrower than a /8 or /16 of them, do not, but
/// 10.0.0.0/8 is nobody's in public.
///
/// Source: RFC 1918, section 3.
fn is_some_network(network: &str) -> bool {
    let (address, prefix) = network.split_once('/').unwrap_or((network, "128"));
    let widest = match address {
        _ if address.contains(':') => 16,
        "10.0.0.0" => 7,
        _ => 8,
    };
    prefix.parse::<u8>().is_ok_and(|prefix| prefix > widest)
}

/// Whether a date, or a number of seconds, lies before [`FAR_YEAR`].
fn ends_soon(time: &str) -> bool {
    match time.parse::<i64>() {
        Ok(seconds) => seconds < FAR_SECOND,
        Err(_) => time.split('-').next().and_then(|year| year.parse::<i64>().ok()).is_some_and(|year| year < FAR_YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(operator: &str, key: &str, value: &str, asker: Asker) -> bool {
        narrows((&operator.to_lowercase(), &key.to_lowercase()), &BTreeSet::from([value.to_owned()]), asker)
    }

    #[test]
    fn idle_for_who_holds_the_policy() {
        for (operator, key, value) in [
            ("StringLike", "aws:PrincipalArn", "*"),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*"),
            ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/*"),
            ("StringEquals", "aws:PrincipalAccount", "111122223333"),
            ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
            ("StringEquals", "aws:username", "${aws:username}"),
            ("StringLike", "aws:username", "?*"),
            ("StringNotEquals", "aws:username", "guest"),
            ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
            ("DateLessThan", "aws:CurrentTime", "2099-01-01T00:00:00Z"),
            ("NumericGreaterThan", "aws:EpochTime", "1577836800"),
            ("Bool", "aws:SecureTransport", "true"),
            ("Bool", "aws:ViaAWSService", "false"),
            ("BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            ("IpAddress", "aws:SourceIp", "128.0.0.0/1"),
            ("IpAddress", "aws:SourceIp", "64.0.0.0/8"),
            ("IpAddress", "aws:SourceIp", "::/0"),
            ("NotIpAddress", "aws:SourceIp", "192.0.2.0/24"),
            ("StringEquals", "aws:UserAgent", "secret"),
            ("Null", "aws:PrincipalArn", "false"),
            ("ForAllValues:StringEquals", "aws:TagKeys", "owner"),
        ] {
            assert!(!holds(operator, key, value, Asker::Holder), "{operator} {key} {value}");
        }
        for (operator, key, value) in [
            ("Bool", "aws:MultiFactorAuthPresent", "true"),
            ("StringLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/ops-*"),
            ("StringEquals", "aws:PrincipalTag/team", "ops"),
            ("StringEquals", "iam:PassedToService", "ec2.amazonaws.com"),
            ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
            ("StringEqualsIfExists", "aws:RequestedRegion", "eu-west-1"),
            ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
            ("IpAddress", "aws:SourceIp", "64.0.0.0/9"),
            ("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
            ("DateLessThan", "aws:CurrentTime", "2026-07-01T00:00:00Z"),
            ("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
            ("ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("StringLike", "s3:prefix", "home/*"),
        ] {
            assert!(holds(operator, key, value, Asker::Holder), "{operator} {key} {value}");
        }
    }

    #[test]
    fn idle_for_strangers() {
        for (operator, key, value) in [
            ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Deploy"),
            ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-exampleorg1"),
            ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-exampleorg1/*"),
            ("StringLike", "aws:PrincipalOrgID", "o-*"),
            ("StringNotEquals", "aws:PrincipalAccount", "999988887777"),
            ("StringEquals", "sts:RoleSessionName", "deploy"),
            ("StringEquals", "aws:SourceIdentity", "me"),
            ("StringEquals", "aws:PrincipalTag/team", "ops"),
            ("Bool", "aws:MultiFactorAuthPresent", "true"),
            ("StringLike", "sts:ExternalId", "*"),
            ("Null", "sts:ExternalId", "false"),
            ("StringLike", "aws:SourceVpc", "vpc-*"),
            ("StringLike", "aws:SourceVpce", "vpce-0*"),
            ("StringLike", "aws:SourceVpce", "vpce-?????????????????"),
            ("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:*:*:accesspoint/*"),
            ("StringLike", "aws:PrincipalAccount", "9999888877*"),
            ("StringLike", "s3:DataAccessPointAccount", "????????????"),
        ] {
            assert!(!holds(operator, key, value, Asker::Stranger), "{operator} {key} {value}");
        }
        for (operator, key, value) in [
            ("StringEquals", "aws:PrincipalOrgID", "o-exampleorg1"),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-exampleorg1/*"),
            ("StringEquals", "sts:ExternalId", "example"),
            ("StringLike", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/*"),
            ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/x"),
            ("StringEquals", "aws:PrincipalAccount", "444455556666"),
            ("StringLike", "aws:PrincipalAccount", "444455556666"),
            ("StringLike", "aws:SourceVpc", "vpc-0a1b2c3d*"),
            ("StringLike", "aws:SourceVpce", "vpce-0a1b2c3d4e5f60718"),
            ("ArnLike", "s3:DataAccessPointArn", "arn:aws:s3:*:444455556666:accesspoint/*"),
            ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ] {
            assert!(holds(operator, key, value, Asker::Stranger), "{operator} {key} {value}");
        }
    }
}
