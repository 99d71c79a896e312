//! Every framing over streams and packets keeps every message whole, however the bytes come.

use crate::stage::{always, text};

/// Exchanges, four at a time, over one transport.
#[track_caller]
fn keeps_all(framing: &str, transport: &str) {
    let load = "messages = 60\nin-flight = 4\npayload = [\"1 B\", \"16 B\", \"200 B\"]\n";
    let more = format!("transport = {{ kind = \"{transport}\" }}\n");
    always(&text(framing, load, &more), |document| {
        document.cell().is_intact();
        assert_eq!(document.cell().done(), 60);
    });
}

macro_rules! framings {
    ($($name:ident: $framing:expr,)*) => {$(
        mod $name {
            #[test]
            fn keeps_every_message_over_streams() {
                super::keeps_all($framing, "tcp");
            }
            #[test]
            fn keeps_every_message_over_packets() {
                super::keeps_all($framing, "seqpacket");
            }
        }
    )*};
}

framings! {
    fixed: "{ kind = \"fixed\", size = \"256 B\" }",
    line: "\"line\"",
    line_crlf: "{ kind = \"line\", ending = \"crlf\" }",
    delimiter: "\"delimiter\"",
    len8: "\"len8\"",
    len16be: "\"len16be\"",
    len16le: "\"len16le\"",
    len24be: "\"len24be\"",
    len24le: "\"len24le\"",
    len32be: "\"len32be\"",
    len32le: "\"len32le\"",
    len64be: "\"len64be\"",
    len64le: "\"len64le\"",
    len32be_with_a_type_byte: "{ kind = \"len32be\", offset = 1, adjust = -5 }",
    len32be_of_amqp: "{ kind = \"len32be\", prefix = \"01\", offset = 3, trailer = \"ce\" }",
    varint: "\"varint\"",
    varint_of_mqtt: "{ kind = \"varint\", prefix = \"30\" }",
    netstring: "\"netstring\"",
    octet_count: "\"octet-count\"",
    json_header: "\"json-header\"",
    handshake_with_line_ends: "{ kind = \"handshake\", terminator = \"lf\" }",
    delimiter_escaped: "{ kind = \"delimiter-escaped\", delimiter = \"a\", escape = \"b\" }",
    resp_bulk: "\"resp-bulk\"",
    content_length: "\"content-length\"",
    len_ack: "{ kind = \"len-ack\", resend = \"60s\" }",
    grpc: "\"grpc\"",
    websocket: "\"websocket\"",
    websocket_opened: "{ kind = \"websocket\", opening = \"/\", payload = \"text\" }",
    websocket_in_fragments: "{ kind = \"websocket\", fragment = \"7 B\" }",
    chunked: "{ kind = \"chunked\", chunk = \"7 B\" }",
    record_marking: "{ kind = \"record-marking\", fragment = \"7 B\" }",
    cobs: "\"cobs\"",
    cobs_leading: "{ kind = \"cobs\", leading = true }",
    cobs_crc32c: "\"cobs-crc32c\"",
    slip: "\"slip\"",
    hdlc: "\"hdlc\"",
    hdlc_32: "{ kind = \"hdlc\", fcs = 32 }",
    magic_len_crc32c: "\"magic-len-crc32c\"",
}

/// The classic handshake is read-bound, but with one transfer under way at a time nothing follows
/// a length that could be read together with it.
#[test]
fn the_classic_handshake_keeps_every_message_with_one_in_flight() {
    let load = "messages = 60\nin-flight = 1\npayload = [\"1 B\", \"64 B\"]\n";
    let text = text("\"handshake\"", load, "");
    crate::stage::with_every_seed(&text, |document| document.cell().is_intact());
}

#[test]
fn replies_may_have_another_framing_than_requests() {
    let pairs = [("len32be", "line"), ("netstring", "varint"), ("line", "fixed")];
    for (request, reply) in pairs {
        let framing = format!("{{ request = \"{request}\", reply = \"{reply}\" }}");
        always(&text(&framing, "messages = 60\nin-flight = 1\n", ""), |document| {
            document.cell().is_intact();
            let setup = &document.cell().0["setup"];
            assert_eq!(setup["request_framing"]["kind"], request);
            assert_eq!(setup["reply_framing"]["kind"], reply);
        });
    }
    // A read is a message there: nothing but a calm network brings each by itself.
    let framing = "{ request = \"raw\", reply = \"len32le\" }";
    let text = text(framing, "messages = 60\nin-flight = 1\n", "");
    crate::stage::with_every_seed(&text, |document| document.cell().is_intact());
}
