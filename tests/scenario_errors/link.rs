//! What a link cannot do, and how it is told.

use crate::support::{HEAD, errors, load_text, one_error, says, set, valid};
use wirebench::link::{Pieces, Point};
use wirebench::scenario::{Overrides, Sizes, pieces_of};

/// A link in line 5, over this transport in line 6.
fn linked(link: &str, transport: &str) -> String {
    format!("{HEAD}link = {link}\ntransport = {{ kind = \"{transport}\" }}\n")
}

#[test]
fn a_link_is_read_for_both_directions_or_for_one() {
    let scenario = valid(&linked(
        "{ pieces = \"every-cut\", reply = { delay = \"2ms\", rst-after = { inside = 3 } } }",
        "tcp",
    ));
    let link = &scenario.cells[0].settings.link;
    assert_eq!(link.request.pieces, Some(Pieces::EveryCut));
    assert!(link.request.lock_step && link.reply.lock_step);
    assert_eq!((link.request.delay_ns, link.reply.delay_ns), (0, 2_000_000));
    assert_eq!(link.reply.rst_after, Some(Point::Inside(3)));
    assert_eq!(link.request.rst_after, None);
}

#[test]
fn whole_links_and_single_settings_are_axes() {
    let text = format!(
        "{HEAD}[matrix]\nlink = [{{}}, {{ pieces = \"2 B\" }}, {{ request = {{ flip = \"1%\" }} }}]\n"
    );
    let links: Vec<bool> =
        valid(&text).cells.iter().map(|cell| cell.settings.link.is_clean()).collect();
    assert_eq!(links, [true, false, false]);
    let text = format!("{HEAD}[matrix]\n\"link.request.delay\" = [\"0ms\", \"5ms\"]\n");
    let delays: Vec<u64> =
        valid(&text).cells.iter().map(|cell| cell.settings.link.request.delay_ns).collect();
    assert_eq!(delays, [0, 5_000_000]);
    let loaded = load_text(HEAD, &set(&["link.pieces=3 B"])).expect("an option may set it");
    let way = &loaded.scenario.cells[0].settings.link.reply;
    assert_eq!(way.pieces, Some(Pieces::Sizes(Sizes::Constant(3))));
}

#[test]
fn an_override_replaces_the_whole_link() {
    let text = format!(
        "{HEAD}link = {{ flip = \"1%\" }}\n[matrix]\n\"load.payload\" = [\"8 B\", \"9 B\"]\n\
         [[override]]\nwhen = {{ \"load.payload\" = \"9 B\" }}\nlink = {{ delay = \"1ms\" }}\n"
    );
    let scenario = valid(&text);
    assert!(scenario.cells[0].settings.link.request.flip > 0.0);
    let other = &scenario.cells[1].settings.link.request;
    assert_eq!((other.flip, other.delay_ns), (0.0, 1_000_000));
}

#[test]
fn unknown_settings_are_told_with_what_may_have_been_meant() {
    one_error(&linked("{ piece = \"1 B\" }", "tcp"), "5:10", &["no setting `piece`", "`pieces`"]);
    one_error(&linked("{ repy = {} }", "tcp"), "5:10", &["no setting `repy`", "`reply`"]);
    let text = linked("{ reply = { request = {} } }", "tcp");
    one_error(&text, "5:20", &["no setting `request`"]);
}

#[test]
fn values_that_cannot_be_are_told_where_they_stand() {
    // Each error stands at the first place of the second text.
    for (link, wrong, fragments) in [
        ("\"slow\"", "\"slow\"", ["takes a table such as", "not a string"]),
        ("{ reply = 3 }", "3 }", ["`link.reply` takes a table", "not an integer"]),
        ("{ flip = \"101%\" }", "\"101", ["`link.flip`: `101%` is larger", "0 % to 100 %"]),
        ("{ flip = 5 }", "5 }", ["`5` is larger than a share", "0 % to 100 %"]),
        ("{ flip = \"often\" }", "\"often", ["`often` is not a share", "`\"25%\"`"]),
        ("{ bandwidth = \"1 MiB\" }", "\"1 MiB", ["not a unit of a rate", "64 KiB/s"]),
        ("{ bandwidth = \"0 B/s\" }", "\"0 B", ["out of range", "1 B/s to"]),
        ("{ coalesce = 1 }", "1 }", ["out of range", "2 to 4,096"]),
        ("{ pieces = \"0 B\" }", "\"0 B", ["out of range", "1 B"]),
        (
            "{ pieces = { file = \"big.bin\" } }",
            "{ file",
            ["has sizes of its own", "a file has none"],
        ),
        ("{ fin-after = { inside = 0 } }", "inside", ["a frame counted from 1", "inside = 3"]),
        ("{ fin-after = { within = 2 } }", "within", ["a frame counted from 1", "behind = 3"]),
        ("{ fin-after = 3 }", "3 }", ["a frame counted from 1", "not an integer"]),
        ("{ lock-step = true }", "lock-step", ["means nothing without", "`pieces`"]),
        ("{ coalesce-wait = \"1ms\" }", "coalesce-wait", ["means nothing without", "`coalesce`"]),
    ] {
        let column = 8 + link.find(wrong).expect("it stands there");
        one_error(&linked(link, "tcp"), &format!("5:{column}"), &fragments);
    }
}

#[test]
fn what_needs_the_other_kind_of_transport_is_refused_with_its_line() {
    one_error(
        &linked("{ drop = \"5%\" }", "tcp"),
        "5:10",
        &["`link.drop` needs datagrams", "the transport", "`fin-after`"],
    );
    for setting in [
        "fin-after = \"9 B\"",
        "pieces = \"1 B\"",
        "flip = \"1%\"",
        "flap = 3",
        "read-rate = \"1 B/s\"",
        "short-reads = \"1%\"",
    ] {
        let text = linked(&format!("{{ {setting} }}"), "udp");
        one_error(&text, "5:10", &["needs a stream", "`drop`"]);
    }
    one_error(
        &linked("{ rst-after = \"9 B\" }", "unix"),
        "5:10",
        &["`link.rst-after` needs TCP", "use `fin-after`"],
    );
    valid(&linked("{ delay = \"1ms\", jitter = \"1ms\", bandwidth = \"1 MiB/s\" }", "udp"));
}

#[test]
fn a_delay_past_the_horizon_would_lose_everything() {
    let text = format!(
        "{HEAD}link = {{ delay = \"15ms\", jitter = \"5ms\" }}\n\
         transport = {{ kind = \"udp\", horizon = \"20ms\" }}\n"
    );
    one_error(&text, "5:10", &["past their horizon", "the horizon", "longer `transport.horizon`"]);
}

#[test]
fn more_pieces_than_can_be_delivered_are_refused() {
    let text = |pieces: &str, payload: &str| {
        format!("{HEAD}link = {{ pieces = {pieces} }}\n[load]\npayload = \"{payload}\"\n")
    };
    let too_long = errors(&text("\"every-cut\"", "257 B"));
    says(&too_long, "5:10", &["`every-cut` is for messages of up to 256 B", "cut at random"]);
    valid(&text("\"every-cut\"", "256 B"));
    let too_many = errors(&text("\"1 B\"", "5000 B"));
    says(&too_many, "5:10", &["would be 5,000 pieces", "at most 4,096"]);
    valid(&text("\"1 B\"", "4 KiB"));
    valid(&text("\"10 B\"", "16 KiB"));
}

#[test]
fn lock_step_needs_a_reader_of_ours_and_a_place_for_each_session() {
    let many = "[load]\nconnections = 2000\n";
    let text = format!("{HEAD}link = {{ pieces = \"1 B\" }}\n{many}");
    one_error(&text, "5:10", &["at most 1,024 connections", "not 2,000", "`lock-step = false`"]);
    valid(&format!("{HEAD}link = {{ pieces = \"1 B\", lock-step = false }}\n{many}"));
    let foreign = "[server]\ncommand = [\"server\", \"{port}\"]\n";
    let text = format!("{HEAD}link = {{ request = {{ pieces = \"1 B\" }} }}\n{foreign}");
    one_error(&text, "5:22", &["says what it has consumed", "not ours", "`lock-step = false`"]);
}

#[test]
fn a_server_of_ones_own_is_not_impaired_from_here() {
    let foreign = "[server]\ncommand = [\"server\", \"{port}\"]\n";
    for (link, at, right) in [
        ("{ delay = \"1ms\" }", "5:10", "[link.request]"),
        ("{ reply = { delay = \"1ms\" } }", "5:20", "[link.request]"),
        ("{ request = { short-reads = \"1%\" } }", "5:22", "[link.reply]"),
        ("{ read-rate = \"1 KiB/s\" }", "5:10", "[link.reply]"),
    ] {
        let text = format!("{HEAD}link = {link}\n{foreign}");
        one_error(&text, at, &["on a server that is not ours", right]);
    }
    let link =
        "{ request = { delay = \"1ms\", rst-after = \"9 B\" }, reply = { short-reads = \"5%\" } }";
    valid(&format!("{HEAD}link = {link}\n{foreign}"));
}

#[test]
fn the_number_of_pieces_is_known_before_they_are_sent() {
    let text = format!(
        "{HEAD}link = {{ request = {{ pieces = \"1 B\" }} }}\n\
         [load]\npayload = \"60 B\"\nmessages = 100\n"
    );
    let scenario = valid(&text);
    let count = pieces_of(&scenario.cells[0]).expect("it is cut");
    assert_eq!((count.a_message, count.a_round, count.lock_step), ([64, 0], Some(6_400), true));
    let clean = load_text(HEAD, &Overrides::default()).expect("it is valid").scenario;
    assert_eq!(pieces_of(&clean.cells[0]), None);
}
