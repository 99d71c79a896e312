//! One fault, and what can be seen of it: of every kind that can be injected alone, once where it
//! leaves a trace and once where it leaves none.

use super::{linked, linked_over};
use crate::document::Document;

/// The link did exactly one thing of this kind to this direction, and so many of it left a trace.
#[track_caller]
fn is_told(document: &Document, direction: &str, kind: &str, traced: u64) {
    let cell = document.cell();
    let link = &cell.0["link"];
    assert_eq!(cell.fault(direction, kind, "injected"), 1, "{link}");
    assert_eq!(cell.fault(direction, kind, "traced"), traced, "{}, {link}", cell.complaints());
    if traced == 0 {
        assert!(cell.count(&format!("/link/{direction}/untraced")) >= 1, "{link}");
    }
}

const ENDS: [(&str, &str); 3] =
    [("fin-after", "fin"), ("rst-after", "reset"), ("half-close-after", "half-close")];

#[test]
fn an_end_of_replies_that_loses_requests_alone_is_traced() {
    // Requests are under way when the connection ends behind the last reply that there is room for.
    for (end, kind) in ENDS {
        let link = format!("{{ reply = {{ {end} = {{ behind = 3 }} }} }}");
        let load = "messages = 5\nin-flight = 4\npayload = \"32 B\"\n";
        linked("\"len32be\"", &link, load, |document| {
            is_told(document, "reply", kind, 1);
            document.cell().is_explained();
        });
    }
}

#[test]
fn an_end_that_costs_another_connection_is_traced_though_every_message_arrived() {
    for (end, kind) in ENDS {
        let link = format!("{{ reply = {{ {end} = {{ behind = 3 }} }} }}");
        let load = "messages = 4\npayload = \"32 B\"\n";
        linked("\"len32be\"", &link, load, |document| is_told(document, "reply", kind, 1));
    }
}

#[test]
fn an_end_behind_a_request_that_gets_no_answer_is_traced() {
    for (end, kind) in &ENDS[..2] {
        let link = format!("{{ request = {{ {end} = {{ behind = 4 }} }} }}");
        linked("\"len32be\"", &link, "messages = 4\npayload = \"32 B\"\n", |document| {
            is_told(document, "request", kind, 1);
            assert_eq!(document.cell().done(), 3);
        });
    }
}

#[test]
fn an_end_behind_everything_shows_only_where_it_is_an_error() {
    for (end, kind) in ENDS {
        let link = format!("{{ reply = {{ {end} = {{ behind = 3 }} }} }}");
        linked("\"len32be\"", &link, "messages = 3\npayload = \"32 B\"\n", |document| {
            // Who reads from a connection that was reset is told so, whatever it has read before.
            is_told(document, "reply", kind, u64::from(kind == "reset"));
            // What is on its way when a connection is reset may never arrive.
            let done = document.cell().done();
            assert!(done == 3 || kind == "reset" && done == 2, "{kind}: {done}");
        });
    }
}

#[test]
fn a_cut_shows_where_a_read_is_taken_for_a_message() {
    let link = "{ request = { pieces = \"60 B\", lock-step-wait = \"10s\" } }";
    let load = "messages = 1\npayload = \"100 B\"\n";
    linked("\"raw\"", link, load, |document| is_told(document, "request", "cut", 1));
    linked("\"len32be\"", link, load, |document| is_told(document, "request", "cut", 0));
}

#[test]
fn joined_writes_show_where_a_read_is_taken_for_a_message() {
    let link = "{ request = { coalesce = 2, coalesce-wait = \"10s\" } }";
    let load = "messages = 2\nin-flight = 2\npayload = \"40 B\"\n";
    linked("\"raw\"", link, load, |document| is_told(document, "request", "coalesce", 1));
    linked("\"len32be\"", link, load, |document| is_told(document, "request", "coalesce", 0));
}

#[test]
fn a_short_write_shows_where_each_is_a_packet() {
    let link = "{ request = { short-writes = \"100%\" } }";
    let load = "messages = 1\npayload = \"2 B\"\n";
    linked_over("seqpacket", "\"raw\"", link, load, |document| {
        is_told(document, "request", "short-write", 1);
    });
    linked("{ kind = \"fixed\", size = \"6 B\" }", link, load, |document| {
        assert!(document.cell().fault("request", "short-write", "injected") > 0);
        assert_eq!(document.cell().fault("request", "short-write", "traced"), 0);
    });
}

#[test]
fn a_short_read_costs_the_rest_of_a_packet_and_explains_what_is_lost() {
    let link = "{ request = { short-reads = \"100%\" } }";
    let load = "messages = 1\npayload = \"64 B\"\n";
    for framing in ["\"raw\"", "\"len32be\""] {
        linked_over("seqpacket", framing, link, load, |document| {
            is_told(document, "request", "short-read", 1);
            document.cell().is_explained();
        });
    }
}

#[test]
fn a_slow_read_shows_only_where_it_stands_inside_a_message() {
    // It takes ten bytes at a time, so it waits at 10 and at 20.
    let link = "{ request = { read-rate = \"2000 B/s\" } }";
    linked("\"raw\"", link, "messages = 1\npayload = \"20 B\"\n", |document| {
        let cell = document.cell();
        assert_eq!(cell.fault("request", "slow", "injected"), 2, "{}", cell.0["link"]);
        assert_eq!(cell.fault("request", "slow", "traced"), 1, "{}", cell.0["link"]);
        assert_eq!(cell.count("/link/request/untraced"), 1);
    });
}

#[test]
fn a_flip_shows_in_a_message_and_not_in_padding() {
    let link = "{ request = { flip = \"100%\" } }";
    let load = "messages = 1\npayload = \"1 B\"\n";
    linked("\"raw\"", link, load, |document| is_told(document, "request", "flip", 1));
    // The seed has it flip one bit, and that in the zero bytes behind the message.
    let link = "{ request = { flip = \"0.5%\" } }";
    let load = "messages = 1\npayload = \"1 B\"\nseed = 4\n";
    linked("{ kind = \"fixed\", size = \"200 B\" }", link, load, |document| {
        is_told(document, "request", "flip", 0);
    });
}

#[test]
fn a_delay_that_nothing_comes_of_leaves_no_trace_and_one_past_the_end_does() {
    let link = "{ request = { delay = \"1ms\" } }";
    let load = "messages = 1\n";
    linked("\"len32be\"", link, load, |document| is_told(document, "request", "delay", 0));
    let narrow = "{ request = { bandwidth = \"8 B/s\", drop = \"0%\" } }";
    linked_over("udp", "\"raw\"", narrow, load, |document| {
        is_told(document, "request", "delay", 1);
        is_told(document, "request", "withheld", 1);
    });
}

#[test]
fn what_is_done_to_a_datagram_shows_in_its_verdict() {
    let load = "messages = 1\npayload = \"48 B\"\n";
    for key in ["drop", "duplicate", "truncate", "corrupt"] {
        let link = format!("{{ request = {{ {key} = \"100%\" }} }}");
        linked_over("udp", "\"raw\"", &link, load, |document| {
            is_told(document, "request", key, 1);
            document.cell().is_explained();
        });
    }
}

#[test]
fn a_datagram_that_nothing_overtakes_leaves_no_trace() {
    let link = "{ request = { reorder = \"100%\" } }";
    let load = "messages = 1\npayload = \"48 B\"\n";
    linked_over("udp", "\"raw\"", link, load, |document| {
        is_told(document, "request", "reorder", 0);
    });
}

#[test]
fn a_bit_of_a_datagram_that_nobody_looks_at_leaves_no_trace() {
    let link = "{ request = { corrupt = \"100%\" } }";
    let load = "messages = 1\npayload = \"1 B\"\nseed = 1\n";
    linked_over("udp", "{ kind = \"fixed\", size = \"200 B\" }", link, load, |document| {
        is_told(document, "request", "corrupt", 0);
    });
}
