//! Showing what plugins and programs say while they run.

use super::args::HearArgs;
use super::screen::Screen;
use crate::run::{Runner, Said, word};

impl HearArgs {
    /// True when anything is to be shown.
    pub(super) fn any(&self) -> bool {
        self.show_output || self.log_level.is_some()
    }

    fn wants(&self, said: &Said<'_>) -> bool {
        match said.level {
            None => self.show_output,
            Some(level) => self.log_level.is_some_and(|most| level <= most as u32),
        }
    }

    /// Has the runner print what is wanted, each on a line of its own.
    pub(super) fn attach(self, runner: &mut Runner) {
        if !self.any() {
            return;
        }
        let (_, mut err) = Screen::both();
        runner.listen(Box::new(move |said| {
            if self.wants(said) {
                // Who does not read it does not want it.
                let _ = writeln!(err, "{}", words(said));
            }
        }));
    }
}

/// `server echo warning: …`; a program of the user has no plugin.
fn words(said: &Said<'_>) -> String {
    let plugin = if said.who == "program" { "" } else { said.plugin };
    let space = if plugin.is_empty() { "" } else { " " };
    format!("{}{space}{plugin} {}: {}", said.who, word(said.level), said.text)
}
