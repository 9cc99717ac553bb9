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
