//! A hint at the commonest cause of answers that take some 40 ms: a server that is not ours writes a message
//! in two calls with Nagle's algorithm on, and the second waits for an acknowledgement that is delayed.

use crate::measure::P50;
use crate::result::CellData;
use crate::scenario::{Settings, WritePolicy};

/// How long Linux delays an acknowledgement (TCP_DELACK_MIN), and what a busy machine adds, in nanoseconds.
const DELAYED: std::ops::Range<u64> = 36_000_000..60_000_000;

/// The note, where the median is as long as a delayed acknowledgement and messages come in two pieces, or
/// our side is told to send them so.
pub(super) fn notes(settings: &Settings, data: &CellData) -> Vec<String> {
    let transport = &settings.transport;
    if data.has_our_server() || !transport.kind.has_nodelay() {
        return Vec::new();
    }
    let Some(p50) = P50.of(&data.latency).filter(|p50| DELAYED.contains(p50)) else {
        return Vec::new();
    };
    let (reads, messages) = (data.reply.reads, data.reply.received_messages);
    // Where several are under way, reads may join what came in two pieces.
    let in_two =
        settings.load.in_flight > 1 || reads.saturating_mul(2) >= messages.saturating_mul(3);
    let ours = !transport.nodelay && transport.write == WritePolicy::HeaderBody;
    let (who, what) = match (ours, in_two) {
        (true, _) => {
            ("this client", "set `transport.nodelay = true`, or `transport.write = \"message\"`")
        }
        (false, true) => (
            "the server",
            "set TCP_NODELAY in the server, or let it write each answer in one call (`transport.nodelay` is \
             the client's alone)",
        ),
        (false, false) => return Vec::new(),
    };
    let ms = p50 / 1_000_000;
    vec![format!(
        "a p50 of {ms} ms looks like Nagle's algorithm and a delayed acknowledgement: {who} sends a message \
         in two writes, it seems, and the second waits until the first is acknowledged, some 40 ms later; {what}"
    )]
}
