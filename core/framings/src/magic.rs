//! `magic-len-crc32c`: a magic number of four bytes, the payload's length (u32be), the CRC-32C of
//! these eight bytes (u32be), the payload, and the CRC-32C of the payload (u32be).
//!
//! The header has a checksum of its own, so a length can be believed before the payload has come.
//! Where no header stands, bytes are dropped up to the next one. Where a header stands and the
//! payload is damaged, the whole frame is dropped: a payload may hold what looks like frames, and
//! nothing in it may be taken for one.
//!
//! The layout is this program's own, after those of log and journal files; CRC-32C is the
//! Castagnoli polynomial as in RFC 3720, appendix B.4.

use super::delimiter::unescape;
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{changed, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use crc32c::crc32c;
use memchr::memmem::Finder;
use wirebench_framing::misfit::{beginning, hex, shown};

/// Bytes of the magic number, the length and their checksum.
const HEADER: usize = 12;

/// Bytes of the payload's checksum.
const CRC: usize = 4;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "magic",
        kind: Kind::Text { max: 16 },
        default: DefaultValue::Text("\\xf0WB\\x0f"),
        about: "what every frame begins with: it stands for four bytes, as in `delimiter`",
    },
    max_setting(
        DefaultValue::Text("16 MiB"),
        "the longest message; a longer frame is dropped without being kept",
    ),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let magic =
        unescape(values.text("magic")).map_err(|why| error("magic", format!("`magic` {why}")))?;
    let Ok(magic) = <[u8; 4]>::try_from(magic.as_slice()) else {
        let message = format!("`magic` stands for {} bytes, but must for four", magic.len());
        return Err(error("magic", message));
    };
    Ok(Box::new(Magic {
        magic,
        finder: Finder::new(&magic).into_owned(),
        max: values.unsigned("max"),
        lost: None,
        skipped: None,
        passed: 0,
    }))
}

struct Magic {
    magic: [u8; 4],
    finder: Finder<'static>,
    max: u64,
    /// Where no header stood where one should, counted from the beginning of the stream, and what
    /// stood there. The next header is being sought.
    lost: Option<(u64, String)>,
    /// A frame over the limit: where it began and ends, counted from the beginning of the stream.
    skipped: Option<(u64, u64)>,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

impl Framing for Magic {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            resynchronises: true,
            finds_corruption: true,
            ..Capabilities::marked(Alphabet::Bytes, self.max)
        }
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        let mut header = [0; HEADER];
        header[..4].copy_from_slice(&self.magic);
        header[4..8].copy_from_slice(&(payload.len() as u32).to_be_bytes());
        let check = crc32c(&header[..8]);
        header[8..].copy_from_slice(&check.to_be_bytes());
        out.header(&header);
        out.payload(payload);
        out.bytes(&crc32c(payload).to_be_bytes());
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            if let Some((began, end)) = self.skipped {
                let left = end - self.passed - at as u64;
                if left > (input.len() - at) as u64 {
                    let left = left as usize - (input.len() - at);
                    at = input.len();
                    break left;
                }
                at += left as usize;
                self.skipped = None;
                self.drop_from(began, at, out, || self.over_the_limit(end - began));
                continue;
            }
            if self.lost.is_some() {
                out.inspected += input.len() - at;
                let Some(hit) = self.finder.find(&input[at..]) else {
                    // The magic number may be cut.
                    at = at.max(input.len().saturating_sub(self.magic.len() - 1));
                    break HEADER - (input.len() - at);
                };
                // What is behind the hit was not looked at.
                out.inspected -= input.len() - at - (hit + self.magic.len());
                at += hit;
            }
            let rest = &input[at..];
            let Some(header) = rest.first_chunk::<HEADER>() else { break HEADER - rest.len() };
            out.inspected += HEADER;
            let Some(len) = self.length(header) else {
                if self.lost.is_none() {
                    self.lost = Some((self.passed + at as u64, self.no_header(header)));
                }
                at += 1;
                continue;
            };
            if let Some((began, why)) = self.lost.take() {
                self.drop_from(began, at, out, || why);
            }
            let end = HEADER + len as usize + CRC;
            if u64::from(len) > self.max {
                let began = self.passed + at as u64;
                self.skipped = Some((began, began + end as u64));
                continue;
            }
            let Some(body) = rest.get(HEADER..end) else {
                break out.lacks(end - rest.len());
            };
            let (payload, sent) = body.split_at(len as usize);
            let (sent, right) = (u32_of(sent), crc32c(payload));
            out.inspected += body.len();
            if sent == right {
                out.frames.push(frame(at + HEADER, payload.len(), at, at + end));
            } else {
                let (at, end) = (at as i64, (at + end) as i64);
                out.drop_stretch(at, end, || {
                    format!("{} (read {})", changed("payload", sent, right), hex(header))
                });
            }
            at += end;
        };
        out.consumed = at;
        self.passed += at as u64;
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        let came = match (&self.lost, self.skipped) {
            (Some((_, why)), _) => format!("while the next frame was sought: {why}"),
            (_, Some(_)) => "inside a frame over the limit".to_owned(),
            _ if input.is_empty() => return Ok(()),
            _ => {
                let (len, read) = (input.len(), beginning(input));
                format!("inside a frame, {len} bytes after its start (read {read})")
            }
        };
        Err(wrong(input.len(), format!("the stream ended {came}")))
    }
}

impl Magic {
    /// The length in a right header.
    #[inline]
    fn length(&self, header: &[u8; HEADER]) -> Option<u32> {
        let (begin, check) = header.split_at(8);
        let right = begin[..4] == self.magic && crc32c(begin) == u32_of(check);
        right.then(|| u32_of(&begin[4..]))
    }

    /// What was sought from `began` of the stream on stands, or goes on, at `at` of the input.
    #[cold]
    fn drop_from(&self, began: u64, at: usize, out: &mut Decoded, text: impl FnOnce() -> String) {
        out.drop_stretch(began as i64 - self.passed as i64, at as i64, text);
    }

    #[cold]
    fn no_header(&self, header: &[u8; HEADER]) -> String {
        let problem = if header.starts_with(&self.magic) {
            changed("header", u32_of(&header[8..]), crc32c(&header[..8]))
        } else {
            format!("no frame begins here: {} is its magic number", shown(&self.magic))
        };
        format!("{problem} (read {})", shown(header))
    }

    #[cold]
    fn over_the_limit(&self, frame: u64) -> String {
        let len = frame - (HEADER + CRC) as u64;
        let read = hex(&(len as u32).to_be_bytes());
        format!("a message of {len} bytes, over the limit of {} (read {read})", self.max)
    }
}

/// Four bytes as a number.
#[inline]
fn u32_of(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}
