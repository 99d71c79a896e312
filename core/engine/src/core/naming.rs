//! Which messages are named in the ledger instead of being copied.

use super::Core;
use crate::config::Config;
use crate::port::Port;
use crate::records::Records;
use wirebench_framings::Role;
use wirebench_load::Source;

/// What this side may name. Datagrams are copied: their judge looks for a message among many records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Naming {
    /// The payloads that the handler has sent by their number.
    pub(crate) payloads: Option<Source>,
    /// Answers that are the request itself.
    pub(crate) answers: bool,
}

/// From so many bytes on a message is named although it has its record for itself: to make a name and to
/// follow it costs about as much as to copy so many and to read them.
const WORTH_NAMING: usize = 256;

impl<P: Port> Core<P> {
    /// A message of `len` bytes that can be named is. Those of a batch share a name.
    #[inline(always)]
    pub(crate) fn is_worth_naming(&self, len: usize) -> bool {
        len >= WORTH_NAMING || !self.batch.is_over()
    }
}

impl Naming {
    /// What the side of this configuration names.
    pub(crate) fn new(config: &Config, records: &Records) -> Self {
        let is_read = config.alone.is_none();
        if !is_read || config.settings.transport.kind.has_datagrams() {
            return Self::default();
        }
        let own = match (config.role, &config.settings.load.reply_payload) {
            (Role::Server, Some(_)) => Source::Replies,
            (Role::Client, _) | (Role::Server, None) => Source::Requests,
        };
        Self {
            payloads: Some(own).filter(|own| records.can_name(*own)),
            answers: config.role == Role::Server && records.can_name(Source::Requests),
        }
    }
}
