//! The framing without a host: its bytes, what it refuses, and torture.

use wirebench___ident__::{Checked, Settings};

use wirebench_sdk::kit::{Torture, decode, encode};
use wirebench_sdk::{EncodeError, PluginFraming, Role, Size};

fn framing() -> Checked {
    Checked::new(Settings::default(), Role::Server).expect("the defaults are right")
}

fn frame(message: &[u8]) -> Vec<u8> {
    encode(&mut framing(), message).expect("it is short enough")
}

#[test]
fn a_frame_is_a_magic_byte_the_length_a_checksum_and_the_message() {
    assert_eq!(frame(b"123456789"), *b"\xb5\x00\x00\x09\xd5123456789");
    assert_eq!(frame(b""), [0xb5, 0, 0, 0, 0]);
}

#[test]
fn messages_arrive_however_the_stream_is_cut() {
    let stream = [frame(b"hello"), frame(b""), frame(&[0xb5; 300])].concat();
    let expected = [b"hello".to_vec(), Vec::new(), vec![0xb5; 300]];
    for cut in 0..=stream.len() {
        let (one, other) = stream.split_at(cut);
        assert_eq!(
            decode(&mut framing(), &[one, other]).as_deref(),
            Ok(&expected[..]),
            "{cut}"
        );
    }
}

#[test]
fn no_flipped_bit_is_taken_for_a_message() {
    let whole = frame(b"a message of some length");
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let read = decode(&mut framing(), &[&damaged]);
            assert!(
                read.is_err(),
                "bit {bit} of byte {at} was flipped, and came through: {read:?}"
            );
        }
    }
}

#[test]
fn a_length_over_the_limit_is_refused_before_anything_is_waited_for() {
    let small = Settings {
        max: Size::from_bytes(4),
    };
    let mut small = Checked::new(small, Role::Server).expect("4 bytes are allowed");
    assert_eq!(
        encode(&mut small, b"12345"),
        Err(EncodeError::TooLong { max: 4 })
    );
    let error = decode(&mut small, &[&[0xb5, 0, 0, 5, 0]]).expect_err("5 bytes are too many");
    assert!(error.text.contains("over `max` of 4"), "{error:?}");
}

#[test]
fn a_limit_that_24_bits_do_not_hold_is_refused() {
    for bytes in [0, 1 << 24] {
        let refused = Checked::new(
            Settings {
                max: Size::from_bytes(bytes),
            },
            Role::Client,
        );
        assert_eq!(
            refused.err().map(|error| error.pointer().to_owned()),
            Some("/max".into())
        );
    }
}

/// Every cut, damaged headers, garbage, truncation: what `wirebench torture` tries, in memory.
#[test]
fn it_survives_torture() {
    Torture::new("{}").check::<Checked>();
    Torture::new(r#"{"max": "300 B"}"#).check::<Checked>();
}
