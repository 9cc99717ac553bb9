//! Markdown for tickets, from outside: whole, and safe from what logs say.

use serde_json::json;

use crate::harness::{Place, sample_logs};
use crate::records::{calls, delivered, with};

#[test]
fn a_ticket_has_findings_rows_and_what_they_rest_on() {
    let place = Place::new();
    let ticket = place.trailscan("root-usage --format markdown").arg(sample_logs()).ends(0);
    let text = ticket.text();
    assert!(text.starts_with("## root-usage\n\n"), "{text}");
    assert!(text.contains("\n- **critical** `root-access-key` "), "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 3, "{text}");
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(rows.iter().all(|row| cells(row) == cells(rows[0])), "{text}");
    assert!(text.lines().last().expect("a line").starts_with("Over "), "{text}");
    let all = place.trailscan("audit -o ticket.md").arg(sample_logs()).ends(0);
    assert!(all.text().is_empty());
    let all = place.read("ticket.md");
    assert!(all.starts_with("# trailscan audit\n\n") && all.contains("\n## sessions\n"), "{all}");
    assert!(all.contains("more row"), "a ticket is no place for thousands of rows: {all}");
    let tree = place.trailscan("trace root@111122223333 --format markdown").arg(sample_logs()).ends(0);
    assert!(tree.text().contains("\n```text\n"), "{}", tree.text());
    let page = place.trailscan("incident AKIAREPORTINGEXAMPLE --format markdown").arg(sample_logs()).ends(0);
    for part in [
        "\n### In short\n\n- AKIAREPORTINGEXAMPLE: 60 events in account",
        "\n### Denied\n\n- `2026-09-06 22:44:00Z` ListUsers (iam): AccessDenied\\\n  from `203.0.113.66`, with ",
        "\n```sh\naws iam update-access-key --user-name reporting --access-key-id AKIAREPORTINGEXAMPLE --status Inactive  # ",
    ] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
}

#[test]
fn what_logs_say_makes_no_markup() {
    let place = Place::new();
    let hostile = "@octocat](https://example.com)|<img src=x>`x`#1 **b** www.example.com";
    let record = with(
        calls(1).remove(0),
        json!({"userAgent": hostile, "userIdentity": {"type": "IAMUser", "userName": hostile, "accountId": "111122223333",
            "principalId": "AIDACKCEVSQ6C2EXAMPLE", "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "arn": format!("arn:aws:iam::111122223333:user/{hostile}")}}),
    );
    place.write("logs.json", delivered(&[record]));
    let ticket = place.trailscan("principals logs.json --format markdown --columns principal").ends(0);
    let row = ticket.text().lines().nth(6).expect("a row");
    let arn = format!("arn:aws:iam::111122223333:user/{hostile}").replace('|', "\\|");
    let expected = format!("| ``{arn}`` |");
    assert_eq!(row, expected, "{}", ticket.text());
}
