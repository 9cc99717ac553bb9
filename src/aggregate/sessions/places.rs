//! From where a session was used: each address with its times and the programs there, and the VPC endpoints of calls.

use crate::aggregate::{Sym, Symbols};
use crate::model::{EventTime, agent_family, attack_tool, execution_environment};

/// What was seen of a session at one place. Times are whole seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    first: u32,
    last: u32,
    /// Events, at most four thousand million.
    pub events: u32,
    /// The programs, two halves of one set of 63.
    programs: [u32; 2],
}

/// The calls that came through one VPC endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointUse {
    /// `vpcEndpointId`.
    pub endpoint: Sym,
    /// `vpcEndpointAccountId`: who owns the endpoint; empty in records that do not say.
    pub owner: Sym,
    /// When, and how often.
    pub usage: Usage,
}

/// A set of programs, by the family of their user agents.
///
/// Not exact: families share 63 numbers, so two sets that meet may not have a program in common (one time in sixty);
/// two that do not meet have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Programs(u64);

impl Default for Usage {
    fn default() -> Self {
        Self { first: u32::MAX, last: 0, events: 0, programs: [0; 2] }
    }
}

impl Usage {
    /// Takes in one event.
    pub(super) fn see(&mut self, time: Option<EventTime>, programs: Programs, via_endpoint: bool) {
        if let Some(time) = time {
            let seconds = u32::try_from(time.seconds().max(0)).unwrap_or(u32::MAX);
            (self.first, self.last) = (self.first.min(seconds), self.last.max(seconds));
        }
        self.events = self.events.saturating_add(1);
        self.add(Programs(programs.0 | u64::from(!via_endpoint) << 63));
    }

    /// Takes in all of `other`.
    pub fn merge(&mut self, other: &Self) {
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
        self.events = self.events.saturating_add(other.events);
        self.add(other.all());
    }

    /// One without a time, of these programs.
    #[cfg(test)]
    pub(crate) fn of_programs(programs: Programs) -> Self {
        let mut usage = Self::default();
        usage.see(None, programs, false);
        usage
    }

    /// The first time; `None` where no event told one.
    pub fn first(&self) -> Option<EventTime> {
        (self.first <= self.last).then(|| EventTime::from_seconds(self.first.into()))
    }

    /// The last time.
    pub fn last(&self) -> Option<EventTime> {
        (self.first <= self.last).then(|| EventTime::from_seconds(self.last.into()))
    }

    /// The programs that were used.
    pub fn programs(&self) -> Programs {
        Programs(self.all().0 & !DIRECT)
    }

    /// Whether every call came through a VPC endpoint.
    pub fn is_via_endpoint(&self) -> bool {
        self.all().0 & DIRECT == 0
    }

    /// As four numbers, for a saved state: first, last, events, programs.
    pub(super) fn to_numbers(self) -> [i64; 4] {
        [self.first.into(), self.last.into(), self.events.into(), self.all().0.cast_signed()]
    }

    /// From [`Usage::to_numbers`].
    pub(super) fn of_numbers([first, last, events, programs]: [i64; 4]) -> Self {
        let small = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let mut usage = Self { first: small(first), last: small(last), events: small(events), programs: [0; 2] };
        usage.add(Programs(programs.cast_unsigned()));
        usage
    }

    fn all(&self) -> Programs {
        Programs(u64::from(self.programs[0]) | u64::from(self.programs[1]) << 32)
    }

    fn add(&mut self, programs: Programs) {
        self.programs[0] |= programs.0 as u32;
        self.programs[1] |= (programs.0 >> 32) as u32;
    }
}

/// Systems as browsers name them, of each the word that no other one has.
const SYSTEMS: [&str; 7] = ["Windows NT", "Macintosh", "iPhone", "iPad", "Android", "CrOS", "X11; Linux"];

/// The system that a browser says it runs on; empty for other programs.
///
/// Source: RFC 9110, "User-Agent"; MDN, "Browser detection using the user agent".
fn system_of_browser(user_agent: &str) -> &'static str {
    let is_browser = user_agent.starts_with("Mozilla/") || user_agent.starts_with("[Mozilla/");
    let system = SYSTEMS.iter().find(|system| is_browser && user_agent.contains(**system));
    system.copied().unwrap_or_default()
}

/// The bit that stands for a call without a VPC endpoint.
const DIRECT: u64 = 1 << 63;

/// Where the hash begins, so that the usual programs have numbers of their own; a test lists them.
const SEED: u64 = 0xcbf2_9ce4_8429_aea1;

/// What is added to the family of a program that says that AWS runs it.
const IN_AWS: &str = " in AWS";

impl Programs {
    /// The one program of that `userAgent`: a browser is another one on another system, since a session at the console is
    /// one browser's; so is a program that says that AWS runs it, as all do in a function or task.
    pub fn of(user_agent: &str) -> Self {
        let environment = if execution_environment(user_agent).is_some() { IN_AWS } else { "" };
        Self::named(&[&agent_family(user_agent), system_of_browser(user_agent), environment])
    }

    fn named(parts: &[&str]) -> Self {
        let bytes = parts.iter().flat_map(|part| part.bytes());
        let hash = bytes.fold(SEED, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(1 << (hash % 63))
    }

    /// Both sets together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both sets.
    #[must_use]
    pub fn of_both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in the other set.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a program may be in both.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The programs of user agents that were seen. Only a cache: no part of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownPrograms(Vec<u8>);

/// Marks the programs of attackers among those that were met.
const TOOL: u8 = 0x80;

impl KnownPrograms {
    /// The program of the `userAgent` with that symbol, and whether it is a tool of attackers.
    #[inline]
    pub fn of(&mut self, user_agent: Sym, symbols: &Symbols) -> (Programs, bool) {
        let known = match self.0.get(user_agent.0 as usize) {
            Some(&known) if known > 0 => known,
            _ => self.learn(user_agent, symbols),
        };
        (Programs(1 << ((known & !TOOL) - 1)), known & TOOL != 0)
    }

    #[cold]
    fn learn(&mut self, user_agent: Sym, symbols: &Symbols) -> u8 {
        let text = symbols.text(user_agent);
        let place = user_agent.0 as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, 0);
        }
        let tool = if attack_tool(text).is_some() { TOOL } else { 0 };
        self.0[place] = (Programs::of(text).0.trailing_zeros() as u8 + 1) | tool;
        self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instance with PHP is no host of the AWS CLI.
    #[test]
    fn usual_programs_are_told_apart() {
        const SDKS: [&str; 8] = [
            "boto3",
            "botocore",
            "aws-sdk-java",
            "aws-sdk-go",
            "aws-sdk-go-v2",
            "aws-sdk-js",
            "aws-sdk-nodejs",
            "aws-sdk-php",
        ];
        const OTHERS: [&str; 19] = [
            "aws-cli",
            "aws-sdk-ruby3",
            "aws-sdk-dotnet-coreclr",
            "aws-sdk-rust",
            "aws-sdk-cpp",
            "aws-sdk-kotlin",
            "terraform",
            "aws-console",
            "aws-service",
            "aws-internal",
            "browser",
            "curl",
            "python-requests",
            "go-http-client",
            "python-urllib3",
            "s3-browser",
            "rclone",
            "aws-sdk-net-coreclr",
            "awspowershell",
        ];
        let in_aws = SDKS.iter().map(|name| Programs::named(&[name, "", IN_AWS]));
        let browsers = ["Windows NT", "Macintosh", "X11; Linux"].map(|system| Programs::named(&["browser", system]));
        let plain = SDKS.iter().chain(&OTHERS).map(|name| Programs::named(&[name]));
        let mut all = Programs::default();
        for program in plain.chain(in_aws).chain(browsers) {
            assert!(!all.meets(program), "two of them share a number");
            all = all.and(program);
        }
        let lambda = "Boto3/1.34.5 md/Botocore#1.34.5 exec-env/AWS_Lambda_python3.12";
        assert!(!Programs::of(lambda).meets(Programs::of("Boto3/1.34.5 md/Botocore#1.34.5")));
        assert!(Programs::of(lambda).meets(Programs::of("Boto3/1.35.0 exec-env/AWS_Lambda_python3.13")));
    }
}
