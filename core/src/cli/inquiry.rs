//! What is asked of one plugin file: each question once, with the cells that ask it.

use crate::host::probe::{ProbeFraming, ProbeHandler, ProbeRequests};
use serde::Serialize;
use std::collections::HashMap;

/// A key of a scenario that has a plugin in it, as a JSON pointer.
pub(super) type Pointer = &'static str;

/// One plugin file and the questions to it.
pub(super) struct Inquiry {
    /// Where the scenario names it first, for errors about the plugin as a whole.
    pub(super) named_at: (usize, Pointer),
    /// Each with the cells that ask it.
    pub(super) handlers: Questions<ProbeHandler, usize>,
    /// Each with the cells and keys that ask it.
    pub(super) framings: Questions<ProbeFraming, (usize, Pointer)>,
}

/// Distinct questions, in the order in which they come up.
pub(super) struct Questions<Q, Who> {
    asked: Vec<(Q, Vec<Who>)>,
    /// By the question's JSON: there may be thousands.
    known: HashMap<String, usize>,
}

impl Inquiry {
    /// Nothing to ask yet; the plugin stands at `pointer` in cell `cell`.
    pub(super) fn new(cell: usize, pointer: Pointer) -> Self {
        let named_at = (cell, pointer);
        Self { named_at, handlers: Questions::new(), framings: Questions::new() }
    }

    /// The questions as a probe takes them.
    pub(super) fn requests(&self) -> ProbeRequests {
        ProbeRequests { handlers: self.handlers.alone(), framings: self.framings.alone() }
    }
}

impl<Q: Serialize + Clone, Who> Questions<Q, Who> {
    fn new() -> Self {
        Self { asked: Vec::new(), known: HashMap::new() }
    }

    /// Adds a question, or one more who asks it.
    pub(super) fn ask(&mut self, who: Who, question: Q) {
        let key = serde_json::to_string(&question).unwrap_or_default();
        let index = *self.known.entry(key).or_insert(self.asked.len());
        match self.asked.get_mut(index) {
            Some((_, asking)) => asking.push(who),
            None => self.asked.push((question, vec![who])),
        }
    }

    /// All of them with their answers, which come in the same order.
    pub(super) fn answered<'a, A>(
        &'a self,
        answers: &'a [A],
    ) -> impl Iterator<Item = (&'a Q, &'a [Who], &'a A)> {
        let asked = self.asked.iter().map(|(question, who)| (question, who.as_slice()));
        asked.zip(answers).map(|((question, who), answer)| (question, who, answer))
    }

    fn alone(&self) -> Vec<Q> {
        self.asked.iter().map(|(question, _)| question.clone()).collect()
    }
}
