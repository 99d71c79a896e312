//! Why a hook failed.

/// Why a hook failed, for a person. Any `std::error::Error` becomes one with `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pointer: String,
    text: String,
}

impl Error {
    /// An error that `text` explains.
    pub fn new(text: impl Into<String>) -> Self {
        Self { pointer: String::new(), text: text.into() }
    }

    /// A fault in the configuration. `pointer` is a JSON pointer to it (`/max`); the scenario's
    /// line is found through it.
    pub fn at(pointer: impl Into<String>, text: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), text: text.into() }
    }

    /// The JSON pointer into the configuration; empty when the error is about something else.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What went wrong.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pointer.is_empty() {
            f.write_str(&self.text)
        } else {
            write!(f, "{}: {}", self.pointer, self.text)
        }
    }
}

// `Error` itself is no `std::error::Error`: only so can every other one be turned into it.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self::new(text)
    }
}
