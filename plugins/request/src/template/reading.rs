//! From what a scenario writes to a template.

use super::{Facts, Names, Part, Template, What};
use crate::fields::Form;
use crate::random::MOST_RANDOM;

impl Template {
    /// Reads text; a brace that is meant is written twice.
    pub(crate) fn text(text: &str, names: Names<'_>) -> Result<Self, String> {
        Self::read(text, names, |literal, out| {
            out.extend_from_slice(literal.as_bytes());
            Ok(())
        })
    }

    /// Reads pairs of hexadecimal digits, with blanks between them or not.
    pub(crate) fn hex(text: &str, names: Names<'_>) -> Result<Self, String> {
        Self::read(text, names, |literal, out| {
            let mut high = None;
            for digit in literal.chars().filter(|c| !c.is_ascii_whitespace()) {
                let value = digit.to_digit(16).ok_or_else(|| {
                    format!("`{digit}` is no hexadecimal digit: write pairs, such as \"01 ff\"")
                })? as u8;
                match high.take() {
                    None => high = Some(value),
                    Some(high) => out.push(high << 4 | value),
                }
            }
            match high {
                None => Ok(()),
                Some(_) => Err("a hexadecimal digit has no second one beside it".to_owned()),
            }
        })
    }

    fn read(
        text: &str,
        names: Names<'_>,
        literal: impl Fn(&str, &mut Vec<u8>) -> Result<(), String>,
    ) -> Result<Self, String> {
        let (mut parts, mut bytes, mut randoms) = (Vec::new(), Vec::new(), 0);
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal(&rest[..at], &mut bytes)?;
            let (brace, behind) = rest[at..].split_at(1);
            if let Some(behind) = behind.strip_prefix(brace) {
                literal(brace, &mut bytes)?;
                rest = behind;
                continue;
            }
            let inside = behind.split_once('}').filter(|_| brace == "{");
            let Some((inside, behind)) = inside else {
                return Err(format!(
                    "a single `{brace}` belongs to no placeholder: a brace itself is written twice, \
                     `{brace}{brace}`"
                ));
            };
            if !bytes.is_empty() {
                parts.push(Part::Bytes(std::mem::take(&mut bytes)));
            }
            parts.push(placeholder(inside, names, &mut randoms)?);
            rest = behind;
        }
        literal(rest, &mut bytes)?;
        if !bytes.is_empty() {
            parts.push(Part::Bytes(bytes));
        }
        let template = Self { parts };
        template.check()?;
        Ok(template)
    }

    /// Refuses what could never be filled in.
    fn check(&self) -> Result<(), String> {
        let marks = self.parts.iter().filter(|part| **part == Part::Mark).count();
        let counted = |part: &&Part| matches!(part, Part::Number(_, What::LenMark));
        if marks > 1 {
            return Err("`{mark}` stands twice: lengths are counted from one place".to_owned());
        }
        if marks == 0 && self.parts.iter().any(|part| counted(&part)) {
            return Err("`len mark` counts what follows `{mark}`, and there is none".to_owned());
        }
        let behind = self.parts.iter().skip_while(|part| **part != Part::Mark);
        if behind.into_iter().any(|part| counted(&part)) {
            return Err("`len mark` stands behind `{mark}`: it would count itself".to_owned());
        }
        if self.parts.iter().any(|part| matches!(part, Part::Payload | Part::Secret(_))) {
            return Ok(());
        }
        let mut out = Vec::new();
        self.render(&Facts::default(), &mut out)
    }
}

fn placeholder(inside: &str, names: Names<'_>, randoms: &mut u64) -> Result<Part, String> {
    let words: Vec<&str> = inside.split_ascii_whitespace().collect();
    Ok(match words[..] {
        ["payload"] => Part::Payload,
        ["mark"] => Part::Mark,
        ["token" | "seq" | "session"] => Part::Number(None, what(&words)?),
        ["random", count] => {
            let count = count.parse().ok().filter(|count| (1..=MOST_RANDOM).contains(count));
            let place = *randoms;
            *randoms += 1;
            let count = count.ok_or_else(|| {
                format!("`{{{inside}}}`: 1 to {MOST_RANDOM} letters, such as `{{random 16}}`")
            })?;
            Part::Random { count, place }
        }
        ["secret", name] => {
            let Some(known) = names.secrets else {
                return Err(format!("`{{{inside}}}`: a secret stands only in what is sent"));
            };
            let at = known.iter().position(|one| one == name);
            Part::Secret(at.ok_or_else(|| {
                format!(
                    "there is no secret `{name}`: name it in `secrets`, such as \
                     `secrets = {{ {name} = {{ env = \"NAME\" }} }}`"
                )
            })?)
        }
        ["dec", ref of @ ..] => Part::Number(None, what(of)?),
        [form, ref of @ ..] if Form::named(form).is_some() => {
            let form = Form::named(form);
            let what = what(of)?;
            match (form, what) {
                (Some(form), What::Constant(number)) if number > form.most() => {
                    let (name, most) = (form.name(), form.most());
                    return Err(format!("`{{{inside}}}`: a {name} says at most {most}"));
                }
                _ => Part::Number(form, what),
            }
        }
        _ => {
            let shown: String = inside.chars().take(32).collect();
            return Err(format!(
                "there is no placeholder `{{{shown}}}`: write token, session, seq, payload, random 16, \
                 mark, secret NAME, or a number such as `u32be len`; a brace itself is written twice"
            ));
        }
    })
}

fn what(words: &[&str]) -> Result<What, String> {
    Ok(match words {
        ["token"] => What::Token,
        ["seq"] => What::Seq,
        ["session"] => What::Session,
        ["len"] => What::Len,
        ["len", "payload"] => What::LenPayload,
        ["len", "mark"] => What::LenMark,
        [number] => {
            let read = match number.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16),
                None => number.parse(),
            };
            let constant = read.ok().filter(|_| !number.starts_with('+')).map(What::Constant);
            constant.ok_or_else(|| format!("`{number}` is no number that a field could hold"))?
        }
        _ => {
            return Err(
                "a field holds token, seq, session, len, len payload, len mark or a number, \
                        such as `{u16be len payload}`"
                    .to_owned(),
            );
        }
    })
}
