//! Secrets in a text that is no TOML, by its lines: what cannot be read is not shown, rather too much
//! of it than too little.

use super::words::reason;
use crate::diagnostics::Place;
use std::ops::Range;

/// Where secrets may stand in `text`.
pub(super) fn places(text: &str, source: u32) -> impl Iterator<Item = Place> {
    ranges(text).into_iter().map(move |range| Place::new(source, range.start, range.end))
}

fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut header: Vec<&str> = Vec::new();
    // The quotes that end a secret of several lines.
    let mut open: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let here = start..start + line.trim_end().len();
        start += line.len();
        if let Some(quotes) = open {
            open = (!line.contains(quotes)).then_some(quotes);
            found.push(here);
            continue;
        }
        if let Some(name) = line.trim_start().strip_prefix('[').filter(|_| !line.contains('=')) {
            header = parts(name);
            continue;
        }
        let Some(value) = secret_in(&header, line) else { continue };
        found.push(here.start + value..here.end.max(here.start + value));
        let quotes = ["\"\"\"", "'''"].into_iter().find(|quotes| line.contains(quotes));
        open = quotes.filter(|quotes| line.matches(*quotes).count() == 1);
    }
    found
}

/// Where the value begins in a line that has a secret.
fn secret_in(header: &[&str], line: &str) -> Option<usize> {
    let mut equals = line.match_indices('=').map(|(at, _)| at);
    equals.find_map(|at| {
        let key = line[..at].rsplit(['{', ',', '[', '=']).next()?;
        let mut path = header.to_vec();
        // Names of the tables around it on the same line come first.
        path.extend(line[..at].split(['{', ',', '[', '=']).flat_map(parts));
        let alone = parts(key);
        // In `wirebench.toml` the keys of a scenario stand below others.
        let given = path.windows(2).any(|two| matches!(two, ["server", "env" | "stdin"]));
        let blanks = line[at + 1..].len() - line[at + 1..].trim_start().len();
        (given || reason(&path).is_some() || reason(&alone).is_some()).then_some(at + 1 + blanks)
    })
}

fn parts(names: &str) -> Vec<&str> {
    let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '[' | ']');
    let parts = names.split('.').map(|name| name.trim_matches(quotes));
    let section = |name: &&str| !name.is_empty() && !["matrix", "override", "when"].contains(name);
    parts.filter(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_secrets_are_hidden_from_their_value_on() {
        let text = "a = 1\npassword = \"x\n[server.env]\nA = \"y\nb = [1\n[handler.config]\n\
                    c = \"z\nd = { token = \"t\n[server]\ncommand = 1\nstdin = \"\"\"one\ntwo\n\"\"\"\ne = 2";
        let shown: Vec<&str> = ranges(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(shown, ["\"x", "\"y", "[1", "\"t", "\"\"\"one", "two", "\"\"\""]);
    }
}
