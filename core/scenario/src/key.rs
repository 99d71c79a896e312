//! How a key is declared: its path, what it may hold, its default, and a line of what it is for.
//! Reading and its errors, the reference and the schema follow from that.

use wirebench_values::{Frequency, Rate, Share, Size, Span};

/// What a key holds. Bounds include both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer(u64, u64),
    /// A [`Span`], in nanoseconds.
    Duration(u64, u64),
    /// A [`Size`], in bytes.
    Size(u64, u64),
    /// One of these strings.
    Word(&'static [&'static str]),
    /// Any string of at most this many bytes.
    Text(usize),
    /// Letters, digits, `.`, `_` and `-`, at most this many.
    Name(usize),
    /// Payload sizes within these bounds.
    Sizes(u64, u64),
    /// A framing.
    Framing,
    /// A table handed on to a plugin as it is.
    Config,
    /// A program and its arguments: a list of strings, at most this many.
    Command(usize),
    /// A table of strings.
    Strings,
    /// A [`Share`].
    Share,
    /// A [`Rate`], in bytes a second.
    ByteRate(u64, u64),
    /// A [`Frequency`], in thousandths a second.
    Frequency(u64, u64),
    /// How arrivals follow each other.
    Arrivals,
    /// A list of stages of the load, at most this many.
    Stages(usize),
    /// A value of the key that a search varies.
    Bound,
    /// A place in a stream.
    Point,
    /// How writes are cut.
    Pieces,
    /// The impairments of the link.
    Link,
    /// Numbers of processors, as the kernel lists them.
    Processors,
    /// A table of metrics, each with a [`Share`].
    Limits,
    /// A table of metrics, each with a time or a size.
    Floors,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The dotted path: `load.in-flight`.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The default as TOML; empty when there is none.
    pub default: &'static str,
    /// True when the scenario must have it.
    pub required: bool,
    /// True when cells may differ in it: an axis of the matrix or an override may name it.
    pub varies: bool,
    /// One sentence for the reference.
    pub about: &'static str,
}

pub(super) const MS: u64 = 1_000_000;
pub(super) const S: u64 = 1_000 * MS;
pub(super) const HOUR: u64 = 3_600 * S;
pub(super) const KIB: u64 = 1 << 10;
pub(super) const MIB: u64 = 1 << 20;
pub(super) const GIB: u64 = 1 << 30;

pub(super) const fn key(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    about: &'static str,
) -> Key {
    Key { path, kind, default, required: false, varies: true, about }
}

pub(super) const fn required(key: Key) -> Key {
    Key { required: true, ..key }
}

pub(super) const fn fixed(key: Key) -> Key {
    Key { varies: false, ..key }
}

impl Key {
    /// The last part of its path, as it stands within its table.
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }

    /// True for a key whose own table a path may reach into.
    pub(super) fn is_open(&self) -> bool {
        use Kind::{Config, Floors, Framing, Limits, Link, Strings};
        matches!(self.kind, Framing | Config | Strings | Link | Limits | Floors)
    }

    /// The type as the reference names it.
    pub fn type_text(&self) -> &'static str {
        match self.kind {
            Kind::Bool => "boolean",
            Kind::Integer(..) => "integer",
            Kind::Duration(..) => "duration",
            Kind::Size(..) => "size",
            Kind::Word(_) => "word",
            Kind::Text(_) => "string",
            Kind::Name(_) => "name",
            Kind::Sizes(..) => "sizes",
            Kind::Framing => "framing",
            Kind::Config => "table",
            Kind::Command(_) => "list",
            Kind::Strings => "table",
            Kind::Share => "share",
            Kind::ByteRate(..) => "size a second",
            Kind::Frequency(..) => "rate",
            Kind::Arrivals => "word or table",
            Kind::Stages(_) => "list of tables",
            Kind::Bound => "value",
            Kind::Point => "place",
            Kind::Pieces => "sizes",
            Kind::Processors => "processors",
            Kind::Link | Kind::Limits | Kind::Floors => "table",
        }
    }

    /// What it may hold, as the reference and errors say it.
    pub fn range_text(&self) -> String {
        match self.kind {
            Kind::Bool => "`true`, `false`".to_owned(),
            Kind::Integer(min, max) if min == max => format!("`{min}`"),
            Kind::Integer(min, max) => format!("{} to {}", grouped(min), grouped(max)),
            Kind::Duration(min, max) => format!("{} to {}", Span::from_ns(min), Span::from_ns(max)),
            Kind::Size(min, max) | Kind::Sizes(min, max) => {
                format!("{} to {}", Size::from_bytes(min), Size::from_bytes(max))
            }
            Kind::Word(words) => {
                words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
            }
            Kind::Text(max) => format!("at most {} bytes", grouped(max as u64)),
            Kind::Name(max) => format!("1 to {max} of letters, digits, `.`, `_`, `-`"),
            Kind::Framing => "a name, a table, or one per direction".to_owned(),
            Kind::Config => "any".to_owned(),
            Kind::Command(max) => format!("1 to {max} strings"),
            Kind::Strings => "strings".to_owned(),
            Kind::Share => format!("{} to {}", Share::NONE, Share::ALL),
            Kind::ByteRate(min, max) => {
                format!("{} to {}", Rate::from_bytes(min), Rate::from_bytes(max))
            }
            Kind::Frequency(min, max) => format!(
                "{} to {}",
                Frequency::from_thousandths(min),
                Frequency::from_thousandths(max)
            ),
            Kind::Arrivals => "`\"constant\"`, `\"poisson\"`, `{ burst = 32 }`".to_owned(),
            Kind::Stages(max) => format!("1 to {max} of `{{ rate, duration }}`"),
            Kind::Bound => "what that key takes: a rate, a number, a size".to_owned(),
            Kind::Point => "`\"100 B\"`, `{ inside = 3 }`, `{ behind = 3 }`".to_owned(),
            Kind::Pieces => "sizes from 1 B, or `\"every-cut\"`".to_owned(),
            Kind::Processors => "numbers and ranges, such as `\"2-3,6\"`".to_owned(),
            Kind::Link => "impairments, `request`, `reply`".to_owned(),
            Kind::Limits => "metrics with shares over 0%".to_owned(),
            Kind::Floors => "metrics with times or sizes".to_owned(),
        }
    }

    /// The key's row in the reference.
    pub fn reference_row(&self) -> String {
        let default = match (self.required, self.default) {
            (true, _) => "required".to_owned(),
            (false, "") => "–".to_owned(),
            (false, default) => format!("`{default}`"),
        };
        let (path, kind, range) = (self.path, self.type_text(), self.range_text());
        format!("| `{path}` | {kind} | {default} | {range} | {} |", self.about)
    }
}

/// A number with its thousands set apart: `10,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
