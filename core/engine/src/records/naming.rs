//! Which messages are named in the ledger instead of being copied.

use crate::config::Config;
use wirebench_framings::Role;
use wirebench_load::{NamedPayloads, Source};

/// From so many bytes on a message is named although it has its record for itself: to make a name and to
/// follow it costs about as much as to copy so many and to read them.
const WORTH_NAMING: usize = 256;

/// What this side may name. Datagrams are copied: their judge looks for a message among many records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Naming {
    payloads: Option<Source>,
    answers: bool,
}

impl Naming {
    /// What the side of this configuration names of `named`.
    pub(super) fn new(config: &Config, named: &NamedPayloads) -> Self {
        let is_read = config.alone.is_none();
        if !is_read || config.settings.transport.kind.has_datagrams() {
            return Self::default();
        }
        let own = match (config.role, &config.settings.load.reply_payload) {
            (Role::Server, Some(_)) => Source::Replies,
            (Role::Client, _) | (Role::Server, None) => Source::Requests,
        };
        Self {
            payloads: Some(own).filter(|own| named.has(*own)),
            answers: config.role == Role::Server && named.has(Source::Requests),
        }
    }

    /// The source of the payloads that the handler sends by their number.
    #[inline(always)]
    pub(crate) fn payloads(&self) -> Option<Source> {
        self.payloads
    }

    /// Whether answers are named that are the request itself.
    #[inline(always)]
    pub(crate) fn answers(&self) -> bool {
        self.answers
    }

    /// Whether a message of `len` bytes that can be named is. Those that are `together` share a name.
    #[inline(always)]
    pub(crate) fn is_worth(len: usize, together: bool) -> bool {
        len >= WORTH_NAMING || together
    }
}
