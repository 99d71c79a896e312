//! The lines that stand on a terminal and are replaced by others.
//!
//! The cursor stands in the line below them. To take them away it is moved up by as many rows as they take *now*: a
//! terminal that has become narrower has broken them into more.

use super::Line;
use crate::report::text::columns_of;
use crate::text::Page;

/// What to do on a terminal, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// By how many rows to go up, to the beginning of the row; these rows and that of the cursor are taken away.
    pub up: usize,
    /// What to print there.
    pub page: Page,
}

/// What stands there.
#[derive(Debug)]
pub struct Block {
    /// Without colours.
    lines: Vec<String>,
    /// The terminal breaks lines that have no room any more; others cut them off.
    breaks_lines: bool,
}

impl Block {
    /// Nothing stands there. `breaks_lines`: whether the terminal, once it is narrower, breaks the lines that it
    /// shows.
    pub fn new(breaks_lines: bool) -> Self {
        Self { lines: Vec::new(), breaks_lines }
    }

    /// Puts lines in the place of those that stand there, on a terminal that has so many columns now.
    pub fn replace(&mut self, lines: &[Line], columns: usize) -> Drawing {
        let up = self.rows(columns);
        self.lines = lines.iter().map(|line| line.text().to_owned()).collect();
        let page = lines.iter().map(|line| format!("{}\n", line.styled())).collect();
        Drawing { up, page: Page::of_clean(page) }
    }

    /// Takes the lines away; `None`: there are none.
    pub fn clear(&mut self, columns: usize) -> Option<Drawing> {
        let stands = !self.lines.is_empty();
        stands.then(|| self.replace(&[], columns))
    }

    /// Leaves the lines as they are: the cursor stands somewhere else.
    pub fn forget(&mut self) {
        self.lines.clear();
    }

    /// How many rows the lines take.
    fn rows(&self, columns: usize) -> usize {
        if !self.breaks_lines {
            return self.lines.len();
        }
        self.lines.iter().map(|line| rows(line, columns.max(1))).sum()
    }
}

/// How many rows a line takes: a wide character that has no room at the end of one stands in the next.
fn rows(line: &str, columns: usize) -> usize {
    let (mut rows, mut used) = (1, 0);
    for wide in line.chars().map(columns_of) {
        if used + wide > columns {
            rows += 1;
            used = 0;
        }
        used += wide;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts.iter().map(|text| Line::plain((*text).into())).collect()
    }

    #[test]
    fn as_many_rows_are_taken_away_as_were_printed() {
        let mut block = Block::new(true);
        assert_eq!(block.clear(80), None);
        let first = block.replace(&lines(&["a", "b", "c"]), 80);
        assert_eq!((first.up, &*first.page), (0, "a\nb\nc\n"));
        let second = block.replace(&lines(&["d"]), 80);
        assert_eq!((second.up, &*second.page), (3, "d\n"));
        let last = block.clear(80).expect("something stands there");
        assert_eq!((last.up, &*last.page), (1, ""));
        assert_eq!(block.clear(80), None);
    }

    #[test]
    fn lines_that_the_terminal_has_broken_meanwhile_are_counted() {
        let mut block = Block::new(true);
        block.replace(&lines(&["0123456789", "012345", ""]), 80);
        assert_eq!(block.replace(&lines(&["0123456789", "012345", ""]), 5).up, 2 + 2 + 1);
        assert_eq!(block.replace(&lines(&["漢字漢字"]), 80).up, 3);
        // Two wide characters stand in five columns.
        assert_eq!(block.replace(&lines(&["漢字漢"]), 5).up, 2);
        assert_eq!(block.replace(&[], 3).up, 3);
    }

    #[test]
    fn a_terminal_that_cuts_lines_off_has_one_row_for_each() {
        let mut block = Block::new(false);
        block.replace(&lines(&["0123456789", "012345"]), 80);
        assert_eq!(block.replace(&[], 5).up, 2);
    }

    #[test]
    fn what_is_left_where_it_is_is_not_taken_away() {
        let mut block = Block::new(true);
        block.replace(&lines(&["a", "b"]), 80);
        block.forget();
        assert_eq!(block.clear(80), None);
        assert_eq!(block.replace(&lines(&["a"]), 80).up, 0);
    }
}
