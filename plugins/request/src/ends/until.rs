//! An answer that ends where an expression first matches, found a byte at a time.

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::look::{Look, LookSet};
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};

/// Bytes that the machine of an expression may take.
const SIZE: usize = 4 << 20;

/// An expression as a machine, whose state is all that has to be kept of the bytes that it has seen.
pub(crate) struct Until {
    machine: dense::DFA<Vec<u32>>,
    begin: StateID,
}

impl std::fmt::Debug for Until {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Until")
    }
}

impl Until {
    /// Reads an expression over bytes.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let nfa = thompson::Compiler::new()
            .syntax(syntax)
            .configure(thompson::Config::new().utf8(false).nfa_size_limit(Some(SIZE)))
            .build(text)
            .map_err(|error| explained(&error))?;
        let known = LookSet::empty().insert(Look::Start).insert(Look::StartLF);
        if !nfa.look_set_any().subtract(known).is_empty() {
            return Err(
                "an end that depends on what follows (`$`, `\\b`) cannot be found before that \
                        has come: write the bytes themselves, such as `\\r\\n`"
                    .to_owned(),
            );
        }
        if nfa.has_empty() {
            return Err("it matches where nothing stands: an answer would never begin".to_owned());
        }
        let config = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .dfa_size_limit(Some(SIZE))
            .determinize_size_limit(Some(SIZE));
        let machine = dense::Builder::new()
            .configure(config)
            .build_from_nfa(&nfa)
            .map_err(|error| explained(&error))?;
        let begin = machine.start_state(&start::Config::new()).map_err(|e| e.to_string())?;
        Ok(Self { machine, begin })
    }

    /// The state before the first byte.
    pub(crate) fn begin(&self) -> StateID {
        self.begin
    }

    /// Goes on with these bytes; returns behind how many of them the answer ends, if it does.
    pub(crate) fn step(&self, state: &mut StateID, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            // The machine is a byte late: a match is seen when the byte behind it is.
            *state = self.machine.next_state(*state, *byte);
            if self.machine.is_match_state(*state) {
                return Some(at);
            }
        }
        let end = self.machine.next_eoi_state(*state);
        self.machine.is_match_state(end).then_some(bytes.len())
    }
}

/// An error and what caused it: of the outermost alone nothing could be learnt.
fn explained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}
