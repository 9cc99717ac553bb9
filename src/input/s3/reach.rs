//! Whether a server still answers: noticed once by all requests to a bucket together, not by each for itself.
//!
//! What counts is silence while requests are under way: a request alone may fail or be slow, a server that says nothing to
//! any of them is gone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long nothing may come of any request before the server counts as gone.
pub const GONE_AFTER: Duration = Duration::from_secs(12);
/// How long a request for an object may wait while nothing comes of any other, before it is sent anew: a connection can
/// be lost without a word.
const STALLED_AFTER: Duration = Duration::from_secs(5);

/// How long nothing may come before that is more than chance.
const NOTICED_AFTER: Duration = Duration::from_secs(1);

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A page of a listing, which some stores take long for.
    Page,
    /// An object.
    Object,
    /// The answer to bytes that are sent: they may take any time.
    Receipt,
}

/// When a server was last heard of.
#[derive(Debug)]
pub struct Reach(Mutex<State>);

#[derive(Debug)]
struct State {
    under_way: usize,
    /// When something last came, or the first of the requests under way began.
    since: Instant,
    /// Whether anything ever came.
    known: bool,
}

/// A request that is under way, until it is dropped.
#[derive(Debug)]
pub struct UnderWay<'a>(&'a Reach);

impl Default for Reach {
    fn default() -> Self {
        Self(Mutex::new(State { under_way: 0, since: Instant::now(), known: false }))
    }
}

impl Reach {
    /// A request begins. Nobody waits for a server that is asked for nothing, so silence begins with the first.
    pub fn begin(&self) -> UnderWay<'_> {
        let mut state = self.state();
        if state.under_way == 0 {
            state.since = Instant::now();
        }
        state.under_way += 1;
        UnderWay(self)
    }

    /// Something came: an answer, a refusal, a piece of an object.
    pub fn heard(&self) {
        let mut state = self.state();
        state.since = Instant::now();
        state.known = true;
    }

    /// The time without asking is over.
    pub fn asks_again(&self) {
        self.state().since = Instant::now();
    }

    /// Whether nothing has come for so long that the server is gone.
    pub fn is_gone(&self) -> bool {
        self.state().since.elapsed() >= GONE_AFTER
    }

    /// Whether the server has answered before, and says nothing to anybody now.
    pub fn fell_silent(&self) -> bool {
        let state = self.state();
        state.known && state.since.elapsed() >= NOTICED_AFTER
    }

    /// Ends when a request that was sent at `sent` has waited too long.
    pub async fn waited_for(&self, waits: Waits, sent: Instant) {
        loop {
            let since = self.state().since;
            let until = match waits {
                Waits::Receipt => return std::future::pending().await,
                Waits::Page => since + GONE_AFTER,
                Waits::Object => (since + GONE_AFTER).min(since.max(sent) + STALLED_AFTER),
            };
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ago(seconds: u64) -> Instant {
        Instant::now().checked_sub(Duration::from_secs(seconds)).expect("the machine has run for a minute")
    }

    #[test]
    fn silence_is_that_of_all_requests_together() {
        let reach = Reach::default();
        let first = reach.begin();
        reach.heard();
        reach.state().since = ago(20);
        assert!(reach.is_gone() && reach.fell_silent());
        let second = reach.begin();
        assert!(reach.is_gone(), "one more that asks changes nothing");
        reach.heard();
        assert!(!reach.is_gone() && !reach.fell_silent());
        drop((first, second));
        reach.state().since = ago(20);
        let _third = reach.begin();
        assert!(!reach.is_gone(), "nobody waited meanwhile");
    }

    #[test]
    fn a_server_that_never_answered_did_not_fall_silent() {
        let reach = Reach::default();
        let _first = reach.begin();
        reach.state().since = ago(20);
        assert!(!reach.fell_silent());
    }

    #[test]
    fn an_object_is_asked_for_anew_before_the_server_counts_as_gone() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(patience());
    }

    async fn patience() {
        let reach = Reach::default();
        let _under_way = reach.begin();
        reach.state().since = ago(6);
        reach.waited_for(Waits::Object, ago(6)).await;
        assert!(!reach.is_gone());
        let soon = Duration::from_millis(20);
        for waits in [Waits::Page, Waits::Receipt] {
            assert!(tokio::time::timeout(soon, reach.waited_for(waits, ago(6))).await.is_err(), "{waits:?}");
        }
        let sent_again = tokio::time::timeout(soon, reach.waited_for(Waits::Object, Instant::now())).await;
        assert!(sent_again.is_err(), "the new attempt has its own time");
        reach.state().since = ago(13);
        reach.waited_for(Waits::Page, Instant::now()).await;
        assert!(reach.is_gone());
    }
}
