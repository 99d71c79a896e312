//! `content-length` and `chunked` against httparse, which reads lines; what the lines say is read here
//! as strictly as by the framings.

use super::mutations::{mutations, right};
use super::{Pair, Reading};
use crate::driver::Subject;
use serde_json::json;

const MAX: u64 = 200;

/// What HTTP lines are made of.
pub(crate) const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b"\0",
    b"\x0b",
    b"\x0c",
    b"\x7f",
    b"\xa0",
    b":",
    b";",
    b"=",
    b"\"",
    b"\\",
    b",",
    b"+",
    b"-",
    b"0",
    b"5",
    b"00",
    b"0x",
    b"a",
    b"F",
    b"5, 5",
    b"Content-Length: 5\r\n",
    b"content-length:5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"X: y\r\n",
    b";a=b",
    b";a=\"b c\"",
    b" ;a",
    b"0\r\n\r\n",
    b"0000000000000000",
];

/// Names in small letters, and values.
type Fields = Vec<(String, Vec<u8>)>;

/// The field lines at the beginning, with the empty one.
fn fields(bytes: &[u8]) -> Result<Option<(Fields, usize)>, ()> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    match httparse::parse_headers(bytes, &mut headers) {
        Ok(httparse::Status::Complete((len, found))) => {
            let owned = |one: &httparse::Header<'_>| (one.name.to_lowercase(), one.value.to_vec());
            Ok(Some((found.iter().map(owned).collect(), len)))
        }
        Ok(httparse::Status::Partial) => Ok(None),
        Err(_) => Err(()),
    }
}

fn decimal(digits: &[u8]) -> Result<u64, ()> {
    let text = std::str::from_utf8(digits).map_err(drop)?;
    let right = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = if right { text.parse().map_err(drop)? } else { return Err(()) };
    if value > MAX { Err(()) } else { Ok(value) }
}

fn content_length(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ()> {
    let Some((fields, start)) = fields(bytes)? else { return Ok(None) };
    if fields.iter().any(|(name, _)| name == "transfer-encoding") {
        return Err(());
    }
    let mut lengths = fields.iter().filter(|(name, _)| name == "content-length");
    let (Some((_, value)), None) = (lengths.next(), lengths.next()) else { return Err(()) };
    let end = start + decimal(value)? as usize;
    Ok(bytes.get(start..end).map(|message| (message.to_vec(), end)))
}

fn chunked(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ()> {
    let (mut message, mut at) = (Vec::new(), 0);
    loop {
        let size = match httparse::parse_chunk_size(&bytes[at..]) {
            Ok(httparse::Status::Complete((len, size))) => {
                at += len;
                size
            }
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(()),
        };
        if size == 0 {
            let trailers = fields(&bytes[at..])?;
            return Ok(trailers.map(|(_, len)| (message, at + len)));
        }
        if message.len() as u64 + size > MAX {
            return Err(());
        }
        let end = at + size as usize;
        let Some(data) = bytes.get(at..end) else { return Ok(None) };
        message.extend_from_slice(data);
        match bytes.get(end..end + 2) {
            Some(b"\r\n") => at = end + 2,
            Some(_) => return Err(()),
            None => return Ok(None),
        }
    }
}

#[test]
fn content_length_and_httparse() {
    let subject = Subject::new("content-length", &json!({ "max": MAX }));
    let mut streams = right(&subject);
    streams.push(b"Accept: */*\r\nContent-Length: 5\r\nX: y z\r\n\r\nhello".to_vec());
    Pair {
        subject,
        other: "httparse",
        ours: Reading::of,
        theirs: &|stream| Reading::each(stream, content_length),
    }
    .agree_but_for_what_is_decided(mutations(streams, WORDS, 6000));
}

#[test]
fn chunked_and_httparse() {
    let subject = Subject::new("chunked", &json!({ "max": MAX, "chunk": 4 }));
    let mut streams = right(&subject);
    streams.push(b"5;a=b;c=\"d e\"\r\nhello\r\n0\r\nX: y\r\n\r\n".to_vec());
    Pair {
        subject,
        other: "httparse",
        ours: Reading::of,
        theirs: &|stream| Reading::each(stream, chunked),
    }
    .agree_but_for_what_is_decided(mutations(streams, WORDS, 6000));
}
