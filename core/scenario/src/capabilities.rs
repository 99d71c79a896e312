//! What does not go together with a plugin's framing: only the plugin knows what it can do, and it is
//! asked when everything else has been found right.

use super::diagnostics::{Diagnostics, Sink};
use super::load::Loaded;
use super::partial::{PartialSettings, read_settings};
use super::places::CellPlaces;
use super::plan::PayloadAlphabet;
use super::validate;
use wirebench_framings::{Capabilities, FramingSpec};

impl Loaded {
    /// A handler speaks text: so does every cell that has no word on it, for all have to send the same
    /// bytes.
    pub fn send_text(&mut self) {
        for (index, cell) in self.scenario.cells.iter_mut().enumerate() {
            let automatic = self.places.cell(index).is_some_and(|known| {
                let given = known.values.get("load.alphabet");
                given.is_none_or(|given| given.node.text() == Some("auto"))
            });
            if automatic {
                cell.settings.load.alphabet = PayloadAlphabet::Text;
            }
        }
    }

    /// Holds every cell with a plugin's framing against what that is able to do, as it is done with
    /// built-in framings while a scenario is read. What `nature_of` does not know stays unknown.
    pub fn check_capabilities(
        &self,
        nature_of: &dyn Fn(&FramingSpec) -> Option<Capabilities>,
    ) -> Result<(), Diagnostics> {
        let mut sink = Sink::default();
        for (index, cell) in self.scenario.cells.iter().enumerate() {
            let framings = [&cell.settings.request_framing, &cell.settings.reply_framing];
            if framings.iter().all(|spec| spec.plugin.is_none()) || sink.is_full() {
                continue;
            }
            let Some(made_of) = self.places.cell(index) else { continue };
            let mut partial = partial_settings(made_of, nature_of);
            let [payload, reply] = made_of.extents;
            validate::check(&made_of.values, &mut partial, payload, reply, &mut sink);
        }
        if sink.is_empty() { Ok(()) } else { Err(sink.finish(self.places.sources())) }
    }
}

/// The cell as it was read, with all capabilities that are known.
fn partial_settings(
    made_of: &CellPlaces,
    nature_of: &dyn Fn(&FramingSpec) -> Option<Capabilities>,
) -> PartialSettings {
    // Nothing new can be wrong: the scenario was loaded.
    let mut partial = read_settings(&made_of.values, made_of.one_side, &mut Sink::default());
    let framings = &mut partial.framings;
    for chosen in [&mut framings.request, &mut framings.reply] {
        if chosen.spec.plugin.is_some() {
            chosen.capabilities = nature_of(&chosen.spec);
        }
    }
    partial
}
