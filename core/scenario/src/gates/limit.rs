//! What stands behind a metric: an operator and a number in its unit.

use crate::diagnostics::{Diagnostic, Sink};
use crate::plan::{Gate, Limit, Op};
use crate::tree::{Node, Value};
use wirebench_measure::{Metric, Unit};
use wirebench_values::{Rate, Share, Size, Span, Written};

/// Longer limits are no numbers with units.
pub(crate) const LONGEST_LIMIT: usize = 64;

/// Reads the limit of `name`, which is this metric.
pub(super) fn gate(name: &str, metric: &Metric, node: &Node, sink: &mut Sink) -> Option<Gate> {
    let unit = metric.definition().unit;
    let text = match &node.value {
        Value::Bool(true) if unit == Unit::CountOrShare => {
            if !metric.is_welcome() {
                let message = format!("`{name} = true` may mean all of them, or any of them");
                let label = "did you mean `\"100%\"` or `\"> 0\"`?";
                sink.push(Diagnostic::new(node.place, message).label(label));
                return None;
            }
            "100%".to_owned()
        }
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) if text.len() <= LONGEST_LIMIT => text.trim().to_owned(),
        Value::Text(_) => return wrong(name, forms(unit), node, TOO_LONG, sink),
        _ => return wrong(name, forms(unit), node, &format!("is {}", node.type_name()), sink),
    };
    let (written, rest) = split_op(&text);
    let limit = match limit(unit, rest) {
        Ok(limit) => limit,
        Err(why) => return wrong(name, forms(unit), node, &why, sink),
    };
    if written.is_none()
        && let Some((why, meant)) = doubtful(metric, &limit, &text)
    {
        let message = format!("the limit of `{name}` has no operator, {why}");
        let label = format!("did you mean {meant}?");
        sink.push(Diagnostic::new(node.place, message).label(label));
        return None;
    }
    let op = written.unwrap_or(Op::Equal);
    if let Some(why) = never(op, &limit) {
        sink.push(Diagnostic::new(node.place, format!("`{name} {text}` can never hold: {why}")));
        return None;
    }
    Some(Gate { metric: name.to_owned(), op, limit, text, reference: None, line: None })
}

pub(super) const TOO_LONG: &str = "is too long for a limit";

/// Says why a limit is none, and which `forms` it has; there is no gate then.
pub(super) fn wrong(
    name: &str,
    forms: &str,
    node: &Node,
    why: &str,
    sink: &mut Sink,
) -> Option<Gate> {
    let message = format!("the limit of `{name}` {why}; write {forms}");
    sink.push(Diagnostic::new(node.place, message));
    None
}

/// How limits of a unit are written.
pub fn forms(unit: Unit) -> &'static str {
    match unit {
        Unit::CountOrShare => "a count (`\"> 0\"`) or a share (`\">= 99.9%\"`)",
        Unit::Count => "a count (`0` or `\"<= 2\"`)",
        Unit::Nanos => "a duration (`\"< 50ms\"`)",
        Unit::PerSecond => "a rate (`\"> 20k/s\"`)",
        Unit::Bytes => "a size (`\"< 64 MiB\"`)",
        Unit::BytesPerSecond => "a size per second (`\"> 1 GiB/s\"`)",
        Unit::Ratio => "a number (`\"< 1.5\"`)",
    }
}

/// Why a limit without an operator may be taken for something else than `=`, and what may have been
/// meant; `None` where only `=` makes sense: counts, none of something, all of something.
fn doubtful(metric: &Metric, limit: &Limit, text: &str) -> Option<(&'static str, String)> {
    const EXACTLY: &str = "and what is measured is never exactly that";
    const AMBIGUOUS: &str = "and could be a number of them or a share in percent";
    let definition = metric.definition();
    let sign = match definition.unit {
        Unit::PerSecond | Unit::BytesPerSecond => ">",
        Unit::Nanos | Unit::Bytes => "<",
        Unit::CountOrShare if metric.is_welcome() => ">=",
        Unit::Count | Unit::CountOrShare | Unit::Ratio => "<=",
    };
    match *limit {
        Limit::Count(0) | Limit::Bytes(0) => None,
        Limit::Share(share) if share == 0.0 || share == 1.0 => None,
        // Exchanges can be counted beforehand: 65 of them are no share. All of 100 are both.
        Limit::Count(count) if definition.unit == Unit::CountOrShare => {
            let countable = !definition.directional && count != 100;
            let percent = if count <= 100 { format!("`\"{count}%\"` or ") } else { String::new() };
            (!countable).then(|| (AMBIGUOUS, format!("{percent}`\"= {count}\"`")))
        }
        Limit::Count(_) => None,
        _ => Some((EXACTLY, format!("`\"{sign} {text}\"`"))),
    }
}

/// The operator that a limit begins with, and the rest.
pub(crate) fn split_op(text: &str) -> (Option<Op>, &str) {
    let ops = [
        ("<=", Op::AtMost),
        (">=", Op::AtLeast),
        ("==", Op::Equal),
        ("<", Op::Less),
        (">", Op::More),
        ("=", Op::Equal),
    ];
    for (sign, op) in ops {
        if let Some(rest) = text.strip_prefix(sign) {
            return (Some(op), rest.trim());
        }
    }
    (None, text)
}

fn limit(unit: Unit, text: &str) -> Result<Limit, String> {
    if text.is_empty() {
        return Err("has no number".to_owned());
    }
    let written = Written::Text(text);
    let read = match unit {
        Unit::CountOrShare if text.ends_with('%') => {
            Share::read(&written).map(|share| Limit::Share(share.fraction()))
        }
        Unit::CountOrShare | Unit::Count => return count(text),
        Unit::Nanos => Span::read(&written).map(|span| Limit::Nanos(span.ns())),
        Unit::Bytes => Size::read(&written).map(|size| Limit::Bytes(size.bytes())),
        Unit::PerSecond => return per_second(text),
        Unit::BytesPerSecond => {
            Rate::read(&written).map(|rate| Limit::BytesPerSecond(rate.bytes() as f64))
        }
        Unit::Ratio => return decimal(text).map(Limit::Ratio),
    };
    read.map_err(|wrong| format!("is wrong: {wrong}"))
}

fn count(text: &str) -> Result<Limit, String> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(number) if whole => Ok(Limit::Count(number)),
        _ => Err(format!("is not a whole number: `{text}`")),
    }
}

fn per_second(text: &str) -> Result<Limit, String> {
    let number = text.strip_suffix("/s").ok_or("lacks `/s`")?.trim_end();
    let (number, scale) = match number.strip_suffix(['k', 'M']) {
        Some(rest) if number.ends_with('k') => (rest, 1e3),
        Some(rest) => (rest, 1e6),
        None => (number, 1.0),
    };
    Ok(Limit::PerSecond(decimal(number.trim_end())? * scale))
}

/// A plain decimal number, zero or more; no exponents, signs, infinities.
pub(super) fn decimal(text: &str) -> Result<f64, String> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'_');
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    match digits.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => Ok(number),
        _ => Err(format!("is not a number: `{text}`")),
    }
}

/// Why no measured value can meet the limit, if none can.
fn never(op: Op, limit: &Limit) -> Option<&'static str> {
    let value = match *limit {
        Limit::Share(share) if share >= 1.0 && op == Op::More => {
            return Some("no share is over 100 %");
        }
        Limit::Share(value) | Limit::PerSecond(value) | Limit::BytesPerSecond(value) => value,
        // An overhead may be negative; all other ratios are not worth the difference.
        Limit::Ratio(_) => return None,
        Limit::Count(value) | Limit::Nanos(value) | Limit::Bytes(value) => value as f64,
    };
    (op == Op::Less && value == 0.0).then_some("nothing is below zero")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree;
    use wirebench_measure::find;

    fn read_gate(name: &str, toml: &str) -> Option<Gate> {
        let node = tree::value(toml, 0, 0).expect("the test's value is TOML");
        let (metric, _) = find(name).expect("the test's metric exists");
        gate(name, &metric, &node, &mut Sink::default())
    }

    #[test]
    fn every_form_of_a_limit_is_read_in_its_unit() {
        for (name, toml, op, limit) in [
            ("intact", r#""100%""#, Op::Equal, Limit::Share(1.0)),
            ("intact", "true", Op::Equal, Limit::Share(1.0)),
            ("request.intact", r#"">= 99.5 %""#, Op::AtLeast, Limit::Share(0.995)),
            ("reply.intact", r#"">= 99.9%""#, Op::AtLeast, Limit::Share(0.999)),
            ("damaged", r#""> 0""#, Op::More, Limit::Count(0)),
            ("damaged", "0", Op::Equal, Limit::Count(0)),
            ("crashed", r#""<= 1""#, Op::AtMost, Limit::Count(1)),
            ("p99", r#""< 50ms""#, Op::Less, Limit::Nanos(50_000_000)),
            ("rate", r#""> 20k/s""#, Op::More, Limit::PerSecond(20_000.0)),
            ("rate", r#"">=1.5M/s""#, Op::AtLeast, Limit::PerSecond(1_500_000.0)),
            ("throughput", r#""> 1 MiB/s""#, Op::More, Limit::BytesPerSecond(1_048_576.0)),
            ("overhead", r#""< 1.5""#, Op::Less, Limit::Ratio(1.5)),
            ("segments", r#""= 2""#, Op::Equal, Limit::Ratio(2.0)),
            ("done", "65", Op::Equal, Limit::Count(65)),
            ("done", r#""= 100""#, Op::Equal, Limit::Count(100)),
            ("wrong", r#""0%""#, Op::Equal, Limit::Share(0.0)),
            ("count.X", "100", Op::Equal, Limit::Count(100)),
            ("unexpected-bytes", r#""0 B""#, Op::Equal, Limit::Bytes(0)),
            ("client-memory", r#""< 64 MiB""#, Op::Less, Limit::Bytes(64 << 20)),
        ] {
            let gate = read_gate(name, toml).unwrap_or_else(|| panic!("{name} = {toml}"));
            assert_eq!((gate.op, gate.limit), (op, limit), "{name} = {toml}");
        }
    }

    #[test]
    fn a_limit_without_operator_that_could_mean_something_else_is_refused() {
        for (name, toml) in [
            ("p99", r#""50ms""#),
            ("rate", r#""20k/s""#),
            ("throughput", r#""1 GiB/s""#),
            ("client-memory", r#""64 MiB""#),
            ("segments", "2"),
            ("overhead", "0.5"),
            ("intact", "100"),
            ("intact", r#""100""#),
            ("reply.intact", "200"),
            ("lost", "3"),
            ("intact", r#""99.9%""#),
            ("done", "100"),
            ("done", r#""65%""#),
            ("damaged", "true"),
            ("wrong", "true"),
        ] {
            assert_eq!(read_gate(name, toml), None, "{name} = {toml}");
        }
    }

    #[test]
    fn a_limit_in_another_unit_or_that_never_holds_is_refused() {
        for (name, toml) in [
            ("intact", r#""101%""#),
            ("intact", r#""> 100%""#),
            ("intact", "0.5"),
            ("damaged", r#""< 0""#),
            ("damaged", "-1"),
            ("p99", "50"),
            ("p99", "true"),
            ("p99", r#""< 50%""#),
            ("rate", r#""> 20k""#),
            ("rate", r#""> inf/s""#),
            ("overhead", r#""< 1e3""#),
            ("overhead", r#""""#),
            ("crashed", r#""50%""#),
        ] {
            assert_eq!(read_gate(name, toml), None, "{name} = {toml}");
        }
    }
}
