//! `examples/spark` on a real Spark: a master and two workers of their own processes on loopback. Runs where `TRAILSCAN_SPARK`
//! names a python3 that has `pyspark`, and there is a Java; `.ci/run` installs pyspark.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{ACCESS_KEY, Archive, SECRET, Server, archive, asking};
use crate::harness::{Place, loudly, sample_logs};

/// How long Spark may take for anything: it starts a Java machine for each of its parts.
const PATIENCE: Duration = Duration::from_secs(240);

/// trailscan that writes down each shard that it is given, and then waits for the file `go`.
const WAITING: &str = r#"#!/bin/sh
if [ "$1 $3" = "rollup --shard" ]; then
    mkdir -p HERE/begun
    : > HERE/begun/$$
    until [ -e HERE/go ]; do sleep 0.05; done
fi
exec PROGRAM "$@"
"#;

/// A process, and all that it started and that stays with it: killed at once, and when it is dropped.
struct Family(Child);

impl Family {
    fn start(command: &mut Command) -> Self {
        Self(command.process_group(0).stdin(Stdio::null()).spawn().expect("it starts"))
    }

    fn kill(&mut self) {
        let group = format!("-{}", self.0.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        killed.expect("kill (util-linux)");
        let _ = self.0.wait();
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A master and two workers, until they are dropped.
struct Spark<'a> {
    place: &'a Place,
    /// Where S3 is.
    s3: &'a str,
    python: PathBuf,
    home: PathBuf,
    url: String,
    workers: Vec<Family>,
    _master: Family,
}

impl<'a> Spark<'a> {
    /// Starts it; `None`, said so even though the test passes, where there is none.
    fn start(place: &'a Place, s3: &'a str) -> Option<Self> {
        let python = std::env::var_os("TRAILSCAN_SPARK").filter(|path| !path.is_empty()).map(PathBuf::from);
        let has_java =
            Command::new("java").arg("-version").stderr(Stdio::null()).status().is_ok_and(|run| run.success());
        let Some(python) = python.filter(|_| has_java) else {
            loudly("SKIPPED Spark: set TRAILSCAN_SPARK to a python3 with pyspark, and install Java 17");
            return None;
        };
        let said = Command::new(&python).args(["-c", "import pyspark; print(pyspark.__path__[0])"]).output();
        let home = PathBuf::from(String::from_utf8(said.expect("python").stdout).expect("UTF-8").trim());
        let class =
            |class: &[&str], says| started(&mut in_place(place, s3, &home.join("bin/spark-class")), class, says);
        let (master, url) = class(&["master.Master", "--port", "0"], "Starting Spark master at ");
        let worker = |number| {
            let folder = place.path(format!("worker-{number}")).display().to_string();
            let worker = ["worker.Worker", "--cores", "1", "--memory", "600m", "--port", "0", "-d", &folder, &url];
            class(&worker, "Successfully registered with master ").0
        };
        let workers = vec![worker(1), worker(2)];
        Some(Self { place, s3, python, home, url, workers, _master: master })
    }

    /// Starts the job.
    fn job(&self, arguments: &[&str]) -> Family {
        let mut command = in_place(self.place, self.s3, &self.home.join("bin/spark-submit"));
        command.env("PYSPARK_PYTHON", &self.python).args(["--master", &self.url]);
        for conf in ["driver.host=127.0.0.1", "driver.memory=600m", "executor.memory=600m", "ui.enabled=false"] {
            command.args(["--conf", &format!("spark.{conf}")]);
        }
        let job = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/spark/trailscan_job.py");
        command.arg(job).args(arguments).arg("--trailscan").arg(self.place.path("waiting"));
        let log = std::fs::File::create(self.place.path("job.log")).expect("a file");
        command.stdout(log.try_clone().expect("a file")).stderr(log);
        Family::start(&mut command)
    }
}

/// A command in the folder and the environment of our runs, which what it starts has, too.
fn in_place(place: &Place, s3: &str, program: &Path) -> Command {
    let trailscan = place.trailscan("").into_command();
    let mut command = Command::new(program);
    for (name, value) in trailscan.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("AWS_ENDPOINT_URL", s3).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
    command.env("SPARK_LOCAL_IP", "127.0.0.1").env_remove("SPARK_HOME").current_dir(place.path("."));
    command
}

/// Starts a part of Spark, and waits for what it says; gives what follows it in the line.
fn started(command: &mut Command, class: &[&str], says: &str) -> (Family, String) {
    command.arg(format!("org.apache.spark.deploy.{}", class[0])).args(&class[1..]);
    command.args(["--host", "127.0.0.1", "--webui-port", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut family = Family::start(command);
    let mut told = BufReader::new(family.0.stderr.take().expect("piped")).lines().map_while(Result::ok);
    let mut before = Vec::new();
    let rest = told.by_ref().find_map(|line| {
        let rest = line.split_once(says).map(|(_, rest)| rest.trim().to_owned());
        before.push(line);
        rest
    });
    // Whoever does not read on makes it wait.
    std::thread::spawn(move || told.for_each(drop));
    let rest = rest.unwrap_or_else(|| panic!("{class:?} ends:\n{}", before.join("\n")));
    (family, rest)
}

/// Waits until something holds.
fn wait(place: &Place, what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        let log = || std::fs::read_to_string(place.path("job.log")).unwrap_or_default();
        assert!(begun.elapsed() < PATIENCE, "{what} does not come:\n{}", log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Runs the job to its end.
fn ends(place: &Place, job: &mut Family, code: i32) {
    let mut status = None;
    wait(place, "the end", || {
        status = job.0.try_wait().expect("a child");
        status.is_some()
    });
    let log = place.read("job.log");
    assert_eq!(status.and_then(|status| status.code()), Some(code), "{log}");
}

fn begun(place: &Place) -> Vec<String> {
    let entries = std::fs::read_dir(place.path("begun")).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A few accounts, regions and days.
fn filled(place: &Place) -> Archive<'_> {
    let logs = Archive::new(place);
    for account in &archive::ACCOUNTS[..3] {
        for day in 1..=5 {
            logs.log("AWSLogs/o-exampleorg/", account, "us-east-1", (day, 1), 3);
        }
    }
    logs
}

/// Over S3, and over files while a worker is killed with a task in its hands, the answer is that of one run.
#[test]
fn spark_answers_as_one_run_whatever_it_loses() {
    let place = Place::new();
    let logs = filled(&place);
    let server = Server::start(&logs.root(), |_| None);
    let Some(mut spark) = Spark::start(&place, server.url()) else { return };
    let program = place.trailscan("").into_command().get_program().display().to_string();
    let here = place.path("begun").parent().expect("a folder").display().to_string();
    place.write_program("waiting", WAITING.replace("PROGRAM", &program).replace("HERE", &here));

    place.write("go", "");
    let mut job = spark.job(&["--tasks=3", "--parts=there", "--output=there.json", "--plan-option=--all", "s3://logs"]);
    ends(&place, &mut job, 0);
    let expected = asking(&place, &server, "audit --all --format json s3://logs").ends(0);
    assert_eq!(place.read("there.json"), expected.text(), "{}", place.read("job.log"));

    std::fs::remove_file(place.path("go")).expect("our file");
    std::fs::remove_dir_all(place.path("begun")).expect("our folder");
    let logs = sample_logs().display().to_string();
    let mut job = spark.job(&["--tasks=6", "--parts=here", "--output=here.json", "--merge-over=2", &logs]);
    wait(&place, "a task on each worker", || begun(&place).len() >= 2);
    spark.workers.remove(0).kill();
    place.write("go", "");
    ends(&place, &mut job, 0);
    let tasks = begun(&place);
    assert!(tasks.len() > 6, "a task was lost, and ran again: {}", tasks.len());
    assert_eq!(place.read("here.plan.jsonl").lines().count(), 6);
    let expected = place.trailscan("audit --format json").arg(&logs).ends(0);
    assert_eq!(place.read("here.json"), expected.text(), "{}", place.read("job.log"));
    // Tasks of the worker that was killed may still be at it: they end before their folder does.
    wait(&place, "the end of all tasks", || tasks.iter().all(|id| !Path::new("/proc").join(id).exists()));
    assert_eq!(place.trailscan("audit --format json here").ends(0).text(), expected.text());
}
