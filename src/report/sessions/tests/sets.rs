//! What several sessions show together, and what looks like it and is none.

use serde_json::{Value as Json, json};

use super::{CREATED, SSO_ROLE, ask, call, cells, issue, person, with};
use crate::report::{Finding, Severity};

pub(super) const BOTO: &str = "Boto3/1.34.5 md/Botocore#1.34.5";
pub(super) const CLI: &str = "aws-cli/2.9.19 Python/3.11.2";

/// A call of an instance's session that began at an hour of the day.
pub(super) fn instance(id: &str, hour: u32, minute: u32, at: (&str, &str)) -> Json {
    let created = format!("2026-01-02T{hour:02}:00:00Z");
    let time = format!("2026-01-02T{:02}:{:02}:00Z", hour + minute / 60, minute % 60);
    let used = with(call(&format!("ASIA{hour}{id}"), &created), "/eventTime", json!(time));
    let used = with(used, "/userIdentity/principalId", json!(format!("AROAEXAMPLE:{id}")));
    let used = with(used, "/userIdentity/sessionContext/ec2RoleDelivery", json!("2.0"));
    with(with(used, "/sourceIPAddress", json!(at.0)), "/userAgent", json!(at.1))
}

pub(super) fn endpoint(record: Json, owner: &str) -> Json {
    let record = with(record, "/vpcEndpointId", json!(format!("vpce-{owner}")));
    with(record, "/vpcEndpointAccountId", json!(owner))
}

pub(super) const ONE: &str = "i-0123456789abcdef0";
pub(super) const OTHER: &str = "i-0fedcba9876543210";

/// The rules of findings that are more than low, with their severities.
pub(super) fn told(records: Vec<Json>) -> Vec<(&'static str, Severity)> {
    let findings = ask(records).1;
    findings.iter().filter(|f| f.severity > Severity::Low).map(|f| (f.rule, f.severity)).collect()
}

pub(super) fn only(records: Vec<Json>, rule: &str) -> Finding {
    let findings = ask(records).1;
    findings.into_iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("no {rule}"))
}

fn at_home(hours: &[u32]) -> Vec<Json> {
    hours.iter().flat_map(|&hour| [0, 10, 50].map(|minute| instance(ONE, hour, minute, ("192.0.2.1", BOTO)))).collect()
}

pub(super) const ELSEWHERE: &str = "workload-credentials-elsewhere";

#[test]
fn an_instance_in_one_of_its_sessions_elsewhere() {
    let mut records = at_home(&[2, 8, 20]);
    records.push(instance(ONE, 14, 5, ("198.51.100.66", CLI)));
    assert_eq!(told(records.clone()), [(ELSEWHERE, Severity::Medium)]);
    let finding = only(records, ELSEWHERE);
    assert_eq!(finding.subject, ONE);
    assert!(finding.summary.contains("198.51.100.66"), "{}", finding.summary);
    // The same program: one session alone, while the others go on.
    let mut records = at_home(&[2, 8, 20]);
    records.push(instance(ONE, 14, 5, ("198.51.100.66", BOTO)));
    assert_eq!(told(records), [(ELSEWHERE, Severity::Medium)]);
}

#[test]
fn a_session_with_a_tool_of_attackers() {
    let rule = "session-with-attack-tool";
    let used = |agent: &str| with(call("ASIA1", CREATED), "/userAgent", json!(agent));
    for (agent, tool) in [
        ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-kali9-amd64", "kali"),
        ("stratus-red-team_83c9a458", "stratus-red-team"),
        ("TruffleHog", "trufflehog"),
    ] {
        let finding = only(vec![used(BOTO), used(agent)], rule);
        assert_eq!(finding.severity, Severity::High);
        assert_eq!(finding.evidence["tools"], json!([tool]));
        let said = format!(
            "1 session of role/app/example made 1 call by {tool}, a tool of attackers and testers, from 192.0.2.1"
        );
        assert_eq!(finding.summary, said);
    }
    assert_eq!(told_rules(&[used(BOTO), used("kalimera/1.0"), used("alkaline/1")]), [""; 0]);
    let by_service = with(used("TruffleHog"), "/sourceIPAddress", json!("cloudformation.amazonaws.com"));
    assert_eq!(told_rules(&[by_service]), [""; 0], "what a service passes on");
    let console = with(person("IAMUser", "ASIA2"), "/userAgent", json!("Pacu"));
    let two = [used("TruffleHog"), used("Pacu"), console];
    assert_eq!(told_rules(&two).iter().filter(|told| **told == rule).count(), 2, "one for each principal");
}

#[test]
fn a_browser_on_another_system_is_another_program() {
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15";
    const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let at = |minute: u32, ip: &str, agent: &str| {
        let used = with(call("ASIA1", CREATED), "/eventTime", json!(format!("2026-01-02T03:{minute}:00Z")));
        with(with(used, "/sourceIPAddress", json!(ip)), "/userAgent", json!(agent))
    };
    let session = |agent: &str| {
        let home = [at(10, "192.0.2.9", MAC), at(40, "192.0.2.9", MAC)];
        [vec![issue("ASIA1", CREATED), at(20, "198.51.100.66", agent)], home.to_vec()].concat()
    };
    assert_eq!(told_rules(&session(LINUX)), ["used-from-other-network", "session-without-mfa"]);
    assert_eq!(told_rules(&session(MAC)), ["session-without-mfa", "used-from-two-networks-in-turn"]);
}

#[test]
fn an_instance_whose_places_are_its_own() {
    let stopped_and_started = [at_home(&[2]), vec![instance(ONE, 8, 5, ("198.51.100.66", BOTO))]].concat();
    assert_eq!(told(stopped_and_started), []);
    let dual_stack = [at_home(&[2, 20]), vec![instance(ONE, 8, 5, ("2001:db8::1", BOTO))]].concat();
    assert_eq!(told(dual_stack), []);
    let nat = |hour: u32| instance(ONE, hour, 5, ("198.51.100.66", BOTO));
    assert_eq!(told([at_home(&[2, 8, 20]), vec![nat(2), nat(8), nat(20)]].concat()), []);
    let one_network = [at_home(&[2, 8, 20]), vec![instance(ONE, 14, 5, ("192.0.2.99", CLI))]].concat();
    assert_eq!(told(one_network), []);
}

#[test]
fn credentials_taken_over_the_other_family() {
    let v6 = |hour, minute, agent| instance(ONE, hour, minute, ("2001:db8::1", agent));
    let thief = [at_home(&[2, 8, 20]), vec![v6(8, 20, CLI)]].concat();
    assert_eq!(told(thief.clone()), [(ELSEWHERE, Severity::Medium)]);
    assert!(only(thief, ELSEWHERE).summary.contains("2001:db8::1"));
    let inside = |hour| endpoint(instance(ONE, hour, 10, ("10.0.3.17", BOTO)), "111122223333");
    let from_inside = vec![inside(2), inside(8), inside(20), v6(8, 20, CLI)];
    assert_eq!(told(from_inside), [(ELSEWHERE, Severity::Medium)]);
    // The same program, beside a person who is nowhere else.
    let person = |address: &str, time: &str| {
        let user = with(person("IAMUser", "ASIAPERSON"), "/sourceIPAddress", json!(address));
        with(user, "/eventTime", json!(time))
    };
    let beside = [at_home(&[2, 8, 20]), vec![v6(8, 20, BOTO), person("2001:db8::1", "2026-01-02T08:30:00Z")]].concat();
    assert_eq!(told(beside.clone()), [(ELSEWHERE, Severity::Medium)]);
    let on_the_host = [beside, vec![person("192.0.2.1", "2026-01-02T08:40:00Z")]].concat();
    assert_eq!(told(on_the_host), []);
}

#[test]
fn a_host_with_both_families() {
    let v6 = |hour, minute, agent| instance(ONE, hour, minute, ("2001:db8::1", agent));
    let both = [at_home(&[2, 8, 20]), vec![v6(2, 20, BOTO), v6(8, 20, BOTO), v6(20, 20, BOTO)]].concat();
    assert_eq!(told(both), []);
    let first_hour = [at_home(&[2, 8, 20]), vec![v6(2, 5, CLI), v6(2, 40, CLI)]].concat();
    assert_eq!(told(first_hour), [], "a program of its start");
    let after_its_start = [vec![v6(2, 0, CLI)], at_home(&[8, 20])].concat();
    assert_eq!(told(after_its_start), []);
    let readdressed = [at_home(&[2]), vec![v6(8, 0, CLI), v6(20, 0, CLI)]].concat();
    assert_eq!(told(readdressed), [], "home did not go on");
    let neighbour = instance(OTHER, 2, 3, ("2001:db8::2", CLI));
    assert_eq!(told([at_home(&[2, 8, 20]), vec![v6(8, 20, CLI), neighbour]].concat()), [], "their subnet");
}

/// A session for a token of an identity provider, issued and used at an hour of the day.
fn by_token(provider: &str, hour: u32, at: (&str, &str)) -> [Json; 2] {
    let created = format!("2026-01-02T{hour:02}:00:00Z");
    let (key, id) = (format!("ASIA{hour}{}", at.0), format!("AROAEXAMPLE:botocore-session-{hour}{}", at.0));
    let issued = with(issue(&key, &created), "/eventName", json!("AssumeRoleWithWebIdentity"));
    let arn = format!("arn:aws:iam::111122223333:oidc-provider/{provider}");
    let subject = "system:serviceaccount:shop:api";
    let caller = json!({ "type": "WebIdentityUser", "principalId": format!("{arn}:sts.amazonaws.com:{subject}"),
        "userName": subject, "identityProvider": arn });
    let issued = with(with(issued, "/userIdentity", caller), "/sourceIPAddress", json!(at.0));
    let issued = with(issued, "/responseElements/assumedRoleUser/assumedRoleId", json!(id));
    let expiration = json!("Jan 2, 2026, 11:00:00 PM");
    let issued = with(issued, "/responseElements/credentials/expiration", expiration);
    let used = with(call(&key, &created), "/eventTime", json!(format!("2026-01-02T{hour:02}:10:00Z")));
    let used = with(used, "/userIdentity/principalId", json!(id));
    let used = with(with(used, "/sourceIPAddress", json!(at.0)), "/userAgent", json!(at.1));
    [issued, used]
}

const EKS: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

#[test]
fn the_token_of_a_pod_elsewhere() {
    let stolen = |provider: &str| {
        let home = [2, 8, 20].map(|hour| by_token(provider, hour, ("192.0.2.1", BOTO)));
        [home.concat(), by_token(provider, 9, ("198.51.100.66", CLI)).to_vec()].concat()
    };
    assert_eq!(told(stolen(EKS)), [(ELSEWHERE, Severity::Medium)]);
    let finding = only(stolen(EKS), ELSEWHERE);
    assert!(finding.subject.ends_with(":system:serviceaccount:shop:api"), "{}", finding.subject);
    assert!(finding.summary.starts_with("credentials of service account shop:api (role/app/example)"), "{finding:?}");
    let with_v6 = "oidc-eks.eu-west-1.api.aws/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
    assert_eq!(told(stolen(with_v6)), [(ELSEWHERE, Severity::Medium)]);
    assert_eq!(told(stolen("token.actions.githubusercontent.com")), [], "its runners move");
}

#[test]
fn pods_on_several_nodes() {
    let pods = |at: &[(u32, &str, &str)]| at.iter().flat_map(|&(h, ip, agent)| by_token(EKS, h, (ip, agent))).collect();
    let replicas: Vec<Json> =
        pods(&[(2, "192.0.2.1", BOTO), (2, "198.51.100.66", BOTO), (8, "203.0.113.5", BOTO), (9, "192.0.2.1", BOTO)]);
    assert_eq!(told(replicas), []);
    let from_the_start: Vec<Json> =
        pods(&[(2, "192.0.2.1", BOTO), (2, "198.51.100.66", CLI), (8, "192.0.2.1", BOTO), (9, "192.0.2.1", BOTO)]);
    assert_eq!(told(from_the_start), [], "a second deployment in another zone");
    let rolled_out: Vec<Json> = pods(&[(2, "192.0.2.1", BOTO), (3, "192.0.2.1", BOTO), (8, "198.51.100.66", CLI)]);
    assert_eq!(told(rolled_out), [], "a new release on a new node");
}

#[test]
fn private_and_public_are_no_theft_by_themselves() {
    let inside = |minute| endpoint(instance(ONE, 2, minute, ("10.0.3.17", BOTO)), "111122223333");
    let public = |agent| instance(ONE, 2, 30, ("198.51.100.66", agent));
    assert_eq!(told(vec![inside(1), inside(50), public(BOTO)]), [], "an endpoint for one service, NAT for others");
    assert_eq!(told(vec![inside(1), inside(50), public(CLI)]), [(ELSEWHERE, Severity::Medium)]);
    // Another instance is at home behind that address: it is the VPC's NAT.
    let neighbour = instance(OTHER, 2, 3, ("198.51.100.66", BOTO));
    assert_eq!(told(vec![inside(1), inside(50), public(CLI), neighbour]), []);
}

#[test]
fn an_instance_that_moved() {
    let at = |hour, minute, address: &str, agent| instance(ONE, hour, minute, (address, agent));
    let lasting = || [8, 14, 20].map(|hour| at(hour, 5, "192.0.2.1", BOTO)).to_vec();
    let first_boot = [vec![at(2, 1, "198.51.100.66", CLI)], lasting()].concat();
    assert_eq!(told(first_boot), [], "before it got its lasting address");
    let started_anew = [lasting(), vec![at(21, 5, "198.51.100.66", CLI), at(22, 5, "198.51.100.66", CLI)]].concat();
    assert_eq!(told(started_anew.clone()), [], "stopped, and started with another program");
    let goes_on = [started_anew, vec![at(23, 5, "192.0.2.1", BOTO)]].concat();
    assert_eq!(told(goes_on), [(ELSEWHERE, Severity::Medium)]);
    let last = [lasting(), vec![at(21, 5, "198.51.100.66", CLI)]].concat();
    assert_eq!(told(last), [(ELSEWHERE, Severity::Medium)], "one session, the last thing that is seen");
    let of_both = [lasting(), vec![at(20, 30, "198.51.100.66", CLI), at(21, 5, "198.51.100.66", CLI)]].concat();
    assert_eq!(told(of_both), [(ELSEWHERE, Severity::Medium)], "a session of home, too");
}

/// A call on a day of January by one session of a function, or of what else has that scope.
fn on_day(day: u32, scope: &Json, at: (&str, &str)) -> Json {
    let created = format!("2026-01-{day:02}T01:00:00Z");
    let used =
        with(call(&format!("ASIADAY{day}"), &created), "/eventTime", json!(format!("2026-01-{day:02}T03:00:00Z")));
    let used = with(used, "/userIdentity/inScopeOf", scope.clone());
    with(with(used, "/sourceIPAddress", json!(at.0)), "/userAgent", json!(at.1))
}

#[test]
fn what_was_inside_for_days_and_then_somewhere_else() {
    for kind in ["Lambda::Function", "ECS::Task"] {
        let scope = json!({ "issuerType": format!("AWS::{kind}"), "credentialsIssuedTo": "arn:aws:x:f" });
        let inside = |day: u32| endpoint(on_day(day, &scope, ("10.0.3.17", BOTO)), "111122223333");
        let public = |day: u32| on_day(day, &scope, ("198.51.100.66", BOTO));
        let home = || (2..10).map(inside).collect::<Vec<_>>();
        let and = |more: Vec<Json>| told([home(), more].concat());
        assert_eq!(and(vec![public(10)]), [(ELSEWHERE, Severity::Medium)], "{kind}: the newest session");
        assert_eq!(and(vec![public(9)]), [(ELSEWHERE, Severity::Medium)], "{kind}: the same session");
        assert_eq!(and(vec![public(9), public(10)]), [(ELSEWHERE, Severity::Medium)], "{kind}: two sessions");
        assert_eq!(and(vec![public(2), public(9)]), [], "{kind}: a NAT beside endpoints from the first day");
        assert_eq!(and((7..12).map(public).collect()), [], "{kind}: a NAT that was made in these days");
        let other = on_day(8, &scope, ("203.0.113.9", BOTO));
        assert_eq!(and(vec![public(2), other]), [], "{kind}: nodes with addresses of their own");
    }
}

#[test]
fn a_certificate_in_a_second_network_while_the_first_goes_on() {
    let scope =
        json!({ "issuerType": "AWS::RolesAnywhere::Subject", "credentialsIssuedTo": "arn:aws:rolesanywhere:s" });
    let at = |day: u32, address: &str| on_day(day, &scope, (address, BOTO));
    let home = || (2..10).map(|day| at(day, "192.0.2.1")).collect::<Vec<_>>();
    let away = |day: u32, address: &str| with(at(day, address), "/userIdentity/accessKeyId", json!("ASIATHIEF"));
    assert_eq!(told([home(), vec![away(6, "198.51.100.66")]].concat()), [(ELSEWHERE, Severity::Medium)]);
    assert_eq!(told([home(), vec![away(10, "198.51.100.66")]].concat()), [], "it moved");
    let failed_over = [(2..6).chain(8..10).map(|day| at(day, "192.0.2.1")).collect(), vec![away(6, "198.51.100.66")]];
    assert_eq!(told(failed_over.concat()), [], "its way to the internet failed for a day");
    let travels = vec![away(5, "198.51.100.66"), away(7, "203.0.113.9")];
    assert_eq!(told([home(), travels].concat()), [], "on a laptop");
}

#[test]
fn whose_address_it_is_weighs() {
    let records = [at_home(&[2, 8]), vec![instance(ONE, 3, 5, ("198.51.100.66", CLI))]].concat();
    let beside = |time: &str| {
        let user = with(person("IAMUser", "ASIAPERSON"), "/sourceIPAddress", json!("198.51.100.66"));
        [records.clone(), vec![with(user, "/eventTime", json!(time))]].concat()
    };
    assert_eq!(told(beside("2026-01-02T03:30:00Z")), [(ELSEWHERE, Severity::High)]);
    assert_eq!(told(beside("2026-01-09T03:30:00Z")), [(ELSEWHERE, Severity::Medium)], "a week later");
}

#[test]
fn an_instance_only_seen_beside_a_person() {
    let stolen = |agent: &str| {
        let user = with(person("IAMUser", "ASIAPERSON"), "/sourceIPAddress", json!("198.51.100.66"));
        vec![instance(ONE, 3, 5, ("198.51.100.66", agent)), with(user, "/userAgent", json!(agent))]
    };
    assert_eq!(only(stolen(CLI), "workload-beside-person").severity, Severity::Low);
    assert_eq!(only(stolen("stratus-red-team_1"), "workload-beside-person").severity, Severity::Medium);
    // Two instances are at home there: a NAT, with a person behind it.
    let nat = [stolen(CLI), vec![instance(OTHER, 3, 9, ("198.51.100.66", BOTO))]].concat();
    assert!(ask(nat).1.iter().all(|finding| finding.rule != "workload-beside-person"));
}

/// Workloads that are inside their VPC for a week.
#[test]
fn workloads_that_all_come_to_one_address_late_and_briefly() {
    const THIRD: &str = "i-00000000000000003";
    let day = |record: Json, day: u32, minute: u32| {
        let created = json!(format!("2026-01-{day:02}T02:00:00Z"));
        let record = with(
            record,
            "/eventTime",
            json!(format!("2026-01-{day:02}T{:02}:{:02}:00Z", 2 + minute / 60, minute % 60)),
        );
        let key = format!("{}D{day}", record["userIdentity"]["accessKeyId"].as_str().unwrap());
        let record = with(record, "/userIdentity/accessKeyId", json!(key));
        with(record, "/userIdentity/sessionContext/attributes/creationDate", created)
    };
    let inside = |id: &str, on: u32, minute: u32| {
        day(endpoint(instance(id, 2, 2, ("10.0.3.17", BOTO)), "111122223333"), on, minute)
    };
    let week = |id: &str| (2..9).flat_map(|on| [inside(id, on, 2), inside(id, on, 900)]).collect::<Vec<_>>();
    let public = |id: &str, on: u32, minute: u32| day(instance(id, 2, 2, ("198.51.100.66", BOTO)), on, minute);
    let all = |ids: &[&str], more: &dyn Fn(&str) -> Vec<Json>| {
        told(ids.iter().flat_map(|id| [week(id), more(id)].concat()).collect())
    };
    let late = |id: &str| (430..440).map(|minute| public(id, 6, minute)).collect::<Vec<_>>();
    assert_eq!(all(&[ONE], &late), [(ELSEWHERE, Severity::Medium)]);
    assert_eq!(all(&[ONE, OTHER], &late), [(ELSEWHERE, Severity::Medium); 2]);
    assert_eq!(all(&[ONE, OTHER, THIRD], &late), [(ELSEWHERE, Severity::Medium); 3]);
    let days = |id: &str| vec![public(id, 5, 430), public(id, 7, 430)];
    assert_eq!(all(&[ONE, OTHER], &days), [], "a job in the NAT on two days");
    let start = |id: &str| vec![public(id, 2, 5)];
    assert_eq!(all(&[ONE, OTHER], &start), [], "from their start");
    let stays = |id: &str| vec![public(id, 8, 910), public(id, 8, 930)];
    assert_eq!(all(&[ONE, OTHER], &stays), [], "a NAT in the place of the endpoint, until the end of the logs");
    // One that is nowhere else.
    let other = day(instance("i-00000000000000004", 2, 2, ("198.51.100.66", BOTO)), 6, 435);
    assert_eq!(told([week(ONE), late(ONE), vec![other]].concat()), [], "another workload at home behind it");
}

/// Instances that live for three hours, and go through the NAT once, an hour and more after their start.
#[test]
fn workloads_of_a_few_hours_behind_one_nat() {
    let of_day = |day: u32| {
        let id = format!("i-0000000000000000{day}");
        let at = |minute: u32, at: (&str, &str)| {
            let time = format!("2026-01-{day:02}T{:02}:{:02}:00Z", 2 + minute / 60, minute % 60);
            with(instance(&id, 2, 2, at), "/eventTime", json!(time))
        };
        let inside = |minute| endpoint(at(minute, ("10.0.3.17", BOTO)), "111122223333");
        vec![inside(1), at(90, ("198.51.100.66", BOTO)), inside(180)]
    };
    assert_eq!(told((2..6).flat_map(of_day).collect()), []);
}

#[test]
fn what_is_told_of_an_instance_is_told_of_functions_tasks_and_pods() {
    for kind in ["Lambda::Function", "ECS::Task"] {
        let scope = json!({ "issuerType": format!("AWS::{kind}"), "credentialsIssuedTo": "arn:aws:x:f" });
        let at = |day: u32, minute: u32, address: &str| {
            let time = format!("2026-01-{day:02}T{:02}:{:02}:00Z", 1 + minute / 60, minute % 60);
            with(on_day(day, &scope, (address, BOTO)), "/eventTime", json!(time))
        };
        let inside = |minute: u32| endpoint(at(2, minute, "10.0.3.17"), "111122223333");
        let public = |minute: u32| at(2, minute, "198.51.100.66");
        let severities = |records: Vec<Json>| {
            let found = ask(records).1.into_iter().filter(|found| found.rule == ELSEWHERE);
            found.map(|found| found.severity).collect::<Vec<_>>()
        };
        let first_day = |more: Vec<Json>| severities([[0, 30, 100, 400].map(inside).to_vec(), more].concat());
        assert_eq!(first_day(vec![public(200), public(219)]), [Severity::Medium], "{kind}");
        assert_eq!(first_day(vec![public(200), public(300)]), [Severity::Low], "{kind}: for more than an hour");
        assert_eq!(first_day(vec![public(20), public(219)]), [], "{kind}: a NAT beside endpoints from the start");
        assert_eq!(first_day(vec![public(410), public(419)]), [], "{kind}: home did not go on");
        let elsewhere = at(2, 220, "203.0.113.9");
        assert_eq!(first_day(vec![public(200), elsewhere]), [], "{kind}: addresses of its own");
        // At one public address in all its sessions, and in one of them at another.
        let home = |days: std::ops::Range<u32>| {
            days.flat_map(|day| [0, 300].map(|m| at(day, m, "192.0.2.30"))).collect::<Vec<_>>()
        };
        let and = |more: Vec<Json>| severities([home(2..8), more].concat());
        assert_eq!(and(vec![at(5, 200, "198.51.100.66")]), [Severity::Low], "{kind}");
        assert_eq!(and(vec![at(7, 310, "198.51.100.66")]), [], "{kind}: the last thing that is seen");
        assert_eq!(and(vec![at(5, 200, "198.51.100.66"), at(6, 200, "198.51.100.66")]), [], "{kind}: two ways out");
        assert_eq!(and(vec![at(8, 200, "198.51.100.66")]), [], "{kind}: a session of its own, on another host");
        let short = [home(2..4), vec![at(3, 200, "198.51.100.66")]].concat();
        assert_eq!(severities(short), [], "{kind}: two sessions show no address of its own");
    }
}

/// A function's session in many networks of AWS, as outside of a VPC.
#[test]
fn functions_move_and_do_not_change_their_program() {
    let function = |address: &str, agent: &str| {
        let used = with(call("ASIA1", CREATED), "/sourceIPAddress", json!(address));
        let scope = json!({ "issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "arn:aws:lambda:f" });
        with(with(used, "/userIdentity/inScopeOf", scope), "/userAgent", json!(agent))
    };
    let moving: Vec<Json> = (1..9).map(|n| function(&format!("203.0.{n}.5"), BOTO)).collect();
    assert_eq!(told(moving.clone()), []);
    assert_eq!(
        told(
            [moving, vec![with(function("198.51.100.66", CLI), "/eventTime", json!("2026-01-02T03:30:00Z"))]].concat()
        ),
        [(ELSEWHERE, Severity::Medium)]
    );
}

fn with_day(record: Json, day: u32) -> Json {
    with(record, "/eventTime", json!(format!("2026-01-{day:02}T03:00:00Z")))
}

#[test]
fn endpoints_of_strangers() {
    let rule = "session-through-foreign-endpoint";
    let through = |id, owner| endpoint(instance(id, 2, 5, ("10.0.3.17", BOTO)), owner);
    let own = through(ONE, "111122223333");
    assert_eq!(told(vec![own.clone(), through(ONE, "999988887777")]), [(rule, Severity::High)]);
    assert_eq!(told(vec![through(ONE, "999988887777")]), [(rule, Severity::Medium)]);
    let shared_vpc = vec![through(ONE, "999988887777"), through(OTHER, "999988887777")];
    assert_eq!(told(shared_vpc), []);
    assert_eq!(told(vec![own]), []);
    let otherwise =
        |id: &'static str| vec![instance(id, 2, 5, ("10.0.3.17", BOTO)), with_day(through(id, "999988887777"), 9)];
    let both = [otherwise(ONE), otherwise(OTHER)].concat();
    assert_eq!(told(both), [(rule, Severity::Medium); 2], "two at once that came otherwise for days");
}

#[test]
fn a_persons_session_that_goes_on_behind_a_strangers_endpoint() {
    let rule = "session-through-foreign-endpoint";
    let at = |minute: u32, address: &str| {
        let [used, ..] = sso("ana", address, CREATED);
        with(used, "/eventTime", json!(format!("2026-01-02T{:02}:{:02}:00Z", 3 + minute / 60, minute % 60)))
    };
    let through = |minute: u32| endpoint(at(minute, "10.9.9.9"), "999988887777");
    let of = |records: Vec<Json>| {
        told(records).into_iter().filter(|(found, _)| *found == rule).map(|(_, severity)| severity).collect::<Vec<_>>()
    };
    assert_eq!(of(vec![at(2, "192.0.2.55"), through(22), through(30)]), [Severity::Medium]);
    assert_eq!(of(vec![at(2, "192.0.2.55"), through(22), at(40, "192.0.2.55")]), [Severity::Medium], "home goes on");
    assert_eq!(of(vec![through(2), through(30)]), [], "only there: a VPC that is shared with the account");
    assert_eq!(of(vec![at(2, "192.0.2.55"), through(4)]), [], "a tunnel for some calls");
    assert_eq!(of(vec![through(2), at(22, "192.0.2.55")]), [], "there first");
    assert_eq!(of(vec![at(2, "10.0.0.9"), through(22)]), [], "from within a VPC all the time");
    // A workload in a shared VPC has a NAT beside its owner's endpoints.
    let nat = |id| {
        vec![
            instance(id, 2, 2, ("198.51.100.66", BOTO)),
            endpoint(instance(id, 2, 30, ("10.0.3.17", BOTO)), "999988887777"),
        ]
    };
    assert_eq!(of([nat(ONE), nat(OTHER)].concat()), []);
}

#[test]
fn one_name_and_one_second_of_two_callers() {
    let b = with(issue("ASIA2", CREATED), "/userIdentity/arn", json!("arn:aws:iam::111122223333:user/other"));
    let used = |key, address: &str| with(call(key, CREATED), "/sourceIPAddress", json!(address));
    let records = [used("ASIA1", "192.0.2.9"), issue("ASIA1", CREATED), used("ASIA2", "192.0.2.9"), b];
    let rows = ask(records.clone()).0;
    assert_eq!(rows.len(), 2);
    assert_eq!(cells(records, ["session_id"]), ["AROAEXAMPLE:s@2026-01-02T03:00:00Z#ASIA1"]);
    // One caller that asks twice is one session.
    let twice =
        [used("ASIA1", "192.0.2.9"), issue("ASIA1", CREATED), used("ASIA2", "192.0.2.9"), issue("ASIA2", CREATED)];
    assert_eq!(ask(twice).0.len(), 1);
    // With MFA and without it are two proofs.
    let serial = with(issue("ASIA2", CREATED), "/requestParameters/serialNumber", json!("arn:aws:iam::1:mfa/u"));
    let records = [used("ASIA1", "192.0.2.9"), issue("ASIA1", CREATED), used("ASIA2", "192.0.2.9"), serial];
    assert_eq!(ask(records).0.len(), 2);
    // A key that no record issued, from an address of its own, is not the known caller's.
    let unknown = [used("ASIA1", "192.0.2.9"), issue("ASIA1", CREATED), used("ASIA2", "198.51.100.6")];
    assert_eq!(ask(unknown.clone()).0.len(), 2);
    // But for the console, which mints keys.
    let console = unknown.map(|record| with(record, "/sessionCredentialFromConsole", json!("true")));
    assert_eq!(ask(console).0.len(), 1);
}

/// A session of Identity Center, its AssumeRoleWithSAML, and the call of the person.
pub(super) fn sso(person: &str, from: &str, created: &str) -> [Json; 3] {
    let behalf =
        json!({ "userId": person, "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1" });
    let used = with(call("ASIASSO", created), "/userIdentity/sessionContext/sessionIssuer/arn", json!(SSO_ROLE));
    let used = with(
        used,
        "/userIdentity/sessionContext/sessionIssuer/userName",
        json!("AWSReservedSSO_admin_0123456789abcdef"),
    );
    let used = with(used, "/userIdentity/onBehalfOf", behalf.clone());
    let used = with(used, "/sourceIPAddress", json!(from));
    let used = with(used, "/eventTime", json!(created));
    let saml = with(issue("ASIAOTHER", created), "/eventName", json!("AssumeRoleWithSAML"));
    let saml = with(saml, "/requestParameters/roleArn", json!(SSO_ROLE));
    let saml = with(saml, "/sourceIPAddress", json!("203.0.113.250"));
    let saml = with(saml, "/userIdentity", json!({ "type": "SAMLUser", "principalId": "x:s", "userName": "s" }));
    let fetched = with(issue("", created), "/eventName", json!("GetRoleCredentials"));
    let fetched = with(fetched, "/eventSource", json!("sso.amazonaws.com"));
    let fetched = with(fetched, "/responseElements", json!(null));
    let fetched = with(fetched, "/sourceIPAddress", json!(from));
    let fetched = with(fetched, "/serviceEventDetails", json!({ "role_name": "admin", "account_id": "111122223333" }));
    let who = json!({ "type": "IdentityCenterUser", "accountId": "111122223333", "credentialId": "c-1", "onBehalfOf": behalf });
    [used, saml, with(fetched, "/userIdentity", who)]
}

#[test]
fn identity_center_tells_the_person_and_where_they_are() {
    let columns = ["issued_event", "issued_by", "issued_from", "issue_confidence", "on_behalf_of", "expires_basis"];
    let [used, saml, fetched] = sso("ana", "198.51.100.7", CREATED);
    let told = ["GetRoleCredentials", "idc:d-1#ana", "198.51.100.7", "inferred", "idc:d-1#ana", "response"];
    assert_eq!(cells([used.clone(), saml.clone(), fetched.clone()], columns), told);
    assert_eq!(ask([used.clone(), saml.clone(), fetched]).1, []);
    assert_eq!(ask([used.clone(), saml.clone()]).1, [], "the address of Identity Center's server says nothing");
    let [_, _, of_another] = sso("ben", "203.0.113.9", CREATED);
    assert_eq!(cells([used.clone(), saml, of_another], ["issued_event"]), ["AssumeRoleWithSAML"]);
    // Fetched here and used there.
    let [_, _, fetched] = sso("ana", "203.0.113.9", CREATED);
    assert_eq!(told_rules(&[used, fetched]), ["used-from-other-network"]);
}

fn told_rules(records: &[Json]) -> Vec<&'static str> {
    ask(records.to_vec()).1.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_person_in_two_networks() {
    let rule = "sso-credentials-in-two-networks";
    let both = |from: &str, later: &str| [sso("ana", "198.51.100.7", CREATED), sso("ana", from, later)].concat();
    assert_eq!(only(both("203.0.113.9", "2026-01-02T03:05:00Z"), rule).severity, Severity::Medium);
    assert_eq!(only(both("203.0.113.9", "2026-01-02T03:50:00Z"), rule).severity, Severity::Low);
    let hours_later = both("203.0.113.9", "2026-01-02T09:00:00Z");
    assert!(!told_rules(&hours_later).contains(&rule));
    let back = [hours_later.clone(), sso("ana", "198.51.100.7", "2026-01-02T12:00:00Z").to_vec()].concat();
    assert_eq!(only(back, rule).severity, Severity::Low, "with the sign-in of the morning");
    let [_, _, new_sign_in] = sso("ana", "198.51.100.7", "2026-01-02T12:00:00Z");
    let new_sign_in = with(new_sign_in, "/userIdentity/credentialId", json!("c-2"));
    assert!(!told_rules(&[hours_later, vec![new_sign_in]].concat()).contains(&rule));
    assert_eq!(told_rules(&both("198.51.100.99", "2026-01-02T03:05:00Z")), [""; 0]);
    assert_eq!(told_rules(&both("2001:db8::1", "2026-01-02T03:05:00Z")), [""; 0]);
}

#[test]
fn a_persons_sign_in_is_used_elsewhere_while_a_session_goes_on() {
    let rule = "sso-credentials-in-two-networks";
    let (home, away, noon) = ("198.51.100.7", "203.0.113.9", "2026-01-02T12:00:00Z");
    let [used, saml, fetched] = sso("ana", home, CREATED);
    let at = |record: &Json, address: &str, time: &str| {
        with(
            with(record.clone(), "/sourceIPAddress", json!(address)),
            "/eventTime",
            json!(format!("2026-01-02T{time}:00Z")),
        )
    };
    let owner = |more: &[(&str, &str)]| {
        let all = more.iter().map(|(address, time)| at(&used, address, time));
        [used.clone(), saml.clone(), fetched.clone()].into_iter().chain(all).collect::<Vec<Json>>()
    };
    let thief = |address: &str, agent: &str, credential: &str| {
        let [used, saml, fetched] = sso("ana", address, noon);
        let used = with(with(used, "/userIdentity/accessKeyId", json!("ASIATHIEF")), "/userAgent", json!(agent));
        vec![used, saml, with(fetched, "/userIdentity/credentialId", json!(credential))]
    };
    let program = used["userAgent"].as_str().unwrap_or_default().to_owned();
    let severities = |records: Vec<Json>| {
        let found = ask(records).1.into_iter().filter(|found| found.rule == rule);
        found.map(|found| found.severity).collect::<Vec<_>>()
    };
    let goes_on = || owner(&[(home, "11:30"), (home, "12:30")]);
    let told = [goes_on(), thief(away, "python-requests/2.28", "c-1")].concat();
    let finding = only(told.clone(), rule);
    assert!(finding.subject.ends_with("#ana") && finding.summary.contains(away), "{}", finding.summary);
    assert_eq!(severities(told), [Severity::Low]);
    for (why, records) in [
        ("a tunnel, a hotspot: the same program", [goes_on(), thief(away, &program, "c-1")].concat()),
        ("a sign-in of its own", [goes_on(), thief(away, "python-requests/2.28", "c-2")].concat()),
        ("a laptop that moved", [owner(&[(home, "11:30")]), thief(away, "python-requests/2.28", "c-1")].concat()),
        (
            "a session that moved along",
            [owner(&[(home, "11:30"), (away, "12:30")]), thief(away, "python-requests/2.28", "c-1")].concat(),
        ),
        ("the other family", [goes_on(), thief("2001:db8::1", "python-requests/2.28", "c-1")].concat()),
        ("at home", [goes_on(), thief("198.51.100.99", "python-requests/2.28", "c-1")].concat()),
        ("the company's network", [goes_on(), thief(away, "python-requests/2.28", "c-1"), colleagues(away)].concat()),
    ] {
        assert_eq!(severities(records), [], "{why}");
    }
}

/// Others who fetch their own at an address.
fn colleagues(address: &str) -> Vec<Json> {
    ["ben", "cem", "dan"].iter().map(|name| sso(name, address, "2026-01-02T01:00:00Z")[2].clone()).collect()
}

#[test]
fn accounts_that_nobody_read() {
    let caller = |account: &str| json!({ "type": "AWSAccount", "principalId": "AIDAX", "accountId": account });
    let by =
        |account: &str| vec![call("ASIA1", CREATED), with(issue("ASIA1", CREATED), "/userIdentity", caller(account))];
    let finding = only(by("999988887777"), "role-used-by-foreign-account");
    assert!(finding.summary.contains("999988887777"), "{}", finding.summary);
    assert!(!told_rules(&by("111122223333")).contains(&"role-used-by-foreign-account"));
    let mut known = by("444455556666");
    known.push(with(issue("ASIA9", CREATED), "/recipientAccountId", json!("444455556666")));
    assert!(!told_rules(&known).contains(&"role-used-by-foreign-account"), "its logs were read");
}

#[test]
fn accounts_that_got_a_role_and_made_no_call() {
    let rule = "role-used-by-foreign-account";
    let caller = |account: &str| json!({ "type": "AWSAccount", "principalId": "AROAX:x", "accountId": account });
    let got = |key: &str, account: &str| with(issue(key, CREATED), "/userIdentity", caller(account));
    let finding = only(vec![got("ASIA1", "999988887777")], rule);
    assert_eq!((finding.severity, &*finding.subject, finding.count), (Severity::Low, "account:999988887777", 1));
    assert!(finding.summary.ends_with("in 1 session without a call in these logs"), "{}", finding.summary);
    assert_eq!(finding.evidence["unused_access_key_ids"], json!(["ASIA1"]));
    let both = vec![call("ASIA1", CREATED), got("ASIA1", "999988887777"), got("ASIA2", "999988887777")];
    let summary = only(both, rule).summary;
    assert!(summary.ends_with("in 1 session, and 1 more without a call in these logs"), "{summary}");
    // Who is none: the account itself, one whose logs were read, and who was refused.
    assert!(!told_rules(&[got("ASIA1", "111122223333")]).contains(&rule));
    let read = with(issue("ASIA9", CREATED), "/recipientAccountId", json!("444455556666"));
    assert!(!told_rules(&[got("ASIA1", "444455556666"), read]).contains(&rule));
    let refused = with(got("ASIA1", "999988887777"), "/errorCode", json!("AccessDenied"));
    assert!(!told_rules(&[with(refused, "/responseElements", Json::Null)]).contains(&rule));
    assert!(!told_rules(&[issue("ASIA1", CREATED)]).contains(&rule), "a caller of the account");
}

#[test]
fn delegation_is_told() {
    let delegated =
        with(call("ASIA1", CREATED), "/userIdentity/invokedByDelegate", json!({ "accountId": "999988887777" }));
    assert_eq!(told_rules(std::slice::from_ref(&delegated)), ["temporary-delegation"]);
    assert_eq!(cells([delegated], ["delegate_account_id"]), ["999988887777"]);
}

#[test]
fn a_nat_with_two_addresses_is_no_other_network() {
    let used = |address: &str, minute: u32| {
        let used = with(call("ASIA1", CREATED), "/sourceIPAddress", json!(address));
        with(used, "/eventTime", json!(format!("2026-01-02T03:{minute:02}:00Z")))
    };
    let in_turn = vec![issue("ASIA1", CREATED), used("192.0.2.9", 1), used("198.51.100.7", 2), used("192.0.2.9", 5)];
    assert_eq!(told(in_turn), []);
    let gone = vec![issue("ASIA1", CREATED), used("192.0.2.9", 1), used("198.51.100.7", 2)];
    assert_eq!(told(gone), [("used-from-other-network", Severity::Medium)]);
    let other = with(used("198.51.100.7", 2), "/userAgent", json!(CLI));
    let other = vec![issue("ASIA1", CREATED), used("192.0.2.9", 1), other, used("192.0.2.9", 5)];
    assert_eq!(told(other), [("used-from-other-network", Severity::Medium)]);
    // The same caller issued another session from there.
    let elsewhere = with(issue("ASIA2", "2026-01-02T05:00:00Z"), "/sourceIPAddress", json!("198.51.100.7"));
    let known = vec![issue("ASIA1", CREATED), used("192.0.2.9", 1), used("198.51.100.7", 2), elsewhere];
    assert_eq!(told(known), []);
}
