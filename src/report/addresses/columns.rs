//! What a look-up adds to the answer of a report: columns about the addresses of each row, and where the addresses are
//! that findings name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value as Json, json};

use super::{AddressLookup, AwsRanges, Failures, GeoDatabase, Whereabouts};
use crate::report::{Answer, Column, ColumnKind, Role, Value, View};

/// The members of a finding's evidence that hold addresses.
const EVIDENCE: [&str; 3] = ["address", "issued_from", "address_list"];

const GEO_COLUMNS: [Column; 4] = [
    Column::new("asns", ColumnKind::Count, "Distinct autonomous systems of the addresses.").second(),
    Column::new("asn_list", ColumnKind::List, "The autonomous systems, with their names.").asked(),
    Column::new("countries", ColumnKind::Count, "Distinct countries of the addresses.").second(),
    Column::new("country_list", ColumnKind::List, "The ISO 3166 codes of the countries.").asked(),
];

const AWS_COLUMNS: [Column; 2] = [
    Column::new(
        "aws",
        ColumnKind::List,
        "Services and regions of the addresses in AWS's published ranges: EC2 us-east-1; empty where none is in one.",
    )
    .second(),
    Column::new(
        "outside_addresses",
        ColumnKind::Count,
        "How many of the addresses are public and in no published range of AWS.",
    )
    .unit("addresses")
    .second(),
];

const ISSUED_FROM_PLACE: Column = Column::new(
    "issued_from_place",
    ColumnKind::Text,
    "What the files say of issued_from: AWS's service and region, outside AWS or private; autonomous system; country.",
)
.asked();

/// The answer with what is known of its addresses, where a look-up was given.
pub(in crate::report) fn with_places(view: &View<'_>, mut answer: Answer) -> Answer {
    add_places(view, &mut answer);
    answer
}

/// Appends to an answer what is known of its addresses, where a look-up was given. Tells which look-ups for the rows
/// failed.
pub(in crate::report) fn add_places(view: &View<'_>, answer: &mut Answer) -> Failures {
    let Some(lookup) = view.addresses else { return Failures::default() };
    let before = lookup.failed().clone();
    let [addresses, issued_from] = [Role::Addresses, Role::IssuedFrom].map(|role| role.place(&answer.columns));
    if let Some(addresses) = addresses {
        lookup.add_columns(answer, addresses);
    }
    if let Some(issued_from) = issued_from {
        answer.columns.push(ISSUED_FROM_PLACE);
        for row in &mut answer.rows {
            let place = Value::text(lookup.place_of(&row[issued_from]));
            row.push(place);
        }
    }
    let after = lookup.failed().clone();
    for finding in &mut answer.findings {
        lookup.add_evidence(&mut finding.evidence);
    }
    Failures { count: after.count - before.count, first: after.first }
}

impl AddressLookup {
    fn add_columns(&self, answer: &mut Answer, addresses: usize) {
        if self.geo.is_some() {
            answer.columns.extend(GEO_COLUMNS);
        }
        if self.aws.is_some() {
            answer.columns.extend(AWS_COLUMNS);
        }
        for row in &mut answer.rows {
            let list = match &row[addresses] {
                Value::Addresses(list) => Some(list.as_slice()),
                _ => None,
            };
            let of_geo = self.geo.as_ref().map(|geo| self.geo_cells(geo, list));
            let of_aws = self.aws.as_ref().map(|aws| aws_cells(aws, list));
            row.extend(of_geo.into_iter().flatten().chain(of_aws.into_iter().flatten()));
        }
    }

    fn geo_cells(&self, geo: &GeoDatabase, addresses: Option<&[IpAddr]>) -> [Value; 4] {
        let cells = |holds: bool, known: &dyn Fn(IpAddr) -> Option<String>| match addresses.filter(|_| holds) {
            Some(addresses) => {
                let found: BTreeSet<String> = addresses.iter().filter_map(|&address| known(address)).collect();
                [Value::count(found.len()), Value::List(found.into_iter().collect())]
            }
            None => [Value::Null, Value::Null],
        };
        let [asns, asn_list] = cells(geo.holds_asn(), &|address| self.asn(address));
        let [countries, country_list] = cells(geo.holds_country(), &|address| self.country(address));
        [asns, asn_list, countries, country_list]
    }

    /// What is known of a cell that holds an address; empty of anything else.
    fn place_of(&self, cell: &Value) -> String {
        match cell {
            Value::Address(address) => self.describe(*address),
            _ => String::new(),
        }
    }

    /// Says where the addresses are that the evidence of a finding names.
    fn add_evidence(&self, evidence: &mut Map<String, Json>) {
        let named = EVIDENCE.into_iter().filter_map(|name| evidence.get(name));
        let texts = named.flat_map(|value| match value {
            Json::Array(members) => members.as_slice(),
            one => std::slice::from_ref(one),
        });
        let addresses: BTreeSet<IpAddr> = texts.filter_map(|text| text.as_str()?.parse().ok()).collect();
        let places: Vec<Json> = addresses.into_iter().map(|address| self.as_json(address)).collect();
        if !places.is_empty() {
            evidence.insert("address_places".to_owned(), Json::Array(places));
        }
    }

    fn as_json(&self, address: IpAddr) -> Json {
        let mut place = Map::from_iter([("address".to_owned(), json!(address.to_string()))]);
        let aws = self.aws.as_ref().map(|aws| aws.place(address).to_string());
        let known = [("aws", aws), ("asn", self.asn(address)), ("country", self.country(address))];
        place.extend(known.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
        Json::Object(place)
    }
}

/// The cells of the columns of AWS, null where there is no list of addresses.
fn aws_cells(aws: &AwsRanges, addresses: Option<&[IpAddr]>) -> [Value; 2] {
    let Some(addresses) = addresses else { return [Value::Null, Value::Null] };
    let found = Whereabouts::of(addresses, aws);
    [Value::List(found.ranges.into_iter().collect()), Value::count(found.outside)]
}
