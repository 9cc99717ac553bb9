//! A panic as a failure with a text. Where a part of the work may die, its seam calls [`caught`] and names what died, so
//! that the rest goes on and nothing is lost without a word.
//!
//! Not for errors that are foreseen: those are values. A panic is a fault of ours or of a crate that we use.

#[cfg(feature = "s3")]
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "s3")]
use std::task::Poll;

/// The most of a panic's text that is told.
const MOST: usize = 200;

/// Part of the work ended in a panic, which is a fault of ours: one line that says so, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Panicked(String);

/// Does `work`; a panic in it is an error whose text says that it was one, and what to do.
///
/// What `work` had changed when it died may be half done: who calls this must not rely on it.
///
/// # Errors
/// When `work` panics.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked(worded(text_of(&*panic))))
}

/// As [`caught`], for a future.
#[cfg(feature = "s3")]
pub(crate) async fn caught_in<F: Future>(work: F) -> Result<F::Output, String> {
    let mut work = Box::pin(work);
    let polled = poll_fn(|context| match caught(|| work.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(Panicked(why)) => Poll::Ready(Err(why)),
    });
    polled.await
}

/// Why a task ended without its answer.
#[cfg(feature = "s3")]
pub(crate) fn died(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => worded(text_of(&*panic)),
        Err(_) => "was stopped before its end".to_owned(),
    }
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it says nothing")
}

/// One line, not without end.
fn worded(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let cut = line.char_indices().nth(MOST).map_or(line.len(), |(at, _)| at);
    format!(
        "died of a fault in trailscan: please report it, with what -vv says ({})",
        line[..cut].trim_end_matches('.')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_line() {
        let number: Option<u8> = std::hint::black_box(None);
        let died = caught(|| number.expect("a\n number.")).unwrap_err();
        assert_eq!(died.to_string(), "died of a fault in trailscan: please report it, with what -vv says (a number)");
        assert!(caught(|| std::panic::panic_any(7)).unwrap_err().0.ends_with("(it says nothing)"));
        assert!(caught(|| panic!("{}", "é".repeat(900))).unwrap_err().0.chars().count() < 300);
        assert_eq!(caught(|| 7), Ok(7));
    }

    #[test]
    #[cfg(feature = "s3")]
    fn a_future_may_die_after_it_has_waited() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let work = async {
            tokio::task::yield_now().await;
            panic!("late")
        };
        let died: Result<(), String> = runtime.block_on(caught_in(work));
        assert!(died.unwrap_err().ends_with("(late)"));
        assert_eq!(runtime.block_on(caught_in(async { 7 })), Ok(7));
    }
}
