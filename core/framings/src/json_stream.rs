//! `json-stream`: a JSON header as `json-header` has it, and a body that streams.
//!
//! A message that is itself such an object, with the length and something besides (a file's name),
//! goes out as the header. What is sent after it is the body, as it is, until so many bytes are out;
//! whoever receives gets the object, and then the body in messages of `piece` bytes. So the header
//! speaks for a body of any length, and neither side holds more than a piece of it. Any other message
//! gets a header of its own that holds nothing but its length, and arrives whole.

use super::json_length::{HEADER_MAX, Header, JsonLength, PREFIX, complaint, key_setting};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::beginning;

pub(super) static SETTINGS: &[Setting] = &[
    key_setting("filesize"),
    HEADER_MAX,
    Setting {
        name: "piece",
        kind: Kind::Size { min: 1, max: LARGEST },
        default: DefaultValue::Text("64 KiB"),
        about: "bytes of the messages that a streamed body arrives in, the last one excepted; never over `max`",
    },
    max_setting(
        DefaultValue::Text("16 MiB"),
        "the longest message, headers that are messages included; a streamed body may be longer",
    ),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let max = values.unsigned("max");
    Ok(Box::new(JsonStream {
        json: JsonLength::make(values)?,
        piece: values.unsigned("piece").min(max),
        max,
        unsent: 0,
        left: 0,
        streamed: 0,
        body: None,
    }))
}

struct JsonStream {
    json: JsonLength,
    piece: u64,
    max: u64,
    /// Bytes of the streamed body that are still to be sent.
    unsent: u64,
    /// Bytes of the streamed body that are still to come.
    left: u64,
    /// The length of the streamed body that came last.
    streamed: u64,
    /// Where the body of the frame at the start of the unconsumed input begins and ends, if it is not
    /// streamed and its header has been read: no header is parsed twice.
    body: Option<(usize, usize)>,
}

impl Framing for JsonStream {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        if self.unsent > 0 {
            if payload.is_empty() {
                return Err(EncodeError::Empty);
            }
            fits(payload, self.unsent)?;
            self.unsent -= payload.len() as u64;
        } else if let Some(len) = self.announces(payload) {
            out.header(&(payload.len() as u32).to_le_bytes());
            self.unsent = len;
        } else {
            self.json.write(payload.len(), out);
        }
        out.payload(payload);
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            if self.left > 0 {
                let len = self.left.min(self.piece) as usize;
                if len > input.len() - at {
                    break out.lacks(len - (input.len() - at));
                }
                out.frames.push(frame(at, len, at, at + len));
                self.left -= len as u64;
                at += len;
                continue;
            }
            let (start, end) = match self.body.take() {
                Some(body) => body,
                None => match self.header(input, at)? {
                    Ok(header) => {
                        out.inspected += header.start - at;
                        if header.others {
                            let object = at + PREFIX;
                            out.frames.push(frame(object, header.start - object, at, header.start));
                            (self.left, self.streamed) = (header.body, header.body);
                            at = header.start;
                            continue;
                        }
                        self.streamed = 0;
                        (header.start, header.start + header.body as usize)
                    }
                    Err(missing) => {
                        out.inspected += PREFIX.min(input.len() - at);
                        break missing;
                    }
                },
            };
            if end > input.len() {
                self.body = Some((start - at, end - at));
                break out.lacks(end - input.len());
            }
            out.frames.push(frame(start, end - start, at, end));
            at = end;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if self.left > 0 {
            let came = self.streamed - self.left + input.len() as u64;
            let text = format!(
                "the stream ended inside a body: {came} bytes came of the {} that `{}` announces{}",
                self.streamed,
                self.json.key(),
                if input.is_empty() {
                    String::new()
                } else {
                    format!(" (read {})", beginning(input))
                }
            );
            return Err(wrong(input.len(), text));
        }
        if input.is_empty() { Ok(()) } else { Err(DecodeError::ended_inside(input)) }
    }
}

impl JsonStream {
    /// The length of the body whose header this message is; `None`: it is none.
    #[inline]
    fn announces(&self, payload: &[u8]) -> Option<u64> {
        // Most messages are told by their first byte, or by being too long for one.
        let may_be = payload.first() == Some(&b'{') && payload.len() <= self.json.header_max();
        if may_be { self.announced(payload) } else { None }
    }

    #[cold]
    fn announced(&self, payload: &[u8]) -> Option<u64> {
        match self.json.length_in(payload) {
            Ok((len, true)) => Some(len),
            _ => None,
        }
    }

    /// The header at `at`, or how many bytes it lacks.
    fn header(&self, input: &[u8], at: usize) -> Result<Result<Header, usize>, DecodeError> {
        let read = self.json.read(input, at).map_err(|error| self.behind_a_body(error))?;
        let Ok(header) = read else { return Ok(read) };
        let object = &input[at + PREFIX..header.start];
        if header.others && object.len() as u64 > self.max {
            let problem =
                format!("a header of {} bytes, over the limit of {}", object.len(), self.max);
            return Err(complaint(object, at, &problem));
        }
        if !header.others && header.body > self.max {
            return Err(self.json.over(input, at, &header, self.max));
        }
        Ok(Ok(header))
    }

    /// What is no header behind a streamed body may be more of that.
    #[cold]
    fn behind_a_body(&self, error: DecodeError) -> DecodeError {
        if self.streamed == 0 {
            return error;
        }
        let (text, len, key) = (error.text, self.streamed, self.json.key());
        let text = format!(
            "{text}; the body before it had the {len} bytes of its `{key}`: are there more of it?"
        );
        DecodeError { text, ..error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FramingSpec, build};
    use serde_json::json;

    const HEADER: &str = r#"{"filename":"a.bin","filesize":7}"#;

    fn framing() -> Box<dyn Framing> {
        let settings = json!({ "piece": 3, "max": 100 }).as_object().cloned().unwrap();
        build(&FramingSpec::parse("json-stream", settings).unwrap(), Role::Server).unwrap()
    }

    fn with_header(header: &str, body: &str) -> Vec<u8> {
        [&(header.len() as i32).to_le_bytes(), header.as_bytes(), body.as_bytes()].concat()
    }

    /// The messages of a stream in pieces of this size, and what is wrong with it or its end.
    fn read(stream: &[u8], piece: usize) -> (Vec<String>, Option<String>) {
        let mut framing = framing();
        let (mut rest, mut messages) = (Vec::new(), Vec::new());
        for bytes in stream.chunks(piece) {
            rest.extend_from_slice(bytes);
            let mut out = Decoded::default();
            let fed = framing.feed(0, &rest, &mut out);
            let text = |frame| String::from_utf8(out.message(frame, &rest).to_vec()).unwrap();
            messages.extend(out.frames.iter().map(text));
            if let Err(error) = fed {
                return (messages, Some(error.text));
            }
            rest.drain(..out.consumed);
        }
        let end = framing.end_of_input(0, &rest, &mut Decoded::default());
        (messages, end.err().map(|error| error.text))
    }

    fn write(messages: &[&str]) -> Result<Vec<u8>, EncodeError> {
        let (mut framing, mut wire) = (framing(), Vec::new());
        for message in messages {
            framing.encode(0, message.as_bytes(), &mut FrameWriter::new(&mut wire, usize::MAX))?;
        }
        Ok(wire)
    }

    #[test]
    fn a_body_behind_a_header_with_more_than_its_length_arrives_in_pieces() {
        let stream = [with_header(HEADER, "0123456"), with_header(r#"{"filesize": 2}"#, "hi")];
        for cut in [1, 2, 5, 1000] {
            let (messages, error) = read(&stream.concat(), cut);
            assert_eq!(
                (&messages[..], error),
                (&[HEADER, "012", "345", "6", "hi"].map(str::to_owned)[..], None)
            );
        }
    }

    #[test]
    fn a_message_that_is_such_a_header_goes_out_as_one_and_its_body_bare() {
        let stream = [with_header(HEADER, "0123456"), with_header(r#"{"filesize": 2}"#, "hi")];
        assert_eq!(write(&[HEADER, "0123", "456", "hi"]), Ok(stream.concat()));
        // A length alone is not a header but somebody's message.
        let alone = r#"{"filesize": 3}"#;
        assert_eq!(write(&[alone]), Ok(with_header(r#"{"filesize": 15}"#, alone)));
        assert_eq!(read(&write(&[alone]).unwrap(), 1).0, [alone]);
    }

    #[test]
    fn what_a_body_has_no_room_for_is_refused() {
        assert_eq!(write(&[HEADER, "01234567"]), Err(EncodeError::TooLong { max: 7 }));
        assert_eq!(write(&[HEADER, ""]), Err(EncodeError::Empty));
        let none = HEADER.replace('7', "0");
        assert_eq!(read(&write(&[&none, ""]).unwrap(), 1).0, [&none, ""]);
    }

    #[test]
    fn a_body_may_be_longer_than_any_message() {
        let header = HEADER.replace('7', "1073741824000");
        let (messages, error) = read(&with_header(&header, "abcd"), 1);
        assert_eq!(messages, [&header, "abc"]);
        let told = "4 bytes came of the 1073741824000 that `filesize` announces";
        assert!(error.as_ref().unwrap().contains(told), "{error:?}");
    }

    #[test]
    fn more_than_was_announced_is_told_as_that() {
        let (messages, error) = read(&with_header(HEADER, "0123456more"), 1);
        assert_eq!(messages.last().unwrap(), "6");
        let error = error.unwrap();
        assert!(
            error.contains("more") && error.contains("had the 7 bytes of its `filesize`"),
            "{error}"
        );
    }

    #[test]
    fn a_header_over_the_limit_is_refused() {
        let header = HEADER.replace("a.bin", &"a".repeat(100));
        let error = read(&with_header(&header, ""), 1).1.unwrap();
        assert!(error.contains("over the limit of 100"), "{error}");
        let error = read(&with_header(r#"{"filesize": 101}"#, ""), 1).1.unwrap();
        assert!(error.contains("`filesize` is 101, over the limit of 100"), "{error}");
    }
}
