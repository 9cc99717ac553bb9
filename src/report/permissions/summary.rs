//! `permissions --summary`: a row per user and role. Who is administrator and through what, who was not used, and how much of
//! what is granted was.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::judge::{Counts, Look, Verdict};
use super::subject::{Subjects, Who};
use super::{each, nobody, of_session, without_state};
use crate::aggregate::issuances::{self, Issuances};
use crate::aggregate::{calls, principals};
use crate::model::{EventTime, Grant, grouped};
use crate::posture::{Account, AttachedPolicy, Authorization, InlinePolicy};
use crate::report::columns::columns;
use crate::report::posture::trusted;
use crate::report::{Answer, Argument, Form, Report, StateUse, View};

/// What `--summary` answers, and an audit of logs and state.
pub static SUMMARY: Report = Report {
    name: "permissions-summary",
    summary: "Users and roles: administrators, unused ones, used against granted",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "principal"],
    needs: &[&calls::KIND, &principals::KIND, &issuances::KIND],
    options: &[],
    texts: &[],
    rules: &[],
    argument: Some(Argument::optional("PRINCIPAL")),
    state: StateUse::JoinsLogs,
    examples: &[],
    form: Form::Rows,
    charts: None,
    answer,
};

const ABOUT: &str = "\
A row is an IAM user or role of the state or the logs. grant is what its policies allow at their widest, those of a user's \
groups among them (`trailscan policies --help` lists the words), and grant_by the policies that do. usage is:

  never     not in these logs, and IAM knows no use of it: of a role in the 400 days that it keeps
  not-seen  not in these logs, and IAM saw it used: last_used tells when
  unknown   not in these logs, and the state does not say when it was used
  assumed   of a role: its sessions were issued in these logs, and no call of them is there
  used      in these logs

Where a document of a policy that it holds was not read, grant is what the others give, or not-judged where that is \
not an administrator's, unread names these policies, and nothing is counted. \
granted counts the actions that a statement allows on anything and that no Deny on everything and no permissions boundary \
takes back, each once; used, proven_unused, unseen and unknowable add up to them. What these words mean, and what \
they prove, `trailscan permissions --help` says; `trailscan permissions PRINCIPAL` lists the actions.

What it proves: what is proven unused was not asked for in 30 whole days or more. What it does not: policies are read, not \
evaluated; grant looks at no permissions boundary, granted at no resource and no condition. Root, services and roles \
that services made for themselves have no rows.

Rows come administrators first, then those that nobody used, then by how many granted actions were not used.";

/// Whether somebody was there, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Usage {
    /// Neither logs nor IAM know of a use.
    Never,
    /// The logs do not have it, and IAM saw it used.
    NotSeen,
    /// The logs do not have it, and no state tells.
    Unknown,
    /// The logs have that credentials of the role were issued, and no call with them.
    Assumed,
    /// It is in the logs.
    Used,
}

impl Usage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::NotSeen => "not-seen",
            Self::Unknown => "unknown",
            Self::Assumed => "assumed",
            Self::Used => "used",
        }
    }
}

/// A user or role, summed up.
struct Sum<'a> {
    who: &'a Who,
    arn: &'a str,
    held: Held,
    usage: Usage,
    last_used: Option<EventTime>,
    /// Of the actions that are granted; `None` where no state tells.
    counts: Option<Counts>,
    /// Actions that were asked for, by how they stand.
    asked: BTreeMap<Verdict, usize>,
    boundary: String,
    /// Policies of which no document was read.
    unread: Vec<String>,
}

/// What it holds, as state has it.
#[derive(Default)]
struct Held {
    /// `None` where no state tells.
    grant: Option<Grant>,
    grant_by: Vec<String>,
    /// Whom a role lets in.
    trusts: Vec<String>,
}

columns! {
    const COLUMNS;
    fn cells(sum: &Sum<'_>) {
        let asked = |verdict: Verdict| sum.asked.get(&verdict).copied().unwrap_or(0);
    }

    account_id("account_id", "The account.") => sum.who.account_id.as_str(),
    text("name", "user/NAME or role/NAME, without a path.") => sum.who.name.as_str(),
    text("grant", "What its policies allow at their widest, together.") => sum.held.grant.map_or("", Grant::as_str),
    text("usage", "Whether it was used: never, not-seen, unknown, assumed or used.") => sum.usage.as_str(),
    time("last_used", "The last use that logs or IAM tell.").second() => sum.last_used,
    count("granted", "Actions that are granted, each once.") => sum.counts.map(|counts| counts.actions),
    count("used", "How many of them were asked for, be it in vain.") => sum.counts.map(|counts| counts.used),
    count("proven_unused", "How many of them are proven unused.") => sum.counts.map(|counts| counts.proven),
    count("unseen", "How many of them were not seen, which proves nothing.").second()
        => sum.counts.map(|counts| counts.unseen),
    count("unknowable", "How many of them logs cannot tell of.").second() => sum.counts.map(|counts| counts.unknowable),
    count("asked", "Actions that it asked for, granted or not.").last() => sum.asked.values().sum::<usize>(),
    count("ungranted", "Actions that it used and no policy in the state grants.").last() => asked(Verdict::Ungranted),
    count("wanted", "Actions that it was denied each time and no policy in the state grants.").last()
        => asked(Verdict::Wanted),
    list("grant_by", "The policies that give the grant, those of a group behind its name.").second()
        => &sum.held.grant_by,
    list("unread", "The policies that it holds and of which no document was read: grant may be wider.").last()
        => &sum.unread,
    list("trusts", "Of a role whom its trust policy names: who may assume it.").third() => &sum.held.trusts,
    id("principal", "The user's or role's arn.").asked() => sum.arn,
    text("boundary", "The permissions boundary; in brackets where its document is not known.").last()
        => sum.boundary.as_str(),
}

fn answer(view: &View<'_>) -> Answer {
    let asked_about = view.argument.map(str::trim).filter(|text| !text.is_empty());
    let subjects = Subjects::of(view);
    let assumed = assumed(view);
    let mut sums: Vec<Sum<'_>> = Vec::new();
    let met = each(view, &subjects, asked_about, |who, look| {
        let account = view.posture.and_then(|posture| posture.accounts.get(&who.account_id));
        sums.push(sum(who, (&subjects.done[who].arn, assumed.get(who).copied()), look, account));
    });
    let hidden = match sums.is_empty() {
        true => asked_about.map(|text| nobody(text, &subjects)),
        false => Some([summed_up(&sums)].into_iter().chain(without_state(&met)).collect::<Vec<_>>().join("; ")),
    };
    sums.sort_by(|a, b| a.key().cmp(&b.key()));
    let rows_spared = sums.len().saturating_sub(view.rows_wanted);
    let rows = sums.iter().take(view.rows_wanted).map(cells).collect();
    let notes = of_session(asked_about).into_iter().collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, hidden, notes, ..Answer::default() }
}

/// When credentials of each role were issued last, as the logs have it.
fn assumed(view: &View<'_>) -> BTreeMap<Who, EventTime> {
    let mut last: BTreeMap<Who, EventTime> = BTreeMap::new();
    let issued = view.state.get::<Issuances>().map(|issuances| issuances.all(view.state.symbols()));
    for issuance in issued.iter().flatten() {
        if let Some((who, time)) = Who::of(issuance.role_arn(), issuance.account_id()).zip(issuance.time()) {
            last.entry(who).and_modify(|known| *known = time.max(*known)).or_insert(time);
        }
    }
    last
}

fn sum<'a>(
    who: &'a Who,
    (arn, assumed): (&'a str, Option<EventTime>),
    look: &Look<'_>,
    account: Option<&Account>,
) -> Sum<'a> {
    let mut asked: BTreeMap<Verdict, usize> = BTreeMap::new();
    for (action, times) in &look.done.asked {
        *asked.entry(look.of_asked(action, times).verdict).or_default() += 1;
    }
    let held = account.and_then(|account| held(who, &account.authorization.as_ref()?.value));
    // What it knows of services, it may know later than of the whole.
    let by_iam = match (look.by_iam, look.accessed.last()) {
        (told, Some(accessed)) => Some(told.flatten().max(Some(accessed))),
        (told, None) => told,
    };
    let in_logs = look.done.span.last();
    let usage = match (in_logs, assumed, by_iam) {
        (Some(_), ..) => Usage::Used,
        (None, Some(_), _) => Usage::Assumed,
        (None, None, Some(Some(_))) => Usage::NotSeen,
        (None, None, Some(None)) => Usage::Never,
        (None, None, None) => Usage::Unknown,
    };
    let unread: Vec<String> = look.granted.iter().flat_map(|granted| granted.unread.iter().cloned()).collect();
    let held = held.map(|held| if unread.is_empty() { held } else { held.of_unread() });
    let boundary = look.granted.and_then(|granted| granted.boundary);
    Sum {
        who,
        arn,
        held: held.unwrap_or_default(),
        usage,
        last_used: in_logs.max(assumed).max(by_iam.flatten()),
        counts: look.totals(),
        asked,
        boundary: boundary.map(super::boundary_text).unwrap_or_default(),
        unread,
    }
}

fn held(who: &Who, state: &Authorization) -> Option<Held> {
    let (kind, name) = who.name.split_once('/')?;
    if kind == "role" {
        let role = state.roles.as_ref()?.get(name)?;
        let grant = state.role_grant(role);
        let grant_by = through(state, grant, [(String::new(), &role.attached[..], &role.inline[..])]);
        return Some(Held {
            grant: Some(grant),
            grant_by,
            trusts: trusted(role).into_iter().map(str::to_owned).collect(),
        });
    }
    let user = state.users.as_ref()?.get(name)?;
    let grant = state.whole_user_grant(user);
    let groups = user.groups.iter().filter_map(|name| Some((name, state.groups.as_ref()?.get(name)?)));
    let groups = groups.map(|(name, group)| (format!("group/{name}: "), &group.attached[..], &group.inline[..]));
    let own = (String::new(), &user.attached[..], &user.inline[..]);
    Some(Held {
        grant: Some(grant),
        grant_by: through(state, grant, [own].into_iter().chain(groups)),
        trusts: Vec::new(),
    })
}

/// The policies of which each gives a grant by itself; where none does, that they give it together. Nothing for a grant that
/// is no more than an ordinary one.
fn through<'a>(
    state: &Authorization,
    grant: Grant,
    held: impl IntoIterator<Item = (String, &'a [AttachedPolicy], &'a [InlinePolicy])>,
) -> Vec<String> {
    if grant <= Grant::NotJudged {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (label, attached, inline) in held {
        let attached = attached.iter().filter(|policy| state.attached_grant(policy) == grant);
        found.extend(attached.map(|policy| format!("{label}{}", policy.arn)));
        let inline = inline.iter().filter(|policy| policy.document.as_ref().is_ok_and(|it| it.grant() == grant));
        found.extend(inline.map(|policy| format!("{label}inline {}", policy.name)));
    }
    if found.is_empty() {
        found.push("several policies together".to_owned());
    }
    found
}

impl Held {
    /// The same where a policy that it holds was not read: what is no administrator's may be one.
    fn of_unread(self) -> Self {
        match self.grant.is_some_and(Grant::is_admin_equivalent) {
            true => self,
            false => Self { grant: Some(Grant::NotJudged), grant_by: Vec::new(), ..self },
        }
    }
}

impl Sum<'_> {
    /// Whether it is known whether it is an administrator.
    fn is_judged(&self) -> bool {
        self.held.grant.is_some_and(|grant| grant != Grant::NotJudged)
    }

    fn is_admin(&self) -> bool {
        self.held.grant.is_some_and(Grant::is_admin_equivalent)
    }

    fn key(&self) -> impl Ord {
        let unused = self.counts.map_or(0, |counts| counts.proven + counts.unseen);
        (Reverse(self.is_admin()), self.usage, Reverse(unused), self.who)
    }
}

/// How many are administrators, and how many nobody used, in a sentence.
fn summed_up(sums: &[Sum<'_>]) -> String {
    let count = |is: &dyn Fn(&Sum<'_>) -> bool| sums.iter().filter(|sum| is(sum)).count();
    let (admins, never) = (count(&|sum| sum.is_admin()), count(&|sum| sum.usage == Usage::Never));
    let idle = count(&|sum| sum.is_admin() && sum.usage < Usage::Assumed);
    let (unjudged, all) = (count(&|sum| !sum.is_judged()), sums.len());
    let [admins_told, idle, never_told, unjudged_told, all_told] =
        [admins, idle, never, unjudged, all].map(|count| grouped(count as u64));
    let unused = if never > 0 { format!("; IAM knows no use of {never_told}") } else { String::new() };
    if unjudged == all {
        return format!("who of {all_told} users and roles is an administrator is not known{unused}");
    }
    let verb = if admins == 1 { "is administrator" } else { "are administrators" };
    let unknown = if unjudged > 0 { format!("; of {unjudged_told} it is not known") } else { String::new() };
    format!(
        "{admins_told} of {all_told} users and roles {verb} or can become one, {idle} of them not in these logs{unknown}{unused}"
    )
}
