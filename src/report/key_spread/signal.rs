//! The signals that verdicts rest on: each a fact that was seen, with what it cannot see.

use crate::model::Network;
use crate::report::Severity;

/// A fact about the use of a key that speaks for a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signal {
    /// A late network, and a program first seen from it.
    NewProgram,
    /// Two networks that one holder cannot use by turns.
    TwoHands,
    /// Two countries in one hour.
    TwoCountries,
    /// A program or system of attackers.
    AttackTool,
    /// A VPC endpoint of a stranger.
    ForeignEndpoint,
    /// Many networks, each for a short while.
    ShortVisits,
    /// Several addresses at once.
    AtOnce,
    /// Day and night.
    DayAndNight,
    /// The program says that AWS runs it.
    ExecutionEnvironment,
    /// Addresses of EC2.
    Ec2Range,
    /// Private addresses or VPC endpoints.
    InsideVpc,
    /// SDKs and HTTP libraries only.
    ProgramsOnly,
    /// Nearly every day from one network.
    EveryDay,
    /// The same hours of the day on nearly every day of use.
    Clock,
    /// A bearer token in the place of a signature.
    BearerToken,
}

/// What a signal speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpeaksFor {
    /// Somebody else has the key.
    Leak,
    /// Machines that come and go use it.
    HostedCi,
    /// It lies on a machine; enough alone.
    Machine,
    /// It may lie on a machine; two of these are mostly enough.
    MachinePerhaps,
}

/// A signal that holds for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub signal: Signal,
    /// How much a leak that it tells of matters; of a machine the verdict decides.
    pub severity: Severity,
    /// What was seen, in a sentence without its end.
    pub says: String,
    /// The networks that it tells of.
    pub networks: Vec<Network>,
    /// Whether the hours and tools are those of a person, who looks the same behind a company's way out.
    pub is_of_person: bool,
}

impl Held {
    /// What it speaks for: less where a person looks the same.
    pub(super) const fn speaks_for(&self) -> SpeaksFor {
        match self.signal.speaks_for() {
            SpeaksFor::Machine if self.is_of_person => SpeaksFor::MachinePerhaps,
            told => told,
        }
    }
}

impl Signal {
    /// All of them, in the order in which they are told.
    #[cfg(test)]
    pub(super) const ALL: [Self; 15] = [
        Self::NewProgram,
        Self::TwoHands,
        Self::TwoCountries,
        Self::AttackTool,
        Self::ForeignEndpoint,
        Self::ShortVisits,
        Self::AtOnce,
        Self::DayAndNight,
        Self::ExecutionEnvironment,
        Self::Ec2Range,
        Self::InsideVpc,
        Self::ProgramsOnly,
        Self::EveryDay,
        Self::Clock,
        Self::BearerToken,
    ];

    /// The word that is printed.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::NewProgram => "new-program-in-new-network",
            Self::TwoHands => "two-hands",
            Self::TwoCountries => "two-countries",
            Self::AttackTool => "attack-tool",
            Self::ForeignEndpoint => "foreign-endpoint",
            Self::ShortVisits => "short-visits",
            Self::AtOnce => "at-once",
            Self::DayAndNight => "day-and-night",
            Self::ExecutionEnvironment => "execution-environment",
            Self::Ec2Range => "ec2-range",
            Self::InsideVpc => "inside-vpc",
            Self::ProgramsOnly => "programs-only",
            Self::EveryDay => "every-day",
            Self::Clock => "clock",
            Self::BearerToken => "bearer-token",
        }
    }

    /// What it speaks for.
    pub(super) const fn speaks_for(self) -> SpeaksFor {
        match self {
            Self::NewProgram | Self::TwoHands | Self::TwoCountries | Self::AttackTool | Self::ForeignEndpoint => {
                SpeaksFor::Leak
            }
            Self::ShortVisits => SpeaksFor::HostedCi,
            Self::AtOnce | Self::DayAndNight | Self::ExecutionEnvironment | Self::Ec2Range => SpeaksFor::Machine,
            Self::InsideVpc | Self::ProgramsOnly | Self::EveryDay | Self::Clock | Self::BearerToken => {
                SpeaksFor::MachinePerhaps
            }
        }
    }

    /// What it does not see, and who looks the same; the report's `about` says the same, which a test compares.
    pub(super) const fn misses(self) -> &'static str {
        match self {
            Self::NewProgram => "a thief who copies the program; a new office with a new tool looks the same",
            Self::TwoHands => {
                "a thief who comes while the owner rests; a VPN that is switched on for a day looks the same"
            }
            Self::TwoCountries => {
                "a thief in the owner's country, or by day while the owner is away; a VPN exit abroad looks the same"
            }
            Self::AttackTool => "a thief who names another program; an authorised test looks the same",
            Self::ForeignEndpoint => "records without vpcEndpointAccountId; an own account whose logs were not read",
            Self::ShortVisits => {
                "runners with addresses that stay, or once a day in working hours; a person with set hours looks the same"
            }
            Self::AtOnce => "machines behind one NAT address or in one /64; a pool of proxies looks the same",
            Self::DayAndNight => "machines that rest; people in several time zones who share a key",
            Self::ExecutionEnvironment => "programs that do not say it",
            Self::Ec2Range => "ranges need --aws-ip-ranges; a person at an instance looks the same",
            Self::InsideVpc => "a person on a company VPN looks the same",
            Self::ProgramsOnly => "tools that people start name an SDK as well",
            Self::EveryDay => "machines of working days; a person without weekends",
            Self::Clock => "machines that start at any hour; a person with set hours looks the same",
            Self::BearerToken => "tokens for services that do not log them",
        }
    }
}
