//! The files that tell where addresses are.

use trailscan::report::{AddressLookup, AwsRanges, GeoDatabase};

use super::exit::Problem;
use super::flags::Common;

/// Opens the files; `None` when there are none.
///
/// # Errors
/// For a file that cannot be used.
pub fn open(common: &Common) -> Result<Option<AddressLookup>, Problem> {
    let (databases, ranges) = (common.geoip_db.as_slice(), common.aws_ip_ranges.as_ref());
    if databases.is_empty() && ranges.is_none() {
        return Ok(None);
    }
    let geo = if databases.is_empty() { None } else { Some(GeoDatabase::open(databases).map_err(Problem::usage)?) };
    let aws = ranges.map(|file| AwsRanges::read(file)).transpose().map_err(Problem::usage)?;
    Ok(Some(AddressLookup::new(geo, aws)))
}
