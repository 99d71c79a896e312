//! Which schemas are read: the newest of this program, and those before it.

/// Cells that a result can have: as many as a scenario can.
pub(crate) const MAX_CELLS: usize = 10_000;

/// The schemas of one kind of file.
#[derive(Debug)]
pub(crate) struct FileSchema {
    /// What stands in front of the number.
    prefix: &'static str,
    /// What such a file is called.
    what: &'static str,
    /// The newest that this program knows, and writes.
    pub(super) newest: u32,
}

/// `result.json`.
pub(super) const DOCUMENT: FileSchema =
    FileSchema { prefix: "wirebench.result/", what: "a result document", newest: 2 };

/// `journal.jsonl`.
pub(super) const JOURNAL: FileSchema =
    FileSchema { prefix: "wirebench.journal/", what: "a journal", newest: 2 };

/// `comparison.json`.
pub(crate) const COMPARISON: FileSchema =
    FileSchema { prefix: "wirebench.comparison/", what: "a comparison", newest: 1 };

impl FileSchema {
    /// The number of a schema, if this program reads it. `Err` says in words why it does not.
    pub(crate) fn version(&self, schema: &str) -> Result<u32, String> {
        let Some(number) = schema.strip_prefix(self.prefix) else {
            let kinds = [DOCUMENT, JOURNAL, COMPARISON];
            let other = kinds.into_iter().find(|kind| schema.starts_with(kind.prefix));
            return Err(match other {
                Some(other) => format!("it is {}, not {}", other.what, self.what),
                None => format!("it is not {}: its schema is {schema:?}", self.what),
            });
        };
        match number.parse() {
            Ok(number) if (1..=self.newest).contains(&number) => Ok(number),
            Ok(number) if number > self.newest => Err(format!(
                "it was made by a newer wirebench: its schema is {schema:?}, and this program reads \
                 up to {}{}",
                self.prefix, self.newest
            )),
            _ => Err(format!("there is no schema {schema:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::{document, journal};

    #[test]
    fn what_is_written_is_the_newest_that_is_read() {
        let comparison = crate::compare::SCHEMA;
        for (kind, written) in
            [(DOCUMENT, document::SCHEMA), (JOURNAL, journal::SCHEMA), (COMPARISON, comparison)]
        {
            assert_eq!(kind.version(written), Ok(kind.newest));
            assert_eq!(kind.version(&format!("{}1", kind.prefix)), Ok(1));
        }
    }

    #[test]
    fn a_newer_one_a_foreign_one_and_one_of_another_file_are_told_apart() {
        let told = |schema| DOCUMENT.version(schema).expect_err("it is not read");
        assert!(told("wirebench.result/3").contains("newer wirebench"));
        assert!(told("wirebench.result/0").contains("no schema"));
        assert!(told("wirebench.result/two").contains("no schema"));
        assert!(told("wirebench.journal/2").contains("it is a journal"));
        assert!(told("bench\u{1b}[31m/1").contains("\\u{1b}"));
    }
}
