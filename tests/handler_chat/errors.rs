//! What goes wrong is named.

use crate::harness::{Bench, measured, scenario};
use crate::{chat, counted};

/// Under `raw`, messages of several members arrive as one. That is the framing's doing: the host
/// ends those exchanges, and the handler says nothing wrong about them.
#[test]
fn merged_messages_are_damaged_and_not_the_chats_fault() {
    let load = "duration = \"60ms\"\nconnections = 10\nin-flight = 8\n\
                timeout = \"200ms\"\ndrain = \"200ms\"\n";
    let document = measured(&scenario("\"raw\"", load, &chat("")));
    let cell = document.cell();
    assert!(cell.count("/exchanges/damaged") > 0, "{}", cell.complaints());
    assert_eq!(cell.count("/exchanges/wrong"), 0, "{}", cell.complaints());
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
}

#[test]
fn a_message_over_the_servers_limit_is_rejected_with_the_limit() {
    let load = "messages = 20\nconnections = 3\npayload = \"1 KiB\"\n";
    let document = measured(&scenario("\"line\"", load, &chat("max-text = \"1000 B\"")));
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/rejected"), 20, "{}", cell.complaints());
    assert!(counted(cell, "server", "too-long") >= 20);
    let first = cell.list("errors")[0]["first"].as_str().expect("a text");
    assert!(first.contains("! a message has at most 1000 B"), "{first}");
}

/// What a member says arrives with its name in front, which is too much for this framing.
#[test]
fn what_is_too_long_with_a_name_in_front_is_rejected_and_loses_nothing() {
    let load = "messages = 20\nconnections = 3\npayload = \"254 B\"\ntimeout = \"200ms\"\n";
    let document = measured(&scenario("\"len8\"", load, &chat("")));
    let cell = document.cell();
    assert_eq!(cell.reply("intact"), cell.reply("sent"), "{}", cell.complaints());
    assert_eq!(cell.count("/exchanges/rejected"), 20, "{}", cell.complaints());
    assert!(counted(cell, "server", "too-long") >= 20);
    let first = cell.list("errors")[0]["first"].as_str().expect("a text");
    assert!(first.contains("! the message is too long to be passed on"), "{first}");
}

#[test]
fn a_room_with_one_member_has_nobody_to_hear_it() {
    let document = measured(&scenario("\"line\"", "messages = 10\n", &chat("")));
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/rejected"), 10, "{}", cell.complaints());
    let first = cell.list("errors")[0]["first"].as_str().expect("a text");
    assert!(first.contains("nobody else is in the room"), "{first}");
}

#[test]
fn a_wrong_setting_is_shown_with_its_line() {
    for (config, shown) in [
        ("mode = \"talk\", churn = 3", "has a meaning only with mode = \"room\""),
        ("private = \"120%\"", "`120%` is larger than a share can be"),
        ("rooms = 0", "is not between 1 and 10000"),
        ("slwo = \"drop\"", "unknown field `slwo`"),
    ] {
        let bench = Bench::new();
        let ran = bench.run(&scenario("\"line\"", "", &chat(config)), &[]);
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains(shown) && ran.stderr.contains("scenario.toml:5"), "{ran}");
    }
}
