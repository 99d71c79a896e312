//! Text for people: one page behind the other.

use super::Output;
use crate::compare::Comparison;
use crate::report::{comparison, comparison_in_markdown, markdown, table};
use crate::result::{Document, Stored, StoredError};
use crate::text::Page;
use std::io::{self, Write};

/// Pages of results.
pub(super) struct Pages {
    all: Page,
    of_result: fn(&Document) -> Page,
    of_comparison: fn(&Comparison) -> Page,
}

impl Pages {
    /// As they are printed where no terminal is.
    pub(super) fn tables() -> Self {
        Self {
            all: Page::new(),
            of_result: |document| table::render(document, &table::Options::default()),
            of_comparison: |compared| comparison(compared, false, None),
        }
    }

    /// For GitHub.
    pub(super) fn markdown() -> Self {
        Self { all: Page::new(), of_result: markdown, of_comparison: comparison_in_markdown }
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
        self.page(&(self.of_result)(result.document()));
        if let Some(compared) = compared {
            self.page(&(self.of_comparison)(compared));
        }
        Ok(())
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(self.all.as_bytes())
    }
}
