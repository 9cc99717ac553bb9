//! The calls that change who may do what, and what kind of change each is.

use super::act::{Act, TargetKind};
use super::calls::{EVENTS, SOURCES};

/// One of the calls that are remembered; orders by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IamEvent(u8);

impl IamEvent {
    /// The call of that `eventSource` and `eventName`.
    pub fn of_call(source: &str, name: &str) -> Option<Self> {
        // Nearly all events are of other services, and most calls of these only read.
        if !SOURCES.contains(&source)
            || name.starts_with("Get")
            || name.starts_with("List")
            || name.starts_with("Describe")
        {
            return None;
        }
        Self::of(name).filter(|event| EVENTS[usize::from(event.0)].1 == source)
    }

    /// The call of that `eventName`: no two services have one of the same name here.
    pub fn of(name: &str) -> Option<Self> {
        EVENTS.binary_search_by_key(&name, |(known, ..)| known).ok().map(|place| Self(place as u8))
    }

    /// Its `eventName`.
    pub fn name(self) -> &'static str {
        EVENTS[usize::from(self.0)].0
    }

    /// What it does.
    pub fn act(self) -> Act {
        EVENTS[usize::from(self.0)].2
    }

    /// What it is about.
    pub fn target_kind(self) -> TargetKind {
        EVENTS[usize::from(self.0)].3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_by_name() {
        assert!(EVENTS.is_sorted_by_key(|(name, ..)| name) && EVENTS.len() < 256);
        for (name, source, act, kind) in EVENTS {
            let event = IamEvent::of_call(source, name).unwrap();
            assert_eq!((event.name(), event.act(), event.target_kind()), (*name, *act, *kind));
            assert_eq!(IamEvent::of(name), Some(event));
        }
        for other in ["", "GetUser", "ListUsers", "CreateAccessKey", "attachuserpolicy", "AttachUserPolic"] {
            assert_eq!(IamEvent::of_call("iam.amazonaws.com", other), None, "{other}");
        }
        assert_eq!(IamEvent::of_call("customer-profiles.amazonaws.com", "CreateProfile"), None, "of another service");
        assert_eq!(IamEvent::of_call("eks.amazonaws.com", "CreateUser"), None);
        assert_eq!(IamEvent::of_call("ec2.amazonaws.com", "RunInstances"), None);
    }
}
