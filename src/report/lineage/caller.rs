//! A session of which no event was counted, as its issuing calls show it.

use crate::aggregate::issuances::Issuance;
use crate::aggregate::{Span, Sym, SymSet};

/// A session that is known by its issuing calls alone.
pub(in crate::report) struct Caller<'a> {
    /// The first of them, in the issuances' own order.
    pub call: Issuance<'a>,
    /// The first with each access key.
    pub by_key: Vec<Issuance<'a>>,
    keys: SymSet,
    pub span: Span,
}

impl<'a> Caller<'a> {
    pub(super) fn new(call: Issuance<'a>) -> Self {
        Self { call, by_key: Vec::new(), keys: SymSet::default(), span: Span::default() }
    }

    pub(super) fn add(&mut self, call: &Issuance<'a>) {
        let key = call.caller_access_key();
        if key != Sym::EMPTY && !self.keys.contains(key) {
            self.keys.insert(key);
            self.by_key.push(*call);
        }
        if let Some(time) = call.time() {
            self.span.see(time);
        }
    }

    pub fn account_id(&self) -> &'a str {
        self.call.caller_account_id()
    }
}
