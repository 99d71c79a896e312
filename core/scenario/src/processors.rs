//! Lists of processors, as the kernel, `taskset` and `isolcpus` write them: `2-3,6`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::{self, Display, Formatter};

/// The highest number of a processor: a set of processors has room for so many.
const HIGHEST: usize = 1_023;

/// The longest text that is read, in bytes: every second processor by itself.
pub(super) const LONGEST: usize = 4_096;

/// What a list looks like, in sentences.
pub(super) const FORMS: &str = "numbers and ranges of processors, such as `\"2-3,6\"`";

/// A regular expression for the text of a list.
pub(super) const PATTERN: &str =
    r"^\s*[0-9]{1,4}(\s*-\s*[0-9]{1,4})?(\s*,\s*[0-9]{1,4}(\s*-\s*[0-9]{1,4})?)*\s*$";

/// One processor or more, each once, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessorList(Vec<usize>);

impl ProcessorList {
    /// Reads a list such as `2-3,6`. The error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("the list is longer than {LONGEST} bytes"));
        }
        let mut named = vec![false; HIGHEST + 1];
        for part in text.split(',').map(str::trim) {
            let (first, last) = range(part)?;
            for (number, named) in named.iter_mut().enumerate().take(last + 1).skip(first) {
                if std::mem::replace(named, true) {
                    return Err(format!("processor {number} is named twice"));
                }
            }
        }
        let numbers = named.iter().enumerate().filter(|(_, named)| **named);
        Ok(Self(numbers.map(|(number, _)| number).collect()))
    }

    /// A list of these; `None`: there is none, or one that no list can name.
    pub fn of(numbers: impl IntoIterator<Item = usize>) -> Option<Self> {
        let mut numbers: Vec<usize> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let fits = numbers.last().is_some_and(|last| *last <= HIGHEST);
        fits.then_some(Self(numbers))
    }

    /// The numbers, in ascending order.
    pub fn numbers(&self) -> &[usize] {
        &self.0
    }

    /// True when it names this processor.
    pub fn contains(&self, processor: usize) -> bool {
        self.0.binary_search(&processor).is_ok()
    }

    /// Those that both lists name; `None`: they have none in common.
    pub fn shared_with(&self, other: &Self) -> Option<Self> {
        Self::of(self.0.iter().copied().filter(|one| other.contains(*one)))
    }

    /// Those of it that are not among `others`; `None`: all of them are.
    pub fn without(&self, others: &[usize]) -> Option<Self> {
        Self::of(self.0.iter().copied().filter(|one| !others.contains(one)))
    }

    /// `processor 3`, or `processors 2-3,6`.
    pub fn spoken(&self) -> String {
        let noun = if self.0.len() == 1 { "processor" } else { "processors" };
        format!("{noun} {self}")
    }
}

/// First and last of `2` or of `2-3`.
fn range(part: &str) -> Result<(usize, usize), String> {
    let number = |text: &str| {
        let text = text.trim();
        let digits =
            !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|number| digits && *number <= HIGHEST)
    };
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok((first, last)),
        (Some(_), Some(_)) => Err(format!("`{part}` runs from the lower number to the higher")),
        _ if part.is_empty() => Err("a number is missing".to_owned()),
        _ => {
            let shown: String = part.chars().take(20).collect();
            Err(format!("`{shown}` is neither a number from 0 to {HIGHEST} nor a range of them"))
        }
    }
}

/// As the kernel writes it: ranges where numbers follow each other.
impl Display for ProcessorList {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_slice();
        let mut comma = "";
        while let [first, ..] = rest {
            let run = rest.iter().zip(*first..).take_while(|(one, next)| **one == *next).count();
            match run {
                1 => write!(f, "{comma}{first}")?,
                _ => write!(f, "{comma}{first}-{}", first + run - 1)?,
            }
            (rest, comma) = (&rest[run..], ",");
        }
        Ok(())
    }
}

impl Serialize for ProcessorList {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProcessorList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_the_kernel_writes_it() {
        for (text, numbers, written) in [
            ("0", vec![0], "0"),
            ("2-3,6", vec![2, 3, 6], "2-3,6"),
            (" 6 , 2 - 3 ", vec![2, 3, 6], "2-3,6"),
            ("0,1,2,5,7,8", vec![0, 1, 2, 5, 7, 8], "0-2,5,7-8"),
            ("1023", vec![1_023], "1023"),
        ] {
            let list = ProcessorList::read(text).unwrap();
            assert_eq!(list.numbers(), numbers, "{text}");
            assert_eq!(list.to_string(), written, "{text}");
            assert_eq!(serde_json::to_value(&list).unwrap(), written);
            assert_eq!(serde_json::from_value::<ProcessorList>(written.into()).unwrap(), list);
        }
    }

    #[test]
    fn what_is_no_list_is_told() {
        for (text, told) in [
            ("", "a number is missing"),
            ("1,,2", "a number is missing"),
            ("2-3,3", "processor 3 is named twice"),
            ("3-2", "from the lower number to the higher"),
            ("-1", "neither a number"),
            ("+1", "neither a number"),
            ("0-1024", "neither a number from 0 to 1023"),
            ("99999999999999999999", "neither a number"),
            ("0-8:2", "neither a number"),
            ("all", "neither a number"),
        ] {
            let wrong = ProcessorList::read(text).unwrap_err();
            assert!(wrong.contains(told), "{text:?}: {wrong}");
        }
        assert!(ProcessorList::read(&"1,".repeat(10_000)).is_err());
        assert!(serde_json::from_str::<ProcessorList>("\"7-\"").is_err());
        assert_eq!(ProcessorList::of([]), None);
        assert_eq!(ProcessorList::of([4_096]), None);
    }

    #[test]
    fn lists_are_held_against_each_other() {
        let [one, other] = ["2-4", "4-5"].map(|text| ProcessorList::read(text).unwrap());
        assert_eq!(one.shared_with(&other).unwrap().spoken(), "processor 4");
        assert_eq!(one.without(&[2, 9]).unwrap().spoken(), "processors 3-4");
        assert_eq!(one.without(&[2, 3, 4]), None);
        assert_eq!(ProcessorList::read("0").unwrap().shared_with(&one), None);
    }
}
