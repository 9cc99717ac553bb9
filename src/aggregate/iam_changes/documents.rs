//! Policy documents that were met of late: the same few are written again and again, and reading one costs much.

use hashbrown::HashMap;

use crate::model::{Policy, PolicyError};

/// Past this many documents they are forgotten, so that memory stays flat.
const MOST: usize = 256;

/// Longer texts are not remembered: above AWS's largest quota for one document.
const LONGEST: usize = 1 << 14;

/// Documents by their raw text. A shortcut only: no part of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    read: HashMap<Box<str>, Read, ahash::RandomState>,
}

type Read = Result<Policy, PolicyError>;

impl Documents {
    /// What `judge` says of the document of that raw text.
    pub fn judge<T>(&mut self, text: &str, judge: impl FnOnce(&Read) -> T) -> T {
        if let Some(known) = self.read.get(text) {
            return judge(known);
        }
        let read = Policy::read(text);
        let judged = judge(&read);
        if text.len() <= LONGEST {
            if self.read.len() >= MOST {
                self.read.clear();
            }
            self.read.insert(text.into(), read);
        }
        judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Grant;

    #[test]
    fn a_document_says_the_same_again_and_few_are_kept() {
        let mut documents = Documents::default();
        let admin = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        for nth in 0..3 * MOST {
            assert_eq!(documents.judge(admin, Grant::of), Grant::Admin);
            assert_eq!(documents.judge(&format!("{nth}"), Grant::of), Grant::NotJudged);
            assert!(documents.read.len() <= MOST);
        }
        documents.judge(&" ".repeat(LONGEST + 1), |_| ());
        assert!(documents.read.keys().all(|text| text.len() <= LONGEST));
    }
}
