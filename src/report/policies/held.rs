//! The policies of an account and who holds them.

use std::collections::BTreeMap;

use crate::aggregate::principals::Principals;
use crate::model::{Arn, EventTime, Grant, Policy, PolicyClass, PolicyError};
use crate::posture::{AttachedPolicy, Authorization, Boundary, Dated, InlinePolicy, ManagedPolicy, Source};
use crate::report::View;
use crate::report::user_arns::user_of;

/// A policy of an account.
pub(super) struct Held<'a> {
    pub account_id: &'a str,
    /// Its arn; of an inline policy its owner's and its name.
    pub policy: String,
    pub class: PolicyClass,
    pub grant: Grant,
    /// `None` where the file does not have it.
    pub document: Option<&'a Result<Policy, PolicyError>>,
    /// The document as text; empty where there is none.
    pub text: &'a str,
    /// `user/NAME` and so on, sorted.
    pub attached_to: Vec<String>,
    pub boundary_of: Vec<String>,
    /// `None` where the file does not tell all of them.
    pub attachments: Option<i64>,
    pub changed: Option<EventTime>,
    pub source: &'a Source,
    /// The users and roles that it is for: those that it is attached to, and members of such groups.
    holders: Vec<Holder<'a>>,
}

/// A user or role that holds a policy.
#[derive(Clone)]
struct Holder<'a> {
    /// `user/NAME` or `role/NAME`.
    name: String,
    arn: &'a str,
    /// AIDA… or AROA…
    id: &'a str,
}

/// A user, group or role with what it holds.
struct Owner<'a> {
    name: String,
    arn: &'a str,
    inline: &'a [InlinePolicy],
    attached: &'a [AttachedPolicy],
    boundary: Option<&'a Boundary>,
    holders: Vec<Holder<'a>>,
}

/// Every policy of an account: managed ones that the file has or that somebody holds, and inline ones.
pub(super) fn all<'a>(account_id: &'a str, part: &'a Dated<Authorization>) -> Vec<Held<'a>> {
    let (details, source) = (&part.value, &part.source);
    let owners = owners(details);
    let is_whole = details.users.is_some() && details.groups.is_some() && details.roles.is_some();
    let mut managed: BTreeMap<&str, Held<'a>> =
        details.managed().map(|policy| (policy.arn.as_str(), of_managed(account_id, policy, source))).collect();
    let mut found = Vec::new();
    for owner in &owners {
        let unread = |arn: &'a str| Held::new((account_id, source), arn.to_owned(), PolicyClass::of_arn(arn));
        for attached in owner.attached {
            let held = managed.entry(&attached.arn).or_insert_with(|| unread(&attached.arn));
            held.attached_to.push(owner.name.clone());
            held.holders.extend(owner.holders.iter().cloned());
        }
        if let Some(boundary) = owner.boundary.filter(|boundary| !boundary.arn.is_empty()) {
            let held = managed.entry(&boundary.arn).or_insert_with(|| unread(&boundary.arn));
            held.boundary_of.push(owner.name.clone());
        }
        found.extend(owner.inline.iter().map(|policy| of_inline((account_id, source), owner, policy)));
    }
    found.extend(managed.into_values().map(|mut held| {
        let told = is_whole.then_some(held.attached_to.len() as i64);
        held.attachments = held.attachments.or(told);
        held
    }));
    found.iter_mut().for_each(Held::tidy);
    found
}

fn of_managed<'a>(account_id: &'a str, policy: &'a ManagedPolicy, source: &'a Source) -> Held<'a> {
    let held = Held::new((account_id, source), policy.arn.clone(), policy.class);
    Held { text: &policy.text, attachments: policy.attachments, changed: policy.updated, ..held }
        .judged(&policy.document)
}

fn of_inline<'a>((account_id, source): (&'a str, &'a Source), owner: &Owner<'a>, policy: &'a InlinePolicy) -> Held<'a> {
    let held = Held::new((account_id, source), format!("{} inline {}", owner.arn, policy.name), PolicyClass::Inline);
    Held {
        text: &policy.text,
        attached_to: vec![owner.name.clone()],
        attachments: Some(1),
        holders: owner.holders.clone(),
        ..held
    }
    .judged(&policy.document)
}

impl<'a> Held<'a> {
    /// One of which no document is at hand: of AWS's the name tells what it grants.
    fn new((account_id, source): (&'a str, &'a Source), policy: String, class: PolicyClass) -> Self {
        Self {
            account_id,
            class,
            grant: Grant::of_managed(&policy),
            policy,
            document: None,
            text: "",
            attached_to: Vec::new(),
            boundary_of: Vec::new(),
            attachments: None,
            changed: None,
            source,
            holders: Vec::new(),
        }
    }

    /// The same, judged by its document where that can be read.
    fn judged(mut self, document: &'a Result<Policy, PolicyError>) -> Self {
        self.grant = document.as_ref().map_or(self.grant, Policy::grant);
        self.document = Some(document);
        self
    }

    fn tidy(&mut self) {
        self.attached_to.sort();
        self.boundary_of.sort();
    }
}

/// Users, groups and roles, each in order of names.
fn owners(details: &Authorization) -> Vec<Owner<'_>> {
    let user_holder = |name: &str| {
        let user = details.users.as_ref()?.get(name)?;
        Some(Holder { name: format!("user/{name}"), arn: &user.arn, id: &user.id })
    };
    let users = details.users.iter().flatten().map(|(name, user)| Owner {
        name: format!("user/{name}"),
        arn: &user.arn,
        inline: &user.inline,
        attached: &user.attached,
        boundary: user.boundary.as_ref(),
        holders: user_holder(name).into_iter().collect(),
    });
    let groups = details.groups.iter().flatten().map(|(name, group)| Owner {
        name: format!("group/{name}"),
        arn: &group.arn,
        inline: &group.inline,
        attached: &group.attached,
        boundary: None,
        holders: details.members(name).into_iter().filter_map(user_holder).collect(),
    });
    let roles = details.roles.iter().flatten().map(|(name, role)| Owner {
        name: format!("role/{name}"),
        arn: &role.arn,
        inline: &role.inline,
        attached: &role.attached,
        boundary: role.boundary.as_ref(),
        holders: vec![Holder { name: format!("role/{name}"), arn: &role.arn, id: &role.id }],
    });
    users.chain(groups).chain(roles).collect()
}

/// When users and roles were in the logs last.
#[derive(Default)]
pub(super) struct LastSeen<'a> {
    /// By unique id (AIDA…, AROA…).
    by_id: BTreeMap<&'a str, EventTime>,
    /// By arn, of roles.
    by_arn: BTreeMap<&'a str, EventTime>,
    /// By account and name, of users: a name is unique within an account.
    users: BTreeMap<(&'a str, &'a str), EventTime>,
}

impl<'a> LastSeen<'a> {
    /// What logs tell; nothing where none were read.
    pub(super) fn of_logs(view: &View<'a>) -> Self {
        let (state, mut seen) = (view.state, Self::default());
        let symbols = state.symbols();
        for row in state.get::<Principals>().map(Principals::rows).unwrap_or_default() {
            let Some(last) = row.span.last() else { continue };
            let principal = symbols.text(row.principal);
            match user_of(principal) {
                Some(user) => later(&mut seen.users, user, last),
                None if is_role(principal) => later(&mut seen.by_arn, principal, last),
                None => {}
            }
            // One name with several ids was made anew: the last event is of one of them, the name tells which is meant.
            let ids: Vec<_> = row.principal_ids.iter().map(|id| symbols.text(id)).filter(|id| !id.is_empty()).collect();
            if let [id] = ids[..] {
                later(&mut seen.by_id, id, last);
            }
        }
        seen
    }

    /// The last event of whoever holds a policy, and who that is; of several at one moment the first by name.
    pub(super) fn of<'h>(&self, held: &'h Held<'_>) -> Option<(EventTime, &'h str)> {
        let seen = held.holders.iter().filter_map(|holder| Some((self.of_holder(holder)?, holder.name.as_str())));
        seen.min_by_key(|&(time, name)| (std::cmp::Reverse(time), name))
    }

    fn of_holder(&self, holder: &Holder<'_>) -> Option<EventTime> {
        let by_name = user_of(holder.arn).and_then(|user| self.users.get(&user));
        [self.by_id.get(holder.id), self.by_arn.get(holder.arn), by_name].into_iter().flatten().max().copied()
    }
}

fn later<K: Ord>(known: &mut BTreeMap<K, EventTime>, key: K, time: EventTime) {
    let last = known.entry(key).or_insert(time);
    *last = time.max(*last);
}

fn is_role(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/"))
}
