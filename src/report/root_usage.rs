//! placeholder

use super::{Answer, Report};

pub static REPORT: Report = Report {
    name: "root-usage",
    summary: "",
    about: "",
    columns: &[],
    key: &[],
    needs: &[],
    options: &[],
    answer: |_| Answer::default(),
};
