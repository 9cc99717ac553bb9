//! The calls that change who may do what, and what kind of change each is.

use super::act::{Act, TargetKind};
use super::calls::EVENTS;

/// One of the calls that are remembered; orders by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IamEvent(u8);

impl IamEvent {
    /// The call of that `eventSource` and `eventName`.
    #[inline]
    pub fn of_call(source: &str, name: &str) -> Option<Self> {
        if is_shaped(name) { Self::find(source, name) } else { None }
    }

    #[cold]
    fn find(source: &str, name: &str) -> Option<Self> {
        let at = EVENTS.partition_point(|&(known, of, ..)| (known, of) < (name, source));
        let (known, of, _, kind) = *EVENTS.get(at)?;
        // What two services call alike and do alike is one call, told apart by its target.
        if (known, of) == (name, source) { Self::about(name, kind) } else { None }
    }

    /// The other thing that the same call does.
    pub fn twin(self) -> Option<Self> {
        let (name, source, ..) = EVENTS[usize::from(self.0)];
        let next = self.0.checked_add(1)?;
        EVENTS.get(usize::from(next)).filter(|(known, of, ..)| (*known, *of) == (name, source)).map(|_| Self(next))
    }

    /// The call of that `eventName` about such a target: of several services' the first, where the target does not tell.
    pub fn about(name: &str, target: TargetKind) -> Option<Self> {
        let first = EVENTS.partition_point(|(known, ..)| *known < name);
        let named = (first..).zip(EVENTS.get(first..)?).take_while(|(_, (known, ..))| *known == name);
        let is_first = named.clone().filter(|(_, (.., kind))| *kind == target).chain(named).map(|(at, _)| at).next();
        is_first.map(|at| Self(at as u8))
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

/// The shapes of the names that are remembered, a bit each: nearly all other events end here.
const SHAPES: [u64; 64] = shapes();

const fn shapes() -> [u64; 64] {
    let mut shapes = [0; 64];
    let mut at = 0;
    while at < EVENTS.len() {
        let shape = shape(EVENTS[at].0.as_bytes());
        shapes[shape / 64] |= 1 << (shape % 64);
        at += 1;
    }
    shapes
}

/// What tells a name from most others: its length and three of its letters, as a number below 4,096.
const fn shape(name: &[u8]) -> usize {
    if name.is_empty() {
        return 0;
    }
    let (first, middle, last) = (name[0] as usize, name[name.len() / 2] as usize, name[name.len() - 1] as usize);
    (name.len() % 4_096 * 521 + first * 131 + middle * 29 + last * 7) % 4_096
}

fn is_shaped(name: &str) -> bool {
    let shape = shape(name.as_bytes());
    SHAPES[shape / 64] >> (shape % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_by_name() {
        assert!(EVENTS.is_sorted_by_key(|(name, source, ..)| (name, source)) && EVENTS.len() < 256);
        for (name, source, act, kind) in EVENTS {
            let event = IamEvent::of_call(source, name).unwrap();
            let all = [Some(event), event.twin()].into_iter().flatten();
            let mut all = all.map(|event| (event.name(), event.act(), event.target_kind()));
            assert!(all.any(|known| known == (*name, *act, *kind)), "{name}");
            let same = IamEvent::about(name, *kind).unwrap();
            assert_eq!(
                (same.name(), same.act(), same.target_kind()),
                (*name, *act, *kind),
                "two of one name and target do alike"
            );
        }
        for other in ["", "GetUser", "ListUsers", "CreateAccessKey", "attachuserpolicy", "AttachUserPolic"] {
            assert_eq!(IamEvent::of_call("iam.amazonaws.com", other), None, "{other}");
        }
        for name in ["é", "Z", "[", "createUser", &"C".repeat(64), &"C".repeat(300)] {
            assert_eq!(IamEvent::of_call("iam.amazonaws.com", name), None);
        }
        let rooted = IamEvent::about("CreateLoginProfile", TargetKind::Account).map(IamEvent::name);
        assert_eq!(rooted, Some("CreateLoginProfile"), "about root");
        assert_eq!(IamEvent::about("CreateUsers", TargetKind::User), None);
        assert_eq!(IamEvent::about("Zz", TargetKind::User), None);
        assert_eq!(IamEvent::of_call("customer-profiles.amazonaws.com", "CreateProfile"), None, "of another service");
        assert_eq!(IamEvent::of_call("eks.amazonaws.com", "CreateUser"), None);
        assert_eq!(IamEvent::of_call("ec2.amazonaws.com", "DescribeInstances"), None);
        let layers = IamEvent::of_call("lambda.amazonaws.com", "CreateFunction20150331").unwrap();
        let role = layers.twin().unwrap();
        assert_eq!((layers.act(), role.act(), role.twin()), (Act::AddLayer, Act::RunAs, None));
        assert_eq!(IamEvent::about("CreateFunction20150331", TargetKind::Role), Some(role));
    }
}
