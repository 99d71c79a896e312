//! What a transport may be told to do, none of which may damage a framed message.

use crate::stage::{always, text, with_every_seed};

const FRAMINGS: [&str; 5] = ["line", "len32be", "varint", "netstring", "json-header"];

/// Plays one transport setting with several framings as one matrix; all must be intact.
#[track_caller]
fn keeps_all(transport: &str, load: &str) {
    let matrix = format!("transport = {transport}\n\n[matrix]\nframing = {FRAMINGS:?}\n");
    let text = text("\"raw\"", load, &matrix).replace("framing = \"raw\"\n", "");
    always(&text, |document| {
        assert_eq!(document.cells().count(), FRAMINGS.len());
        document.cells().for_each(|cell| cell.is_intact());
    });
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
fn writing_the_header_apart_keeps_every_message() {
    keeps_all("{ write = \"header-body\" }", "in-flight = 8\n");
}

#[test]
fn a_late_reader_keeps_every_message() {
    keeps_all("{ read-delay = \"2ms\" }", "messages = 40\nin-flight = 8\n");
}

/// How many calls a message took, over a network with room for whatever is written.
#[track_caller]
fn writes(write: &str, load: &str, check: impl Fn(f64)) {
    let more = format!("transport = {{ write = \"{write}\" }}\n");
    with_every_seed(&text("\"len32be\"", load, &more), |document| {
        document.cell().is_intact();
        check(document.cell().number("/wire/writes_per_message"));
    });
}

#[test]
fn a_batch_takes_fewer_writes_than_messages() {
    writes("batch", "in-flight = 64\nmessages = 600\n", |writes| {
        assert!(writes < 0.9, "{writes} writes per message");
    });
}

#[test]
fn writing_the_header_apart_takes_two_writes_for_each_message() {
    writes("header-body", "in-flight = 1\nmessages = 50\n", |writes| assert_eq!(writes, 2.0));
}

#[test]
fn a_write_per_message_is_one_write_for_each_message() {
    writes("message", "in-flight = 1\nmessages = 50\n", |writes| assert_eq!(writes, 1.0));
}
