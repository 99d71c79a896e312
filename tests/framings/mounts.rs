//! Every segmentation-invariant framing under every property.

use crate::driver::Subject;
use crate::properties;

macro_rules! properties_of {
    ($subject:expr; $($property:ident)*) => {
        $(#[test] fn $property() { properties::$property(&$subject); })*
    };
}

macro_rules! mount {
    ($($module:ident: $kind:literal $settings:tt;)*) => {
        $(mod $module {
            use super::*;

            properties_of! {
                Subject::new($kind, &serde_json::json!($settings));
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
        })*

        #[test]
        fn every_invariant_framing_is_mounted() {
            let mounted = [$($kind),*];
            for name in wirebench::framing::names() {
                let capabilities = Subject::new(name, &serde_json::json!({})).capabilities();
                // One message a connection has no stream of them: `ends.rs` has its cuts.
                let mountable = capabilities.invariant && !capabilities.per_connection;
                assert!(!mountable || mounted.contains(&name), "{name} is not mounted");
            }
        }
    };
}

mount! {
    fixed: "fixed" { "size": 24 };
    line_lf: "line" { "max": 30 };
    line_crlf: "line" { "ending": "crlf", "max": 30 };
    delimiter_nul: "delimiter" { "max": 30 };
    delimiter_of_three_that_overlaps_itself: "delimiter" { "delimiter": "aba", "max": 30 };
    delimiter_of_equal_bytes: "delimiter" { "delimiter": "||", "max": 30 };
    delimiter_of_five: "delimiter" { "delimiter": "\\r\\n.\\r\\n", "max": 30 };
    len8: "len8" { "max": 60 };
    len16be: "len16be" { "max": 60 };
    len16le: "len16le" { "max": 60 };
    len24be: "len24be" { "max": 60 };
    len24le: "len24le" { "max": 60 };
    len32be: "len32be" { "max": 60 };
    len32le: "len32le" { "max": 60 };
    len64be: "len64be" { "max": 60 };
    len64le: "len64le" { "max": 60 };
    len32le_signed: "len32le" { "signed": true, "max": 60 };
    len8_at_its_width: "len8" {};
    len8_signed_at_its_width: "len8" { "signed": true };
    length_that_counts_its_header: "len16be" { "offset": 3, "adjust": -5, "max": 60 };
    length_that_counts_less_than_follows: "len16le" { "adjust": 2, "max": 60 };
    length_with_more_to_strip: "len16be" { "offset": 1, "strip": 9, "max": 60 };
    varint: "varint" { "max": 300 };
    netstring: "netstring" { "max": 120 };
    json_header: "json-header" { "max": 60 };
    json_header_with_another_key: "json-header" { "key": "filesize", "max": 60 };
    handshake_lf: "handshake" { "terminator": "lf", "max": 120 };
    delimiter_escaped: "delimiter-escaped" { "max": 30 };
    delimiter_escaped_by_text: "delimiter-escaped" { "delimiter": "a", "escape": "x", "max": 30 };
    delimiter_escaped_by_nul: "delimiter-escaped" { "delimiter": "\\0", "escape": "\\xff", "max": 30 };
    resp_bulk: "resp-bulk" { "max": 120 };
    content_length: "content-length" { "max": 120, "header-max": 64 };
    content_length_with_another_key: "content-length" { "key": "L", "max": 60, "header-max": 16 };
    len_ack: "len-ack" { "max": 60 };
    len_ack_with_a_window: "len-ack" { "max": 60, "window": 100 };
    grpc: "grpc" { "max": 60 };
    websocket: "websocket" { "max": 300 };
    websocket_in_fragments: "websocket" { "fragment": 3, "max": 60 };
    chunked: "chunked" { "max": 60, "line-max": 16 };
    chunked_in_small_pieces: "chunked" { "chunk": 3, "max": 60 };
    record_marking: "record-marking" { "max": 60 };
    record_marking_in_fragments: "record-marking" { "fragment": 3, "max": 60 };
    cobs: "cobs" { "max": 60 };
    cobs_with_whole_blocks: "cobs" { "max": 600 };
    cobs_crc32c: "cobs-crc32c" { "max": 60 };
    slip: "slip" { "max": 60 };
    slip_with_leading_ends: "slip" { "leading-end": true, "max": 60 };
    hdlc_16: "hdlc" { "max": 60 };
    hdlc_32: "hdlc" { "fcs": 32, "max": 60 };
    magic_len_crc32c: "magic-len-crc32c" { "max": 60 };
    magic_of_text: "magic-len-crc32c" { "magic": "aaaa", "max": 60 };
}
