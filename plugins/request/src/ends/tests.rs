//! Each way to end, in one piece and byte by byte; and what is no such answer.

use super::{Ends, Found, Scan, Until};
use crate::fields::Form;
use memchr::memmem::Finder;

fn until(text: &str) -> Ends {
    Ends::Until(Box::new(Until::new(text).unwrap()))
}

fn after(text: &str) -> Ends {
    Ends::After(Box::new(Finder::new(text).into_owned()))
}

fn length(form: Form, at: usize, beyond: usize) -> Ends {
    Ends::Length { form, at, beyond }
}

const HTTP: Ends = Ends::Http { head: false };

/// The answers that the bytes are split into when they come in pieces of this size, and what is left.
fn split(ends: &Ends, bytes: &[u8], piece: usize) -> Result<(Vec<usize>, usize), String> {
    let (mut found, mut held, mut scan) = (Vec::new(), Vec::new(), Scan::default());
    for piece in bytes.chunks(piece) {
        held.extend_from_slice(piece);
        while !held.is_empty() {
            match ends.find(&mut scan, &held)? {
                Found::Rest(_) => break,
                Found::Whole(len) => {
                    found.push(len);
                    held.drain(..len);
                    scan = Scan::default();
                }
            }
        }
    }
    Ok((found, held.len()))
}

/// In pieces of every size the same answers are found.
fn is_split(ends: &Ends, bytes: &[u8], expected: &[usize], left: usize) {
    for piece in 1..=bytes.len() {
        let (found, rest) = split(ends, bytes, piece).unwrap();
        assert_eq!((&found[..], rest), (expected, left), "{ends:?} in pieces of {piece}");
    }
}

#[test]
fn answers_end_where_it_was_said_however_they_come() {
    is_split(&after("\r\n"), b"one\r\n\r\ntwo\n\r\r\nrest\r", &[5, 2, 7], 5);
    is_split(&after("aab"), b"aaab aabaab.", &[4, 4, 3], 1);
    is_split(&Ends::Bytes(3), b"abcdefgh", &[3, 3], 2);
    is_split(&length(Form::U16be, 1, 3), b"x\0\x02ab x\0\0".as_slice(), &[5], 4);
    is_split(&length(Form::U8, 0, 0), b"\x01\x03ab\x02", &[1, 3], 1);
    is_split(
        &until("(?m)^(?:END|STORED)\r\n"),
        b"STORED\r\nVALUE a END\r\nEND\r\nEND",
        &[8, 18],
        3,
    );
    is_split(&until("ab|b"), b"xxabb.", &[4, 1], 1);
    is_split(&until(r"\n\x00"), b"\n\n\0\xff\n\0", &[3, 3], 0);
}

#[test]
fn replies_of_several_lines_end_with_the_last() {
    let replies = b"220 ready\r\n250-one\r\n250-two\r\n250 three\r\n354\r\n25";
    is_split(&Ends::ReplyLines, replies, &[11, 29, 5], 2);
    // FTP: between the lines with the code stands anything, other codes too.
    let reply = b"211-Features:\r\n MDTM\r\n200 no\r\n211-x\r\n211 End\r\n";
    is_split(&Ends::ReplyLines, reply, &[46], 0);
}

#[test]
fn values_of_redis_end_with_what_they_hold() {
    for (value, len) in [
        (&b"+OK\r\n"[..], 5),
        (b"-ERR no\r\n", 9),
        (b":-7\r\n", 5),
        (b"$3\r\na\nb\r\n", 9),
        (b"$0\r\n\r\n", 6),
        (b"$-1\r\n", 5),
        (b"*-1\r\n", 5),
        (b"*0\r\n", 4),
        (b"*2\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n", 23),
        (b"%1\r\n+k\r\n*1\r\n_\r\n", 15),
        (b"~1\r\n#t\r\n", 8),
        (b"|1\r\n+ttl\r\n:9\r\n*1\r\n,1.5\r\n", 24),
        (b"|0\r\n:9\r\n", 8),
        (b"=8\r\ntxt:text\r\n", 14),
    ] {
        assert_eq!(value.len(), len, "{}", value.escape_ascii());
        is_split(&Ends::Resp, &[value, b"+next\r\n", b"*1\r\n"].concat(), &[len, 7], 4);
    }
}

#[test]
fn responses_of_http_end_with_their_body() {
    let fixed = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    let none = b"HTTP/1.1 204 No Content\r\n\r\n";
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
                    3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nExpires: never\r\n\r\n";
    let interim =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    let all = [&fixed[..], none, chunked, interim, b"HTTP/1.1 2"].concat();
    let lengths = [fixed.len(), none.len(), chunked.len(), interim.len()];
    is_split(&HTTP, &all, &lengths, 10);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    is_split(&Ends::Http { head: true }, &[&head[..], head].concat(), &[head.len(); 2], 0);
}

#[test]
fn what_is_missing_is_known_where_a_length_was_said() {
    let rest = |ends: &Ends, bytes: &[u8]| ends.find(&mut Scan::default(), bytes).unwrap();
    assert_eq!(rest(&Ends::Bytes(68), &[0; 64]), Found::Rest(Some(68)));
    assert_eq!(rest(&length(Form::U32be, 0, 4), &[0, 0, 0, 64, 0]), Found::Rest(Some(68)));
    assert_eq!(rest(&Ends::Resp, b"$3\r\na"), Found::Rest(Some(9)));
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    assert_eq!(rest(&HTTP, head), Found::Rest(Some(head.len() as u64 + 4)));
    assert_eq!(rest(&after("\n"), b"abc"), Found::Rest(None));
    let far = [255; 8];
    assert_eq!(rest(&length(Form::U64be, 0, 8), &far), Found::Rest(Some(u64::MAX)));
}

#[test]
fn what_is_no_such_answer_is_told() {
    let response = |fields: &str| format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n");
    for (ends, bytes, told) in [
        (length(Form::U16be, 2, 0), &b"ab\0\x03"[..], "before that length itself"),
        (Ends::ReplyLines, b"hello\r\n", "three digits"),
        (Ends::ReplyLines, b"250_ok\r\n", "stands `_`"),
        (Ends::ReplyLines, b"250 ok\n", "no carriage return"),
        (Ends::Resp, b"PONG\r\n", "`P` at byte 0 begins no value"),
        (Ends::Resp, b"\r\n", "empty line"),
        (Ends::Resp, b"$x\r\n", "`x` at byte 1 is no length"),
        (Ends::Resp, b"$?\r\n", "`?` at byte 1 is no length"),
        (Ends::Resp, b"$2\r\nabc\r\n", "another length"),
        (Ends::Resp, "*1\r\n".repeat(33).as_bytes(), "over 32 deep"),
        (HTTP, b"220 ready\r\n\r\n", "the head of the response is none"),
        (HTTP, response("Content-Length: 5\r\nContent-Length: 6").as_bytes(), "two different"),
        (HTTP, response("Content-Length: 5, 6").as_bytes(), "two different"),
        (HTTP, response("Content-Length: +5").as_bytes(), "no length"),
        (HTTP, response("Content-Length: 5\r\nTransfer-Encoding: chunked").as_bytes(), "both"),
        (HTTP, response("Transfer-Encoding: gzip").as_bytes(), "not chunked at last"),
        (HTTP, response("X: y").as_bytes(), "says no length"),
        (HTTP, &[response("Transfer-Encoding: chunked").as_bytes(), b"x\r\n"].concat(), "no size"),
        (
            HTTP,
            &[response("Transfer-Encoding: chunked").as_bytes(), b"1\r\nabc\r\n"].concat(),
            "another size",
        ),
    ] {
        let why = ends.find(&mut Scan::default(), bytes);
        let why = why.expect_err(&bytes.escape_ascii().to_string());
        assert!(why.contains(told), "{}: {why}", bytes.escape_ascii());
    }
}

#[test]
fn expressions_that_look_ahead_or_match_nothing_are_refused() {
    for (text, told) in [
        ("END$", "depends on what follows"),
        (r"END\b", "depends on what follows"),
        ("x*", "where nothing stands"),
        ("(", "unclosed group"),
        ("[a-z]{1000}{1000}", "limit"),
    ] {
        let why = Until::new(text).unwrap_err();
        assert!(why.contains(told), "{text}: {why}");
    }
}

#[test]
fn any_bytes_are_looked_at_without_a_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    const WORDS: [&[u8]; 14] = [
        b"\r\n",
        b"\n",
        b"HTTP/1.1 200 OK\r\n",
        b"Content-Length: 3\r\n",
        b"250-",
        b"250 ",
        b"*2\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"$3\r\n",
        b"+",
        b"%1\r\n",
        b"3",
        b"\xff",
        b"-1",
    ];
    let all = [
        after("\r\n"),
        Ends::Bytes(7),
        length(Form::U64le, 2, 3),
        until("(?m)^(?:END|STORED)\r\n"),
        HTTP,
        Ends::Resp,
        Ends::ReplyLines,
    ];
    for ends in &all {
        for _ in 0..400 {
            let words = (0..random(24)).map(|_| WORDS[random(14) as usize]);
            let bytes = words.collect::<Vec<_>>().concat();
            let pieces = (1 + random(5)) as usize;
            let (one, other) = (split(ends, &bytes, pieces), split(ends, &bytes, 1 + bytes.len()));
            // Where it is found wrong may be later, that it is may not.
            if let (Ok(one), Ok(other)) = (&one, &other) {
                assert_eq!(one, other, "{}", bytes.escape_ascii());
            } else {
                assert_eq!(one.is_ok(), other.is_ok(), "{}", bytes.escape_ascii());
            }
        }
    }
}
