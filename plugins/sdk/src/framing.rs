//! What a plugin implements to bring a framing of its own.

use crate::{Error, Result};
use serde::de::DeserializeOwned;
use wirebench_framing::{Framing, Role};

/// A framing that a plugin brings: a [`Framing`] with a name, and made from settings.
///
/// An `Err` of [`feed`](Framing::feed) and its kin ends the session and is counted (`framing`, and the
/// metric `errors`); one of [`encode`](Framing::encode) makes its message `unsendable`. A panic, or an
/// answer that breaks a rule, ends the round, which is recorded as crashed with the framing's plugin.
pub trait PluginFraming: Framing + Sized + 'static {
    /// Its name within the plugin: letters, digits, `.`, `_` and `-`.
    const NAME: &'static str;
    /// One line for people.
    const ABOUT: &'static str = "";
    /// What the settings in the scenario are read into.
    type Config: DeserializeOwned;

    /// Makes one end of a connection.
    fn new(config: Self::Config, role: Role) -> Result<Self, Error>;
}
