//! A seeded corpus in memory: gz members as CloudTrail delivers them, for benchmarks that must not depend on a disk.
//!
//! Records are as long and as mixed as real ones: the API calls of `calls.json`, made by users with keys, role sessions
//! (whose userIdentity is half of the record), root and AWS services. An archive with known answers, on disk, is
//! `make_archive.py`.

use libdeflater::{CompressionLvl, Compressor};
use serde_json::{Value, json};

const CALLS: &str = include_str!("../calls.json");
const REGIONS: [&str; 4] = ["us-east-1", "us-east-1", "eu-west-1", "us-west-2"];
const AGENTS: [&str; 4] = [
    "aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/linux#5.10.223-212.873.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.9 \
     md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#ec2.describe-instances",
    "Boto3/1.34.162 md/Botocore#1.34.162 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.11.9 cfg/retry-mode#legacy",
    "aws-sdk-java/1.12.770 Linux/5.15.0-1066-aws OpenJDK_64-Bit_Server_VM/17.0.12+7 java/17.0.12",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.63.0 aws-sdk-go-v2",
];

/// Delivered files, and what is in them.
pub struct Corpus {
    /// One gzip member each.
    pub members: Vec<Vec<u8>>,
    /// Bytes of JSON in all of them.
    pub json_bytes: u64,
    /// Records in all of them; one in fifty stands there twice.
    pub events: u64,
}

impl Corpus {
    /// `members` files of `events` records each; the same for the same `seed`.
    pub fn new(seed: u64, members: usize, events: usize) -> Self {
        let mut writer = Writer::new(seed);
        let mut corpus = Self { members: Vec::new(), json_bytes: 0, events: (members * events) as u64 };
        for n in 0..members {
            let json = writer.file(n, events);
            corpus.json_bytes += json.len() as u64;
            corpus.members.push(gzip(json.as_bytes()));
        }
        corpus
    }
}

fn gzip(json: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::new(6).expect("a level of libdeflate"));
    let mut packed = vec![0; compressor.gzip_compress_bound(json.len())];
    let size = compressor.gzip_compress(json, &mut packed).expect("the buffer has the bound's size");
    packed.truncate(size);
    packed
}

/// An API call, its bodies with `~` for hex digits that change.
struct Call {
    service: String,
    name: String,
    bodies: String,
    read_only: bool,
}

/// A caller: the text of its userIdentity, and where it calls from.
struct Caller {
    identity: String,
    address: String,
    agent: &'static str,
    account: String,
}

struct Writer {
    random: Random,
    calls: Vec<Call>,
    callers: Vec<Caller>,
}

impl Writer {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let callers = (0..600).map(|n| caller(n, &mut random)).collect();
        Self { random, calls: calls(), callers }
    }

    fn file(&mut self, n: usize, events: usize) -> String {
        let mut json = String::from(r#"{"Records":["#);
        let mut last = String::new();
        for k in 0..events {
            if k > 0 {
                json.push(',');
            }
            if k == 0 || self.random.below(50) > 0 {
                last = self.record(n);
            }
            json.push_str(&last);
        }
        json.push_str("]}");
        json
    }

    fn record(&mut self, file: usize) -> String {
        let random = &mut self.random;
        // The square makes few callers busy and most of them rare, as they are.
        let spread = random.below(self.callers.len()) * random.below(self.callers.len()) / self.callers.len();
        let (caller, call) = (&self.callers[spread], &self.calls[random.below(self.calls.len())]);
        let (service, name, region) = (&call.service, &call.name, REGIONS[random.below(4)]);
        let (day, second) = (1 + file % 28, random.below(86_400));
        let time = format!("2026-10-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60);
        let Caller { identity, address, agent, account } = caller;
        let failed = if random.below(25) == 0 { r#""errorCode":"AccessDenied","errorMessage":"no","# } else { "" };
        let bodies = random.fill(&call.bodies);
        let (request_id, event_id, read_only) = (random.uuid(), random.uuid(), call.read_only);
        format!(
            r#"{{"eventVersion":"1.10","userIdentity":{identity},"eventTime":"{time}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"{address}","userAgent":"{agent}",{failed}{bodies},"requestID":"{request_id}","eventID":"{event_id}","readOnly":{read_only},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{account}","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}}}"#
        )
    }
}

/// Every call as often as its weight says.
fn calls() -> Vec<Call> {
    let catalogue: Vec<Value> = serde_json::from_str(CALLS).expect("calls.json is an array");
    let mut calls = Vec::new();
    for entry in &catalogue {
        let text = |field: &str| entry[field].as_str().expect("a text in calls.json").to_owned();
        for _ in 0..entry["weight"].as_u64().expect("a weight in calls.json") {
            let (service, name) = (text("service"), text("name"));
            let bodies =
                format!(r#""requestParameters":{},"responseElements":{}"#, entry["request"], entry["response"]);
            let read_only = !["Create", "Run", "Put", "Update"].iter().any(|verb| name.starts_with(verb));
            calls.push(Call { service, name, bodies, read_only });
        }
    }
    calls
}

fn caller(n: usize, random: &mut Random) -> Caller {
    let account = format!("1111000000{:02}", n % 10);
    let address = format!("198.18.{}.{}", random.below(256), 1 + random.below(254));
    let identity = match n % 20 {
        0 => json!({"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
        1 => json!({"type": "Root", "principalId": account, "arn": format!("arn:aws:iam::{account}:root"),
                    "accountId": account, "accessKeyId": random.id("ASIA", 9)}),
        2..6 => {
            let name = format!("svc-etl-{n}");
            json!({"type": "IAMUser", "principalId": random.id("AIDA", 10), "accountId": account, "userName": name,
                   "arn": format!("arn:aws:iam::{account}:user/{name}"), "accessKeyId": random.id("AKIA", 9)})
        }
        _ => role_session(n, &account, random),
    };
    Caller { identity: identity.to_string(), address, agent: AGENTS[n % AGENTS.len()], account }
}

fn role_session(n: usize, account: &str, random: &mut Random) -> Value {
    let (role, id, session) = (format!("worker-role-{n}"), random.id("AROA", 10), format!("i-0{:016x}", random.next()));
    let created = format!("2026-10-{:02}T00:{:02}:00Z", 1 + n % 28, random.below(60));
    let issuer = json!({"type": "Role", "principalId": id, "arn": format!("arn:aws:iam::{account}:role/{role}"),
                        "accountId": account, "userName": role});
    json!({"type": "AssumedRole", "principalId": format!("{id}:{session}"), "accountId": account,
           "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"), "accessKeyId": random.id("ASIA", 9),
           "sessionContext": {"sessionIssuer": issuer, "webIdFederationData": {}, "ec2RoleDelivery": "2.0",
                              "attributes": {"creationDate": created, "mfaAuthenticated": "false"}}})
}

/// SplitMix64: a corpus needs no better randomness, and no crate.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// An id in the form of AWS's documentation ids.
    fn id(&mut self, prefix: &str, letters: usize) -> String {
        let letter = |random: &mut Self| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[random.below(32)]);
        let middle: String = (0..letters).map(|_| letter(self)).collect();
        format!("{prefix}{middle}EXAMPLE")
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            a & 0xffff,
            a >> 16 & 0xfff,
            b >> 48 & 0xfff,
            b << 16 >> 16
        )
    }

    /// `text` with eight fresh hex digits for every `~`.
    fn fill(&mut self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 64);
        for (n, part) in text.split('~').enumerate() {
            if n > 0 {
                filled.push_str(&format!("{:08x}", self.next() >> 32));
            }
            filled.push_str(part);
        }
        filled
    }
}
