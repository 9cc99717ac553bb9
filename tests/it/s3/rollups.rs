//! Rollups in S3: put there whole, and read in place of the logs.

use super::{Archive, Server, archive, asking};
use crate::harness::Place;

const AUDIT: &str = "audit --all --format json";

/// A few accounts and days.
fn filled(place: &Place) -> Archive<'_> {
    let logs = Archive::new(place);
    for account in &archive::ACCOUNTS[..3] {
        for day in 1..=3 {
            logs.log("AWSLogs/o-exampleorg/", account, "us-east-1", (day, 1), 2);
        }
    }
    logs
}

/// A bucket `kept` beside the logs.
fn serve(place: &Place, logs: &Archive<'_>) -> Server {
    std::fs::create_dir_all(Archive::named(place, "kept").folder("")).expect("a bucket");
    Server::start(&logs.root(), |_| None)
}

#[test]
fn a_rollup_goes_to_s3_and_answers_from_there() {
    let place = Place::new();
    let logs = filled(&place);
    let server = serve(&place, &logs);
    let run = |line: &str| asking(&place, &server, line);
    let plain = run(&format!("{AUDIT} s3://logs")).run();
    let made = run("rollup s3://logs --all --output s3://kept/a/all.rollup").ends(0);
    assert!(made.stderr.contains("s3://kept/a/all.rollup: "), "{}", made.stderr);
    for input in ["s3://kept/a/all.rollup", "s3://kept/a/"] {
        let reading = Server::start(&logs.root(), |_| None);
        let answer = asking(&place, &reading, &format!("{AUDIT} {input}")).run();
        assert_eq!((answer.text(), answer.code), (plain.text(), plain.code), "{input}");
        assert_eq!(reading.gets(), 1, "the logs are not read");
    }
    let joined = run("rollup s3://kept/a/all.rollup --all --output there.rollup").ends(0);
    assert!(joined.stderr.contains("there.rollup: "), "{}", joined.stderr);
    assert_eq!(run(&format!("{AUDIT} there.rollup")).run().text(), plain.text());
    // Nothing is replaced unasked, and nothing but a rollup.
    let again = run("rollup s3://logs --all --output s3://kept/a/all.rollup").ends(2);
    assert!(again.stderr.contains("s3://kept/a/all.rollup: is there already"), "{}", again.stderr);
    run("rollup s3://logs --all --output s3://kept/a/all.rollup --overwrite").ends(0);
    Archive::named(&place, "kept").put("a/diary.rollup", b"dear diary");
    let diary = run("rollup s3://logs --all --output s3://kept/a/diary.rollup --overwrite").ends(1);
    assert!(diary.stderr.contains("s3://kept/a/diary.rollup: is not a rollup"), "{}", diary.stderr);
    let damaged = run(&format!("{AUDIT} s3://kept/a/")).ends(1);
    assert!(damaged.stderr.contains("s3://kept/a/diary.rollup"), "{}", damaged.stderr);
    let folder = run("rollup s3://logs --all --output s3://kept/b/").ends(2);
    assert!(folder.stderr.contains("s3://kept/b/: a folder of Parquet is written to disk"), "{}", folder.stderr);
    std::fs::remove_file(Archive::named(&place, "kept").folder("a/diary.rollup")).expect("an object");
    let beside = run(&format!("{AUDIT} s3://kept/a/all.rollup s3://logs")).ends(2);
    assert!(beside.stderr.contains("s3://logs/ beside a rollup"), "{}", beside.stderr);
    Archive::named(&place, "kept").put("a/notes.txt", b"mine");
    let mixed = run(&format!("{AUDIT} s3://kept/a/")).ends(2);
    assert!(mixed.stderr.contains("s3://kept/a/: holds rollups and s3://kept/a/notes.txt"), "{}", mixed.stderr);
}

#[test]
fn parts_go_to_s3_and_a_lost_one_is_named() {
    let place = Place::new();
    let logs = filled(&place);
    let server = serve(&place, &logs);
    let run = |line: &str| asking(&place, &server, line);
    let plain = run(&format!("{AUDIT} s3://logs")).run();
    let plan = run("plan s3://logs --all --tasks 3").ends(0);
    let lines: Vec<String> = plan.text().lines().map(str::to_owned).collect();
    for line in lines.iter().chain(&lines[..1]) {
        run("rollup --shard - --output s3://kept/parts").stdin(line.as_str()).ends(0);
    }
    let again = run("rollup --shard - --output s3://kept/parts/").stdin(lines[1].as_str()).ends(0);
    assert!(again.stderr.contains("is there already, so shard 2 is left as it is"), "{}", again.stderr);
    assert_eq!(run(&format!("{AUDIT} s3://kept/parts/")).run().text(), plain.text());
    let parts = Archive::named(&place, "kept").folder("parts");
    let first = std::fs::read_dir(&parts).expect("a folder").flatten().map(|entry| entry.path()).min().expect("a part");
    std::fs::remove_file(first).expect("a file");
    let lost = run(&format!("{AUDIT} s3://kept/parts/")).ends(3);
    assert!(lost.stderr.contains("its part is missing"), "{}", lost.stderr);
}
