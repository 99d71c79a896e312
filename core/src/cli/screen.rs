//! Where people read: the one way for text to standard output and error.

use super::exit::{ExitCode, worst};
use super::stream::{Standard, Stream};
use crate::report::Drawing;
use crate::text::{Json, Page, clean, is_plain};
use std::fmt;
use std::io::{self, BufWriter, LineWriter, Write};

/// A standard stream. What is printed on it is cleaned here, not where it comes from: `write!` prints
/// on one line, whatever its values hold, and only a [`Page`] has line feeds and colours of its own.
pub(super) struct Screen {
    to: Box<dyn Standard>,
}

impl Screen {
    /// Standard output, and standard error.
    pub(super) fn both() -> (Self, Self) {
        (
            Self { to: Box::new(BufWriter::new(Stream::new(io::stdout()))) },
            Self { to: Box::new(LineWriter::new(Stream::new(io::stderr()))) },
        )
    }

    /// Where nobody looks.
    pub(super) fn nowhere() -> Self {
        Self { to: Box::new(io::sink()) }
    }

    /// For `write!` and `writeln!`. A line feed at the very end is taken for theirs.
    pub(super) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        let text = text.to_string();
        match text.strip_suffix('\n') {
            Some(line) => self.to.write_all((clean(line) + "\n").as_bytes()),
            None => self.to.write_all(clean(&text).as_bytes()),
        }
    }

    /// Prints the lines of a page.
    pub(super) fn page(&mut self, page: &Page) -> io::Result<()> {
        self.to.write_all(styled(page).as_bytes())
    }

    /// A line that the next one takes the place of; an empty one takes it away.
    pub(super) fn status(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(b"\r\x1b[K")?;
        self.to.write_all(clean(text).as_bytes())?;
        self.to.flush()
    }

    /// Goes up by some rows, takes these and the one of the cursor away, and prints the lines of a page, in one
    /// write. Rows are deleted: tmux keeps what is erased from the top on among what was scrolled away.
    pub(super) fn draw(&mut self, drawing: &Drawing) -> io::Result<()> {
        let Drawing { up, page } = drawing;
        if *up == 0 && page.is_empty() {
            return Ok(());
        }
        let go_up = if *up == 0 { String::new() } else { format!("\x1b[{up}A") };
        let text = format!("\r{go_up}\x1b[{}M{}", up + 1, styled(page));
        self.to.write_all(text.as_bytes())?;
        self.to.flush()
    }

    /// For documents in JSON.
    pub(super) fn json(&mut self) -> Json<impl Write> {
        Json(&mut self.to)
    }

    /// Prints what waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Prints what is left. The code is `code` if all of standard output was printed or its reader did
/// not want more; else why it was not is told, and a failure takes the place of a success.
pub(super) fn finish(code: ExitCode, out: &mut Screen, err: &mut Screen) -> ExitCode {
    let _ = out.to.flush();
    let code = match out.to.error() {
        Some(error) => untold(code, &error, err),
        None => code,
    };
    let _ = err.to.flush();
    code
}

/// Something was to be printed on standard output and could not be.
pub(super) fn untold(code: ExitCode, error: &io::Error, err: &mut Screen) -> ExitCode {
    let _ = writeln!(err, "error: not everything could be printed on standard output: {error}");
    worst(&[code, ExitCode::RESULT])
}

/// A page as it is printed: of what a terminal obeys, only line feeds and the choice of a colour are
/// left.
fn styled(page: &str) -> String {
    let mut printed = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(|c| c != '\n' && !is_plain(c)) {
        printed.push_str(&rest[..at]);
        let style = style(&rest[at..]);
        let taken = match style {
            0 => rest[at..].chars().next().map_or(0, char::len_utf8),
            style => style,
        };
        let (special, left) = rest[at..].split_at(taken);
        if style > 0 {
            printed.push_str(special);
        } else {
            printed.push_str(&clean(special));
        }
        rest = left;
    }
    printed + rest
}

/// The length of the choice of a colour that `text` begins with; 0: it begins with none.
fn style(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\x1b[") else { return 0 };
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';');
    match end {
        Some(end) if parameters[end..].starts_with('m') => "\x1b[".len() + end + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_and_lines_of_a_page_are_obeyed() {
        assert_eq!(styled("\x1b[1;31mred\x1b[0m\nnext\n"), "\x1b[1;31mred\x1b[0m\nnext\n");
        assert_eq!(styled("\x1b[2J\x1b]0;x\x07\r\u{9b}1m\x1b"), {
            "\\u{1b}[2J\\u{1b}]0;x\\u{7}\\r\\u{9b}1m\\u{1b}"
        });
    }
}
