//! Which messages are named in the ledger instead of being copied.

use crate::config::Config;
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
