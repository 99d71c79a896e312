//! Values of the wrong type, unit or range.

use crate::support::{BARE, HEAD, one_error, valid};
use wirebench::scenario::{PayloadAlphabet, Sizes, Until};

/// One line in `[load]` (line 6) that is wrong at `column`, for these reasons.
#[track_caller]
fn load_line(line: &str, column: usize, fragments: &[&str]) {
    one_error(&format!("{HEAD}[load]\n{line}\n"), &format!("6:{column}"), fragments);
}

#[test]
fn a_number_in_quotes_is_told_to_lose_them() {
    load_line(
        "in-flight = \"32\"",
        13,
        &["takes a whole number", "did you mean `32`, without quotes?"],
    );
}

#[test]
fn a_number_out_of_range_is_told_the_range() {
    load_line("in-flight = 0", 13, &["out of range", "1 to 1,000,000 is allowed"]);
    load_line("connections = -3", 15, &["1 to 10,000 is allowed"]);
    load_line("rounds = 99999999999999999999", 10, &[]);
}

#[test]
fn a_duration_without_unit_is_told_to_have_one() {
    load_line("warmup = 50", 10, &["`load.warmup`: `50` has no unit", "`\"50 ms\"`"]);
    load_line("warmup = \"50\"", 10, &["has no unit"]);
}

#[test]
fn a_unit_that_does_not_exist_is_answered_by_those_that_do() {
    load_line("duration = \"3 sec\"", 12, &["`sec`", "ns, us, ms, s, min"]);
    load_line("payload = \"64 Kib\"", 11, &["`Kib`", "KiB"]);
}

#[test]
fn a_duration_out_of_range_is_told_the_range() {
    load_line("hook-timeout = \"1ms\"", 16, &["10 ms to 10 min is allowed"]);
    load_line("ledger = \"1 B\"", 10, &["64 KiB to 1 GiB is allowed"]);
}

#[test]
fn a_word_that_is_none_of_the_words_is_answered_by_the_words() {
    load_line(
        "session = \"keeep\"",
        11,
        &["`\"keep\"`, `\"per-exchange\"`", "did you mean `keep`?"],
    );
    one_error(
        &format!("{HEAD}[transport]\nkind = \"sctp\"\n"),
        "6:8",
        &["`\"tcp\"`, `\"unix\"`, `\"seqpacket\"`, `\"udp\"`, `\"unixgram\"`"],
    );
}

#[test]
fn a_flag_in_quotes_is_told_to_lose_them() {
    let text = format!("{HEAD}[transport]\nnodelay = \"true\"\n");
    one_error(&text, "6:11", &["takes `true` or `false`", "did you mean `true`, without quotes?"]);
}

#[test]
fn another_schema_is_refused() {
    one_error(&HEAD.replace("schema = 1", "schema = 2"), "1:10", &["write `schema = 1`"]);
}

#[test]
fn a_name_that_could_leave_the_folder_of_results_is_refused() {
    for name in ["../up", "a/b", "", ".hidden", "white space"] {
        let text = HEAD.replace("\"t\"", &format!("\"{name}\""));
        one_error(&text, "2:8", &["`name` consists of 1 to 64 of letters, digits"]);
    }
}

#[test]
fn every_form_of_payload_sizes_is_read() {
    let sizes = |form: &str| {
        let text = format!("{HEAD}[load]\npayload = {form}\nledger = \"16 MiB\"\n");
        valid(&text).cells[0].settings.load.payload.clone()
    };
    assert_eq!(sizes("\"4 KiB\""), Sizes::Constant(4096));
    assert_eq!(sizes("4096"), Sizes::Constant(4096));
    assert_eq!(sizes("[\"1 B\", 2]"), Sizes::Cycle(vec![1, 2]));
    let series = sizes("{ from = \"16 B\", to = \"100 B\", times = 2 }");
    assert_eq!(series, Sizes::Cycle(vec![16, 32, 64]));
    assert_eq!(sizes("{ uniform = [\"16 B\", \"1 KiB\"] }"), Sizes::Uniform(16, 1024));
    assert_eq!(sizes("{ file = \"big.bin\" }"), Sizes::File("/data/big.bin".to_owned()));
}

#[test]
fn payload_sizes_in_no_known_form_are_refused() {
    load_line("payload = true", 11, &["takes a size such as"]);
    load_line("payload = []", 11, &["1 to 256 sizes"]);
    load_line("payload = [\"16 B\", 3.2]", 20, &["`3.2` is not a whole number of bytes"]);
    load_line("payload = \"1472\"", 11, &["`1472` has no unit", "`\"1472 B\"` or `\"1472 KiB\"`"]);
    load_line("payload = { from = \"2 B\", to = \"8 B\" }", 11, &["`{ from, to, times }`"]);
    load_line("payload = { from = \"2 B\", to = \"8 B\", times = 1 }", 47, &["from 2 to 1,024"]);
    load_line("payload = { from = \"9 B\", to = \"8 B\", times = 2 }", 11, &["`from` <= `to`"]);
    load_line("payload = { unifrom = [\"1 B\", \"2 B\"] }", 13, &["did you mean `uniform`?"]);
    load_line("payload = { uniform = [\"2 B\", \"1 B\"] }", 23, &["from the smaller size (1 B)"]);
    load_line("payload = { file = \"none.bin\" }", 13, &["there is no such file"]);
}

#[test]
fn a_framing_that_does_not_exist_is_answered_by_a_similar_one() {
    let text = format!("{BARE}framing = \"len32bee\"\n");
    one_error(
        &text,
        "4:11",
        &["there is no framing of this name", "did you mean `len32be`?", "json-header"],
    );
}

#[test]
fn a_framings_wrong_setting_is_shown_where_it_stands() {
    let text = format!("{BARE}framing = {{ kind = \"len32le\", maxx = \"1 MiB\" }}\n");
    one_error(&text, "4:31", &["maxx", "did you mean `max`?"]);
}

#[test]
fn a_framing_table_without_kind_is_told_so() {
    let text = format!("{BARE}framing = {{ knd = \"len32le\" }}\n");
    one_error(&text, "4:13", &["needs `kind`", "did you mean `kind`?"]);
    one_error(
        &format!("{BARE}framing = 32\n"),
        "4:11",
        &["takes a name, a table", "not an integer"],
    );
}

#[test]
fn one_framing_per_direction_needs_both() {
    let text = format!("{BARE}framing = {{ request = \"raw\" }}\n");
    one_error(&text, "4:11", &["`reply` is missing"]);
    let text = format!("{BARE}framing = {{ request = \"raw\", reply = \"lin\" }}\n");
    one_error(&text, "4:38", &["did you mean `line`?"]);
}

#[test]
fn a_plugins_framing_is_taken_as_it_is_and_gets_text() {
    let text = format!("{BARE}framing = {{ kind = \"xor\", plugin = \"my-framing\", key = 7 }}\n");
    let scenario = valid(&text);
    let framing = &scenario.cells[0].settings.request_framing;
    assert_eq!((framing.kind.as_str(), framing.plugin.as_deref()), ("xor", Some("my-framing")));
    assert_eq!(framing.settings["key"], 7);
    // Nothing is known of it yet: text is what every framing can carry.
    assert_eq!(scenario.cells[0].settings.load.alphabet, PayloadAlphabet::Text);
}

#[test]
fn messages_written_alone_withdraw_the_default_duration() {
    let scenario = valid(&format!("{HEAD}[load]\nmessages = 100_000\n"));
    assert_eq!(scenario.cells[0].settings.load.until, Until::Messages(100_000));
}
