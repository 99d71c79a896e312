//! Every segmentation-invariant framing under every property: those of the catalogue by themselves, and
//! settings that change what a framing does.

use crate::driver::Subject;
use crate::properties;
use serde_json::json;
use wirebench::framing::{describe, names};

macro_rules! properties_of {
    ($subjects:expr; $($property:ident)*) => {
        $(#[test] fn $property() {
            for subject in $subjects {
                println!("{} {:?}", subject.spec.kind, subject.spec.settings);
                properties::$property(&subject);
            }
        })*
    };
    ($subjects:expr) => {
        properties_of! {
            $subjects;
            short_messages_arrive_whole
            every_cut_in_two_or_three_gives_the_same
            one_byte_at_a_time_gives_the_same
            random_cuts_of_long_streams_give_the_same
            garbage_gives_the_same_error_however_it_is_cut
            a_damaged_stream_gives_the_same_error_however_it_is_cut
            a_stream_that_ends_inside_a_frame_is_told
            empty_messages_arrive_if_the_framing_has_a_form_for_them
            the_longest_message_arrives_and_a_longer_one_is_refused
            a_received_message_over_the_limit_is_an_error
            whatever_is_sent_arrives_and_whatever_is_refused_leaves_no_trace
            bytes_already_seen_are_not_looked_at_again
            decoding_reserves_nothing_on_a_peers_word
            warm_buffers_are_enough_for_encoding_and_decoding
        }
    };
}

macro_rules! mount {
    ($($module:ident: $kind:literal $settings:tt;)*) => {
        $(mod $module {
            use super::*;

            properties_of! { [Subject::new($kind, &json!($settings))] }
        })*
    };
}

/// Every framing whose messages do not depend on reads, with a limit that is soon reached.
fn of_the_catalogue() -> impl Iterator<Item = Subject> {
    let subject = |name| {
        let settings = describe(name).expect("it is in the catalogue").settings;
        let limit = settings.iter().find_map(|setting| match setting.name {
            "max" => Some(json!({ "max": 60 })),
            "size" => Some(json!({ "size": 24 })),
            _ => None,
        });
        Subject::new(name, &limit.unwrap_or_default())
    };
    // One message a connection has no stream of them: `ends.rs` has its cuts.
    let is_mountable = |name: &&str| {
        let capabilities = describe(name).expect("it is in the catalogue").capabilities;
        capabilities.invariant && !capabilities.per_connection
    };
    names().into_iter().filter(is_mountable).map(subject)
}

mod framings_of_the_catalogue {
    use super::*;

    properties_of! { of_the_catalogue() }
}

#[test]
fn every_framing_is_mounted_or_depends_on_reads_or_has_one_message_a_connection() {
    let mounted: Vec<String> = of_the_catalogue().map(|subject| subject.spec.kind).collect();
    let others: Vec<&str> =
        names().into_iter().filter(|name| !mounted.iter().any(|kind| kind == name)).collect();
    assert_eq!(others, ["raw", "sleep", "eof", "handshake"]);
}

mount! {
    line_crlf: "line" { "ending": "crlf", "max": 30 };
    delimiter_of_three_that_overlaps_itself: "delimiter" { "delimiter": "aba", "max": 30 };
    delimiter_of_equal_bytes: "delimiter" { "delimiter": "||", "max": 30 };
    delimiter_of_five: "delimiter" { "delimiter": "\\r\\n.\\r\\n", "max": 30 };
    len32le_signed: "len32le" { "signed": true, "max": 60 };
    len8_at_its_width: "len8" {};
    len8_signed_at_its_width: "len8" { "signed": true };
    length_that_counts_its_header: "len16be" { "offset": 3, "adjust": -5, "max": 60 };
    length_that_counts_less_than_follows: "len16le" { "adjust": 2, "max": 60 };
    length_with_more_to_strip: "len16be" { "offset": 1, "strip": 9, "max": 60 };
    length_of_amqp: "len32be" { "prefix": "01", "offset": 3, "trailer": "ce", "max": 60 };
    length_between_constants: "len16le" { "prefix": "01 02", "suffix": "30", "max": 60 };
    length_and_its_complement: "len8" { "copy": "complement", "trailer": "0d 0a", "max": 60 };
    length_with_a_copy_and_more_to_strip: "len16be" { "copy": "same", "suffix": "31", "strip": 9, "max": 60 };
    varint: "varint" { "max": 300 };
    varint_of_mqtt: "varint" { "prefix": "30", "max": 300 };
    varint_behind_more: "varint" { "prefix": "01 ff", "offset": 4, "max": 60 };
    netstring: "netstring" { "max": 120 };
    octet_count: "octet-count" { "max": 120 };
    json_header_with_another_key: "json-header" { "key": "filesize", "max": 60 };
    json_stream_with_another_key: "json-stream" { "key": "size", "piece": 3, "max": 60 };
    handshake_lf: "handshake" { "terminator": "lf", "max": 120 };
    delimiter_escaped_by_text: "delimiter-escaped" { "delimiter": "a", "escape": "x", "max": 30 };
    delimiter_escaped_by_nul: "delimiter-escaped" { "delimiter": "\\0", "escape": "\\xff", "max": 30 };
    resp_bulk: "resp-bulk" { "max": 120 };
    content_length: "content-length" { "max": 120, "header-max": 64 };
    content_length_with_another_key: "content-length" { "key": "L", "max": 60, "header-max": 16 };
    len_ack_with_a_window: "len-ack" { "max": 60, "window": 100 };
    websocket: "websocket" { "max": 300 };
    websocket_of_text: "websocket" { "payload": "text", "max": 300 };
    websocket_of_text_in_fragments: "websocket" { "payload": "text", "fragment": 3, "max": 60 };
    websocket_that_opens: "websocket" { "opening": "/chat", "max": 60 };
    websocket_in_fragments: "websocket" { "fragment": 3, "max": 60 };
    chunked: "chunked" { "max": 60, "line-max": 16 };
    chunked_in_small_pieces: "chunked" { "chunk": 3, "max": 60 };
    record_marking_in_fragments: "record-marking" { "fragment": 3, "max": 60 };
    cobs_with_whole_blocks: "cobs" { "max": 600 };
    cobs_with_leading_zeros: "cobs" { "leading": true, "max": 300 };
    slip_with_leading_ends: "slip" { "leading-end": true, "max": 60 };
    hdlc_32: "hdlc" { "fcs": 32, "max": 60 };
    magic_of_text: "magic-len-crc32c" { "magic": "aaaa", "max": 60 };
}
