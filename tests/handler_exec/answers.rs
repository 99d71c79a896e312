//! What comes back, and that it comes back to whoever asked.

use crate::harness::{measured, scenario};
use crate::{counted, handler, is_done, round};

#[test]
fn commands_are_answered_under_every_kind_of_framing() {
    let delimiter = r#"{ kind = "delimiter", delimiter = "\u0004" }"#;
    for framing in [
        "\"len32be\"",
        "\"len16le\"",
        "\"varint\"",
        "\"netstring\"",
        "\"json-header\"",
        "\"handshake\"",
        delimiter,
    ] {
        let load = "messages = 20\nin-flight = 4\nconnections = 2\n";
        is_done(round(framing, load, "ask = \"tell {token}\"").cell());
    }
}

#[test]
fn an_unframed_request_gets_a_framed_reply() {
    for reply in ["len32le", "netstring", "json-header"] {
        let framing = format!("{{ request = \"raw\", reply = \"{reply}\" }}");
        is_done(round(&framing, "messages = 20\n", "ask = \"number {token} 30000\"").cell());
    }
}

#[test]
fn unix_sockets_carry_commands_too() {
    for kind in ["unix", "seqpacket"] {
        let more =
            format!("transport = {{ kind = \"{kind}\" }}\n{}", handler("ask = \"tell {token}\""));
        let load = "messages = 20\nin-flight = 2\ntimeout = \"20s\"\n";
        is_done(measured(&scenario("\"len32be\"", load, &more)).cell());
    }
}

/// A round over datagrams, two for each answer.
fn datagrams(kind: &str, ask: &str) -> crate::harness::Document {
    let config = format!("reply = \"two\", ask = \"{ask}\"");
    let more = format!("transport = {{ kind = \"{kind}\" }}\n{}", handler(&config));
    measured(&scenario("\"raw\"", "messages = 10\ntimeout = \"20s\"\ndrain = \"20s\"\n", &more))
}

#[test]
fn two_datagrams_answer_one_and_either_may_be_empty() {
    for kind in ["udp", "unixgram"] {
        for ask in ["outputs {token}", "tell {token}", "silent"] {
            let document = datagrams(kind, ask);
            let cell = document.cell();
            is_done(cell);
            assert_eq!(cell.reply("sent"), 2 * cell.request("sent"), "{kind}: {ask}");
        }
    }
}

#[test]
fn an_answer_that_no_datagram_holds_is_told_and_the_server_lives() {
    let document = datagrams("udp", "number 100000 120000");
    let cell = document.cell();
    let (count, example) = counted(cell, "server", "answer-too-large");
    assert!(count >= 10, "{}", cell.complaints());
    assert_eq!(
        example,
        "exec: too large: an answer of 140007 bytes; a message holds 65507, and what does not \
         fit is left out"
    );
    // The error arrived, and in the other message what fits of the output, for each request.
    assert_eq!(cell.reply("intact"), 2 * cell.request("sent"), "{}", cell.complaints());
    assert_eq!(cell.done(), 0);
}

#[test]
fn each_way_of_replying_satisfies_the_client() {
    for (reply, replies) in
        [("both", 1), ("stderr-or-stdout", 1), ("stdout-or-stderr", 1), ("two", 2)]
    {
        let config = format!("reply = \"{reply}\", ask = \"outputs {{token}}\"");
        let document = round("\"len32be\"", "messages = 20\nin-flight = 3\n", &config);
        let cell = document.cell();
        is_done(cell);
        assert_eq!(cell.reply("sent"), replies * cell.request("sent"), "{reply}");
    }
}

#[test]
fn both_pipes_may_be_full_at_once() {
    let document = round("\"len32be\"", "messages = 5\n", "ask = \"pipes\"");
    is_done(document.cell());
    let bytes = document.cell().count("/wire/payload_bytes");
    assert!(bytes >= 5 * 400_000, "{bytes} bytes arrived");
}

#[test]
fn a_command_without_output_is_answered_where_the_framing_has_an_empty_message() {
    let document = round("\"len32be\"", "messages = 5\n", "ask = \"silent\"");
    is_done(document.cell());
    assert!(counted(document.cell(), "server", "empty-answer").0 >= 5);

    let load = "messages = 3\ntimeout = \"200ms\"\n";
    let raw = measured(&scenario("\"raw\"", load, &handler("ask = \"silent\"")));
    let cell = raw.cell();
    assert_eq!((cell.count("/exchanges/unanswered"), cell.done()), (3, 0), "{}", cell.complaints());
    assert_eq!(cell.reply("unsendable"), cell.reply("sent"), "{}", cell.complaints());
}

/// Eight requests are under way and the server reads late.
fn pipelined(config: &str) -> crate::harness::Document {
    let more =
        format!("transport = {{ kind = \"tcp\", read-delay = \"5ms\" }}\n{}", handler(config));
    let framing = "{ request = \"raw\", reply = \"len32be\" }";
    measured(&scenario(framing, "messages = 64\nin-flight = 8\ntimeout = \"20s\"\n", &more))
}

#[test]
fn requests_that_merge_are_judged_merged_and_not_run_where_their_end_is_agreed() {
    let document = pipelined("ask = \"tell {token}\", request-end = \";\"");
    let cell = document.cell();
    assert!(cell.request("merged") > 0, "{}", cell.complaints());
    let (refused, example) = counted(cell, "server", "merged-request");
    assert!(refused > 0);
    assert_eq!(example, "exec: refused: several requests have merged into one");
    assert_eq!(cell.count("/exchanges/wrong"), 0, "{}", cell.complaints());
}

#[test]
fn requests_that_merge_into_one_that_runs_are_never_done() {
    // `tell 1tell 2` is a command like any other. The judge knows better.
    let document = pipelined("ask = \"tell {token}\"");
    let cell = document.cell();
    let (merged, started) = (cell.request("merged"), cell.count("/exchanges/started"));
    assert!(merged > 0, "{}", cell.complaints());
    assert!(cell.count("/exchanges/damaged") > 0, "{}", cell.complaints());
    assert!(cell.done() + cell.count("/exchanges/damaged") == started, "{}", cell.complaints());
}

#[test]
fn replies_from_workers_have_a_service_time() {
    let document = round("\"len32be\"", "messages = 30\nin-flight = 4\n", "ask = \"tell {token}\"");
    is_done(document.cell());
    assert_eq!(document.cell().count("/service_ns/count"), 30);
}

#[test]
fn text_is_converted_between_the_command_the_wire_and_the_client() {
    let greet = r#"ask = "tell 你好 {token}", expect = { tell = "^你好 [0-9]+\n$" }"#;
    for encodings in [
        "",
        ", encoding = \"gbk\"",
        ", encoding = { request = \"utf-8\", reply = \"gbk\" }",
        ", command-encoding = \"gbk\"",
        ", encoding = \"gb18030\", command-encoding = \"gbk\"",
    ] {
        is_done(round("\"len32be\"", "messages = 5\n", &format!("{greet}{encodings}")).cell());
    }
    let mistaken = format!("{greet}, encoding = \"gbk\", client-encoding = \"utf-8\"");
    let document = round("\"len32be\"", "messages = 5\n", &mistaken);
    assert_eq!(document.cell().count("/exchanges/wrong"), 5);
    let told = document.cell().list("errors")[0]["first"].as_str().unwrap_or_default();
    assert!(told.contains("the answer is no UTF-8 text: byte 0xc4 at 0"), "{told}");
}
