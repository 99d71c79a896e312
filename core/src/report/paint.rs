//! Style around text, or none.

/// Puts style around text, or not.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Colours and bold type.
    pub color: bool,
}

impl Paint {
    fn with(self, style: anstyle::Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.into() }
    }

    /// The best of a group.
    pub(super) fn best(self, text: &str) -> String {
        self.with(green().bold(), text)
    }

    /// As it should be.
    pub(super) fn good(self, text: &str) -> String {
        self.with(green(), text)
    }

    /// A failure.
    pub(super) fn bad(self, text: &str) -> String {
        self.with(anstyle::AnsiColor::Red.on_default().bold(), text)
    }

    /// What to look at.
    pub(super) fn doubtful(self, text: &str) -> String {
        self.with(anstyle::AnsiColor::Yellow.on_default(), text)
    }

    /// A head.
    pub(super) fn title(self, text: &str) -> String {
        self.with(anstyle::Style::new().bold(), text)
    }

    /// What is there for who looks for it.
    pub(super) fn quiet(self, text: &str) -> String {
        self.with(anstyle::Style::new().dimmed(), text)
    }
}

fn green() -> anstyle::Style {
    anstyle::AnsiColor::Green.on_default()
}
