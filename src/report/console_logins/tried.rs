//! Sign-ins with their texts read, and the rows that they make.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::issuers::{IssuedBy, Issuers};
use super::resets::Resets;
use crate::aggregate::sign_ins::{Attempt, SignIns};
use crate::aggregate::{Span, State, Sym};
use crate::model::{EventTime, HIDDEN_USER_NAME, Hour, SignInMfa, SignInStep, SourceAddress};
use crate::report::Severity;
use crate::report::user_arns::UserArns;

/// How long before the end of a sign-in its second factor was given at most, in seconds.
const MFA_BEFORE_END: i64 = 600;

/// Who tried to sign in to which account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Who<'a> {
    pub account: &'a str,
    /// As printed; [`HIDDEN_USER_NAME`] for names that the account does not have.
    pub principal: &'a str,
}

impl Who<'_> {
    pub fn is_root(self) -> bool {
        self.principal.starts_with("root@")
    }

    /// Whether it stands for all the names that do not exist: nobody, or many.
    pub fn is_hidden(self) -> bool {
        self.principal == HIDDEN_USER_NAME
    }
}

/// Equal sign-ins of one clock hour.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Tried<'a> {
    pub who: Who<'a>,
    pub kind: &'a str,
    pub user_name: &'a str,
    pub step: SignInStep,
    pub mfa: SignInMfa,
    pub succeeded: bool,
    pub reason: &'a str,
    /// Who issued the role session or federated user that signed in, where that decides about its MFA.
    pub issued_by: Option<IssuedBy<'a>>,
    /// The source, where it is an address.
    pub ip: Option<IpAddr>,
    pub region: &'a str,
    pub user_agent: &'a str,
    pub hour: Option<Hour>,
    pub events: i64,
    pub span: Span,
}

/// A row of the report: one principal, what its sign-ins say of MFA, and how they ended.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub who: Who<'a>,
    pub kind: &'a str,
    pub user_name: &'a str,
    pub mfa: SignInMfa,
    pub succeeded: bool,
    pub severity: Severity,
    pub events: i64,
    pub span: Span,
    pub addresses: BTreeSet<IpAddr>,
    pub regions: BTreeSet<&'a str>,
    pub user_agents: BTreeSet<&'a str>,
    pub reasons: BTreeMap<&'a str, i64>,
    pub issuers: BTreeSet<IssuedBy<'a>>,
}

/// All that was read of signing in.
pub(in crate::report) struct SignInSteps<'a> {
    /// Sign-ins, however they ended.
    pub tried: Vec<Tried<'a>>,
    /// Steps before the end: the second factor was asked for, or accepted.
    pub before: Vec<Tried<'a>>,
    /// What others did to passwords and MFA devices.
    pub(super) resets: Resets<'a>,
}

/// Every counted sign-in.
pub(in crate::report) fn all(state: &State) -> Vec<Tried<'_>> {
    read(state).tried
}

/// Every counted sign-in and the steps before their end.
pub(in crate::report) fn read(state: &State) -> SignInSteps<'_> {
    let sign_ins = state.get::<SignIns>().expect("the state has the aggregates that the report needs");
    let (arns, issuers) = (UserArns::of(state), Issuers::of(state));
    let all = sign_ins.attempts().map(|(attempt, counted)| {
        let mut tried = of_attempt(attempt, state, &arns);
        (tried.events, tried.span) = (counted.events, counted.span);
        if tried.mfa == SignInMfa::IdentityProvider && attempt.session_principal_id() != Sym::EMPTY {
            let session = state.symbols().text(attempt.session_principal_id());
            (tried.mfa, tried.issued_by) = issuers.mfa(tried.kind, session, attempt.session_created);
        }
        tried
    });
    let (mut tried, before): (Vec<_>, Vec<_>) = all.partition(|one| one.step.is_sign_in());
    add_factors_given(&mut tried, &before);
    SignInSteps { tried, before, resets: Resets::of(state) }
}

fn of_attempt<'a>(attempt: &Attempt, state: &'a State, arns: &UserArns<'a>) -> Tried<'a> {
    let symbols = state.symbols();
    let (account, user_name) = (symbols.text(attempt.account()), symbols.text(attempt.user_name()));
    let principal = principal_of(arns, account, user_name, symbols.text(attempt.principal()));
    Tried {
        who: Who { account, principal },
        kind: symbols.text(attempt.identity_type()),
        user_name,
        step: attempt.step,
        mfa: attempt.mfa,
        succeeded: attempt.succeeded,
        reason: symbols.text(attempt.reason()),
        issued_by: None,
        ip: SourceAddress::parse(symbols.text(attempt.address())).ip(),
        region: symbols.text(attempt.region()),
        user_agent: symbols.text(attempt.user_agent()),
        hour: attempt.hour,
        events: 0,
        span: Span::default(),
    }
}

/// The end of a sign-in to Identity Center that names the password alone, where the same person gave a second factor from
/// the same address shortly before: MFA was used.
fn add_factors_given(tried: &mut [Tried<'_>], before: &[Tried<'_>]) {
    type Given = Vec<(Option<i64>, Option<i64>)>;
    let seconds = |time: Option<EventTime>| time.map(EventTime::seconds);
    let mut given: BTreeMap<(Who<'_>, Option<IpAddr>), Given> = BTreeMap::new();
    for one in before.iter().filter(|one| one.step == SignInStep::MfaGiven) {
        let span = (seconds(one.span.first()), seconds(one.span.last()));
        given.entry((one.who, one.ip)).or_default().push(span);
    }
    // By their beginning, each with the latest end of it and all before it.
    for spans in given.values_mut() {
        spans.sort_unstable();
        let mut latest = None;
        for (_, last) in spans {
            latest = latest.max(*last);
            *last = latest;
        }
    }
    for one in tried.iter_mut().filter(|one| one.is_of_identity_center() && one.mfa == SignInMfa::No) {
        let (first, last) = (seconds(one.span.first()), seconds(one.span.last()));
        let is_near = |spans: &Given| {
            let begun = spans.partition_point(|(given, _)| *given <= last);
            begun.checked_sub(1).is_some_and(|at| spans[at].1.map(|given| given + MFA_BEFORE_END) >= first)
        };
        if given.get(&(one.who, one.ip)).is_some_and(is_near) {
            one.mfa = SignInMfa::Yes;
        }
    }
}

impl Tried<'_> {
    /// Whether it is a sign-in to IAM Identity Center, not to the console. Before July 2025 its people had the type
    /// Unknown, which no sign-in to the console has.
    pub fn is_of_identity_center(&self) -> bool {
        is_person_of_identity_center(self.kind)
    }
}

/// Whether `userIdentity.type` of a sign-in is that of a person of IAM Identity Center.
pub(super) fn is_person_of_identity_center(kind: &str) -> bool {
    matches!(kind, "IdentityCenterUser" | "Unknown")
}

/// The principal to print: a failed sign-in names the user without its arn, so that is looked for in other events. Names
/// that do not exist are one bucket, whatever else their records say.
fn principal_of<'a>(arns: &UserArns<'a>, account: &str, user_name: &'a str, told: &'a str) -> &'a str {
    if user_name == HIDDEN_USER_NAME {
        return user_name;
    }
    let is_name = told.starts_with("arn:") || told.starts_with("root@") || user_name.is_empty();
    if is_name { told } else { arns.get(account, user_name).unwrap_or(told) }
}

/// The rows, by account, principal, MFA and result; none has its severity yet.
pub(super) fn rows<'a>(tried: &[Tried<'a>]) -> Vec<Row<'a>> {
    let mut rows: BTreeMap<(Who<'a>, SignInMfa, bool), Row<'a>> = BTreeMap::new();
    for one in tried {
        rows.entry((one.who, one.mfa, one.succeeded)).or_insert_with(|| Row::new(one)).add(one);
    }
    rows.into_values().collect()
}

impl<'a> Row<'a> {
    fn new(one: &Tried<'a>) -> Self {
        Self {
            who: one.who,
            kind: one.kind,
            user_name: one.user_name,
            mfa: one.mfa,
            succeeded: one.succeeded,
            severity: Severity::Info,
            events: 0,
            span: Span::default(),
            addresses: BTreeSet::new(),
            regions: BTreeSet::new(),
            user_agents: BTreeSet::new(),
            reasons: BTreeMap::new(),
            issuers: BTreeSet::new(),
        }
    }

    fn add(&mut self, one: &Tried<'a>) {
        // Of several spellings (altered records) the same one for any order of reading.
        self.kind = self.kind.max(one.kind);
        self.user_name = self.user_name.max(one.user_name);
        self.events += one.events;
        self.span.merge(one.span);
        self.addresses.extend(one.ip);
        self.regions.extend(Some(one.region).filter(|region| !region.is_empty()));
        self.issuers.extend(one.issued_by);
        self.user_agents.extend(Some(one.user_agent).filter(|agent| !agent.is_empty()));
        if !one.reason.is_empty() {
            *self.reasons.entry(one.reason).or_default() += one.events;
        }
    }

    /// Why they failed, by count, then text.
    pub fn failure_reasons(&self) -> Vec<(String, i64)> {
        let mut reasons: Vec<_> = self.reasons.iter().map(|(&text, &count)| (text.to_owned(), count)).collect();
        reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        reasons
    }
}
