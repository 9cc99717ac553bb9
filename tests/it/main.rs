//! What trailscan does, seen from outside: every test here runs the binary. One binary, so that heavy dependencies are
//! linked once.

mod duplicates;
mod filters;
mod harness;
mod laws;
mod oracle;
mod order;
mod real;
mod records;
#[cfg(feature = "s3")]
mod s3;
mod shapes;
mod truth;
mod window;
