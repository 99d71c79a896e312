//! Which exchanges do what, by their number alone.

use wirebench_sdk::Share;

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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shares {
    wrong_key: u64,
    odd: u64,
    whole: u64,
}

impl Shares {
    /// `None`: together they are more than all.
    pub(crate) fn new(wrong_key: Share, odd: Share) -> Option<Self> {
        let (wrong_key, odd) = (wrong_key.parts(), odd.parts());
        // In lowest terms: small numbers are divided faster.
        let common = gcd(gcd(Share::PARTS, wrong_key), odd);
        (wrong_key + odd <= Share::PARTS).then_some(Self {
            wrong_key: wrong_key / common,
            odd: odd / common,
            whole: Share::PARTS / common,
        })
    }

    /// What exchange `token` does.
    pub(crate) fn intent(&self, token: u64) -> Intent {
        let either = self.wrong_key + self.odd;
        let before = upto(token.saturating_sub(1), either, self.whole);
        let number = upto(token, either, self.whole);
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

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How many of the first `count` belong to a share of `part` in `of`.
fn upto(count: u64, part: u64, of: u64) -> u64 {
    (u128::from(count) * u128::from(part) / u128::from(of.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(text: &str) -> Share {
        text.parse().unwrap()
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
        let none = Shares::new(Share::NONE, Share::NONE).unwrap();
        let all = Shares::new(Share::ALL, Share::NONE).unwrap();
        let odd = Shares::new(Share::NONE, Share::ALL).unwrap();
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
        let shares = Shares::new(share("25%"), Share::NONE).unwrap();
        let wrong: Vec<u64> =
            (1..=12).filter(|token| shares.intent(*token) == Intent::WrongKey).collect();
        assert_eq!(wrong, [4, 8, 12]);
    }
}
