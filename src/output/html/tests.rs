use serde_json::Value as Json;

use super::super::{Content, Document, Section, SectionKind, sample};
use super::write;
use crate::coverage::{Coverage, CoverageFacts, Failure, Gap, LoggingChange};
use crate::model::{Day, EventTime, TimeWindow};
use crate::report::charts::{
    Bar, Bars, Chart, DayAxis, DayColumns, Flow, FlowEdge, FlowNode, Grid, GridCell, GridColumns, GridRow, Picture,
    PlaceDays, Shares, Tone,
};
use crate::report::{Answer, Column, ColumnKind, Form, Report, Role, Severity, StateUse, Table, Value};

/// More than any log holds, and not so much that a sum overflows.
const MOST: i64 = i64::MAX / 8;

/// What must never become markup.
const HOSTILE: &str = "</script></title><script>alert(1)</script><img src=x onerror=alert(1)>\"' &lt;\u{202e}\x1b";

fn page(content: Content<'_>, coverage: &Coverage) -> String {
    let mut out = Vec::new();
    write(&Document::new(None, coverage, content), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn data(page: &str, report: &str) -> Json {
    let begin = format!("<script type=\"application/json\" id=\"data-{report}\">");
    let packed = page.split_once(&begin).unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(packed).unwrap()
}

fn chart(name: &'static str, picture: Picture) -> Chart {
    Chart {
        name,
        title: "A title",
        about: "about",
        command: format!("sample '{HOSTILE}'"),
        picture,
        left_out: Some(HOSTILE.to_owned()),
    }
}

/// One of each, with hostile names and extreme numbers.
fn charts() -> Vec<Chart> {
    let day = Day::from_ymd(2026, 9, 7).unwrap();
    let axis = DayAxis::over([day, Day(day.0 + 3)]).unwrap();
    let text = || HOSTILE.to_owned();
    let cell = |column, count| GridCell { column, count, told: text(), marked: column == 1 };
    let row = |severity| GridRow { label: text(), note: text(), severity, cells: vec![cell(0, 1), cell(1, MOST)] };
    let grid = |columns| {
        Picture::Grid(Grid {
            columns,
            rows: vec![row(None), row(Some(Severity::High))],
            mark: Some("mark"),
            unit: "events",
        })
    };
    let bar = |length, is_open| Bar { label: text(), note: text(), length, is_open, told: text() };
    let node = |layer| FlowNode { label: text(), note: text(), layer };
    let edge = |from, to, count| FlowEdge { from, to, count, severity: Severity::Medium, told: text() };
    let place = PlaceDays { account: text(), region: text(), days: vec![(day, 1)] };
    vec![
        chart("a", grid(GridColumns::Names(vec![text(), text()]))),
        chart("b", grid(GridColumns::Days(axis))),
        chart("c", Picture::Places(vec![place])),
        chart("d", Picture::Columns(DayColumns { axis, counts: vec![(0, 0), (MOST, 1), (3, 3), (1, 0)] })),
        chart(
            "e",
            Picture::Bars(Bars {
                bars: vec![bar(0, false), bar(MOST, true)],
                unit: "days",
                limit: Some((90, "90 days".to_owned())),
                open: "open",
            }),
        ),
        chart(
            "f",
            Picture::Shares(Shares {
                parts: vec![("yes", Tone::Good), ("no", Tone::Bad)],
                wholes: vec![(text(), vec![1, 2]), (text(), vec![0, 0])],
                unit: "sessions",
            }),
        ),
        chart(
            "g",
            Picture::Flow(Flow {
                nodes: vec![node(0), node(1), node(2)],
                edges: vec![edge(0, 1, 5), edge(1, 1, 1), edge(2, 1, MOST), edge(0, 2, 1)],
                unit: "sessions",
            }),
        ),
    ]
}

/// Hostile text wherever a log can put one.
fn hostile() -> (Section, Coverage) {
    let mut section = sample::section();
    for row in &mut section.table.rows {
        row[0] = Value::text(HOSTILE);
        row[1] = Value::text(HOSTILE);
        row[4] = Value::List(vec![HOSTILE.to_owned()]);
        row[5] = Value::NamedCounts(vec![(HOSTILE.to_owned(), 1)]);
    }
    let finding = &mut section.findings[0];
    for text in [&mut finding.account_id, &mut finding.subject, &mut finding.summary] {
        *text = HOSTILE.to_owned();
    }
    finding.evidence.insert("evil".to_owned(), serde_json::json!([{ HOSTILE: HOSTILE }]));
    section.charts = charts();
    section.hidden = Some(HOSTILE.to_owned());
    let gap = Gap { account: HOSTILE.into(), region: HOSTILE.into(), from: Day(20_703), to: Day(20_704) };
    let change = LoggingChange {
        time: EventTime::parse("2026-09-07T00:00:00Z"),
        event: HOSTILE.into(),
        actor: HOSTILE.into(),
        trail: HOSTILE.into(),
        ..LoggingChange::default()
    };
    let coverage = CoverageFacts {
        objects_failed: 1,
        failures: vec![Failure { object: HOSTILE.into(), why: HOSTILE.into() }],
        warnings: vec![HOSTILE.into()],
        gaps: vec![gap],
        logging_changes: vec![change],
        objects_skipped: [(HOSTILE.to_owned(), 1)].into(),
        ..sample::facts()
    };
    (section, coverage.into())
}

#[test]
fn text_of_logs_is_never_markup() {
    let (section, coverage) = hostile();
    let page = page(Content::Report(&section), &coverage);
    // The data block and the page's own script; nothing that a log brought.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("</title>").count(), page.matches("<title>").count());
    assert!(!page.contains("<img") && page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!page.contains('\u{202e}') && !page.contains('\x1b') && page.contains("\\u{202e}\\x1b"));
    let texts = &data(&page, "sample")["columns"][1]["texts"];
    assert_eq!(texts[0], HOSTILE.replace('\u{202e}', "\\u{202e}").replace('\x1b', "\\x1b"));
}

#[test]
fn nothing_is_loaded_and_nothing_but_the_pages_own_runs() {
    let (section, coverage) = hostile();
    let page = page(Content::Report(&section), &coverage);
    let policy = page.find("http-equiv=\"Content-Security-Policy\"").unwrap();
    assert!(
        policy < page.find("<style>").unwrap()
            && page[policy..]
                .starts_with("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
    );
    for loader in
        ["<link", "<iframe", "<object", "<embed", "<base", "<form", "@import", "url(", " src=\"", " style=\"", "xlink:"]
    {
        assert!(!page.contains(loader), "{loader}");
    }
    // Addresses stand in namespaces, in links and in texts; no attribute that loads has one.
    for (at, _) in page.match_indices("=\"http") {
        let name = page[..at].rsplit(' ').next().unwrap();
        assert!(["xmlns", "href"].contains(&name), "{name}");
    }
    for handler in [" onclick=", " onload=", " onerror=\"", "javascript:"] {
        assert!(!page.contains(handler), "{handler}");
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let (section, coverage) = hostile();
    let sections = [section, sample::empty_section()];
    assert_eq!(page(Content::Audit(&sections), &coverage), page(Content::Audit(&sections), &coverage));
}

const NUMBERS: &[Column] = &[
    Column::new("number", ColumnKind::Count, "a number"),
    Column::new("time", ColumnKind::Time, "a time"),
    Column::severity("severity", "how bad"),
];

fn report(name: &'static str, columns: &'static [Column]) -> Report {
    Report {
        name,
        summary: "",
        about: "",
        columns,
        key: &[],
        needs: &[],
        options: &[],
        texts: &[],
        rules: &[],
        argument: None,
        state: StateUse::No,
        examples: &[],
        form: Form::Rows,
        charts: None,
        answer: |_| Answer::default(),
    }
}

fn section(columns: &'static [Column], name: &'static str, rows: Vec<Vec<Value>>) -> Section {
    let report: &'static Report = Box::leak(Box::new(report(name, columns)));
    let table = Table::new(report, columns.to_vec(), rows);
    Section::new("summary", table)
}

#[test]
fn the_first_rows_stand_as_html_and_all_in_the_data() {
    let at = EventTime::parse("2026-09-07T02:15:00Z");
    let rows =
        (0..1_200).map(|i| vec![Value::Count(1_000 + i), Value::time(at), Value::Severity(Severity::High)]).collect();
    let mut section = section(NUMBERS, "numbers", rows);
    section.table.rows_total = 1_300;
    let page = page(Content::Report(&section), &sample::coverage());
    assert!(page.contains("<td class=\"n\">1,049</td>") && !page.contains("<td class=\"n\">1,050</td>"));
    assert!(
        page.contains("<td class=\"t\">2026-09-07 02:15:00Z</td>")
            && page.contains("<span class=\"badge high\">high</span>")
    );
    assert!(page.contains("The first 50 of 1,200 rows"));
    assert!(page.contains("100 more rows of 1,300 are not on this page"));
    let data = data(&page, "numbers");
    assert_eq!(data["rows"], 1_200);
    assert_eq!(data["columns"][0]["values"][1_199], 2_199);
    assert_eq!(data["columns"][1]["values"][0], 1_788_747_300_000i64);
    assert_eq!(
        (&data["columns"][2]["texts"], &data["columns"][2]["values"][7]),
        (&serde_json::json!(["high"]), &serde_json::json!(0))
    );
}

#[test]
fn what_is_less_than_whole_is_loud() {
    let section = sample::section();
    let whole = page(Content::Report(&section), &sample::coverage());
    assert!(!whole.contains("class=\"banner"), "nothing is wrong");
    let failed = CoverageFacts { objects_failed: 2, ..sample::facts() }.into();
    assert!(page(Content::Report(&section), &failed).contains("Partial: something could not be read"));
    let interrupted = CoverageFacts { interrupted: true, ..sample::facts() }.into();
    assert!(page(Content::Report(&section), &interrupted).contains("Interrupted: this page speaks of a part"));
}

#[test]
fn window_and_coverage_stand_at_the_head() {
    let at = |text| EventTime::parse(text).unwrap();
    let window = TimeWindow::new(at("2023-07-01T00:00:00Z"), at("2023-07-31T00:00:00Z")).ok();
    let (section, coverage) = (sample::section(), sample::coverage());
    let mut out = Vec::new();
    write(&Document::new(window, &coverage, Content::Report(&section)), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    assert!(page.contains("<b>2023-07-01 00:00:00Z</b> to <b>2023-07-31 00:00:00Z</b>"));
    assert!(page.contains("2,900 events counted in 55 objects"));
    assert!(page.contains("<h1>CloudTrail sample</h1>"));
}

const CARD: &[Column] = &[
    Column::text("practice", "the practice").role(Role::Practice),
    Column::account_id("account_id", "the account"),
    Column::verdict("verdict", "the verdict"),
    Column::text("why", "why").role(Role::Why),
];

#[test]
fn the_scorecard_stands_first_and_once() {
    let row =
        |practice: &str, account: &str, verdict: &str| [practice, account, verdict, HOSTILE].map(Value::text).to_vec();
    let rows = vec![
        row("no-root-keys", "111122223333", "INCORRECT"),
        row("no-root-keys", "444455556666", "CORRECT"),
        row("rotate-keys", "444455556666", "UNKNOWN"),
    ];
    let card = Section { kind: SectionKind::Scorecard, ..section(CARD, "scorecard", rows) };
    let sections = [card, sample::section()];
    let page = page(Content::Audit(&sections), &sample::coverage());
    assert!(page.find("id=\"scorecard\"").unwrap() < page.find("id=\"findings\"").unwrap());
    assert_eq!(page.matches("id=\"scorecard\"").count(), 1);
    let card = page.split_once("<section id=\"scorecard\">").unwrap().1.split_once("</table>").unwrap().0;
    assert_eq!(
        (card.matches("<tr>").count(), card.matches("scope=\"col\"").count()),
        (1 + 2, 1 + 7),
        "a row an account"
    );
    let of =
        |account: &str| card.split_once(&format!("{account}</code></th>")).unwrap().1.split_once("</tr>").unwrap().0;
    assert!(of("111122223333").contains(">FAIL</span>") && !of("111122223333").contains("pass"));
    assert!(of("444455556666").contains(">pass</span>") && of("444455556666").contains(">–</span>"));
    let many = (0..60).map(|account| row("no-root-keys", &format!("{account:012}"), "INCORRECT")).collect();
    let card = Section { kind: SectionKind::Scorecard, ..section(CARD, "scorecard", many) };
    let many = self::page(Content::Audit(&[card]), &sample::coverage());
    assert!(many.contains("<summary>20 more accounts</summary>") && many.matches("scope=\"row\"").count() >= 60);
    assert!(!self::page(Content::Audit(&sections[1..]), &sample::coverage()).contains("#scorecard"));
}

#[test]
fn findings_can_be_linked_to() {
    let mut section = sample::section();
    section.findings = (0..12).map(|_| sample::finding()).collect();
    let page = page(Content::Report(&section), &sample::coverage());
    for anchor in [
        "finding-key-embedded-111122223333-akiaiosfodnn7example",
        "finding-key-embedded-111122223333-akiaiosfodnn7example-12",
    ] {
        assert_eq!(page.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor}");
        assert!(page.contains(&format!("href=\"#{anchor}\"")), "{anchor}");
    }
    assert!(page.contains("9 more findings of key-embedded</summary>"));
}

#[test]
fn gaps_are_drawn_where_nothing_was_counted() {
    let day = |day| Day::from_ymd(2026, 9, day).unwrap();
    let mut section = sample::section();
    let place =
        PlaceDays { account: "111122223333".into(), region: "eu-west-1".into(), days: vec![(day(7), 5), (day(10), 1)] };
    section.charts = vec![chart("coverage", Picture::Places(vec![place]))];
    let gap = |region: &str, from, to| Gap {
        account: "111122223333".into(),
        region: region.into(),
        from: day(from),
        to: day(to),
    };
    let gaps = vec![gap("eu-west-1", 8, 10), gap("us-east-1", 9, 9)];
    let coverage = CoverageFacts { gaps, ..sample::facts() }.into();
    let page = page(Content::Report(&section), &coverage);
    // Two days of the first place, one of the second, and the legend; an event on the tenth says that day was not silent.
    assert_eq!(page.matches("<g class=\"gap\">").count(), 2 + 1 + 1);
    assert!(page.contains("111122223333 eu-west-1, 2026-09-08: 0 events, a gap: no log object"));
    assert!(page.contains("111122223333 us-east-1"));
}
