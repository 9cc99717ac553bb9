//! Whole outputs of the terminal writer.

use expect_test::expect;
use proptest::prelude::*;

use super::super::{Content, Document, Place, Section, Style, sample};
use super::{cell, layout};
use crate::report::{Column, ColumnKind, Finding, Prominence, Severity, Value};

fn text(section: &Section, style: Style) -> String {
    let coverage = sample::coverage();
    let document = Document::new(None, &coverage, Content::Report(section));
    render(&document, style)
}

fn render(document: &Document<'_>, style: Style) -> String {
    let mut out = Vec::new();
    super::write(document, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn wide(width: usize) -> Style {
    Style { color: false, width: Some(width), place: Place::Terminal }
}

#[test]
fn no_terminal_cuts_nothing() {
    expect![[r#"
        access_key_id         principal                                                       events  last_seen                    address_list                           top_events
        ────────────────────  ───────────────────────────────────────────────────────────  ─────────  ───────────────────────────  ─────────────────────────────────────  ───────────────────────────────────────────────────────────
        AKIAIOSFODNN7EXAMPLE  arn:aws:iam::111122223333:user/Zoë, "build" 文档             1,234,567  2023-07-10 11:42:18Z         192.0.2.1, 192.0.2.2, 198.51.100.7, 203.0.113.9, 2001:db8::1  GetObject 1,200,000, ListBuckets 30,000, PutObject 4,000, DeleteTrail 567
        ASIAIOSFODNN7EXAMPLE  =HYPERLINK("http://example.com")\x1b[2J\u{202e}\r\nfake row         -1  2023-07-10 11:42:18.123456Z  +1, a;b                                =cmd 1
        -                     -                                                                    -  -                            none                                   -
        2 more rows (--limit 0 shows all)

        1 finding
        high      key-embedded  AKIAIOSFODNN7EXAMPLE  account 111122223333
                  the key was used from 3 networks within one hour, so it is stored in several places\x1b[31m
                  from 192.0.2.1, 192.0.2.2

        2,900 events counted in 55 objects (1 skipped: licence), 2023-07-10 11:42 – 12:37 UTC, 1 account, 1 region; nothing failed
    "#]].assert_eq(&text(&sample::section(), Style::default()));
}

#[test]
fn a_wide_terminal() {
    expect![[r#"
        access_key_id         principal                       events  last_seen          address_list                           top_events
        ────────────────────  ───────────────────────────  ─────────  ─────────────────  ─────────────────────────────────────  ────────────────────────────────────────
        AKIAIOSFODNN7EXAMPLE  …333:user/Zoë, "build" 文档  1,234,567  2023-07-10 11:42Z  192.0.2.1, 192.0.2.2, 198.51.100.7 +2  GetObject 1,200,000 +3
        ASIAIOSFODNN7EXAMPLE  =HYPERLINK("http://example…         -1  2023-07-10 11:42Z  +1, a;b                                =cmd 1
        -                     -                                    -  -                  none                                   -
        2 more rows (--limit 0 shows all)

        1 finding
        high      key-embedded  AKIAIOSFODNN7EXAMPLE  account 111122223333
                  the key was used from 3 networks within one hour, so it is stored in several places\x1b[31m
                  from 192.0.2.1, 192.0.2.2
    "#]].assert_eq(&text(&sample::section(), wide(160)));
}

#[test]
fn a_narrow_terminal() {
    expect![[r#"
        access_key_id         principal                        events  last_seen
        ────────────────────  ────────────────────────────  ─────────  ─────────────────
        AKIAIOSFODNN7EXAMPLE  …3333:user/Zoë, "build" 文档  1,234,567  2023-07-10 11:42Z
        ASIAIOSFODNN7EXAMPLE  =HYPERLINK("http://example.…         -1  2023-07-10 11:42Z
        -                     -                                     -  -
        2 more rows (--limit 0 shows all)
        2 more columns (--columns all, or +NAME): address_list, top_events

        1 finding
        high      key-embedded  AKIAIOSFODNN7EXAMPLE  account 111122223333
                  the key was used from 3 networks within one hour, so it is stored in
                  several places\x1b[31m
                  from 192.0.2.1, 192.0.2.2
    "#]]
    .assert_eq(&text(&sample::section(), wide(80)));
}

#[test]
fn too_narrow_for_a_table() {
    expect![[r#"
        access_key_id  AKIAIOSFODNN7EXAMPLE
        principal      arn:aws:iam::111122223333:user/Zoë, "build" 文档
        events         1,234,567
        last_seen      2023-07-10 11:42:18Z

        access_key_id  ASIAIOSFODNN7EXAMPLE
        principal      =HYPERLINK("http://example.com")\x1b[2J\u{202e}\r\nfake row
        events         -1
        last_seen      2023-07-10 11:42:18.123456Z

        access_key_id  -
        principal      -
        events         -
        last_seen      -

        2 more rows (--limit 0 shows all)
        2 more columns (--columns all, or +NAME): address_list,
        top_events

        1 finding
        high      key-embedded  AKIAIOSFODNN7EXAMPLE  account 111122223333
                  the key was used from 3 networks within one hour,
                  so it is stored in several places\x1b[31m
                  from 192.0.2.1, 192.0.2.2
    "#]]
    .assert_eq(&text(&sample::section(), wide(60)));
}

#[test]
fn after_a_long_id_the_row_goes_on_in_the_next_line() {
    let mut section = sample::section();
    section.findings.clear();
    section.table.columns[1].kind = ColumnKind::Id;
    expect![[r#"
        access_key_id         principal                        events  last_seen
        ────────────────────  ────────────────────────────  ─────────  ─────────────────
        AKIAIOSFODNN7EXAMPLE  arn:aws:iam::111122223333:user/Zoë, "build" 文档
                                                            1,234,567  2023-07-10 11:42Z
        ASIAIOSFODNN7EXAMPLE  =HYPERLINK("http://example.com")\x1b[2J\u{202e}\r\nfake row
                                                                   -1  2023-07-10 11:42Z
        -                     -                                     -  -
        2 more rows (--limit 0 shows all)
        2 more columns (--columns all, or +NAME): address_list, top_events
    "#]]
    .assert_eq(&text(&section, wide(80)));
}

#[test]
fn the_coverage_is_told_in_files_and_where_an_answer_is_partial() {
    let (section, mut facts) = (sample::section(), sample::facts());
    let told = |coverage: &crate::coverage::Coverage, place| {
        let document = Document::new(None, coverage, Content::Report(&section));
        render(&document, Style { place, ..Style::default() }).contains("events counted in")
    };
    let places = [Place::File, Place::Pipe, Place::Terminal];
    assert_eq!(places.map(|place| told(&facts.clone().into(), place)), [true, false, false]);
    facts.malformed_records = 1;
    assert_eq!(places.map(|place| told(&facts.clone().into(), place)), [true; 3]);
}

#[test]
fn rows_that_an_option_left_out_are_told_also_where_none_is_left() {
    for mut section in [sample::section(), sample::empty_section()] {
        section.hidden = Some("2 keys are not shown".to_owned());
        assert!(text(&section, wide(80)).contains("\n2 keys are not shown\n"));
    }
}

#[test]
fn columns_come_by_their_prominence() {
    let mut section = sample::section();
    section.table.columns[4].prominence = Prominence::Last;
    section.table.columns[5].prominence = Prominence::Third;
    let header = |width| text(&section, wide(width)).lines().find(|line| line.contains("events")).unwrap().to_owned();
    assert!(!header(80).contains("_list") && !header(80).contains("top_"));
    assert!(header(130).contains("top_events") && !header(130).contains("address_list"));
    assert!(header(240).contains("top_events") && header(240).contains("address_list"));
}

#[test]
fn nothing_is_said_in_a_sentence() {
    expect![[r#"
        empty: no rows over 2,900 counted events
    "#]]
    .assert_eq(&text(&sample::empty_section(), wide(80)));
}

#[test]
fn a_partial_answer_says_so_on_a_terminal_too() {
    let (section, mut facts) = (sample::empty_section(), sample::facts());
    let said = |coverage: &crate::coverage::Coverage| {
        let document = Document::new(None, coverage, Content::Report(&section));
        render(&document, wide(80)).contains("PARTIAL: 1 object failed")
    };
    assert!(!said(&facts.clone().into()));
    facts.objects_failed = 1;
    assert!(said(&facts.clone().into()));
}

#[test]
fn an_audit() {
    let sections = [sample::section(), sample::empty_section()];
    let coverage = sample::coverage();
    let document = Document::new(None, &coverage, Content::Audit(&sections));
    expect![[r#"
        findings: 1 high

        high      key-embedded  AKIAIOSFODNN7EXAMPLE: the key was used from 3 networks within one hour, so
                                it is stored in several places\x1b[31m (account 111122223333)
                                from 192.0.2.1, 192.0.2.2

        sample — Keys and where they are used from

        access_key_id         principal                                            events  last_seen
        ────────────────────  ────────────────────────────────────────────────  ─────────  ─────────────────
        AKIAIOSFODNN7EXAMPLE  arn:aws:iam::111122223333:user/Zoë, "build" 文档  1,234,567  2023-07-10 11:42Z
        ASIAIOSFODNN7EXAMPLE  =HYPERLINK("http://example.com")\x1b[2J\u{202e}…         -1  2023-07-10 11:42Z
        -                     -                                                         -  -
        2 more rows (--limit 0 shows all)
        2 more columns (trailscan sample --columns all, or +NAME): address_list, top_events

        1 finding
        high      key-embedded  AKIAIOSFODNN7EXAMPLE  account 111122223333
                  the key was used from 3 networks within one hour, so it is stored in several
                  places\x1b[31m
                  from 192.0.2.1, 192.0.2.2

        empty — Nothing to see

        empty: no rows over 2,900 counted events

        findings: 1 high
    "#]]
    .assert_eq(&render(&document, wide(100)));
}

#[test]
fn an_audit_begins_with_the_worst_of_each_rule() {
    let finding = |severity, rule, subject: &str| Finding {
        severity,
        rule,
        subject: subject.to_owned(),
        summary: "says so".to_owned(),
        ..sample::finding()
    };
    let mut section = sample::empty_section();
    section.findings = vec![
        finding(Severity::High, "key-embedded", "AKIAIOSFODNN7EXAMPLE"),
        finding(Severity::High, "key-embedded", "AKIAI44QH8DHBEXAMPLE"),
        finding(Severity::Critical, "root-access-key", "root@111122223333"),
        finding(Severity::Medium, "key-roaming", "AKIAIOSFODNN7EXAMPLE"),
    ];
    let sections = [section];
    let coverage = sample::coverage();
    let document = Document::new(None, &coverage, Content::Audit(&sections));
    let shown = render(&document, wide(100));
    let first: Vec<&str> = shown.lines().take(10).collect();
    let expected = [
        "findings: 1 critical, 2 high, 1 medium",
        "",
        "critical  root-access-key  root@111122223333: says so",
        "                           from 192.0.2.1, 192.0.2.2",
        "high      key-embedded     AKIAIOSFODNN7EXAMPLE: says so (account 111122223333) (+1 more)",
        "                           from 192.0.2.1, 192.0.2.2",
        "medium    key-roaming      AKIAIOSFODNN7EXAMPLE: says so (account 111122223333)",
        "                           from 192.0.2.1, 192.0.2.2",
        "",
        "empty — Nothing to see",
    ];
    assert_eq!(first, expected);
    let many = (0..13).map(|_| finding(Severity::High, "key-embedded", "x"));
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"];
    let mut section = sample::empty_section();
    section.findings = names.into_iter().map(|rule| finding(Severity::High, rule, "x")).chain(many).collect();
    section.findings.push(finding(Severity::Low, "z", "the only one of low"));
    let sections = [section];
    let coverage = sample::coverage();
    let document = Document::new(None, &coverage, Content::Audit(&sections));
    let shown = render(&document, wide(100));
    // Of 12 lines one is for the severity that would have no place.
    assert!(shown.contains("the only one of low: says so"), "{shown}");
    assert!(shown.contains("\nand below: 20 high\n"), "{shown}");
    let document = Document { content: Content::Audit(&[]), ..document };
    assert!(render(&document, wide(100)).starts_with("findings: none\n\n"));
}

#[test]
fn colours_only_when_asked_for_and_worth_no_width() {
    let mut section = sample::section();
    section.table.columns[1] = Column::severity("severity", "how bad");
    section.table.rows.truncate(1);
    section.table.rows[0][1] = Value::Severity(Severity::Critical);
    let plain = text(&section, wide(100));
    assert!(!plain.contains('\x1b'), "{plain}");
    let coloured = text(&section, Style { color: true, ..wide(100) });
    assert!(coloured.contains("\x1b[1m\x1b[31mcritical\x1b[0m"), "{coloured:?}");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn columns_that_were_chosen_are_all_shown() {
    let mut section = sample::section();
    section.table.columns[5].prominence = Prominence::Asked;
    let header = |shown: &str| shown.lines().next().unwrap_or_default().to_owned();
    assert!(!header(&text(&section, Style::default())).contains("top_events"));
    let mut beside = section.clone();
    beside.table.select(&[" +top_events".to_owned()]).unwrap();
    let shown = header(&text(&beside, Style::default()));
    assert!(shown.contains("access_key_id") && shown.contains("top_events"), "{shown}");
    let mut all = section.clone();
    all.table.select(&["all".to_owned()]).unwrap();
    assert!(!text(&all, Style::default()).contains("more column"));
    assert!(section.clone().table.select(&["+nothing".to_owned()]).is_err());
    section.table.select(&["events".to_owned(), " top_events ".to_owned()]).unwrap();
    let shown = text(&section, wide(100));
    assert!(shown.contains("top_events") && !shown.contains("more column"), "{shown}");
}

#[test]
fn a_terminal_shows_twenty_findings() {
    let mut section = sample::section();
    section.findings = vec![sample::finding(); 23];
    let shown = text(&section, wide(100));
    assert_eq!(shown.matches("key-embedded").count(), 20);
    assert!(shown.ends_with("3 more findings (--format json has all, with their evidence)\n"), "{shown}");
    let piped = text(&section, Style::default());
    assert_eq!(piped.matches("key-embedded").count(), 23);
    assert!(piped.ends_with("; nothing failed\n"), "{piped}");
}

proptest! {
    #[test]
    fn lines_fit_ids_are_whole_and_nothing_steers(
        width in 0usize..200,
        id in "[A-Z0-9]{1,30}",
        hostile in any::<String>(),
        members in prop::collection::vec(any::<String>(), 0..6),
    ) {
        let mut section = sample::section();
        section.findings.clear();
        section.table.rows_total = 3;
        section.table.rows[0][0] = Value::text(id.clone());
        section.table.rows[0][1] = Value::text(hostile);
        section.table.rows[0][4] = Value::List(members);
        let shown = text(&section, wide(width));
        prop_assert!(shown.contains(&id));
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
        if layout::fit(&section.table, Some(width)).is_some() {
            // The sentence about further columns is not part of the table.
            for line in shown.lines().filter(|line| !line.contains("more column")) {
                prop_assert!(cell::width(line) <= width, "{line:?}");
            }
        }
    }
}
