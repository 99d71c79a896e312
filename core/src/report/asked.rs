//! Names that somebody asks with: those of columns and of axes, and what is meant by them.

use super::columns::{COLUMNS, Column, Shows, terminal};
use super::numbers;
use crate::result::document::CellResult;
use crate::text::clean;
use wirebench_values::similar;

/// Columns that stand nowhere unless they are asked for.
const MORE: &[Column] = &[
    percentile("p90", |cell| cell.latency_ns.p90),
    percentile("p99.9", |cell| cell.latency_ns.p99_9),
    percentile("max", |cell| cell.latency_ns.max),
];

/// A column and an axis whose names are as long as these are refused in full.
const LONGEST: usize = 200;

const fn percentile(key: &'static str, of_cell: fn(&CellResult) -> Option<u64>) -> Column {
    Column {
        key,
        shows: Shows::Whole(of_cell, numbers::time),
        terminal: terminal(key, [key, ""], 0),
        markdown: Some(key),
        // Rounds do not keep it, so nobody can say which cells are told apart.
        best: None,
    }
}

/// What a name means.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    /// A column of figures.
    Column(&'static Column),
    /// An axis, by its number.
    Axis(usize),
}

/// The column or axis of that name; the error says which there are, and which was perhaps meant.
pub(super) fn find(name: &str, axes: &[String]) -> Result<Asked, String> {
    if let Some(column) = of_name(name) {
        return Ok(Asked::Column(column));
    }
    match axis_of_name(name, axes) {
        Named::One(axis) => Ok(Asked::Axis(axis)),
        Named::Several(all) => Err(several(name, &all)),
        Named::None => {
            let titles = axes.iter().map(|axis| clean(axis));
            let all: Vec<String> = keys().map(str::to_owned).chain(titles).collect();
            Err(unknown("column", name, &all))
        }
    }
}

/// The column of that name.
pub(super) fn column(name: &str) -> Result<&'static Column, String> {
    let all = || keys().map(str::to_owned).collect::<Vec<_>>();
    of_name(name).ok_or_else(|| unknown("metric", name, &all()))
}

/// The number of the axis of that name: the whole key, or its last part where that is one axis only.
pub(super) fn axis(name: &str, axes: &[String]) -> Result<usize, String> {
    match axis_of_name(name, axes) {
        Named::One(axis) => Ok(axis),
        Named::Several(all) => Err(several(name, &all)),
        Named::None => {
            Err(unknown("axis", name, &axes.iter().map(|axis| clean(axis)).collect::<Vec<_>>()))
        }
    }
}

/// All columns that can be asked for.
fn all() -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().chain(MORE)
}

fn keys() -> impl Iterator<Item = &'static str> {
    all().map(|column| column.key)
}

/// By its key, or as it is called above a table.
fn of_name(name: &str) -> Option<&'static Column> {
    let name = name.trim().to_lowercase();
    let is_named = |column: &&Column| {
        let shown = column.terminal.as_ref().map(|terminal| terminal.name);
        [Some(column.key), shown, column.markdown].contains(&Some(&name))
    };
    all().find(is_named)
}

enum Named {
    None,
    One(usize),
    Several(Vec<String>),
}

fn axis_of_name(name: &str, axes: &[String]) -> Named {
    let name = clean(name.trim());
    let all = || axes.iter().map(|axis| clean(axis)).enumerate();
    if let Some((at, _)) = all().find(|(_, axis)| *axis == name) {
        return Named::One(at);
    }
    let ends_so = |axis: &str| axis.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.'));
    let mut ending: Vec<(usize, String)> = all().filter(|(_, axis)| ends_so(axis)).collect();
    match (ending.len(), ending.pop()) {
        (1, Some((at, _))) => Named::One(at),
        (0, _) | (_, None) => Named::None,
        (_, Some(last)) => {
            Named::Several(ending.into_iter().chain([last]).map(|(_, axis)| axis).collect())
        }
    }
}

fn several(name: &str, axes: &[String]) -> String {
    format!("`{}` is the end of several axes; name one of them whole: {}", cut(name), list(axes))
}

fn unknown(what: &str, name: &str, all: &[String]) -> String {
    let last = |name: &String| name.rsplit('.').next().unwrap_or(name).to_owned();
    let ends: Vec<String> = all.iter().map(last).collect();
    let meant = similar(name, all.iter().chain(&ends).map(String::as_str));
    let name = cut(name);
    match (meant, all) {
        (_, []) => format!("there is no {what} `{name}`: there is none at all"),
        (Some(meant), all) => {
            format!(
                "there is no {what} `{name}`; did you mean `{}`? There are {}",
                cut(meant),
                list(all)
            )
        }
        (None, all) => format!("there is no {what} `{name}`; there are {}", list(all)),
    }
}

fn list(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| cut(name)).collect();
    shown.join(", ")
}

fn cut(name: &str) -> String {
    super::text::cut(&clean(name), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let mut keys: Vec<&str> = keys().collect();
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), all, "{keys:?}");
    }

    #[test]
    fn a_column_is_found_by_its_key_and_by_what_stands_above_it() {
        for (name, key) in [
            ("p50", "p50"),
            (" P50 ", "p50"),
            ("± of p50", "p50-spread"),
            ("cpu/msg", "cpu"),
            ("wire bytes", "wire"),
            ("segs/msg", "segs"),
            ("segments/msg", "segs"),
            ("p99.9", "p99.9"),
        ] {
            assert_eq!(column(name).map(|column| column.key), Ok(key), "{name}");
        }
    }

    #[test]
    fn an_axis_is_found_by_its_last_part_where_that_is_one_only() {
        let axes = axes(&["framing", "load.payload", "request.max", "reply.max"]);
        assert_eq!(axis("payload", &axes), Ok(1));
        assert_eq!(axis("load.payload", &axes), Ok(1));
        assert_eq!(axis("reply.max", &axes), Ok(3));
        let several = axis("max", &axes).expect_err("two axes end so");
        assert!(several.contains("request.max, reply.max"), "{several}");
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is_there_and_what_was_meant() {
        let axes = axes(&["framing", "load.payload"]);
        assert_eq!(
            axis("paylod", &axes).expect_err("there is none"),
            "there is no axis `paylod`; did you mean `payload`? There are framing, load.payload"
        );
        let metric = column("xyzzy").map(|column| column.key).expect_err("there is none");
        assert!(metric.starts_with("there is no metric `xyzzy`; there are intact, "), "{metric}");
    }

    #[test]
    fn names_are_told_without_what_a_terminal_obeys() {
        let why = axis("a\u{1b}[2J", &axes(&["x\u{202e}y"])).expect_err("there is none");
        assert!(why.contains("a\\u{1b}[2J") && why.contains("x\\u{202e}y"), "{why}");
    }
}
