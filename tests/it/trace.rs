//! `trace` from outside: whole answers over `sample-logs/`, what windows and filters leave of a chain, what is said when
//! nothing matches, and that no tree breaks its reader.

use expect_test::expect_file;
use serde_json::{Value, json};

use crate::harness::{Place, count, sample_logs};
use crate::records::{calls, delivered, with};

/// What a trace of the sample logs prints, its version left out.
fn traced(arguments: &str) -> String {
    let place = Place::new();
    let ended = place.trailscan(&format!("trace {arguments}")).arg(sample_logs()).ends(0);
    let version = format!("\"trailscan\": \"{}\"", env!("CARGO_PKG_VERSION"));
    ended.text().replace(&version, "\"trailscan\": \"VERSION\"")
}

/// The hops as `kind id`.
fn hops(answer: &Value) -> Vec<String> {
    let rows = answer["rows"].as_array().expect("rows");
    rows.iter().map(|row| format!("{} {}", row["kind"].as_str().unwrap(), row["id"].as_str().unwrap_or("-"))).collect()
}

#[test]
fn whole_answers() {
    expect_file!["expected/trace-chain.txt"].assert_eq(&traced("break-glass-role --width 120"));
    expect_file!["expected/trace-chain.json"].assert_eq(&traced("break-glass-role --format json"));
    expect_file!["expected/trace-chain.dot"].assert_eq(&traced("break-glass-role --format dot"));
    expect_file!["expected/trace-root.txt"].assert_eq(&traced("root@* --width 100"));
    expect_file!["expected/trace-ec2.txt"].assert_eq(&traced("service:ec2.amazonaws.com --limit 2 --width 100"));
    if cfg!(feature = "columnar") {
        expect_file!["expected/trace-chain.csv"].assert_eq(&traced("break-glass-role --format csv"));
    }
}

#[test]
fn the_instance_of_the_checklist() {
    let place = Place::new();
    let answer = place.trailscan("trace i-1234567890abcdef0").arg(sample_logs()).json(0);
    let row = &answer["rows"][3];
    assert_eq!([&row["issued_at"], &row["expires"]], ["2026-09-10T07:58:15Z", "2026-09-10T19:58:15Z"]);
    assert_eq!(
        [&row["first_seen"], &row["confidence"], &row["parent"]],
        ["2026-09-10T07:58:44Z", "exact", "service:ec2.amazonaws.com"]
    );
    // The tree nests the same hops.
    let tree = &answer["tree"][0];
    assert_eq!((&tree["kind"], &tree["children"][2]["id"]), (&json!("service"), &row["id"]));
    assert_eq!(tree["children"].as_array().map(Vec::len), Some(3));
}

#[test]
fn any_name_of_it_finds_it() {
    let place = Place::new();
    let ask = |name: &str| hops(&place.trailscan("trace").arg(name).arg(sample_logs()).json(0));
    let whole = ask("ASIAXFOU7XTEUEXAMPLE");
    assert_eq!(whole.len(), 4, "{whole:?}");
    for name in [
        "asiaxfou7xteuexample",
        "ASIAXFOU*",
        "AROA4AAKVABLFMEXAMPLE:incident-42@2026-08-28T10:05:00Z",
        "AROA4AAKVABLFMEXAMPLE:incident-42",
        "AROA4AAKVABLFMEXAMPLE",
        "incident-42",
        "break-glass-role",
        "arn:aws:iam::111122223333:role/break-glass-role",
        "arn:aws:sts::111122223333:assumed-role/break-glass-role/incident-42",
    ] {
        assert_eq!(ask(name), whole, "{name}");
    }
    // Root of a member account is assumed by others too.
    let root = ask("root@444455556666");
    assert!(root.iter().any(|hop| hop.starts_with("assume-root ")), "{root:?}");
    assert!(root.iter().any(|hop| hop.starts_with("console ")), "{root:?}");
}

#[test]
fn a_window_and_filters_do_not_end_a_chain() {
    let place = Place::new();
    let whole = place.trailscan("trace incident-42").arg(sample_logs()).json(0);
    // The window begins after the session above was issued and used.
    for part in ["--since 2026-08-28T10:06:00Z", "--principal *:role/break-glass-role", "--address 203.0.113.66"] {
        let answer = place.trailscan(&format!("trace incident-42 {part}")).arg(sample_logs()).json(0);
        assert_eq!(hops(&answer), hops(&whole), "{part}");
    }
    let answer = place.trailscan("trace incident-42 --since 2026-08-28T10:06:00Z").arg(sample_logs()).json(0);
    assert_eq!((count(&answer["rows"][2]["events"]), count(&answer["rows"][3]["events"])), (0, 3));
    assert_eq!((&answer["rows"][3]["mfa"], &answer["rows"][3]["mfa_basis"]), (&json!("yes"), &json!("parent-session")));
}

#[test]
fn nothing_like_it_is_an_answer_that_explains_itself() {
    let place = Place::new();
    let ended = place.trailscan("trace ASIAXFOU7XTEVEXAMPLE --format json").arg(sample_logs()).ends(0);
    assert!(ended.text().contains("\"rows\": [],") && ended.text().contains("\"tree\": [],"));
    let told =
        "no credential, session or principal like ASIAXFOU7XTEVEXAMPLE in what was read; nearest: ASIAXFOU7XTEUEXAMPLE";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(!ended.stderr.contains("no rows: "), "said once: {}", ended.stderr);
    let table = place.trailscan("trace nobody-like-this").arg(sample_logs()).ends(0);
    assert!(table.text().contains("no credential, session or principal like nobody-like-this in what was read"));
}

#[test]
fn wrong_use_is_one_clear_line() {
    let place = Place::new();
    let refused = |run: crate::harness::Run<'_>| run.ends(2).stderr;
    let logs = sample_logs();
    assert!(refused(place.trailscan("trace")).contains("<KEY|SESSION|PRINCIPAL>"));
    let swapped = refused(place.trailscan("trace").arg(&logs));
    assert!(
        swapped.contains("stands where KEY|SESSION|PRINCIPAL belongs") && swapped.lines().count() == 1,
        "{swapped}"
    );
    for report in ["sessions", "audit"] {
        let no_tree = refused(place.trailscan(report).args(["--format", "dot"]).arg(&logs));
        assert!(no_tree.contains("trailscan trace KEY|SESSION|PRINCIPAL --format dot"), "{no_tree}");
        assert_eq!(no_tree.lines().count(), 1, "{no_tree}");
    }
}

#[test]
fn rows_where_columns_are_asked_for() {
    let place = Place::new();
    let table = place.trailscan("trace incident-42 --columns depth,kind,id").arg(sample_logs()).ends(0);
    assert!(table.text().starts_with("depth  kind "), "{}", table.text());
    place.trailscan("trace incident-42 -o tree.gv").arg(sample_logs()).ends(0);
    assert!(place.read("tree.gv").starts_with("digraph trailscan {"));
    let rows = place.trailscan("trace bob --limit 2").arg(sample_logs()).json(0);
    assert_eq!((count(&rows["rows_shown"]), count(&rows["rows_total"])), (2, 7));
}

#[cfg(unix)]
#[test]
fn on_a_narrow_terminal_no_id_is_cut() {
    let place = Place::new();
    for columns in [60, 100] {
        let run = place.trailscan("trace * --limit 0").arg(sample_logs());
        let (status, sent) = crate::child::on_terminal(run, columns);
        assert_eq!(status.code(), Some(0));
        let answer = place.trailscan("trace *").arg(sample_logs()).json(0);
        for row in answer["rows"].as_array().expect("rows").iter().filter(|row| row["kind"] != "identity-provider") {
            let id = row["id"].as_str().unwrap_or_default();
            assert!(sent.contains(id), "{id} is not whole in {columns}");
        }
        // A line that is too long holds one phrase, which is not broken.
        let long = sent
            .lines()
            .take_while(|line| !line.contains("finding"))
            .filter(|line| line.chars().count() > columns as usize);
        for line in long {
            let phrases = line.trim_end_matches(',').matches(", ").count();
            let is_list = line.contains("ASIA") || line.contains("from ");
            assert!(phrases == 0 || is_list || !line.starts_with([' ', '│']), "{line}");
        }
    }
}

#[test]
fn a_name_does_not_leave_its_quotes() {
    let place = Place::new();
    let name = "x\"];\\ evil [label=\"\\l\n";
    let records: Vec<Value> = calls(2)
        .into_iter()
        .map(|record| {
            with(
                record,
                json!({"userIdentity": {"type": "AssumedRole", "principalId": format!("AROAEXAMPLE:{name}"),
                "accountId": "111122223333", "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::111122223333:role/r", "userName": "r"},
                    "attributes": {"creationDate": "2026-09-01T00:00:00Z"}}}}),
            )
        })
        .collect();
    place.write("logs.json", delivered(&records));
    let dot = place.trailscan("trace ASIAIOSFODNN7EXAMPLE logs.json --format dot").ends(0);
    for line in dot.text().lines().filter(|line| line.contains("label=")) {
        // Outside of quotes nothing of the name is left.
        let (mut outside, mut inside, mut escaped) = (String::new(), false, false);
        for c in line.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if inside => escaped = true,
                '"' => inside = !inside,
                c if !inside => outside.push(c),
                _ => {}
            }
        }
        assert!(!inside && !outside.contains("evil"), "{line}");
    }
    assert!(dot.text().contains("evil"));
}
