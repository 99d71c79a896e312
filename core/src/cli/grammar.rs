//! The command line as others are told of it, in completions and in the manual: without the verbs that this program
//! calls itself with.

use super::args::Cli;
use crate::host::program::NAME;
use clap::{Command, CommandFactory as _};

/// The program with the verbs that are for people.
pub(super) fn grammar() -> Command {
    let whole = Cli::command();
    let verbs = whole.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned();
    Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(whole.get_about().cloned().unwrap_or_default())
        .after_help(whole.get_after_help().cloned().unwrap_or_default())
        .subcommand_required(true)
        .args(whole.get_arguments().cloned())
        .subcommands(verbs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_for_people_is_there_and_no_other() {
        let hidden = |verb: &Command| verb.get_name().starts_with("__");
        let verbs: Vec<String> =
            grammar().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        let all = Cli::command();
        let people = all.get_subcommands().filter(|verb| !hidden(verb)).map(Command::get_name);
        assert_eq!(verbs, people.collect::<Vec<_>>());
        grammar().debug_assert();
    }
}
