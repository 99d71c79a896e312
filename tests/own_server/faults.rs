//! The table of faults in `docs/own-server.md`: every row is played, with one exchange under way and with
//! many.

use crate::bench::{VERIFY, play, scenario};
use crate::generated;

/// What is said of a fault.
struct Told {
    /// The exit code.
    code: i32,
    /// Parts of what the table says.
    says: &'static [&'static str],
}

/// A server with one fault.
struct Row {
    /// As `echo.py` calls it.
    fault: &'static str,
    /// In words.
    server: &'static str,
    /// Gates besides `intact` and `done`.
    gate: &'static str,
    /// What else the load needs, so that it shows with one exchange under way.
    load: &'static str,
    one: Told,
    many: Told,
}

const fn told(code: i32, says: &'static [&'static str]) -> Told {
    Told { code, says }
}

const ROWS: [Row; 16] = [
    Row {
        fault: "drops-one",
        server: "does not answer one request",
        gate: "",
        load: "",
        one: told(100, &["lost: reply 4", "the server sent nothing to 1 exchange in 1 session"]),
        many: told(100, &["lost: reply 4", "the server sent nothing to 1 exchange in 1 session"]),
    },
    Row {
        fault: "merges-two",
        server: "puts two answers into one frame",
        gate: "",
        load: "",
        one: told(100, &["merged: reply", "stands in a received message of 128 B"]),
        many: told(100, &["merged: reply", "all of it stands in a received message of 128 B"]),
    },
    Row {
        fault: "two-writes",
        server: "writes header and body in two calls, with Nagle's algorithm on",
        gate: "p50 = \"< 20ms\"",
        load: "",
        one: told(99, &["looks like Nagle's algorithm and a delayed acknowledgement: the server"]),
        many: told(99, &["looks like Nagle's algorithm and a delayed acknowledgement: the server"]),
    },
    Row {
        fault: "out-of-order",
        server: "answers two requests in the wrong order",
        gate: "",
        load: "",
        one: told(100, &["lost: reply", "the server sent nothing to 1 exchange in 1 session"]),
        many: told(100, &["reordered: reply"]),
    },
    Row {
        fault: "changes-a-byte",
        server: "changes one byte of one answer",
        gate: "",
        load: "",
        one: told(100, &["corrupted: reply", "differs from offset 7"]),
        many: told(100, &["corrupted: reply", "differs from offset 7"]),
    },
    Row {
        fault: "answers-twice",
        server: "answers one request twice",
        gate: "",
        load: "",
        one: told(100, &["duplicated: reply", "the server sent 1 message in 1 session for which"]),
        many: told(100, &["duplicated: reply", "the server sent 1 message in 1 session for which"]),
    },
    Row {
        fault: "answers-twice-late",
        server: "answers one request again, 50 ms later",
        gate: "",
        load: "",
        // By then, more may have come than is remembered.
        one: told(100, &["the server sent 1 message in 1 session for which nothing was under way"]),
        many: told(
            100,
            &["the server sent 1 message in 1 session for which nothing was under way"],
        ),
    },
    Row {
        fault: "hangs",
        server: "stops answering, and keeps the connection",
        gate: "",
        load: "",
        one: told(100, &["lost: reply", "after 49 messages not a byte more"]),
        many: told(100, &["lost: reply", "after 49 messages not a byte more"]),
    },
    Row {
        fault: "closes",
        server: "closes the connection (FIN) in the midst",
        gate: "",
        load: "",
        one: told(
            100,
            &[
                "the server closed 1 session with 1 exchange under way",
                "after 49 messages",
                "| no more than 49 requests, says the license",
            ],
        ),
        // Its end may meet what is just being written.
        many: told(100, &["1 session with", "under way, after 4"]),
    },
    Row {
        fault: "resets",
        server: "resets the connection (RST) in the midst",
        gate: "",
        load: "",
        one: told(100, &["the server reset 1 session with 1 exchange under way"]),
        many: told(100, &["the server reset 1 session with"]),
    },
    Row {
        fault: "crashes",
        server: "exits with a stack trace",
        gate: "",
        load: "",
        one: told(
            100,
            &["exited with status 3 in the middle of the round", "| Traceback: the table is full"],
        ),
        many: told(
            100,
            &["exited with status 3 in the middle of the round", "| Traceback: the table is full"],
        ),
    },
    Row {
        fault: "killed",
        server: "is killed by a signal of its own making",
        gate: "",
        load: "",
        one: told(100, &["killed by SIGSEGV"]),
        many: told(100, &["killed by SIGSEGV"]),
    },
    Row {
        fault: "leaks",
        server: "keeps 64 KiB of every request",
        gate: "server-memory-growth = \"< 10 MiB\"",
        load: "messages = 1000",
        one: told(99, &["server-memory-growth is"]),
        many: told(99, &["server-memory-growth is"]),
    },
    Row {
        fault: "one-read-one-message",
        server: "takes what a read returns for one message",
        gate: "",
        load: "payload = \"300 KiB\"",
        one: told(100, &["replies"]),
        many: told(100, &["replies"]),
    },
    Row {
        fault: "half-a-frame",
        server: "sends half of a frame, and keeps the connection",
        gate: "",
        load: "",
        one: told(100, &["60 of 68 bytes had come, after 49 messages, and then nothing"]),
        many: told(100, &["60 of 68 bytes had come, after 49 messages, and then nothing"]),
    },
    Row {
        fault: "wrong-in-warm-up",
        server: "answers wrong at its start alone",
        gate: "",
        load: "",
        one: told(100, &["corrupted: reply", "the received message has 8 B"]),
        many: told(100, &["corrupted: reply", "the received message has 8 B"]),
    },
];

/// Plays the server with a fault, with one exchange under way and with 16.
fn is_told(fault: &str) {
    let row = ROWS.iter().find(|row| row.fault == fault).expect("it is in the table");
    for (in_flight, told) in [(1, &row.one), (16, &row.many)] {
        let payload = match (row.load.contains("payload"), in_flight) {
            (true, 1) => row.load,
            _ => "payload = \"64 B\"",
        };
        let messages = if row.load.contains("messages") { row.load } else { "messages = 200" };
        let load = format!(
            "{messages}, rounds = 1, timeout = \"400ms\", in-flight = {in_flight}, {payload}"
        );
        let gates = format!("intact = \"100%\", done = \"100%\", {}", row.gate);
        let played = play(&scenario(fault, VERIFY, &load, &gates), &[]);
        assert_eq!(played.ran.code, Some(told.code), "{in_flight} in flight: {}", played.ran);
        played.says(told.says);
    }
}

/// A test for each row.
macro_rules! told {
    ($($test:ident: $fault:literal,)+) => {
        const TRIED: &[&str] = &[$($fault),+];
        $(
            #[test]
            fn $test() {
                is_told($fault);
            }
        )+
    };
}

told! {
    a_request_without_an_answer_is_told: "drops-one",
    two_answers_in_one_frame_are_told: "merges-two",
    two_writes_under_nagle_are_told: "two-writes",
    answers_in_the_wrong_order_are_told: "out-of-order",
    a_changed_byte_is_told: "changes-a-byte",
    an_answer_that_comes_twice_is_told: "answers-twice",
    an_answer_that_comes_again_later_is_told: "answers-twice-late",
    a_server_that_hangs_is_told: "hangs",
    a_server_that_closes_is_told: "closes",
    a_server_that_resets_is_told: "resets",
    a_server_that_crashes_is_told: "crashes",
    a_server_that_is_killed_is_told: "killed",
    a_server_that_leaks_is_told: "leaks",
    a_server_that_takes_a_read_for_a_message_is_told: "one-read-one-message",
    half_a_frame_is_told: "half-a-frame",
    wrong_answers_of_the_warm_up_are_told: "wrong-in-warm-up",
}

#[test]
fn every_row_of_the_table_is_tried_and_the_page_shows_it() {
    assert_eq!(TRIED, ROWS.map(|row| row.fault));
    let said = |told: &Told| {
        // A line is a cell of its table only without bars.
        let says = told.says.iter().map(|part| format!("“{}”", part.trim_start_matches("| ")));
        let says: Vec<String> = says.collect();
        format!("{}: {}", told.code, says.join(", "))
    };
    let row = |row: Row| {
        let needs = match (row.gate, row.load) {
            ("", "") => String::new(),
            ("", load) => format!(" (with `{load}`)"),
            (gate, _) => format!(" (with `{gate}`)"),
        };
        format!("| {} | {}{needs} | {} |", row.server, said(&row.one), said(&row.many))
    };
    let header = "| the server | one exchange under way | sixteen |";
    generated::holds("docs/own-server.md", "faults", &generated::table(header, ROWS.map(row)));
}
