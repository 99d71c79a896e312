//! Whatever arrives: answered once, in order, and nothing is left.

use super::declared;

/// A seeded stream of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

#[test]
fn any_request_gets_exactly_one_answer() {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut numbers = Numbers(SEED);
    let whole: [&[u8]; 6] =
        [b"tell a", b"upper 'b c'", b"nothing", b"rm -rf x", b"", b"tell \xc4\xe3"];
    let mut bench = declared(r#", "request-end": "", "max-request": "64 B""#);
    let session = bench.kit.open().unwrap();
    for case in 1..=3_000 {
        let request = match numbers.below(8) {
            // Commands are dear: most cases are refused.
            0 => whole[numbers.below(6) as usize].to_vec(),
            1 => vec![b'x'; numbers.below(1_000) as usize],
            2 => {
                let one = whole[numbers.below(6) as usize];
                one[..numbers.below(one.len() as u64 + 1) as usize].to_vec()
            }
            _ => (0..numbers.below(40)).map(|_| numbers.below(256) as u8).collect(),
        };
        bench.kit.message(session, case, &request).unwrap();
        bench.wait(case);
        assert_eq!(bench.kit.sent()[case as usize - 1].token, case, "seed {SEED}: {request:?}");
    }
    assert_eq!(bench.kit.sent_count(), 3_000);
    assert!(bench.kit.closed().is_empty());
    let kinds = ["unknown-command", "refused", "malformed-request", "commands"];
    assert!(kinds.iter().all(|kind| bench.counted(kind) > 10), "seed {SEED}: not all were tried");
}
