//! What the link does to datagrams, and what the judge makes of it.

use super::linked_over;
use crate::document::Document;
use crate::stage::{text, with_every_seed};

const LOAD: &str = "messages = 60\npayload = \"48 B\"\n";

#[track_caller]
fn over_udp(framing: &str, link: &str, load: &str, check: impl Fn(&Document)) {
    linked_over("udp", framing, link, load, check);
}

#[test]
fn every_drop_is_a_loss_and_nothing_else_is_lost() {
    for kind in ["udp", "unixgram"] {
        linked_over(kind, "\"raw\"", r#"{ drop = "10%" }"#, LOAD, |document| {
            let cell = document.cell();
            let dropped = cell.fault("request", "drop", "injected");
            assert!(dropped > 0, "{kind}: {}", cell.0["link"]);
            assert_eq!(cell.request("lost"), dropped, "{kind}: {}", cell.complaints());
            assert_eq!(cell.reply("lost"), cell.fault("reply", "drop", "injected"), "{kind}");
            assert_eq!(cell.count("/link/request/untraced"), 0, "{kind}");
            cell.is_explained();
        });
    }
}

#[test]
fn every_duplicate_is_found() {
    let link = r#"{ request = { duplicate = "20%" } }"#;
    over_udp("\"len32be\"", link, LOAD, |document| {
        let cell = document.cell();
        let doubled = cell.fault("request", "duplicate", "injected");
        assert!(doubled > 0, "{}", cell.0["link"]);
        assert_eq!(cell.request("duplicated"), doubled, "{}", cell.complaints());
        assert_eq!(cell.request("copies"), doubled, "{}", cell.complaints());
        cell.is_explained();
    });
}

#[test]
fn what_is_cut_is_truncated_and_without_a_framing_undetected() {
    let link = r#"{ request = { truncate = "20%" } }"#;
    over_udp("\"raw\"", link, LOAD, |document| {
        let cell = document.cell();
        let cut = cell.fault("request", "truncate", "injected");
        assert!(cut > 0, "{}", cell.0["link"]);
        assert!(cell.count("/link/request/blame/undetected") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("intact"), cell.request("sent") - cut, "{}", cell.complaints());
        cell.is_explained();
    });
    over_udp("\"len32be\"", link, LOAD, |document| {
        assert_eq!(document.cell().count("/link/request/blame/undetected"), 0);
        document.cell().is_explained();
    });
}

#[test]
fn a_changed_bit_is_found_by_a_checksum_and_by_nobody_without() {
    let link = r#"{ request = { corrupt = "20%" } }"#;
    over_udp("\"raw\"", link, LOAD, |document| {
        let cell = document.cell();
        let changed = cell.fault("request", "corrupt", "injected");
        assert!(changed > 0, "{}", cell.0["link"]);
        assert_eq!(cell.request("corrupted"), changed, "{}", cell.complaints());
        assert_eq!(cell.count("/link/request/blame/undetected"), changed);
        cell.is_explained();
    });
    over_udp("\"cobs-crc32c\"", link, LOAD, |document| {
        let cell = document.cell();
        assert_eq!(cell.count("/link/request/blame/undetected"), 0, "{}", cell.complaints());
        assert_eq!(cell.request("lost"), cell.fault("request", "corrupt", "injected"));
        cell.is_explained();
    });
}

#[test]
fn what_is_held_back_is_overtaken_if_something_follows() {
    let link = r#"{ request = { reorder = "20%" } }"#;
    over_udp("\"raw\"", link, &format!("{LOAD}in-flight = 10\n"), |document| {
        let cell = document.cell();
        assert!(cell.request("reordered") > 0, "{}", cell.complaints());
        assert_eq!(cell.request("lost"), 0, "{}", cell.complaints());
        cell.is_explained();
    });
    // One at a time there is nothing to overtake it: the fault leaves no trace, and that is told.
    over_udp("\"raw\"", link, LOAD, |document| {
        let cell = document.cell();
        assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
        let held = cell.fault("request", "reorder", "injected");
        assert!(held > 0 && cell.count("/link/request/untraced") == held, "{}", cell.0["link"]);
    });
}

#[test]
fn batches_of_datagrams_go_through_the_link_too() {
    let more = "transport = { kind = \"udp\", write = \"batch\" }\nlink = { drop = \"5%\" }\n";
    let load = "messages = 200\nin-flight = 20\ntimeout = \"100ms\"\n";
    with_every_seed(&text("\"raw\"", load, more), |document| {
        let cell = document.cell();
        assert_eq!(cell.request("lost"), cell.fault("request", "drop", "injected"));
        assert!(cell.request("lost") > 0, "{}", cell.complaints());
        cell.is_explained();
    });
}
