//! Questions that a report answers beside its own, each asked by a flag of its subcommand.

use std::borrow::Cow;

use super::{Report, permissions, policies};

/// A flag of a report that asks another question of what it reads.
pub struct Variant {
    /// The report whose flag it is.
    pub of: &'static str,
    /// The flag without its dashes.
    pub flag: &'static str,
    /// What may stand behind it and `=`: `FILE`, of a policy document.
    pub value: Option<&'static str>,
    /// What it asks, for the help.
    pub about: &'static str,
    /// What answers it.
    pub report: &'static Report,
}

/// All of them. What answers is not in [`REPORTS`](super::REPORTS) and takes what the report takes. No audit runs it, but
/// the summary of `permissions`.
pub static VARIANTS: &[Variant] = &[
    Variant {
        of: permissions::REPORT.name,
        flag: "summary",
        value: None,
        about: "Sum up each user and role: administrator, used, how much is unused",
        report: &permissions::SUMMARY,
    },
    Variant {
        of: permissions::REPORT.name,
        flag: "policy",
        value: None,
        about: "Print the least policy document of what PRINCIPAL used, as JSON",
        report: &permissions::POLICY,
    },
    Variant {
        of: permissions::REPORT.name,
        flag: "closest-managed",
        value: None,
        about: "List AWS-managed policies with what PRINCIPAL used and little else",
        report: &permissions::CLOSEST,
    },
    Variant {
        of: permissions::REPORT.name,
        flag: "prove",
        value: Some("FILE"),
        about: "Tell whether policy FILE, or that of --policy, denies what was used",
        report: &permissions::PROOF,
    },
    Variant {
        of: policies::REPORT.name,
        flag: "trust",
        value: None,
        about: "List whom each role lets in: identity providers, accounts, users, roles and services",
        report: &policies::TRUST,
    },
];

/// What is typed behind `trailscan` to ask a question by its name: `policies --trust`, of a report its name.
pub fn typed(name: &str) -> Cow<'_, str> {
    let variant = VARIANTS.iter().find(|variant| variant.report.name == name);
    variant.map_or(Cow::Borrowed(name), |variant| Cow::Owned(format!("{} --{}", variant.of, variant.flag)))
}

/// Those of a report.
pub fn variants_of(report: &Report) -> impl Iterator<Item = &'static Variant> {
    let name = report.name;
    VARIANTS.iter().filter(move |variant| variant.of == name)
}
