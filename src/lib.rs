//! Reads AWS CloudTrail logs and answers who used root, which long-lived keys are embedded where, which sessions
//! existed and who issued them.

#![deny(missing_docs, unsafe_code)]

pub mod aggregate;
pub mod decode;
pub mod filter;
pub mod input;
pub mod model;
pub mod output;
pub mod report;
pub mod scan;
