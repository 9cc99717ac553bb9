use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::State;
use crate::aggregate::sessions::sample::{KINDS, samples, scan, scan_for, shuffled, stream};
use crate::report::{Finding, Options, Value, Way};

const USER: &str = "arn:aws:iam::111122223333:user/u";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// The time so many minutes into the story.
fn at(minutes: i64) -> String {
    crate::model::EventTime::parse("2026-01-02T03:00:00Z").unwrap().plus_seconds(60 * minutes).to_string()
}

/// A role session of account 111122223333.
fn session(name: &str, key: &str, created: i64) -> Json {
    json!({
        "type": "AssumedRole", "principalId": format!("AROA{name}:{name}"), "accountId": "111122223333",
        "accessKeyId": key, "arn": format!("arn:aws:sts::111122223333:assumed-role/{name}/{name}"),
        "sessionContext": {
            "sessionIssuer": { "type": "Role", "arn": format!("arn:aws:iam::111122223333:role/{name}") },
            "attributes": { "creationDate": at(created), "mfaAuthenticated": "false" },
        },
    })
}

/// An IAM user with a long-lived key.
fn user() -> Json {
    json!({ "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "arn": USER,
        "accessKeyId": KEY, "userName": "u" })
}

/// Some call.
fn call(caller: &Json, minutes: i64) -> Json {
    json!({ "eventTime": at(minutes), "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "userIdentity": caller })
}

/// The call that issues the role session `name` with `key` for an hour.
fn assume(caller: &Json, name: &str, key: &str, minutes: i64) -> Json {
    json!({
        "eventTime": at(minutes), "eventName": "AssumeRole", "eventSource": "sts.amazonaws.com",
        "sourceIPAddress": "192.0.2.9", "recipientAccountId": "111122223333", "userIdentity": caller,
        "requestParameters": { "roleArn": format!("arn:aws:iam::111122223333:role/{name}"), "roleSessionName": name },
        "responseElements": { "credentials": { "accessKeyId": key, "expiration": at(minutes + 60) },
            "assumedRoleUser": { "assumedRoleId": format!("AROA{name}:{name}") } },
    })
}

fn with(mut record: Json, pointer: &str, value: Json) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value;
    record
}

fn answer_of(state: &State, asked: &str) -> Answer {
    let options = Options::default();
    (REPORT.answer)(&View { argument: Some(asked), ..View::new(state, &options) })
}

fn ask(records: &[Json], asked: &str) -> Answer {
    answer_of(&scan_for(LINEAGE_NEEDS, &samples(records.to_vec())), asked)
}

fn text(row: &[Value], column: &str) -> String {
    let place = REPORT.columns.iter().position(|known| known.name == column).unwrap();
    match &row[place] {
        Value::Null => String::new(),
        Value::Count(count) => count.to_string(),
        Value::Time(time) => time.to_string(),
        other => other.as_text().map_or_else(|| format!("{other:?}"), Into::into),
    }
}

/// The hops as `depth kind direction confidence`.
fn shape(answer: &Answer) -> Vec<String> {
    let columns = ["depth", "kind", "direction", "confidence"];
    answer.rows.iter().map(|row| columns.map(|column| text(row, column)).join(" ").trim_end().to_owned()).collect()
}

/// A user's key gets session `a`, which gets session `b`; both are used.
fn chain() -> Vec<Json> {
    let a = session("a", "ASIAA", 1);
    vec![assume(&user(), "a", "ASIAA", 1), assume(&a, "b", "ASIAB", 5), call(&a, 4), call(&session("b", "ASIAB", 5), 6)]
}

#[test]
fn back_to_the_user_and_forward_to_what_was_issued() {
    let whole = ["0 user back", "1 access-key back exact", "2 role asked exact", "3 role forward exact"];
    for name in ["ASIAA", "AROAa:a", "AROAa", "AROAa:a@2026-01-02T03:01:00Z", "arn:aws:iam::111122223333:role/a", "a"] {
        assert_eq!(shape(&ask(&chain(), name)), whole, "{name}");
    }
    for name in
        ["arn:aws:sts::111122223333:assumed-role/a/a", "arn:aws:sts::111122223333:assumed-role/a", "asiaa", "ASIA?"]
    {
        let found = ask(&chain(), name);
        assert_eq!(shape(&found)[..2], whole[..2], "{name}");
    }
    assert_eq!(shape(&ask(&chain(), "ASIAB"))[2..], ["2 role back exact", "3 role asked exact"]);
    assert_eq!(
        shape(&ask(&chain(), KEY))[1..],
        ["1 access-key asked exact", "2 role forward exact", "3 role forward exact"]
    );
    assert_eq!(shape(&ask(&chain(), USER))[0], "0 user asked");
    let rows = ask(&chain(), "ASIAB").rows;
    let of = |column| text(&rows[3], column);
    assert_eq!(of("parent"), "AROAa:a@2026-01-02T03:01:00Z");
    assert_eq!([of("issued_event"), of("issued_at"), of("issued_from")], ["AssumeRole", &at(5), "192.0.2.9"]);
    assert_eq!([of("expires"), of("expires_basis"), of("events")], [at(65), "response".into(), "1".into()]);
    assert_eq!([of("mfa"), of("mfa_basis")], ["unknown", "parent-session"]);
}

#[test]
fn a_name_that_another_has_finds_only_its_own() {
    assert!(ask(&chain(), "arn:aws:sts::444455556666:assumed-role/a/a").rows.is_empty(), "another account's");
    assert!(ask(&chain(), "arn:aws:sts::111122223333:assumed-role/a/b").rows.is_empty(), "another session's");
    // Case tells two apart where both are there.
    let twice = [call(&session("Web", "ASIA1", 1), 2), call(&session("web", "ASIA2", 1), 2)];
    assert_eq!(ask(&twice, "web").rows.len(), 2);
    assert_eq!(ask(&twice, "WEB").rows.len(), 3, "issuer not in range, and both");
}

#[test]
fn what_is_not_there_is_told_with_what_is_near() {
    let answer = ask(&chain(), "ASIAC");
    let told = answer.hidden.unwrap();
    assert!(told.starts_with("no credential, session or principal like ASIAC in what was read; nearest: ASIAA, ASIAB"));
    let told = ask(&chain(), "nothing-like-it").hidden.unwrap();
    let next = "`trailscan principals` lists who is there";
    assert_eq!(told, format!("no credential, session or principal like nothing-like-it in what was read; {next}"));
    assert!(ask(&chain(), "ASIAA").hidden.is_none());
}

/// A call of IAM by the user.
fn of_iam(name: &str, parameters: Json, response: Json, minutes: i64) -> Json {
    let record = with(call(&user(), minutes), "/eventSource", "iam.amazonaws.com".into());
    let record = with(with(record, "/eventName", name.into()), "/requestParameters", parameters);
    with(record, "/responseElements", response)
}

/// A key that only the record names that made it is its user's, as findings print the user.
#[test]
fn the_user_of_a_key_that_nobody_used_can_be_asked_for() {
    let made = json!({"accessKey": {"accessKeyId": "AKIAEVILEXAMPLE", "userName": "evil", "status": "Active"}});
    let records = [of_iam("CreateAccessKey", json!({"userName": "evil"}), made, 1)];
    for asked in ["user/evil", "evil", "arn:aws:iam::111122223333:user/evil", "arn:aws:iam::111122223333:user/a/evil"] {
        let answer = ask(&records, asked);
        assert_eq!(answer.rows.len(), 2, "{asked}");
    }
    for other in ["user/evi", "role/evil", "arn:aws:iam::444455556666:user/evil"] {
        assert!(ask(&records, other).rows.is_empty(), "{other}");
    }
}

#[test]
fn who_holds_no_credential_is_told_by_the_calls_that_name_it() {
    let user_named = json!({"userName": "evil"});
    let records = [
        of_iam("CreateUser", user_named.clone(), json!(null), 1),
        of_iam("CreateLoginProfile", user_named, json!(null), 2),
        of_iam("CreateRole", json!({"roleName": "idle", "assumeRolePolicyDocument": "{}"}), json!(null), 3),
        of_iam("AddUserToGroup", json!({"userName": "u", "groupName": "admins"}), json!(null), 4),
        of_iam("CreateGroup", json!({"groupName": "admins"}), json!(null), 5),
    ];
    let told = |asked: &str| ask(&records, asked).hidden.expect("nothing is found");
    let expected = "no credential of user/evil in what was read: 2 calls name it, 2026-01-02 03:01:00Z to 2026-01-02 03:02:00Z; \
                    `trailscan events --resource evil` lists them";
    assert_eq!(told("user/evil"), expected);
    assert!(told("arn:aws:iam::111122223333:role/path/idle").contains(": 1 call names it, 2026-01-02 03:03:00Z; "));
    assert!(
        told("arn:aws-us-gov:iam::111122223333:role/idle").contains(": 1 call names it, "),
        "records of IAM name no partition"
    );
    assert!(told("group/admins").starts_with("a group holds no credential: "));
    for other in ["user/idle", "role/evil", "user/evils", "arn:aws:iam::444455556666:user/evil"] {
        assert!(told(other).starts_with("no credential, session or principal like "), "{other}");
    }
}

/// Root, or a user, that only failed to sign in: what it tried is found, and nobody else's.
#[test]
fn who_only_failed_to_sign_in_can_be_asked_for() {
    let root = json!({"type": "Root", "principalId": "111122223333", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root"});
    let failed = with(call(&root, 1), "/eventSource", "signin.amazonaws.com".into());
    let failed =
        with(with(failed, "/eventName", "ConsoleLogin".into()), "/errorMessage", "Failed authentication".into());
    let failed = with(failed, "/responseElements", json!({"ConsoleLogin": "Failure"}));
    let state = scan_for(LINEAGE_NEEDS, &samples(vec![failed]));
    let found = descent(&state, &["root@111122223333".to_owned()]).expect("it tried");
    assert_eq!(found.principals, ["root@111122223333"]);
    assert!(found.access_keys.is_empty() && found.sessions.is_empty() && found.sign_ins.is_empty());
    assert!(descent(&state, &["root@444455556666".to_owned()]).is_err());
    let told = answer_of(&state, "root@111122223333").hidden.expect("no session");
    assert!(
        told.contains("tried to sign in and got no session in what was read: `trailscan incident root@111122223333`")
    );
}

#[test]
fn a_caller_outside_of_what_is_counted_is_still_a_hop() {
    // The calls of the parent are not there; its issuing call is.
    let records: Vec<Json> = chain().into_iter().filter(|record| record["eventName"] == "AssumeRole").collect();
    let state = {
        let mut whole = State::new(KINDS);
        let used = scan(&samples([call(&session("b", "ASIAB", 5), 6)]));
        let remembered = scan(&samples(records));
        // Only what is remembered of the issuing records: no event of them is counted.
        let mut batches = remembered.save();
        batches.retain(|batch| batch.table == "issuances");
        batches.extend(State::new(KINDS).save().into_iter().filter(|batch| batch.table != "issuances"));
        whole = whole.merge(State::load(KINDS, &batches).unwrap());
        whole.merge(used)
    };
    let answer = answer_of(&state, "ASIAB");
    assert_eq!(shape(&answer), ["0 user back", "1 access-key back exact", "2 role back exact", "3 role asked exact"]);
    assert_eq!(text(&answer.rows[2], "id"), "AROAa:a@2026-01-02T03:01:00Z");
    assert_eq!(text(&answer.rows[2], "events"), "0");
}

#[test]
fn what_nobody_used_is_there_all_the_same() {
    let unused = [assume(&user(), "a", "ASIAA", 1), assume(&user(), "a", "ASIAX", 1)];
    let ids = |asked| ask(&unused, asked).rows.iter().map(|row| text(row, "id")).collect::<Vec<_>>();
    let first = "AROAa:a@2026-01-02T03:01:00Z".to_owned();
    assert_eq!(ids("a")[2..].len(), 2);
    assert!(ids("a").contains(&first) && ids("ASIAX").len() == 3);
    assert_eq!(text(&ask(&unused, "ASIAX").rows[2], "events"), "0");
}

#[test]
fn near_misses_of_the_join() {
    let used = |created: i64, seen: i64| call(&session("a", "ASIAA", created), seen);
    let origin = |records: &[Json]| text(&ask(records, "ASIAA").rows[0], "kind");
    let issued = assume(&user(), "a", "ASIAA", 1);
    assert_eq!(origin(&[issued.clone(), used(1, 60)]), "user");
    // The key id is used after it expired: another key of the same id. Both are shown.
    let answer = ask(&[issued.clone(), used(200, 201)], "ASIAA");
    assert_eq!(
        shape(&answer),
        ["0 not-in-range back", "1 role asked none", "0 user back", "1 access-key back exact", "2 role asked exact"]
    );
    // The same role session name, issued in another account.
    let elsewhere = with(issued.clone(), "/requestParameters/roleArn", json!("arn:aws:iam::444455556666:role/a"));
    let elsewhere = with(elsewhere, "/recipientAccountId", json!("444455556666"));
    let elsewhere = with(elsewhere, "/responseElements/assumedRoleUser/assumedRoleId", json!("AROAOTHER:a"));
    assert_eq!(origin(&[elsewhere, used(1, 2)]), "not-in-range");
    // Without a key, names and times join: within 2 s, and not 3 s apart.
    let keyless = |seconds: i64| {
        let time = crate::model::EventTime::parse(&at(1)).unwrap().plus_seconds(seconds).to_string();
        let issued = with(with(issued.clone(), "/eventTime", json!(time)), "/responseElements/credentials", json!({}));
        let answer = ask(&[issued, call(&session("a", "", 1), 2)], "AROAa:a");
        let is_it = |row: &&Vec<Value>| text(row, "kind") == "role" && text(row, "events") == "1";
        text(answer.rows.iter().find(is_it).unwrap(), "confidence")
    };
    assert_eq!([keyless(2), keyless(3)], ["inferred", "none"]);
}

#[test]
fn both_records_of_a_cross_account_call_are_one_hop() {
    let role = json!("arn:aws:iam::444455556666:role/a");
    let mine = with(assume(&user(), "a", "ASIAA", 1), "/requestParameters/roleArn", role);
    let mine = with(mine, "/sharedEventID", json!("shared-1"));
    let theirs = with(mine.clone(), "/recipientAccountId", json!("444455556666"));
    let caller = json!({ "type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "111122223333" });
    let theirs = with(theirs, "/userIdentity", caller);
    let mut used = session("a", "ASIAA", 1);
    used["accountId"] = json!("444455556666");
    let answer = ask(&[theirs.clone(), mine, call(&used, 2)], "ASIAA");
    assert_eq!(shape(&answer), ["0 user back", "1 access-key back exact", "2 role asked exact"]);
    let rules = |answer: &Answer| answer.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>();
    assert_eq!(rules(&answer), ["chain-without-mfa", "chain-across-accounts"]);
    // Of the other account's record alone, nobody knows the caller.
    let answer = ask(&[theirs, call(&used, 2)], "ASIAA");
    assert_eq!(shape(&answer), ["0 account back", "1 role asked exact"]);
    assert_eq!(rules(&answer), ["chain-across-accounts"]);
    assert_eq!(rules(&ask(&chain(), "ASIAB")), ["chain-without-mfa"], "the human end, two hops above");
}

#[test]
fn findings_name_who_began() {
    let severity = |records: &[Json], asked: &str| {
        let found: Vec<Finding> = ask(records, asked).findings;
        found.iter().map(|finding| (finding.rule, finding.severity.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(severity(&chain(), "ASIAA"), [("chain-without-mfa", "low")]);
    let with_mfa: Vec<Json> = chain()
        .into_iter()
        .map(|record| match record.pointer("/userIdentity/sessionContext") {
            Some(_) => with(record, "/userIdentity/sessionContext/attributes/mfaAuthenticated", json!("true")),
            None => record,
        })
        .collect();
    assert_eq!(severity(&with_mfa, "ASIAA"), []);
    let root = json!({ "type": "Root", "principalId": "111122223333", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root", "accessKeyId": "ASIAR",
        "sessionContext": { "attributes": { "creationDate": at(1), "mfaAuthenticated": "false" } } });
    assert_eq!(severity(&[call(&root, 2)], "root@111122223333"), [("chain-without-mfa", "high")]);
}

#[test]
fn origins_of_every_kind() {
    let origin = |caller: Json| {
        let issued = assume(&caller, "a", "ASIAA", 1);
        let answer = ask(&[issued, call(&session("a", "ASIAA", 1), 2)], "ASIAA");
        format!("{} {}", text(&answer.rows[0], "kind"), text(&answer.rows[0], "id"))
    };
    assert_eq!(
        origin(json!({ "type": "AWSService", "invokedBy": "ec2.amazonaws.com" })),
        "service service:ec2.amazonaws.com"
    );
    let saml = json!({ "type": "SAMLUser", "principalId": "x:jane", "identityProvider": "ADFS", "userName": "jane" });
    assert_eq!(origin(saml), "identity-provider x:jane");
    assert_eq!(origin(json!({ "type": "AWSAccount", "accountId": "444455556666" })), "account account:444455556666");
    assert_eq!(origin(user()), format!("user {USER}"));
    let token = with(assume(&user(), "", "ASIAT", 1), "/eventName", json!("GetSessionToken"));
    let answer = ask(&[token], "ASIAT");
    assert_eq!(shape(&answer), ["0 user back", "1 access-key back exact", "2 user-token asked exact"]);
}

#[test]
fn circles_end() {
    let (a, b) = (session("a", "ASIAA", 1), session("b", "ASIAB", 1));
    let records = [call(&a, 2), call(&b, 2), assume(&b, "a", "ASIAA", 1), assume(&a, "b", "ASIAB", 1)];
    for asked in ["ASIAA", "ASIAB"] {
        let answer = ask(&records, asked);
        assert_eq!(answer.rows.len(), 3, "{:?}", shape(&answer));
        assert_eq!(answer.rows.iter().filter(|row| text(row, "direction") == "asked").count(), 1);
    }
    let own = [call(&a, 2), assume(&a, "a", "ASIAA", 1)];
    assert_eq!(shape(&ask(&own, "ASIAA"))[1], "1 role asked exact");
}

#[test]
fn long_chains_are_folded_and_their_rows_are_all_there() {
    let hops = 500;
    let name = |i: i64| format!("n{i}");
    let mut records = vec![assume(&user(), "n0", "ASIAN0", 0)];
    for i in 0..hops {
        let caller = session(&name(i), &format!("ASIAN{i}"), i);
        records.push(assume(&caller, &name(i + 1), &format!("ASIAN{}", i + 1), i + 1));
    }
    let answer = ask(&records, &format!("ASIAN{hops}"));
    assert_eq!(answer.rows.len() as i64, hops + 3);
    let tree = answer.tree.unwrap().folded(Some(10));
    assert!(tree.nodes.len() < 20 && tree.nodes.iter().any(|node| node.label.ends_with("hops between")));
    let last = tree.nodes.last().unwrap();
    assert_eq!((last.way, last.folded), (Way::Asked, 0));
    assert_eq!(tree.nodes.iter().map(|node| node.folded.max(1)).sum::<usize>(), answer.rows.len());
    let forward = ask(&records, KEY).tree.unwrap().folded(None);
    assert!(forward.nodes.iter().all(|node| node.depth <= 48));
    assert!(forward.nodes.last().unwrap().label.contains("more below"));
}

#[test]
fn alike_sessions_are_counted_where_they_are_not_shown() {
    let mut records = Vec::new();
    for i in 0..30 {
        records.push(assume(&user(), "a", &format!("ASIAA{i}"), i));
        records.push(call(&session("a", &format!("ASIAA{i}"), i), i + 1));
    }
    records.push(assume(&user(), "b", "ASIAB", 99));
    let answer = ask(&records, USER);
    let tree = answer.tree.clone().unwrap().folded(Some(10));
    let labels: Vec<&str> = tree.nodes.iter().map(|node| node.label.as_str()).collect();
    assert_eq!(labels.len(), 2 + 10 + 1 + 1);
    assert_eq!((labels[12], labels[13]), ("20 more like it", "b/b"));
    assert_eq!((tree.nodes[12].counts, tree.nodes[12].folded), ((20, 0), 20));
    assert_eq!(answer.tree.unwrap().folded(None).nodes.len(), 33);
}

/// A forest of sessions: for each its parent, whether its issuing record is there, whether it was used.
fn forests(back: bool) -> impl Strategy<Value = Vec<(Option<usize>, bool, bool)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<bool>()), 1..14).prop_map(move |nodes| {
        let last = nodes.len();
        let parent = |i: usize, index: prop::sample::Index| match back {
            true => Some(index.index(i + 1)).filter(|&parent| parent < i),
            false => Some(index.index(last + 1)).filter(|&parent| parent < last),
        };
        nodes.into_iter().enumerate().map(|(i, (index, issued, used))| (parent(i, index), issued, used)).collect()
    })
}

fn name_of(i: usize) -> String {
    format!("n{i}")
}

fn node(i: usize) -> Json {
    session(&name_of(i), &format!("ASIAN{i}"), 1)
}

fn records_of(forest: &[(Option<usize>, bool, bool)]) -> Vec<Json> {
    let mut records = Vec::new();
    for (i, &(parent, issued, used)) in forest.iter().enumerate() {
        let caller = parent.map_or_else(user, node);
        if issued {
            records.push(assume(&caller, &name_of(i), &format!("ASIAN{i}"), 1));
        }
        if used {
            records.push(call(&node(i), 3));
        }
    }
    records
}

proptest! {
    #[test]
    fn a_forest_comes_back_as_it_grew(forest in forests(true)) {
        let answer = ask(&records_of(&forest), "*");
        let id = |i: usize| format!("AROAn{i}:n{i}@{}", at(1));
        let calls = |i: usize| forest.iter().any(|&(parent, issued, _)| parent == Some(i) && issued);
        let mut expected: Vec<(String, String)> = forest
            .iter()
            .enumerate()
            .filter(|&(i, &(_, issued, used))| issued || used || calls(i))
            .map(|(i, &(parent, issued, _))| {
                (id(i), if !issued { String::new() } else { parent.map_or(KEY.to_owned(), id) })
            })
            .collect();
        expected.sort();
        let mut found: Vec<(String, String)> = answer
            .rows
            .iter()
            .filter(|row| text(row, "kind") == "role")
            .map(|row| (text(row, "id"), text(row, "parent")))
            .collect();
        found.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_tree_does_not_rest_on_the_order_of_reading(forest in forests(false), seed in any::<u64>(), cut in 0usize..28) {
        let samples = samples(records_of(&forest));
        let answer = |state: &State, asked: &str| {
            let answer = answer_of(state, asked);
            let nodes = answer.tree.unwrap().folded(Some(2)).nodes;
            (answer.rows, answer.findings, nodes.into_iter().map(|node| (node.depth, node.label)).collect::<Vec<_>>())
        };
        for asked in ["*", "ASIAN0", "n1", KEY] {
            let whole = answer(&scan(&samples), asked);
            prop_assert_eq!(&answer(&scan(shuffled(&samples, seed)), asked), &whole);
            let (a, b) = samples.split_at(cut.min(samples.len()));
            prop_assert_eq!(&answer(&scan(b).merge(scan(a)), asked), &whole);
            prop_assert_eq!(&answer(&State::load(KINDS, &scan(&samples).save()).unwrap(), asked), &whole);
            // Every hop stands once, below its parent.
            let mut ids: Vec<String> = whole.0.iter().map(|row| text(row, "id")).collect();
            ids.sort();
            let all = ids.len();
            ids.dedup();
            prop_assert_eq!(ids.len(), all);
        }
    }

    #[test]
    fn any_records_make_a_tree(stream in stream(), seed in any::<u64>()) {
        let state = scan(&stream);
        let whole = answer_of(&state, "*");
        prop_assert_eq!(&answer_of(&scan(shuffled(&stream, seed)), "*").rows, &whole.rows);
        let depths: Vec<usize> = whole.tree.unwrap().folded(Some(1)).nodes.iter().map(|node| node.depth).collect();
        prop_assert!(depths.iter().zip(depths.iter().skip(1)).all(|(above, below)| *below <= above + 1));
        prop_assert_eq!(depths.first().copied().unwrap_or(0), 0);
    }
}

#[test]
fn what_findings_print_can_be_asked_for() {
    let samples = samples([call(&user(), 1)]);
    let (state, options) = (scan(&samples), Options::default());
    let is_found = |asked| {
        let view = View { argument: Some(asked), ..View::new(&state, &options) };
        !(REPORT.answer)(&view).rows.is_empty()
    };
    assert!(["user/u", "USER/u", USER, "u"].into_iter().all(is_found));
    assert!(!is_found("user/x"));
}

#[test]
fn what_was_delegated_goes_back_to_the_partner() {
    let partner = json!({ "type": "IAMUser", "principalId": "AIDAVEND", "accountId": "999988887777",
        "arn": "arn:aws:iam::999988887777:user/vend", "accessKeyId": "AKIAVENDEXAMPLE", "userName": "vend" });
    let mut got = assume(&partner, "Admin", "ASIADELEGATED", 1);
    got["eventName"] = json!("GetDelegatedAccessToken");
    got["recipientAccountId"] = json!("999988887777");
    got["requestParameters"] = json!({ "tradeInToken": "HIDDEN_DUE_TO_SECURITY_REASONS" });
    got["responseElements"] = json!({ "credentials": { "accessKeyId": "ASIADELEGATED", "expiration": at(61) },
        "assumedPrincipal": "arn:aws:iam::111122223333:role/Admin" });
    let records = [got, call(&session("Admin", "ASIADELEGATED", 1), 2)];
    let answer = ask(&records, "ASIADELEGATED");
    assert_eq!(shape(&answer), ["0 user back", "1 access-key back exact", "2 role asked exact"]);
    assert_eq!(text(&answer.rows[2], "issued_event"), "GetDelegatedAccessToken");
}
