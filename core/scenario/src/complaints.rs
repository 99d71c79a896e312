//! What is found wrong with a scenario after it was loaded, by plugins and the machine: each once,
//! however many cells it is found for.

use super::diagnostics::{Diagnostic, Diagnostics, Place, Sink};
use super::key::grouped;
use super::places::Places;
use std::collections::HashMap;

/// What is wrong with a value of a cell.
#[derive(Clone, Copy, Debug)]
pub enum At<'a> {
    /// At a key's path with slashes (`/handler/plugin`), which goes on into tables
    /// (`/handler/config/commands/0`, `/framing/reply/max`). What stands nowhere is shown at the
    /// plugin's name.
    Value(&'a str),
    /// At the gate of this number in the cell's `expect`.
    Gate(usize),
}

/// One thing that is wrong, in words.
#[derive(Clone, Debug, Default)]
pub struct Complaint {
    message: String,
    suggestion: Option<String>,
    help: Vec<String>,
}

impl Complaint {
    /// What is wrong, in a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Adds "did you mean", if one of `names` is close to `wrong`.
    pub fn suggest<'a>(mut self, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestion = wirebench_values::similar(wrong, names).map(str::to_owned);
        self
    }

    /// Adds what to do next.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }
}

/// Complaints about one scenario.
pub struct Complaints<'a> {
    places: &'a Places,
    told: HashMap<(Place, String), usize>,
    /// Each with the number of times that it was told.
    list: Vec<(Diagnostic, u64)>,
}

impl<'a> Complaints<'a> {
    /// None, about what stands at `places`.
    pub fn new(places: &'a Places) -> Self {
        Self { places, told: HashMap::new(), list: Vec::new() }
    }

    /// Adds one about cell `cell`; the same at the same place is counted.
    pub fn push(&mut self, cell: usize, at: At<'_>, complaint: Complaint) {
        let place = self.places.find(cell, at);
        let key = (place, complaint.message);
        if let Some(index) = self.told.get(&key) {
            self.list[*index].1 += 1;
            return;
        }
        let mut diagnostic = Diagnostic::new(place, key.1.clone());
        if let Some(name) = complaint.suggestion {
            diagnostic = diagnostic.label(format!("did you mean `{name}`?"));
        }
        diagnostic = complaint.help.into_iter().fold(diagnostic, Diagnostic::help);
        self.told.insert(key, self.list.len());
        self.list.push((diagnostic, 1));
    }

    /// All of them in file order; `None`: there is none.
    pub fn finish(self) -> Option<Diagnostics> {
        if self.list.is_empty() {
            return None;
        }
        let mut sink = Sink::default();
        for (diagnostic, times) in self.list {
            sink.push(match times {
                1 => diagnostic,
                times => {
                    diagnostic.help(format!("found {} times, for different cells", grouped(times)))
                }
            });
        }
        Some(sink.finish(self.places.sources()))
    }
}
