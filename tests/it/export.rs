//! `trailscan export`: the files, their schema, their sums, and the documentation's questions to them.

#[cfg(feature = "columnar")]
use std::collections::BTreeMap;
#[cfg(feature = "columnar")]
use std::path::{Path, PathBuf};
#[cfg(feature = "columnar")]
use std::process::Command;

#[cfg(feature = "columnar")]
use serde_json::Value;

#[cfg(feature = "columnar")]
use crate::harness::loudly;
use crate::harness::{Place, sample_logs};

/// Every file below a folder, by its path in it.
#[cfg(feature = "columnar")]
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_owned();
                found.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// The names in the folder of a test, hidden ones too.
fn names(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.path(".")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_build_without_columnar_says_what_it_lacks() {
    let place = Place::new();
    let ended = place.trailscan("export tables").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("needs the feature `columnar`"), "{}", ended.stderr);
    assert!(names(&place).is_empty());
}

/// The events beside the tables: as many as were counted, those of `events`, in files of a day.
#[cfg(feature = "columnar")]
#[test]
fn events_are_a_table_where_they_are_asked_for() {
    let place = Place::new();
    place.trailscan("export all --format csv --with-events --since 2026-09-05").arg(sample_logs()).ends(0);
    let coverage: Value = serde_json::from_str(&place.read("all/coverage.json")).expect("JSON");
    let counted = coverage["events_counted"].as_u64().expect("a count");
    let mut listed = Vec::new();
    for (path, text) in files(&place.path("all")) {
        if !path.starts_with("events") {
            continue;
        }
        let text = String::from_utf8(text).expect("UTF-8");
        let day = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).expect("a day");
        let day = day.strip_prefix("day=").expect("a day").to_owned();
        let mut lines = text.lines();
        let header = lines.next().expect("a header");
        assert!(header.starts_with("time,event_id,account_id,event,") && header.ends_with(",record"), "{header}");
        for line in lines {
            let mut cells = line.split(',');
            let time = cells.next().expect("a time").to_owned();
            assert!(time.starts_with(&day), "{path:?}: {time}");
            listed.push((time, cells.next().expect("an id").to_owned()));
        }
    }
    assert_eq!(listed.len() as u64, counted);
    let events = place.trailscan("events --since 2026-09-05").arg(sample_logs()).json(0);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let rows = events["rows"].as_array().expect("rows").iter();
    assert_eq!(listed, rows.map(|row| (text(row, "time"), text(row, "event_id"))).collect::<Vec<_>>());
    let schema: Value = serde_json::from_str(&place.read("all/schema.json")).expect("JSON");
    let table = schema["tables"].as_array().expect("tables").iter().find(|table| table["name"] == "events");
    let table = table.expect("the table of events");
    assert_eq!((&table["rows"], &table["partitioned"]), (&Value::from(counted), &Value::from(true)));
    assert_eq!(table["files"], serde_json::json!(["events/*/*.csv"]));
    place.trailscan("export all --format csv --overwrite").arg(sample_logs()).ends(0);
    assert!(!place.path("all/events").exists(), "nobody asked for them");
    place.trailscan("export none --with-events --principal nobody").arg(sample_logs()).ends(0);
    assert!(place.path("none/events/day=__HIVE_DEFAULT_PARTITION__/part-0.parquet").exists());
    place.trailscan("export both --with-events --format csv,parquet").arg(sample_logs()).ends(2);
    let piped = place.trailscan("export piped --with-events -").ends(2);
    assert!(piped.stderr.contains("standard input can be read once"), "{}", piped.stderr);
}

/// What a run leaves that was killed between the two renames of systems that cannot exchange folders: the earlier export under
/// a temporary name and nothing in its place. The next run that writes there puts it back.
#[cfg(feature = "columnar")]
#[test]
fn an_export_killed_between_its_renames_is_made_good() {
    let place = Place::new();
    let export = |name: &str, since: &str| {
        place.trailscan(&format!("export {name} --format csv --overwrite {since}")).arg(sample_logs()).ends(0);
        files(&place.path(name))
    };
    let leave = |marked: &str| {
        let earlier = export("out", "--since 2026-09-01");
        export(".trailscan-killed.tmp", "");
        std::fs::rename(place.path("out"), place.path(".trailscan-killed.old")).expect("our folders");
        place.write(".trailscan-killed.lock", format!("{marked}placing out\n"));
        earlier
    };
    let names = || {
        let mut names: Vec<String> = std::fs::read_dir(place.path(""))
            .expect("our folder")
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let earlier = leave("trailscan holds what lies beside this file\n");
    export("other", "");
    assert!(files(&place.path("out")) == earlier, "the earlier export is back");
    assert_eq!(names(), ["other", "out"]);
    // Who exports to the place itself replaces it.
    leave("trailscan holds what lies beside this file\n");
    let new = export("out", "--since 2026-09-05");
    assert!(files(&place.path("out")) == new && new != earlier);
    assert_eq!(names(), ["other", "out"]);
    // Nothing proves that another lock is of a run of ours.
    leave("");
    export("other", "");
    assert_eq!(names(), [".trailscan-killed.lock", ".trailscan-killed.old", ".trailscan-killed.tmp", "other"]);
}

/// Who asked for which secret, one by one: the report `secrets` tells them in sums.
#[cfg(feature = "columnar")]
#[test]
fn reads_of_secrets_are_a_table() {
    use crate::records::{call, delivered, id, with};
    use serde_json::json;
    let read = |number: usize, event: &str, parameters: Value| {
        let service = if event.contains("Secret") { "secretsmanager.amazonaws.com" } else { "ssm.amazonaws.com" };
        let changes =
            json!({"eventSource": service, "eventName": event, "requestParameters": null, "eventID": id(number)});
        with(with(call(number, number as u32), changes), json!({"requestParameters": parameters}))
    };
    let place = Place::new();
    let refused = with(read(3, "GetSecretValue", json!({"secretId": "prod/db"})), json!({"errorCode": "AccessDenied"}));
    let by_aws = json!({"userIdentity": {"invokedBy": "cloudformation.amazonaws.com"}});
    place.write(
        "log.json",
        delivered(&[
            read(1, "GetSecretValue", json!({"secretId": "prod/db"})),
            read(
                2,
                "GetSecretValue",
                json!({"secretId": "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-a1B2c3"}),
            ),
            refused,
            read(4, "GetParameters", json!({"names": ["/a", "/b"], "withDecryption": true})),
            // None of a secret: not decrypted, for AWS itself, a description.
            read(5, "GetParameter", json!({"name": "/plain"})),
            with(read(6, "GetSecretValue", json!({"secretId": "prod/other"})), by_aws),
            read(7, "DescribeSecret", json!({"secretId": "prod/db"})),
        ]),
    );
    place.trailscan("export tables --format csv log.json").ends(0);
    let alice = "111122223333,arn:aws:iam::111122223333:user/Alice";
    let (from, key) = ("192.0.2.10", "AKIAIOSFODNN7EXAMPLE");
    let time = |second: u32| format!("2026-09-10T12:00:0{second}Z");
    let expected = [
        "account_id,principal,event,secret,outcome,events,active_hours,address_list,access_key_ids,first_seen,last_seen".to_owned(),
        format!("{alice},GetParameters,parameter/a,succeeded,1,1,{from},{key},{},{}", time(4), time(4)),
        format!("{alice},GetParameters,parameter/b,succeeded,0,1,{from},{key},{},{}", time(4), time(4)),
        format!("{alice},GetSecretValue,secret/prod/db,denied,1,1,{from},{key},{},{}", time(3), time(3)),
        format!("{alice},GetSecretValue,secret/prod/db,succeeded,2,1,{from},{key},{},{}", time(1), time(2)),
    ];
    assert_eq!(place.read("tables/secret_reads.csv").lines().collect::<Vec<_>>(), expected);
}

/// What a config file says of reports' answers is nothing to an export, which writes none.
#[cfg(all(unix, feature = "columnar"))]
#[test]
fn the_format_of_answers_is_not_that_of_an_export() {
    let place = Place::new();
    for format in ["dot", "parquet", "html"] {
        place.write("trailscan.toml", format!("format = '{format}'\n"));
        let run = place.trailscan(&format!("export {format}")).arg(sample_logs());
        let (status, shown) = crate::child::on_terminal(run, 100);
        assert_eq!((status.code(), shown.as_str()), (Some(0), ""), "{format}");
        assert!(place.path(format!("{format}/activity.parquet")).exists(), "{format}");
    }
}

#[cfg(feature = "columnar")]
fn schema(place: &Place, folder: &str) -> Value {
    serde_json::from_str(&place.read(&format!("{folder}/schema.json"))).expect("JSON")
}

/// The lines of a CSV file whose cells hold no line ends, as cells by column; quotes are left away.
#[cfg(feature = "columnar")]
fn cells(text: &str, column: &str) -> Vec<i64> {
    let mut lines = text.lines().map(split);
    let place = lines.next().expect("a header").iter().position(|name| name == column).expect("a column");
    lines.map(|cells| cells[place].parse().expect("a count")).collect()
}

#[cfg(feature = "columnar")]
fn split(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("a cell").push(c),
        }
    }
    cells
}

#[cfg(feature = "columnar")]
#[test]
fn the_schema_tells_what_the_files_hold_and_sums_close() {
    let place = Place::new();
    let ended = place.trailscan("export tables --format csv").arg(sample_logs()).ends(0);
    assert_eq!(ended.text(), "");
    assert!(ended.stderr.contains("tables: 14 tables, "), "{}", ended.stderr);
    let (schema, files) = (schema(&place, "tables"), files(&place.path("tables")));
    let tables = schema["tables"].as_array().expect("tables");
    assert_eq!((schema["schema_version"].as_i64(), files.len()), (Some(2), tables.len() + 2));
    let sum =
        |name: &str, column: &str| -> i64 { cells(&place.read(&format!("tables/{name}.csv")), column).iter().sum() };
    for table in tables {
        let name = table["name"].as_str().expect("a name");
        let text = place.read(&format!("tables/{name}.csv"));
        let columns: Vec<&str> =
            table["columns"].as_array().expect("columns").iter().map(|c| c["name"].as_str().expect("a name")).collect();
        assert_eq!(text.lines().next(), Some(columns.join(",").as_str()), "{name}");
        assert_eq!(Some(text.lines().count() as i64 - 1), table["rows"].as_i64(), "{name}");
        assert!(text.lines().count() > 1, "{name} has no row in the samples");
    }
    let coverage: Value = serde_json::from_str(&place.read("tables/coverage.json")).expect("JSON");
    let counted = coverage["events_counted"].as_i64().expect("a count");
    assert!(counted > 500);
    for name in ["principals", "principal_days", "activity", "calls"] {
        assert_eq!(sum(name, "events"), counted, "{name}");
    }
    assert_eq!(sum("key_address_days", "events"), sum("keys", "events"));
    assert_eq!(sum("root_use_days", "events"), sum("root_use", "events"));
    assert_eq!(sum("principal_days", "errors"), sum("activity", "errors"));
    let logins = place.trailscan("console-logins").arg(sample_logs()).json(0);
    let logins = logins["rows"].as_array().expect("rows").iter().map(|row| row["events"].as_i64().expect("a count"));
    assert_eq!(sum("sign_ins", "events"), logins.sum::<i64>());
}

#[cfg(feature = "columnar")]
#[test]
fn the_same_logs_give_the_same_bytes() {
    let place = Place::new();
    for (folder, threads) in [("a", "1"), ("b", "4")] {
        let run = place.trailscan("export").arg(folder).args(["--format", "csv,parquet", "--threads", threads]);
        run.arg(sample_logs()).ends(0);
    }
    assert_eq!(files(&place.path("a")), files(&place.path("b")));
}

#[cfg(feature = "columnar")]
#[test]
fn by_day_are_the_same_rows() {
    let place = Place::new();
    place.trailscan("export whole --format csv").arg(sample_logs()).ends(0);
    place.trailscan("export by-day --format csv --partition-by day").arg(sample_logs()).ends(0);
    let schema = schema(&place, "by-day");
    assert_eq!(schema["partition_by"], "day");
    let files = files(&place.path("by-day"));
    let mut split = 0;
    for table in schema["tables"].as_array().expect("tables") {
        let name = table["name"].as_str().expect("a name");
        let whole = place.read(&format!("whole/{name}.csv"));
        let parts = files.iter().filter(|(path, _)| path.starts_with(name));
        if table["partitioned"] == false {
            assert_eq!(files[&Path::new(name).join("part-0.csv")], whole.as_bytes(), "{name}");
            continue;
        }
        split += 1;
        let mut lines: Vec<String> = Vec::new();
        for (path, bytes) in parts {
            let day = path.components().nth(1).expect("a day").as_os_str().to_str().expect("UTF-8");
            let day = day.strip_prefix("day=").expect("a day");
            let text = std::str::from_utf8(bytes).expect("UTF-8");
            let head = if lines.is_empty() { 0 } else { 1 };
            let name_or = |i: usize| if i + head == 0 { "day" } else { day };
            lines.extend(text.lines().skip(head).enumerate().map(|(i, line)| format!("{},{line}", name_or(i))));
        }
        assert_eq!(lines, whole.lines().collect::<Vec<_>>(), "{name}");
    }
    assert!(split >= 5, "only {split} tables are split");
}

#[cfg(feature = "columnar")]
#[test]
fn a_folder_is_replaced_only_where_nothing_is_lost() {
    let place = Place::new();
    let run = |more: &str, code| place.trailscan(&format!("export out {more}")).arg(sample_logs()).ends(code).stderr;
    std::fs::create_dir(place.path("out")).expect("a folder");
    run("", 0);
    assert!(run("", 2).contains("out: is not empty: "));
    run("--overwrite --format csv", 0);
    assert!(place.path("out/keys.csv").exists() && !place.path("out/keys.parquet").exists());
    place.write("out/notes.txt", "mine");
    assert!(run("--overwrite", 2).contains("out: holds notes.txt, which is not part of an export"));
    std::fs::remove_file(place.path("out/notes.txt")).expect("a file");
    run("--overwrite", 0);
    // As it was before the first export, or of another program.
    for (folder, private) in [("d", "d/keys/id_rsa"), ("d2", "d2/keys.csv"), ("d3", "d3/schema.json")] {
        place.write(private, "PRIVATE");
        let ended = place.trailscan(&format!("export {folder} --overwrite")).arg(sample_logs()).ends(2);
        let name = private.split_once('/').expect("a folder").1;
        assert!(ended.stderr.contains(&format!("{folder}: holds {name}, ")), "{}", ended.stderr);
        assert_eq!(std::fs::read_to_string(place.path(private)).expect("still there"), "PRIVATE");
        std::fs::remove_dir_all(place.path(folder)).expect("a folder");
    }
    place.write("out/notes.txt", "mine");
    assert!(run("--partition-by day --format csv,parquet", 2).contains("one --format"));
    let file = place.write("file", "");
    let ended = place.trailscan("export").arg(file).arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("is a file"), "{}", ended.stderr);
    let ended = place.trailscan("export s3://amzn-s3-demo-bucket/x").arg(sample_logs()).ends(2);
    assert!(ended.stderr.contains("aws s3 cp --recursive"), "{}", ended.stderr);
    assert_eq!(names(&place), ["file", "out"], "nothing temporary stays");
}

/// A list that names what lies elsewhere proves nothing there, and takes nothing away.
#[cfg(feature = "columnar")]
#[test]
fn a_forged_list_reaches_nothing_outside_of_its_folder() {
    let place = Place::new();
    place.write("mine.csv", "a,b");
    let list = r#"{"trailscan":"1","schema_version":1,"written":[{"file":"../mine.csv","bytes":3}]}"#;
    place.write("out/schema.json", list);
    place.trailscan("export out --overwrite").arg(sample_logs()).ends(0);
    assert_eq!((place.read("mine.csv").as_str(), names(&place)), ("a,b", vec!["mine.csv".into(), "out".into()]));
}

#[cfg(feature = "columnar")]
#[test]
fn the_working_directory_is_a_folder_like_any_other() {
    let place = Place::new();
    std::fs::create_dir(place.path("in")).expect("a folder");
    for (arguments, list) in [
        ("export .", "in/schema.json"),
        ("export . --overwrite", "in/schema.json"),
        ("export ./../in --overwrite", "in/schema.json"),
        ("rollup --output .", "in/rollup.json"),
        ("rollup --output . --overwrite", "in/rollup.json"),
    ] {
        if arguments == "rollup --output ." {
            std::fs::remove_dir_all(place.path("in"))
                .and_then(|()| std::fs::create_dir(place.path("in")))
                .expect("a folder");
        }
        let mut command = place.trailscan(arguments).arg(sample_logs()).into_command();
        let ended = command.current_dir(place.path("in")).output().expect("it runs");
        assert!(ended.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ended.stderr));
        assert!(place.path(list).exists(), "{arguments}");
        assert_eq!(names(&place), ["in"], "{arguments}: nothing temporary stays");
    }
}

#[cfg(feature = "columnar")]
#[test]
fn nothing_read_is_nothing_written() {
    let place = Place::new();
    std::fs::create_dir(place.path("empty")).expect("a folder");
    place.trailscan("export out empty").ends(1);
    place.trailscan("export out --dry-run").arg(sample_logs()).ends(0);
    assert_eq!(names(&place), ["empty"]);
    // A window without events is an answer, and a partial one: every table is there, without rows.
    let ended = place.trailscan("export out --partition-by day --until 2001-01-02 --since 2001-01-01");
    ended.arg(sample_logs()).ends(3);
    let files = files(&place.path("out"));
    let empty = Path::new("activity/day=__HIVE_DEFAULT_PARTITION__/part-0.parquet");
    assert!(files.contains_key(empty), "{:?}", files.keys());
}

#[cfg(all(unix, feature = "columnar"))]
#[test]
fn the_examples_of_its_help_run() {
    let place = Place::new();
    std::os::unix::fs::symlink(sample_logs(), place.path("AWSLogs")).expect("a link");
    let help = place.trailscan("export --help").ends(0);
    let examples = help.text().split("Examples:\n").nth(1).expect("examples");
    let mut run = 0;
    for line in examples.lines().filter_map(|line| line.trim().strip_prefix("trailscan ")) {
        place.trailscan(line).ends(0);
        run += 1;
    }
    assert!(run >= 3, "{examples}");
}

/// The lines of the documentation's block of that kind.
#[cfg(feature = "columnar")]
fn block(kind: &str) -> String {
    let docs = crate::docs::text_of("docs/export.md");
    let begin = format!("```{kind}\n");
    let text = docs.split(&begin).nth(1).unwrap_or_else(|| panic!("docs/export.md has no block {kind}"));
    text.split("```\n").next().expect("an end").to_owned()
}

/// A Python that has DuckDB and polars; `None`, said so, where there is none.
#[cfg(feature = "columnar")]
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("TRAILSCAN_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    let python = named.clone().unwrap_or_else(|| "python3".into());
    let has = Command::new(&python).args(["-c", "import duckdb, polars"]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(named.is_none(), "TRAILSCAN_PYTHON has no duckdb and polars");
    loudly("SKIPPED the documentation's queries: no python3 with duckdb and polars; set TRAILSCAN_PYTHON");
    None
}

#[cfg(feature = "columnar")]
const PROGRAM: &str = r#"
import json, sys, duckdb, polars as pl
told = json.load(sys.stdin)
def show(title, rows):
    print(title)
    for row in rows:
        print(" | ".join(str(cell) for cell in row))
show("duckdb", duckdb.sql(told["duckdb"]).fetchall())
scope = {}
exec(told["polars"], scope)
show("polars", scope["answer"].rows())
logical = {"VARCHAR": "text", "BIGINT": "int64", "TIMESTAMP WITH TIME ZONE": "timestamp[us, UTC]", "VARCHAR[]": "list<text>",
           "STRUCT(\"name\" VARCHAR, count BIGINT)[]": "list<struct<name: text, count: int64>>"}
for folder in ["tables", "by-day"]:
    for table in json.load(open(folder + "/schema.json"))["tables"]:
        path = folder + "/" + table["files"][0]
        found = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}', hive_partitioning=true, hive_types_autocast=false)").fetchall()
        found = {name: logical.get(kind.replace('"count"', "count"), kind) for name, kind, *_ in found}
        wanted = {column["name"]: column["type"] for column in table["columns"]}
        assert found == wanted, (path, found, wanted)
        rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{path}', hive_partitioning=true)").fetchall()[0][0]
        assert rows == table["rows"], (path, rows)
        if folder == "by-day":
            whole = f"SELECT * FROM 'tables/{table['name']}.parquet'"
            names = ", ".join('"' + name + '"' for name in wanted)
            parts = f"SELECT {names} FROM read_parquet('{path}', hive_partitioning=true, hive_types_autocast=false)"
            for one, other in [(whole, parts), (parts, whole)]:
                assert duckdb.sql(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchall()[0][0] == 0, path
            seen = pl.scan_parquet("by-day/" + table["name"] + "/", hive_partitioning=True).collect()
            assert seen.height == table["rows"], path
print("types hold")
"#;

#[cfg(feature = "columnar")]
#[test]
fn duckdb_and_polars_answer_as_the_documentation_says() {
    let Some(python) = python() else { return };
    let place = Place::new();
    place.trailscan("export tables").arg(sample_logs()).ends(0);
    place.trailscan("export by-day --partition-by day").arg(sample_logs()).ends(0);
    let queries = serde_json::json!({ "duckdb": block("sql duckdb"), "polars": block("python polars") });
    let told = place.write("queries.json", queries.to_string());
    let mut command = Command::new(python);
    command.args(["-c", PROGRAM]).current_dir(place.path(".")).env("TZ", "UTC");
    let output = command.stdin(std::fs::File::open(told).expect("a file")).output().expect("python starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let answer = block("text answer");
    assert_eq!(stdout, format!("duckdb\n{answer}polars\n{answer}types hold\n"), "{stderr}");
}

/// The columns that the documentation declares to Athena are those of the files, with their types.
#[cfg(feature = "columnar")]
#[test]
fn the_documentation_declares_what_is_there() {
    let place = Place::new();
    place.trailscan("export by-day --partition-by day").arg(sample_logs()).ends(0);
    let (schema, sql) = (schema(&place, "by-day"), block("sql athena"));
    let mut declared = 0;
    for statement in sql.split(';').filter_map(|part| part.trim().strip_prefix("CREATE EXTERNAL TABLE ")) {
        let (name, rest) = statement.split_once('(').expect("columns");
        let (columns, rest) = rest.split_once(')').expect("an end");
        let tables = schema["tables"].as_array().expect("tables");
        let table = tables.iter().find(|table| table["name"] == name.trim()).expect("a table");
        assert_eq!(rest.contains("PARTITIONED BY (day string)"), table["partitioned"] == true, "{name}");
        for column in columns.split(',') {
            let (column, kind) = column.trim().split_once(' ').expect("a type");
            let known = table["columns"].as_array().expect("columns").iter().find(|known| known["name"] == column);
            assert_eq!(known.expect("a column")["sql_type"], kind, "{name}.{column}");
            declared += 1;
        }
    }
    assert_eq!(declared, 14);
}
