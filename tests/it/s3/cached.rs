//! `--cache` of what lies in S3: what did not change is not fetched again, and the answer is that of the logs.

use super::server::Asked;
use super::{Archive, Fault, Server, archive, asking};
use crate::harness::Place;

const QUESTION: &str = "audit s3://logs --all --format json";

/// A few accounts, regions and days: 24 objects.
fn filled(place: &Place) -> Archive<'_> {
    let logs = Archive::new(place);
    for account in &archive::ACCOUNTS[..3] {
        for region in archive::REGIONS {
            for day in 1..=4 {
                logs.log("AWSLogs/o-exampleorg/", account, region, (day, 1), 2);
            }
        }
    }
    logs
}

/// Gives every object the entity tag "listed", and answers with `fault` where that has one.
fn serve(logs: &Archive<'_>, fault: fn(&Asked) -> Option<Fault>) -> Server {
    let tagged = |text: &str| text.replace("<Size>", "<ETag>&quot;listed&quot;</ETag><Size>");
    Server::start(&logs.root(), move |asked| {
        let tag = || match asked.is_list() {
            true => Fault::Edited(tagged),
            false => Fault::Header("etag", "\"listed\""),
        };
        fault(asked).or_else(|| (asked.method == "GET").then(tag))
    })
}

/// The answer with the cache, which is that without one, and how many objects were fetched for it.
#[track_caller]
fn same(place: &Place, logs: &Archive<'_>, question: &str, code: i32) -> (usize, String) {
    let plain = asking(place, &serve(logs, |_| None), question).ends(code);
    let server = serve(logs, |_| None);
    let cached = asking(place, &server, &format!("{question} --cache kept")).ends(code);
    assert_eq!(String::from_utf8_lossy(&cached.stdout), String::from_utf8_lossy(&plain.stdout), "{question}");
    (server.gets(), cached.stderr)
}

#[test]
fn what_did_not_change_is_not_fetched_again() {
    let place = Place::new();
    let logs = filled(&place);
    let digest = "111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260903T114203Z.json.gz";
    logs.put(&format!("AWSLogs/o-exampleorg/111122223333/CloudTrail-Digest/us-east-1/2026/09/03/{digest}"), b"digest");
    let code = asking(&place, &serve(&logs, |_| None), QUESTION).run().code.expect("an exit code");
    assert_eq!(same(&place, &logs, QUESTION, code).0, 24);
    let (fetched, told) = same(&place, &logs, QUESTION, code);
    assert_eq!(fetched, 0, "{told}");
    assert!(told.contains("cache kept: 12 days of accounts, 0 of them read from logs now"), "{told}");
    // Two objects of the account and day are fetched, and the new one beside them.
    let key = logs.log("AWSLogs/o-exampleorg/", "111122223333", "us-east-1", (4, 2), 3);
    assert_eq!(same(&place, &logs, QUESTION, code).0, 3);
    std::fs::remove_file(logs.folder(&key)).expect("an object");
    assert_eq!(same(&place, &logs, QUESTION, code).0, 2);
    for window in ["--since 2026-09-02 --until 2026-09-04", "--since 2026-09-03", "--account 111122223333"] {
        let all = if window.starts_with("--account") { " --all" } else { "" };
        let question = format!("principals s3://logs --format json {window}{all}");
        let (fetched, told) = same(&place, &logs, &question, 0);
        assert_eq!(fetched, 0, "{window}: {told}");
    }
    assert_eq!(same(&place, &logs, QUESTION, code).0, 0, "a narrow question forgets nothing of the others");
    assert_eq!(same(&place, &logs, "principals s3://logs/AWSLogs --all --format json", 0).0, 24, "INPUT is another");
}

#[test]
fn what_cannot_be_fetched_or_known_is_left_to_the_logs() {
    let place = Place::new();
    let logs = filled(&place);
    let refused = |asked: &Asked| {
        let is_object = !asked.is_list() && asked.path.contains("/111122223333/CloudTrail/us-east-1/2026/09/03/");
        is_object.then_some(Fault::Error(403, "AccessDenied", "Access Denied"))
    };
    let plain = asking(&place, &serve(&logs, refused), QUESTION).ends(3);
    let cached = asking(&place, &serve(&logs, refused), &format!("{QUESTION} --cache kept")).ends(3);
    assert_eq!(cached.text(), plain.text());
    assert!(
        cached.stderr.contains("the cache is not used: an object of account 111122223333 cannot be read"),
        "{}",
        cached.stderr
    );
    // Without entity tags an object that is written anew looks as it did.
    let server = Server::start(&logs.root(), |_| None);
    let untagged = asking(&place, &server, &format!("{QUESTION} --cache other")).run();
    assert!(untagged.stderr.contains("or has no ETag"), "{}", untagged.stderr);
    // A listing that fails leaves what is kept as it is.
    let code = asking(&place, &serve(&logs, |_| None), QUESTION).run().code.expect("an exit code");
    assert!(same(&place, &logs, QUESTION, code).0 < 24, "what could be read of the others is kept");
    let cut = |asked: &Asked| (asked.is_list()).then_some(Fault::Error(500, "InternalError", "Internal Error"));
    let failing = asking(&place, &serve(&logs, cut), &format!("{QUESTION} --cache kept"));
    failing.env("AWS_MAX_ATTEMPTS", "1").ends(1);
    assert_eq!(same(&place, &logs, QUESTION, code).0, 0);
}

/// A bucket `kept` beside the logs, in whose folder `cache` the units lie.
fn with_kept(place: &Place) -> Archive<'_> {
    let kept = Archive::named(place, "kept");
    std::fs::create_dir_all(kept.folder("")).expect("a bucket");
    kept
}

/// What a run in which the cache lies in S3 did.
struct Did {
    text: String,
    told: String,
    /// Logs and units that were fetched, and units that were put.
    fetched: usize,
    units: usize,
    put: usize,
}

fn does(place: &Place, server: &Server, question: &str) -> Did {
    let ended = asking(place, server, &format!("{question} --cache s3://kept/cache")).run();
    let asked = server.asked();
    let of = |method: &str, begin: &str| {
        asked.iter().filter(|asked| asked.method == method && !asked.is_list() && asked.path.starts_with(begin)).count()
    };
    let (fetched, units, put) = (of("GET", "/logs/"), of("GET", "/kept/cache/"), of("PUT", "/kept/cache/"));
    Did { text: ended.text().to_owned(), told: ended.stderr, fetched, units, put }
}

#[test]
fn a_cache_in_s3_serves_the_next_run_wherever_it_is() {
    let place = Place::new();
    let (logs, kept) = (filled(&place), with_kept(&place));
    let plain = |logs: &Archive<'_>| asking(&place, &serve(logs, |_| None), QUESTION).run().text().to_owned();
    let run = || does(&place, &serve(&logs, |_| None), QUESTION);
    kept.put("cache/notes.txt", b"mine");
    let first = run();
    assert_eq!((first.fetched, first.units, first.put), (24, 0, 12), "{}", first.told);
    let line = "cache s3://kept/cache/: 12 days of accounts, 12 of them read from logs now";
    assert!(first.told.contains(line), "{}", first.told);
    let second = run();
    assert_eq!((second.fetched, second.units, second.put), (0, 12, 0), "{}", second.told);
    assert_eq!((&first.text, &second.text), (&plain(&logs), &plain(&logs)));
    // One day anew: its objects, and its unit.
    logs.log("AWSLogs/o-exampleorg/", "111122223333", "us-east-1", (4, 2), 3);
    let third = run();
    assert_eq!((third.fetched, third.units, third.put), (3, 12, 1), "{}", third.told);
    assert_eq!(third.text, plain(&logs));
    // Units of other days and other inputs are left where they are.
    let of_days = |input: &str| format!("principals s3://{input} --format json --since 2026-09-04");
    let of_three = does(&place, &serve(&logs, |_| None), &of_days("logs"));
    assert_eq!((of_three.fetched, of_three.units, of_three.put), (0, 9, 0), "{}", of_three.told);
    let of_other = does(&place, &serve(&logs, |_| None), &of_days("logs/AWSLogs"));
    assert_eq!((of_other.units, of_other.put), (0, 9), "{}", of_other.told);
    // One that is damaged is made anew.
    let unit = std::fs::read_dir(kept.folder("cache")).expect("a folder").flatten().map(|unit| unit.path());
    let unit = unit.filter(|unit| unit.to_string_lossy().ends_with("111122223333-2026-09-01.rollup"));
    unit.for_each(|unit| std::fs::write(unit, b"TSROLLUP").expect("a unit"));
    let mended = run();
    assert_eq!((mended.fetched, mended.put), (2, 1), "{}", mended.told);
    assert_eq!(mended.text, plain(&logs));
    assert_eq!(std::fs::read(kept.folder("cache/notes.txt")).expect("a note"), b"mine");
}

#[test]
fn a_cache_in_s3_that_cannot_be_used_is_told_and_changes_no_answer() {
    let place = Place::new();
    const DENIED: Fault = Fault::Error(403, "AccessDenied", "Access Denied");
    let (logs, _kept) = (filled(&place), with_kept(&place));
    let plain = asking(&place, &serve(&logs, |_| None), QUESTION).run().text().to_owned();
    let unwritable = serve(&logs, |asked| (asked.method == "PUT").then_some(DENIED));
    let unwritten = does(&place, &unwritable, QUESTION);
    assert_eq!(unwritten.text, plain);
    let line = "cache s3://kept/cache/: 12 of 12 new days of accounts could not be put there: ";
    assert!(unwritten.told.contains(line), "{}", unwritten.told);
    assert!(does(&place, &serve(&logs, |_| None), QUESTION).put == 12);
    let unreadable = serve(&logs, |asked| {
        let is_unit = asked.path.starts_with("/kept/cache/") && asked.method == "GET" && !asked.is_list();
        is_unit.then_some(DENIED)
    });
    let unread = does(&place, &unreadable, QUESTION);
    assert_eq!((&unread.text, unread.fetched), (&plain, 24), "{}", unread.told);
    let line =
        "cache s3://kept/cache/: 12 days of accounts could not be fetched, and are read from logs: s3://kept/cache/";
    assert!(unread.told.contains(line), "{}", unread.told);
}

#[test]
fn a_cache_in_s3_has_a_folder_of_its_own() {
    let place = Place::new();
    let (logs, _kept) = (filled(&place), with_kept(&place));
    let run =
        |line: &str| asking(&place, &serve(&logs, |_| None), &format!("{QUESTION} --cache {line}")).ends(2).stderr;
    for bucket in ["s3://kept", "s3://kept/"] {
        assert!(run(bucket).contains("a cache has a folder of its own: give s3://bucket/prefix/"), "{}", run(bucket));
    }
    let within = run("s3://logs/cache");
    assert!(within.contains("--cache s3://logs/cache/: lies in s3://logs"), "{within}");
}

#[test]
fn logs_on_disk_are_kept_in_s3_too() {
    let place = Place::new();
    let (logs, _kept) = (filled(&place), with_kept(&place));
    let question = format!("audit {} --format json", logs.folder("AWSLogs").display());
    let run = || does(&place, &serve(&logs, |_| None), &question);
    let (first, second) = (run(), run());
    assert_eq!((first.put, second.units, second.put), (12, 12, 0), "{} {}", first.told, second.told);
    assert_eq!(first.text, second.text);
    assert!(second.told.contains("12 days of accounts, 0 of them read from logs now"), "{}", second.told);
}
