//! The code of an MFA device, typed on the terminal by whoever started this.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::sync::{Mutex, PoisonError};

use super::tell;

/// How often somebody may type what is no code.
const TRIES: usize = 3;

/// One question at a time, however many profiles ask.
static ASKING: Mutex<()> = Mutex::new(());

/// Asks for the code of the device `serial`. It is told to nobody but STS, and works once.
///
/// # Errors
/// When there is no terminal, or nobody types a code.
pub fn ask(serial: &str) -> Result<String, String> {
    let _one = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    let terminal = terminal().ok_or("there is no terminal to ask on")?;
    let mut lines = BufReader::new(terminal).lines();
    for _ in 0..TRIES {
        tell::line(format!("MFA code of {serial}, six digits:"));
        match lines.next() {
            Some(Ok(line)) if is_code(line.trim()) => return Ok(line.trim().to_owned()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break,
        }
    }
    Err("nobody typed a code".to_owned())
}

/// Where a person types: standard input, or the terminal behind it where that is a log. Only where the question is seen.
fn terminal() -> Option<Box<dyn Read>> {
    if !io::stderr().is_terminal() {
        return None;
    }
    if io::stdin().is_terminal() {
        return Some(Box::new(io::stdin()));
    }
    let path = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    Some(Box::new(std::fs::File::open(path).ok()?))
}

fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits() {
        assert_eq!(
            ["123456", "000000", "12345", "1234567", "12345a", ""].map(is_code),
            [true, true, false, false, false, false]
        );
    }
}
