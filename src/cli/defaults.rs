//! What holds where a flag was not given and a config file says so. The command line and the environment come first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use trailscan::output::Format;
use trailscan::report::{Report, Severity};

use super::flags::{Common, Shape};
use super::pager;
use super::style::When;

/// Settings of config files that stand for flags.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// `--days`.
    pub days: Option<u32>,
    /// `--format`, where no file's name says it.
    pub format: Option<Format>,
    /// `--limit`, of what people read.
    pub limit: Option<u64>,
    /// `--color`.
    pub color: Option<When>,
    /// `--quiet`.
    pub quiet: Option<bool>,
    /// The pager, or none.
    pub pager: Option<pager::Setting>,
    /// `--fail-on`.
    pub fail_on: Option<Severity>,
    /// `--max-memory`, in bytes.
    pub max_memory: Option<u64>,
    /// `--account-names`.
    pub account_names: Option<PathBuf>,
    /// `--aws-profile`.
    pub aws_profile: Option<Vec<String>>,
    /// `--aws-region`.
    pub aws_region: Option<String>,
    /// By report.
    pub reports: BTreeMap<String, OfReport>,
}

/// How one report is shown to people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OfReport {
    /// `--columns`.
    pub columns: Option<Vec<String>>,
    /// `--sort`.
    pub sort: Option<String>,
    /// `--limit`.
    pub limit: Option<u64>,
}

impl Defaults {
    /// These, and those of `further` where these say nothing.
    #[must_use]
    pub fn or(self, further: Self) -> Self {
        let mut reports = further.reports;
        reports.extend(self.reports);
        Self {
            days: self.days.or(further.days),
            format: self.format.or(further.format),
            limit: self.limit.or(further.limit),
            color: self.color.or(further.color),
            quiet: self.quiet.or(further.quiet),
            pager: self.pager.or(further.pager),
            fail_on: self.fail_on.or(further.fail_on),
            max_memory: self.max_memory.or(further.max_memory),
            account_names: self.account_names.or(further.account_names),
            aws_profile: self.aws_profile.or(further.aws_profile),
            aws_region: self.aws_region.or(further.aws_region),
            reports,
        }
    }

    /// Completes what was typed, but for what depends on the format.
    pub fn complete(&self, common: &mut Common) {
        if self.gives_days(common) {
            common.days = self.days;
        }
        if !is_set(&["NO_COLOR"]) {
            common.color = common.color.or(self.color);
        }
        common.quiet |= self.quiet == Some(true);
        common.fail_on = common.fail_on.take().or_else(|| self.fail_on.map(|severity| severity.as_str().to_owned()));
        common.max_memory = common.max_memory.or(self.max_memory);
        common.account_names = common.account_names.take().or_else(|| self.account_names.clone());
        #[cfg(feature = "s3")]
        self.complete_s3(&mut common.s3);
    }

    /// Whether the window is theirs: nothing else says which events are counted.
    pub fn gives_days(&self, common: &Common) -> bool {
        let is_said = common.all || common.days.is_some() || common.since.is_some() || common.until.is_some();
        self.days.is_some() && !is_said
    }

    /// Credentials and regions that the environment names come first, as everywhere.
    #[cfg(feature = "s3")]
    fn complete_s3(&self, s3: &mut super::s3::S3Typed) {
        let names_nobody = s3.aws_profile.is_empty() && !s3.all_profiles && !s3.no_sign_request;
        if names_nobody && !is_set(&["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"]) {
            s3.aws_profile = self.aws_profile.clone().unwrap_or_default();
        }
        if s3.aws_region.is_none() && !is_set(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
            s3.aws_region.clone_from(&self.aws_region);
        }
    }

    /// Completes columns, order and limit of a report that people read. What programs read never changes by a file that
    /// happens to lie there.
    pub fn complete_shape(&self, report: Option<&Report>, (shape, limit): (&mut Shape, &mut Option<u64>)) {
        let of_report = report.and_then(|report| self.reports.get(report.name)).cloned().unwrap_or_default();
        if shape.columns.is_empty() {
            shape.columns = of_report.columns.unwrap_or_default();
        }
        shape.sort = shape.sort.take().or(of_report.sort);
        *limit = limit.or(of_report.limit).or(self.limit);
    }

    /// Each setting but those of reports by its name, with what it says.
    pub fn said(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("days", self.days.map(|days| days.to_string())),
            ("format", self.format.map(|format| format.as_str().to_owned())),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("color", self.color.map(|when| when.as_str().to_owned())),
            ("quiet", self.quiet.map(|quiet| quiet.to_string())),
            ("fail-on", self.fail_on.map(|severity| severity.as_str().to_owned())),
            ("max-memory", self.max_memory.map(|bytes| bytes.to_string())),
            ("account-names", self.account_names.as_ref().map(|path| path.display().to_string())),
            ("aws-profile", self.aws_profile.as_ref().map(|names| names.join(", "))),
            ("aws-region", self.aws_region.clone()),
        ]
    }
}

impl OfReport {
    /// Each setting by its name, with what it says.
    pub fn said(&self) -> [(&'static str, Option<String>); 3] {
        [
            ("columns", self.columns.as_ref().map(|columns| columns.join(", "))),
            ("sort", self.sort.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
        ]
    }
}

/// Whether one of these variables of the environment says something.
fn is_set(names: &[&str]) -> bool {
    names.iter().any(|name| std::env::var_os(name).is_some_and(|text| !text.is_empty()))
}
