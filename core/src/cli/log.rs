//! Showing what plugins and programs say while they run.

use super::args::LogArgs;
use super::screen::Screen;
use crate::run::{OutputLine, Runner, level_name};

impl LogArgs {
    /// True when anything is to be shown.
    pub(super) fn any(&self) -> bool {
        self.show_output || self.log_level.is_some()
    }

    fn wants(&self, line: &OutputLine<'_>) -> bool {
        match line.level {
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
        runner.listen(Box::new(move |line| {
            if self.wants(line) {
                // Who does not read it does not want it.
                let _ = writeln!(err, "{}", words(line));
            }
        }));
    }
}

/// `server echo warning: …`; a program of the user has no plugin.
fn words(line: &OutputLine<'_>) -> String {
    let plugin = if line.source == "program" { "" } else { line.plugin };
    let space = if plugin.is_empty() { "" } else { " " };
    format!("{}{space}{plugin} {}: {}", line.source, level_name(line.level), line.text)
}
