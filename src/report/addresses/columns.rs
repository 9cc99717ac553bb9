//! What a look-up adds to the answer of a report: columns about the addresses of each row, and where the addresses are
//! that findings name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value as Json, json};

use super::{AddressLookup, Failures, Whereabouts};
use crate::report::columns::columns;
use crate::report::occurrence;
use crate::report::{Answer, Column, Role, Value, View};

/// The member of a finding's evidence that holds what issued its credentials; the other addresses are its own.
const ISSUED_FROM: &str = "issued_from";

columns! {
    const OF_ASNS;
    fn asn_cells(asns: BTreeSet<String>) {}

    count("asns", "Distinct autonomous systems of the addresses.").second() => asns.len(),
    list("asn_list", "The autonomous systems, with their names.").asked() => asns,
}

columns! {
    const OF_COUNTRIES;
    fn country_cells(countries: BTreeSet<String>) {}

    count("countries", "Distinct countries of the addresses.").second() => countries.len(),
    list("country_list", "The ISO 3166 codes of the countries.").asked() => countries,
}

columns! {
    const OF_AWS;
    fn aws_cells(found: Whereabouts) {}

    list(
        "aws",
        "Services and regions of the addresses in AWS's published ranges: EC2 us-east-1; empty where none is in one.",
    ).second() => found.ranges,
    count("outside_addresses", "How many of the addresses are public and in no published range of AWS.")
        .unit("addresses").second() => found.outside,
}

columns! {
    const OF_ISSUED_FROM;
    fn issued_from_cells(place: String) {}

    text(
        "issued_from_place",
        "What the files say of issued_from: AWS's service and region, outside AWS or private; autonomous system; country.",
    ).asked() => place,
}

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
    answer.columns.extend(lookup.added_columns(&answer.columns));
    for row in &mut answer.rows {
        let of_addresses = addresses.iter().flat_map(|&place| lookup.cells_of_addresses(&row[place]));
        let of_issued_from = issued_from.iter().flat_map(|&place| issued_from_cells(lookup.place_of(&row[place])));
        let added: Vec<Value> = of_addresses.chain(of_issued_from).collect();
        row.extend(added);
    }
    let after = lookup.failed().clone();
    for finding in &mut answer.findings {
        lookup.add_evidence(&mut finding.evidence);
    }
    Failures { count: after.count - before.count, first: after.first }
}

impl AddressLookup {
    /// The columns that stand behind `columns` in an answer: what is known of addresses, where there is a column of them.
    pub(in crate::report) fn added_columns(&self, columns: &[Column]) -> Vec<Column> {
        let has = |role: Role| role.place(columns).is_some();
        let of_geo = [OF_ASNS, OF_COUNTRIES].concat();
        let all = [
            (has(Role::Addresses) && self.geo.is_some(), of_geo.as_slice()),
            (has(Role::Addresses) && self.aws.is_some(), OF_AWS),
            (has(Role::IssuedFrom), OF_ISSUED_FROM),
        ];
        all.iter().filter(|(is_added, _)| *is_added).flat_map(|(_, columns)| *columns).copied().collect()
    }

    /// The cells of those columns that are about all addresses of a row; null where the row has no list of them.
    fn cells_of_addresses(&self, cell: &Value) -> Vec<Value> {
        let addresses = match cell {
            Value::Addresses(addresses) => Some(addresses.as_slice()),
            _ => None,
        };
        let of_all = |holds: bool, known: &dyn Fn(IpAddr) -> Option<String>| -> Option<BTreeSet<String>> {
            Some(addresses.filter(|_| holds)?.iter().filter_map(|&address| known(address)).collect())
        };
        let mut cells = Vec::new();
        if let Some(geo) = &self.geo {
            let asns = of_all(geo.holds_asn(), &|address| self.asn(address));
            cells.extend(asns.map_or_else(|| unknown(OF_ASNS), asn_cells));
            let countries = of_all(geo.holds_country(), &|address| self.country(address));
            cells.extend(countries.map_or_else(|| unknown(OF_COUNTRIES), country_cells));
        }
        if let Some(aws) = &self.aws {
            let found = addresses.map(|addresses| Whereabouts::of(addresses, aws));
            cells.extend(found.map_or_else(|| unknown(OF_AWS), aws_cells));
        }
        cells
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
        let named = occurrence::ADDRESSES.into_iter().chain([ISSUED_FROM]).collect::<Vec<_>>();
        let addresses: BTreeSet<IpAddr> =
            occurrence::texts(evidence, &named).filter_map(|text| text.parse().ok()).collect();
        let places: Vec<Json> = addresses.into_iter().map(|address| self.as_json(address)).collect();
        if !places.is_empty() {
            evidence.insert(occurrence::PLACES.to_owned(), Json::Array(places));
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

/// The cells of columns of which nothing is known.
fn unknown(columns: &[Column]) -> Vec<Value> {
    vec![Value::Null; columns.len()]
}
