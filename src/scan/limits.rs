//! What a scan may use and believe.

use std::num::NonZeroUsize;

use crate::aggregate::Wanted;
use crate::model::EventTime;

/// 2100-01-01T00:00:00Z.
pub(super) const END_OF_CENTURY: EventTime = EventTime::from_seconds(4_102_444_800);

/// What a scan may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of JSON that one object may give; past it the object is damaged. Default 8 GiB.
    pub max_object_bytes: u64,
    /// Bytes of one record; a longer one is malformed and passed over. Default 64 MiB.
    pub max_record_bytes: usize,
    /// Bytes that the process may hold; `None` is no limit.
    pub max_memory: Option<u64>,
    /// Whether records are looked for in what makes no sense as a document.
    pub carve: bool,
    /// The last moment that is believed of an event, a day after now; `None` is the end of the century.
    pub latest_time: Option<EventTime>,
    /// Which single events are kept, where they are asked for.
    pub events: Wanted,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_object_bytes: 8 << 30,
            max_record_bytes: 64 << 20,
            max_memory: None,
            carve: false,
            latest_time: None,
            events: Wanted::All,
        }
    }
}

/// How many threads of each core read at once: more than one, since a file may have to be waited for.
const THREADS_OF_A_CORE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

/// As many of the threads that are asked for as can work: each holds buffers and a state of its own, which cost time and
/// memory, and past some for each core they only wait for each other.
pub(super) fn workers(asked: NonZeroUsize) -> NonZeroUsize {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    asked.min(cores.saturating_mul(THREADS_OF_A_CORE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_than_can_work() {
        let of = |asked| workers(NonZeroUsize::new(asked).unwrap()).get();
        assert_eq!((of(1), of(2)), (1, 2));
        assert_eq!(of(4096), of(100_000));
        assert!(of(100_000) <= std::thread::available_parallelism().unwrap().get() * THREADS_OF_A_CORE.get());
    }
}
