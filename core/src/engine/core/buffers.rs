//! Memory of a side that its connections use in turn.

use crate::engine::queues::Spare;
use crate::framing::Decoded;

/// Memory of a side that every connection uses in turn.
#[derive(Default)]
pub(in crate::engine) struct Buffers {
    /// What a framing found last, taken out while that is acted on.
    pub(in crate::engine) decoded: Option<Box<Decoded>>,
    /// Receive buffers.
    pub(in crate::engine) spare: Spare,
    /// Messages that a plugin hands over in parts.
    pub(in crate::engine) scratch: Vec<u8>,
}
