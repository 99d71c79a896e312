//! Text for people: one page behind the other.

use super::Output;
use crate::compare::Comparison;
use crate::report::markdown::{MOST_BYTES, markdown_within};
use crate::report::{Choice, comparison, comparison_in_markdown, table};
use crate::result::{Stored, StoredError};
use crate::text::{Page, plural};
use std::io::{self, Write};

/// Tables of results, as they are printed where no terminal is.
pub(super) struct Pages {
    all: Page,
    choice: Choice,
}

impl Pages {
    pub(super) fn tables(choice: Choice) -> Self {
        Self { all: Page::new(), choice }
    }

    fn page(&mut self, page: &Page) {
        if !self.all.is_empty() {
            self.all.line("");
        }
        self.all.page(page);
    }
}

impl Output for Pages {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let options = table::Options { choice: self.choice.clone(), ..table::Options::default() };
        self.page(&table::render(result.document(), &options));
        if let Some(compared) = compared {
            self.page(&comparison(compared, false, None));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.all.as_bytes())
    }
}

/// Bytes for the line that says what is left out.
const LAST_LINE: usize = 200;

/// Results in Markdown. GitHub takes so much of a step and no more, so all of them share it.
pub(super) struct Summaries {
    all: Page,
    choice: Choice,
    left_out: u64,
}

impl Summaries {
    pub(super) fn of(choice: Choice) -> Self {
        Self { all: Page::new(), choice, left_out: 0 }
    }

    fn room(&self) -> usize {
        MOST_BYTES.saturating_sub(self.all.len() + LAST_LINE)
    }

    fn page(&mut self, page: Option<Page>) {
        match page.filter(|page| page.len() < self.room()) {
            Some(page) => {
                if !self.all.is_empty() {
                    self.all.line("");
                }
                self.all.page(&page);
            }
            None => self.left_out += 1,
        }
    }
}

impl Output for Summaries {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let room = self.room().saturating_sub(1);
        self.page(markdown_within(result.document(), &self.choice, room));
        if let Some(compared) = compared {
            self.page(Some(comparison_in_markdown(compared)));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.all.as_bytes())?;
        if self.left_out > 0 {
            let noun = plural(self.left_out, "result");
            writeln!(
                to,
                "\n**{} more {noun} left out here: GitHub takes 1 MiB of a step. Their result.json has all.**",
                self.left_out
            )?;
        }
        Ok(())
    }
}
