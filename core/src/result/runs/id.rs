//! The names of runs: the moment that each began, and a number where several began in one second.

use crate::result::journal::SAME_SECOND;
use jiff::Timestamp;

/// The length of a moment: `20261120T214500Z`.
const MOMENT: usize = 16;

/// The name of a run's folder. They sort as the runs began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId {
    began: i64,
    number: u32,
    text: String,
}

impl RunId {
    /// Reads a name; `None`: no run of ours is called so.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (moment, rest) = text.split_at_checked(MOMENT)?;
        let form = moment.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
        let number = match rest.strip_prefix('-') {
            None if rest.is_empty() => 1,
            None => return None,
            Some(number) => number.parse().ok().filter(|read: &u32| {
                (2..=SAME_SECOND).contains(read) && read.to_string() == number
            })?,
        };
        let began = moment.parse::<Timestamp>().ok().filter(|_| form)?.as_second();
        Some(Self { began, number, text: text.to_owned() })
    }

    /// The name.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// When it began, in seconds since 1970.
    pub(super) fn began(&self) -> i64 {
        self.began
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_by_its_moment_and_a_number() {
        let read = |text| RunId::read(text).map(|id| (id.began, id.number));
        assert_eq!(read("20261120T214500Z"), Some((1_795_211_100, 1)));
        assert_eq!(read("20261120T214500Z-2"), Some((1_795_211_100, 2)));
        assert_eq!(read("20261120T214500Z-1000"), Some((1_795_211_100, 1000)));
        for text in [
            "latest",
            "",
            "20261120T214500",
            "20261120T214500z",
            "2026-11-20T21:45:00Z",
            "20261320T214500Z",
            "20261120T214500Z-",
            "20261120T214500Z-1",
            "20261120T214500Z-02",
            "20261120T214500Z-1001",
            "20261120T214500Z-2x",
            "20261120T214500Z.old",
            "+0261120T214500Z",
            "ä261120T214500Z-",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_newest_is_the_last() {
        let names =
            ["20251120T214500Z", "20261120T214500Z", "20261120T214500Z-9", "20261120T214500Z-10"];
        let ids: Vec<RunId> = names.iter().filter_map(|name| RunId::read(name)).collect();
        assert_eq!(ids.len(), names.len());
        assert!(ids.is_sorted());
    }
}
