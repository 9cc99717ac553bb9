//! Whether a server still answers: noticed once by all requests to a bucket together, not by each for itself.
//!
//! What counts is silence while requests are under way: a request alone may fail or be slow, a server that says nothing to
//! any of them is gone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long nothing may come of any request before the server counts as gone.
pub const GONE_AFTER: Duration = Duration::from_secs(15);
/// How long a page of a listing may take while nothing else comes, of a server that shows otherwise that it is there: some
/// stores take long to find its first key.
const PAGE_AFTER: Duration = Duration::from_secs(60);
/// How long a request for an object may wait while nothing comes of any other, before it is sent anew: a connection can
/// be lost without a word. And how long nothing may come before a server that owes a page is asked whether it is there.
pub const STALLED_AFTER: Duration = Duration::from_secs(5);

/// How long nothing may come before that is more than chance.
const NOTICED_AFTER: Duration = Duration::from_secs(1);

/// What a request waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A page of a listing.
    Page,
    /// An object.
    Object,
    /// The answer to bytes that are sent: they may take any time.
    Receipt,
}

impl Waits {
    /// Until when a request that `begun`, and was last `sent` then, waits.
    fn until(self, heard: Heard, (begun, sent): (Instant, Instant)) -> Option<Instant> {
        let gone = self.gone(heard, begun)?;
        Some(if self == Self::Object { gone.min(heard.since.max(sent) + STALLED_AFTER) } else { gone })
    }

    /// When the server counts as gone for a request that `begun`.
    fn gone(self, heard: Heard, begun: Instant) -> Option<Instant> {
        let since = heard.since.max(begun);
        match self {
            Self::Receipt => None,
            Self::Page => Some((since + PAGE_AFTER).min(since.max(heard.there) + GONE_AFTER)),
            Self::Object => Some(since + GONE_AFTER),
        }
    }
}

/// When a server was last heard of.
#[derive(Debug)]
pub struct Reach(Mutex<State>);

/// When something last came.
#[derive(Clone, Copy, Debug)]
struct Heard {
    /// Of any request, or the first of those under way began.
    since: Instant,
    /// Of one that only asked whether the server is there.
    there: Instant,
}

#[derive(Debug)]
struct State {
    under_way: usize,
    heard: Heard,
    /// Whether anything ever came.
    known: bool,
}

/// A request that is under way, until it is dropped.
#[derive(Debug)]
pub struct UnderWay<'a>(&'a Reach);

impl Default for Reach {
    fn default() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State { under_way: 0, heard: Heard { since: now, there: now }, known: false }))
    }
}

impl Reach {
    /// A request begins. Nobody waits for a server that is asked for nothing, so silence begins with the first.
    pub fn begin(&self) -> UnderWay<'_> {
        let mut state = self.state();
        if state.under_way == 0 {
            state.heard.since = Instant::now();
        }
        state.under_way += 1;
        UnderWay(self)
    }

    /// Something came: an answer, a refusal, a piece of an object.
    pub fn heard(&self) {
        let mut state = self.state();
        state.heard.since = Instant::now();
        state.known = true;
    }

    /// The time without asking is over.
    pub fn asks_again(&self) {
        self.state().heard.since = Instant::now();
    }

    /// The server answered when it was asked whether it is there: what was asked of it takes its time.
    pub fn is_there(&self) {
        self.state().heard.there = Instant::now();
    }

    /// Whether nothing has come since a request `begun` for so long that the server is gone.
    pub fn is_gone(&self, waits: Waits, begun: Instant) -> bool {
        waits.gone(self.state().heard, begun).is_some_and(|gone| gone <= Instant::now())
    }

    /// Ends when nothing has come of any request for so long that it is worth asking whether the server is there.
    pub async fn silent(&self) {
        let asked = Instant::now();
        loop {
            let until = self.state().heard.since.max(asked) + STALLED_AFTER;
            if until <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }

    /// Whether the server has answered before, and says nothing to anybody now.
    pub fn fell_silent(&self) -> bool {
        let state = self.state();
        state.known && state.heard.since.elapsed() >= NOTICED_AFTER
    }

    /// Ends when a request that `begun`, and was last sent just now, has waited too long.
    pub async fn waited_for(&self, waits: Waits, begun: Instant) {
        let sent = Instant::now();
        loop {
            let heard = self.state().heard;
            let Some(until) = waits.until(heard, (begun, sent)) else { return std::future::pending().await };
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
        let (reach, long_ago) = (Reach::default(), ago(60));
        let first = reach.begin();
        reach.heard();
        reach.state().heard.since = ago(20);
        assert!(reach.is_gone(Waits::Object, long_ago) && reach.fell_silent());
        assert!(!reach.is_gone(Waits::Object, ago(1)), "who has just begun has not waited");
        let second = reach.begin();
        assert!(reach.is_gone(Waits::Object, long_ago), "one more that asks changes nothing");
        reach.heard();
        assert!(!reach.is_gone(Waits::Object, long_ago) && !reach.fell_silent());
        drop((first, second));
        reach.state().heard.since = ago(20);
        let _third = reach.begin();
        assert!(!reach.is_gone(Waits::Object, long_ago), "nobody waited meanwhile");
    }

    #[test]
    fn a_server_that_never_answered_did_not_fall_silent() {
        let reach = Reach::default();
        let _first = reach.begin();
        reach.state().heard.since = ago(20);
        assert!(!reach.fell_silent());
    }

    /// On a clock that nobody waits for: from the last that was heard of a server until nothing more is asked of it.
    #[test]
    fn a_server_that_is_gone_is_given_up_within_20_seconds() {
        let since = Instant::now();
        let long_ago = since.checked_sub(Duration::from_secs(30)).expect("the machine has run for a minute");
        let heard = Heard { since, there: long_ago };
        // Whether it began long before, or just when the server fell silent.
        for (waits, begun, often) in [
            (Waits::Object, since, 3),
            (Waits::Object, long_ago, 3),
            (Waits::Page, since, 1),
            (Waits::Page, long_ago, 1),
        ] {
            let (mut sent, mut times) = (since, 1);
            let given_up = loop {
                let until = waits.until(heard, (begun, sent)).expect("it is not waited for without end");
                if until.duration_since(since.max(begun)) >= GONE_AFTER {
                    break until;
                }
                (sent, times) = (until, times + 1);
            };
            assert!(given_up.duration_since(since) <= Duration::from_secs(20), "{:?}", given_up.duration_since(since));
            assert_eq!(times, often, "sent so often meanwhile");
        }
        assert_eq!(Waits::Receipt.until(heard, (since, since)), None);
    }

    #[test]
    fn a_server_that_is_there_may_take_a_minute_for_a_page() {
        let since = Instant::now();
        let page_until = |seconds| {
            let heard = Heard { since, there: since + Duration::from_secs(seconds) };
            Waits::Page.until(heard, (since, since)).expect("not without end").duration_since(since).as_secs()
        };
        assert_eq!([0, 10, 40, 50, 100].map(page_until), [15, 25, 55, 60, 60]);
        let heard = Heard { since, there: since + Duration::from_secs(10) };
        let object = Waits::Object.gone(heard, since).expect("not without end");
        assert_eq!(object.duration_since(since), GONE_AFTER, "an object has no such excuse");
    }

    #[test]
    fn an_object_is_asked_for_anew_before_the_server_counts_as_gone() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (reach, soon) = (Reach::default(), Duration::from_millis(20));
        let _under_way = reach.begin();
        let ends = |waits, begun| {
            runtime.block_on(async { tokio::time::timeout(soon, reach.waited_for(waits, begun)).await.is_ok() })
        };
        reach.state().heard.since = ago(6);
        assert!(!ends(Waits::Object, ago(6)), "each time that it is sent has its own patience");
        reach.state().heard.since = ago(16);
        assert!(ends(Waits::Object, ago(16)) && reach.is_gone(Waits::Object, ago(16)));
        assert!(!ends(Waits::Object, ago(3)) && !ends(Waits::Page, ago(16)) && !ends(Waits::Receipt, ago(60)));
        reach.state().heard.there = ago(17);
        assert!(ends(Waits::Page, ago(16)) && reach.is_gone(Waits::Page, ago(16)));
        reach.is_there();
        reach.state().heard.since = ago(61);
        assert!(ends(Waits::Page, ago(61)) && !ends(Waits::Receipt, ago(61)));
    }
}
