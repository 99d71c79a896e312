//! New scenarios are valid and pass as they stand.

use crate::harness::{Bench, side_by_side};
use crate::made::{new, passes, repository, tried};

/// The handlers that ship: the crates of `plugins/` that are built as shared objects.
fn handlers() -> Vec<String> {
    let all = std::fs::read_dir(repository().join("plugins")).expect("the plugins are there");
    let mut names = Vec::new();
    for folder in all.map(|entry| entry.expect("an entry").path()) {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if manifest.contains("cdylib") {
            let name = folder.file_name().and_then(|name| name.to_str()).expect("UTF-8");
            names.push(name.to_owned());
        }
    }
    assert!(names.len() > 5, "{names:?}");
    names
}

#[test]
fn one_of_every_handler_that_ships_passes_as_it_stands() {
    side_by_side(handlers(), |handler| {
        let bench = Bench::new();
        new(&bench, &format!("scenario mine --handler {handler}"));
        let text = std::fs::read_to_string(bench.folder().join("mine.toml")).expect("it was made");
        assert!(!text.contains("a plugin of yours"), "{handler} is not known: {text}");
        passes(&bench, "mine.toml", ".");
    });
}

#[test]
fn every_transport_and_unlike_framings_pass_as_they_stand() {
    let ways = [
        ("line", "unix"),
        ("raw", "tcp"),
        ("raw", "udp"),
        ("len32be", "seqpacket"),
        ("websocket", "unixgram"),
        ("eof", "tcp"),
        ("handshake", "tcp"),
    ];
    side_by_side(ways, |(framing, transport)| {
        let bench = Bench::new();
        new(&bench, &format!("scenario mine --framing {framing} --transport {transport}"));
        passes(&bench, "mine.toml", ".");
    });
}

#[test]
fn the_commands_that_it_tells_work_and_no_line_is_without_a_reason() {
    let bench = Bench::new();
    let ran = new(&bench, "scenario mine --out other.toml");
    for line in ran.stdout.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!((words[0], words[2]), ("wirebench", "other.toml"), "{ran}");
        let done = bench.start(&words[1..]).wait();
        assert_eq!(done.code, Some(0), "{line}: {done}");
    }
    let text = std::fs::read_to_string(bench.folder().join("other.toml")).expect("it was made");
    assert!(text.starts_with("#:schema "), "{text}");
    for table in ["[handler]", "[transport]", "[load]", "[matrix]", "[expect]"] {
        let at = text.find(&format!("\n{table}\n")).unwrap_or_else(|| panic!("no {table}"));
        let before = text[..at].lines().last().unwrap_or_default();
        assert!(before.starts_with("# "), "{table} is not explained: {text}");
    }
}

#[test]
fn a_handler_that_does_not_ship_is_a_plugin_of_ones_own() {
    let bench = Bench::new();
    new(&bench, "scenario mine --handler org.example.mine");
    let text = std::fs::read_to_string(bench.folder().join("mine.toml")).expect("it was made");
    assert!(text.contains("plugin = \"org.example.mine\""), "{text}");
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence_and_nothing_is_made() {
    let bench = Bench::new();
    for (words, code, told) in [
        ("scenario ..", 2, "no name of a scenario"),
        ("scenario a/b", 2, "--out FILE"),
        ("scenario wirebench", 2, "where profiles stand"),
        ("scenario mine --framing len32", 2, "built in are"),
        ("scenario mine --transport tpc", 2, "there are tcp"),
        ("scenario mine --handler a/b", 2, "no name of a plugin"),
        ("scenario mine --framing sleep --transport udp", 104, "nothing was made"),
        ("scenario mine --out none/mine.toml", 108, "make it first"),
        ("plugin Mine", 2, "no name of a plugin"),
        ("plugin echo", 2, "ships with wirebench"),
        ("framing line", 2, "ships with wirebench"),
        ("framing sdk", 2, "take another name"),
        ("plugin mine --sdk .", 2, "holds no Cargo.toml"),
        ("plugin mine --c --cpp", 2, "cannot be used with"),
        ("plugin mine --out none/mine --c", 108, "make it first"),
    ] {
        let before = entries(&bench);
        let ran = tried(&bench, words);
        assert_eq!(ran.code, Some(code), "{words}: {ran}");
        assert!(ran.stderr.contains(told), "{words}: {ran}");
        assert_eq!(entries(&bench), before, "{words}");
    }
}

fn entries(bench: &Bench) -> Vec<String> {
    let all = std::fs::read_dir(bench.folder()).expect("a folder");
    let names = all.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    // Where the harness keeps what the program says.
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("std")).collect();
    names.sort();
    names
}
