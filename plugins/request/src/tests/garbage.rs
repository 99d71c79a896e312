//! Whatever a server says, in whatever pieces, the client stays sane.

use crate::Request;
use std::time::Duration;
use wirebench_sdk::kit::{self, Answer};

const CONFIGS: [&str; 8] = [
    r#"{"requests": [{"send": "x", "expect": "y"}]}"#,
    r#"{"requests": [{"send": "x", "expect": {"json": {"path": "/a"}}}], "ends": {"after": "\r\n"}}"#,
    r#"{"requests": [{"send": "x"}], "ends": "http", "max-answer": 100}"#,
    r#"{"requests": [{"send": "x"}, {"send": "y", "answer": "none"}], "ends": "resp"}"#,
    r#"{"requests": [{"send": "x"}], "ends": "reply-lines", "greeting": {"prefix": "2"},
        "before": [{"send": "a", "expect": {"prefix": "250"}}]}"#,
    r#"{"requests": [{"send": "{token}", "answer": "maybe", "wait": "1ms"}],
        "correlate": {"field": "u8"}, "ends": {"length": "u16le", "at": 1}}"#,
    r#"{"requests": [{"send": "x", "ends": {"until": "250|[0-9]\n"}}, {"send": "y"}],
        "ends": {"bytes": 5}}"#,
    r#"{"requests": [{"send": "x", "answer": "maybe", "wait": "2ms"}], "ends": {"message": "\n$"}}"#,
];

const WORDS: [&[u8]; 12] = [
    b"\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Content-Length: 3\r\n",
    b"250 ok\r\n",
    b"250-",
    b"*2\r\n",
    b"$3\r\n",
    b"+",
    b"\xff\x00\x03",
    b"{\"a\":",
    b"1\n",
    b"",
];

#[test]
fn any_bytes_in_any_order_leave_it_sane() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for config in CONFIGS {
        for _ in 0..40 {
            let mut kit = kit::client::<Request>(config).unwrap();
            let session = kit.open().unwrap();
            let mut token = 0;
            for _ in 0..60 {
                match random(6) {
                    0 | 1 => {
                        token += 1;
                        kit.start(session, token).unwrap();
                    }
                    2 => kit.advance(Duration::from_micros(random(3_000))).unwrap(),
                    3 => {
                        kit.answer([Answer::Sent, Answer::Full][random(2) as usize]);
                        kit.writable(session).unwrap();
                    }
                    _ => {
                        let words = (0..random(4)).map(|_| WORDS[random(12) as usize]);
                        let bytes = words.collect::<Vec<_>>().concat();
                        kit.message(session, token, &bytes).unwrap();
                    }
                }
            }
            kit.close(session).unwrap();
            let mut ended: Vec<u64> = kit.finished().iter().map(|end| end.token).collect();
            ended.sort_unstable();
            let all = ended.len();
            ended.dedup();
            assert_eq!(all, ended.len(), "{config}: an exchange ends once");
            assert!(ended.iter().all(|one| (1..=token).contains(one)), "{config}");
        }
    }
}
