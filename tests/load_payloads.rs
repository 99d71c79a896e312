//! Payloads are a pure function of seed and exchange, unique from 16 bytes up, and stay what they
//! are for ever.

use std::collections::HashSet;
use wirebench::load::{PayloadAlphabet, Payloads, Sizes, order};

const BYTES: PayloadAlphabet = PayloadAlphabet::Bytes;
const TEXT: PayloadAlphabet = PayloadAlphabet::Text;

fn of(seed: u64, size: u64, alphabet: PayloadAlphabet) -> Payloads {
    Payloads::new(seed, &Sizes::Constant(size), alphabet, None)
}

#[test]
fn the_same_seed_sends_the_same_bytes_for_ever() {
    // These values may never change: results of different versions would no longer compare.
    let text = |n| String::from_utf8(of(42, 32, TEXT).get(n).to_vec()).expect("text");
    assert_eq!(text(1), GOLDEN_TEXT[0]);
    assert_eq!(text(2), GOLDEN_TEXT[1]);
    assert_eq!(text(u64::MAX), GOLDEN_TEXT[2]);
    let hex = |n| of(42, 16, BYTES).get(n).iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hex(1), GOLDEN_HEX[0]);
    assert_eq!(hex(2), GOLDEN_HEX[1]);
    assert_eq!(order(42, 0, 8), GOLDEN_ORDER[0]);
    assert_eq!(order(42, 1, 8), GOLDEN_ORDER[1]);
}

const GOLDEN_TEXT: [&str; 3] = [
    "epicehcecndiibaj6WqJFLoqc5XYv1s4",
    "gfhhkmdmdfffnhidK9X70nsTySv0Fj63",
    "hnehacldoilgalko1IUSA1Sad9cw44Nm",
];
const GOLDEN_HEX: [&str; 2] =
    ["f4287442d2831890060c7ed80bcbaa36", "5677cac353557d38b98acb17ca506c49"];
const GOLDEN_ORDER: [[usize; 8]; 2] = [[6, 2, 7, 4, 5, 3, 0, 1], [7, 3, 2, 4, 0, 1, 5, 6]];

#[test]
fn the_order_of_asking_does_not_matter() {
    for alphabet in [BYTES, TEXT] {
        let sizes = Sizes::Uniform(0, 300);
        let mut forward = Payloads::new(7, &sizes, alphabet, None);
        let mut backward = forward.clone();
        let first: Vec<Vec<u8>> = (0..5000).map(|n| forward.get(n).to_vec()).collect();
        for n in (0..5000).rev() {
            assert_eq!(backward.get(n), first[n as usize], "payload {n}");
        }
    }
}

#[test]
fn payloads_of_16_bytes_are_all_different() {
    for alphabet in [BYTES, TEXT] {
        let mut payloads = of(3, 16, alphabet);
        let mut seen = HashSet::new();
        assert!((0..200_000).all(|n| seen.insert(payloads.get(n).to_vec())));
    }
}

#[test]
fn another_seed_sends_other_bytes() {
    for alphabet in [BYTES, TEXT] {
        assert_ne!(of(1, 64, alphabet).get(1), of(2, 64, alphabet).get(1));
    }
}

#[test]
fn text_is_printable_and_holds_no_backslash_or_line_end() {
    let mut payloads = of(5, 3000, TEXT);
    for n in 0..200 {
        let payload = payloads.get(n);
        let ok = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        assert!(payload.iter().all(ok), "payload {n}");
    }
}

#[test]
fn bytes_hold_every_byte() {
    let seen: HashSet<u8> = of(5, 8000, BYTES).get(1).iter().copied().collect();
    assert_eq!(seen.len(), 256);
}

#[test]
fn every_size_is_kept_to_the_byte() {
    for size in [0, 1, 7, 8, 15, 16, 17, 64, 1024, 1 << 20] {
        for alphabet in [BYTES, TEXT] {
            let mut payloads = of(9, size, alphabet);
            for n in [0, 1, 2, 1000, u64::MAX] {
                assert_eq!(payloads.get(n).len() as u64, size);
            }
        }
    }
}

#[test]
fn a_cycle_of_sizes_begins_with_the_first_exchange() {
    let mut payloads = Payloads::new(1, &Sizes::Cycle(vec![5, 10, 20]), BYTES, None);
    let sizes: Vec<usize> = (1..=7).map(|n| payloads.get(n).len()).collect();
    assert_eq!(sizes, [5, 10, 20, 5, 10, 20, 5]);
    let mut none = Payloads::new(1, &Sizes::Cycle(vec![]), BYTES, None);
    assert_eq!(none.get(1).len(), 0);
}

#[test]
fn uniform_sizes_reach_both_ends_and_nothing_beyond() {
    for sizes in [Sizes::Uniform(10, 20), Sizes::Uniform(20, 10)] {
        let payloads = Payloads::new(1, &sizes, BYTES, None);
        let mut counts = [0; 21];
        (0..11_000).for_each(|n| counts[payloads.size(n)] += 1);
        assert!(counts[..10].iter().all(|count| *count == 0));
        assert!(counts[10..].iter().all(|count| (800..1200).contains(count)), "{counts:?}");
    }
}

#[test]
fn the_content_of_a_file_is_sent_as_it_is() {
    let sizes = Sizes::File("/some/file".into());
    let mut payloads = Payloads::new(1, &sizes, TEXT, Some(b"a\nb\\".to_vec()));
    assert_eq!(payloads.get(1), b"a\nb\\");
    assert_eq!(payloads.get(2), b"a\nb\\");
    assert_eq!(payloads.size(1), 4);
    assert_eq!(Payloads::new(1, &sizes, TEXT, None).get(1), b"");
}

#[test]
fn every_round_visits_every_cell_once_in_an_order_of_its_own() {
    let mut orders = HashSet::new();
    for round in 0..50 {
        let order = order(1, round, 20);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
        orders.insert(order);
    }
    assert_eq!(orders.len(), 50);
    assert_eq!((order(1, 0, 0), order(1, 0, 1)), (vec![], vec![0]));
}

#[test]
fn every_cell_comes_first_about_equally_often() {
    let mut first = [0; 5];
    (0..5000).for_each(|round| first[order(11, round, 5)[0]] += 1);
    assert!(first.iter().all(|count| (850..1150).contains(count)), "{first:?}");
}

#[test]
fn the_lines_of_a_file_come_in_turn_without_their_ends() {
    let content = b"one\r\n\ntwo\nlast".to_vec();
    let mut lines = Payloads::new(1, &Sizes::Lines("/some/file".into()), BYTES, Some(content));
    let expected: [&[u8]; 6] = [b"one", b"", b"two", b"last", b"one", b""];
    for (n, line) in (1..).zip(expected) {
        assert_eq!(lines.get(n), line, "{n}");
        assert_eq!(lines.size(n), line.len(), "{n}");
    }
    assert_eq!(Payloads::new(1, &Sizes::Lines("/x".into()), BYTES, None).get(1), b"");
}

#[test]
fn a_script_has_what_was_given_for_an_exchange_and_nothing_else() {
    let mut script = Payloads::scripted();
    script.give(7, b"hello".to_vec());
    assert_eq!(script.get(7), b"hello");
    assert_eq!(script.get(8), b"");
    script.forget(7);
    assert_eq!(script.get(7), b"");
}

#[test]
fn a_payload_is_told_from_everything_else() {
    for (alphabet, sizes) in
        [(BYTES, Sizes::Uniform(0, 40)), (TEXT, Sizes::Cycle(vec![0, 7, 16, 33]))]
    {
        let mut payloads = Payloads::new(11, &sizes, alphabet, None);
        let mut other = payloads.clone();
        for n in 1..500 {
            let message = other.get(n).to_vec();
            assert!(payloads.is(n, &message), "payload {n}");
            assert!(
                !payloads.is(n, &[&message[..], b"x"].concat()),
                "one byte more than payload {n}"
            );
            for at in 0..message.len() {
                let mut changed = message.clone();
                changed[at] ^= 0x40;
                assert!(!payloads.is(n, &changed), "payload {n} with another byte {at}");
            }
            // To ask for one in between stamps the pattern, and changes nothing.
            let _ = payloads.get(n * 7);
        }
    }
}
