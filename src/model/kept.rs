//! An event that outlives the buffer it was decoded from: for the few that can be judged only when all has been read.

use std::cmp::Ordering;

use super::event::ParseIdentity;
use super::{Event, EventTime, IdentityRef, LazyIdentity, UnreadIdentity};

/// Decoders count from one.
const NO_DECODER: u32 = 0;

/// All that an [`Event`] says, owned.
#[derive(Clone, Debug)]
pub(crate) struct KeptEvent {
    said: Said,
    parse: ParseIdentity,
}

/// What tells two events apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    event_time: Option<EventTime>,
    texts: [Box<str>; 21],
    flags: [Option<bool>; 2],
    user_identity: Box<str>,
}

impl KeptEvent {
    /// Keeps `event`; `None` for one whose userIdentity no decoder has given.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let (raw, parse) = event.user_identity.unread()?;
        let texts = [
            event.event_id,
            event.event_name,
            event.event_source,
            event.event_type,
            event.event_category,
            event.aws_region,
            event.source_ip_address,
            event.user_agent,
            event.error_code,
            event.error_message,
            event.recipient_account_id,
            event.shared_event_id,
            event.vpc_endpoint_id,
            event.vpc_endpoint_account_id,
            event.request_parameters,
            event.response_elements,
            event.additional_event_data,
            event.service_event_details,
            event.resources,
            event.addendum,
            event.record,
        ];
        let flags = [event.read_only, event.session_credential_from_console];
        let said = Said { event_time: event.event_time, texts: texts.map(Box::from), flags, user_identity: raw.into() };
        Some(Self { said, parse })
    }

    /// Gives the event to `look`. Its identity goes by a `number` that no other kept event of the process has: whoever
    /// decoded it may be gone.
    pub fn with<R>(&self, number: u32, look: impl FnOnce(&Event<'_>) -> R) -> R {
        let texts: [&str; 21] = std::array::from_fn(|place| &*self.said.texts[place]);
        let unread = UnreadIdentity::new(&self.said.user_identity, self.parse);
        look(&Event {
            event_id: texts[0],
            event_time: self.said.event_time,
            event_name: texts[1],
            event_source: texts[2],
            event_type: texts[3],
            event_category: texts[4],
            aws_region: texts[5],
            source_ip_address: texts[6],
            user_agent: texts[7],
            error_code: texts[8],
            error_message: texts[9],
            recipient_account_id: texts[10],
            shared_event_id: texts[11],
            vpc_endpoint_id: texts[12],
            vpc_endpoint_account_id: texts[13],
            read_only: self.said.flags[0],
            session_credential_from_console: self.said.flags[1],
            request_parameters: texts[14],
            response_elements: texts[15],
            additional_event_data: texts[16],
            service_event_details: texts[17],
            resources: texts[18],
            addendum: texts[19],
            record: texts[20],
            user_identity: LazyIdentity::new(&unread),
            identity: IdentityRef { generation: NO_DECODER, slot: number },
        })
    }

    /// By time, then by what else they say: the same for any order of reading.
    pub fn order(&self, other: &Self) -> Ordering {
        self.said.cmp(&other.said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UserIdentity;
    use crate::model::testing::event;

    #[test]
    fn a_kept_event_says_what_the_event_said() {
        let parse: ParseIdentity = |raw| UserIdentity { arn: raw.into(), ..UserIdentity::default() };
        let unread = UnreadIdentity::new("an arn", parse);
        let plain = UserIdentity::default();
        // A text of its own in every place.
        let said = Event {
            event_id: "1",
            event_name: "2",
            event_source: "3",
            event_type: "4",
            event_category: "5",
            aws_region: "6",
            source_ip_address: "7",
            user_agent: "8",
            error_code: "9",
            error_message: "10",
            recipient_account_id: "11",
            shared_event_id: "12",
            vpc_endpoint_id: "13",
            vpc_endpoint_account_id: "14",
            read_only: Some(true),
            session_credential_from_console: Some(false),
            request_parameters: "15",
            response_elements: "16",
            additional_event_data: "17",
            service_event_details: "18",
            resources: "19",
            addendum: "20",
            record: "21",
            user_identity: LazyIdentity::new(&unread),
            ..event(&plain)
        };
        let kept = KeptEvent::of(&said).expect("it was decoded");
        kept.with(3, |again| {
            assert_eq!(again.user_identity.arn, "an arn");
            let identity = IdentityRef { generation: NO_DECODER, slot: 3 };
            let user_identity = LazyIdentity::known(&plain);
            let bare = |event: &Event<'_>| format!("{:?}", Event { user_identity, identity, ..*event });
            assert_eq!(bare(again), bare(&said));
        });
        assert!(KeptEvent::of(&event(&plain)).is_none());
        let later = KeptEvent::of(&Event { event_time: said.event_time.map(|time| time.plus_seconds(1)), ..said });
        assert!(later.is_some_and(|later| kept.order(&later).is_lt() && kept.order(&kept).is_eq()));
    }
}
