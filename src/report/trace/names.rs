//! By which names a credential, a key or an origin can be asked for, and which of them a text means.

use std::borrow::Cow;

use globset::{GlobBuilder, GlobMatcher};

use super::graph::{Graph, Node};
use super::origin::OriginKind;
use crate::model::Arn;
use crate::report::lineage::{Credential, Kind, role_name, session_name};

/// What was asked for.
enum Wanted<'t> {
    /// A name, as it is or in any case of letters.
    Name(Cow<'t, str>),
    AnyCase(&'t str),
    Pattern(GlobMatcher),
    /// `arn:…:sts::ACCOUNT:assumed-role/ROLE/SESSION`, which no record of a session needs to hold.
    AssumedRole {
        account_id: &'t str,
        role: &'t str,
        session: &'t str,
    },
}

/// The places that `text` names: exactly, else in any case of letters; a text with `*` or `?` is a pattern.
pub(super) fn find(graph: &Graph<'_>, text: &str) -> Vec<usize> {
    let found = tries(text).into_iter().map(|wanted| find_wanted(graph, &wanted)).find(|found| !found.is_empty());
    found.unwrap_or_default()
}

/// Those of some things that `text` names, in the same way: `each` shows the names of one.
pub(super) fn picked<'t, T>(text: &str, things: &'t [T], each: impl Fn(&'t T, &mut dyn FnMut(&str))) -> Vec<&'t T> {
    let by = |wanted: &Wanted<'_>| -> Vec<&'t T> {
        let is_wanted = |thing: &&'t T| {
            let mut is_named = false;
            each(thing, &mut |name| is_named = is_named || wanted.is(name));
            is_named
        };
        things.iter().filter(is_wanted).collect()
    };
    tries(text).iter().map(by).find(|found| !found.is_empty()).unwrap_or_default()
}

/// What a text may mean, the first that is there.
fn tries(text: &str) -> Vec<Wanted<'_>> {
    match (assumed_role(text), text.contains(['*', '?'])) {
        (Some(wanted), false) => vec![Wanted::Name(text.into()), wanted],
        (_, false) => {
            let nameless = without_path(text).map(|name| Wanted::Name(name.into()));
            [Some(Wanted::Name(text.into())), nameless, Some(Wanted::AnyCase(text))].into_iter().flatten().collect()
        }
        (_, true) => [false, true].into_iter().filter_map(|any_case| pattern(text, any_case)).collect(),
    }
}

fn find_wanted(graph: &Graph<'_>, wanted: &Wanted<'_>) -> Vec<usize> {
    (0..graph.len())
        .filter(|&place| {
            let node = graph.node(place);
            if let (Wanted::AssumedRole { account_id, role, session }, Node::Credential(credential)) = (wanted, node) {
                return credential.identity_type() == "AssumedRole"
                    && credential.account_id() == *account_id
                    && role_name(credential) == *role
                    && (session.is_empty() || session_name(credential) == *session);
            }
            let mut is_named = false;
            each(node, &mut |name| is_named = is_named || wanted.is(name));
            is_named
        })
        .collect()
}

/// Shows every name of a node, no empty ones, some perhaps twice.
pub(super) fn each(node: Node<'_, '_>, show: &mut dyn FnMut(&str)) {
    let mut name = |text: &str| {
        if !text.is_empty() {
            show(text);
        }
    };
    match node {
        Node::Key(key) => name(key.id),
        Node::Credential(credential) => each_of(credential, &mut name),
        Node::Origin(origin) => {
            name(&origin.name);
            name(origin.provider);
            if let OriginKind::Service = origin.kind {
                name(origin.name.trim_start_matches("service:"));
            }
            if origin.kind == OriginKind::User {
                name(origin.name.rsplit('/').next().unwrap_or_default());
            }
            each_resource(&origin.name, &mut name);
            // A user that only the record of a key names: `ACCOUNT:user/NAME`.
            if let Some((_, resource)) = origin.name.split_once(':').filter(|(_, rest)| rest.starts_with("user/")) {
                name(resource);
            }
        }
    }
}

fn each_of(credential: &Credential<'_>, name: &mut dyn FnMut(&str)) {
    name(credential.id());
    credential.access_keys().for_each(&mut *name);
    let is_role = credential.identity_type() == "AssumedRole";
    let principal_id = credential.principal_id();
    name(principal_id);
    if is_role {
        name(principal_id.split(':').next().unwrap_or_default());
        name(role_name(credential));
    }
    // People are origins, and what is theirs hangs below them. A role is no origin, nor is root where others assume it:
    // the sessions are all there is.
    if is_role || credential.kind() == Kind::AssumeRoot {
        name(&credential.principal());
    }
    if is_role {
        each_resource(&credential.principal(), &mut *name);
    }
    // One of several keys of a principalId and a creation date can be asked for by these, too.
    name(credential.id().split('#').next().unwrap_or_default());
    name(credential.arn());
    name(session_name(credential));
    name(credential.source_identity());
    name(credential.person());
    name(credential.session().map_or("", |session| session.scope_issued_to()));
}

/// Shows every name of a principal that has no credential.
pub(super) fn each_of_principal(principal: &str, name: &mut dyn FnMut(&str)) {
    if principal.is_empty() {
        return;
    }
    name(principal);
    if let Some(arn) = Arn::parse(principal) {
        name(arn.name());
    }
    each_resource(principal, name);
}

/// As findings print it, without what is the same for all: `user/path/alice`, `user/alice`.
fn each_resource(principal: &str, name: &mut dyn FnMut(&str)) {
    let Some(arn) = Arn::parse(principal) else { return };
    name(arn.resource);
    if let Some((kind, path)) = arn.resource.split_once('/').filter(|(_, path)| path.contains('/')) {
        name(&format!("{kind}/{}", path.rsplit('/').next().unwrap_or_default()));
    }
}

impl Wanted<'_> {
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Name(wanted) => name == wanted,
            Self::AnyCase(wanted) => name.eq_ignore_ascii_case(wanted),
            Self::Pattern(glob) => glob.is_match(name),
            Self::AssumedRole { .. } => false,
        }
    }
}

/// What the user, role or group of an arn is called where a record names it without its path, as one that made a key for it;
/// see [`Origins`].
///
/// [`Origins`]: super::origin::Origins
fn without_path(text: &str) -> Option<String> {
    let arn = Arn::parse(text)?;
    let (kind, _) = arn.resource.split_once('/').filter(|(kind, _)| matches!(*kind, "user" | "role" | "group"))?;
    Some(format!("{}:{kind}/{}", arn.account_id, arn.name()))
}

fn assumed_role(text: &str) -> Option<Wanted<'_>> {
    let arn = Arn::parse(text).filter(|arn| arn.service == "sts")?;
    let rest = arn.resource.strip_prefix("assumed-role/")?;
    let (role, session) = rest.split_once('/').unwrap_or((rest, ""));
    Some(Wanted::AssumedRole { account_id: arn.account_id, role, session })
}

/// As of the filters: `*` is any run of characters. A text that is no pattern matches nothing.
fn pattern(text: &str, any_case: bool) -> Option<Wanted<'static>> {
    let glob =
        GlobBuilder::new(text).literal_separator(false).backslash_escape(true).case_insensitive(any_case).build();
    glob.ok().map(|glob| Wanted::Pattern(glob.compile_matcher()))
}
