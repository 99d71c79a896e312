//! A datagram: all of its bytes are there, and nothing of it stays for a later call.

use crate::{DecodeError, Decoded, Dropped, Frame, MAX_DROPPED};

/// Makes `call`, of [`feed`](crate::Framing::feed), as often as the framing asks for, where the
/// order of messages and control bytes does not matter. Give it an `out` that was cleared.
#[inline]
pub fn all(
    input: &[u8],
    out: &mut Decoded,
    mut call: impl FnMut(&[u8], &mut Decoded) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let result = call(input, out);
    if out.again { go_on(input, out, result, call) } else { result }
}

#[cold]
fn go_on(
    input: &[u8],
    out: &mut Decoded,
    mut result: Result<(), DecodeError>,
    mut call: impl FnMut(&[u8], &mut Decoded) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    while let (Ok(()), true, Some(rest)) = (&result, out.again, input.get(out.consumed..)) {
        let base = out.consumed;
        let mut more = Decoded::default();
        result = call(rest, &mut more)
            .map_err(|error| DecodeError { at: base.saturating_add(error.at), ..error });
        out.append(more, base);
    }
    result
}

impl Decoded {
    /// Takes over what the next call found, whose input began at `base` of this one's.
    fn append(&mut self, next: Self, base: usize) {
        let (shift, scratch) = (base as i64, self.scratch.len() as u32);
        self.frames.extend(next.frames.iter().map(|frame| Frame {
            at: frame.at.saturating_add(if frame.scratch { scratch } else { base as u32 }),
            wire_at: frame.wire_at.saturating_add(shift),
            wire_end: frame.wire_end.saturating_add(shift),
            ..*frame
        }));
        self.scratch.extend(next.scratch);
        self.control.extend(next.control);
        let room = MAX_DROPPED.saturating_sub(self.dropped.len());
        self.dropped.extend(next.dropped.into_iter().take(room).map(|one| Dropped {
            at: one.at + shift,
            end: one.end + shift,
            ..one
        }));
        self.dropped_count += next.dropped_count;
        self.resent += next.resent;
        self.consumed = base.saturating_add(next.consumed);
        self.need = next.need;
        self.need_is_exact = next.need_is_exact;
        self.again = next.again;
        self.close |= next.close;
        self.inspected += next.inspected;
    }
}
