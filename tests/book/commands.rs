//! Commands that pages show are commands that the program has, also where they are not run.

use crate::page::Page;
use crate::summary::pages;
use clap::CommandFactory;
use std::collections::BTreeSet;
use wirebench::cli::args::Cli;

#[test]
fn every_verb_and_option_that_a_page_uses_exists() {
    let cli = Cli::command();
    let mut seen = 0;
    for page in pages().iter().map(|name| Page::read(name)).chain([Page::read("README.md")]) {
        for command in page.commands() {
            let Some((_, line)) = command.split_once("wirebench ") else { continue };
            if !command.split("wirebench ").next().is_some_and(is_before_the_program) {
                continue;
            }
            // What follows a pipe or a redirection is not the program's.
            let line = line.split(['|', '>', ';', '&']).next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let verb = words.next().unwrap_or_default();
            let place = format!("{}: {command}", page.name());
            if ["--version", "--help"].contains(&verb) {
                continue;
            }
            let Some(mut verb) = cli.find_subcommand(verb) else {
                panic!("{place}: there is no verb `{verb}`")
            };
            let mut words = words.peekable();
            if let Some(inner) = words.peek().and_then(|word| verb.find_subcommand(word)) {
                verb = inner;
            }
            let known: BTreeSet<&str> =
                verb.get_arguments().filter_map(|arg| arg.get_long()).collect();
            // `--` alone parts the sides of `compare`.
            let options = words.filter_map(|word| word.strip_prefix("--"));
            for option in options.filter(|option| !option.is_empty()) {
                let option = option.split('=').next().unwrap_or_default();
                let there = option == "help" || known.contains(option);
                assert!(there, "{place}: `{}` has no option --{option}", verb.get_name());
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} commands were found");
}

/// True where what stands before the program's name calls it: nothing, its path, or settings of the environment.
fn is_before_the_program(head: &str) -> bool {
    let (settings, path) = match head.rsplit_once(' ') {
        Some((settings, path)) => (settings, path),
        None => ("", head),
    };
    settings.split_whitespace().all(|word| word.contains('='))
        && (path.is_empty() || path.ends_with('/'))
}

#[test]
fn what_is_not_run_says_why() {
    for name in pages() {
        for block in Page::read(&name).all_blocks() {
            let reason = block.not_run.unwrap_or("there is none");
            assert!(reason.len() > 5, "{name}: say why this is not run:\n{}", block.text);
        }
    }
}
