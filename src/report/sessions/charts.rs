//! The pictures of sessions: who got credentials of what, over any number of steps, and how many sessions had MFA.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Addresses, Facts, Kind, Known, Lineage, ReadAddresses, known, rules, sets};
use crate::model::{Arn, IssuanceApi, quantity};
use crate::report::charts::{Chart, Flow, FlowEdge, FlowNode, Picture, Shares, Tone};
use crate::report::{AddressLookup, Severity, View};

/// The most edges that are drawn.
const EDGES: usize = 48;

/// The deepest layer; what lies deeper stands there too.
const DEEPEST: usize = 5;

/// Who made the credentials, where no principal of the logs did.
const NOT_IN_RANGE: &str = "issuer not in range";
const SIGN_IN: &str = "console sign-in";

/// One end of an edge: a principal that got credentials in its own right, or the sessions of one. In this order the
/// former come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End<'a> {
    Source(&'a str),
    Sessions(&'a str),
}

/// All sessions that go from one end to the other.
#[derive(Debug, Default)]
struct Bundle {
    sessions: i64,
    events: i64,
    severity: Option<Severity>,
    kinds: BTreeSet<&'static str>,
}

type Bundles<'a> = BTreeMap<(End<'a>, End<'a>), Bundle>;

/// Lineage and MFA; nothing where there is no session.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    let lineage_of_all = Lineage::of(view.state);
    let mut read = ReadAddresses::new(view.state.symbols());
    let addresses = Addresses::of(&lineage_of_all, &mut read);
    let facts = Facts::of(view.state, &lineage_of_all);
    let mut all = known(&facts, &addresses, &mut read);
    sets::judge(&facts, &mut all, view.addresses.and_then(AddressLookup::aws), &mut read);
    if all.is_empty() {
        return Vec::new();
    }
    [lineage(&all)].into_iter().chain(mfa(&all)).collect()
}

fn lineage(all: &[Known<'_>]) -> Chart {
    let bundles = bundles(all);
    let mut order: Vec<(&(End<'_>, End<'_>), &Bundle)> = bundles.iter().collect();
    order.sort_by_key(|(ends, bundle)| (Reverse(bundle.severity), Reverse(bundle.sessions), **ends));
    let more = order.len().saturating_sub(EDGES);
    order.truncate(EDGES);
    Chart {
        name: "session-lineage",
        title: "Who assumed which role",
        about: "From left to right: who called the issuing API or signed in, and the principals whose sessions were \
                issued; a role that a role session assumed stands further right. The width is the number of sessions, \
                the colour the worst finding of them. \"Issuer not in range\" is usual: the record lies in another \
                trail, region or time.",
        command: "sessions --columns session_id,principal,kind,issued_by,parent_session,issue_confidence,events"
            .to_owned(),
        picture: Picture::Flow(flow(&order)),
        left_out: (more > 0).then(|| {
            let pairs = quantity(more as u64, "more pair");
            format!("{pairs} of issuer and principal not drawn: the table has their sessions")
        }),
    }
}

fn bundles<'a>(all: &[Known<'a>]) -> Bundles<'a> {
    let held: BTreeSet<&str> = all.iter().map(Known::principal).collect();
    let mut bundles: Bundles<'a> = BTreeMap::new();
    for known in all {
        let ends = (source_of(known, all, &held), End::Sessions(known.principal()));
        let bundle = bundles.entry(ends).or_default();
        bundle.sessions += 1;
        bundle.events += known.session.tally().events;
        bundle.severity = bundle.severity.max(Some(rules::severity(known)));
        bundle.kinds.insert(known.kind.as_str());
    }
    bundles
}

fn source_of<'a>(known: &Known<'a>, all: &[Known<'a>], held: &BTreeSet<&'a str>) -> End<'a> {
    // One of which no event was counted has no place among them: its principal is the caller.
    if let Some(parent) = known.credential.parent.and_then(|parent| all.get(parent)) {
        return End::Sessions(parent.principal());
    }
    let Some(issuance) = known.credential.issuance() else { return End::Source(NOT_IN_RANGE) };
    match issuance.caller() {
        _ if issuance.api() == IssuanceApi::ConsoleLogin => End::Source(SIGN_IN),
        "" => End::Source(NOT_IN_RANGE),
        caller if issuance.caller_type() == "AssumedRole" && held.contains(caller) => End::Sessions(caller),
        caller => End::Source(caller),
    }
}

fn flow(order: &[(&(End<'_>, End<'_>), &Bundle)]) -> Flow {
    let ends: BTreeSet<End<'_>> = order.iter().flat_map(|((from, to), _)| [*from, *to]).collect();
    let ends: Vec<End<'_>> = ends.into_iter().collect();
    let place = |end: &End<'_>| ends.binary_search(end).unwrap_or_default();
    let edges: Vec<FlowEdge> =
        order.iter().map(|((from, to), bundle)| edge((*from, place(from)), (*to, place(to)), bundle)).collect();
    let layers = layers(&ends, &edges);
    let nodes = ends.iter().zip(layers).map(|(end, layer)| node(*end, layer)).collect();
    Flow { nodes, edges, unit: "sessions" }
}

fn edge((from, from_place): (End<'_>, usize), (to, to_place): (End<'_>, usize), bundle: &Bundle) -> FlowEdge {
    let kinds: Vec<&str> = bundle.kinds.iter().copied().collect();
    FlowEdge {
        from: from_place,
        to: to_place,
        count: bundle.sessions,
        severity: bundle.severity.unwrap_or(Severity::Info),
        told: format!(
            "{} → {}: {} ({}), {}",
            from.name(),
            to.name(),
            quantity(bundle.sessions.unsigned_abs(), "session"),
            kinds.join(", "),
            quantity(bundle.events.unsigned_abs(), "event")
        ),
    }
}

/// The layer of each end: sources in the first, sessions after whatever leads to them. Roles that assume each other in a
/// circle would move on for ever; the deepest layer ends that.
fn layers(ends: &[End<'_>], edges: &[FlowEdge]) -> Vec<usize> {
    let mut layers: Vec<usize> = ends.iter().map(|end| usize::from(matches!(end, End::Sessions(_)))).collect();
    for _ in 0..DEEPEST {
        for edge in edges.iter().filter(|edge| edge.from != edge.to) {
            layers[edge.to] = layers[edge.to].max(layers[edge.from] + 1).min(DEEPEST);
        }
    }
    layers
}

fn node(end: End<'_>, layer: usize) -> FlowNode {
    let name = end.name();
    match Arn::parse(name) {
        Some(arn) => FlowNode { label: arn.resource.to_owned(), note: arn.account_id.to_owned(), layer },
        None => FlowNode { label: name.to_owned(), note: String::new(), layer },
    }
}

impl<'a> End<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Source(name) | Self::Sessions(name) => name,
        }
    }
}

/// `None` where there are none but sessions of workloads.
fn mfa(all: &[Known<'_>]) -> Option<Chart> {
    let mut wholes: BTreeMap<Kind, Vec<i64>> = BTreeMap::new();
    for known in all.iter().filter(|known| !known.kind.is_workload()) {
        let counts = wholes.entry(known.kind).or_insert_with(|| vec![0; 3]);
        let part = match known.mfa.answer {
            "yes" => 0,
            "no" => 1,
            _ => 2,
        };
        counts[part] += 1;
    }
    let wholes: Vec<_> = wholes.into_iter().map(|(kind, counts)| (kind.as_str().to_owned(), counts)).collect();
    (!wholes.is_empty()).then(|| Chart {
        name: "mfa-share",
        title: "MFA behind sessions",
        about: "Sessions of each kind with MFA, without it, and where no record says; those of workloads, which have no \
                MFA to use, are left out. Identity providers (sso, saml, web-identity) hold the MFA themselves: what \
                matters is \"no\" for console, user-token and role.",
        command: "sessions --columns session_id,kind,mfa,mfa_basis,principal".to_owned(),
        picture: Picture::Shares(Shares {
            parts: vec![("MFA", Tone::Good), ("no MFA", Tone::Bad), ("not recorded", Tone::Unknown)],
            wholes,
            unit: "sessions",
        }),
        left_out: None,
    })
}
