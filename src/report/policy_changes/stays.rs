//! Spans of time in which something was held, each for its own reason: was it at a moment? Answers in logarithmic time,
//! since a policy may be attached and rewritten thousands of times.

use crate::model::EventTime;

/// From when to when something was held; without an end it still is.
pub(super) type Stay = (Option<EventTime>, Option<EventTime>);

/// The spans of one thing.
#[derive(Debug, Default)]
pub(super) struct Stays {
    /// By their beginning, each with the latest end of it and all before it.
    spans: Vec<(Option<EventTime>, End)>,
}

/// An end in time, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    At(Option<EventTime>),
    Never,
}

impl FromIterator<Stay> for Stays {
    fn from_iter<I: IntoIterator<Item = Stay>>(stays: I) -> Self {
        let end = |to: Option<EventTime>| to.map_or(End::Never, |to| End::At(Some(to)));
        let mut spans: Vec<(Option<EventTime>, End)> = stays.into_iter().map(|(from, to)| (from, end(to))).collect();
        spans.sort_unstable();
        let mut latest = End::At(None);
        for (_, end) in &mut spans {
            latest = latest.max(*end);
            *end = latest;
        }
        Self { spans }
    }
}

impl Stays {
    /// Whether it was held at a moment; a span holds from its beginning to before its end.
    pub(super) fn hold_at(&self, time: Option<EventTime>) -> bool {
        let begun = self.spans.partition_point(|(from, _)| *from <= time);
        begun.checked_sub(1).is_some_and(|last| self.spans[last].1 > End::At(time))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time() -> impl Strategy<Value = Option<EventTime>> {
        prop::option::of((0_i64..12).prop_map(EventTime))
    }

    proptest! {
        #[test]
        fn the_answer_is_that_of_every_span(stays in prop::collection::vec((time(), time()), 0..20), at in time()) {
            let holds = |(from, to): &Stay| *from <= at && to.is_none_or(|to| Some(to) > at);
            let expected = stays.iter().any(holds);
            prop_assert_eq!(stays.into_iter().collect::<Stays>().hold_at(at), expected);
        }
    }
}
