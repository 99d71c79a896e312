//! What is wrong with what somebody wrote.

use std::fmt::{Display, Formatter, Result};

/// What is wrong with a value, in a sentence that says what was written, what may be, and an
/// example. The name of what has the value goes in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    text: String,
}

impl Wrong {
    pub(crate) fn new(text: String) -> Self {
        Self { text }
    }

    pub(crate) fn out_of_range<T: Display>(value: T, least: T, most: T, nearest: T) -> Self {
        Self::new(format!(
            "`{value}` is out of range: {least} to {most} is allowed, such as `\"{nearest}\"`"
        ))
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Wrong {}

impl From<Wrong> for String {
    fn from(wrong: Wrong) -> Self {
        wrong.text
    }
}
