//! A table that is longer than the screen goes through a pager, as git's do. Not for what goes anywhere but to a
//! terminal; a pager that cannot be started is no failure, the table is then written as it is.

use std::io::{self, ErrorKind, IsTerminal, Write, stdout};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

/// The environment variable that names the pager of this tool alone.
pub const VARIABLE: &str = "TRAILSCAN_PAGER";

/// The environment variable that names everyone's pager.
pub const EVERYONES: &str = "PAGER";

/// What pages when nothing is said.
pub const DEFAULT: &str = "less -FRX";

/// What `less` is told by its environment, unless that is said: to end by itself on one screen, to let colours through,
/// to leave the text on the screen.
const LESS: (&str, &str) = ("LESS", "FRX");

/// Set while a pager has the terminal: Ctrl-C is then its own.
static PAGING: AtomicBool = AtomicBool::new(false);

/// What a config file says of it: `pager = false`, or a command.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "true, false or a command")]
pub enum Setting {
    /// Whether there is one.
    Wanted(bool),
    /// The command.
    Command(String),
}

/// What the environment says of it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// [`VARIABLE`].
    pub own: Option<String>,
    /// [`EVERYONES`].
    pub everyones: Option<String>,
    /// Whether the terminal can do nothing but show lines.
    pub is_dumb: bool,
}

impl Environment {
    /// That of this process. An empty name is said, too: it is none.
    pub fn of_process() -> Self {
        let text = |name| std::env::var_os(name).map(|text| text.to_string_lossy().into_owned());
        Self {
            own: text(VARIABLE),
            everyones: text(EVERYONES),
            is_dumb: text("TERM").is_none_or(|term| term.is_empty() || term == "dumb"),
        }
    }

    /// The pager and who says so: the tool's variable, the config, everyone's variable, else `less`. Empty is none.
    pub fn pager(&self, config: Option<&Setting>) -> (String, Source) {
        match (&self.own, config, &self.everyones) {
            (Some(command), ..) => (command.clone(), Source::Own),
            (_, Some(Setting::Wanted(false)), _) => (String::new(), Source::Config),
            (_, Some(Setting::Command(command)), _) => (command.clone(), Source::Config),
            (.., Some(command)) => (command.clone(), Source::Everyones),
            _ => (DEFAULT.to_owned(), Source::Default),
        }
    }
}

/// Who names a pager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The tool's variable.
    Own,
    /// A config file.
    Config,
    /// Everyone's variable.
    Everyones,
    /// Nobody.
    Default,
}

/// Whether a pager has the terminal.
pub fn is_paging() -> bool {
    PAGING.load(Ordering::Relaxed)
}

/// Standard output, through a pager as soon as there is more than a screen of it.
pub struct Paged {
    command: String,
    rows: usize,
    held: Vec<u8>,
    lines: usize,
    to: To,
}

/// Where lines go.
enum To {
    /// Nowhere yet: a screen takes them so far.
    Held,
    /// To standard output.
    Terminal,
    /// To a pager.
    Pager(Child),
}

impl Paged {
    /// Standard output through `command`; `None` where nothing is paged: no terminal, no command, or `cat`.
    pub fn new(command: &str) -> Option<Self> {
        let is_none = command.trim().is_empty() || command.trim() == "cat";
        if is_none || !stdout().is_terminal() {
            return None;
        }
        let (_, height) = terminal_size::terminal_size_of(stdout())?;
        let rows = usize::from(height.0).max(1);
        Some(Self { command: command.to_owned(), rows, held: Vec::new(), lines: 0, to: To::Held })
    }

    /// Ends the writing, and waits until the pager is left.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        match self.to {
            To::Held => stdout().write_all(&self.held).and_then(|()| stdout().flush()),
            To::Terminal => stdout().flush(),
            To::Pager(ref mut child) => {
                drop(child.stdin.take());
                let ended = child.wait().map(drop);
                PAGING.store(false, Ordering::Relaxed);
                ended
            }
        }
    }

    /// Starts the pager, or does without, and writes what was held.
    fn begin(&mut self) -> io::Result<()> {
        let held = std::mem::take(&mut self.held);
        self.to = match start(&self.command) {
            Ok(child) => To::Pager(child),
            Err(why) => {
                tracing::info!(pager = self.command, why = %why, "no pager");
                To::Terminal
            }
        };
        self.write_all(&held)
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Held => {
                self.held.extend_from_slice(bytes);
                self.lines += bytes.iter().filter(|byte| **byte == b'\n').count();
                if self.lines >= self.rows {
                    self.begin()?;
                }
                Ok(bytes.len())
            }
            To::Terminal => stdout().write(bytes),
            To::Pager(child) => match &mut child.stdin {
                Some(stdin) => stdin.write(bytes),
                None => Err(ErrorKind::BrokenPipe.into()),
            },
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Held => Ok(()),
            To::Terminal => stdout().flush(),
            To::Pager(child) => child.stdin.as_mut().map_or(Ok(()), Write::flush),
        }
    }
}

/// A pager that was left early takes no more, and whoever fails meanwhile leaves it all the same.
impl Drop for Paged {
    fn drop(&mut self) {
        if let To::Pager(child) = &mut self.to {
            drop(child.stdin.take());
            let _ = child.wait();
            PAGING.store(false, Ordering::Relaxed);
        }
    }
}

/// Starts a command of words, without a shell.
fn start(command: &str) -> io::Result<Child> {
    let mut words = command.split_whitespace();
    let mut pager = Command::new(words.next().unwrap_or_default());
    pager.args(words).stdin(Stdio::piped());
    if std::env::var_os(LESS.0).is_none() {
        pager.env(LESS.0, LESS.1);
    }
    PAGING.store(true, Ordering::Relaxed);
    pager.spawn().inspect_err(|_| PAGING.store(false, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_names_the_pager() {
        let said = |own: Option<&str>, config: Option<Setting>, everyones: Option<&str>| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let environment = Environment { own: text(own), everyones: text(everyones), is_dumb: false };
            environment.pager(config.as_ref())
        };
        let is = |command: &str, source| (command.to_owned(), source);
        let command = || Some(Setting::Command("most".to_owned()));
        assert_eq!(said(None, None, None), is("less -FRX", Source::Default));
        assert_eq!(said(None, None, Some("more")), is("more", Source::Everyones));
        assert_eq!(said(None, Some(Setting::Wanted(true)), Some("more")), is("more", Source::Everyones));
        assert_eq!(said(None, Some(Setting::Wanted(false)), Some("more")), is("", Source::Config));
        assert_eq!(said(None, command(), Some("more")), is("most", Source::Config));
        assert_eq!(said(Some("less -S"), Some(Setting::Wanted(false)), None), is("less -S", Source::Own));
        assert_eq!(said(Some(""), command(), Some("more")), is("", Source::Own));
    }

    #[test]
    fn a_pager_that_is_not_there_is_told() {
        assert_eq!(start("no-such-pager-here -x").unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!is_paging());
    }
}
