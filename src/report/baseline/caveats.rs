//! What weakens a comparison with an earlier answer.

use super::reach::moment;
use super::{Baseline, Today};
use crate::model::quantity;

/// The version that answers now.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Baseline {
    /// All that the reader should know before believing what is new and what is gone.
    pub(super) fn caveats(&self, today: &Today<'_>) -> Vec<String> {
        let (then, now) = (&self.reach, today.reach);
        let mut caveats = Vec::new();
        if then.is_partial {
            caveats.push("the baseline is partial: what it could not read may stand here as new".to_owned());
        }
        if self.version != VERSION {
            let version = &self.version;
            caveats.push(format!(
                "the baseline is of trailscan {version}, whose rules may differ from those of {VERSION}"
            ));
        }
        if let Some(filter) = then.narrower_than(now) {
            caveats.push(format!("the baseline was asked with {filter}: what it lacks is not proven to be new"));
        }
        if let Some(filter) = now.narrower_than(then) {
            caveats.push(format!("this was asked with {filter}: what is gone may be there still"));
        }
        let options = then.other_options(now);
        if !options.is_empty() {
            let options = options.join(", ");
            caveats.push(format!(
                "the baseline was asked with other values of {options}: that alone may make a difference"
            ));
        }
        caveats.extend(self.of_time(today));
        if self.suppressed > 0 {
            let findings = quantity(self.suppressed as u64, "finding");
            caveats
                .push(format!("{findings} of the baseline were suppressed: one that no longer is stands here as new"));
        }
        if self.unknown_rules > 0 {
            let findings = quantity(self.unknown_rules as u64, "finding");
            caveats.push(format!("{findings} of the baseline of rules that this version does not have are left out"));
        }
        if !self.cut.is_empty() {
            caveats.push(format!(
                "the baseline does not hold all rows of {}: what is first seen there is not known",
                self.cut.join(", ")
            ));
        }
        if !self.without_things.is_empty() {
            let reports: Vec<&str> = self.without_things.iter().copied().collect();
            caveats.push(format!(
                "the baseline lacks columns of {}: nothing is said of what is first seen there",
                reports.join(", ")
            ));
        }
        caveats
    }

    /// Time that neither of them read, or that both did not read in this order.
    fn of_time(&self, today: &Today<'_>) -> Option<String> {
        let (end, start) = (self.reach.end()?, today.reach.start()?);
        if end < start {
            return Some(format!(
                "nothing was read of the time from {} to {}, between the baseline and this",
                moment(end),
                moment(start)
            ));
        }
        let now = today.reach.end()?;
        (now < end).then(|| {
            format!("the baseline goes on to {}, and this ends at {}: this is the older one", moment(end), moment(now))
        })
    }
}
