//! Every framing over every transport keeps every message whole.

use crate::harness::{pass, scenario};

/// `messages` exchanges, four at a time, over one transport.
#[track_caller]
fn keeps_all(framing: &str, transport: &str) {
    let load = "messages = 120\nin-flight = 4\npayload = [\"1 B\", \"16 B\", \"200 B\"]\n";
    let document = pass(&scenario(framing, load, &format!("transport = {transport}\n")));
    document.cell().is_intact();
    assert_eq!(document.cell().done(), 120);
}

/// One framing, every transport.
macro_rules! framing {
    ($name:ident, $framing:expr) => {
        mod $name {
            #[test]
            fn keeps_every_message_over_tcp() {
                super::keeps_all($framing, "{ kind = \"tcp\" }");
            }
            #[test]
            fn keeps_every_message_over_tcp_ipv6() {
                super::keeps_all($framing, "{ kind = \"tcp\", ipv6 = true }");
            }
            #[test]
            fn keeps_every_message_over_unix() {
                super::keeps_all($framing, "{ kind = \"unix\" }");
            }
            #[test]
            fn keeps_every_message_over_seqpacket() {
                super::keeps_all($framing, "{ kind = \"seqpacket\" }");
            }
        }
    };
}

framing!(fixed, "{ kind = \"fixed\", size = \"256 B\" }");
framing!(line, "\"line\"");
framing!(line_crlf, "{ kind = \"line\", ending = \"crlf\" }");
framing!(delimiter, "\"delimiter\"");
framing!(len8, "\"len8\"");
framing!(len16be, "\"len16be\"");
framing!(len16le, "\"len16le\"");
framing!(len24be, "\"len24be\"");
framing!(len24le, "\"len24le\"");
framing!(len32be, "\"len32be\"");
framing!(len32le, "\"len32le\"");
framing!(len64be, "\"len64be\"");
framing!(len64le, "\"len64le\"");
framing!(len32be_with_a_type_byte, "{ kind = \"len32be\", offset = 1, adjust = -5 }");
framing!(varint, "\"varint\"");
framing!(netstring, "\"netstring\"");
framing!(json_header, "\"json-header\"");
framing!(handshake_with_line_ends, "{ kind = \"handshake\", terminator = \"lf\" }");
framing!(delimiter_escaped, "{ kind = \"delimiter-escaped\", delimiter = \"a\", escape = \"b\" }");
framing!(resp_bulk, "\"resp-bulk\"");
framing!(content_length, "\"content-length\"");
framing!(len_ack, "{ kind = \"len-ack\", resend = \"60s\" }");
framing!(grpc, "\"grpc\"");
framing!(websocket, "\"websocket\"");
framing!(websocket_in_fragments, "{ kind = \"websocket\", fragment = \"7 B\" }");
framing!(chunked, "{ kind = \"chunked\", chunk = \"7 B\" }");
framing!(record_marking, "{ kind = \"record-marking\", fragment = \"7 B\" }");
framing!(cobs, "\"cobs\"");
framing!(cobs_crc32c, "\"cobs-crc32c\"");
framing!(slip, "\"slip\"");
framing!(hdlc, "\"hdlc\"");
framing!(hdlc_32, "{ kind = \"hdlc\", fcs = 32 }");
framing!(magic_len_crc32c, "\"magic-len-crc32c\"");

/// The classic handshake is read-bound, but with one transfer under way at a time nothing follows
/// a length that could be read together with it.
#[test]
fn the_classic_handshake_keeps_every_message_with_one_in_flight() {
    let load = "messages = 60\nin-flight = 1\npayload = [\"1 B\", \"64 B\"]\n";
    pass(&scenario("\"handshake\"", load, "")).cell().is_intact();
}

#[test]
fn replies_may_have_another_framing_than_requests() {
    let pairs =
        [("len32be", "line"), ("raw", "len32le"), ("netstring", "varint"), ("line", "fixed")];
    for (request, reply) in pairs {
        let framing = format!("{{ request = \"{request}\", reply = \"{reply}\" }}");
        let document = pass(&scenario(&framing, "messages = 60\nin-flight = 1\n", ""));
        document.cell().is_intact();
        let setup = &document.cell().0["setup"];
        assert_eq!(setup["request_framing"]["kind"], request);
        assert_eq!(setup["reply_framing"]["kind"], reply);
    }
}

#[test]
fn raw_with_one_in_flight_is_intact_because_nothing_can_merge() {
    pass(&scenario("\"raw\"", "in-flight = 1\n", "")).cell().is_intact();
}
