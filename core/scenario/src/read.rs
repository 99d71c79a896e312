//! Reads one value as its key wants it, or says what it wants.

use super::diagnostics::{Diagnostic, Place, Sink};
use super::framings;
use super::key::{Key, Kind, grouped};
use super::link;
use super::plan::Sizes;
use super::processors::{self, ProcessorList};
use super::tree::{Node, Value};
use wirebench_values::{Frequency, Rate, Share, Size, Span, Wrong, similar};

/// Longer lists of sizes are refused: every cell carries its own.
pub(super) const LONGEST_LIST: usize = 256;

/// The largest factor between the sizes of a series.
pub(super) const LARGEST_FACTOR: u64 = 1_024;

/// Finds everything wrong with `node` as the value of `key`, whatever the cell.
pub(super) fn check(key: &Key, node: &Node, sink: &mut Sink) {
    match key.kind {
        Kind::Bool => drop(boolean(key, node, sink)),
        Kind::Integer(..) => drop(integer(key, node, sink)),
        Kind::Duration(..) | Kind::Size(..) | Kind::ByteRate(..) | Kind::Frequency(..) => {
            _ = quantity(key, node, sink);
        }
        Kind::Arrivals => drop(super::tables::open::arrivals(key, node, sink)),
        Kind::Bound => bound(key, node, sink),
        Kind::Stages(_) => drop(super::tables::open::stages(key, node, sink)),
        Kind::Word(_) => drop(word(key, node, sink)),
        Kind::Text(_) | Kind::Name(_) => drop(text(key, node, sink)),
        Kind::Sizes(..) => drop(sizes(key, node, sink)),
        Kind::Framing => drop(framings::read(node, sink)),
        Kind::Config => drop(config(key, node, sink)),
        Kind::Command(_) => drop(super::foreign::command(key, node, sink)),
        Kind::Strings => drop(super::foreign::strings(key, node, sink)),
        Kind::Link => drop(link::read(node, sink)),
        Kind::Limits => drop(super::tables::baseline::limits(key, node, sink)),
        Kind::Floors => drop(super::tables::baseline::floors(key, node, sink)),
        Kind::Share => drop(share(key, node, sink)),
        Kind::Point => drop(link::point(key, node, sink)),
        Kind::Pieces => drop(link::pieces(key, node, sink)),
        Kind::Processors => drop(processors(key, node, sink)),
    }
}

/// A value of a key that is read when it is known which one.
fn bound(key: &Key, node: &Node, sink: &mut Sink) {
    if !matches!(node.value, Value::Text(_) | Value::Integer(_)) {
        let wanted = "a value of the key that varies, such as `\"1k/s\"` or `64`";
        let _ = wrong_type::<()>(key, node, wanted, sink);
    }
}

/// `true` or `false`.
pub(super) fn boolean(key: &Key, node: &Node, sink: &mut Sink) -> Option<bool> {
    match node.value {
        Value::Bool(flag) => Some(flag),
        _ => wrong_type(key, node, "`true` or `false`", sink),
    }
}

/// A whole number within its bounds.
pub(super) fn integer(key: &Key, node: &Node, sink: &mut Sink) -> Option<u64> {
    let (Kind::Integer(min, max), Value::Integer(number)) = (key.kind, &node.value) else {
        return wrong_type(key, node, "a whole number", sink);
    };
    match u64::try_from(*number) {
        Ok(number) if (min..=max).contains(&number) => Some(number),
        _ => out_of_range(key, node.place, sink),
    }
}

/// A duration in nanoseconds, a size in bytes, a rate in bytes or in thousandths a second, within its bounds.
pub(super) fn quantity(key: &Key, node: &Node, sink: &mut Sink) -> Option<u64> {
    let written = node.as_quantity();
    let read = match key.kind {
        Kind::Duration(min, max) => Span::read(&written)
            .and_then(|span| span.within(Span::from_ns(min), Span::from_ns(max)))
            .map(Span::ns),
        Kind::Size(min, max) | Kind::Sizes(min, max) => Size::read(&written)
            .and_then(|size| size.within(Size::from_bytes(min), Size::from_bytes(max)))
            .map(Size::bytes),
        Kind::ByteRate(min, max) => Rate::read(&written)
            .and_then(|rate| rate.within(Rate::from_bytes(min), Rate::from_bytes(max)))
            .map(Rate::bytes),
        Kind::Frequency(min, max) => {
            let (min, max) = (Frequency::from_thousandths(min), Frequency::from_thousandths(max));
            Frequency::read(&written)
                .and_then(|rate| rate.within(min, max))
                .map(Frequency::thousandths)
        }
        _ => return None,
    };
    or_tell(key, node, read, sink)
}

/// A share, from 0 to 1.
pub(super) fn share(key: &Key, node: &Node, sink: &mut Sink) -> Option<f64> {
    or_tell(key, node, Share::read(&node.as_quantity()).map(Share::fraction), sink)
}

fn or_tell<T>(key: &Key, node: &Node, read: Result<T, Wrong>, sink: &mut Sink) -> Option<T> {
    read.map_err(|wrong| {
        sink.push(Diagnostic::new(node.place, format!("`{}`: {wrong}", key.path)));
    })
    .ok()
}

/// One of the key's words.
pub(super) fn word(key: &Key, node: &Node, sink: &mut Sink) -> Option<&'static str> {
    let Kind::Word(words) = key.kind else { return None };
    let Some(text) = node.text() else {
        return wrong_type(key, node, &format!("one of {}", key.range_text()), sink);
    };
    if let Some(word) = words.iter().find(|word| **word == text) {
        return Some(word);
    }
    let message = format!("`{}` is one of {}", key.path, key.range_text());
    sink.push(Diagnostic::new(node.place, message).suggest(text, words.iter().copied()));
    None
}

/// A string or a name.
pub(super) fn text(key: &Key, node: &Node, sink: &mut Sink) -> Option<String> {
    let Some(text) = node.text() else {
        return wrong_type(key, node, "a string", sink);
    };
    let fits = match key.kind {
        Kind::Name(max) => is_name(text, max),
        Kind::Text(max) => text.len() <= max && !text.contains('\0'),
        _ => false,
    };
    if fits { Some(text.to_owned()) } else { out_of_range(key, node.place, sink) }
}

/// Processors. The number of one is a list, too.
pub(super) fn processors(key: &Key, node: &Node, sink: &mut Sink) -> Option<ProcessorList> {
    let read = match &node.value {
        Value::Text(text) => ProcessorList::read(text),
        Value::Integer(number) => ProcessorList::read(&number.to_string()),
        _ => return wrong_type(key, node, processors::FORMS, sink),
    };
    read.map_err(|wrong| {
        let message = format!("`{}`: {wrong}", key.path);
        let help = format!("write {}", processors::FORMS);
        sink.push(Diagnostic::new(node.place, message).help(help));
    })
    .ok()
}

/// True for names that are safe as a file's or folder's name.
pub(super) fn is_name(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
        && !text.starts_with('.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The plugin's own settings as JSON.
pub(super) fn config(key: &Key, node: &Node, sink: &mut Sink) -> Option<serde_json::Value> {
    match node.value {
        Value::Table(_) => Some(node.json(sink)),
        _ => wrong_type(key, node, "a table", sink),
    }
}

/// Payload sizes in any of their forms. A file's path stays as it is written.
pub(super) fn sizes(key: &Key, node: &Node, sink: &mut Sink) -> Option<Sizes> {
    match &node.value {
        Value::Text(_) | Value::Integer(_) | Value::Float(_) => {
            quantity(key, node, sink).map(Sizes::Constant)
        }
        Value::List(items) => {
            if items.is_empty() || items.len() > LONGEST_LIST {
                let message = format!("`{}` as a list has 1 to {LONGEST_LIST} sizes", key.path);
                sink.push(Diagnostic::new(node.place, message));
                return None;
            }
            // All items are read before any is missed, so that every wrong one is told.
            let read: Vec<Option<u64>> =
                items.iter().map(|item| quantity(key, item, sink)).collect();
            read.into_iter().collect::<Option<Vec<u64>>>().map(Sizes::Cycle)
        }
        Value::Table(_) => size_table(key, node, sink),
        _ => {
            let wanted = "a size such as `\"64 B\"`, a list of sizes, `{ from, to, times }`, \
                          `{ uniform = [from, to] }`, `{ file = \"…\" }` or `{ lines = \"…\" }`";
            wrong_type(key, node, wanted, sink)
        }
    }
}

fn size_table(key: &Key, node: &Node, sink: &mut Sink) -> Option<Sizes> {
    const FORMS: [&[&str]; 4] = [&["from", "to", "times"], &["uniform"], &["file"], &["lines"]];
    let table = node.table()?;
    let mut known = true;
    for entry in table {
        if !FORMS.iter().any(|form| form.contains(&entry.key.as_str())) {
            let message = format!("`{}` has no setting `{}`", key.path, entry.key);
            let names = FORMS.iter().flat_map(|form| form.iter().copied());
            sink.push(Diagnostic::new(entry.key_place, message).suggest(&entry.key, names));
            known = false;
        }
    }
    if !known {
        return None;
    }
    let form = FORMS.iter().find(|form| {
        form.len() == table.len() && form.iter().all(|name| node.entry(name).is_some())
    });
    let Some(form) = form else {
        let message = format!(
            "`{}` as a table is `{{ from, to, times }}`, `{{ uniform = [from, to] }}`, `{{ file = \"…\" }}` or `{{ lines = \"…\" }}`",
            key.path
        );
        sink.push(Diagnostic::new(node.place, message));
        return None;
    };
    match form[0] {
        "from" => series(key, node, sink),
        "uniform" => uniform(key, &node.entry("uniform")?.node, sink),
        form => {
            let file = &node.entry(form)?.node;
            let fits =
                |path: &&str| !path.is_empty() && path.len() <= 4_096 && !path.contains('\0');
            match file.text().filter(fits) {
                Some(path) if form == "lines" => Some(Sizes::Lines(path.to_owned())),
                Some(path) => Some(Sizes::File(path.to_owned())),
                None => wrong_type(key, file, "the path of a file", sink),
            }
        }
    }
}

/// `{ from, to, times }`: a geometric series with both ends.
fn series(key: &Key, node: &Node, sink: &mut Sink) -> Option<Sizes> {
    let from = quantity(key, &node.entry("from")?.node, sink);
    let to = quantity(key, &node.entry("to")?.node, sink);
    let times_node = &node.entry("times")?.node;
    let times = match times_node.value {
        Value::Integer(number) if (2..=i128::from(LARGEST_FACTOR)).contains(&number) => {
            Some(number as u64)
        }
        _ => {
            let message = format!(
                "`times` in `{}` is what each size is multiplied by: a whole number from 2 to {}",
                key.path,
                grouped(LARGEST_FACTOR)
            );
            sink.push(Diagnostic::new(times_node.place, message));
            None
        }
    };
    let (from, to, times) = (from?, to?, times?);
    if from == 0 || from > to {
        let message = format!("`{}` grows: 1 B <= `from` <= `to`", key.path);
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    // At most 31 doublings lead from 1 B to 1 GiB.
    let sizes = std::iter::successors(Some(from), |size| size.checked_mul(times))
        .take_while(|size| *size <= to)
        .collect();
    Some(Sizes::Cycle(sizes))
}

fn uniform(key: &Key, node: &Node, sink: &mut Sink) -> Option<Sizes> {
    let Value::List(items) = &node.value else {
        return wrong_type(key, node, "a list of two sizes", sink);
    };
    let [from, to] = items.as_slice() else {
        return wrong_type(key, node, "a list of two sizes", sink);
    };
    let (low, high) = (quantity(key, from, sink), quantity(key, to, sink));
    let (low, high) = (low?, high?);
    if low > high {
        let message = format!(
            "`{}`: `uniform` runs from the smaller size ({}) to the larger ({})",
            key.path,
            Size::from_bytes(high),
            Size::from_bytes(low)
        );
        sink.push(Diagnostic::new(node.place, message));
        return None;
    }
    Some(Sizes::Uniform(low, high))
}

pub(super) fn wrong_type<T>(key: &Key, node: &Node, wanted: &str, sink: &mut Sink) -> Option<T> {
    let message = format!("`{}` takes {wanted}, not {}", key.path, node.type_name());
    let mut diagnostic = Diagnostic::new(node.place, message);
    let bare = match &node.value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    if let (Kind::Text(_) | Kind::Name(_), Some(bare)) = (key.kind, bare) {
        diagnostic = diagnostic.label(format!("did you mean `\"{bare}\"`, in quotes?"));
    }
    if let (Kind::Bool | Kind::Integer(..), Some(text)) = (key.kind, node.text()) {
        let bare = if key.kind == Kind::Bool {
            similar(text, ["true", "false"]).map(str::to_owned)
        } else {
            text.replace('_', "").parse::<u64>().ok().map(|number| number.to_string())
        };
        if let Some(bare) = bare {
            diagnostic = diagnostic.label(format!("did you mean `{bare}`, without quotes?"));
        }
    }
    sink.push(diagnostic);
    None
}

pub(super) fn out_of_range<T>(key: &Key, place: Place, sink: &mut Sink) -> Option<T> {
    let range = key.range_text();
    let message = match key.kind {
        Kind::Text(max) => {
            format!("`{}` is at most {} bytes long, without NUL", key.path, grouped(max as u64))
        }
        Kind::Name(_) => format!("`{}` consists of {range}, and starts with no dot", key.path),
        _ if key.path == "schema" => "this version reads schema 1: write `schema = 1`".to_owned(),
        _ => format!("`{}` is out of range: {range} is allowed", key.path),
    };
    sink.push(Diagnostic::new(place, message));
    None
}
