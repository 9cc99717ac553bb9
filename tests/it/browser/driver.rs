//! A browser that is told what to do: chromedriver over W3C WebDriver, plain HTTP on loopback. Only what the tests need.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::loudly;

/// Chromium with one page. Ends with it.
pub struct Browser {
    /// One at a time: what is measured is the page, not several browsers on a few cores.
    _alone: MutexGuard<'static, ()>,
    driver: Child,
    port: u16,
    session: String,
}

/// How long the browser may take for an answer.
const PATIENCE: Duration = Duration::from_secs(120);

static ALONE: Mutex<()> = Mutex::new(());

/// Set where the tests in a browser have to run; `.ci/run` does.
const WANTED: &str = "TRAILSCAN_BROWSER";

impl Browser {
    /// A new browser; `None`, said so even though the test passes, where nobody wants one.
    ///
    /// # Panics
    /// Where one is wanted and cannot be had.
    pub fn open() -> Option<Self> {
        if std::env::var_os(WANTED).is_none_or(|wanted| wanted.is_empty()) {
            loudly("SKIPPED in a browser: set TRAILSCAN_BROWSER=1, with chromium and chromedriver installed");
            return None;
        }
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver (Debian: apt-get install chromium-driver)");
        let told = BufReader::new(driver.stdout.take().expect("piped"));
        let port =
            told.lines().map_while(Result::ok).find_map(|line| port_in(&line)).expect("chromedriver tells its port");
        let mut browser = Self { _alone: alone, driver, port, session: String::new() };
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=1440,1000",
            "--disable-dev-shm-usage",
            // Whatever would leave the machine fails at once.
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ]);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "args": arguments },
        } } });
        let session = browser.ask("POST", "/session", Some(&wanted));
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        Some(browser)
    }

    /// Opens a page from disk and waits for its `load` event.
    pub fn visit(&self, page: &Path) {
        self.tell("/url", &json!({ "url": url(page) }));
    }

    /// Runs a function's body in the page and gives what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.tell("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Runs a body that returns a promise, and waits for it.
    pub fn wait_for(&self, condition: &str) {
        let script = format!(
            "const done = arguments[0]; const look = () => ({condition}) ? done(true) : setTimeout(look, 5); look();"
        );
        self.tell("/execute/async", &json!({ "script": script, "args": [] }));
    }

    /// Asks the browser itself.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        self.tell("/goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// What was written to the console since last asked: errors of scripts and violations of the policy among it.
    pub fn console(&self) -> Vec<String> {
        let log = self.tell("/se/log", &json!({ "type": "browser" }));
        log.as_array().expect("lines").iter().map(|line| line["message"].to_string()).collect()
    }

    /// Opens a page without running its scripts. The browser itself says when all of it is there: whoever lets scripts
    /// run before that lets those at the end of the page run.
    pub fn visit_without_scripts(&self, page: &Path) {
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
        self.messages();
        self.visit(page);
        let begun = Instant::now();
        while !self.messages().iter().any(|message| message["method"] == "Page.loadEventFired") {
            assert!(begun.elapsed() < PATIENCE, "the page is never loaded");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.command("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    }

    /// Every address that the page asked for since last asked, but those that its own policy held back.
    pub fn requests(&self) -> Vec<String> {
        let messages = self.messages();
        let of = |method: &'static str| messages.iter().filter(move |message| message["method"] == method);
        let held_back: Vec<&Value> = of("Network.loadingFailed")
            .map(|message| &message["params"])
            .filter(|failed| failed["blockedReason"] == "csp")
            .map(|failed| &failed["requestId"])
            .collect();
        let sent = of("Network.requestWillBeSent").map(|message| &message["params"]);
        let sent = sent.filter(|request| !held_back.contains(&&request["requestId"]));
        sent.map(|request| request["request"]["url"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What the browser told of loading pages since last asked.
    fn messages(&self) -> Vec<Value> {
        let log = self.tell("/se/log", &json!({ "type": "performance" }));
        let told = |line: &Value| {
            let text = line["message"].as_str().expect("a message");
            serde_json::from_str::<Value>(text).expect("JSON")["message"].clone()
        };
        log.as_array().expect("lines").iter().map(told).collect()
    }

    fn tell(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}{path}", self.session), Some(body))
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("a request");
        let answer = read_body(BufReader::new(stream));
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{method} {path}: {}", answer["value"]);
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", &format!("/session/{}", self.session), None);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The address of a file.
pub fn url(page: &Path) -> String {
    format!("file://{}", page.display())
}

/// The port in `ChromeDriver was started successfully on port 37113.`
fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
}

/// The body of a response that says its length.
fn read_body(mut stream: impl BufRead) -> Vec<u8> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a header");
        match line.trim_end().to_ascii_lowercase().split_once(':') {
            Some(("content-length", told)) => length = told.trim().parse().expect("a length"),
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("a body");
    body
}

#[test]
fn the_port_is_read() {
    assert_eq!(port_in("ChromeDriver was started successfully on port 37113."), Some(37113));
    assert_eq!(port_in("Starting ChromeDriver 148 on port 0"), None);
}
