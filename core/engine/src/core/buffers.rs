//! Memory of a side that its connections use in turn.

use crate::queues::Spare;
use wirebench_framings::Decoded;

/// Memory of a side that every connection uses in turn.
#[derive(Default)]
pub(crate) struct Buffers {
    /// What a framing found last, taken out while that is acted on.
    pub(crate) decoded: Option<Box<Decoded>>,
    /// Receive buffers.
    pub(crate) spare: Spare,
    /// Messages that a plugin hands over in parts.
    pub(crate) scratch: Vec<u8>,
}
