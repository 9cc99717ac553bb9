//! Recently seen policy documents: the same few are written again and again, and reading one costs much.

use hashbrown::HashMap;

use crate::model::{Grant, Policy, PolicyError};

/// Past this many documents they are forgotten, so that memory stays flat.
const MOST: usize = 256;

/// Longer texts are not remembered: above AWS's largest quota for one document.
const LONGEST: usize = 1 << 14;

/// Documents by their raw text. A shortcut only: no part of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    read: HashMap<Box<str>, Known, ahash::RandomState>,
}

type Read = Result<Policy, PolicyError>;

/// A document and, once somebody asked, what it grants: that costs more than reading it.
#[derive(Clone, Debug)]
struct Known {
    read: Read,
    grant: Option<Grant>,
}

impl Documents {
    /// What `judge` says of the document of that raw text.
    pub fn judge<T>(&mut self, text: &str, judge: impl FnOnce(&Read) -> T) -> T {
        self.with(text, |known| judge(&known.read))
    }

    /// What the document of that raw text grants.
    pub fn grant(&mut self, text: &str) -> Grant {
        self.with(text, |known| *known.grant.get_or_insert_with(|| Grant::of(&known.read)))
    }

    fn with<T>(&mut self, text: &str, ask: impl FnOnce(&mut Known) -> T) -> T {
        if let Some(known) = self.read.get_mut(text) {
            return ask(known);
        }
        let mut known = Known { read: Policy::read(text), grant: None };
        let answer = ask(&mut known);
        if text.len() <= LONGEST {
            if self.read.len() >= MOST {
                self.read.clear();
            }
            self.read.insert(text.into(), known);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_the_same_again_and_few_are_kept() {
        let mut documents = Documents::default();
        let admin = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        for nth in 0..3 * MOST {
            assert_eq!(documents.grant(admin), Grant::Admin);
            assert_eq!(documents.grant(&format!("{nth}")), Grant::NotJudged);
            assert!(documents.read.len() <= MOST);
        }
        documents.judge(&" ".repeat(LONGEST + 1), |_| ());
        assert!(documents.read.keys().all(|text| text.len() <= LONGEST));
    }
}
