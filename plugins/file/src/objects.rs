//! JSON objects that no framing keeps apart: they come in pieces, or several at once.

use crate::config::LARGEST_SMALL;
use crate::kinds::{Kind, Refusal};
use crate::name::shown;
use crate::wire::LONGEST_HEADER;

/// The longest object in bytes.
const LONGEST: usize = LARGEST_SMALL as usize + LONGEST_HEADER;

/// Objects under way. Every byte is looked at once, however it comes.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    got: Vec<u8>,
    /// Where the next object begins in them, and how far they were looked at.
    start: usize,
    scanned: usize,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Objects {
    /// More bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.got.extend_from_slice(bytes);
    }

    /// Bytes of an object that has begun.
    pub(crate) fn begun(&self) -> usize {
        self.scanned - self.start
    }

    /// Bytes of memory that it takes.
    pub(crate) fn memory(&self) -> usize {
        self.got.capacity()
    }

    /// The next object that is whole. After an error it is not to be asked again.
    pub(crate) fn take_whole(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        while let Some(byte) = self.got.get(self.scanned).copied() {
            if self.depth == 0 && byte != b'{' {
                if !byte.is_ascii_whitespace() {
                    let read = &self.got[self.scanned..];
                    let read = String::from_utf8_lossy(&read[..read.len().min(200)]);
                    let why = format!("a JSON object begins with `{{`, read {}", shown(&read));
                    return Err(Refusal::new(Kind::BadHeader, why));
                }
                self.scanned += 1;
                self.start = self.scanned;
                continue;
            }
            self.scanned += 1;
            self.look_at(byte);
            if self.depth == 0 {
                let object = self.got[self.start..self.scanned].to_vec();
                self.start = self.scanned;
                return Ok(Some(object));
            }
            if self.scanned - self.start > LONGEST {
                let why = format!("no JSON object ended within {LONGEST} bytes");
                return Err(Refusal::new(Kind::TooLarge, why));
            }
        }
        self.got.drain(..self.start);
        self.scanned -= self.start;
        self.start = 0;
        Ok(None)
    }

    fn look_at(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
            return;
        }
        match byte {
            b'"' => self.in_text = !self.in_text,
            b'\\' => self.escaped = self.in_text,
            _ if self.in_text => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The objects of a stream in pieces of this size.
    fn read(stream: &str, piece: usize) -> Result<Vec<String>, Refusal> {
        let (mut objects, mut found) = (Objects::default(), Vec::new());
        for bytes in stream.as_bytes().chunks(piece) {
            objects.push(bytes);
            while let Some(object) = objects.take_whole()? {
                found.push(String::from_utf8(object).unwrap());
            }
        }
        Ok(found)
    }

    #[test]
    fn objects_are_told_apart_by_their_braces_however_they_come() {
        let all = [r#"{"a":"} \" {[","b":[{},[]]}"#, "{}", r#"{"é\\":"\\"}"#];
        let stream = format!("{}{}\r\n {}\n", all[0], all[1], all[2]);
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(read(&stream, piece).unwrap(), all, "{piece}");
        }
    }

    #[test]
    fn what_begins_otherwise_is_told_as_it_came() {
        for (stream, told) in [("{}GET / HTTP", "GET / HTTP"), ("[1]", "[1]"), ("\u{0}", "\\0")] {
            let refusal = read(stream, 1000).unwrap_err();
            assert!(refusal.text.contains(told), "{refusal}");
        }
    }

    #[test]
    fn an_object_without_end_is_given_up() {
        let stream = format!("{{\"a\":\"{}", "x".repeat(LONGEST));
        assert_eq!(read(&stream, 1 << 16).unwrap_err().kind, Kind::TooLarge);
    }

    #[test]
    fn brackets_that_do_not_fit_end_an_object_and_nothing_else() {
        assert_eq!(read("{]{}", 1).unwrap(), ["{]", "{}"]);
    }
}
