//! Which exchanges do what, by their number alone.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// A share of exchanges, in parts of a million. Written in percent, with up to four digits behind
/// the point: `"25%"`, `"0.5%"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share(u64);

const WHOLE: u64 = 1_000_000;

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Share;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a share from \"0%\" to \"100%\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Share, E> {
                parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

fn parse(text: &str) -> Option<Share> {
    let number = text.strip_suffix('%')?.trim_end_matches(' ');
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 3) || !digits(fraction, 4) {
        return None;
    }
    let parts =
        whole.parse::<u64>().ok()? * 10_000 + format!("{fraction:0<4}").parse::<u64>().ok()?;
    (parts <= WHOLE).then_some(Share(parts))
}

/// What the client does in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// It holds the right key.
    Right,
    /// It holds a wrong one.
    WrongKey,
    /// It repeats an old answer, or mistypes its password once.
    Odd,
}

/// The shares of exchanges that do not simply hold the right key.
///
/// They are spread evenly: of any run of consecutive exchanges that a share divides without rest,
/// exactly that share has the intent. So counts are exact, wherever warm-up ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shares {
    wrong_key: u64,
    odd: u64,
}

impl Shares {
    /// `None`: together they are more than all.
    pub(crate) fn new(wrong_key: Share, odd: Share) -> Option<Self> {
        (wrong_key.0 + odd.0 <= WHOLE).then_some(Self { wrong_key: wrong_key.0, odd: odd.0 })
    }

    /// What exchange `token` does.
    pub(crate) fn intent(&self, token: u64) -> Intent {
        let either = self.wrong_key + self.odd;
        let before = upto(token.saturating_sub(1), either, WHOLE);
        let number = upto(token, either, WHOLE);
        if number == before {
            return Intent::Right;
        }
        // The `number`-th that is not simply right.
        match upto(number, self.wrong_key, either) - upto(before, self.wrong_key, either) {
            0 => Intent::Odd,
            _ => Intent::WrongKey,
        }
    }
}

/// How many of the first `count` belong to a share of `part` in `of`.
fn upto(count: u64, part: u64, of: u64) -> u64 {
    (u128::from(count) * u128::from(part) / u128::from(of.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(text: &str) -> Share {
        parse(text).unwrap()
    }

    #[test]
    fn shares_are_percentages() {
        assert_eq!(share("25%"), Share(250_000));
        assert_eq!(share("0.5 %"), Share(5_000));
        assert_eq!(share("100%"), Share(WHOLE));
        assert_eq!(share("0.0001%"), Share(1));
        for text in ["", "%", "25", "101%", "-1%", "1.00001%", "1.%", ".5%", "1e1%", "9999%"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn counts_are_exact_wherever_counting_begins() {
        let shares = Shares::new(share("25%"), share("10%")).unwrap();
        for first in 1..200 {
            let intents: Vec<_> = (first..first + 400).map(|token| shares.intent(token)).collect();
            let count = |intent| intents.iter().filter(|one| **one == intent).count();
            let counts = (count(Intent::Right), count(Intent::WrongKey), count(Intent::Odd));
            assert_eq!(counts, (260, 100, 40), "from {first}");
        }
    }

    #[test]
    fn the_ends_are_none_and_all() {
        let none = Shares::default();
        let all = Shares::new(share("100%"), Share(0)).unwrap();
        let odd = Shares::new(Share(0), share("100%")).unwrap();
        for token in [0, 1, 2, 999, u64::MAX - 1, u64::MAX] {
            assert_eq!(none.intent(token), Intent::Right);
            if token > 0 {
                assert_eq!(all.intent(token), Intent::WrongKey, "{token}");
                assert_eq!(odd.intent(token), Intent::Odd, "{token}");
            }
        }
        assert!(Shares::new(share("60%"), share("41%")).is_none());
    }

    #[test]
    fn wrong_keys_are_spread_evenly() {
        let shares = Shares::new(share("25%"), Share(0)).unwrap();
        let wrong: Vec<u64> =
            (1..=12).filter(|token| shares.intent(*token) == Intent::WrongKey).collect();
        assert_eq!(wrong, [4, 8, 12]);
    }
}
