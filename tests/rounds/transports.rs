//! What a transport may be told to do, none of which may damage a framed message.

use crate::harness::{pass, scenario};

const FRAMINGS: [&str; 5] = ["line", "len32be", "varint", "netstring", "json-header"];

/// Runs one transport setting with several framings as one matrix; all must be intact.
#[track_caller]
fn keeps_all(transport: &str, load: &str) {
    let matrix = format!("transport = {transport}\n\n[matrix]\nframing = {FRAMINGS:?}\n");
    let text = scenario("\"raw\"", load, &matrix).replace("framing = \"raw\"\n", "");
    let document = pass(&text);
    assert_eq!(document.cells().count(), FRAMINGS.len());
    document.cells().for_each(|cell| cell.is_intact());
}

/// Header sizes and one beside them: cuts inside every header, at its end, and after it.
macro_rules! reads_of {
    ($($name:ident: $size:literal,)*) => {$(
        #[test]
        fn $name() {
            let load = "messages = 40\nin-flight = 4\npayload = [\"1 B\", \"33 B\"]\n";
            keeps_all(concat!("{ kind = \"tcp\", read-size = \"", $size, " B\" }"), load);
        }
    )*};
}

reads_of! {
    reads_of_one_byte_keep_every_message: 1,
    reads_of_two_bytes_keep_every_message: 2,
    reads_of_five_bytes_keep_every_message: 5,
    reads_of_nine_bytes_keep_every_message: 9,
    reads_of_ten_bytes_keep_every_message: 10,
    reads_of_twenty_two_bytes_keep_every_message: 22,
}

#[test]
fn writing_in_batches_keeps_every_message() {
    keeps_all("{ write = \"batch\" }", "in-flight = 32\n");
}

#[test]
fn a_batch_takes_fewer_writes_than_messages() {
    let load = "in-flight = 64\nmessages = 2000\n";
    let document = pass(&scenario("\"len32be\"", load, "transport = { write = \"batch\" }\n"));
    let writes = document.cell().number("/wire/writes_per_message");
    assert!(writes < 0.9, "{writes} writes per message");
}

#[test]
fn writing_the_header_apart_keeps_every_message() {
    keeps_all("{ write = \"header-body\" }", "in-flight = 8\n");
}

#[test]
fn writing_the_header_apart_takes_two_writes_for_each_message() {
    let more = "transport = { write = \"header-body\" }\n";
    let document = pass(&scenario("\"len32be\"", "in-flight = 1\nmessages = 50\n", more));
    let writes = document.cell().number("/wire/writes_per_message");
    assert!((writes - 2.0).abs() < 1e-9, "{writes} writes per message");
}

#[test]
fn a_write_per_message_is_one_write_for_each_message() {
    let document = pass(&scenario("\"len32be\"", "in-flight = 1\nmessages = 50\n", ""));
    let writes = document.cell().number("/wire/writes_per_message");
    assert!((writes - 1.0).abs() < 1e-9, "{writes} writes per message");
}

#[test]
fn a_late_reader_keeps_every_message() {
    keeps_all("{ read-delay = \"2ms\" }", "messages = 40\nin-flight = 8\n");
}

#[test]
fn small_socket_buffers_keep_every_message_over_tcp() {
    let load = "messages = 60\nin-flight = 16\npayload = \"3 KiB\"\n";
    keeps_all("{ kind = \"tcp\", send-buffer = \"2 KiB\", receive-buffer = \"2 KiB\" }", load);
}

#[test]
fn small_socket_buffers_keep_every_message_over_unix() {
    let load = "messages = 60\nin-flight = 16\npayload = \"3 KiB\"\n";
    keeps_all("{ kind = \"unix\", send-buffer = \"4 KiB\" }", load);
}

#[test]
fn nagle_keeps_every_message() {
    keeps_all("{ nodelay = false }", "messages = 100\nin-flight = 8\n");
}

#[test]
fn spinning_sides_keep_every_message_and_tell_no_cpu_time() {
    let more = "cpu = { placement = \"free\", wait = \"spin\" }\n";
    let document = pass(&scenario("\"len32be\"", "in-flight = 4\n", more));
    document.cell().is_intact();
    assert!(document.cell().0["cpu"]["client_ns_per_message"].is_null());
}

#[test]
fn both_sides_on_one_processor_keep_every_message() {
    let more = "cpu = { placement = \"same\" }\n";
    pass(&scenario("\"len32be\"", "in-flight = 4\n", more)).cell().is_intact();
}

#[test]
fn spinning_sides_on_one_processor_still_end_their_round() {
    let more = "cpu = { placement = \"same\", wait = \"spin\" }\n";
    let load = "messages = 10\nin-flight = 4\nwarmup = \"0ms\"\n";
    pass(&scenario("\"len32be\"", load, more)).cell().is_intact();
}
