//! Writes tiny MaxMind databases, for tests: an IPv6 tree of 24-bit records with IPv4 at `::/96`.
//!
//! Needs nothing of the crate. Source: "MaxMind DB File Format Specification", version 2.0.

use std::net::IpAddr;

/// A value of the data section.
#[derive(Clone, Debug)]
pub enum Data {
    /// A text.
    Text(String),
    /// An unsigned number of 16 bits.
    Short(u16),
    /// An unsigned number of 32 bits.
    Number(u32),
    /// An unsigned number of 64 bits.
    Long(u64),
    /// Fields by name.
    Map(Vec<(&'static str, Data)>),
    /// A list.
    Array(Vec<Data>),
}

/// A text value.
pub fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

/// The bytes of a database of this type with an entry for each network (address, prefix length).
pub fn database(database_type: &str, entries: &[(&str, u8, Data)]) -> Vec<u8> {
    let mut nodes: Vec<[Option<Record>; 2]> = vec![[None, None]];
    let mut data = Vec::new();
    for (address, length, value) in entries {
        insert(&mut nodes, bits_of(address, *length), data.len());
        encode(value, &mut data);
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match record {
            None => count,
            Some(Record::Node(node)) => *node,
            Some(Record::Data(offset)) => count + 16 + offset,
        };
        file.extend_from_slice(&(number as u32).to_be_bytes()[1..]);
    }
    file.extend_from_slice(&[0; 16]);
    file.extend_from_slice(&data);
    file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    encode(&metadata(database_type, count as u32), &mut file);
    file
}

#[derive(Clone, Copy)]
enum Record {
    Node(usize),
    Data(usize),
}

fn bits_of(address: &str, length: u8) -> Vec<usize> {
    let (number, length) = match address.parse().expect("an address") {
        IpAddr::V4(ip) => (u128::from(u32::from(ip)), 96 + length),
        IpAddr::V6(ip) => (u128::from(ip), length),
    };
    (0..length).map(|bit| (number >> (127 - bit) & 1) as usize).collect()
}

fn insert(nodes: &mut Vec<[Option<Record>; 2]>, bits: Vec<usize>, offset: usize) {
    let (last, way) = bits.split_last().expect("a prefix of at least one bit");
    let mut node = 0;
    for &bit in way {
        node = match nodes[node][bit] {
            Some(Record::Node(next)) => next,
            _ => {
                nodes.push([None, None]);
                let next = nodes.len() - 1;
                nodes[node][bit] = Some(Record::Node(next));
                next
            }
        };
    }
    nodes[node][*last] = Some(Record::Data(offset));
}

fn metadata(database_type: &str, node_count: u32) -> Data {
    Data::Map(vec![
        ("binary_format_major_version", Data::Short(2)),
        ("binary_format_minor_version", Data::Short(0)),
        ("build_epoch", Data::Long(1_700_000_000)),
        ("database_type", text(database_type)),
        ("description", Data::Map(vec![("en", text("for tests"))])),
        ("ip_version", Data::Short(6)),
        ("languages", Data::Array(vec![text("en")])),
        ("node_count", Data::Number(node_count)),
        ("record_size", Data::Short(24)),
    ])
}

fn encode(value: &Data, out: &mut Vec<u8>) {
    match value {
        Data::Text(text) => {
            header(2, text.len(), out);
            out.extend_from_slice(text.as_bytes());
        }
        Data::Short(number) => {
            header(5, 2, out);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Data::Number(number) => {
            header(6, 4, out);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Data::Long(number) => {
            header(9, 8, out);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Data::Map(fields) => {
            header(7, fields.len(), out);
            for (name, field) in fields {
                encode(&text(name), out);
                encode(field, out);
            }
        }
        Data::Array(members) => {
            header(11, members.len(), out);
            members.iter().for_each(|member| encode(member, out));
        }
    }
}

/// Type and size of a value: types past 7 and sizes past 28 take a byte more.
fn header(kind: u8, size: usize, out: &mut Vec<u8>) {
    assert!(size < 285, "larger values need a longer header");
    let short = size.min(29) as u8;
    out.push(if kind <= 7 { kind << 5 | short } else { short });
    if kind > 7 {
        out.push(kind - 7);
    }
    if size >= 29 {
        out.push((size - 29) as u8);
    }
}
