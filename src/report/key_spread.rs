//! placeholder

use super::{Answer, Report};

pub static REPORT: Report = Report {
    name: "key-spread",
    summary: "",
    about: "",
    columns: &[],
    key: &[],
    needs: &[],
    options: &[],
    answer: |_| Answer::default(),
};
