//! Runs that a test holds on to while they go on: fed bit by bit, stopped by signals, watched for memory, on a terminal.
//! Unix only.

#![expect(unsafe_code, reason = "signals and terminals are of libc")]

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::harness::Run;

/// How long a run may take before the test gives it up. Far above what any takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(300);

/// A run that goes on.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: JoinHandle<Vec<u8>>,
    stderr: BufReader<ChildStderr>,
    told: String,
}

/// How such a run ended.
pub struct End {
    /// Code or signal.
    pub status: ExitStatus,
    /// What was written to stdout.
    pub stdout: Vec<u8>,
    /// What was written to stderr.
    pub stderr: String,
}

/// Starts a run.
pub fn start(run: Run<'_>) -> Running {
    let mut command = run.into_command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("trailscan starts");
    let mut from_child = child.stdout.take().expect("piped");
    let stdout = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from_child.read_to_end(&mut bytes).expect("stdout can be read");
        bytes
    });
    let stderr = BufReader::new(child.stderr.take().expect("piped"));
    Running { stdin: child.stdin.take(), child, stdout, stderr, told: String::new() }
}

impl Running {
    /// Writes to its standard input.
    pub fn feed(&mut self, bytes: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().expect("standard input is open");
        stdin.write_all(bytes.as_ref()).and_then(|()| stdin.flush()).expect("trailscan reads");
    }

    /// Sends a signal.
    pub fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        // SAFETY: kill(2) takes no pointers; the process was not waited for, so its id is its own.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "the signal is sent");
    }

    /// Waits until stderr says this.
    pub fn hears(&mut self, text: &str) {
        while !self.told.contains(text) {
            let got = self.stderr.read_line(&mut self.told).expect("stderr can be read");
            assert!(got > 0, "stderr never said {text:?}: {}", self.told);
        }
    }

    /// Waits until the run has a handler for a signal, where the system tells.
    pub fn listens_for(&self, signal: i32) {
        let status = format!("/proc/{}/status", self.child.id());
        until("the run listens for a signal", || {
            let Ok(text) = std::fs::read_to_string(&status) else { return true };
            let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask");
            u64::from_str_radix(caught.trim(), 16).expect("hexadecimal") >> (signal - 1) & 1 == 1
        });
    }

    /// Waits until the run has taken all that it was fed.
    pub fn has_taken_its_input(&self) {
        use std::os::fd::AsRawFd;
        let stdin = self.stdin.as_ref().expect("standard input is open");
        until("the input is taken", || {
            let mut waiting: libc::c_int = 0;
            // SAFETY: FIONREAD writes one int, to a place that lives through the call.
            assert_eq!(unsafe { libc::ioctl(stdin.as_raw_fd(), libc::FIONREAD, &raw mut waiting) }, 0);
            waiting == 0
        });
    }

    /// Waits for its end with standard input left open.
    pub fn ends(mut self) -> End {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait().expect("trailscan can be waited for") {
                Some(status) => break status,
                None if Instant::now() > deadline => {
                    let _ = self.child.kill();
                    panic!("it does not end; so far: {}", self.told);
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        self.stderr.read_to_string(&mut self.told).expect("stderr can be read");
        End { status, stdout: self.stdout.join().expect("stdout was read"), stderr: self.told }
    }
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Runs it to its end, feeding it; gives the end and the most bytes it held in memory, where the system tells.
///
/// Taken from `/proc/PID/status` while it runs: what `wait4` gives counts the memory of this process, too, before `exec`.
pub fn watched(run: Run<'_>, feed: impl FnOnce(&mut dyn Write)) -> (End, u64) {
    let mut running = start(run);
    let (status, over, peak) =
        (format!("/proc/{}/status", running.child.id()), AtomicBool::new(false), AtomicU64::new(0));
    let end = std::thread::scope(|scope| {
        // Also when this fails: the scope waits for the thread that watches.
        let _over = Raised(&over);
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let held = std::fs::read_to_string(&status).ok().and_then(|text| high_water(&text));
                peak.fetch_max(held.unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let mut stdin = running.stdin.take().expect("standard input is open");
        feed(&mut stdin);
        drop(stdin);
        running.ends()
    });
    (end, peak.into_inner())
}

/// A flag that is raised when this goes out of scope.
struct Raised<'a>(&'a AtomicBool);

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// `VmHWM` of a `/proc/PID/status`, in bytes.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// Runs it with stdout on a terminal of so many columns; gives what the terminal was sent, with plain line ends.
pub fn on_terminal(run: Run<'_>, columns: u16) -> (ExitStatus, String) {
    let mut command = run.into_command();
    let (ours, theirs) = terminal(columns);
    command.stdin(Stdio::null()).stdout(Stdio::from(theirs)).stderr(Stdio::null());
    let mut child = spawn_and_let_go(command);
    let mut sent = Vec::new();
    // The end of a terminal is an error: nobody holds its other side any more.
    let _ = std::fs::File::from(ours).read_to_end(&mut sent);
    let status = child.wait().expect("trailscan ends");
    (status, String::from_utf8(sent).expect("UTF-8").replace("\r\n", "\n"))
}

/// Runs it with standard input and stderr on a terminal, where somebody types each answer once its question stands there;
/// gives what the terminal showed, with plain line ends.
#[cfg(feature = "s3")]
pub fn typing(run: Run<'_>, answers: &[(&str, &str)]) -> (ExitStatus, String) {
    let mut command = run.into_command();
    let (ours, theirs) = terminal(200);
    command
        .stdin(Stdio::from(theirs.try_clone().expect("a descriptor")))
        .stdout(Stdio::null())
        .stderr(Stdio::from(theirs));
    let mut child = spawn_and_let_go(command);
    let mut terminal = std::fs::File::from(ours);
    let (mut shown, mut seen) = (Vec::new(), 0);
    for (question, answer) in answers {
        let at = loop {
            let text = String::from_utf8_lossy(&shown[seen..]);
            match text.find(question) {
                Some(at) => break at + question.len(),
                None => {
                    let mut byte = [0];
                    let got = terminal.read(&mut byte).unwrap_or(0);
                    assert!(got > 0, "it never asked {question:?}: {text}");
                    shown.push(byte[0]);
                }
            }
        };
        seen += at;
        terminal.write_all(answer.as_bytes()).expect("the terminal takes it");
    }
    // The end of a terminal is an error: nobody holds its other side any more.
    let _ = terminal.read_to_end(&mut shown);
    let status = child.wait().expect("trailscan ends");
    (status, String::from_utf8(shown).expect("UTF-8").replace("\r\n", "\n"))
}

/// Spawns and drops the command, which would hold the child's side of the terminal open.
fn spawn_and_let_go(mut command: Command) -> Child {
    command.spawn().expect("trailscan starts")
}

/// The two ends of a terminal.
fn terminal(columns: u16) -> (OwnedFd, OwnedFd) {
    let mut size = libc::winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let (mut ours, mut theirs) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: openpty(3) writes the two descriptors and reads the size; name and settings may be null.
    let opened = unsafe { libc::openpty(&raw mut ours, &raw mut theirs, none, none.cast(), &raw mut size) };
    assert_eq!(opened, 0, "a terminal");
    // No other child is to hold them open.
    for end in [ours, theirs] {
        // SAFETY: fcntl(2) with F_SETFD takes no pointers.
        unsafe { libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    // SAFETY: both were just opened and nobody else has them.
    unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}
