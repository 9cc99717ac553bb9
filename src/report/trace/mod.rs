//! `trace`: one credential back to who or what it comes from, and forward to what it issued.

mod bare;
mod below;
mod forest;
mod graph;
mod hop;
mod label;
mod links;
mod made;
mod names;
mod nearest;
mod origin;
mod rules;

pub use below::{Descent, LINEAGE_NEEDS, UnknownNameError, descent};
pub(in crate::report) use links::{Link, Links, links};

use std::net::IpAddr;

use ahash::AHashMap;

use super::addresses::with_places;
use super::{AddressLookup, Answer, Argument, Form, Report, StateUse, Tree, TreeNode, View};
use crate::aggregate::{State, iam_changes, issuances, keys, sessions, sign_ins};
use crate::report::lineage::Confidence;
use forest::Hop;
use graph::Graph;
use hop::{COLUMNS, Facts};

/// The report.
pub static REPORT: Report = Report {
    name: "trace",
    summary: "One credential back to who or what it comes from, and forward to what it issued",
    about: ABOUT,
    columns: COLUMNS,
    key: &["id", "parent", "depth"],
    needs: &[&sessions::KIND, &issuances::KIND, &keys::KIND, &sign_ins::KIND, &iam_changes::KIND],
    options: &[],
    texts: &[],
    rules: rules::RULES,
    argument: Some(Argument::required("KEY|SESSION|PRINCIPAL")),
    state: StateUse::No,
    examples: EXAMPLES,
    form: Form::Tree,
    charts: None,
    answer,
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT AKIAIOSFODNN7EXAMPLE ./AWSLogs",
    "trailscan REPORT i-0598c7d356eba48d7 --days 30 ./AWSLogs",
    "trailscan REPORT 'arn:aws:iam::*:role/databricks-prod-worker-role' --limit 3 ./AWSLogs",
    "trailscan REPORT root@111122223333 --format json --output REPORT.json ./AWSLogs",
    "trailscan REPORT bob --format dot --output REPORT.dot ./AWSLogs",
];

const ABOUT: &str = "\
Walks back from what was asked through every AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity, AssumeRoot, \
GetSessionToken, GetFederationToken, GetRoleCredentials (Identity Center), AssumeRoleForPodIdentity, CreateSession (Roles \
Anywhere), `aws login` and sign-in to where the chain begins, and forward to all that was issued with it. \
The answer is a tree; JSON has it nested beside the rows, --format dot writes it for Graphviz, and the other formats \
have a row per hop.

KEY|SESSION|PRINCIPAL is any of
  ASIA…, AKIA…               an access key, temporary or long-lived
  AROA…:NAME@2026-08-25T…    a session, as the report sessions prints its session_id
  AROA…, AROA…:NAME, AIDA…   a unique id: of a role, a session's principalId, of a user
  arn:…:role/NAME            a role: all of its sessions (also the arn of an assumed-role session)
  arn:…:user/NAME            a user: the person's keys and sessions
  user/NAME, role/NAME       the same in every account, as findings print them; of whoever holds
                             no credential, and of group/NAME, it tells which calls name it
  idc:STORE#ID               a person of Identity Center
  root@111122223333          the root of an account
  service:ec2.amazonaws.com  a service, and all it issued
  i-0abc…, NAME              an instance, or any session, role, user or source identity of that name
Case matters only where it tells two apart; * is any text: 'ASIA*EXAMPLE'. Of alike sessions side by side a tree shows \
10 and says how many more there are; --limit N shows N, --limit 0 all.

A chain begins with
  user, root         a person or a program with a password or a long-lived key
  access-key         that key, below its user
  service            an AWS service that got credentials for an instance, a function, a task
  identity-provider  who signed in by SAML or OpenID Connect
  person             a person of Identity Center, where records name one
  account            another account, whose own trail would name the caller
  not-in-range       no record that was read issued it: it may lie before the window, in another
                     account's trail or in another region. That is usual, and never suspicious
Between them stand sessions, of the kinds that the report sessions explains.

confidence, how a hop is known:
  exact     the issuing record names a key that the session used, in its account and within its life
  inferred  within 2 s of the creation date: the record's assumedRoleId is the principalId, or the
            same IAM user or root signed in, or the person of Identity Center fetched the permission
            set
  none      no issuing record was read; the sessions of users and root are theirs all the same

What a hop proves: the record above issued these very credentials, at that time and to that address. What it does not: \
that the one above made the calls below. Credentials can be handed on or stolen, and a session used from another \
network than it was issued to is a finding of the report sessions. Events are those inside the window and filters; the \
records that issue credentials are read from everything, so a chain does not end at the window.

MFA is shown where a person may be behind a hop, with what says so; a role chain says nothing of its own, so its MFA is \
that of the session that began it.";

fn answer(view: &View<'_>) -> Answer {
    let asked = view.argument.unwrap_or_default().trim();
    let graph = Graph::of(view.state);
    let found = names::find(&graph, asked);
    let hops = forest::hops(&graph, &found);
    let nodes = nodes(&graph, &hops, view.addresses);
    let answer = with_places(
        view,
        Answer {
            columns: COLUMNS.to_vec(),
            rows: nodes.iter().map(|node| node.cells.clone()).collect(),
            findings: rules::findings(&graph, &hops),
            hidden: hops.is_empty().then(|| nothing(view.state, &graph, asked)),
            ..Answer::default()
        },
    );
    let nodes = nodes.into_iter().zip(&answer.rows).map(|(node, row)| TreeNode { cells: row.clone(), ..node });
    let tree = Tree { columns: answer.columns.clone(), nodes: nodes.collect() };
    Answer { tree: Some(tree), ..answer }
}

/// The nodes of the tree, a hop each.
fn nodes(graph: &Graph<'_>, hops: &[Hop], lookup: Option<&AddressLookup>) -> Vec<TreeNode> {
    let mut shown: AHashMap<usize, usize> = AHashMap::new();
    for above in hops.iter().filter_map(|hop| graph.parent(hop.place)) {
        *shown.entry(above).or_default() += 1;
    }
    let node = |hop: &Hop| {
        let facts = Facts { lookup, ..Facts::of(graph, hop.place) };
        let below = shown.get(&hop.place).copied().unwrap_or(0);
        let tally = facts.tally.unwrap_or_default();
        TreeNode {
            depth: hop.depth,
            kind: facts.kind,
            label: label::label(graph, hop.place, &facts),
            lines: label::lines(graph, hop.place, &facts, below),
            edge: facts.issued_event,
            confidence: facts.confidence.map_or("", Confidence::as_str),
            way: hop.way,
            alike: hop.alike,
            counts: (tally.events, tally.errors),
            cells: hop::cells(&facts, hop.depth, hop.way),
            folded: 0,
        }
    };
    hops.iter().map(node).collect()
}

/// Why the answer is empty: what is known of whoever holds no credential, else what may have been meant.
fn nothing(state: &State, graph: &Graph<'_>, asked: &str) -> String {
    if let Some(known) = bare::told(state, asked) {
        return known;
    }
    let nearest = nearest::names(graph, asked);
    let nearest = match nearest.is_empty() {
        _ if asked.parse::<IpAddr>().is_ok() => {
            format!(": it is an address, of which `trailscan incident {asked}` tells")
        }
        true => "; `trailscan principals` lists who is there".to_owned(),
        false => format!("; nearest: {}", nearest.join(", ")),
    };
    format!("no credential, session or principal like {asked} in what was read{nearest}")
}

#[cfg(test)]
mod tests;
