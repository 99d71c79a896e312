//! What arrives, over every transport and under framings of every family.

use super::{counted, names, run, scenario};

const CARRIERS: [(&str, &str); 7] = [
    ("\"len32be\"", "tcp"),
    ("\"netstring\"", "tcp"),
    ("\"varint\"", "tcp"),
    ("\"json-header\"", "tcp"),
    ("\"handshake\"", "tcp"),
    ("\"len64le\"", "unix"),
    ("\"raw\"", "seqpacket"),
];

#[track_caller]
fn arrives(config: &str) {
    for (framing, transport) in CARRIERS {
        let transport = format!("transport = {{ kind = \"{transport}\" }}\n");
        let text = scenario(framing, "messages = 6\nconnections = 2\n", config, &transport);
        let (_, ran, document) = run(&text, |_| {});
        assert_eq!(ran.code, Some(0), "{framing}: {ran}");
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 6, "{}", cell.complaints());
        // Those of the warm-up are counted too.
        assert!(counted(cell, "files") >= 6, "{framing}: {}", cell.0["counts"]);
    }
}

#[test]
fn uploads_arrive() {
    arrives("do = \"upload\", file = { size = \"300 KiB\" }, chunk = \"32 KiB\"");
}

#[test]
fn downloads_arrive_with_the_digest_behind_them() {
    arrives(
        "do = \"download\", file = { size = \"300 KiB\" }, chunk = \"32 KiB\", \
         digest = \"sha256\", digest-at = \"trailer\"",
    );
}

#[test]
fn offers_arrive() {
    arrives("do = \"offer\", file = { size = \"30 KiB\" }, chunk = \"1500 B\"");
}

#[test]
fn bytes_behind_a_header_arrive_however_they_are_cut() {
    let framing = "{ request = \"json-stream\", reply = \"line\" }";
    let config = "keys = { size = \"filesize\" }, go-ahead = \"ok\", answer = \"none\"";
    for (size, link) in [("300 KiB", ""), ("3000 B", "link = { pieces = \"1 B\" }\n"), ("0 B", "")]
    {
        let config = format!("{config}, file = {{ size = \"{size}\" }}");
        let text = scenario(framing, "messages = 6\nconnections = 2\n", &config, link);
        let (_, ran, document) = run(&text, |_| {});
        assert_eq!(ran.code, Some(0), "{size}: {ran}");
        let cell = document.cell();
        cell.is_intact();
        assert_eq!(cell.done(), 6, "{}", cell.complaints());
        assert!(counted(cell, "files") >= 6, "{size}: {}", cell.0["counts"]);
    }
}

#[test]
fn small_uploads_arrive() {
    arrives("do = \"small-upload\", file = { size = \"2 KiB\" }");
}

#[test]
fn many_sessions_share_a_root_and_the_last_one_stands_whole() {
    let config = "root = \"root\", name = \"a b.bin\", source = \"source\", chunk = \"2 KiB\"";
    let text = scenario("\"len32be\"", "messages = 40\nconnections = 8\n", config, "");
    let content: Vec<u8> = (0..100_003_u32).map(|number| (number / 7) as u8).collect();
    let (bench, ran, document) = run(&text, |bench| {
        std::fs::create_dir(bench.folder().join("root")).expect("a folder");
        bench.write("source", &content);
    });
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(document.cell().done(), 40);
    assert_eq!(names(&bench, "root"), ["a b.bin"]);
    let stored = std::fs::read(bench.folder().join("root/a b.bin")).expect("it was stored");
    assert!(stored == content, "it is what was sent, and nothing is appended");
}

#[test]
fn browsing_answers_in_order_with_many_commands_under_way() {
    let config = "do = \"browse\", commands = [{ say = \"ls\", answer = \
                  \"a.txt\\nempty/\\nname with spaces/\" }, { say = \"cd name with spaces\", answer = \
                  \"/name with spaces\" }, { say = \"cd b.txt\", answer = \"not a directory\" }, \
                  { say = \"..\", answer = \"/\" }]";
    let text = scenario("\"len32be\"", "messages = 200\nin-flight = 16\n", config, "");
    let (_, ran, document) = run(&text, |_| {});
    assert_eq!(ran.code, Some(0), "{ran}");
    document.cell().is_intact();
    assert!(counted(document.cell(), "not-a-directory") >= 50);
    assert_eq!(counted(document.cell(), "wrong-answer"), 0);
}

#[test]
fn a_broken_upload_is_taken_up_by_the_next_session() {
    let config = "root = \"root\", resume = \"offset\", break-after = \"1 MiB\", \
                  file = { size = \"3500 KiB\" }";
    let text = scenario("\"len32be\"", "messages = 4\n", config, "");
    let (bench, _, document) = run(&text, |bench| {
        std::fs::create_dir(bench.folder().join("root")).expect("a folder");
    });
    let cell = document.cell();
    // 3,500 KiB, of which each session sends one MiB more: the fourth brings the rest.
    assert_eq!(counted(cell, "broken-off"), 3, "{}", cell.complaints());
    assert!(cell.done() > 0 && counted(cell, "files") > 0, "{}", cell.complaints());
    assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
    assert_eq!(names(&bench, "root"), ["file.bin"]);
}
