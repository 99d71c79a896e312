//! Whatever bytes arrive, in whatever order: no panic, no endless answer, no file left.

use super::{Pair, names};
use std::time::Duration;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

const NAMES: [&str; 8] = ["a", "b c", "..", "/x", "", "a/b", ".wirebench-0", "a\\u0000"];
const SIZES: [&str; 9] =
    ["0", "1", "5", "3000", "-1", "1.5", "1073741824000", "18446744073709551615", "1e30"];

/// A message: something well formed, something broken, or noise.
fn message(random: &mut Random) -> Vec<u8> {
    let (name, size) = (NAMES[random.below(8)], SIZES[random.below(9)]);
    let text = match random.below(14) {
        0 => format!(r#"{{"op":"put","name":"{name}","size":{size}}}"#),
        1 => format!(r#"{{"op":"put","name":"{name}","size":{size},"wait":true}}"#),
        2 => format!(r#"{{"op":"put","name":"{name}","size":{size},"trailer":"md5"}}"#),
        3 => {
            let digest = "d41d8cd98f00b204e9800998ecf8427e";
            format!(r#"{{"op":"put","name":"{name}","size":{size},"digest":"{digest}"}}"#)
        }
        4 => format!(r#"{{"op":"get","name":"{name}","offset":{size}}}"#),
        5 => format!(r#"{{"op":"get","name":"{name}","trailer":true}}"#),
        6 => format!(r#"{{"op":"put","name":"{name}","content":"x"}}"#),
        7 => format!(r#"{{"ok":true,"size":{size},"offset":{size}}}"#),
        8 => r#"{"error":"too-large","text":7}"#.to_owned(),
        9 => format!("{name}/{size}"),
        10 => {
            ["ok", "bad", "y", "n", "ls", "cd a", "cd ..", "pwd", ".."][random.below(9)].to_owned()
        }
        11 => "[".repeat(random.below(3_000)),
        12 => String::new(),
        _ => {
            let len = random.below(3_000);
            return (0..len).map(|_| random.next() as u8).collect();
        }
    };
    let mut bytes = text.into_bytes();
    if random.below(4) == 0 {
        bytes.truncate(random.below(bytes.len() + 1));
    }
    bytes
}

const MODES: [&str; 14] = [
    r#""do": "upload", "file": {"size": 3000}"#,
    r#""do": "upload", "file": {"size": 3000}, "digest-at": "trailer""#,
    r#""do": "download", "file": {"size": 3000}, "name": "b c", "chunk": 1500"#,
    r#""do": "offer", "file": {"size": 3000}, "max-size": 4000"#,
    r#""do": "offer", "file": {"size": 3000}, "digest-from": "sender""#,
    r#""do": "offer", "file": {"size": 3000}, "digest-from": "sender", "confirm-by": "digest""#,
    r#""do": "offer", "file": {"size": 3000}, "confirm-by": "digest", "quiet": "1 ns""#,
    r#""do": "browse""#,
    r#""do": "browse", "start": "/", "cd-answer": "listing""#,
    r#""do": "small-upload", "file": {"size": 100}"#,
    r#""do": "upload", "file": {"size": 3000}, "go-ahead": "ok", "answer": "none""#,
    r#""do": "upload", "file": {"size": 3000}, "go-ahead": "y", "answer": "text""#,
    r#""do": "small-upload", "file": {"size": 100}, "answer": "text""#,
    r#""do": "small-upload", "file": {"size": 100}, "unframed": true"#,
];

#[test]
fn a_server_survives_anything_and_keeps_no_part() {
    for (number, mode) in MODES.iter().enumerate() {
        let mut pair = Pair::new(mode);
        for seed in 0..400_u64 {
            let mut random = Random(seed << 8 | number as u64);
            let session = pair.server.open().unwrap();
            for token in 0..20 {
                let sent = pair.server.sent_count();
                let bytes = message(&mut random);
                pair.server.message(session, token, &bytes).unwrap_or_else(|failure| {
                    panic!("{mode}, seed {seed}: {failure}");
                });
                pair.server.advance(Duration::from_nanos(1)).unwrap();
                let answers = pair.server.sent_count() - sent;
                assert!(answers <= 64, "{mode}, seed {seed}: {answers} answers to one message");
            }
            pair.server.close(session).unwrap();
            let parts: Vec<_> = names(&pair.path("server"));
            let parts: Vec<_> =
                parts.iter().filter(|name| name.starts_with(".wirebench")).collect();
            assert!(parts.is_empty(), "{mode}, seed {seed}: {parts:?}");
        }
        assert!(!pair.folder.path().join("x").exists());
    }
}

#[test]
fn a_client_survives_anything_and_finishes_each_exchange_once() {
    for (number, mode) in MODES.iter().enumerate() {
        let mut pair = Pair::new(mode);
        let mut token = 3;
        for seed in 0..400_u64 {
            let mut random = Random(seed << 8 | number as u64);
            let session = pair.client.open().unwrap();
            for _ in 0..20 {
                token += 1;
                let (bytes, known) = (message(&mut random), token - random.below(3) as u64);
                pair.client.start(session, token).unwrap();
                pair.client.message(session, known, &bytes).unwrap_or_else(|failure| {
                    panic!("{mode}, seed {seed}: {failure}");
                });
                pair.client.advance(Duration::from_nanos(1)).unwrap();
            }
            pair.client.close(session).unwrap();
            let parts = names(&pair.path("client"));
            assert!(!parts.iter().any(|name| name.ends_with(".part")), "{mode}, seed {seed}");
        }
        let mut ended: Vec<u64> = pair.client.finished().iter().map(|one| one.token).collect();
        let all = ended.len();
        ended.sort_unstable();
        ended.dedup();
        assert_eq!(ended.len(), all, "{mode}: an exchange was finished twice");
    }
}
