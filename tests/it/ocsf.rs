//! Events of OCSF that records were mapped to say what the records say, as JSON and as Security Lake's Parquet; what they lost
//! is told; and those of other classes are none.
//!
//! The mapping is that of ocsf/examples (mappings/markdown/AWS, CloudTrail): 1.5.0, and 1.0.0-rc.2, which flattens what it has
//! no place for.

use serde_json::{Map, Value, json};

use crate::harness::{Place, count, gzip, real_logs, rows, sample_logs};
use crate::records::{assume_role, call, calls, delivered, session_call, with};

/// Takes a value out of a record by its path.
fn take(record: &mut Value, path: &str) -> Option<Value> {
    let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer: String = outer.split('.').filter(|part| !part.is_empty()).map(|part| format!("/{part}")).collect();
    let taken = record.pointer_mut(&pointer)?.as_object_mut()?.remove(name)?;
    (!taken.is_null()).then_some(taken)
}

/// Every value by its path, as text.
fn flatten(path: &str, value: &Value, into: &mut Map<String, Value>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| flatten(&below(name), value, into)),
        Value::Array(elements) => {
            for (place, element) in elements.iter().enumerate() {
                flatten(&format!("{path}[{place}]"), element, into);
            }
        }
        Value::Null => {}
        Value::String(text) => _ = into.insert(path.to_owned(), text.as_str().into()),
        other => _ = into.insert(path.to_owned(), other.to_string().into()),
    }
}

/// Sets values by their pointers; what there is none for is left out.
fn put(event: &mut Value, values: Vec<(&str, Option<Value>)>) {
    for (path, value) in values {
        let Some(value) = value else { continue };
        let mut at = &mut *event;
        for step in path.split('.') {
            at = &mut at[step];
        }
        *at = value;
    }
}

fn millis(time: Option<Value>) -> Option<Value> {
    let time = trailscan::model::EventTime::parse_event_time(time?.as_str()?)?;
    Some(json!(time.seconds() * 1000))
}

/// The class that a call is mapped to.
fn class_of(record: &Value) -> (u64, &'static str) {
    match (record["eventSource"].as_str(), record["eventName"].as_str()) {
        (Some("signin.amazonaws.com"), _) => (3002, "Authentication"),
        (Some("sts.amazonaws.com"), Some("AssumeRole" | "AssumeRoleWithSAML" | "GetSessionToken")) => {
            (3002, "Authentication")
        }
        (Some("iam.amazonaws.com"), Some("CreateUser" | "DeleteUser" | "AttachUserPolicy" | "CreateAccessKey")) => {
            (3001, "Account Change")
        }
        _ => (6003, "API Activity"),
    }
}

/// The event that a record is mapped to.
fn mapped(record: &Value, version: &str) -> Value {
    let is_first = version.starts_with("1.0");
    let mut left = record.clone();
    let (class, name) = class_of(record);
    let class = if is_first && class == 6003 { 3005 } else { class };
    let mut event = json!({"class_uid": class, "class_name": name, "severity_id": 1,
        "metadata": {"version": version, "profiles": ["cloud"], "product": {"name": "CloudTrail", "vendor_name": "AWS"}},
        "cloud": {"provider": "AWS"}});
    let is_portal = record["userIdentity"]["type"] == "IdentityCenterUser";
    let mut get = |path: &str| take(&mut left, path);
    let source = get("sourceIPAddress");
    let is_address =
        source.as_ref().and_then(Value::as_str).is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok());
    let text = |value: Option<Value>| value.map(|value| Value::from(value.to_string()));
    let is_failure = record.get("errorCode").is_some();
    put(
        &mut event,
        vec![
            ("time", millis(get("eventTime"))),
            ("metadata.uid", get("eventID")),
            ("metadata.product.version", get("eventVersion")),
            ("metadata.product.feature.name", get("eventCategory").or(Some("Management, Data, and Insights".into()))),
            ("api.operation", get("eventName")),
            ("api.service.name", get("eventSource")),
            ("api.version", get("apiVersion")),
            ("api.request.uid", get("requestID")),
            ("api.response.error", get("errorCode")),
            ("api.response.message", get("errorMessage")),
            ("cloud.region", get("awsRegion")),
            (if is_address { "src_endpoint.ip" } else { "src_endpoint.domain" }, source),
            ("src_endpoint.uid", get("vpcEndpointId")),
            ("http_request.user_agent", get("userAgent")),
            ("status", Some(if is_failure { "Failure" } else { "Success" }.into())),
            ("actor.invoked_by", get("userIdentity.invokedBy")),
            ("actor.idp.name", get("userIdentity.identityProvider")),
            ("actor.idp.name", get("userIdentity.sessionContext.webIdFederationData.federatedProvider")),
            ("actor.session.issuer", get("userIdentity.sessionContext.sessionIssuer.arn")),
            ("actor.session.created_time", millis(get("userIdentity.sessionContext.attributes.creationDate"))),
            (
                if is_first { "actor.session.mfa" } else { "actor.session.is_mfa" },
                get("userIdentity.sessionContext.attributes.mfaAuthenticated").map(|mfa| json!(mfa == "true")),
            ),
            ("actor.user.type", get("userIdentity.type")),
            ("actor.user.credential_uid", get("userIdentity.accessKeyId")),
            ("actor.user.name", get("userIdentity.userName")),
        ],
    );
    if record["eventName"] == "ConsoleLogin" {
        let used = get("additionalEventData.MFAUsed").map(|used| json!(used == "Yes"));
        let result = record["responseElements"]["ConsoleLogin"].clone();
        put(
            &mut event,
            vec![
                (if is_first { "mfa" } else { "is_mfa" }, used),
                ("dst_endpoint.svc_name", get("additionalEventData.LoginTo")),
                ("status", Some(result)),
            ],
        );
    }
    if is_portal {
        put(
            &mut event,
            vec![
                ("actor.user.uid_alt", get("userIdentity.onBehalfOf.userId")),
                ("actor.idp.uid", get("userIdentity.onBehalfOf.identityStoreArn")),
                ("actor.user.credential_uid", get("userIdentity.credentialId")),
                ("actor.user.name", get("additionalEventData.UserName")),
            ],
        );
    }
    let [arn, id, account] = ["arn", "principalId", "accountId"].map(|name| get(&format!("userIdentity.{name}")));
    let identity = match is_first {
        true => vec![("actor.user.uuid", arn), ("actor.user.uid", id), ("actor.user.account_uid", account)],
        false => vec![("actor.user.uid", arn), ("actor.user.uid_alt", id), ("actor.user.account.uid", account)],
    };
    put(&mut event, identity);
    if !is_first {
        put(
            &mut event,
            vec![
                ("metadata.event_code", get("eventType")),
                ("cloud.account.uid", get("recipientAccountId")),
                ("api.request.data", text(get("requestParameters"))),
                ("api.response.data", text(get("responseElements"))),
            ],
        );
    }
    if class == 6003
        && let Some(resources) = get("resources")
    {
        let resource = |value: &Value| json!({"uid": value["ARN"], "type": value["type"], "owner": {"account": {"uid": value["accountId"]}}});
        event["resources"] = resources.as_array().into_iter().flatten().map(resource).collect();
    }
    let mut unmapped = Map::new();
    flatten("", &left, &mut unmapped);
    event["unmapped"] = unmapped.into();
    event
}

/// The records of `sample-logs/`.
fn samples() -> Vec<Value> {
    let mut records = Vec::new();
    for entry in walkdir::WalkDir::new(sample_logs()).sort_by_file_name() {
        let entry = entry.expect("sample logs");
        if entry.file_name().to_string_lossy().ends_with(".json.gz") {
            let bytes = std::fs::read(entry.path()).expect("a log");
            let log: Value =
                serde_json::from_reader(flate2::bufread::MultiGzDecoder::new(bytes.as_slice())).expect("JSON");
            let calls =
                log["Records"].as_array().into_iter().flatten().filter(|record| record["eventName"].is_string());
            records.extend(calls.cloned());
        }
    }
    assert!(records.len() > 100, "{}", records.len());
    records
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// The rows of reports over a file, and what the coverage says of records.
fn answers(place: &Place, file: &str) -> Vec<(String, Value)> {
    let reports =
        ["principals", "keys", "activity", "root-usage", "sessions", "console-logins", "policy-changes", "key-spread"];
    let mut answers: Vec<(String, Value)> = Vec::new();
    for report in reports {
        let answer = place.trailscan(&format!("{report} {file} --format json")).run().json();
        answers.push((report.to_owned(), answer["rows"].clone()));
        let told = [
            "events",
            "events_counted",
            "duplicate_events",
            "malformed_records",
            "broken_records",
            "accounts",
            "regions",
            "categories",
        ];
        answers.push((
            format!("coverage of {report}"),
            told.map(|name| answer["coverage"][name].clone()).into_iter().collect(),
        ));
    }
    // The record itself is there as well, in other bytes.
    let mut events = place.trailscan(&format!("events {file} --format json")).run().json()["rows"].clone();
    for row in events.as_array_mut().into_iter().flatten() {
        row.as_object_mut().expect("a row").remove("record");
    }
    answers.push(("events".to_owned(), events));
    answers
}

#[test]
fn mapped_events_answer_as_their_records_do() {
    let place = Place::new();
    let mut records = samples();
    records.extend([
        session_call(1, "ASIAEXAMPLE1", "2026-09-10T11:00:00Z", "2026-09-10T12:00:00Z"),
        assume_role(2, "ASIAEXAMPLE1", "2026-09-10T11:00:00Z", "Sep 10, 2026, 11:00:00 PM"),
    ]);
    place.write("raw.json", delivered(&records));
    let events: Vec<Value> = records.iter().map(|record| mapped(record, "1.5.0")).collect();
    place.write("lines.json", lines(&events));
    place.write("array.json.gz", gzip(Value::from(events.clone()).to_string()));
    place.write(
        "wrapped.json",
        json!({"Messages": events.iter().map(|event| json!({"Body": event.to_string()})).collect::<Value>()})
            .to_string(),
    );
    let expected = answers(&place, "raw.json");
    for file in ["lines.json", "array.json.gz", "wrapped.json"] {
        for ((what, expected), (_, found)) in expected.iter().zip(answers(&place, file)) {
            assert_eq!(found, *expected, "{what} of {file}");
        }
    }
}

/// The public pairs, which are no part of the project, say the same as far as their events carry it.
#[test]
fn public_pairs_agree() {
    let Some(folder) = real_logs().map(|logs| logs.join("ocsf-pairs")) else { return };
    let place = Place::new();
    let mut pairs = 0;
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let raw = entry.expect("pairs").into_path();
        if raw.extension().is_none_or(|extension| extension != "raw") {
            continue;
        }
        place.write("raw.json", std::fs::read(&raw).expect("a record"));
        place.write("ocsf.json", std::fs::read(raw.with_extension("ocsf")).expect("an event"));
        let told =
            |answers: Vec<(String, Value)>| answers.into_iter().filter(|(what, _)| !what.starts_with("coverage"));
        for ((what, expected), (_, found)) in told(answers(&place, "raw.json")).zip(told(answers(&place, "ocsf.json")))
        {
            assert_eq!(found, expected, "{what} of {}", raw.display());
        }
        pairs += 1;
    }
    assert!(pairs >= 6, "{pairs}");
}

/// Both of one event: the same says the same, so one of them is a copy.
#[test]
fn an_event_in_logs_and_in_ocsf_is_one() {
    let place = Place::new();
    let records = calls(3);
    place.write("both/log.json", delivered(&records));
    place.write("both/lake.json", lines(&records.iter().map(|record| mapped(record, "1.1.0")).collect::<Vec<_>>()));
    let answer = place.trailscan("principals both").json(0);
    let told = ["events", "events_counted", "duplicate_events", "conflicting_ids"]
        .map(|name| count(&answer["coverage"][name]));
    assert_eq!(told, [6, 3, 3, 0]);
}

#[test]
fn what_ocsf_lost_is_told_and_proves_nothing() {
    let place = Place::new();
    let mut events: Vec<Value> = calls(3).iter().map(|record| mapped(record, "1.5.0")).collect();
    place.write("whole.json", lines(&events));
    let whole = place.trailscan("principals whole.json").json(0);
    assert!(!whole["coverage"]["warnings"].to_string().contains("OCSF"), "{whole}");
    events[1].as_object_mut().unwrap().remove("unmapped");
    events[2]["metadata"]["event_code"] = "".into();
    place.write("lossy.json", lines(&events));
    let lossy = place.trailscan("principals lossy.json").json(3);
    assert_eq!(lossy["rows"], whole["rows"]);
    let warnings = lossy["coverage"]["warnings"].to_string();
    let told = "2 of 3 events that came as OCSF do not carry all of their records (eventType, the fields of unmapped): what is \
        not there proves nothing; scan CloudTrail's own log files for it";
    assert!(warnings.contains(told), "{warnings}");
    assert_eq!(lossy["coverage"]["broken_records"], 2);
    // A rollup says the same.
    place.trailscan("rollup -q -o kept.rollup lossy.json").run();
    let kept = place.trailscan("principals kept.rollup").json(3);
    assert_eq!(kept["rows"], whole["rows"]);
    assert!(kept["coverage"]["warnings"].to_string().contains(told), "{kept}");
    // The first version had no place for parameters and results: where values of them were kept, they are whole.
    let mut first: Vec<Value> = calls(2).iter().map(|record| mapped(record, "1.0.0-rc.2")).collect();
    place.write("first.json", lines(&first));
    let answer = place.trailscan("principals first.json").json(0);
    assert_eq!(rows(&answer, "principals")[0]["events"], 2);
    assert!(!answer["coverage"]["warnings"].to_string().contains("OCSF"), "{answer}");
    first[1]["unmapped"].as_object_mut().unwrap().remove("requestParameters.bucketName");
    place.write("less.json", lines(&first));
    let answer = place.trailscan("principals less.json").json(3);
    assert_eq!(rows(&answer, "principals")[0]["events"], 2);
    let told = "1 of 2 events that came as OCSF does not carry all of its record (requestParameters)";
    assert!(answer["coverage"]["warnings"].to_string().contains(told), "{answer}");
    // Nothing is CORRECT by them, and the reason is told.
    let scorecard = place.trailscan("scorecard lossy.json").json(3);
    let practices = rows(&scorecard, "scorecard");
    assert!(practices.iter().all(|line| line["verdict"] != "CORRECT"), "{practices:?}");
    let root = practices.iter().find(|line| line["practice"] == "restrict-root-use").expect("a practice");
    assert_eq!(root["verdict"], "UNKNOWN");
    let why = root["why"].as_str().unwrap_or_default();
    assert!(why.contains("not whole: OCSF did not carry eventType, the fields of unmapped"), "{why}");
}

#[test]
fn events_of_other_classes_are_named_or_passed_over() {
    let place = Place::new();
    let flow = json!({"class_uid": 4001, "class_name": "Network Activity", "time": 1, "metadata": {"version": "1.1.0",
        "product": {"name": "Amazon VPC"}}, "src_endpoint": {"ip": "192.0.2.1"}});
    let kubernetes = with(mapped(&call(1, 0), "1.1.0"), json!({"metadata": {"product": {"name": "Amazon EKS"}}}));
    for (event, told) in [
        (&flow, "is OCSF of class 4001 (Network Activity), which holds no API calls"),
        (
            &kubernetes,
            "is OCSF of class 6003 (API Activity) of another product than CloudTrail, which holds no records of it",
        ),
    ] {
        let place = Place::new();
        let file = place.write("lake/other.json", lines(&[event.clone(), event.clone()]));
        let named = place.trailscan("principals").arg(&file).ends(1);
        assert!(named.stderr.contains(told), "{}", named.stderr);
        place.write("lake/log.json", delivered(&calls(1)));
        let walked = place.trailscan("principals lake").json(0);
        assert_eq!(walked["coverage"]["objects_skipped"], json!({"other-ocsf": 1}));
        let beside = place.trailscan("principals lake/log.json").arg(&file).json(3);
        assert!(beside["coverage"]["failures"][0]["why"].as_str().is_some_and(|why| why == told), "{beside}");
    }
    // Among calls they are counted beside them.
    place.write("mixed.json", lines(&[flow, mapped(&call(1, 0), "1.1.0"), kubernetes]));
    let mixed = place.trailscan("principals mixed.json").json(0);
    let told = ["events_counted", "aside_records", "malformed_records"].map(|name| count(&mixed["coverage"][name]));
    assert_eq!(told, [1, 2, 0]);
}

/// As Athena gives the rows of Security Lake's tables, and as its console downloads them.
#[test]
fn rows_of_queries_are_read() {
    fn printed(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| format!("{name}={}", printed(value)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            Value::Array(elements) => format!("[{}]", elements.iter().map(printed).collect::<Vec<_>>().join(", ")),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
    let place = Place::new();
    let records = calls(3);
    place.write("raw.json", delivered(&records));
    let events: Vec<Value> = records.iter().map(|record| mapped(record, "1.1.0")).collect();
    let names: Vec<&String> = events[0].as_object().unwrap().keys().collect();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
    let cells = |event: &Value| names.iter().map(|name| printed(&event[name.as_str()])).collect::<Vec<_>>();
    let table: String = events.iter().map(|event| line(cells(event))).collect();
    place.write("athena.csv", line(names.iter().map(|name| (*name).clone()).collect()) + &table);
    let row = |event: &Value| -> Value {
        names.iter().map(|name| ((*name).clone(), Value::from(printed(&event[name.as_str()])))).collect()
    };
    place.write("rows.json", Value::from(events.iter().map(row).collect::<Vec<_>>()).to_string());
    let raw = place.trailscan("principals raw.json").json(0);
    for file in ["athena.csv", "rows.json"] {
        assert_eq!(place.trailscan(&format!("principals {file}")).json(0)["rows"], raw["rows"], "{file}");
    }
}

/// Examples that were written by hand have commas that JSON has not.
#[test]
fn commas_too_many_cost_nothing() {
    let place = Place::new();
    let event = serde_json::to_string_pretty(&mapped(&call(1, 0), "1.5.0")).unwrap();
    let event = event.replacen("\n    },", "\n    ,},", 1);
    assert!(serde_json::from_str::<Value>(&event).is_err());
    place.write("pretty.json", event);
    assert_eq!(rows(&place.trailscan("principals pretty.json").json(0), "principals")[0]["events"], 1);
}

/// A column of the values that a field has, as Security Lake types it: `unmapped` is a map.
#[cfg(feature = "columnar")]
fn column(name: &str, values: &[Value]) -> polars::prelude::Series {
    use polars::prelude::{IntoSeries, NamedFrom, Series, StructChunked};
    let first = values.iter().find(|value| !value.is_null()).unwrap_or(&Value::Null);
    let structs = |fields: Vec<Series>, rows: usize| {
        StructChunked::from_series(name.into(), rows, fields.iter()).expect("a struct").into_series()
    };
    match first {
        Value::Object(_) if name == "unmapped" => {
            let pairs = |value: &Value| {
                let pairs: Vec<(&String, &Value)> = value.as_object().into_iter().flatten().collect();
                let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
                let texts: Vec<Option<&str>> = pairs.iter().map(|(_, value)| value.as_str()).collect();
                structs(vec![Series::new("key".into(), keys), Series::new("value".into(), texts)], pairs.len())
            };
            Series::new(name.into(), values.iter().map(pairs).collect::<Vec<_>>())
        }
        Value::Object(_) => {
            let names: std::collections::BTreeSet<&String> =
                values.iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
            let field = |name: &&String| {
                let values: Vec<Value> =
                    values.iter().map(|value| value.get(name.as_str()).cloned().unwrap_or_default()).collect();
                column(name, &values)
            };
            structs(names.iter().map(field).collect(), values.len())
        }
        Value::Array(_) => {
            let all: Vec<Value> = values.iter().filter_map(Value::as_array).flatten().cloned().collect();
            let all = column(name, &all);
            let mut from = 0;
            let list = |value: &Value| {
                let length = value.as_array().map_or(0, Vec::len);
                from += length;
                all.slice(i64::try_from(from - length).expect("few"), length)
            };
            Series::new(name.into(), values.iter().map(list).collect::<Vec<_>>())
        }
        Value::Bool(_) => Series::new(name.into(), values.iter().map(Value::as_bool).collect::<Vec<_>>()),
        Value::Number(_) => Series::new(name.into(), values.iter().map(Value::as_i64).collect::<Vec<_>>()),
        _ => Series::new(name.into(), values.iter().map(Value::as_str).collect::<Vec<_>>()),
    }
}

#[cfg(feature = "columnar")]
fn parquet(events: &[Value]) -> Vec<u8> {
    use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter};
    let frame = column("all", events).struct_().expect("a struct").clone().unnest();
    let mut frame = DataFrame::new(events.len(), frame.columns().to_vec()).expect("columns");
    let mut bytes = Vec::new();
    let writer =
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(100)).with_compression(ParquetCompression::Snappy);
    writer.finish(&mut frame).expect("memory");
    bytes
}

/// As Security Lake keeps them, an object a class.
#[cfg(feature = "columnar")]
#[test]
fn security_lake_answers_as_its_records_do() {
    let place = Place::new();
    let records = samples();
    let events: Vec<Value> = records.iter().map(|record| mapped(record, "1.1.0")).collect();
    for (number, class) in [6003, 3002, 3001].into_iter().enumerate() {
        let of_class: Vec<Value> = events.iter().filter(|event| event["class_uid"] == class).cloned().collect();
        if !of_class.is_empty() {
            place.write(&format!("lake/eventDay=20260910/{number}.gz.parquet"), parquet(&of_class));
        }
    }
    place.write("raw.json", delivered(&records));
    for ((what, expected), (_, found)) in answers(&place, "raw.json").into_iter().zip(answers(&place, "lake")) {
        assert_eq!(found, expected, "{what}");
    }
    // Rows of other things are none.
    let file = place.write("other.parquet", parquet(&[json!({"a": 1}), json!({"a": 2})]));
    let ended = place.trailscan("principals").arg(file).run();
    assert!(ended.stderr.contains("other.parquet: holds no record of CloudTrail"), "{}", ended.stderr);
}

/// Rows of records, as Athena writes a table.
#[cfg(feature = "columnar")]
#[test]
fn rows_of_records_in_parquet_are_read() {
    let place = Place::new();
    let lower = |value: &Value| {
        let members = value.as_object().into_iter().flatten().map(|(name, value)| (name.to_lowercase(), value.clone()));
        Value::Object(members.collect())
    };
    let row = |record: &Value| {
        let mut row = lower(record);
        row["useridentity"] = lower(&record["userIdentity"]);
        for name in ["requestparameters", "responseelements", "additionaleventdata", "errorcode", "errormessage"] {
            let value = row.get(name).filter(|value| !value.is_null()).map(ToString::to_string);
            row[name] = value.map_or(Value::Null, Value::from);
        }
        row
    };
    let records = calls(3);
    place.write("raw.json", delivered(&records));
    place.write("table.parquet", parquet(&records.iter().map(row).collect::<Vec<_>>()));
    let (raw, table) =
        (place.trailscan("principals raw.json").json(0), place.trailscan("principals table.parquet").json(0));
    assert_eq!(table["rows"], raw["rows"]);
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_build_without_parquet_names_the_file() {
    let place = Place::new();
    let file = place.write("lake/1.parquet", b"PAR1\x15\x04");
    for run in [place.trailscan("principals").arg(file), place.trailscan("principals lake")] {
        let ended = run.ends(1);
        assert!(
            ended.stderr.contains("1.parquet") && ended.stderr.contains("without the feature `columnar`"),
            "{}",
            ended.stderr
        );
    }
}
