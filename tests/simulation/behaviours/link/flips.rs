//! Flipped bits: who notices, and what is to blame.

use super::linked;

/// About two bytes in a hundred.
const FLIPS: &str = r#"{ request = { flip = "2%" } }"#;

#[test]
fn without_a_checksum_changed_bytes_are_delivered_and_nobody_notices() {
    // The replies have bounds: that of a damaged request may still be under way when the next one comes.
    let framing = r#"{ request = "raw", reply = "len32be" }"#;
    linked(framing, FLIPS, "messages = 60\npayload = \"64 B\"\n", |document| {
        let cell = document.cell();
        let corrupted = cell.request("corrupted");
        assert!(corrupted > 0 && corrupted < 60, "{}", cell.complaints());
        let blame = "/link/request/blame";
        assert_eq!(cell.count(&format!("{blame}/undetected")), corrupted);
        assert_eq!(cell.count(&format!("{blame}/payload")), corrupted);
        let injected = cell.fault("request", "flip", "injected");
        assert_eq!(cell.fault("request", "flip", "traced"), injected);
        cell.is_explained();
    });
}

#[test]
fn a_checksum_finds_every_flip_and_the_rest_arrives() {
    for framing in ["cobs-crc32c", "hdlc", "magic-len-crc32c"] {
        let load = "messages = 25\npayload = \"32 B\"\n";
        let link = r#"{ request = { flip = "1%" } }"#;
        linked(&format!("\"{framing}\""), link, load, |document| {
            let cell = document.cell();
            assert!(cell.request("lost") > 0, "{framing}: {}", cell.complaints());
            assert_eq!(cell.count("/link/request/blame/undetected"), 0, "{framing}");
            assert!(cell.request("intact") > 0, "{framing}: {}", cell.complaints());
            cell.is_explained();
        });
    }
}

#[test]
fn a_flip_in_a_length_costs_more_than_its_own_message_and_all_of_it_is_explained() {
    let load = "messages = 200\npayload = \"8 B\"\nin-flight = 8\n";
    linked("\"len16be\"", r#"{ request = { flip = "0.5%" } }"#, load, |document| {
        let cell = document.cell();
        assert!(cell.fault("request", "flip", "header") > 0, "{}", cell.0["link"]);
        assert!(cell.request("intact") < cell.request("sent"), "{}", cell.complaints());
        cell.is_explained();
    });
}

#[test]
fn what_a_handshake_holds_back_belongs_to_its_frame() {
    let framing = r#"{ kind = "handshake", terminator = "lf" }"#;
    let load = "messages = 30\npayload = \"16 B\"\n";
    linked(framing, r#"{ request = { flip = "1%" } }"#, load, |document| {
        let cell = document.cell();
        assert!(cell.count("/link/request/blame/payload") > 0, "{}", cell.0["link"]);
        cell.is_explained();
    });
}

#[test]
fn a_flip_in_padding_leaves_no_trace_and_is_told() {
    let framing = r#"{ kind = "fixed", size = "256 B" }"#;
    let load = "messages = 30\npayload = \"16 B\"\n";
    linked(framing, r#"{ request = { flip = "0.5%" } }"#, load, |document| {
        let cell = document.cell();
        assert!(cell.count("/link/request/untraced") > 0, "{}", cell.0["link"]);
        assert!(cell.request("intact") > 0, "{}", cell.complaints());
    });
}

#[test]
fn replies_are_flipped_on_their_own() {
    let load = "messages = 60\npayload = \"64 B\"\n";
    linked("\"line\"", r#"{ reply = { flip = "0.3%" } }"#, load, |document| {
        let cell = document.cell();
        assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
        assert!(cell.reply("corrupted") > 0, "{}", cell.complaints());
        assert_eq!(cell.fault("request", "flip", "injected"), 0);
        cell.is_explained();
    });
}

#[test]
fn more_faults_than_the_ledger_holds_slow_the_sender_and_are_all_told() {
    // Five thousand flips a message, of which each takes a record, in a ring of a thousand.
    let load = "messages = 4\npayload = \"10 KiB\"\nledger = \"64 KiB\"\n";
    linked("\"line\"", r#"{ request = { flip = "50%" } }"#, load, |document| {
        let cell = document.cell();
        assert!(cell.fault("request", "flip", "injected") > 15_000, "{}", cell.0["link"]);
        assert_eq!(cell.request("unjudged"), 0, "{}", cell.complaints());
        assert_eq!(cell.count("/link/request/forgotten"), 0);
        cell.is_explained();
    });
}
