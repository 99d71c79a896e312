//! Messages that the handler is given, and sends, several at a time.

use crate::batch::Batch;
use crate::send::SendRun;

/// What belongs to the plain path, and whether this side takes it.
#[derive(Debug, Default)]
pub(crate) struct Together {
    /// Handlers are given several messages at a time.
    pub(crate) is_on: bool,
    /// What the handler has.
    pub(crate) batch: Batch,
    /// What it has sent meanwhile.
    pub(crate) sends: SendRun,
}
