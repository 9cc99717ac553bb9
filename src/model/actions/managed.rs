//! What the AWS-managed policies allow and deny: those that users, groups and roles can be given.

use std::io::Read;
use std::sync::LazyLock;

use crate::model::{Effect, Listed};

/// Written by `benches/managed_policies.py`. Taken apart when it is asked for the first time.
static TABLE: &[u8] = include_bytes!("managed.z");

static POLICIES: LazyLock<AwsPolicies> = LazyLock::new(|| {
    let mut text = String::new();
    // What is part of the program is whole.
    flate2::read::ZlibDecoder::new(TABLE).read_to_string(&mut text).expect("the table of policies is zlib and UTF-8");
    AwsPolicies(text.lines().map(AwsPolicy::read).collect())
});

/// The AWS-managed policies of this build, without those of service-linked roles and of root's tasks.
#[derive(Debug)]
pub struct AwsPolicies(Vec<AwsPolicy>);

/// One of them.
#[derive(Debug)]
pub struct AwsPolicy {
    /// Path and name: `job-function/ViewOnlyAccess`.
    pub name: String,
    /// Its statements; those that allow on alike terms are one.
    pub statements: Vec<AwsStatement>,
}

/// What one of them allows or denies on some terms.
#[derive(Debug)]
pub struct AwsStatement {
    /// Whether it allows.
    pub effect: Effect,
    /// The actions.
    pub actions: Listed,
    /// Whether it is of some resources only: every ARN names something. A statement that denies is of all resources where
    /// it says `*`.
    pub is_of_some_resources: bool,
    /// Whether it has a condition.
    pub has_condition: bool,
}

impl AwsPolicies {
    /// Those of this build.
    pub fn known() -> &'static Self {
        &POLICIES
    }

    /// Each, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = &AwsPolicy> {
        self.0.iter()
    }
}

impl AwsPolicy {
    fn read(line: &str) -> Self {
        let mut parts = line.split('\t');
        let name = parts.next().unwrap_or_default().to_owned();
        Self { name, statements: parts.map(AwsStatement::read).collect() }
    }

    /// Its ARN in the partition `aws`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy/{}", self.name)
    }
}

impl AwsStatement {
    fn read(text: &str) -> Self {
        let mut words = text.split(' ');
        let flags = words.next().unwrap_or_default();
        let actions = words.flat_map(|word| match word.split_once(':') {
            Some((service, names)) => names.split(',').map(|name| format!("{service}:{name}")).collect(),
            None => vec![word.to_owned()],
        });
        let actions = actions.collect();
        Self {
            effect: if flags.starts_with('D') { Effect::Deny } else { Effect::Allow },
            actions: if flags.contains('n') { Listed::AllBut(actions) } else { Listed::Only(actions) },
            is_of_some_resources: flags.contains('r'),
            has_condition: flags.contains('c'),
        }
    }

    /// Whether it holds whatever the resource and the circumstances.
    pub fn is_plain(&self) -> bool {
        !self.is_of_some_resources && !self.has_condition
    }
}
