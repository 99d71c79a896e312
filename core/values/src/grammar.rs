//! What may be written for each kind of value, and what is said of everything else.

use crate::Share;
use crate::exact::{Problem, product};
use crate::wrong::Wrong;

/// A value as a file has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Written<'a> {
    /// Text in quotes.
    Text(&'a str),
    /// A bare whole number.
    Integer(i128),
    /// Any other bare number.
    Float(f64),
    /// What is never a value of these kinds, with its article: `a list`.
    Other(&'static str),
}

/// Longer texts are no number with a unit, and not repeated in messages.
const LONGEST: usize = 64;

/// One kind of value.
pub(crate) struct Grammar {
    /// With its article.
    kind: &'static str,
    /// What is counted, in the plural.
    counted: &'static str,
    /// The units, and how much each counts.
    units: &'static [(&'static str, u64)],
    /// What stands behind every unit.
    per: &'static str,
    /// How much a bare number counts; `None`: it needs a unit.
    bare: Option<u64>,
    /// The largest value that can be.
    most: u64,
    /// Units that may have been meant where there is none.
    usual: &'static [&'static str],
    /// How it is written, with an example.
    forms: &'static str,
}

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

pub(crate) const SIZE: Grammar = Grammar {
    kind: "a size",
    counted: "bytes",
    units: SIZES,
    per: "",
    bare: Some(1),
    most: u64::MAX,
    usual: &["B", "KiB"],
    forms: "write a number and a unit (B, KiB, MiB, GiB, TiB, kB, MB, GB), such as `\"4 KiB\"`",
};

pub(crate) const SPAN: Grammar = Grammar {
    kind: "a duration",
    counted: "nanoseconds",
    units: &[
        ("ns", 1),
        ("us", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
    ],
    per: "",
    bare: None,
    most: u64::MAX,
    usual: &["ms", "s"],
    forms: "write a number and a unit (ns, us, ms, s, min), such as `\"200ms\"`",
};

pub(crate) const SHARE: Grammar = Grammar {
    kind: "a share",
    counted: "parts of 10^18",
    units: &[("%", Share::PARTS / 100)],
    per: "",
    bare: Some(Share::PARTS),
    most: Share::PARTS,
    usual: &["%"],
    forms: "write 0 % to 100 %, such as `\"25%\"`",
};

pub(crate) const RATE: Grammar = Grammar {
    kind: "a rate",
    counted: "bytes a second",
    units: SIZES,
    per: "/s",
    bare: None,
    most: u64::MAX,
    usual: &["B/s", "KiB/s"],
    forms: "write a size and `/s`, such as `\"64 KiB/s\"`",
};

pub(crate) const FREQUENCY: Grammar = Grammar {
    kind: "a rate",
    counted: "thousandths a second",
    units: &[("", 1_000), ("k", 1_000_000), ("M", 1_000_000_000)],
    per: "/s",
    bare: None,
    most: u64::MAX,
    usual: &["/s", "k/s"],
    forms: "write a number and `/s`, `k/s` or `M/s`, such as `\"20k/s\"`",
};

impl Grammar {
    pub(crate) fn read(&self, written: &Written<'_>) -> Result<u64, Wrong> {
        match *written {
            Written::Text(text) => self.text(text, false),
            Written::Integer(number) => self.text(&number.to_string(), true),
            // The shortest number that means the same, and never with an exponent.
            Written::Float(number) => self.parse(&format!("{number:?}"), &number.to_string(), true),
            Written::Other(what) => Err(self.is_none(what)),
        }
    }

    /// Reads a word that is text or a bare number, whichever it looks like.
    pub(crate) fn read_word(&self, word: &str) -> Result<u64, Wrong> {
        self.text(word, true)
    }

    fn text(&self, text: &str, may_be_bare: bool) -> Result<u64, Wrong> {
        if text.len() > LONGEST {
            return Err(self.is_none(&format!("a text of {} bytes", text.len())));
        }
        self.parse(text, text, may_be_bare)
    }

    /// `written` is what a message repeats of it.
    fn parse(&self, written: &str, text: &str, may_be_bare: bool) -> Result<u64, Wrong> {
        let text = text.trim();
        let is_of_unit = |c: char| !c.is_ascii_digit() && c != '.' && c != '_';
        let (number, unit) = text.split_at(text.find(is_of_unit).unwrap_or(text.len()));
        let (number, unit) = (number.replace('_', ""), unit.trim_start());
        if !number.contains(|c: char| c.is_ascii_digit()) {
            return Err(self.is_none(&format!("`{written}`")));
        }
        let scale = match self.bare {
            Some(scale) if unit.is_empty() && may_be_bare => scale,
            _ if unit.is_empty() => return Err(self.lacks_unit(written, &number)),
            _ => self.scale(unit).ok_or_else(|| self.has_no_unit(written, unit))?,
        };
        let why = match product(&number, scale) {
            Ok(counted) if counted <= self.most => return Ok(counted),
            Ok(_) | Err(Problem::TooLarge) => format!("larger than {} can be", self.kind),
            Err(Problem::NotWhole) => format!("not a whole number of {}", self.counted),
            Err(Problem::NotANumber) => format!("not {}", self.kind),
        };
        Err(Wrong::new(format!("`{written}` is {why}: {}", self.forms)))
    }

    /// A regular expression for what [`text`](Self::text) reads in quotes.
    pub(crate) fn pattern(&self) -> String {
        let units: Vec<&str> = self.units.iter().map(|(name, _)| *name).collect();
        format!(r"[_.]*[0-9][0-9_.]*\s*({})\s*{}", units.join("|"), self.per)
    }

    fn scale(&self, unit: &str) -> Option<u64> {
        let unit = unit.strip_suffix(self.per)?.trim_end();
        self.units.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale)
    }

    fn is_none(&self, what: &str) -> Wrong {
        Wrong::new(format!("{what} is not {}: {}", self.kind, self.forms))
    }

    fn has_no_unit(&self, written: &str, unit: &str) -> Wrong {
        let (kind, forms) = (self.kind, self.forms);
        Wrong::new(format!("`{unit}` in `{written}` is not a unit of {kind}: {forms}"))
    }

    fn lacks_unit(&self, written: &str, number: &str) -> Wrong {
        let meant: Vec<String> =
            self.usual.iter().map(|unit| format!("`\"{number} {unit}\"`")).collect();
        Wrong::new(format!("`{written}` has no unit: write {}", meant.join(" or ")))
    }
}
