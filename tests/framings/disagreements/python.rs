//! Implementations from PyPI, in a process of their own that `read.py` runs in. They are installed by
//! `tests/foreign/install FOLDER`, and `WIREBENCH_TEST_FOREIGN` names that folder.

use super::mutations::{mutations, right};
use super::{Fate, Pair, Reading, http, marks, websocket};
use crate::driver::{Outcome, Subject};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A reader in a process of its own.
struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Python {
    fn new(kind: &str, max: usize) -> Self {
        let folder = std::env::var_os("WIREBENCH_TEST_FOREIGN")
            .map(PathBuf::from)
            .expect("WIREBENCH_TEST_FOREIGN names the folder that tests/foreign/install was given");
        let script =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/framings/disagreements/read.py");
        let mut child = Command::new(folder.join("bin/python"))
            .args([script, kind, &max.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is installed");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, input, output }
    }

    fn read(&mut self, stream: &[u8]) -> Reading {
        let digits: String = stream.iter().map(|byte| format!("{byte:02x}")).collect();
        let input = self.input.as_mut().expect("it is open");
        writeln!(input, "{digits}").and_then(|()| input.flush()).expect("it reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        let said: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("no answer to \"{}\"", stream.escape_ascii()));
        let bytes = |hex: &Value| -> Vec<u8> {
            let hex = hex.as_str().unwrap_or_default();
            (0..hex.len() / 2)
                .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal"))
                .collect()
        };
        let fate = match said["fate"].as_str() {
            Some("clean") => Fate::Clean,
            Some("open") => Fate::Open,
            _ => Fate::Refused,
        };
        let messages = said["messages"].as_array().expect("a list").iter().map(bytes).collect();
        Reading { messages, fate }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

fn held_against(
    other: &'static str,
    subject: Subject,
    ours: fn(Outcome) -> Reading,
    streams: impl Iterator<Item = Vec<u8>>,
) {
    let max = subject.capabilities().max as usize;
    let python = RefCell::new(Python::new(&subject.spec.kind, max));
    let theirs = |stream: &[u8]| python.borrow_mut().read(stream);
    Pair { subject, other, ours, theirs: &theirs }.agree_but_for_what_is_decided(streams);
}

fn simple(kind: &str, other: &'static str, words: &'static [&'static [u8]]) {
    let subject = Subject::new(kind, &json!({ "max": 60 }));
    let streams = right(&subject);
    held_against(other, subject, Reading::of, mutations(streams, words, 3000));
}

#[test]
#[ignore = "needs packages from PyPI"]
fn content_length_and_h11() {
    simple("content-length", "h11", http::WORDS);
}

#[test]
#[ignore = "needs packages from PyPI"]
fn chunked_and_h11() {
    simple("chunked", "h11", http::WORDS);
}

#[test]
#[ignore = "needs packages from PyPI"]
fn websocket_and_wsproto() {
    let subject = Subject::new("websocket", &json!({ "max": websocket::MAX }));
    let streams = mutations(websocket::right(), websocket::WORDS, 4000);
    held_against(
        "wsproto",
        subject,
        websocket::ours,
        streams.map(|one| websocket::with_more(&one)),
    );
}

#[test]
#[ignore = "needs packages from PyPI"]
fn resp_bulk_and_hiredis() {
    simple(
        "resp-bulk",
        "hiredis",
        &[
            b"$",
            b"\r\n",
            b"\n",
            b"\r",
            b"0",
            b"5",
            b"-1",
            b"-",
            b"+",
            b"$-1\r\n",
            b"$0\r\n\r\n",
            b"+OK\r\n",
            b":1\r\n",
            b"*1\r\n",
            b"_\r\n",
            b" ",
            b"00",
            b"$05\r\n",
            b"$+5\r\n",
            b"$61\r\n",
            b"9999999999999999999",
        ],
    );
}

#[test]
#[ignore = "needs packages from PyPI"]
fn netstring_and_pynetstring() {
    let words: &[&[u8]] =
        &[b":", b",", b"0", b"5", b"00", b"-", b"+", b" ", b"5:", b"0:,", b"1:a,", b"61:", b"x"];
    simple("netstring", "pynetstring", words);
}

#[test]
#[ignore = "needs packages from PyPI"]
fn cobs_and_the_cobs_package() {
    simple("cobs", "cobs (PyPI)", marks::WORDS);
}

#[test]
#[ignore = "needs packages from PyPI"]
fn slip_and_sliplib() {
    let words: &[&[u8]] = &[
        b"\xc0",
        b"\xdb",
        b"\xdb\xdc",
        b"\xdb\xdd",
        b"\xdb\xdb",
        b"\xdb\xc0",
        b"\xdc",
        b"\xdd",
        b"x",
    ];
    simple("slip", "sliplib", words);
}
