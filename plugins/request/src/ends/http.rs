//! Responses of HTTP/1 (RFC 9112): head, and a body of known length or in chunks.

use super::{Found, counted, decimal, line};
use memchr::memmem;

/// Header fields of a response; more are refused.
const MOST_FIELDS: usize = 128;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// How far a response has come.
#[derive(Debug, Default)]
pub(crate) struct Http {
    /// Where the head under way begins: behind interim responses, which belong to the final one.
    head: usize,
    /// So many bytes need not be looked at again.
    seen: usize,
    body: Body,
}

#[derive(Clone, Copy, Debug, Default)]
enum Body {
    /// The head has not ended.
    #[default]
    Unknown,
    /// The response ends there.
    To(u64),
    /// A line with the size of a chunk begins there.
    Size(usize),
    /// The data of a chunk end there, their line end included.
    Data(u64),
    /// Behind the last chunk; a line begins there.
    Trailer(usize),
}

impl Http {
    /// Goes on; with `to_head` there is no body, whatever the head says.
    pub(crate) fn find(&mut self, bytes: &[u8], to_head: bool) -> Result<Found, String> {
        loop {
            match self.body {
                Body::Unknown => {
                    let from = self.seen.max(self.head);
                    let Some(found) = memmem::find(&bytes[from..], HEAD_END) else {
                        self.seen = bytes.len().saturating_sub(HEAD_END.len() - 1);
                        return Ok(Found::Rest(None));
                    };
                    let end = from + found + HEAD_END.len();
                    self.seen = end;
                    self.body = match body(&bytes[self.head..end], to_head)? {
                        Says::Interim => {
                            self.head = end;
                            continue;
                        }
                        Says::Nothing => Body::To(end as u64),
                        Says::Length(length) => Body::To((end as u64).saturating_add(length)),
                        Says::Chunks => Body::Size(end),
                    };
                }
                Body::To(end) => return Ok(counted(bytes, end)),
                Body::Size(from) => {
                    let Some((text, next)) = line(bytes, from, &mut self.seen)? else {
                        return Ok(Found::Rest(None));
                    };
                    let size = chunk_size(text)
                        .ok_or_else(|| format!("at byte {from} stands no size of a chunk"))?;
                    self.body = match size {
                        0 => Body::Trailer(next),
                        size => Body::Data((next as u64).saturating_add(size).saturating_add(2)),
                    };
                }
                Body::Data(end) => {
                    let Found::Whole(end) = counted(bytes, end) else {
                        return Ok(Found::Rest(None));
                    };
                    if bytes[end - 2..end] != *b"\r\n" {
                        return Err(format!(
                            "a chunk has another size than announced: no line ends at byte {end}"
                        ));
                    }
                    self.seen = end;
                    self.body = Body::Size(end);
                }
                Body::Trailer(from) => match line(bytes, from, &mut self.seen)? {
                    None => return Ok(Found::Rest(None)),
                    Some(([], next)) => return Ok(Found::Whole(next)),
                    Some((_, next)) => self.body = Body::Trailer(next),
                },
            }
        }
    }
}

/// What a head says of its body.
enum Says {
    /// Another response follows, which is the one that counts.
    Interim,
    Nothing,
    Length(u64),
    Chunks,
}

fn body(head: &[u8], to_head: bool) -> Result<Says, String> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    match response.parse(head) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err("the head of the response ends before its empty line".to_owned()),
        Err(error) => return Err(format!("the head of the response is none: {error}")),
    }
    let code = response.code.unwrap_or_default();
    match code {
        101 | 204 | 304 => return Ok(Says::Nothing),
        100..=199 => return Ok(Says::Interim),
        _ if to_head => return Ok(Says::Nothing),
        _ => {}
    }
    let (mut length, mut codings) = (None, None);
    for field in response.headers.iter() {
        if field.name.eq_ignore_ascii_case("transfer-encoding") {
            codings = Some(field.value);
        } else if field.name.eq_ignore_ascii_case("content-length") {
            for one in field.value.split(|byte| *byte == b',') {
                let one = decimal(one.trim_ascii()).ok_or_else(|| {
                    format!("Content-Length is `{}`, which is no length", one.escape_ascii())
                })?;
                if length.replace(one).is_some_and(|before| before != one) {
                    return Err("the response has two different Content-Lengths".to_owned());
                }
            }
        }
    }
    match (codings, length) {
        (Some(_), Some(_)) => {
            Err("the response has both Content-Length and Transfer-Encoding (RFC 9112, 6.3)"
                .to_owned())
        }
        (Some(codings), None) => {
            let last = codings.rsplit(|byte| *byte == b',').next().unwrap_or_default();
            if last.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                Ok(Says::Chunks)
            } else {
                Err("the response is not chunked at last: it would end with the connection"
                    .to_owned())
            }
        }
        (None, Some(length)) => Ok(Says::Length(length)),
        (None, None) => {
            Err("the response says no length and is not chunked: it would end with the \
                             connection"
                .to_owned())
        }
    }
}

/// Hexadecimal digits, and extensions behind them, which are of no weight.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    digits.iter().try_fold(0_u64, |size, digit| {
        Some(size << 4 | u64::from(char::from(*digit).to_digit(16)?))
    })
}
