//! Values of Redis' protocol: RESP2, and RESP3 but for what is streamed in parts of unknown number.
//! <https://redis.io/docs/latest/develop/reference/protocol-spec/>

use super::{Found, counted, decimal, line};

/// Values in values in values: deeper ones are refused.
const DEEPEST: usize = 32;

/// How far a value has come.
#[derive(Debug, Default)]
pub(crate) struct Resp {
    /// Where the value under way begins, inside those that hold it.
    from: usize,
    /// So many bytes hold no further line feed.
    seen: usize,
    /// Where the text under way ends, its line end included.
    text_end: Option<u64>,
    /// Values that are still to come in each that holds others, the outermost first.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    left: u64,
    /// It stands before a value, and is none.
    is_attribute: bool,
}

impl Resp {
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Result<Found, String> {
        loop {
            if let Some(end) = self.text_end {
                let Found::Whole(end) = counted(bytes, end) else {
                    // What holds this text may need more.
                    return Ok(Found::Rest(self.open.is_empty().then_some(end)));
                };
                if bytes[end - 2..end] != *b"\r\n" {
                    return Err(format!(
                        "a text has another length than announced: no line ends at byte {end}"
                    ));
                }
                self.text_end = None;
                self.seen = end;
                if self.ends(end) {
                    return Ok(Found::Whole(end));
                }
            }
            let Some((text, next)) = line(bytes, self.from, &mut self.seen)? else {
                return Ok(Found::Rest(None));
            };
            let Some((kind, rest)) = text.split_first() else {
                return Err(format!("an empty line stands at byte {}", self.from));
            };
            match kind {
                b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => {
                    if self.ends(next) {
                        return Ok(Found::Whole(next));
                    }
                }
                b'$' | b'=' | b'!' => match self.count(rest)? {
                    Some(length) => {
                        self.text_end =
                            Some((next as u64).saturating_add(length).saturating_add(2));
                    }
                    None if self.ends(next) => return Ok(Found::Whole(next)),
                    None => {}
                },
                b'*' | b'~' | b'>' | b'%' | b'|' => {
                    let count = self.count(rest)?;
                    let each = if matches!(kind, b'%' | b'|') { 2 } else { 1 };
                    let left = count.unwrap_or(0).saturating_mul(each);
                    self.from = next;
                    if left > 0 {
                        if self.open.len() == DEEPEST {
                            return Err(format!("values stand in values, over {DEEPEST} deep"));
                        }
                        self.open.push(Open { left, is_attribute: *kind == b'|' });
                    } else if *kind != b'|' && self.ends(next) {
                        return Ok(Found::Whole(next));
                    }
                }
                other => {
                    let at = self.from;
                    return Err(format!("`{}` at byte {at} begins no value", other.escape_ascii()));
                }
            }
        }
    }

    /// A value has ended here; true when nothing holds it that needs more.
    fn ends(&mut self, at: usize) -> bool {
        self.from = at;
        while let Some(last) = self.open.last_mut() {
            last.left -= 1;
            if last.left > 0 {
                return false;
            }
            let is_attribute = last.is_attribute;
            self.open.pop();
            if is_attribute {
                return false;
            }
        }
        true
    }

    /// A length or number of values; `None`: it says that there is nothing (-1).
    fn count(&self, digits: &[u8]) -> Result<Option<u64>, String> {
        match digits {
            b"-1" => Ok(None),
            digits => decimal(digits).map(Some).ok_or_else(|| {
                let at = self.from + 1;
                format!("`{}` at byte {at} is no length", digits.escape_ascii())
            }),
        }
    }
}
