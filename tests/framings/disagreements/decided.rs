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

    "content-length", "h11", There: "a line ended by LF alone"
    by "RFC 9112 2.2: as above"
    as b"Content-Length: 2\n\r\nhi" when bare_lf;

    "content-length", "h11", There: "a header without a length"
    by "RFC 9112 6.3: the message is empty; as the base protocol of language servers has it, each header has one here"
    as b"Accept: x\r\n\r\n" when lacks_length;

    "content-length", "h11", There: "a line that continues the one before it"
    by "RFC 9112 5.2: a server refuses it, or puts blanks in place of the line's end"
    as b"Accept: x\r\n y\r\nContent-Length: 2\r\n\r\nhi" when |stream| {
        [b"\n ", b"\n\t"].iter().any(|part| holds(stream, *part))
            || stream.first().is_some_and(|byte| b" \t".contains(byte))
    };

    "content-length", "h11", There: "a length twice"
    by "RFC 9110 8.6: a recipient may refuse it, or take equal ones for one"
    as b"Content-Length: 2, 2\r\n\r\nhi" when |stream| holds(stream, b",") || lengths_of(stream) > 1;

    "content-length", "h11", There: "`Transfer-Encoding: chunked`"
    by "RFC 9112 6.1: it overrides a length; here `chunked` is a framing of its own"
    as b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" when |stream| holds(&stream.to_ascii_lowercase(), b"transfer-encoding");

    "netstring", "pynetstring", There: "a length with leading zeros"
    by "Netstrings: extra zeros at the front are prohibited"
    as b"02:hi," when |stream| stream.windows(2).any(|pair| pair[0] == b'0' && pair[1].is_ascii_digit());

    "resp-bulk", "hiredis", There: "anything instead of the CRLF behind the payload"
    by "RESP, bulk strings: the final CRLF"
    as b"$2\r\nhixx" when |stream| holds(stream, b"$");

    "resp-bulk", "hiredis", There: "other types of RESP (`+OK`)"
    by "this reference: only bulk strings carry messages"
    as b"+OK\r\n" when |stream| holds(stream, b"+");

    "grpc", "tokio-util", There: "a flag other than 0"
    by "gRPC over HTTP2, Compressed-Flag: 0 or 1, and 1 needs a way to compress; the codec has no place for it"
    as b"\x07\0\0\0\x02hi" when lengths::has_flag;

    "websocket", "tungstenite", There: "a text frame"
    by "RFC 6455 5.6: text and binary are kinds of messages; this framing has the one of `payload`, 7.4.1: 1003 for others"
    as b"\x81\x81\0\0\0\0t" when |stream| any_frame(stream, |frame| frame.opcode == 1);

    "websocket", "tungstenite", There: "a length that is not in its shortest form"
    by "RFC 6455 5.2: the minimal number of bytes must be used"
    as b"\x82\xfe\0\x05\0\0\0\0hello" when |stream| any_frame(stream, |frame| frame.len < frame.least);

    "websocket", "tungstenite", There: "a close with a status that none may have (1005)"
    by "RFC 6455 7.4.1: 1004, 1005, 1006 and 1015 are reserved, 7.4.2: what is below 3000 and not defined has no meaning"
    as b"\x88\x82\0\0\0\0\x03\xed" when |stream| any_frame(stream, |frame| frame.opcode == 8);

    "websocket", "tungstenite with text", There: "a binary frame"
    by "RFC 6455 5.6, 7.4.1: as above"
    as b"\x82\x81\0\0\0\0t" when |stream| any_frame(stream, |frame| frame.opcode == 2);

    "websocket", "tungstenite with text", There: "a length that is not in its shortest form"
    by "RFC 6455 5.2: as above"
    as b"\x81\xfe\0\x05\0\0\0\0hello" when |stream| any_frame(stream, |frame| frame.len < frame.least);

    "websocket", "tungstenite with text", There: "a close with a status that none may have (1005)"
    by "RFC 6455 7.4.1, 7.4.2: as above"
    as b"\x88\x82\0\0\0\0\x03\xed" when |stream| any_frame(stream, |frame| frame.opcode == 8);

    "websocket", "wsproto", There: "a text frame"
    by "RFC 6455 5.6, 7.4.1: as above"
    as b"\x81\x81\0\0\0\0t" when |stream| any_frame(stream, |frame| frame.opcode == 1);

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
    as b"00000000000000002\r\nhi\r\n0\r\n\r\n" when |stream| longest_length(stream) > 16;

    "chunked", "h11", There: "a line ended by LF alone"
    by "RFC 9112 2.2: as above"
    as b"2\r\nhi\r\n0\r\nX: y\n\r\n" when bare_lf;

    "chunked", "h11", There: "an extension that is no `;name`, `;name=value` or `;name=\"value\"`"
    by "RFC 9112 7.1.1: as above"
    as b"2;=\r\nhi\r\n0\r\n\r\n" when |stream| holds(stream, b";");

    "chunked", "h11", There: "blanks between a length and its CRLF"
    by "RFC 9112 7.1.1: as above"
    as b"2 \r\nhi\r\n0\r\n\r\n" when |stream| holds(stream, b" \r") || holds(stream, b"\t\r");

    "chunked", "h11", Here: "blanks between a length and its extension"
    by "RFC 9112 7.1.1: they are to be read and taken away (BWS)"
    as b"2 ;a\r\nhi\r\n0\r\n\r\n" when |stream| holds(stream, b" ;") || holds(stream, b"\t;");

    "chunked", "h11", Here: "a trailer called `Content-Length` or `Transfer-Encoding` with a value that cannot be"
    by "RFC 9110 6.5.1: no sender may write it; a recipient that does not know what to do with a trailer ignores it"
    as b"2\r\nhi\r\n0\r\nContent-Length: x\r\n\r\n" when |stream| {
        let stream = stream.to_ascii_lowercase();
        holds(&stream, b"content-length") || holds(&stream, b"transfer-encoding")
    };

    "chunked", "h11", Here: "a length of more than 20 digits, by leading zeros"
    by "RFC 9112 7.1: as above"
    as b"000000000000000000002\r\nhi\r\n0\r\n\r\n" when |stream| longest_length(stream) > 20;
}

/// The most hexadecimal digits in a row.
fn longest_length(stream: &[u8]) -> usize {
    let rows = stream.split(|byte| !byte.is_ascii_hexdigit());
    rows.map(<[u8]>::len).max().unwrap_or(0)
}

/// Lines in a stream that begin with the name of a length.
fn lengths_of(stream: &[u8]) -> usize {
    let stream = stream.to_ascii_lowercase();
    stream.windows(15).filter(|window| *window == b"content-length:").count()
}

/// True when one of the headers has no length; where messages end is told by their lengths.
fn lacks_length(mut stream: &[u8]) -> bool {
    const NAME: &[u8] = b"content-length:";
    while !stream.is_empty() {
        let found = |end: &[u8]| stream.windows(end.len()).position(|window| window == end);
        let ends = [found(b"\n\r\n").map(|at| at + 3), found(b"\n\n").map(|at| at + 2)];
        let at_once = stream.starts_with(b"\n") || stream.starts_with(b"\r\n");
        let Some(end) = ends.into_iter().flatten().min() else { return at_once };
        let header = stream[..end].to_ascii_lowercase();
        let begins =
            |at: &usize| header[*at..].starts_with(NAME) && (*at == 0 || header[*at - 1] == b'\n');
        let name = (0..header.len()).find(begins);
        let Some(name) = name.filter(|_| !at_once) else { return true };
        let value = header[name + NAME.len()..].trim_ascii_start();
        let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
        let len =
            digits.fold(0, |len: usize, digit| (10 * len + usize::from(digit - b'0')).min(999));
        stream = stream.get(end + len..).unwrap_or_default();
    }
    false
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
