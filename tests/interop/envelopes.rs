//! Messages in the envelopes of real protocols, against programs that make and open them by hand: right
//! ones and wrong ones, whole and byte by byte.

use crate::python::{bad_client, client, installed_client, installed_server, server};
use crate::support::is_done;

const VERIFY: &str = "{ verify = true }";

/// Echo both ways in an envelope. Each of `wrong`, hexadecimal digits, is refused by both sides with
/// these words.
#[track_caller]
fn echo(envelope: &str, framing: &str, wrong: &[(&str, &str)]) {
    let handler = ["--handler", "echo", "--config", VERIFY, "--framing", framing];
    let serving = ["--handler", "echo", "--framing", framing];
    client(&format!("envelope_client.py {envelope}"), &serving);
    let load = ["--messages", "40", "--payload", "300 B", "--in-flight", "4"];
    is_done(
        &server(&format!("envelope_server.py {envelope}"), &[&handler[..], &load].concat(), true),
        40,
    );
    for (bytes, told) in wrong {
        let ran = bad_client(&format!("envelope_stranger.py {envelope} {bytes}"), &serving);
        assert!(
            ran.stdout.contains("framing 2, first: session ") && ran.stdout.contains(told),
            "{ran}"
        );
        let load = ["--messages", "3", "--set", "load.timeout=5s", "--set", "load.drain=1s"];
        let program = format!("envelope_server.py {envelope} {bytes}");
        let ran = server(&program, &[&handler[..], &load].concat(), true);
        assert_eq!(ran.code, Some(100), "{ran}");
        assert!(ran.stdout.contains("2 done") && ran.stdout.contains(told), "{ran}");
    }
}

#[test]
fn frames_of_amqp_with_a_type_and_an_end() {
    echo(
        "amqp",
        r#"{ kind = "len32be", prefix = "01", offset = 3, trailer = "ce" }"#,
        &[
            ("08000000000000ce", "expected 01, the `prefix` of a frame: another kind of frame"),
            ("010000000000026869cd", "expected ce, the `trailer` behind 2 bytes"),
            ("010000ffffffff", "the length is 4294967295, over the limit"),
        ],
    );
}

#[test]
fn a_length_with_its_complement_between_constants() {
    echo(
        "twice",
        r#"{ kind = "len16le", prefix = "fe ed", copy = "complement", suffix = "00" }"#,
        &[
            ("feee0000ffff00", "expected ed, the `prefix` of a frame, byte 2 of 2"),
            ("feed0200fcff006869", "with its bits turned over"),
            ("feed0200fdff016869", "expected 00, the `suffix` of a header"),
            ("474554202f20485454502f312e310d0a", "an HTTP client is talking to this port?"),
        ],
    );
}

#[test]
fn packets_of_mqtt_with_a_type_and_a_varint() {
    echo(
        "mqtt",
        r#"{ kind = "varint", prefix = "30" }"#,
        &[
            ("c000", "expected 30, the `prefix` of a frame: another kind of frame"),
            ("308000", "not in its shortest form (read 80 00)"),
            ("30ffffff7f", "the length is 268435455, over the limit"),
            ("3080808080808000", "goes on after 5 bytes"),
            ("474554202f20485454502f312e310d0a", "an HTTP client is talking to this port?"),
        ],
    );
}

#[test]
fn octet_counts_of_syslog() {
    echo(
        "syslog",
        "octet-count",
        &[
            (
                "0a352068656c6c6f",
                "a LF behind the message before, which its length does not count?",
            ),
            ("3c33343e31202d", "ended by LF instead? Then `line` is right"),
            ("303520", "a leading zero"),
            ("3939393939393939393939393920", "over the limit of 16777216"),
            ("3509", "expected a digit or a space (read 35 09"),
            ("474554202f20485454502f312e310d0a", "an HTTP client is talking to this port?"),
        ],
    );
}

#[test]
fn stuffed_bytes_between_zeros() {
    let framing = "{ kind = \"cobs\", leading = true }";
    echo("stuffed", framing, &[]);
    // A damaged frame is dropped and told, and the talk goes on.
    let serving = ["--handler", "echo", "--framing", framing];
    let ran = bad_client("stuffed_stranger.py", &serving);
    assert!(ran.stdout.contains("dropped frame 2, first: "), "{ran}");
    assert!(ran.stdout.contains("the code 09 at byte 0 of a frame counts 8 bytes"), "{ran}");
}

#[test]
#[ignore = "needs what tests/foreign/install installs"]
fn packets_of_the_library_gmqtt_are_echoed_and_echo() {
    let framing = r#"{ kind = "varint", prefix = "30" }"#;
    let ran = installed_client("mqtt_client.py", &["--handler", "echo", "--framing", framing]);
    assert!(ran.stdout.contains("10 messages in") && !ran.stdout.contains("errors"), "{ran}");
    let load = ["--messages", "40", "--payload", "20 KiB", "--in-flight", "4"];
    let ours = ["--handler", "echo", "--config", VERIFY, "--framing", framing];
    is_done(&installed_server("mqtt_server.py", &[&ours[..], &load].concat()), 40);
}
