//! A plugin's framing is held against the rest of the scenario as a built-in one is.

use crate::harness::Bench;
use crate::support::{HEAD, one_error, valid};

/// The scenario with the faulty plugin's framing and these settings of it, in line 4.
fn with(settings: &str, more: &str) -> String {
    format!("{HEAD}framing = {{ kind = \"len8-faulty\", plugin = \"faulty\"{settings} }}\n{more}")
}

#[test]
fn what_it_can_carry_is_valid_up_to_its_limits() {
    let bench = Bench::new();
    valid(&bench, &with(", max = 32", "load = { payload = \"32 B\" }\n"));
    valid(&bench, &with("", "load = { payload = \"0 B\" }\ntransport = { write = \"batch\" }\n"));
    valid(&bench, &with("", "transport = { kind = \"udp\" }\n"));
}

#[test]
fn a_payload_over_its_longest_message_is_refused() {
    one_error(
        &with(", max = 32", "[load]\npayload = \"33 B\"\n"),
        &[
            "error: `load.payload` reaches 33 B, but `len8-faulty` carries at most 32 B a message",
            " --> t.toml:6:11",
        ],
        &["the request framing"],
    );
}

#[test]
fn the_limit_is_that_of_each_direction_with_its_own_settings() {
    let one = |max| format!("{{ kind = \"len8-faulty\", plugin = \"faulty\", max = {max} }}");
    let text = format!(
        "{HEAD}framing = {{ request = {}, reply = {} }}\n\
         load = {{ payload = \"60 B\", reply-payload = \"60 B\" }}\n",
        one(64),
        one(32)
    );
    one_error(
        &text,
        &[
            "error: `load.reply-payload` reaches 60 B, but `len8-faulty` carries at most 32 B a \
             message",
            " --> t.toml:5:44",
        ],
        &["the reply framing"],
    );
}

#[test]
fn a_framing_that_needs_a_stream_is_refused_over_datagrams() {
    one_error(
        &with(", lacks = [\"datagrams\"]", "transport = { kind = \"udp\" }\n"),
        &[
            "error: `len8-faulty` cannot be used over datagrams: it marks a boundary in a stream, \
             and every datagram has its own",
            " --> t.toml:4:20",
        ],
        &["the transport has datagrams"],
    );
}

#[test]
fn empty_messages_are_refused_where_it_has_no_form_for_them() {
    one_error(
        &with(", lacks = [\"empty\"]", "[load]\npayload = { uniform = [\"0 B\", \"9 B\"] }\n"),
        &[
            "error: `load.payload` has empty messages, but `len8-faulty` has no form for them",
            " --> t.toml:6:11",
        ],
        &["begin with 1 B"],
    );
}

#[test]
fn batches_bytes_and_one_direction_are_refused_where_it_cannot_have_them() {
    one_error(
        &with(", lacks = [\"batches\"]", "[transport]\nwrite = \"batch\"\n"),
        &[
            "error: `write = \"batch\"` cannot be used with `len8-faulty`: the bench itself would \
             merge its messages",
            " --> t.toml:6:9",
        ],
        &[],
    );
    one_error(
        &with(", lacks = [\"bytes\"]", "[load]\nalphabet = \"bytes\"\n"),
        &[
            "error: `len8-faulty` cannot carry any bytes: some mark its boundaries",
            " --> t.toml:6:12",
        ],
        &[],
    );
    let duplex = "{ kind = \"len8-faulty\", plugin = \"faulty\", lacks = [\"directions\"] }";
    one_error(
        &format!("{HEAD}framing = {{ request = \"raw\", reply = {duplex} }}\n"),
        &[
            "error: `len8-faulty` uses both directions of a connection: request and reply must \
             have it alike",
            " --> t.toml:4:47",
        ],
        &["the other direction has another framing"],
    );
}

#[test]
fn only_the_cells_that_do_not_fit_are_refused() {
    one_error(
        &with(
            "",
            "[matrix]\n\"framing.max\" = [32, 64]\n\"load.payload\" = [\"16 B\", \"40 B\"]\n",
        ),
        &[
            "error: `load.payload` reaches 40 B, but `len8-faulty` carries at most 32 B a message",
            " --> t.toml:7:27",
        ],
        &[],
    );
}
