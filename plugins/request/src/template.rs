//! What is sent, and what must come back: bytes with placeholders, read once and filled in for each
//! exchange.
//!
//! | placeholder | stands for |
//! |---|---|
//! | `{token}`, `{seq}`, `{session}` | a number in decimal digits |
//! | `{payload}` | the scenario's payload of this exchange |
//! | `{random 16}` | so many letters and digits, which follow from the exchange |
//! | `{secret NAME}` | a secret, in what is sent alone |
//! | `{mark}` | nothing: a place that `len mark` counts from |
//! | `{u32be WHAT}`, `{dec WHAT}` | a number as a field of so many bits, or in decimal digits |
//!
//! `WHAT` is `token`, `seq`, `session`, a number, or a length in bytes: of all that follows (`len`), of
//! the payload (`len payload`), of what follows the mark (`len mark`).

mod reading;

use crate::fields::Form;
use crate::random::letters;
use std::fmt::Write as _;
use wirebench_sdk::Secret;

/// What a message is made of, in order.
#[derive(Debug, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Bytes(Vec<u8>),
    Payload,
    /// So many letters and digits; the place tells several of one template apart.
    Random {
        count: usize,
        place: u64,
    },
    /// By its place in the list of secrets.
    Secret(usize),
    Mark,
    /// `None`: decimal digits.
    Number(Option<Form>, What),
}

/// Which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Token,
    Seq,
    Session,
    Constant(u64),
    Len,
    LenPayload,
    LenMark,
}

/// What placeholders are filled with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts<'a> {
    /// The exchange.
    pub(crate) token: u64,
    /// Requests of the session before this one.
    pub(crate) seq: u64,
    /// The number of the session.
    pub(crate) session: u32,
    /// The scenario's payload of the exchange.
    pub(crate) payload: &'a [u8],
    /// In the order of the names that the template was read with.
    pub(crate) secrets: &'a [Secret],
}

/// What a template may name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    /// The secrets; `None`: none may stand here.
    pub(crate) secrets: Option<&'a [String]>,
}

impl Template {
    /// Whether the scenario's payload stands in it, or its length does.
    pub(crate) fn uses_payload(&self) -> bool {
        let uses = |part: &Part| matches!(part, Part::Payload | Part::Number(_, What::LenPayload));
        self.parts.iter().any(uses)
    }

    /// Whether it is the same bytes in every exchange.
    pub(crate) fn is_constant(&self) -> bool {
        let constant = |part: &Part| match part {
            Part::Bytes(_) | Part::Mark => true,
            Part::Number(_, what) => matches!(what, What::Constant(_)),
            Part::Payload | Part::Random { .. } | Part::Secret(_) => false,
        };
        self.parts.iter().all(constant)
    }

    /// Whether it carries this number of the exchange.
    pub(crate) fn carries(&self, of: Of) -> bool {
        let what = match of {
            Of::Token => What::Token,
            Of::Seq => What::Seq,
        };
        self.parts.iter().any(|part| matches!(part, Part::Number(_, one) if *one == what))
    }

    /// Nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| *part == Part::Mark)
    }

    /// Whether the scenario's payload stands in it.
    pub(crate) fn says_payload(&self) -> bool {
        self.parts.contains(&Part::Payload)
    }

    /// Bytes of the message.
    pub(crate) fn len(&self, facts: &Facts<'_>) -> u64 {
        let (mut behind, mut behind_mark) = (0, 0);
        for part in self.parts.iter().rev() {
            if *part == Part::Mark {
                behind_mark = behind;
            }
            behind += self.size(part, facts, behind, behind_mark);
        }
        behind
    }

    /// Puts the message into `out`, which is cleared first. Fails where a length has no room in its
    /// field. Takes time for the bytes of the message and its parts, each once.
    pub(crate) fn render(&self, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), String> {
        out.clear();
        // Lengths are of what follows: from the end, each part's is known when it is needed.
        let (mut behind, mut behind_mark) = (0_u64, 0);
        let mut lengths = Vec::new();
        for part in self.parts.iter().rev() {
            if let Part::Number(_, What::Len) = part {
                lengths.push(behind);
            }
            if *part == Part::Mark {
                behind_mark = behind;
            }
            behind += self.size(part, facts, behind, behind_mark);
        }
        out.reserve(usize::try_from(behind).unwrap_or_default());
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) => out.extend_from_slice(bytes),
                Part::Payload => out.extend_from_slice(facts.payload),
                Part::Random { count, place } => letters(facts.token, *place, *count, out),
                Part::Secret(at) => {
                    out.extend_from_slice(facts.secrets.get(*at).map_or(&[], Secret::bytes));
                }
                Part::Mark => {}
                Part::Number(form, what) => {
                    let len = match what {
                        What::Len => lengths.pop().unwrap_or_default(),
                        _ => behind_mark,
                    };
                    write(*form, number(*what, facts, len), what.is_length(), out)?;
                }
            }
        }
        Ok(())
    }

    /// Bytes of a part that so many follow, so many of them behind the mark.
    fn size(&self, part: &Part, facts: &Facts<'_>, behind: u64, behind_mark: u64) -> u64 {
        match part {
            Part::Bytes(bytes) => bytes.len() as u64,
            Part::Payload => facts.payload.len() as u64,
            Part::Random { count, .. } => *count as u64,
            Part::Secret(at) => facts.secrets.get(*at).map_or(0, |one| one.bytes().len()) as u64,
            Part::Mark => 0,
            Part::Number(Some(form), _) => form.width() as u64,
            Part::Number(None, what) => {
                let len = if *what == What::LenMark { behind_mark } else { behind };
                u64::from(number(*what, facts, len).checked_ilog10().unwrap_or(0)) + 1
            }
        }
    }
}

/// Which number of an exchange its answer carries too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Of {
    /// The number of the exchange.
    #[default]
    Token,
    /// The number of the request on its session.
    Seq,
}

impl What {
    fn is_length(self) -> bool {
        matches!(self, Self::Len | Self::LenPayload | Self::LenMark)
    }
}

fn number(what: What, facts: &Facts<'_>, len: u64) -> u64 {
    match what {
        What::Token => facts.token,
        What::Seq => facts.seq,
        What::Session => facts.session.into(),
        What::Constant(number) => number,
        What::LenPayload => facts.payload.len() as u64,
        What::Len | What::LenMark => len,
    }
}

/// A length or constant that has no room is an error; of a number of the exchange the lowest bits stand.
fn write(
    form: Option<Form>,
    number: u64,
    is_length: bool,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    match form {
        None => {
            let mut digits = String::new();
            // Writing to a string cannot fail.
            let _ = write!(digits, "{number}");
            out.extend_from_slice(digits.as_bytes());
        }
        Some(form) if is_length && number > form.most() => {
            return Err(format!(
                "a length of {number} has no room in a {}: it says at most {}",
                form.name(),
                form.most()
            ));
        }
        Some(form) => form.write(number, out),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
