//! placeholder

use super::{Answer, Report};

pub static REPORT: Report = Report {
    name: "sessions",
    summary: "",
    about: "",
    columns: &[],
    key: &[],
    needs: &[],
    options: &[],
    answer: |_| Answer::default(),
};
