//! The page in a real browser: it shows without errors, sorts and filters in time, lets nothing of a log run and nothing
//! out. What is in the page is for `page.rs`, without a browser.

mod driver;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Place, gzip, loudly, sample_logs};
use driver::{Browser, url};

/// Rows of each of the large tables.
const MANY: usize = 10_000;

/// The bounds that are promised, in milliseconds.
const SHOWN_IN: f64 = 3_000.0;
const ANSWERED_IN: f64 = 300.0;

/// The most bytes of a page with tables of [`MANY`] rows.
const MOST_BYTES: u64 = 20_000_000;

/// Times that something is measured; the machine may be busy with other things.
const ATTEMPTS: usize = 3;

/// Text that would do something if it were markup.
const HOSTILE: &str =
    "\"><img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>";

/// All tables were drawn by the script.
const READY: &str = "document.documentElement.dataset.ready === 'yes'";

fn page_of(place: &Place, arguments: &str, logs: &Path) -> PathBuf {
    place.trailscan(arguments).args(["--output", "page.html", "--now", "2026-09-14T00:00:00Z"]).arg(logs).ends(0);
    place.path("page.html")
}

/// Opens a page and holds what every page promises.
fn visit(browser: &Browser, page: &Path) {
    browser.requests();
    browser.visit(page);
    browser.wait_for(READY);
    assert_eq!(browser.console(), Vec::<String>::new(), "the console is empty");
    assert_eq!(browser.requests(), [url(page)], "the page is all that is asked for");
}

#[test]
fn the_sample_logs_on_a_page() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let page = page_of(&place, "audit", &sample_logs());
    for (scheme, width) in [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.command("Emulation.setEmulatedMedia", &features);
        let size = json!({ "width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        browser.command("Emulation.setDeviceMetricsOverride", &size);
        visit(&browser, &page);
        let wide = browser.run("return document.documentElement.scrollWidth");
        assert!(wide.as_i64() <= Some(width), "{scheme}: {wide}: the page itself never scrolls sideways");
        let ground = browser.run("return getComputedStyle(document.body).backgroundColor");
        assert_eq!(ground == "rgb(255, 255, 255)", scheme == "light", "{scheme}: {ground}");
    }
    let size = json!({ "width": 1400, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
    browser.command("Emulation.setDeviceMetricsOverride", &size);
    visit(&browser, &page);
    let cut = browser.run("return [...document.querySelectorAll('.scroll')].filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.ariaLabel)");
    assert_eq!(cut, json!([]), "no column is lost at 1400 px");
    let charts = browser
        .run("return [...document.querySelectorAll('figure svg')].map((svg) => svg.getBoundingClientRect().height)");
    let charts = charts.as_array().expect("charts");
    assert!(charts.len() >= 8 && charts.iter().all(|height| height.as_f64() > Some(20.0)), "{charts:?}");
    let clipped = browser.run(
        "return [...document.querySelectorAll('figure svg')].flatMap((svg) => { const box = svg.getBoundingClientRect();
           return [...svg.querySelectorAll('text')].filter((text) => { const own = text.getBoundingClientRect();
             return own.right > box.right + 1 || own.left < box.left - 1 || own.bottom > box.bottom + 1 || own.top < box.top - 1;
           }).map((text) => text.textContent); })",
    );
    assert_eq!(clipped, json!([]), "every text of a chart is inside it");
}

/// An incident is read on a telephone, too, at night.
#[test]
fn the_page_of_an_incident() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let page = page_of(&place, "incident AKIAREPORTINGEXAMPLE", &sample_logs());
    for (scheme, width) in [("light", 1400), ("dark", 1400), ("light", 420), ("dark", 420)] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.command("Emulation.setEmulatedMedia", &features);
        let size = json!({ "width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        browser.command("Emulation.setDeviceMetricsOverride", &size);
        visit(&browser, &page);
        let wide = browser.run("return document.documentElement.scrollWidth");
        assert!(wide.as_i64() <= Some(width), "{scheme}: {wide}: the page itself never scrolls sideways");
        let beyond = browser.run(
            "return [...document.querySelectorAll('.tree li, .tree h3, .tree p')].filter((one) =>
               one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().width < 90)
               .map((one) => one.textContent.slice(0, 60))",
        );
        assert_eq!(beyond, json!([]), "{scheme} {width}");
    }
    let told = browser.run(
        "return { parts: document.querySelectorAll('.tree .root').length,
           links: [...document.querySelectorAll('nav a.below')].filter((a) => document.querySelector(a.hash)).length,
           command: [...document.querySelectorAll('.tree code.id')].some((code) => code.textContent.startsWith('aws iam ')) }",
    );
    assert_eq!(told["parts"], told["links"]);
    assert_eq!(told["command"], true);
}

#[test]
fn without_scripts_the_page_says_the_same() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let page = page_of(&place, "audit", &sample_logs());
    browser.visit_without_scripts(&page);
    let told = browser.run(
        "return { tools: [...document.querySelectorAll('.tools')].filter((tools) => tools.offsetHeight > 0).length,
           rows: document.querySelector('table[data-table=sessions]').tBodies[0].rows.length,
           note: document.querySelector('#sessions .note.static').textContent,
           svgs: document.querySelectorAll('figure svg').length,
           findings: document.querySelectorAll('.finding').length }",
    );
    assert_eq!(told["tools"], 0, "nothing is offered that does not work");
    assert_eq!(told["rows"], 50);
    assert!(told["note"].as_str().is_some_and(|note| note.starts_with("The first 50 of ")), "{told}");
    assert!(told["svgs"].as_u64() >= Some(8) && told["findings"].as_u64() > Some(10), "{told}");
}

#[test]
fn links_lead_to_findings_and_open_them() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let page = page_of(&place, "audit", &sample_logs());
    visit(&browser, &page);
    let anchors = browser.run("return [...document.querySelectorAll('.finding')].map((finding) => finding.id)");
    let anchors: Vec<&str> = anchors.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let distinct: std::collections::BTreeSet<_> = anchors.iter().collect();
    assert!(anchors.len() > 10 && distinct.len() == anchors.len(), "{anchors:?}");
    for anchor in [anchors[0], anchors[anchors.len() - 1]] {
        browser.run(&format!("location.hash = '#{anchor}'"));
        browser.wait_for(&format!("document.getElementById('{anchor}').querySelector('details').open"));
    }
    assert_eq!(browser.run("return [...document.querySelectorAll('a[href^=\"#\"]')].filter((a) => !document.getElementById(a.hash.slice(1))).map((a) => a.hash)"), json!([]));
}

/// 10,000 users with a key each, and 10,000 sessions of roles.
fn many(place: &Place) -> PathBuf {
    let line = |i: usize, identity: Value| {
        let event = json!({
            "eventVersion": "1.08", "eventID": format!("e{i}"), "eventTime": format!("2026-09-{:02}T{:02}:{:02}:00Z", 1 + i % 13, i % 24, i % 60),
            "eventName": "GetObject", "eventSource": "s3.amazonaws.com", "awsRegion": "us-east-1", "readOnly": true,
            "eventType": "AwsApiCall", "eventCategory": "Management", "recipientAccountId": "111122223333",
            "sourceIPAddress": format!("192.0.2.{}", i % 256), "userAgent": format!("aws-cli/2.{} Python/3.11", i % 50),
            "userIdentity": identity,
        });
        format!("{event}\n")
    };
    let user = |i: usize| {
        json!({
            "type": "IAMUser", "principalId": format!("AIDA{i:012}EXAMPLE"), "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:user/team-{}/user-{i}", i % 97), "userName": format!("user-{i}"),
            "accessKeyId": format!("AKIA{i:09}EXAMPLE"),
        })
    };
    let session = |i: usize| {
        json!({
            "type": "AssumedRole", "principalId": format!("AROAEXAMPLEEXAMPLE{}:session-{i}", i % 50), "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/role-{}/session-{i}", i % 50),
            "accessKeyId": format!("ASIA{i:09}EXAMPLE"),
            "sessionContext": {
                "sessionIssuer": { "type": "Role", "principalId": format!("AROAEXAMPLEEXAMPLE{}", i % 50), "accountId": "111122223333",
                    "arn": format!("arn:aws:iam::111122223333:role/role-{}", i % 50), "userName": format!("role-{}", i % 50) },
                "attributes": { "creationDate": format!("2026-09-{:02}T00:{:02}:00Z", 1 + i % 13, i % 60), "mfaAuthenticated": "false" },
            },
        })
    };
    let lines = (0..MANY).flat_map(|i| [line(2 * i, user(i)), line(2 * i + 1, session(i))]);
    place.write("logs/many.json.gz", gzip(lines.collect::<String>()))
}

#[test]
fn ten_thousand_rows_are_shown_sorted_and_filtered_in_time() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let logs = many(&place);
    let page = page_of(&place, "audit --min-addresses 0", &logs);
    let bytes = std::fs::metadata(&page).expect("a page").len();
    assert!(bytes < MOST_BYTES, "{bytes} bytes");

    // Every attempt on a page that was just opened, so that nothing is prepared.
    let mut shown = Vec::new();
    let mut answered: Vec<(&str, Vec<f64>)> = vec![
        ("filter", vec![]),
        ("sort", vec![]),
        ("sort back", vec![]),
        ("all columns", vec![]),
        ("next page", vec![]),
    ];
    for _ in 0..ATTEMPTS {
        visit(&browser, &page);
        shown.push(number(&browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")));
        let times = browser.run(ACTIONS);
        for ((_, all), time) in answered.iter_mut().zip(times["times"].as_array().expect("times")) {
            all.push(number(time));
        }
        assert_eq!(times["total"], format!("1–50 of {}", "10,000"), "{times}");
        assert_eq!(times["found"], json!(["user-7777"]), "{times}");
        assert_eq!(times["first"], json!(["session-0", "session-9999"]), "{times}");
    }
    let best = |all: &[f64]| all.iter().copied().fold(f64::MAX, f64::min);
    loudly(&format!("{bytes} bytes, shown in {shown:.0?} ms, answered in {answered:.0?} ms"));
    assert!(best(&shown) < SHOWN_IN, "shown in {shown:?} ms");
    for (what, all) in &answered {
        assert!(best(all) < ANSWERED_IN, "{what} in {all:?} ms");
    }
}

/// What a user does with large tables, and how long the page takes until it is laid out again.
const ACTIONS: &str = r#"
    const timed = (act) => { const start = performance.now(); act(); document.body.offsetHeight; return performance.now() - start; };
    const cells = (table, name) => { const at = [...table.tHead.rows[0].cells].findIndex((th) => th.textContent === name);
      return [...table.tBodies[0].rows].map((row) => row.cells[at].textContent); };
    const of = (name) => [document.querySelector(`table[data-table=${name}]`), document.querySelector(`[data-tools=${name}]`)];
    const [principals, principalTools] = of("principals"), [sessions, tools] = of("sessions");
    const total = tools.querySelector(".status").textContent;
    const ask = (tools, text) => { const input = tools.querySelector("input"); input.value = text; input.dispatchEvent(new Event("input")); };
    const sort = (name) => [...sessions.tHead.rows[0].cells].find((th) => th.textContent === name).querySelector("button").click();
    const times = [timed(() => ask(principalTools, "user-7777"))];
    const found = cells(principals, "principal").map((text) => text.split("/").pop());
    times.push(timed(() => sort("session_name")));
    const first = [cells(sessions, "session_name")[0]];
    times.push(timed(() => sort("session_name")));
    first.push(cells(sessions, "session_name")[0]);
    times.push(timed(() => tools.querySelector("[type=checkbox]").click()));
    times.push(timed(() => tools.querySelector("[data-page='1']").click()));
    return { times, total, found, first };
"#;

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn text_of_logs_stays_text() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let event = |i: usize, name: &str, identity: Value| {
        json!({
            "eventVersion": "1.08", "eventID": format!("e{i}"), "eventTime": format!("2026-09-0{}T10:00:00Z", 1 + i), "eventName": name,
            "eventSource": "s3.amazonaws.com", "awsRegion": HOSTILE, "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
            "sourceIPAddress": format!("192.0.2.{i}"), "userAgent": HOSTILE, "userIdentity": identity,
            "requestParameters": { "bucketName": HOSTILE },
        })
    };
    let role = json!({
        "type": "AssumedRole", "principalId": format!("AROAEXAMPLEEXAMPLE:{HOSTILE}"), "accountId": HOSTILE, "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{HOSTILE}/{HOSTILE}"),
        "sessionContext": { "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLEEXAMPLE", "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:role/{HOSTILE}"), "userName": HOSTILE },
            "attributes": { "creationDate": "2026-09-01T09:00:00Z", "mfaAuthenticated": "false" } },
    });
    let user = json!({ "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "userName": HOSTILE,
        "arn": format!("arn:aws:iam::111122223333:user/{HOSTILE}"), "accessKeyId": format!("AKIA{HOSTILE}") });
    let root = json!({ "type": "Root", "principalId": "111122223333", "accountId": "111122223333", "accessKeyId": format!("AKIA{HOSTILE}") });
    let stop = {
        let mut stop = event(8, "StopLogging", user.clone());
        stop["eventSource"] = json!("cloudtrail.amazonaws.com");
        stop["requestParameters"] = json!({ "name": HOSTILE });
        stop
    };
    let events = [
        event(1, HOSTILE, role),
        event(2, HOSTILE, user.clone()),
        event(3, "GetObject", user),
        event(4, "GetObject", root),
        stop,
    ];
    let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
    let logs = place.write("logs/hostile.json", lines);
    let page = page_of(&place, "audit --min-addresses 0", &logs);
    visit(&browser, &page);
    // All of it is shown: every column, every row opened, every finding.
    let told = browser.run(
        "document.querySelectorAll('[data-tools] [type=checkbox]').forEach((box) => box.click());
         document.querySelectorAll('button.open').forEach((button) => button.click());
         document.querySelectorAll('details').forEach((details) => (details.open = true));
         return { title: document.title, images: document.images.length, text: document.body.innerText,
           scripts: [...document.scripts].filter((script) => script.type !== 'application/json').length }",
    );
    assert_eq!((&told["title"], &told["images"], &told["scripts"]), (&json!("CloudTrail audit"), &json!(0), &json!(1)));
    let shown = told["text"].as_str().expect("text");
    assert!(shown.matches("<img src=x onerror=\"document.title='owned'\">").count() > 20, "{shown}");
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn the_policy_forbids_what_the_page_does_not_bring() {
    let Some(browser) = Browser::open() else { return };
    let place = Place::new();
    let page = page_of(&place, "key-spread", &sample_logs());
    visit(&browser, &page);
    // As if a text had become markup after all.
    browser.run(
        "window.violated = [];
         addEventListener('securitypolicyviolation', (event) => window.violated.push(event.effectiveDirective));
         const put = (html) => document.body.insertAdjacentHTML('beforeend', html);
         put('<img src=\"http://192.0.2.1/a.png\">');
         put('<p onclick=\"document.title = 1\" id=clicked style=\"color: red\">x</p>');
         document.getElementById('clicked').click();
         const script = document.createElement('script'); script.textContent = 'document.title = 2'; document.body.append(script);
         const far = document.createElement('script'); far.src = 'http://192.0.2.1/a.js'; document.body.append(far);
         fetch('http://192.0.2.1/').catch(() => {});",
    );
    browser.wait_for("window.violated.length >= 6");
    let violated = browser.run("return window.violated.sort()");
    let expected =
        ["connect-src", "img-src", "script-src-attr", "script-src-elem", "script-src-elem", "style-src-attr"];
    assert_eq!(violated, json!(expected));
    assert_eq!(browser.run("return document.title"), "CloudTrail key-spread");
    let left: Vec<String> = browser.requests().into_iter().filter(|address| !address.starts_with("file:")).collect();
    assert_eq!(left, Vec::<String>::new(), "nothing was asked of anybody");
}
