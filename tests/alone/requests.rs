//! Thousands of requests that mean harm, each in a whole frame, to every handler: whoever is honest is
//! still answered, nothing outside the root is touched, and nothing is left.

use crate::harness::Bench;
use crate::harness::processes::{await_verb, nothing_is_left};
use crate::support::{Serve, read_frame};
use std::io::{Read, Write};

/// A server: its handler, its configuration, what an honest client says, and what it must hear.
struct Subject {
    handler: &'static str,
    config: &'static str,
    says: &'static [u8],
    hears: fn(&[u8]) -> bool,
}

const SUBJECTS: &[Subject] = &[
    Subject { handler: "echo", config: "{}", says: b"hello", hears: |text| text == b"hello" },
    Subject {
        handler: "exec",
        config: r#"{ "commands": { "say": { "run": ["echo"], "arguments": "append" } }, "max-output": "4 KiB" }"#,
        says: b"say hello",
        hears: |text| text == b"hello\n",
    },
    Subject {
        handler: "chat",
        config: "{}",
        says: b"/name honest",
        hears: |text| text == b"* you are honest",
    },
    Subject {
        handler: "chat",
        config: r#"{ "mode": "talk", "ending": "\n" }"#,
        says: b"hello",
        hears: |text| text == b"hello",
    },
    Subject {
        handler: "auth",
        config: r#"{ "secret": { "insecure": "key" }, "encoding": "hex" }"#,
        says: b"",
        hears: |text| text.len() == 64 && text.iter().all(u8::is_ascii_hexdigit),
    },
    Subject {
        handler: "auth",
        config: r#"{ "mode": "login", "secret": { "insecure": "key" }, "hash": { "memory-kib": 8, "passes": 1 } }"#,
        says: b"",
        hears: |text| text == b"name: ",
    },
    Subject {
        handler: "file",
        config: r#"{ "do": "upload", "root": "root" }"#,
        says: br#"{"op":"put","name":"..","size":1}"#,
        hears: |text| text.starts_with(br#"{"error":"bad-name""#),
    },
    Subject {
        handler: "file",
        config: r#"{ "do": "download", "root": "root" }"#,
        // A name that no request of the flood can spell: whoever may put, may also replace.
        says: br#"{"op":"get","name":"only-read"}"#,
        hears: |text| text.starts_with(br#"{"ok":true,"size":9"#),
    },
    Subject {
        handler: "file",
        config: r#"{ "do": "offer", "root": "root" }"#,
        says: b"honest/4",
        hears: |text| text == b"y",
    },
    Subject {
        handler: "file",
        config: r#"{ "do": "small-upload", "root": "root" }"#,
        says: br#"{"opt":"put","filename":"honest","content":"text"}"#,
        hears: |text| text.starts_with(br#"{"ok":true,"size":4"#),
    },
    Subject {
        handler: "file",
        config: r#"{ "do": "browse", "root": "root" }"#,
        says: b"pwd",
        hears: |text| text == b"/",
    },
];

/// Words of all conversations, whole, cut, repeated and joined at random.
const PIECES: &[&str] = &[
    "say ",
    "sh -c 'kill -9 $PPID'",
    "'",
    "\"",
    "$(reboot)",
    "\0",
    "\n",
    "\r\n",
    "q",
    "/name ",
    "/join ",
    "/to ",
    "/say ",
    "/leave",
    "honest",
    "auth",
    "ok",
    "bad",
    "user",
    "password: ",
    "key",
    "{",
    "}",
    "[",
    r#"{"op":"put","name":""#,
    r#"{"op":"get","name":""#,
    r#"{"opt":"put","filename":""#,
    r#"","size":"#,
    r#"","content":""#,
    r#","offset":"#,
    "18446744073709551615",
    "-1",
    "1e30",
    "4",
    r#""}"#,
    "../",
    "..",
    "/",
    "/etc/passwd",
    "kept",
    "outside",
    ".wirebench-0",
    "cd ",
    "ls",
    "pwd",
    "\u{1b}]0;x\u{7}",
    "\u{202e}",
    "%s%n",
    "y",
    "n",
    "a/4",
    "*",
    ": ",
];

/// What a conversation begins with, with places for something hostile.
const OPENINGS: &[&str] = &[
    r#"{"op":"put","name":"<name>","size":<size>}"#,
    r#"{"op":"put","name":"<name>","size":<size>,"wait":true,"trailer":"md5"}"#,
    r#"{"op":"get","name":"<name>","offset":<size>}"#,
    r#"{"op":"get","name":"<name>","trailer":true}"#,
    r#"{"opt":"put","filename":"<name>","content":"<name>"}"#,
    "<name>/<size>",
    "cd <name>",
    "say <name>",
    "/name <name>",
    "/join <name>",
    "/to <name> <size>",
];

const NAMES: &[&str] =
    &["a", "kept", "..", "/etc/passwd", "../outside", "", ".", ".wirebench-0", "a\\u0000", "b c"];

const SIZES: &[&str] = &["0", "1", "4", "-1", "1e30", "1073741824000", "18446744073709551615"];

/// The largest memory that a side may take, in KiB: some times what it has at rest.
const MAX_RESIDENT: u64 = 128 << 10;

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ (word >> 31)) % end as u64) as usize
    }

    fn request(&mut self) -> Vec<u8> {
        match self.below(20) {
            0 => Vec::new(),
            1 => (0..self.below(300)).map(|_| self.below(256) as u8).collect(),
            2 => vec![b"q/[ \0"[self.below(5)]; self.below(60_000)],
            3..10 => {
                let (name, size) = (NAMES[self.below(NAMES.len())], SIZES[self.below(SIZES.len())]);
                let opening = OPENINGS[self.below(OPENINGS.len())];
                opening.replace("<name>", name).replace("<size>", size).into_bytes()
            }
            _ => {
                let words = (0..=self.below(6)).map(|_| PIECES[self.below(PIECES.len())]);
                let mut text: Vec<u8> = words.collect::<String>().into_bytes();
                if self.below(6) == 0 {
                    text.truncate(self.below(text.len() + 1));
                }
                text
            }
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a short body");
    [&length.to_be_bytes()[..], body].concat()
}

/// Sends so many of them, over as many connections as it takes: each may end its session, and then
/// what comes behind it is not heard.
fn flood(serve: &Serve, numbers: &mut Numbers, requests: usize) {
    let mut sent = 0;
    while sent < requests {
        let mut peer = serve.connect();
        let mut answers = peer.try_clone().expect("a second descriptor");
        let reader = std::thread::spawn(move || {
            // To the end, or to the reset that unread requests make.
            let _ = std::io::copy(&mut answers, &mut std::io::sink());
        });
        for _ in 0..=numbers.below(60).min(requests - sent) {
            let request = framed(&numbers.request());
            sent += 1;
            if peer.write_all(&request).is_err() {
                break;
            }
        }
        if numbers.below(3) == 0 {
            // Gone with a request under way.
            let _ = peer.write_all(&framed(b"never whole")[..9]);
            let _ = peer.shutdown(std::net::Shutdown::Both);
        } else {
            let _ = peer.shutdown(std::net::Shutdown::Write);
        }
        reader.join().expect("it reads");
    }
}

#[track_caller]
fn an_honest_client_is_served(serve: &Serve, subject: &Subject, seed: u64) {
    let mut peer = serve.connect();
    if !subject.says.is_empty() {
        peer.write_all(&framed(subject.says)).expect("it is read");
    }
    let mut last = None;
    // What others still say in its room may come first.
    let fine = (0..10_000).map_while(|_| read_frame(&mut peer)).any(|text| {
        let fine = (subject.hears)(&text);
        last = Some(String::from_utf8_lossy(&text).into_owned());
        fine
    });
    assert!(fine, "seed {seed}: {} {}: {last:?}", subject.handler, subject.config);
}

/// The most memory that the server's side has had resident, in KiB.
fn most_resident(bench: &Bench) -> u64 {
    let side = &await_verb(bench, "__side", 1)[0];
    let status = std::fs::read_to_string(format!("/proc/{}/status", side.pid)).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is told");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[track_caller]
fn survives(subject: &Subject, requests: usize, seed: u64) {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join("root")).expect("a folder");
    bench.write("root/kept", "kept");
    bench.write("root/only-read", "only read");
    bench.write("outside", "untouched");
    let (handler, config) = (subject.handler, subject.config);
    let framing = ["--framing", "len32be", "--config", config];
    let serve = Serve::start(&bench, &[&["--handler", handler], &framing[..]].concat());
    let mut numbers = Numbers(seed);
    for _ in 0..2 {
        flood(&serve, &mut numbers, requests / 2);
        an_honest_client_is_served(&serve, subject, seed);
    }
    let resident = most_resident(&bench);
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "seed {seed}: {handler} {config}: {ran}");
    assert!(resident < MAX_RESIDENT, "seed {seed}: {handler} {config}: {resident} KiB");
    let mut outside = String::new();
    let mut file = std::fs::File::open(bench.folder().join("outside")).expect("it is still there");
    file.read_to_string(&mut outside).expect("text");
    assert_eq!(outside, "untouched", "seed {seed}: {handler} {config}");
    let mut names: Vec<_> = std::fs::read_dir(bench.folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["outside", "root", "tmp"], "seed {seed}: {handler} {config}");
    nothing_is_left(&bench);
}

#[test]
fn hostile_requests_cost_nobody_else() {
    for (seed, subject) in (1..).zip(SUBJECTS) {
        survives(subject, 300, seed);
    }
}

#[test]
#[ignore = "slow: ten thousand requests to each of eleven servers"]
fn ten_thousand_hostile_requests_cost_nobody_else() {
    for (seed, subject) in (101..).zip(SUBJECTS) {
        survives(subject, 10_000, seed);
    }
}
