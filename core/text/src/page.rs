//! Several lines for a person.

use super::clean;
use std::fmt::{self, Display};
use std::ops::Deref;

/// Lines that are ours, with nothing in them that came from elsewhere uncleaned: only a page may
/// break lines and change colours where it is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page(String);

impl Page {
    /// No lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text with line feeds and colours of ours, whose foreign parts were cleaned before they came
    /// into it. The tests list who may say so.
    pub fn of_clean(text: String) -> Self {
        Self(text)
    }

    /// Adds one line, whatever is in it.
    pub fn line(&mut self, text: impl Display) {
        self.0.push_str(clean(&text.to_string()).trim_end());
        self.0.push('\n');
    }

    /// Adds the lines of a page.
    pub fn page(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }
}

impl Deref for Page {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq<str> for Page {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<&str> for Page {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl From<Page> for String {
    fn from(page: Page) -> Self {
        page.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        let mut page = Page::new();
        page.line(format_args!("name {}  ", "a\nerror: b\u{1b}[1m"));
        page.line("");
        assert_eq!(page, "name a\\nerror: b\\u{1b}[1m\n\n");
    }
}
