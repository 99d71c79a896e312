//! What goes together with datagrams, and what does not.

use crate::support::{BARE, HEAD, one_error, set, valid};
use wirebench::scenario::TransportKind;

#[test]
fn without_a_framing_datagrams_are_raw() {
    for kind in ["udp", "unixgram"] {
        let scenario = valid(&format!("{BARE}transport = {{ kind = \"{kind}\" }}\n"));
        let settings = &scenario.cells[0].settings;
        assert!(settings.request_framing.is_raw() && settings.reply_framing.is_raw());
        assert!(settings.transport.kind.has_datagrams());
    }
}

#[test]
fn a_framing_is_missing_only_where_there_is_a_stream() {
    let text = format!("{BARE}[matrix]\n\"transport.kind\" = [\"udp\", \"tcp\"]\n");
    one_error(&text, "1:1", &["`framing` is missing", "add `framing = \"len32be\"`"]);
    let text = format!("{BARE}transport = {{ kind = \"udp\" }}\n");
    let loaded = crate::support::load_text(&text, &set(&["transport.kind=tcp"]));
    assert!(loaded.is_err_and(|rendered| rendered.contains("`framing` is missing")));
}

#[test]
fn framings_that_need_a_stream_are_refused_over_datagrams() {
    for (framing, why) in [("sleep", "every datagram has its own"), ("handshake", "peer's word")] {
        let text = format!("{BARE}framing = \"{framing}\"\ntransport = {{ kind = \"udp\" }}\n");
        one_error(&text, "4:11", &["cannot be used over datagrams", why, "has datagrams"]);
    }
    let text = format!(
        "{BARE}framing = {{ request = \"raw\", reply = \"sleep\" }}\n\
         transport = {{ kind = \"unixgram\" }}\n"
    );
    one_error(&text, "4:38", &["`sleep` cannot be used over datagrams"]);
}

#[test]
fn a_header_written_apart_is_refused_over_datagrams() {
    let text = format!("{HEAD}transport = {{ kind = \"udp\", write = \"header-body\" }}\n");
    one_error(&text, "5:37", &["a datagram of its own", "use `\"message\"` or `\"batch\"`"]);
}

#[test]
fn raw_datagrams_may_be_written_in_batches_and_be_empty() {
    let transport = "transport = { kind = \"udp\", write = \"batch\" }\n";
    valid(&format!("{BARE}framing = \"raw\"\n{transport}[load]\npayload = \"0 B\"\n"));
}

#[test]
fn settings_of_ip_are_refused_on_unix_datagrams() {
    for setting in ["ipv6 = true", "port = 7", "nodelay = false"] {
        let text = format!("{HEAD}transport = {{ kind = \"unixgram\", {setting} }}\n");
        one_error(&text, "5:34", &["is a setting of TCP", "a Unix socket has none"]);
    }
}

#[test]
fn a_horizon_is_a_setting_of_udp() {
    let scenario = valid(&format!("{HEAD}transport = {{ kind = \"udp\", horizon = \"5ms\" }}\n"));
    assert_eq!(scenario.cells[0].settings.transport.horizon_ns, 5_000_000);
    assert_eq!(scenario.cells[0].settings.transport.kind, TransportKind::Udp);
    for (kind, column) in [("unixgram", 34), ("seqpacket", 35), ("tcp", 29)] {
        let text = format!("{HEAD}transport = {{ kind = \"{kind}\", horizon = \"5ms\" }}\n");
        let told = ["`horizon` is a setting of UDP", "the transport is not UDP here"];
        one_error(&text, &format!("5:{column}"), &told);
    }
    // The default asks for nothing.
    valid(HEAD);
}

#[test]
fn a_frame_longer_than_a_datagram_is_refused_to_the_byte() {
    let of = |framing: &str, transport: &str, bytes: u64| {
        format!(
            "{BARE}framing = {framing}\ntransport = {{ {transport} }}\n[load]\npayload = \"{bytes} B\"\n"
        )
    };
    let (udp, udp6) = ("kind = \"udp\"", "kind = \"udp\", ipv6 = true");
    for (framing, transport, most) in [
        ("\"raw\"", udp, 65_507),
        ("\"raw\"", udp6, 65_527),
        ("\"line\"", udp, 65_506),
        ("\"len32be\"", udp, 65_503),
        ("\"varint\"", udp6, 65_524),
        ("\"netstring\"", udp, 65_500),
    ] {
        valid(&of(framing, transport, most));
        let limit = if transport == udp { "65,507 B" } else { "65,527 B" };
        let told = [&*format!("at most {limit} here"), "send smaller messages"];
        one_error(&of(framing, transport, most + 1), "7:11", &told);
    }
    one_error(&of("\"len32be\"", udp, 65_504), "7:11", &["65,508 B with the framing"]);
    let far = of("\"raw\"", udp, 1 << 20);
    one_error(&far, "7:11", &["reaches 1 MiB, but a datagram holds at most 65,507 B"]);
}

#[test]
fn a_unix_datagram_must_fit_into_the_send_buffer() {
    let of = |more: &str| {
        format!(
            "{BARE}transport = {{ kind = \"unixgram\"{more} }}\n[load]\npayload = \"256 KiB\"\n"
        )
    };
    one_error(&of(""), "6:11", &["a datagram holds at most", "larger `transport.send-buffer`"]);
    valid(&of(", send-buffer = \"1 MiB\""));
}
