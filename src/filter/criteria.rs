//! What the user asked to count: accounts, regions, principals, events, services, addresses, credentials, resources.
//!
//! Criteria decide what is *counted*. The records that explain rows are remembered from every object, accepted or not,
//! so a filter never blinds a join.

use globset::{Glob, GlobBuilder, GlobMatcher};
use ipnet::IpNet;

use super::Below;
use crate::model::{Arn, Event, SourceAddress, agent_family, arn_of_named_user, each_resource, principal_of};

/// The criteria as they were written. Within one list any may hold; a list that is not empty must have one that does.
///
/// Patterns are globs over the whole text, case-sensitive as AWS's names are: `*` is any run of characters (`/` and `:`
/// too), `?` one, `[ab]` one of these, `{a,b}` either, `\` takes the next literally.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// Account ids, exact: `recipientAccountId`, else `userIdentity.accountId`.
    pub accounts: Vec<String>,
    /// Regions, exact: `awsRegion`.
    pub regions: Vec<String>,
    /// Patterns of the principal as reports print it.
    pub principals: Vec<String>,
    /// Patterns of `eventName`.
    pub events: Vec<String>,
    /// Patterns of `eventSource`, with or without its `.amazonaws.com`.
    pub services: Vec<String>,
    /// Patterns of `userIdentity.accessKeyId`.
    pub access_keys: Vec<String>,
    /// Addresses or CIDR blocks, IPv4 or IPv6, that `sourceIPAddress` lies in.
    pub addresses: Vec<String>,
    /// Patterns of sessions: the session's id as reports print it, its principalId, its arn or its name.
    pub sessions: Vec<String>,
    /// Patterns of resources that the record names, whole, or without what an arn begins with.
    pub resources: Vec<String>,
    /// Patterns of `errorCode`, or of `errorMessage` where there is no code.
    pub errors: Vec<String>,
    /// Patterns of `userAgent`, or of the program that it names.
    pub user_agents: Vec<String>,
    /// Patterns of `eventID`.
    pub event_ids: Vec<String>,
    /// Whether calls that change something are meant, or the others; `None` is both.
    pub access: Option<Access>,
    /// Keys, sessions and principals: what was done with them, and with whatever they issued, counts. Nothing does until
    /// [`Filters::resolve`] says what that is.
    pub below: Vec<String>,
}

/// Whether a call changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It changes nothing: `readOnly` is true.
    ReadOnly,
    /// It may change something: `readOnly` is false, or not told.
    Write,
}

/// Why a criterion cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// Nothing was given: often an unset shell variable.
    #[error("--{0} is empty: give a value, or leave it out to count everything")]
    Empty(&'static str),
    /// A pattern that is none.
    #[error("--{flag} {pattern:?} is not a pattern: {why}")]
    Pattern {
        /// The flag.
        flag: &'static str,
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// Neither an address nor a block.
    #[error("--address {0:?} is not an address, nor a CIDR block such as 192.0.2.0/24")]
    Address(String),
}

/// Criteria, ready to be asked for every event. The empty ones accept everything at once.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    given: bool,
    accounts: Vec<String>,
    regions: Vec<String>,
    principals: Globs,
    events: Globs,
    services: Globs,
    access_keys: Globs,
    addresses: Vec<IpNet>,
    sessions: Globs,
    resources: Globs,
    errors: Globs,
    user_agents: Globs,
    event_ids: Globs,
    access: Option<Access>,
    below: Vec<String>,
    resolved: Below,
}

impl Filters {
    /// Makes criteria ready.
    ///
    /// # Errors
    /// [`FilterError`] for the first that cannot be used.
    pub fn new(criteria: &Criteria) -> Result<Self, FilterError> {
        Ok(Self {
            given: *criteria != Criteria::default(),
            accounts: not_empty("account", &criteria.accounts)?,
            regions: not_empty("region", &criteria.regions)?,
            principals: Globs::new("principal", &criteria.principals)?,
            events: Globs::new("event", &criteria.events)?,
            services: Globs::new("service", &criteria.services)?,
            access_keys: Globs::new("access-key", &criteria.access_keys)?,
            addresses: criteria.addresses.iter().map(|text| block(text)).collect::<Result<_, _>>()?,
            sessions: Globs::new("session", &criteria.sessions)?,
            resources: Globs::new("resource", &criteria.resources)?,
            errors: Globs::new("error", &criteria.errors)?,
            user_agents: Globs::new("user-agent", &criteria.user_agents)?,
            event_ids: Globs::new("event-id", &criteria.event_ids)?,
            access: criteria.access,
            below: not_empty("below", &criteria.below)?,
            resolved: Below::default(),
        })
    }

    /// The keys, sessions and principals below which all counts; empty when that was not asked.
    pub fn below(&self) -> &[String] {
        &self.below
    }

    /// Says which credentials are below those that were asked for.
    pub fn resolve(&mut self, below: Below) {
        self.resolved = below;
    }

    /// Whether nothing is filtered.
    pub const fn is_empty(&self) -> bool {
        !self.given
    }

    /// Whether nothing is filtered but whole accounts: of those that are left every event counts.
    pub fn are_accounts_alone(&self) -> bool {
        self.regions.is_empty() && self.within_accounts().is_empty()
    }

    /// The accounts that were asked for; empty when all are.
    pub fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// Whether `event` is to be counted. Cheap criteria are asked first; the principal, which must be worked out, last.
    pub fn accepts(&self, event: &Event<'_>) -> bool {
        self.is_empty()
            || (holds(&self.accounts, event.account_id())
                && holds(&self.regions, event.aws_region)
                && self.events.hold(|glob| glob.is_match(event.event_name))
                && self.services.hold(|glob| is_service(glob, event.event_source))
                && self.access_keys.hold(|glob| glob.is_match(&*event.user_identity.access_key_id))
                && self.comes_from(event.source_ip_address)
                && self.is_like(event)
                && self.is_by(event))
    }

    /// What is asked of few events: how the call ended, what it did, by what program, in which session, to what.
    fn is_like(&self, event: &Event<'_>) -> bool {
        self.access.is_none_or(|access| (access == Access::ReadOnly) == (event.read_only == Some(true)))
            && self.event_ids.hold(|glob| glob.is_match(event.event_id))
            && self.errors.hold(|glob| event.is_error() && glob.is_match(error_of(event)))
            && self.user_agents.hold(|glob| is_agent(glob, event.user_agent))
            && (self.below.is_empty() || self.resolved.holds(event))
            && self.sessions.hold(|glob| is_session(glob, event))
            && self.resources.hold(|glob| is_about(glob, event))
    }

    /// The regions that were asked for; empty when all are.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The flags of the criteria that choose among the events of one account and region.
    pub fn within_accounts(&self) -> Vec<&'static str> {
        let given = [
            ("--principal", !self.principals.0.is_empty()),
            ("--event", !self.events.0.is_empty()),
            ("--service", !self.services.0.is_empty()),
            ("--access-key", !self.access_keys.0.is_empty()),
            ("--address", !self.addresses.is_empty()),
            ("--session", !self.sessions.0.is_empty()),
            ("--resource", !self.resources.0.is_empty()),
            ("--error", !self.errors.0.is_empty()),
            ("--user-agent", !self.user_agents.0.is_empty()),
            ("--event-id", !self.event_ids.0.is_empty()),
            ("--read-only", self.access == Some(Access::ReadOnly)),
            ("--write", self.access == Some(Access::Write)),
            ("--below", !self.below.is_empty()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }

    /// Whether any of the criteria is a pattern.
    pub fn has_patterns(&self) -> bool {
        self.patterns().next().is_some()
    }

    /// The patterns that were given, by flag.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (&'static str, &[GlobMatcher])> {
        let all = [
            ("--principal", &self.principals),
            ("--event", &self.events),
            ("--service", &self.services),
            ("--access-key", &self.access_keys),
            ("--session", &self.sessions),
            ("--resource", &self.resources),
            ("--error", &self.errors),
            ("--user-agent", &self.user_agents),
            ("--event-id", &self.event_ids),
        ];
        all.into_iter().map(|(flag, globs)| (flag, globs.0.as_slice())).filter(|(_, globs)| !globs.is_empty())
    }

    /// What the user should know about these criteria, whatever is asked.
    pub fn warnings(&self) -> Vec<String> {
        let region = "--region may lose sign-ins and global services: IAM, root sign-ins and global STS log in us-east-1, \
                      other sign-ins in the region of their endpoint";
        (!self.regions.is_empty()).then(|| region.to_owned()).into_iter().collect()
    }

    /// What the reader of findings and verdicts should know about these criteria.
    pub fn warning_of_verdicts(&self) -> Option<String> {
        let flags = self.within_accounts();
        (!flags.is_empty()).then(|| {
            let flags = flags.join(", ");
            format!("findings and verdicts judge the counted events alone: without {flags} the same keys and users may show more")
        })
    }

    fn comes_from(&self, source: &str) -> bool {
        self.addresses.is_empty()
            || SourceAddress::parse(source)
                .ip()
                .is_some_and(|address| self.addresses.iter().any(|block| block.contains(&address)))
    }

    fn is_by(&self, event: &Event<'_>) -> bool {
        if self.principals.0.is_empty() {
            return true;
        }
        let principal = principal_of(&event.user_identity);
        self.principals.hold(|glob| glob.is_match(&*principal))
            || arn_of_named_user(&event.user_identity, event.aws_region)
                .is_some_and(|arn| self.principals.hold(|glob| glob.is_match(&*arn)))
    }
}

/// Patterns of which one must hold; none at all always do.
///
/// Each is its own expression: a `GlobSet` would read the texts as paths, with file names and extensions.
#[derive(Clone, Debug, Default)]
struct Globs(Vec<GlobMatcher>);

impl Globs {
    fn new(flag: &'static str, patterns: &[String]) -> Result<Self, FilterError> {
        let patterns = not_empty(flag, patterns)?;
        let globs = patterns.iter().map(|pattern| {
            let refused = |why| FilterError::Pattern { flag, pattern: shown(pattern), why };
            match excess(pattern) {
                Some(why) => Err(refused(why)),
                None => glob(pattern).map_err(|error| refused(error.kind().to_string())),
            }
        });
        globs.collect::<Result<_, _>>().map(Self)
    }

    fn hold(&self, matches: impl Fn(&GlobMatcher) -> bool) -> bool {
        self.0.is_empty() || self.0.iter().any(matches)
    }
}

/// The longest pattern: principals have up to some hundred characters.
const LONGEST: usize = 4096;
/// The most braces of a pattern: each multiplies what it may stand for, and globset goes as deep as they are nested.
const MOST_BRACES: usize = 32;

/// A pattern as a message shows it: cut where it is long.
fn shown(pattern: &str) -> String {
    let short: String = pattern.chars().take(100).collect();
    if short.len() < pattern.len() { format!("{short}…") } else { short }
}

/// Why a pattern is more than can be matched.
fn excess(pattern: &str) -> Option<String> {
    let braces = pattern.matches('{').count();
    if pattern.len() > LONGEST {
        Some(format!("it has {} bytes, and {LONGEST} is the most: give several patterns", pattern.len()))
    } else if braces > MOST_BRACES {
        Some(format!("it has {braces} braces, and {MOST_BRACES} is the most: give several patterns"))
    } else {
        None
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    let glob: Glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build()?;
    Ok(glob.compile_matcher())
}

fn not_empty(flag: &'static str, texts: &[String]) -> Result<Vec<String>, FilterError> {
    if texts.iter().any(String::is_empty) { Err(FilterError::Empty(flag)) } else { Ok(texts.to_vec()) }
}

fn holds(wanted: &[String], text: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == text)
}

/// `iam` stands for `iam.amazonaws.com`, since nobody types the host.
fn is_service(glob: &GlobMatcher, source: &str) -> bool {
    glob.is_match(source) || source.strip_suffix(".amazonaws.com").is_some_and(|service| glob.is_match(service))
}

/// What went wrong: a failed sign-in has only the message.
pub(super) fn error_of<'a>(event: &Event<'a>) -> &'a str {
    if event.error_code.is_empty() { event.error_message } else { event.error_code }
}

/// A program may be named in full or as reports print it.
fn is_agent(glob: &GlobMatcher, user_agent: &str) -> bool {
    glob.is_match(user_agent) || glob.is_match(agent_family(user_agent))
}

fn is_session(glob: &GlobMatcher, event: &Event<'_>) -> bool {
    let identity = &*event.user_identity;
    let Some(id) = identity.session_id() else { return false };
    let names = [&*id, &identity.principal_id, &identity.arn, identity.session_name()];
    names.into_iter().any(|name| !name.is_empty() && glob.is_match(name))
}

fn is_about(glob: &GlobMatcher, event: &Event<'_>) -> bool {
    let mut is_about = false;
    each_resource(event, &mut |resource| is_about = is_about || names_resource(glob, resource));
    is_about
}

/// `my-bucket` stands for `arn:aws:s3:::my-bucket`, and both `user/eve` and `eve` for the arn of that user.
pub(super) fn names_resource(glob: &GlobMatcher, resource: &str) -> bool {
    glob.is_match(resource)
        || Arn::parse(resource).is_some_and(|arn| {
            let name = arn.name().rsplit(':').next().unwrap_or_default();
            glob.is_match(arn.resource) || glob.is_match(name)
        })
}

/// A block, or an address as a block of one. IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4, as in [`SourceAddress`].
fn block(text: &str) -> Result<IpNet, FilterError> {
    if let Some(address) = SourceAddress::parse(text).ip() {
        return Ok(IpNet::from(address));
    }
    let unusable = || FilterError::Address(text.to_owned());
    let block: IpNet = text.parse().map_err(|_| unusable())?;
    match block.addr().to_canonical() {
        address if address.is_ipv4() && matches!(block, IpNet::V6(_)) => {
            let length = block.prefix_len().checked_sub(96).ok_or_else(unusable)?;
            IpNet::new(address, length).map_err(|_| unusable())
        }
        _ => Ok(block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IdentityType, UserIdentity, testing};

    const USER: &str = "arn:aws:iam::111122223333:user/team/Alice";

    fn identity() -> UserIdentity<'static> {
        UserIdentity {
            kind: IdentityType::IamUser,
            arn: USER.into(),
            account_id: "111122223333".into(),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            ..UserIdentity::default()
        }
    }

    fn event<'a>(user_identity: &'a UserIdentity<'_>) -> Event<'a> {
        Event {
            event_name: "CreateUser",
            event_source: "iam.amazonaws.com",
            source_ip_address: "192.0.2.7",
            recipient_account_id: "",
            ..testing::event(user_identity)
        }
    }

    fn accepts(set: impl Fn(&mut Criteria, Vec<String>), wanted: &[&str]) -> bool {
        let mut criteria = Criteria::default();
        set(&mut criteria, wanted.iter().map(|&s| s.to_owned()).collect());
        Filters::new(&criteria).unwrap().accepts(&event(&identity()))
    }

    #[test]
    fn exact_criteria() {
        let account = |wanted: &[&str]| accepts(|c, w| c.accounts = w, wanted);
        assert!(account(&["111122223333"]) && account(&["444455556666", "111122223333"]));
        assert!(!account(&["111122223334"]) && !account(&["1111*"]));
        let region = |wanted: &[&str]| accepts(|c, w| c.regions = w, wanted);
        assert!(region(&["us-east-1"]) && !region(&["us-east-2"]) && !region(&["us-east"]));
    }

    #[test]
    fn the_recipient_is_the_account() {
        let identity = identity();
        let event = Event { recipient_account_id: "444455556666", ..event(&identity) };
        let of = |account: &str| {
            Filters::new(&Criteria { accounts: vec![account.into()], ..Criteria::default() }).unwrap().accepts(&event)
        };
        assert!(of("444455556666") && !of("111122223333"));
    }

    #[test]
    fn patterns() {
        let principal = |wanted: &[&str]| accepts(|c, w| c.principals = w, wanted);
        for hit in [USER, "*", "*:user/*", "*Alice", "arn:aws*:iam::*:user/*lice", "*/{Bob,Alice}", "*/Alic?"] {
            assert!(principal(&[hit]), "{hit}");
        }
        for miss in ["Alice", "*alice", "*/Alice/*", "arn:aws:iam::111122223333:user/team", "*Alice?"] {
            assert!(!principal(&[miss]), "{miss}");
        }
        let name = |wanted: &[&str]| accepts(|c, w| c.events = w, wanted);
        assert!(name(&["Create*"]) && name(&["Delete*", "CreateUser"]) && !name(&["create*"]) && !name(&["Create"]));
        let key = |wanted: &[&str]| accepts(|c, w| c.access_keys = w, wanted);
        assert!(key(&["AKIA*"]) && key(&["AKIAIOSFODNN7EXAMPLE"]) && !key(&["ASIA*"]));
        let service = |wanted: &[&str]| accepts(|c, w| c.services = w, wanted);
        assert!(service(&["iam.amazonaws.com"]) && service(&["iam"]) && service(&["i*"]));
        assert!(!service(&["ia"]) && !service(&["amazonaws.com"]) && !service(&["sts"]));
    }

    #[test]
    fn addresses() {
        let address = |wanted: &[&str]| accepts(|c, w| c.addresses = w, wanted);
        for hit in ["192.0.2.7", "192.0.2.0/24", "192.0.2.99/24", "192.0.2.7/32", "::ffff:192.0.2.7", "0.0.0.0/0"] {
            assert!(address(&[hit]), "{hit}");
        }
        assert!(address(&["::ffff:192.0.2.0/120"]) && address(&["2001:db8::/32", "192.0.2.4/30"]));
        for miss in ["192.0.2.8", "192.0.2.8/29", "192.0.3.0/24", "::/0", "::ffff:192.0.3.0/120"] {
            assert!(!address(&[miss]), "{miss}");
        }
        let identity = identity();
        let of = |source, wanted: &str| {
            let criteria = Criteria { addresses: vec![wanted.into()], ..Criteria::default() };
            Filters::new(&criteria).unwrap().accepts(&Event { source_ip_address: source, ..event(&identity) })
        };
        assert!(of("2001:DB8:0::1", "2001:db8::/64") && !of("2001:db8:0:1::1", "2001:db8::/64"));
        assert!(!of("AWS Internal", "0.0.0.0/0") && !of("iam.amazonaws.com", "::/0"));
    }

    #[test]
    fn lists_are_joined_by_and() {
        let both = |event: &str| {
            accepts(
                |c, w| {
                    c.accounts = w;
                    c.events = vec![event.into()];
                },
                &["111122223333"],
            )
        };
        assert!(both("CreateUser") && !both("DeleteUser"));
    }

    #[test]
    fn nothing_asked_accepts_everything() {
        let filters = Filters::new(&Criteria::default()).unwrap();
        assert!(
            filters.is_empty()
                && filters.warnings().is_empty()
                && filters.warning_of_verdicts().is_none()
                && filters.accepts(&event(&identity()))
        );
        let regional = Criteria { regions: vec!["us-east-1".into()], ..Criteria::default() };
        let regional = Filters::new(&regional).unwrap();
        assert!(!regional.is_empty());
        assert_eq!(regional.warnings().len(), 1);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let why = |criteria: Criteria| Filters::new(&criteria).unwrap_err().to_string();
        let account = Criteria { accounts: vec![String::new()], ..Criteria::default() };
        assert!(why(account).starts_with("--account is empty"));
        let pattern = Criteria { principals: vec!["a[b".into()], ..Criteria::default() };
        assert!(why(pattern).starts_with("--principal \"a[b\" is not a pattern: "));
        for huge in [format!("{}x{}", "{".repeat(250), "}".repeat(250)), "{a,b}".repeat(100), "a".repeat(5000)] {
            let why = why(Criteria { events: vec![huge], ..Criteria::default() });
            assert!(why.starts_with("--event ") && why.contains("give several patterns"), "{why}");
            assert!(why.len() < 300, "{why}");
        }
        let nested = format!("{}x{}", "{".repeat(32), "}".repeat(32));
        let _ = Filters::new(&Criteria { events: vec![nested, "{a,b}".repeat(32)], ..Criteria::default() });
        for bad in ["", "192.0.2", "192.0.2.0/33", "example.com", "::ffff:0:0/90"] {
            let criteria = Criteria { addresses: vec![bad.into()], ..Criteria::default() };
            assert!(why(criteria).starts_with("--address"), "{bad}");
        }
    }
}
