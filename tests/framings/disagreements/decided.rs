//! The decided disagreements: the same rows, in the same order, as the table of docs/framings.md.

use super::Taken::{Here, Otherwise, There};
use super::websocket::any_frame;
use super::{Decided, holds, lengths};

macro_rules! decided {
    ($(
        $framing:literal, $other:literal, $taken:ident: $bytes:literal
        by $by:literal
        as $example:literal when $explains:expr;
    )*) => {
        /// All of them.
        pub(crate) static DECIDED: &[Decided] = &[$(Decided {
            framing: $framing,
            other: $other,
            bytes: $bytes,
            taken: $taken,
            by: $by,
            example: $example,
            explains: $explains,
        }),*];
    };
}

decided! {
    "line", "tokio-util", There: "bytes behind the last LF, at the end of the stream"
    by "POSIX 3.206: a line has an end; one that was cut off would look whole"
    as b"a\nb" when |stream| !stream.ends_with(b"\n");

    "line", "tokio-util", Otherwise: "CR before LF"
    by "POSIX 3.206: only LF ends a line, so CR is part of it there; with `crlf` both end it"
    as b"a\r\n" when |stream| holds(stream, b"\r\n");

    "line", "tokio-util", Here: "bytes that are no UTF-8"
    by "POSIX 3.206: a line has characters of any encoding; UTF-8 is a matter of the handler"
    as b"\xff\n" when |stream| std::str::from_utf8(stream).is_err();

    "delimiter", "tokio-util", There: "bytes behind the last delimiter, at the end of the stream"
    by "this reference: a message has its end; one that was cut off would look whole"
    as b"a;b" when |stream| !stream.ends_with(b";");

    "varint", "prost", There: "a length that is longer than needed (`80 00`)"
    by "this reference: one form for each length; every writer of Protocol Buffers makes the shortest, readers may take others"
    as b"\x80\x00" when |stream| holds(stream, b"\x80\x00") || padded(stream);

    "content-length", "httparse", There: "a line ended by LF alone"
    by "RFC 9112 2.2: a recipient may take it; readers that differ on it see different messages"
    as b"Content-Length: 2\n\r\nhi" when bare_lf;

    "grpc", "tokio-util", There: "a flag other than 0"
    by "gRPC over HTTP2, Compressed-Flag: 0 or 1, and 1 needs a way to compress; the codec has no place for it"
    as b"\x07\0\0\0\x02hi" when lengths::has_flag;

    "websocket", "tungstenite", There: "a text frame"
    by "RFC 6455 5.6: text and binary are kinds of messages; this framing has the binary one, 7.4.1: 1003 for others"
    as b"\x81\x81\0\0\0\0t" when |stream| any_frame(stream, |frame| frame.opcode == 1);

    "websocket", "tungstenite", There: "a length that is not in its shortest form"
    by "RFC 6455 5.2: the minimal number of bytes must be used"
    as b"\x82\xfe\0\x05\0\0\0\0hello" when |stream| any_frame(stream, |frame| frame.len < frame.least);

    "websocket", "tungstenite", There: "a close with a status that none may have (1005)"
    by "RFC 6455 7.4.1: 1004, 1005, 1006 and 1015 are reserved, 7.4.2: what is below 3000 and not defined has no meaning"
    as b"\x88\x82\0\0\0\0\x03\xed" when |stream| any_frame(stream, |frame| frame.opcode == 8);

    "chunked", "httparse", There: "a line ended by LF alone"
    by "RFC 9112 2.2, as in `content-length`"
    as b"2\r\nhi\r\n0\r\nX: y\n\r\n" when bare_lf;

    "chunked", "httparse", There: "a length without a digit"
    by "RFC 9112 7.1: chunk-size = 1*HEXDIG"
    as b"\r\n\r\n" when |stream| {
        [&b"\r\n\r\n"[..], b"\n;", b"\n\r", b"\n ;", b"\n\t;"].iter().any(|part| holds(stream, part))
            || stream.first().is_some_and(|byte| b"; \t\r".contains(byte))
    };

    "chunked", "httparse", There: "an extension that is no `;name`, `;name=value` or `;name=\"value\"`"
    by "RFC 9112 7.1.1: chunk-ext-name is a token; a control byte or a lone LF can hide a boundary"
    as b"2;=\r\nhi\r\n0\r\n\r\n" when |stream| holds(stream, b";");

    "chunked", "httparse", There: "blanks between a length and its CRLF"
    by "RFC 9112 7.1.1: blanks stand only around the parts of an extension"
    as b"2 \r\nhi\r\n0\r\n\r\n" when |stream| holds(stream, b" \r") || holds(stream, b"\t\r");

    "chunked", "httparse", Here: "a length of more than 16 digits, by leading zeros"
    by "RFC 9112 7.1: chunk-size = 1*HEXDIG; the value is bounded by `max`, the digits by `line-max`"
    as b"00000000000000002\r\nhi\r\n0\r\n\r\n" when |stream| {
        stream.split(|byte| !byte.is_ascii_hexdigit()).any(|digits| digits.len() > 16)
    };
}

/// A LF without a CR before it.
fn bare_lf(stream: &[u8]) -> bool {
    stream.first() == Some(&b'\n')
        || stream.windows(2).any(|pair| pair[1] == b'\n' && pair[0] != b'\r')
}

/// A byte that says that more follow, before one that adds nothing.
fn padded(stream: &[u8]) -> bool {
    stream.windows(2).any(|pair| pair[0] & 0x80 != 0 && pair[1] == 0)
}
