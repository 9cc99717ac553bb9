//! Networks that are a workload's, a person's or the company's own, and what looks like them.

use serde_json::{Value as Json, json};

use super::sets::{BOTO, CLI, ELSEWHERE, ONE, OTHER, endpoint, instance, only, sso, told};
use super::{CREATED, call, issue, person, with};
use crate::report::Severity;

/// The agent of each instance talks through the own VPC endpoint, its application through the NAT.
#[test]
fn a_nat_where_every_workload_runs_its_other_program() {
    const THIRD: &str = "i-00000000000000003";
    let agent = |id, hour| endpoint(instance(id, hour, 2, ("10.0.1.9", "amazon-ssm-agent/3.2")), "111122223333");
    let app = |id, hour, minute| instance(id, hour, minute, ("198.51.100.66", BOTO));
    let both = |id, minute| vec![agent(id, 2), app(id, 2, minute)];
    assert_eq!(told([both(ONE, 3), both(OTHER, 3), both(THIRD, 3)].concat()), []);
    // Two are told: who knows which of them is at home there?
    assert_eq!(told([both(ONE, 3), both(OTHER, 3)].concat()), [(ELSEWHERE, Severity::Medium); 2]);
    // The others came there long after they started, as somebody does who took credentials of them all.
    let late = |id| vec![agent(id, 2), app(id, 2, 63)];
    assert_eq!(told([both(ONE, 3), late(OTHER), late(THIRD)].concat()), [(ELSEWHERE, Severity::Medium); 3]);
    // One alone: in every session, or not in the first.
    assert_eq!(told(vec![agent(ONE, 2), app(ONE, 2, 3), agent(ONE, 8), app(ONE, 8, 3)]), []);
    let not_at_first = vec![agent(ONE, 2), agent(ONE, 8), app(ONE, 8, 3)];
    assert_eq!(told(not_at_first), [(ELSEWHERE, Severity::Medium)]);
    assert_eq!(told(both(ONE, 3)), [(ELSEWHERE, Severity::Medium)], "one session shows nothing");
}

/// A fetch of somebody else at 192.0.2.55.
fn others_fetch(names: &[&str]) -> Vec<Json> {
    names.iter().map(|name| sso(name, "192.0.2.55", "2026-01-02T01:00:00Z")[2].clone()).collect()
}

#[test]
fn the_companys_network_is_where_others_get_their_own() {
    let rule = "sso-credentials-in-two-networks";
    let into = [sso("ana", "198.51.100.7", CREATED), sso("ana", "192.0.2.55", "2026-01-02T03:07:00Z")].concat();
    let with_others = |records: &[Json], names: &[&str]| [records.to_vec(), others_fetch(names)].concat();
    assert_eq!(only(with_others(&into, &["ben", "cem", "dan"]), rule).severity, Severity::Low);
    assert_eq!(only(with_others(&into, &["ana", "ben", "cem"]), rule).severity, Severity::Medium);
    // From the office to a network that nobody knows.
    let out = [sso("ana", "192.0.2.55", CREATED), sso("ana", "198.51.100.7", "2026-01-02T03:07:00Z")].concat();
    assert_eq!(only(with_others(&out, &["ben", "cem", "dan"]), rule).severity, Severity::Medium);
    let home_again = sso("ana", "198.51.100.7", "2026-01-05T03:07:00Z")[2].clone();
    let known = [with_others(&out, &["ben", "cem", "dan"]), vec![home_again]].concat();
    assert_eq!(only(known, rule).severity, Severity::Low);
    // Fetched at home, used in the office.
    let [_, _, fetched] = sso("ana", "198.51.100.7", CREATED);
    let [used, ..] = sso("ana", "192.0.2.55", CREATED);
    let used_there = [fetched, used];
    assert_eq!(told(with_others(&used_there, &["ben", "cem", "dan"])), []);
    assert_eq!(told(with_others(&used_there, &["ben", "cem"])), [("used-from-other-network", Severity::Medium)]);
}

/// A session that a SAML provider got for a person: issued and used at home, then used at an address.
fn saml(person: usize, day: u32, at: (&str, &str)) -> Vec<Json> {
    let created = format!("2026-01-{day:02}T08:00:00Z");
    let (key, id, home) =
        (format!("ASIA{person}D{day}"), format!("AROAEXAMPLE:p{person}"), format!("198.51.{person}.7"));
    let issued = with(issue(&key, &created), "/eventName", json!("AssumeRoleWithSAML"));
    let issued = with(issued, "/sourceIPAddress", json!(home));
    let issued = with(issued, "/responseElements/assumedRoleUser/assumedRoleId", json!(id));
    let issued = with(issued, "/responseElements/credentials/expiration", json!(null));
    let who = json!({ "type": "SAMLUser", "principalId": format!("idp:p{person}"), "userName": format!("p{person}") });
    let used = |hour: u32, address: &str, agent: &str| {
        let used = with(call(&key, &created), "/eventTime", json!(format!("2026-01-{day:02}T{hour:02}:05:00Z")));
        let used = with(with(used, "/sourceIPAddress", json!(address)), "/userAgent", json!(agent));
        with(used, "/userIdentity/principalId", json!(id))
    };
    vec![with(issued, "/userIdentity", who), used(8, &home, CLI), used(9, at.0, at.1)]
}

#[test]
fn several_people_who_go_to_one_network_again_go_to_work() {
    let days = |people: usize, days: &[u32], agent: &str| {
        let each = (0..people).flat_map(|person| days.iter().map(move |&day| (person, day)));
        each.flat_map(|(person, day)| saml(person, day, ("192.0.2.55", agent))).collect::<Vec<Json>>()
    };
    let rule = [("used-from-other-network", Severity::Medium)];
    assert_eq!(told(days(4, &[5, 6], CLI)), []);
    assert_eq!(told(days(3, &[5, 6], CLI)), rule);
    assert_eq!(told(days(4, &[5], CLI)), rule, "many at once are rather robbed");
    assert_eq!(told(days(4, &[5, 6], BOTO)), rule, "another program");
    // Somebody who was never there before.
    assert_eq!(told([days(4, &[5, 6], CLI), saml(7, 6, ("192.0.2.55", CLI))].concat()), rule);
}

/// A session of a pod's web identity, issued at one address and used at another.
fn web_identity(provider: &str, n: u32, day: u32, at: [&str; 2]) -> [Json; 3] {
    let (created, key) = (format!("2026-01-{day:02}T0{n}:00:00Z"), format!("ASIAW{n}D{day}"));
    let id = format!("AROAEXAMPLE:w{n}d{day}");
    let issued = with(issue(&key, &created), "/eventName", json!("AssumeRoleWithWebIdentity"));
    let issued = with(issued, "/sourceIPAddress", json!(at[0]));
    let issued = with(issued, "/responseElements/assumedRoleUser/assumedRoleId", json!(id));
    let issued = with(issued, "/responseElements/credentials/expiration", json!(null));
    let who = json!({ "type": "WebIdentityUser", "principalId": format!("{provider}:subject"), "userName": "subject",
        "identityProvider": provider });
    let used = |minute: u32, address: &str| {
        let used = with(call(&key, &created), "/eventTime", json!(format!("2026-01-{day:02}T0{n}:{minute:02}:00Z")));
        with(with(used, "/sourceIPAddress", json!(address)), "/userIdentity/principalId", json!(id))
    };
    [with(issued, "/userIdentity", who), used(1, at[0]), used(9, at[1])]
}

#[test]
fn networks_of_web_identities() {
    let oidc = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
    let (here, there) = ("192.0.2.9", "198.51.100.7");
    let of = |n, day, at| web_identity(oidc, n, day, at).to_vec();
    let moved = of(1, 5, [here, there]);
    let rule = [("used-from-other-network", Severity::Medium)];
    assert_eq!(told(moved.clone()), rule);
    let again = |days: [u32; 2]| [moved.clone(), of(2, days[0], [there; 2]), of(3, days[1], [there; 2])].concat();
    assert_eq!(told(again([5, 6])), [], "a NAT of several zones");
    assert_eq!(told(again([5, 5])), rule, "on one day only");
    // An app on a phone goes from Wi-Fi to the mobile network.
    let app = |at| web_identity("cognito-identity.amazonaws.com", 1, 5, at).to_vec();
    assert_eq!(told(app([here, there])), []);
    let mut other = app([here, there]);
    other[2] = with(other[2].clone(), "/userAgent", json!(CLI));
    assert_eq!(told(other), rule);
}

#[test]
fn networks_of_sign_ins_with_mfa() {
    let session = |day: u32, mfa: &str, at: [&str; 2]| {
        let created = format!("2026-01-{day:02}T07:30:00Z");
        let sign_in = with(issue("", &created), "/eventName", json!("ConsoleLogin"));
        let sign_in = with(sign_in, "/eventSource", json!("signin.amazonaws.com"));
        let sign_in = with(sign_in, "/responseElements", json!({ "ConsoleLogin": "Success" }));
        let sign_in = with(sign_in, "/additionalEventData", json!({ "MFAUsed": mfa }));
        let attributes = json!({ "creationDate": created, "mfaAuthenticated": "true" });
        let used = |hour: u32, address: &str| {
            let used = with(person("IAMUser", &format!("ASIAC{day}")), "/sourceIPAddress", json!(address));
            let used = with(used, "/userIdentity/sessionContext/attributes", attributes.clone());
            let used = with(used, "/sessionCredentialFromConsole", json!("true"));
            with(used, "/eventTime", json!(format!("2026-01-{day:02}T{hour:02}:05:00Z")))
        };
        vec![with(sign_in, "/sourceIPAddress", json!(at[0])), used(8, at[0]), used(9, at[1])]
    };
    let (home, office) = ("192.0.2.9", "198.51.100.7");
    let days = |mfa| [session(5, mfa, [home, office]), session(6, mfa, [office; 2]), session(7, mfa, [office; 2])];
    let rule = ("used-from-other-network", Severity::Medium);
    assert_eq!(told(days("Yes").concat()), []);
    assert_eq!(told(days("Yes")[..2].concat()), [rule], "one sign-in there");
    assert!(told(days("No").concat()).contains(&rule), "a password alone may be stolen");
}

#[test]
fn a_broker_hands_out_what_its_workers_use() {
    let handed_out = |day: u32, at: &str| {
        let created = format!("2026-01-{day:02}T03:00:00Z");
        let used = with(call(&format!("ASIAB{day}"), &created), "/sourceIPAddress", json!(at));
        vec![issue(&format!("ASIAB{day}"), &created), with(used, "/eventTime", json!(created))]
    };
    let days = |days: &[u32], at: &str| days.iter().flat_map(|&day| handed_out(day, at)).collect::<Vec<Json>>();
    let worker = "198.51.100.7";
    assert_eq!(told(days(&[2, 3, 4, 5, 6], worker)), []);
    let rule = ("used-from-other-network", Severity::Medium);
    assert_eq!(told(days(&[2, 3, 4, 5], worker)), [rule], "a few show nothing");
    let stolen = [days(&[2, 3, 4, 5, 6], worker), days(&[7], "203.0.113.66")].concat();
    assert_eq!(told(stolen), [rule], "one that went elsewhere");
    let used_at_home = [days(&[2, 3, 4, 5, 6], "192.0.2.9"), days(&[7], worker)].concat();
    assert_eq!(told(used_at_home), [rule]);
}

#[test]
fn two_ways_out_of_a_small_office() {
    let rule = "sso-credentials-in-two-networks";
    let (one, other) = ("198.51.100.7", "203.0.113.9");
    let at = |from: &str, day: u32, time: &str| sso("ana", from, &format!("2026-01-{day:02}T{time}:00Z")).to_vec();
    let both = |day| [at(one, day, "03:04"), at(other, day, "03:09")].concat();
    let usual: Vec<Json> = (2..8).flat_map(both).collect();
    assert_eq!(only(usual.clone(), rule).severity, Severity::Low);
    let alone: Vec<Json> = (2..8).flat_map(|day| at(one, day, "03:04")).collect();
    let stolen = [alone.clone(), both(9)].concat();
    assert_eq!(only(stolen, rule).severity, Severity::Medium, "a network of that day only");
    let stays = [alone, (9..14).flat_map(both).collect()].concat();
    assert_eq!(only(stays, rule).severity, Severity::Medium, "and of the days after it");
}

#[test]
fn tokens_of_an_owner_that_never_came_before() {
    let hub = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let owners = ["", "acme", "evil", "b", "c", "d", "e", "f"];
    let run = |owner: &str, day: u32| {
        let (_, n) = owners.iter().zip(0u32..).find(|(known, _)| **known == owner).expect("an owner");
        let provider = format!("{hub}:sts.amazonaws.com:repo:{owner}/app");
        let [issued, used, _] = web_identity(hub, n, day, ["192.0.2.9"; 2]);
        vec![with(issued, "/userIdentity/principalId", json!(format!("{provider}:ref:refs/heads/main"))), used]
    };
    let runs = |owner: &str, days: &[u32]| days.iter().flat_map(|&day| run(owner, day)).collect::<Vec<Json>>();
    let usual = || runs("acme", &[2, 3, 4, 5, 8, 9]);
    let rule = [("web-identity-of-new-owner", Severity::Medium)];
    assert_eq!(told([usual(), runs("evil", &[10])].concat()), rule);
    assert_eq!(told([usual(), runs("evil", &[6])].concat()), [], "two organisations within a week");
    assert_eq!(told([runs("acme", &[2, 3]), runs("evil", &[10])].concat()), [], "two days are no habit");
    assert_eq!(told(usual()), []);
    let customers = || owners[3..].iter().flat_map(|owner| runs(owner, &[2])).collect::<Vec<Json>>();
    assert_eq!(told([usual(), customers(), runs("evil", &[10])].concat()), [], "one more of many owners");
    let finding = only([usual(), runs("evil", &[10])].concat(), rule[0].0);
    assert!(finding.summary.contains("tokens of evil at token.actions.githubusercontent.com"), "{}", finding.summary);
    assert!(finding.summary.ends_with("where only acme came before"), "{}", finding.summary);
}
