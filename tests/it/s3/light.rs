//! A bucket as light as can be, for what is measured: keys in memory, a few bodies, one thread a connection, no check of
//! signatures, answers as late as is asked for. What S3 really does is asked of `server`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Keys of a page, as S3 has it.
const PAGE: usize = 1000;

/// When answers come.
#[derive(Clone, Copy)]
pub enum Pace {
    /// At once.
    AtOnce,
    /// After this long.
    After(Duration),
    /// All together, once so many wait for theirs or nobody asks any more. The number of such rounds is what a slow
    /// network costs, however fast or busy the machine is.
    InRounds(usize),
}

/// How long nobody asks before a round ends.
const QUIET: Duration = Duration::from_millis(250);

/// A server of one bucket, `logs`. Its threads end with the test process.
pub struct Light {
    bucket: Arc<Bucket>,
    url: String,
}

struct Bucket {
    /// Sorted.
    keys: Vec<String>,
    /// The object of the nth key is the nth of these, begun anew after the last.
    bodies: Vec<Vec<u8>>,
    pace: Pace,
    requests: AtomicUsize,
    /// Rounds that are over, and how many wait for the end of this one.
    round: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Light {
    /// Serves objects of these keys and bodies.
    pub fn start(mut keys: Vec<String>, bodies: Vec<Vec<u8>>, pace: Pace) -> Self {
        keys.sort();
        let (requests, round, changed) = (AtomicUsize::new(0), Mutex::default(), Condvar::new());
        let bucket = Arc::new(Bucket { keys, bodies, pace, requests, round, changed });
        if let Pace::InRounds(most) = pace {
            let ending = Arc::clone(&bucket);
            std::thread::spawn(move || ending.end_rounds(most));
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let serving = Arc::clone(&bucket);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let bucket = Arc::clone(&serving);
                // A client that goes away ends it.
                std::thread::spawn(move || drop(bucket.serve(stream)));
            }
        });
        Self { bucket, url }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests it has answered.
    pub fn requests(&self) -> usize {
        self.bucket.requests.load(Ordering::Relaxed)
    }

    /// How many rounds of answers there were.
    pub fn rounds(&self) -> usize {
        self.bucket.round.lock().unwrap().0
    }

    /// Puts all objects below a folder.
    pub fn write_to(&self, folder: &std::path::Path) {
        for (number, key) in self.bucket.keys.iter().enumerate() {
            let path = folder.join(key);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, self.bucket.body(number)).expect("a file");
        }
    }
}

impl Bucket {
    fn body(&self, number: usize) -> &[u8] {
        &self.bodies[number % self.bodies.len()]
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let (mut reader, mut writer) = (BufReader::new(stream.try_clone()?), stream);
        loop {
            let (mut first, mut line) = (String::new(), String::new());
            if reader.read_line(&mut first)? == 0 {
                return Ok(());
            }
            while line != "\r\n" {
                line.clear();
                if reader.read_line(&mut line)? == 0 {
                    return Ok(());
                }
            }
            self.wait();
            writer.write_all(&self.answer(first.split(' ').nth(1).unwrap_or_default()))?;
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn wait(&self) {
        match self.pace {
            Pace::AtOnce => {}
            Pace::After(delay) => std::thread::sleep(delay),
            Pace::InRounds(_) => {
                let mut round = self.round.lock().unwrap();
                let mine = round.0;
                round.1 += 1;
                self.changed.notify_all();
                drop(self.changed.wait_while(round, |round| round.0 == mine).unwrap());
            }
        }
    }

    fn end_rounds(&self, most: usize) {
        let mut round = self.round.lock().unwrap();
        loop {
            let before = round.1;
            round = match before {
                0 => self.changed.wait_while(round, |round| round.1 == 0).unwrap(),
                _ => self.changed.wait_timeout_while(round, QUIET, |round| round.1 == before).unwrap().0,
            };
            if before > 0 && (round.1 == before || round.1 >= most) {
                *round = (round.0 + 1, 0);
                self.changed.notify_all();
            }
        }
    }

    fn answer(&self, target: &str) -> Vec<u8> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if query.contains("list-type=2") {
            return ok(self.page(query).as_bytes());
        }
        let key = super::server::decoded(path.strip_prefix("/logs/").unwrap_or(path));
        let number = self.keys.binary_search(&key).expect("only what was listed is asked for");
        ok(self.body(number))
    }

    fn page(&self, query: &str) -> String {
        let asked = |name: &str| {
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.map(super::server::decoded).unwrap_or_default()
        };
        let (prefix, by_folder) = (asked("prefix"), !asked("delimiter").is_empty());
        let after = asked("start-after").max(asked("continuation-token"));
        let mut at = self.keys.partition_point(|key| *key < prefix || (!after.is_empty() && *key <= after));
        let (mut xml, mut listed) = (String::new(), 0);
        while at < self.keys.len() && self.keys[at].starts_with(&prefix) && listed < PAGE {
            let key = &self.keys[at];
            match key[prefix.len()..].find('/').filter(|_| by_folder) {
                Some(slash) => {
                    let folder = &key[..=prefix.len() + slash];
                    xml += &format!("<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>");
                    at += self.keys[at..].partition_point(|key| key.starts_with(folder));
                }
                None => {
                    let size = self.body(at).len();
                    xml += &format!("<Contents><Key>{key}</Key><Size>{size}</Size><ETag>\"e\"</ETag></Contents>");
                    at += 1;
                }
            }
            listed += 1;
        }
        if at < self.keys.len() && self.keys[at].starts_with(&prefix) {
            let token = &self.keys[at - 1];
            xml += &format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>");
        }
        format!("<ListBucketResult>{xml}</ListBucketResult>")
    }
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\netag: \"e\"\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}
