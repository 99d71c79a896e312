//! The limit of a gate that holds a cell against another: a ratio.

use super::limit::{LONGEST_LIMIT, TOO_LONG, decimal, split_op, wrong};
use crate::diagnostics::{Diagnostic, Sink};
use crate::plan::{Gate, Limit, Op};
use crate::tree::{Node, Value};
use wirebench_measure::Metric;

/// How such limits are written.
const FORMS: &str = "a ratio (`\"< 1.1\"`) or a change (`\"< +10%\"`)";

/// Reads the limit of `name`, which holds this metric against that of another cell.
pub(super) fn gate(name: &str, metric: &Metric, node: &Node, sink: &mut Sink) -> Option<Gate> {
    let text = match &node.value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) if text.len() <= LONGEST_LIMIT => text.trim().to_owned(),
        Value::Text(_) => return wrong(name, FORMS, node, TOO_LONG, sink),
        _ => return wrong(name, FORMS, node, &format!("is {}", node.type_name()), sink),
    };
    let (op, rest) = split_op(&text);
    let ratio = match ratio(rest) {
        Ok(ratio) => ratio,
        Err(why) => return wrong(name, FORMS, node, &why, sink),
    };
    let sign = if metric.is_of_speed() { ">" } else { "<" };
    let doubt = match op {
        None => Some(("has no operator", format!("{sign} {rest}"))),
        Some(Op::Equal) if !metric.is_exact() => Some(("asks for `=`", format!("{sign}= {rest}"))),
        _ => None,
    };
    if let Some((why, meant)) = doubt {
        let message =
            format!("the limit of `{name}` {why}, and what is measured is never exactly that");
        let label = format!("did you mean `\"{meant}\"`?");
        sink.push(Diagnostic::new(node.place, message).label(label));
        return None;
    }
    let op = op?;
    let never = match op {
        Op::Less => ratio <= 0.0,
        Op::AtMost | Op::Equal => ratio <= 0.0 && !metric.is_exact(),
        Op::AtLeast | Op::More => false,
    };
    if never {
        let message = format!("`{name} {text}` can never hold: no ratio is below zero");
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    Some(Gate {
        metric: name.to_owned(),
        op,
        limit: Limit::Ratio(ratio),
        text,
        reference: None,
        line: None,
    })
}

/// What the limit of such a gate says, as the scenario writes it.
pub fn ratio_limit(text: &str) -> Option<(Op, f64)> {
    let (op, rest) = split_op(text);
    Some((op?, ratio(rest).ok()?))
}

/// `1.1`, or the change that it is: `+10%`.
fn ratio(text: &str) -> Result<f64, String> {
    if text.is_empty() {
        return Err("has no number".to_owned());
    }
    let Some(percent) = text.strip_suffix('%') else { return decimal(text) };
    let percent = percent.trim_end();
    let number = match percent.strip_prefix(['+', '-']) {
        Some(rest) => decimal(rest.trim_start())?,
        None => return Err(format!("is a share of something: `{text}`")),
    };
    match percent.starts_with('-') {
        true if number > 100.0 => Err(format!("is a fall to below nothing: `{text}`")),
        true => Ok((100.0 - number) / 100.0),
        false => Ok((100.0 + number) / 100.0),
    }
}
