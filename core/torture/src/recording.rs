//! Recording: messages as the bytes that a framing writes for them, so that a check can cut and damage
//! them.

use super::Case;
use super::check_context::CheckContext;
use super::pair::{Reads, Talked, talk};
use super::stream_driver::StreamDriver;
use wirebench_framings::{EncodeError, Gate, Role};
use wirebench_load::rng::SplitMix64;

/// Messages as the bytes of one connection.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) bytes: Vec<u8>,
    /// The messages that were carried, in order.
    pub(super) carried: Vec<Vec<u8>>,
    /// Where each write ended; without a talk, each frame.
    pub(super) writes: Vec<usize>,
    /// Bytes before the payload of the first frame.
    pub(super) header_len: usize,
    pub(super) refused: Vec<(Vec<u8>, EncodeError)>,
    /// The end of the stream is the message's end: there is only one.
    pub(super) closes: bool,
}

impl CheckContext<'_> {
    /// All that `sender` writes for those `messages` that it carries. The error is a fault.
    pub(super) fn record(
        &mut self,
        sender: Role,
        messages: &[Vec<u8>],
    ) -> Result<Recorded, String> {
        self.rig.trying(&mut || Case::Messages(messages.to_vec()));
        if self.capabilities.duplex {
            return self.record_talk(sender, messages);
        }
        let mut driver = StreamDriver::new(self.framing(sender)?);
        let mut recorded = Recorded::default();
        let mut now = 0;
        for message in messages {
            match driver.framing.gate(now) {
                Gate::Open => {}
                Gate::Until(time) => now = time,
                Gate::Blocked => {
                    return Err("it waits for its peer, but says it needs no answers".into());
                }
            }
            match driver.encode(now, message, &mut recorded.bytes)? {
                Ok(sent) => {
                    if recorded.carried.is_empty() {
                        recorded.header_len = sent.header_len;
                    }
                    recorded.carried.push(message.clone());
                    recorded.writes.push(recorded.bytes.len());
                    if sent.closes {
                        recorded.closes = true;
                        break;
                    }
                }
                Err(why) => recorded.refused.push((message.clone(), why)),
            }
        }
        Ok(recorded)
    }

    /// A framing that needs answers gets them from its other end, each at once.
    fn record_talk(&mut self, sender: Role, messages: &[Vec<u8>]) -> Result<Recorded, String> {
        let mut recorded = Recorded::default();
        for message in messages {
            let mut bytes = Vec::new();
            match StreamDriver::new(self.framing(sender)?).encode(0, message, &mut bytes)? {
                Ok(sent) => {
                    if recorded.carried.is_empty() {
                        recorded.header_len = sent.header_len.max(bytes.len());
                    }
                    recorded.carried.push(message.clone());
                    if sent.closes {
                        // One message, and nobody has to answer for its bytes to go out.
                        recorded.header_len = sent.header_len;
                        (recorded.bytes, recorded.closes) = (bytes, true);
                        return Ok(recorded);
                    }
                }
                Err(why) => recorded.refused.push((message.clone(), why)),
            }
        }
        let carried = &recorded.carried[..];
        let sides: [&[Vec<u8>]; 2] =
            if sender == Role::Client { [carried, &[]] } else { [&[], carried] };
        let framings = [self.framing(Role::Client)?, self.framing(Role::Server)?];
        let talked = talk(framings, sides, Reads::InStep, &mut SplitMix64::new(0));
        if let Some(wrong) = talked.wrong {
            return Err(wrong);
        }
        let Talked { written: [client, server], writes: [at_client, at_server], .. } = talked;
        (recorded.bytes, recorded.writes) = match sender {
            Role::Client => (client, at_client),
            Role::Server => (server, at_server),
        };
        Ok(recorded)
    }

    /// Where a reader's reads are to end: anywhere for an invariant framing, so nowhere; at the
    /// writes where it depends on them.
    pub(super) fn fair_cuts(&self, recorded: &Recorded) -> Vec<usize> {
        if self.capabilities.invariant {
            return Vec::new();
        }
        let len = recorded.bytes.len();
        recorded.writes.iter().copied().filter(|end| *end < len).collect()
    }
}
