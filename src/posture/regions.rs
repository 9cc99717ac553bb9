//! `aws account list-regions` and `aws ec2 describe-regions`: which regions an account has enabled. Neither names the
//! account or a time.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::scalar::{Text, or_default};

/// A page as AWS writes it.
///
/// Source: Account Management API reference, `ListRegions` (`RegionOptStatus`); EC2 API reference, `DescribeRegions`
/// (`OptInStatus`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub(super) struct Page {
    #[serde(deserialize_with = "or_default")]
    regions: Vec<Region>,
    next_token: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Region {
    region_name: Text,
    region_opt_status: Text,
    opt_in_status: Text,
}

/// The regions of some pages, and what is missing of them.
pub(super) fn of(pages: Vec<Page>) -> (BTreeSet<String>, Option<String>) {
    let is_cut = pages.last().is_some_and(|page| !page.next_token.0.is_empty());
    let regions = pages.into_iter().flat_map(|page| page.regions).filter(Region::is_enabled);
    let regions = regions.map(|region| region.region_name.0).filter(|name| !name.is_empty()).collect();
    (regions, is_cut.then(|| "ends at a page that has a next one: fetch all of them".to_owned()))
}

impl Region {
    /// Whether something can happen in it. One that is being enabled or disabled counts.
    fn is_enabled(&self) -> bool {
        let status =
            if self.region_opt_status.0.is_empty() { &self.opt_in_status.0 } else { &self.region_opt_status.0 };
        !matches!(status.as_str(), "DISABLED" | "not-opted-in")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, bool) {
        let (regions, cut) = of(vec![serde_json::from_str(text).unwrap()]);
        (regions.into_iter().collect(), cut.is_some())
    }

    #[test]
    fn both_commands_and_a_page_that_is_not_the_last() {
        let account = r#"{"Regions": [{"RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"},
            {"RegionName": "me-south-1", "RegionOptStatus": "DISABLED"}, {"RegionName": "af-south-1",
            "RegionOptStatus": "ENABLED"}, {"RegionName": "ap-east-1", "RegionOptStatus": "ENABLING"}]}"#;
        assert_eq!(read(account), (vec!["af-south-1".into(), "ap-east-1".into(), "us-east-1".into()], false));
        let ec2 = r#"{"Regions": [{"Endpoint": "ec2.us-east-1.amazonaws.com", "RegionName": "us-east-1", "OptInStatus":
            "opt-in-not-required"}, {"RegionName": "me-south-1", "OptInStatus": "not-opted-in"}]}"#;
        assert_eq!(read(ec2), (vec!["us-east-1".into()], false));
        assert_eq!(
            read(r#"{"Regions": [{"RegionName": "us-east-1"}], "NextToken": "x"}"#),
            (vec!["us-east-1".into()], true)
        );
        assert_eq!(read(r#"{"Regions": null}"#), (vec![], false));
    }
}
