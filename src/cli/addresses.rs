//! The files that tell where addresses are: those that were typed, else those of trailscan.toml.

use trailscan::report::{AddressLookup, AwsRanges, GeoDatabase};

use super::config::Config;
use super::exit::Problem;
use super::flags::Common;

/// Opens the files; `None` when there are none.
///
/// # Errors
/// For a file that cannot be used.
pub fn open(common: &Common, config: &Config) -> Result<Option<AddressLookup>, Problem> {
    let configured = config.geoip_db.as_deref().unwrap_or_default();
    let databases = if common.geoip_db.is_empty() { configured } else { &common.geoip_db };
    let ranges = common.aws_ip_ranges.as_ref().or(config.aws_ip_ranges.as_ref());
    if databases.is_empty() && ranges.is_none() {
        return Ok(None);
    }
    let geo = if databases.is_empty() { None } else { Some(GeoDatabase::open(databases).map_err(Problem::usage)?) };
    let aws = ranges.map(|file| AwsRanges::read(file)).transpose().map_err(Problem::usage)?;
    Ok(Some(AddressLookup::new(geo, aws)))
}
