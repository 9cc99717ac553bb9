//! `permissions --closest-managed`: the AWS-managed policies that have what was used, with the fewest actions beside.

use std::collections::BTreeMap;

use super::granted::has;
use super::judge::Known;
use super::subject::Subjects;
use super::used::Used;
use super::{NEEDS, nobody, of_session};
use crate::model::{AccessLevel, AwsPolicies, AwsPolicy, Effect, Listed};
use crate::report::columns::columns;
use crate::report::{Answer, Argument, Form, Report, StateUse, View};

/// What `--closest-managed` answers.
pub static CLOSEST: Report = Report {
    name: "closest-managed",
    summary: "The AWS-managed policies that cover what a user or role used with the fewest actions to spare",
    about: "",
    columns: COLUMNS,
    key: &["verdict", "policy"],
    needs: NEEDS,
    options: &[],
    texts: &[],
    rules: &[],
    argument: Some(Argument::required("PRINCIPAL")),
    state: StateUse::BesideLogs,
    examples: &[],
    form: Form::Rows,
    charts: None,
    answer,
};

/// Policies of each verdict that are shown.
const SHOWN: usize = 3;

/// Actions that are named of those that a policy adds.
const NAMED: usize = 5;

/// How a policy stands to what was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It allows all of it on everything.
    Covers,
    /// It allows all of it, some on some resources or on a condition alone.
    Perhaps,
    /// It does not allow all of it.
    Lacks,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Covers => "COVERS",
            Self::Perhaps => "PERHAPS",
            Self::Lacks => "LACKS",
        }
    }
}

columns! {
    const COLUMNS;
    fn cells(fit: &Fit<'_>) {}

    verdict("verdict", "COVERS, PERHAPS (some only on some resources or on a condition) or LACKS.") => fit.verdict.as_str(),
    text("policy", "The AWS-managed policy, with its path.") => fit.policy.name.as_str(),
    count("covered", "How many of the used actions it allows.") => fit.covered,
    count("lacks", "How many of them it does not allow.") => fit.lacks.len(),
    count("on_terms", "How many of them it allows on some resources or on a condition alone.") => fit.on_terms.len(),
    count("actions", "How many actions it allows, on whatever terms.") => fit.actions,
    count("adds", "How many of these were not used.") => fit.adds(),
    list("adds_levels", "How many that are of each access level, the gravest first.") => fit.levels(),
    list("adds_first", "The first five of them, the gravest first.").second()
        => fit.added().into_iter().take(NAMED).map(|(_, action)| action.to_owned()).collect::<Vec<_>>(),
    list("lacks_list", "The used actions that it does not allow.").third() => fit.lacks.to_vec(),
    list("on_terms_list", "The used actions that it allows on some resources or on a condition alone.").last()
        => fit.on_terms.to_vec(),
    list("adds_list", "All that it adds, the gravest first.").asked()
        => fit.added().into_iter().map(|(_, action)| action.to_owned()).collect::<Vec<_>>(),
    id("arn", "Its arn, in the partition aws.").asked() => fit.policy.arn(),
}

/// A policy beside what was used.
struct Fit<'a> {
    policy: &'a AwsPolicy,
    verdict: Verdict,
    covered: usize,
    lacks: Vec<String>,
    on_terms: Vec<String>,
    /// How many actions it allows.
    actions: usize,
    /// The places of those that were not used.
    added: Vec<usize>,
    known: &'a Known<'a>,
}

impl<'a> Fit<'a> {
    /// `None` of one that allows nothing of it.
    fn of(policy: &'a AwsPolicy, used: &Used<'_>, known: &'a Known<'a>) -> Option<Self> {
        let (mut lacks, mut on_terms) = (Vec::new(), Vec::new());
        for action in used.actions.keys() {
            match allowed(policy, action) {
                None => lacks.push((*action).to_owned()),
                Some(false) => on_terms.push((*action).to_owned()),
                Some(true) => {}
            }
        }
        let covered = used.actions.len() - lacks.len();
        let verdict = match (lacks.is_empty(), on_terms.is_empty()) {
            (true, true) => Verdict::Covers,
            (true, false) => Verdict::Perhaps,
            (false, _) => Verdict::Lacks,
        };
        (covered > 0).then(|| Self { policy, verdict, covered, lacks, on_terms, actions: 0, added: Vec::new(), known })
    }

    /// The same, with what it allows beside.
    fn measured(mut self, used: &Used<'_>) -> Self {
        let mut is_allowed = vec![false; self.known.len()];
        let of = |effect| self.policy.statements.iter().filter(move |it| it.effect == effect);
        for statement in of(Effect::Allow).chain(of(Effect::Deny).filter(|it| it.is_plain())) {
            for place in self.known.meant(&statement.actions).iter().flat_map(|places| places.iter()) {
                is_allowed[*place as usize] = statement.effect == Effect::Allow;
            }
        }
        let places = is_allowed.iter().enumerate().filter(|(_, allowed)| **allowed).map(|(place, _)| place);
        let all: Vec<usize> = places.collect();
        self.actions = all.len();
        self.added = all.into_iter().filter(|place| !used.actions.contains_key(self.known.at(*place))).collect();
        self
    }

    fn adds(&self) -> usize {
        self.added.len()
    }

    /// What it adds, the gravest first; what is of no known level comes last.
    fn added(&self) -> Vec<(Option<AccessLevel>, &str)> {
        let actions = self.added.iter().map(|place| self.known.at(*place));
        let mut added: Vec<_> = actions.map(|action| (self.known.actions.level(action), action)).collect();
        added.sort_by_key(|(level, action)| (level.is_none(), *level, *action));
        added
    }

    fn levels(&self) -> Vec<String> {
        let mut counts: BTreeMap<(bool, Option<AccessLevel>), usize> = BTreeMap::new();
        for (level, _) in self.added() {
            *counts.entry((level.is_none(), level)).or_default() += 1;
        }
        let text = |level: Option<AccessLevel>| level.map_or("level not known", AccessLevel::as_str);
        counts.into_iter().map(|((_, level), count)| format!("{} {count}", text(level))).collect()
    }
}

fn answer(view: &View<'_>) -> Answer {
    let asked_about = view.argument.map(str::trim).unwrap_or_default();
    let subjects = Subjects::of(view);
    let used = Used::of(&subjects, asked_about);
    let known = Known::new(view.known_actions());
    let fits = closest(&used, &known);
    let rows = fits.iter().map(cells).collect();
    let covers = fits.iter().any(|fit| fit.verdict != Verdict::Lacks);
    let hidden = match () {
        () if used.who.is_empty() => Some(nobody(asked_about, &subjects)),
        () if used.actions.is_empty() => Some(used.nothing()),
        () if !covers => Some("no AWS-managed policy short of an administrator's covers all that was used".to_owned()),
        () => None,
    };
    let notes = of_session(Some(asked_about))
        .into_iter()
        .chain(used.of_several())
        .chain(used.left_out())
        .chain(used.perhaps())
        .collect();
    Answer { columns: COLUMNS.to_vec(), rows, hidden, notes, ..Answer::default() }
}

/// The closest policies of each verdict; of the later ones those that come closer than what covers all.
fn closest<'a>(used: &Used<'_>, known: &'a Known<'a>) -> Vec<Fit<'a>> {
    let policies = AwsPolicies::known().iter().filter(|policy| !allows_everything(policy));
    let mut fits: Vec<Fit<'_>> = policies.filter_map(|policy| Fit::of(policy, used, known)).collect();
    // What lacks more than three others do is not looked at further.
    fits.sort_by_key(|fit| (fit.verdict, fit.lacks.len()));
    let most = fits.iter().filter(|fit| fit.verdict == Verdict::Lacks).nth(SHOWN - 1).map(|fit| fit.lacks.len());
    fits.retain(|fit| most.is_none_or(|most| fit.lacks.len() <= most));
    let mut fits: Vec<Fit<'_>> = fits.into_iter().map(|fit| fit.measured(used)).collect();
    fits.sort_by(|a, b| {
        let key = |fit: &Fit<'_>| (fit.verdict, fit.lacks.len(), fit.adds());
        key(a).cmp(&key(b)).then_with(|| a.policy.name.cmp(&b.policy.name))
    });
    let (mut kept, mut least): (Vec<Fit<'_>>, usize) = (Vec::new(), usize::MAX);
    for verdict in [Verdict::Covers, Verdict::Perhaps, Verdict::Lacks] {
        let (of_verdict, rest): (Vec<_>, Vec<_>) = fits.into_iter().partition(|fit| fit.verdict == verdict);
        fits = rest;
        let adds = of_verdict.first().map_or(usize::MAX, Fit::adds);
        kept.extend(of_verdict.into_iter().filter(|fit| fit.adds() < least).take(SHOWN));
        if verdict != Verdict::Lacks {
            least = least.min(adds);
        }
    }
    kept
}

/// Whether a policy allows every action, be it on a condition or to be taken back by what it denies: an administrator's, or
/// one to bound others. That is close to nothing.
fn allows_everything(policy: &AwsPolicy) -> bool {
    let is_all = |actions: &Listed| actions.has(|action| action == "*");
    policy.statements.iter().any(|it| it.effect == Effect::Allow && is_all(&it.actions))
}

/// Whether a policy allows an action: `Some(false)` where it does so on some resources or on a condition alone. What it
/// denies on everything it does not allow.
fn allowed(policy: &AwsPolicy, action: &str) -> Option<bool> {
    let of = |effect| policy.statements.iter().filter(move |it| it.effect == effect && has(&it.actions, action));
    if of(Effect::Deny).any(|statement| statement.is_plain()) {
        return None;
    }
    let is_denied_at_times = of(Effect::Deny).next().is_some();
    of(Effect::Allow).map(|statement| statement.is_plain() && !is_denied_at_times).max()
}
