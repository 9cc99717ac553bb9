//! The join of sessions with the records that issued them.
//!
//! | confidence | an issuance explains a session when |
//! |---|---|
//! | exact | it issued one of the session's keys, for the same account, and the session was used within its life (2 s of slack before, because clocks of two services disagree) |
//! | inferred | its assumedRoleId is the session's principalId and it happened within 2 s of the creation date; or it is a sign-in of the same IAM user or root within 2 s of the creation date |
//!
//! | inferred | it is a GetRoleCredentials of Identity Center for that account and permission set within 2 s of the creation date, by the person that the session's events name (any person, if they name none and only one fits) |
//!
//! Keys of one principalId and one creation date are one session, unless `split` takes them apart.
//!
//! An issuance that exactly explains one session is not used to infer another, and one that is used to infer explains
//! the session nearest in time. Access key ids are unique only together with the secret, hence account and time. What
//! was issued and explains no session is a credential of its own: no use of it was counted.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::by_key::ByKey;
use super::matching::Join;
use super::{Credential, Known, callers, identity_center, split};
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::aggregate::sessions::{Session, Sessions};
use crate::aggregate::{State, Symbols};

/// Every session of temporary credentials, with what issued it.
pub(in crate::report) struct Lineage<'a> {
    /// First those of which events were counted, by id; then those known by their calls, by id; then those of which
    /// nothing but the issuance is known, in the issuances' order.
    pub credentials: Vec<Credential<'a>>,
    /// How many there are of the first.
    pub counted: usize,
    /// The accounts that received records of issuing calls: those whose own trails were read.
    pub recipients: BTreeSet<&'a str>,
}

/// A session that is put in its place by its id.
struct Named<'s, 'a> {
    /// Never moved: these are large.
    session: &'s Session<'a>,
    name: &'a str,
    id: OnceCell<String>,
}

impl<'a> Lineage<'a> {
    /// Joins the sessions and issuances of a finished state. Cost: one look-up a session and issuance.
    pub fn of(state: &'a State) -> Self {
        let symbols = state.symbols();
        let issuances = state.get::<Issuances>().map(|issuances| issuances.all(symbols)).unwrap_or_default();
        let sessions = state.get::<Sessions>();
        let mut by_key = ByKey::new(&issuances);
        let mut all = sessions.map(|sessions| by_id(sessions, &by_key, symbols)).unwrap_or_default();
        let counted = all.len();
        let callers = callers::find(&mut all, &issuances);
        let mut join = Join { all, issuances: &issuances, callers, used: vec![false; issuances.len()] };
        join.match_exactly(&mut by_key);
        identity_center::infer(&mut join);
        join.infer();
        join.add_unused();
        cut_circles(&mut join.all);
        Self { credentials: join.all, counted, recipients: recipients(&issuances) }
    }
}

fn recipients<'a>(issuances: &[Issuance<'a>]) -> BTreeSet<&'a str> {
    let mut ids: Vec<&str> = issuances.iter().map(Issuance::recipient_account_id).collect();
    ids.dedup();
    ids.into_iter().filter(|id| !id.is_empty()).collect()
}

/// The first bytes of a name: an id of AWS and some of what follows it, in which nearly any two differ.
type Begin = [u128; 2];

/// The counted sessions, by id.
fn by_id<'a>(sessions: &'a Sessions, by_key: &ByKey<'_, 'a>, symbols: &'a Symbols) -> Vec<Credential<'a>> {
    let all = split::sessions(sessions, by_key, symbols);
    let mut named: Vec<Option<Named<'_, 'a>>> = all.iter().map(|session| Some(Named::new(session))).collect();
    // Where the names begin alone is moved about.
    let mut order: Vec<(Option<Begin>, usize)> =
        named.iter().flatten().map(Named::begin).enumerate().map(|(place, begin)| (begin, place)).collect();
    order.sort_unstable_by(|(ours, place), (theirs, other)| match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours != theirs => ours.cmp(theirs),
        _ => named[*place].as_ref().zip(named[*other].as_ref()).map_or(Ordering::Equal, |(a, b)| a.by_id(b)),
    });
    let in_order = order.into_iter().filter_map(|(_, place)| named[place].take());
    in_order.map(|Named { id, session, .. }| Credential::new(id, Known::Counted(*session))).collect()
}

impl<'s, 'a> Named<'s, 'a> {
    fn new(session: &'s Session<'a>) -> Self {
        Self { name: session.name(), id: OnceCell::new(), session }
    }

    /// `None` of a name that is shorter.
    fn begin(&self) -> Option<Begin> {
        let begin: &[u8; 32] = self.name.as_bytes().first_chunk()?;
        let (halves, _) = begin.as_chunks();
        Some([u128::from_be_bytes(halves[0]), u128::from_be_bytes(halves[1])])
    }

    /// The order of ids, which begin with the names: where these decide, no id is written. Who writes odd names can make
    /// one id of two sessions; what tells them apart then decides.
    fn by_id(&self, other: &Self) -> Ordering {
        let (ours, theirs) = (self.name.as_bytes(), other.name.as_bytes());
        let common = ours.len().min(theirs.len());
        ours[..common]
            .cmp(&theirs[..common])
            .then_with(|| self.id().cmp(other.id()))
            .then_with(|| self.session.told_apart().cmp(&other.session.told_apart()))
    }

    fn id(&self) -> &str {
        self.id.get_or_init(|| self.session.id())
    }
}

/// Cuts each circle of parents, which only forged or broken records make, above its first credential.
fn cut_circles(all: &mut [Credential<'_>]) {
    // The walk that came by, counted from 1.
    let mut walks = vec![0usize; all.len()];
    for start in 0..all.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|&here| walks[here] == 0) {
            walks[here] = start + 1;
            at = all[here].parent;
        }
        if let Some(met) = at.filter(|&here| walks[here] == start + 1) {
            let circle = std::iter::successors(all[met].parent, |&at| all[at].parent.filter(|_| at != met));
            if let Some(first) = circle.min() {
                all[first].parent = None;
            }
        }
    }
}
