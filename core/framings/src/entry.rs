//! What is declared of a built-in framing: its name, what it puts on the wire, its settings and how it
//! is made.

use super::settings::{Setting, Values};
use super::{Framing, Role, SpecError, length};

/// One built-in framing.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) on_wire: &'static str,
    pub(super) settings: &'static [Setting],
    /// Fills in the defaults that depend on other settings.
    pub(super) derive: fn(&mut Values),
    pub(super) make: Make,
}

/// Makes one connection's framing, or tells which settings do not go together.
type Make = fn(&Values, Role) -> Result<Box<dyn Framing>, SpecError>;

fn nothing_derived(_: &mut Values) {}

pub(super) const fn length_entry<const WIDTH: usize, const BIG: bool>(
    name: &'static str,
    on_wire: &'static str,
) -> Entry {
    Entry {
        name,
        on_wire,
        settings: length::SETTINGS,
        derive: length::derive::<WIDTH>,
        make: length::make::<WIDTH, BIG>,
    }
}

/// An entry whose settings have constant defaults.
pub(super) const fn plain(
    name: &'static str,
    on_wire: &'static str,
    settings: &'static [Setting],
    make: Make,
) -> Entry {
    Entry { name, on_wire, settings, derive: nothing_derived, make }
}
