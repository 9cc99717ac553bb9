//! Credentials and settings as the AWS CLI has them: a test for each line of the table in docs/s3.md.

use super::cloud::{assumed, describes_trails, key, trail, trails};
use super::{ACCESS_KEY, Archive, SECRET, Server};
use crate::harness::{Ended, Place, Run};

/// A bucket `logs` with a log of two events.
fn logs(place: &Place) {
    Archive::new(place).log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    std::fs::create_dir_all(place.path("buckets/answers")).expect("a bucket");
}

/// A server of the bucket, of STS, and of a CloudTrail that knows the trail.
fn server(place: &Place) -> Server {
    logs(place);
    Server::start(&place.path("buckets"), |asked| {
        let assumes = asked.query.get("Action").is_some_and(|action| action.starts_with("AssumeRole"));
        let trails = describes_trails(asked).map(|_| trails(&[trail("events", "logs", serde_json::json!({}))]));
        if assumes { Some(assumed(asked)) } else { trails }
    })
}

/// A run that knows nothing but where the server is.
fn bare<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    place.trailscan("principals --days 10").args(arguments.split_whitespace()).env("AWS_ENDPOINT_URL", server.url())
}

/// The same with keys in the environment.
fn with_keys<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    bare(place, server, arguments).env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET)
}

fn assert_read(run: Run<'_>, what: &str) {
    assert_eq!(run.json(0)["coverage"]["events_counted"], 2, "{what}");
}

/// A run that ends so, in one line.
fn one_line(run: Run<'_>, code: i32, says: &[&str]) -> Ended {
    let ended = run.ends(code);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    for text in says {
        assert!(ended.stderr.contains(text), "{text}: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains(SECRET) && !ended.stderr.contains("panic"), "{}", ended.stderr);
    ended
}

#[test]
fn variables_that_are_empty_are_not_set() {
    let place = Place::new();
    let server = server(&place);
    for name in [
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_RETRY_MODE",
        "AWS_MAX_ATTEMPTS",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_CLOUDTRAIL",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_CA_BUNDLE",
        "AWS_SESSION_TOKEN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_USE_DUALSTACK_ENDPOINT",
        "AWS_REQUEST_CHECKSUM_CALCULATION",
        "AWS_SDK_UA_APP_ID",
    ] {
        assert_read(with_keys(&place, &server, "s3://logs").env(name, ""), name);
        assert_read(with_keys(&place, &server, "").env(name, ""), name);
    }
}

#[test]
fn retry_modes_of_the_aws_cli_are_taken() {
    let place = Place::new();
    let server = server(&place);
    for mode in ["legacy", "standard", "adaptive", "Legacy"] {
        assert_read(with_keys(&place, &server, "s3://logs").env("AWS_RETRY_MODE", mode), mode);
        place.write(".aws/config", format!("[default]\nretry_mode = {mode}\nmax_attempts = 2\n"));
        assert_read(with_keys(&place, &server, "s3://logs"), mode);
    }
    // What was lost without a word: S3 beside a disk.
    let disk = place.path("buckets/logs");
    let run = with_keys(&place, &server, "--no-dedupe s3://logs").arg(disk).env("AWS_RETRY_MODE", "legacy");
    assert_eq!(run.json(0)["coverage"]["events_counted"], 4);
}

#[test]
fn variables_that_cannot_be_are_refused_by_name() {
    let place = Place::new();
    let server = server(&place);
    for (name, value) in [
        ("AWS_RETRY_MODE", "loud"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_REGION", "eu west"),
        ("AWS_DEFAULT_REGION", "eu/west"),
        ("AWS_ENDPOINT_URL", "localhost:9000"),
        ("AWS_ENDPOINT_URL_S3", "localhost"),
        ("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://"),
        ("AWS_ENDPOINT_URL_STS", "x"),
        ("AWS_ENDPOINT_URL_SSO", ""),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "v6"),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_ACCESS_KEY_ID", ""),
    ] {
        for arguments in ["s3://logs", "", "buckets/logs s3://logs", "buckets/logs --output s3://answers/a.json"] {
            one_line(with_keys(&place, &server, arguments).env(name, value), 2, &[name]);
        }
        // Who reads a disk alone needs none of them.
        assert_read(with_keys(&place, &server, "buckets/logs").env(name, value), name);
    }
    assert!(server.asked().is_empty());
    let ended = place.trailscan("profiles").env("AWS_MAX_ATTEMPTS", "0").ends(2);
    assert!(
        ended.stderr.starts_with("trailscan: AWS_MAX_ATTEMPTS is \"0\": give how often to try"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_profile_that_cannot_be_used_fails_alone() {
    let place = Place::new();
    let server = server(&place);
    place.write(".aws/credentials", key("good", ACCESS_KEY) + &key("bad", ACCESS_KEY));
    for (setting, says) in [
        ("retry_mode = loud", "retry_mode is \"loud\""),
        ("max_attempts = none", "max_attempts is \"none\""),
        ("region = eu west", "region is \"eu west\""),
        ("endpoint_url = x", "endpoint_url \"x\" is not a URL"),
        ("services = none", "there is no [services none]"),
        ("ca_bundle = /none.pem", "ca_bundle: /none.pem: "),
        ("role_arn = arn:aws:iam::1:role/a", "its role_arn needs source_profile or credential_source"),
    ] {
        place.write(".aws/config", format!("[profile bad]\n{setting}\n"));
        let answer = bare(&place, &server, "--aws-profile bad --aws-profile good s3://logs").json(3);
        assert_eq!(answer["coverage"]["events_counted"], 2, "{setting}");
        let failure = &answer["coverage"]["failures"][0];
        assert_eq!(failure["object"], "profile bad", "{setting}");
        assert!(failure["why"].as_str().unwrap().contains(says), "{failure}");
        let ended = bare(&place, &server, "--aws-profile bad s3://logs").ends(1);
        assert!(ended.stderr.contains(says) && ended.stderr.contains("profile bad"), "{}", ended.stderr);
        let output = bare(&place, &server, "--aws-profile bad buckets/logs --output s3://answers/a.json");
        one_line(output, 1, &[says, "profile bad"]);
    }
}

#[test]
fn a_profile_that_is_not_there_stops() {
    let place = Place::new();
    let server = server(&place);
    let says = ["profile typo gives no credentials: there is no such profile, `trailscan profiles`"];
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let ended = with_keys(&place, &server, "s3://logs").env(name, "typo").ends(1);
        assert!(ended.stderr.contains(says[0]), "{}", ended.stderr);
        one_line(with_keys(&place, &server, "").env(name, "typo"), 1, &says);
    }
    let ended = with_keys(&place, &server, "--aws-profile typo s3://logs").ends(1);
    assert!(ended.stderr.contains(says[0]), "{}", ended.stderr);
    assert!(server.asked().is_empty());
    // The one profile that need not be there.
    assert_read(with_keys(&place, &server, "s3://logs").env("AWS_PROFILE", "default"), "default");
}

#[test]
fn the_profile_of_the_environment_has_two_names() {
    let place = Place::new();
    let server = server(&place);
    let wrong = key("default", "AKIAI44QH8DHBEXAMPLE") + &key("other", "AKIAI44QH8DHBEXAMPLE");
    place.write(".aws/credentials", wrong + &key("audit", ACCESS_KEY));
    assert_read(bare(&place, &server, "s3://logs").env("AWS_DEFAULT_PROFILE", "audit"), "AWS_DEFAULT_PROFILE");
    let both = bare(&place, &server, "s3://logs").env("AWS_DEFAULT_PROFILE", "audit").env("AWS_PROFILE", "other");
    assert_read(both, "both, as the AWS CLI takes them");
    // Keys of the environment come before it, and after --aws-profile.
    place.write(".aws/credentials", key("audit", "AKIAI44QH8DHBEXAMPLE") + &key("named", ACCESS_KEY));
    assert_read(with_keys(&place, &server, "s3://logs").env("AWS_PROFILE", "audit"), "keys first");
    let named = bare(&place, &server, "--aws-profile named s3://logs").env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE");
    assert_read(named.env("AWS_SECRET_ACCESS_KEY", "x"), "--aws-profile first");
}

#[test]
fn names_may_be_quoted_and_hold_blanks() {
    let place = Place::new();
    let server = server(&place);
    place.write(".aws/credentials", key("base", ACCESS_KEY));
    let role = "role_arn = arn:aws:iam::1:role/a\nsource_profile = my base\n";
    let config = format!("[profile \"my team\"]\n{role}[profile 'my base']\n{}", &key("x", ACCESS_KEY)[4..]);
    place.write(".aws/config", config);
    assert_read(bare(&place, &server, "s3://logs").args(["--aws-profile", "my team"]), "--aws-profile");
    assert_read(bare(&place, &server, "s3://logs").env("AWS_PROFILE", "my team"), "AWS_PROFILE");
    let names = place.trailscan("profiles --format jsonl").env("AWS_ENDPOINT_URL", server.url()).ends(0);
    assert!(names.text().contains("\"my team\""), "{}", names.text());
}

#[test]
fn a_role_is_assumed_once() {
    let place = Place::new();
    let server = server(&place);
    place.write(".aws/credentials", key("base", ACCESS_KEY));
    let config = "[profile role]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = base\nduration_seconds = 900\n\
        external_id = unit-42\nrole_session_name = me\n";
    place.write(".aws/config", config);
    let assumed = |server: &Server| {
        let asked = server.asked();
        asked.into_iter().filter(|asked| asked.query.contains_key("RoleArn")).collect::<Vec<_>>()
    };
    bare(&place, &server, "--aws-profile role --format json --output s3://answers/a.json").ends(0);
    let all = assumed(&server);
    assert_eq!(all.len(), 1, "for the trails, the bucket and the answer");
    let said = ["DurationSeconds", "ExternalId", "RoleSessionName"].map(|name| all[0].query[name].as_str());
    assert_eq!(said, ["900", "unit-42", "me"]);
    let role = "arn:aws:iam::2:role/b";
    bare(&place, &server, "--aws-profile role s3://logs --assume-role").arg(role).ends(0);
    let all = assumed(&server);
    assert_eq!(
        all.iter().map(|asked| asked.query["RoleArn"].as_str()).collect::<Vec<_>>()[1..],
        ["arn:aws:iam::1:role/a", role]
    );
}

#[test]
fn a_token_of_an_identity_provider_is_enough() {
    let place = Place::new();
    let server = server(&place);
    let token = place.write("token", "header.body.signature\n");
    let role = "arn:aws:iam::111122223333:role/ci";
    let run = bare(&place, &server, "s3://logs").env("AWS_WEB_IDENTITY_TOKEN_FILE", &token).env("AWS_ROLE_ARN", role);
    assert_read(run.env("AWS_ENDPOINT_URL_STS", ""), "of the environment");
    let asked = server.asked();
    let asked = asked.iter().find(|asked| asked.query.contains_key("WebIdentityToken")).expect("it was asked for");
    assert_eq!((asked.query["WebIdentityToken"].as_str(), asked.signed_by().0), ("header.body.signature", ""));
    let config = format!("[profile ci]\nrole_arn = {role}\nweb_identity_token_file = {}\n", token.display());
    place.write(".aws/config", config);
    assert_read(bare(&place, &server, "--aws-profile ci s3://logs"), "of a profile");
    place.write(".aws/config", format!("[profile ci]\nrole_arn = {role}\nweb_identity_token_file = none\n"));
    let ended = bare(&place, &server, "--aws-profile ci s3://logs").ends(1);
    assert!(
        ended.stderr.contains("check web_identity_token_file") && ended.stderr.contains("none: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn endpoints_of_services_and_the_style_of_addresses() {
    let place = Place::new();
    let server = server(&place);
    place.write(".aws/credentials", key("dev", ACCESS_KEY));
    let url = server.url().replace("127.0.0.1", "localhost");
    let of_services = format!("[services local]\ns3 =\n  endpoint_url = {url}\n");
    let style = "s3 =\n    addressing_style = path\n";
    let of_profile = format!("endpoint_url = {url}\n");
    for (profile, services) in [
        (format!("services = local\n{style}"), of_services.as_str()),
        ("services = local\n".to_owned(), &of_services),
        (format!("{of_profile}{style}"), ""),
    ] {
        place.write(".aws/config", format!("[profile dev]\n{profile}{services}"));
        assert_read(place.trailscan("principals --days 10 s3://logs --aws-profile dev"), &profile);
    }
    // The environment comes first.
    place.write(
        ".aws/config",
        format!("[profile dev]\nservices = local\n{}", of_services.replace(&url, "http://x.invalid")),
    );
    assert_read(bare(&place, &server, "s3://logs --aws-profile dev"), "the environment");
}

#[test]
#[cfg(unix)]
fn a_command_runs_once_and_is_waited_for() {
    let place = Place::new();
    let server = server(&place);
    // As long as nothing but a command may take.
    command(&place, "echo run >> runs; sleep 5; cat given.json");
    given(&place, ACCESS_KEY);
    let runs = || std::fs::read_to_string(place.path("runs")).unwrap_or_default().lines().count();
    bare(&place, &server, "--aws-profile odd --format json --output s3://answers/a.json").ends(0);
    assert_eq!(runs(), 1, "for the trails, the bucket and the answer");
    command(&place, "echo run >> runs; cat given.json");
    assert_read(bare(&place, &server, "--aws-profile odd s3://logs"), "with INPUT");
    assert_eq!(runs(), 2);
    assert_read(bare(&place, &server, "--aws-profile odd"), "without INPUT");
    assert_eq!(runs(), 3);
    bare(&place, &server, "--aws-profile odd --dry-run").ends(0);
    assert_eq!(runs(), 4);
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_waiting_for_a_command() {
    let place = Place::new();
    let server = server(&place);
    for (number, arguments) in ["s3://logs", "", "buckets/logs --output s3://answers/a.json"].into_iter().enumerate() {
        let begun = format!("begun-{number}");
        command(&place, &format!("touch {begun}; exec sleep 600"));
        let run = bare(&place, &server, &format!("--aws-profile odd {arguments}"));
        let running = crate::child::start(run);
        crate::child::until("the command runs", || place.path(&begun).exists());
        running.signal(libc::SIGINT);
        let end = running.ends();
        assert!(end.stderr.contains("stopping: "), "{}", end.stderr);
        assert!(end.status.code().is_some_and(|code| code == 3 || code == 1), "{arguments}: {:?}", end.status);
    }
}

#[test]
#[cfg(unix)]
fn what_a_command_writes_is_told_at_no_level() {
    let place = Place::new();
    let server = server(&place);
    let levels = "trace,aws_config=warn,aws_smithy_runtime=warn,aws_credential_types=trace,tokio=trace";
    for (script, says) in [
        ("echo hidden-token >&2; exit 3", "it ended with exit status: 3"),
        ("echo hidden-token; exit 3", "it ended with exit status: 3"),
        ("echo '{\"Version\": 1, \"AccessKeyId\": \"hidden-token\"}'", "what it writes is not JSON with Version 1"),
        ("echo hidden-token", "what it writes is not JSON with Version 1"),
    ] {
        command(&place, script);
        for arguments in ["--aws-profile odd", "--aws-profile odd s3://logs"] {
            let run = bare(&place, &server, arguments).env("TRAILSCAN_LOG", levels);
            let ended = run.ends(1);
            assert!(!ended.stderr.contains("hidden-token"), "{}", ended.stderr);
            assert!(ended.stderr.contains("run its credential_process to see what it says"), "{}", ended.stderr);
            assert!(ended.stderr.contains(says), "{says}: {}", ended.stderr);
        }
    }
}

/// A profile `odd` whose command is this.
#[cfg(unix)]
fn command(place: &Place, script: &str) {
    place.write("command.sh", script);
    place.write(".aws/config", "[profile odd]\ncredential_process = sh command.sh\n");
}

/// What the command gives.
#[cfg(unix)]
fn given(place: &Place, access_key: &str) {
    let json = serde_json::json!({"Version": 1, "AccessKeyId": access_key, "SecretAccessKey": SECRET,
        "Expiration": "2100-01-01T00:00:00Z"});
    place.write("given.json", json.to_string());
}

/// A profile `mfa` whose role asks for a code.
fn with_mfa(place: &Place) {
    place.write(".aws/credentials", key("base", ACCESS_KEY));
    let mfa = "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n";
    place
        .write(".aws/config", format!("[profile mfa]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = base\n{mfa}"));
}

#[test]
fn without_a_terminal_a_code_cannot_be_asked_for() {
    let place = Place::new();
    let server = server(&place);
    with_mfa(&place);
    let says = [
        "profile mfa gives no credentials: an MFA code is asked for (mfa_serial), and there is no terminal to type it on",
        "aws configure export-credentials --profile 'mfa' --format env",
    ];
    one_line(bare(&place, &server, "--aws-profile mfa"), 1, &says);
    let ended = bare(&place, &server, "--aws-profile mfa s3://logs").ends(1);
    assert!(says.iter().all(|text| ended.stderr.contains(text)), "{}", ended.stderr);
    let listed = place.trailscan("profiles").env("AWS_ENDPOINT_URL", server.url()).ends(0);
    assert!(listed.text().contains("an MFA code is asked for"), "{}", listed.text());
    assert!(server.asked().iter().all(|asked| !asked.query.contains_key("RoleArn")), "STS is not asked without a code");
}

#[test]
#[cfg(unix)]
fn on_a_terminal_a_code_is_asked_for_once() {
    let place = Place::new();
    let server = server(&place);
    with_mfa(&place);
    let run = bare(&place, &server, "--aws-profile mfa -vvv --format json");
    let run = run.env("TRAILSCAN_LOG", "trace,aws_config=info,aws_smithy_runtime=info");
    let asks = "MFA code of arn:aws:iam::111122223333:mfa/alice, six digits:";
    let (status, told) = crate::child::typing(run, &[(asks, "no\n"), (asks, "314159\n")]);
    assert_eq!(status.code(), Some(0), "{told}");
    let asked = server.asked();
    let asked: Vec<_> = asked.iter().filter(|asked| asked.query.contains_key("RoleArn")).collect();
    assert_eq!(asked.len(), 1, "{told}");
    assert_eq!(asked[0].query["SerialNumber"], "arn:aws:iam::111122223333:mfa/alice");
    assert_eq!(asked[0].query["TokenCode"], "314159");
    assert_eq!(told.matches("314159").count(), 1, "as it was typed, and never again: {told}");
}

#[test]
fn a_bundle_of_certificates_says_whom_to_trust() {
    let place = Place::new();
    let server = server(&place);
    let tls = super::tls::Front::of(&server);
    place.write("ca.pem", include_str!("tls/ca.pem"));
    place.write(".aws/credentials", key("dev", ACCESS_KEY));
    let run = |arguments: &str| {
        let run = place.trailscan("principals --days 10").args(arguments.split_whitespace());
        run.env("AWS_ENDPOINT_URL", tls.url()).env("AWS_MAX_ATTEMPTS", "1")
    };
    let ended = run("s3://logs --aws-profile dev").ends(1);
    assert!(ended.stderr.contains("cannot be reached"), "{}", ended.stderr);
    assert_read(run("s3://logs --aws-profile dev").env("AWS_CA_BUNDLE", place.path("ca.pem")), "AWS_CA_BUNDLE");
    assert_read(run("--aws-profile dev").env("AWS_CA_BUNDLE", place.path("ca.pem")), "CloudTrail");
    place.write(".aws/config", "[profile dev]\nca_bundle = ~/ca.pem\n");
    assert_read(run("s3://logs --aws-profile dev"), "ca_bundle");
    place.write("none.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let ended = run("s3://logs --aws-profile dev").env("AWS_CA_BUNDLE", place.path("none.pem")).ends(1);
    assert!(ended.stderr.contains("AWS_CA_BUNDLE: ") && ended.stderr.contains("none.pem holds"), "{}", ended.stderr);
}
