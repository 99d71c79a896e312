//! Whatever bytes arrive, in whatever order, both sides stay sane, and only the right answer lets in.

use crate::Auth;
use std::time::Duration;
use wirebench_sdk::kit::{self, Answer};

const CONFIGS: [&str; 4] = [
    r#"{"secret": {"insecure": "key"}, "attempts": 0}"#,
    r#"{"secret": {"insecure": "key"}, "encoding": "hex", "accepted": false}"#,
    r#"{"secret": {"insecure": "key"}, "mac": "hmac-md5", "rejected": false, "greet": false}"#,
    r#"{"mode": "login", "secret": {"insecure": "key"}, "attempts": 1000000,
        "hash": {"memory-kib": 8, "passes": 1}}"#,
];

/// A small generator: the same numbers for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Bytes of any length, or a text that means something to somebody, whole or cut.
    fn message(&mut self) -> Vec<u8> {
        const TEXTS: [&[u8]; 10] = [
            b"auth",
            b"ok",
            b"rejected",
            b"name: ",
            b"password: ",
            b"welcome",
            b"wrong, again",
            b"too many attempts",
            b"user",
            b"",
        ];
        match self.below(8) {
            0..=3 => {
                let text = TEXTS[self.below(10) as usize];
                text[..text.len() - self.below(2).min(text.len() as u64) as usize].to_vec()
            }
            4 => vec![self.below(256) as u8; [16, 32, 64][self.below(3) as usize]],
            5 => vec![b'0'; self.below(70_000) as usize],
            _ => (0..self.below(100)).map(|_| self.below(256) as u8).collect(),
        }
    }
}

#[test]
fn garbage_never_gets_in_and_never_breaks_a_server() {
    for (seed, config) in (1..).zip(CONFIGS) {
        let mut numbers = Numbers(seed);
        let mut server = kit::server::<Auth>(config).unwrap();
        server.keep_sent(false);
        let mut sessions = [0; 3].map(|_| server.open().unwrap());
        for step in 0..1_500 {
            let at = numbers.below(3) as usize;
            let message = numbers.message();
            server.message(sessions[at], numbers.below(5), &message).unwrap();
            if numbers.below(4) == 0 {
                server.deliver_mail(Duration::ZERO).unwrap();
            }
            server.answer([Answer::Sent, Answer::Full, Answer::Closed][numbers.below(3) as usize]);
            server.writable(sessions[at]).unwrap();
            if server.closed().last() == Some(&sessions[at]) || numbers.below(50) == 0 {
                server.close(sessions[at]).unwrap();
                sessions[at] = server.open().unwrap();
            }
            assert_eq!(server.counted("accepted").unwrap().0, 0, "seed {seed}, step {step}");
        }
        let refused = server.counted("rejected").unwrap().0;
        assert!(refused > 0, "seed {seed}: nothing was ever refused");
    }
}

#[test]
fn garbage_never_satisfies_and_never_breaks_a_client() {
    for (seed, config) in (11..).zip(CONFIGS) {
        let mut numbers = Numbers(seed);
        let mut client = kit::client::<Auth>(config).unwrap();
        client.keep_sent(false);
        let mut sessions = [0; 3].map(|_| client.open().unwrap());
        for token in 1..1_500 {
            let at = numbers.below(3) as usize;
            client.start(sessions[at], token).unwrap();
            for _ in 0..numbers.below(4) {
                // Never what a content server says.
                let message = numbers.message();
                if message != b"ok" && message != b"welcome" {
                    client.message(sessions[at], numbers.below(token + 2), &message).unwrap();
                }
            }
            client.advance(Duration::from_millis(numbers.below(400))).unwrap();
            client.answer([Answer::Sent, Answer::Full, Answer::Closed][numbers.below(3) as usize]);
            client.writable(sessions[at]).unwrap();
            if numbers.below(50) == 0 {
                client.close(sessions[at]).unwrap();
                sessions[at] = client.open().unwrap();
            }
        }
        let content = client.finished().iter().filter(|end| end.how == super::DONE).count();
        assert_eq!(content, 0, "seed {seed}");
        assert!(!client.finished().is_empty(), "seed {seed}: no exchange ever ended");
    }
}
