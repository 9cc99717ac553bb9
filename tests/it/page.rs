//! The page as a file: where it goes, what is in it, which command repeats its numbers. In a browser it is looked at by
//! `browser`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::{Place, rows, sample_logs};

const CLOCK: &str = "--now 2026-09-14T00:00:00Z";

fn page(place: &Place, arguments: &str) -> String {
    place
        .trailscan(arguments)
        .args(CLOCK.split(' '))
        .arg(sample_logs())
        .args(["--format", "html"])
        .ends(0)
        .text()
        .to_owned()
}

/// The rows embedded for a report.
fn data(page: &str, report: &str) -> Value {
    let begin = format!("<script type=\"application/json\" id=\"data-{report}\">");
    let packed = page.split_once(&begin).expect("data").1.split_once("</script>").expect("an end").0;
    serde_json::from_str(packed).expect("JSON")
}

#[test]
fn a_page_is_made_by_its_extension_or_by_word() {
    let place = Place::new();
    for name in ["report.html", "report.HTM"] {
        place.trailscan("audit -o").arg(name).args(CLOCK.split(' ')).arg(sample_logs()).ends(0);
        assert!(place.read(name).starts_with("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\""));
    }
    assert_eq!(place.read("report.html"), page(&place, "audit"), "a file and standard output hold the same");
    place.trailscan("audit --format html -o folder/").arg(sample_logs()).ends(0);
    assert!(place.read("folder/key-spread.html").contains("<h1>CloudTrail key-spread</h1>"));
}

#[test]
fn a_page_holds_every_report_with_its_rows_and_findings() {
    let place = Place::new();
    let page = page(&place, "audit");
    let answer = place.trailscan("audit").args(CLOCK.split(' ')).arg(sample_logs()).json(0);
    let reports = answer["reports"].as_object().expect("reports");
    for (name, report) in reports {
        assert!(page.contains(&format!("<section id=\"{name}\">")), "{name}");
        let data = data(&page, name);
        assert_eq!(data["rows"], rows(&answer, name).len(), "{name}");
        let names = |columns: &Value| columns.as_array().unwrap().iter().map(|c| c["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(&data["columns"]), names(&report["columns"]), "{name}");
    }
    let findings = answer["findings"].as_array().expect("findings");
    assert_eq!(page.matches("<article class=\"finding\"").count(), findings.len());
    assert_eq!(page, self::page(&place, "audit --threads 1"), "the same for any number of threads");
}

#[test]
fn every_id_on_a_page_is_of_one_thing() {
    let place = Place::new();
    let page = page(&place, "audit");
    let mut seen = BTreeSet::new();
    let ids = page.split(" id=\"").skip(1).map(|rest| rest.split_once('"').expect("an end").0);
    let twice: Vec<&str> = ids.filter(|id| !seen.insert(*id)).collect();
    assert_eq!(twice, [""; 0]);
    assert!(seen.len() > 50, "{seen:?}");
}

#[test]
fn the_commands_under_the_charts_print_the_same_numbers() {
    let place = Place::new();
    #[cfg(unix)]
    std::os::unix::fs::symlink(sample_logs(), place.path("AWSLogs")).expect("a link");
    let page = page(&place, "audit --since 2026-09-01 --account 111122223333 --account 444455556666");
    let commands: BTreeSet<String> = page
        .split("The numbers: <code>trailscan ")
        .skip(1)
        .map(|rest| rest.split_once("</code>").expect("an end").0.replace("&quot;", "\"").replace("&amp;", "&"))
        .collect();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in &commands {
        let told =
            "--since 2026-09-01T00:00:00Z --until 2026-09-14T00:00:00Z --account 111122223333 --account 444455556666";
        assert!(command.contains(told), "{command}");
        // Where the logs lie on the machine that made the page is not passed on.
        assert!(command.ends_with(" AWSLogs"), "{command}");
        let output = crate::docs::in_shell(&place, &format!("trailscan {command}"));
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // One picture held against its command: the cells of root by day.
    let command = commands.iter().find(|command| command.contains("events_by_day")).expect("root by day");
    let output = crate::docs::in_shell(&place, &format!("trailscan {command}"));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut told = 0;
    for row in rows(&answer, "root-usage") {
        for day in row["events_by_day"].as_array().expect("days") {
            let (account, class) = (row["account_id"].as_str().unwrap(), row["class"].as_str().unwrap());
            let count = day["count"].as_i64().unwrap();
            let events = if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
            let cell =
                format!("<title>root of {account}, {class}, {}: {events}</title>", day["name"].as_str().unwrap());
            assert!(page.contains(&cell), "{cell}");
            told += 1;
        }
    }
    assert!(told > 5 && page.matches("<title>root of ").count() == told, "{told} cells");
}

/// The page of an incident has the parts of the terminal's, in their order, and its commands to copy.
#[test]
fn an_incident_stands_on_a_page_part_by_part() {
    let place = Place::new();
    let asked = "incident AKIAREPORTINGEXAMPLE";
    let page = page(&place, asked);
    let terminal = place.trailscan(asked).args(CLOCK.split(' ')).arg(sample_logs()).ends(0);
    let is_part = |line: &&str| line.starts_with(|first: char| first.is_ascii_uppercase());
    let parts: Vec<&str> = terminal.text().lines().filter(is_part).collect();
    assert!(parts.len() > 8 && parts[0] == "In short", "{parts:?}");
    let headed: Vec<&str> = page
        .split("<div class=\"root\"")
        .skip(1)
        .map(|root| root.split(['<', '>']).nth(3).expect("a heading"))
        .collect();
    assert_eq!(headed, parts);
    for (number, part) in parts.iter().enumerate() {
        assert!(page.contains(&format!("<a class=\"below\" href=\"#incident-{}\">{part}</a>", number + 1)), "{part}");
    }
    let command =
        "aws iam update-access-key --user-name reporting --access-key-id AKIAREPORTINGEXAMPLE --status Inactive";
    assert!(page.contains(&format!("<code class=\"id long\">{command}  # account 444455556666")), "a click copies it");
    assert!(
        !page.contains("id=\"findings\"") && !page.contains("\"#findings\">"),
        "a report without rules finds nothing"
    );
    assert!(!page.contains(&sample_logs().display().to_string()), "no path of this machine");
    let items = page.matches("<li>").count();
    assert_eq!((items, page.matches("<ul>").count()), (page.matches("</li>").count(), page.matches("</ul>").count()));
    assert!(items > 20, "{items}");
    let trace = self::page(&place, "trace AKIAREPORTINGEXAMPLE");
    assert!(trace.contains("id=\"trace-1\"") && trace.contains("<b>access key AKIAREPORTINGEXAMPLE</b>"));
    assert!(trace.contains("id=\"findings\""), "a trace has rules");
}

#[test]
fn rows_are_limited_and_the_page_says_so() {
    let place = Place::new();
    let page = page(&place, "sessions --limit 7");
    assert_eq!(data(&page, "sessions")["rows"], 7);
    assert!(page.contains("are not on this page"));
}

/// A page is passed on: it says what accounts are called, and not where files lie on the machine that made it.
#[test]
fn accounts_have_names_and_files_no_folders() {
    let place = Place::new();
    place.write("names.csv", "111122223333,main\n123456789012,sandbox\n444455556666,data\n");
    place.write("far/away/cut.json.gz", b"\x1f\x8b\x08");
    let state = sample_logs().join("../iam");
    let line = "audit --format html --account-names names.csv --iam-dir";
    let page = place.trailscan(line).arg(&state).arg(sample_logs()).arg(place.path("far/away")).ends(3);
    let page = page.text();
    let folders = [sample_logs().display().to_string(), place.path("far").display().to_string(), "/iam/".to_owned()];
    for folder in folders {
        let at = page.find(&folder).map(|at| &page[at.saturating_sub(200)..(at + 200).min(page.len())]);
        assert_eq!(at, None, "{folder}");
    }
    assert!(page.contains(">cut.json.gz</code>") && page.contains("authorization-details.json of 2026-09-13"));
    let (_, card) = page.split_once("<section id=\"scorecard\">").expect("a scorecard");
    for (name, account) in [("main", "111122223333"), ("sandbox", "123456789012"), ("data", "444455556666")] {
        assert!(
            card.contains(&format!("<th scope=\"row\"><b>{name}</b> <code class=\"id\">{account}</code></th>")),
            "{name}"
        );
        let on_card =
            format!("<span class=\"account\">account <b>{name}</b> <code class=\"id\">{account}</code></span>");
        assert!(page.contains(&on_card), "{name}");
    }
    for (word, shown) in [("INCORRECT", false), ("FAIL 4", true), ("pass", true)] {
        let (card, _) = card.split_once("</table>").expect("an end");
        assert_eq!(card.contains(&format!(">{word}</span>")), shown, "{word}");
    }
    assert!(!page.contains("see logging_changes in the coverage") && page.contains("StopLogging of "));
}

/// What matters most stands open, a few of each rule; what hardly matters is one line.
#[test]
fn findings_are_grouped() {
    let place = Place::new();
    let page = page(&place, "audit");
    let (_, findings) = page.split_once("<section id=\"findings\">").expect("findings");
    let (findings, _) = findings.split_once("</section>").expect("an end");
    let mut severity = "";
    let mut met: BTreeSet<(String, String)> = BTreeSet::new();
    let mut last = (String::new(), String::new());
    for card in findings.split("<article class=\"finding\"").skip(1) {
        let of =
            |name: &str| card.split_once(&format!("{name}=\"")).expect("a mark").1.split_once('"').expect("an end").0;
        let this = (of("data-severity").to_owned(), of("data-rule").to_owned());
        assert!(this == last || met.insert(this.clone()), "{this:?} stands together");
        last = this;
        severity = of("data-severity");
    }
    assert_eq!(severity, "info");
    let open = findings.split("<details class=\"rest\">").next().expect("what is open").matches("<article").count();
    assert!(open > 3 && !findings.is_empty(), "{open}");
    for word in ["low", "info"] {
        assert_eq!(
            findings.matches(&format!("<summary><span class=\"badge {word}\">{word}</span> ")).count(),
            1,
            "{word}"
        );
    }
}
