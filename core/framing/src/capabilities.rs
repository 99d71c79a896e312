//! What a framing says of itself.

/// Which payload bytes a framing can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alphabet {
    /// Any.
    Bytes,
    /// Printable text without line feeds is safe; some other bytes are not.
    Text,
}

/// What a framing says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Capabilities {
    /// False for read-bound framings: what they deliver depends on how the bytes were cut.
    pub invariant: bool,
    /// True when both directions of a connection must use it together.
    pub duplex: bool,
    /// It has a form for an empty message.
    pub empty: bool,
    /// The payloads it can carry.
    pub alphabet: Alphabet,
    /// The longest message it carries, in bytes.
    pub max: u64,
    /// False when coalescing writes would change what the framing does (`raw`, `sleep`).
    pub batchable: bool,
    /// True when it needs a byte stream (it cannot put one frame into one datagram).
    pub stream_only: bool,
    /// True when a connection carries one message in each direction, and the end of the stream
    /// ends it.
    pub per_connection: bool,
    /// True when a damaged frame is dropped and decoding goes on at the next boundary. Otherwise
    /// what the decoder notices ends the connection.
    pub resynchronises: bool,
    /// True when a checksum covers the message, so that changed bytes are noticed.
    pub finds_corruption: bool,
}

impl Capabilities {
    /// A framing that marks every boundary in its bytes: invariant, for either direction, with a
    /// form for empty messages.
    pub const fn marked(alphabet: Alphabet, max: u64) -> Self {
        Self {
            invariant: true,
            duplex: false,
            empty: true,
            alphabet,
            max,
            batchable: true,
            stream_only: false,
            per_connection: false,
            resynchronises: false,
            finds_corruption: false,
        }
    }
}
