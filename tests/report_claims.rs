//! The table claims nothing that the measurement cannot carry.

#[path = "report/sample.rs"]
mod sample;

use sample::{
    Sample, against_a_foreign_server, crash, document, round_with, scenario, three_rounds,
};
use wirebench::judge::Verdict;
use wirebench::measure::Exchanges;
use wirebench::report::markdown;
use wirebench::report::table::{Options, render};
use wirebench::result::Round;
use wirebench::result::document::Verdicts;
use wirebench::scenario::{Scenario, Until};

fn table(scenario: &Scenario, rounds: &[Round]) -> String {
    render(&document(scenario, rounds), &Options::default()).into()
}

/// What the answer says under this title.
fn said(table: &str, title: &str) -> Option<String> {
    let mut lines = table.lines().skip_while(|line| !line.starts_with(&format!("{title} ")));
    let first = lines.next()?[11..].to_owned();
    let more = lines.take_while(|line| line.starts_with("           ")).map(str::trim);
    Some(more.fold(first, |all, line| format!("{all} {line}")))
}

/// Three rounds of `line` and of `len32be`, with so many exchanges each.
fn two_cells(line: [u64; 3], len32be: [u64; 3]) -> (Scenario, Vec<Round>) {
    let mut scenario = scenario(&["line", "len32be"], &[64]);
    scenario.rounds = 3;
    let mut rounds = Vec::new();
    for round in 0..3 {
        let sample = |count: u64| Sample::intact(count, 64, 1, 12_000_000 / count);
        rounds.push(sample(line[round as usize]).round(0, round));
        rounds.push(sample(len32be[round as usize]).round(1, round));
    }
    (scenario, rounds)
}

#[test]
fn a_fastest_cell_is_named_and_marked_where_the_rounds_tell_it_apart() {
    let (scenario, rounds) = two_cells([2_000, 2_100, 2_050], [500, 530, 510]);
    let table = table(&scenario, &rounds);
    assert_eq!(said(&table, "fastest").as_deref(), Some("line (6.83k/s)"), "{table}");
    assert_eq!(said(&table, "slowest").as_deref(), Some("len32be (3.99x slower)"), "{table}");
    assert!(table.contains("*6.83k/s") && table.contains(" 3.99x "), "{table}");
    assert!(table.contains("*: best of its group") && table.contains("±: 95 %"), "{table}");
}

#[test]
fn within_the_noise_there_is_no_winner_no_mark_and_no_factor() {
    // Three and a half times in one round, and the other way round in another.
    let (scenario, rounds) = two_cells([2_000, 600, 2_100], [570, 2_000, 500]);
    let document = document(&scenario, &rounds);
    let table = render(&document, &Options::default());
    let none = "no difference that 3 rounds could show";
    assert_eq!(said(&table, "fastest").as_deref(), Some(none), "{table}");
    assert_eq!(said(&table, "slowest"), None, "{table}");
    for text in [&table, &markdown(&document)] {
        assert!(!text.contains('*') && !text.contains("00x"), "{text}");
        // In Markdown it is escaped.
        let told = text.replace("\\~", "~");
        assert_eq!(told.matches(" ~ ").count(), 2, "{text}");
    }
}

#[test]
fn one_round_names_nobody_and_says_why() {
    let (mut scenario, rounds) = two_cells([2_000, 1, 1], [5, 1, 1]);
    scenario.rounds = 1;
    let table = table(&scenario, &rounds[..2]);
    assert_eq!(said(&table, "fastest").as_deref(), Some("one round cannot show a difference"));
    assert_eq!(said(&table, "slowest"), None, "{table}");
    assert!(!table.contains('*') && !table.contains('±') && !table.contains('~'), "{table}");
}

#[test]
fn cells_that_tie_for_the_fastest_are_named_and_marked_together() {
    let (scenario, rounds) = three_rounds();
    let table = table(&scenario, &rounds);
    let fastest = said(&table, "fastest").expect("there are fastest");
    assert!(fastest.starts_with("line, varint, len32be ("), "{table}");
    assert!(fastest.ends_with(": no difference that 3 rounds could show)"), "{table}");
    let row = |name: &str| {
        let mut lines = table.lines();
        lines.find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {table}"))
    };
    for name in ["line ", "varint ", "len32be "] {
        assert!(row(name).matches('*').count() >= 3, "p50, p99 and rate: {table}");
    }
    assert!(said(&table, "slowest").is_some_and(|words| words.starts_with("sleep (2")), "{table}");
}

#[test]
fn a_damaged_cell_has_no_factor_and_says_what_moved() {
    let (scenario, rounds) = three_rounds();
    let document = document(&scenario, &rounds);
    assert_eq!(document.cells[0].relative, None, "its rate is not of the same thing");
    for text in [render(&document, &Options::default()), markdown(&document)] {
        assert!(text.contains("; the client moved 268k messages/s"), "{text}");
        assert!(!text.contains("(8"), "{text}");
        assert_eq!(
            text.matches("moved").count(),
            1,
            "where all is whole, the rate says it: {text}"
        );
    }
}

#[test]
fn the_answer_has_a_word_of_its_own_for_each_way_to_have_no_verdict() {
    let scenario = scenario(&["a", "b", "c", "d", "e", "f", "g"], &[64]);
    let good = || Sample::intact(1_000, 64, 1, 10_000);
    let none = Exchanges::default();
    let rounds = [
        good().round(0, 0),
        good().ended(none.clone()).round(1, 0),
        good().ended(Exchanges { started: 9, rejected: 9, ..none.clone() }).round(2, 0),
        good().ended(Exchanges { started: 9, wrong: 9, ..none }).round(3, 0),
        good().damage_requests(Verdict::Merged, 10).round(4, 0),
        round_with(5, 0, crash()),
    ];
    let table = table(&scenario, &rounds);
    for (title, words) in [
        ("whole", "a"),
        ("unmeasured", "b"),
        ("refused", "c"),
        ("not done", "d (every message whole, but 0 % of the exchanges done)"),
        ("damaged", "e (99.5 % intact)"),
        ("crashed", "f"),
        ("no result", "g"),
    ] {
        assert_eq!(said(&table, title).as_deref(), Some(words), "{title}: {table}");
    }
}

#[test]
fn cells_of_a_foreign_server_are_answered_and_compared_by_their_rates() {
    let (mut scenario, rounds) = two_cells([2_000, 2_100, 2_050], [500, 530, 510]);
    against_a_foreign_server(&mut scenario);
    let foreign = |round: &Round, count: u64| {
        Sample::intact(count, 64, 1, 12_000_000 / count).foreign().round(round.cell, round.round)
    };
    let counts = [2_000, 500, 2_100, 530, 2_050, 510];
    let rounds: Vec<Round> =
        rounds.iter().zip(counts).map(|(round, count)| foreign(round, count)).collect();
    let document = document(&scenario, &rounds);
    let table = render(&document, &Options::default());
    let words = said(&table, "answered").expect("they are answered");
    assert!(words.contains("handler-only: the server is not ours"), "{table}");
    assert_eq!(said(&table, "no result"), None, "{table}");
    assert_eq!(said(&table, "damaged"), None, "{table}");
    assert_eq!(said(&table, "whole"), None, "{table}");
    assert_eq!(said(&table, "fastest").as_deref(), Some("line (6.83k/s)"), "{table}");
    let colored = render(&document, &Options { color: true, ..Options::default() });
    assert!(!colored.contains("\u{1b}[31m"), "nothing failed: {colored}");
}

#[test]
fn a_foreign_servers_cell_with_open_exchanges_is_not_answered() {
    let mut scenario = scenario(&["line", "len32be", "varint"], &[64]);
    against_a_foreign_server(&mut scenario);
    let ended = |done, unanswered, rejected| {
        let started = done + unanswered + rejected;
        let ends = Exchanges { started, done, unanswered, rejected, ..Exchanges::default() };
        Sample::intact(1_000, 64, 1, 10_000).foreign().ended(ends)
    };
    let rounds = [
        ended(900, 100, 0).round(0, 0),
        ended(900, 0, 100).round(1, 0),
        ended(0, 0, 100).round(2, 0),
    ];
    let table = table(&scenario, &rounds);
    let not_done = Some("line (90.0 % of the exchanges done)");
    assert_eq!(said(&table, "not done").as_deref(), not_done, "{table}");
    assert_eq!(said(&table, "answered").as_deref(), Some("len32be"), "{table}");
    assert_eq!(said(&table, "refused").as_deref(), Some("varint"), "{table}");
}

#[test]
fn a_cell_in_which_a_side_crashed_is_not_whole_and_wins_nothing() {
    let (scenario, mut rounds) = two_cells([2_000, 2_100, 2_050], [500, 530, 510]);
    rounds[4] = round_with(0, 2, crash());
    let table = table(&scenario, &rounds);
    assert_eq!(said(&table, "crashed").as_deref(), Some("line"), "{table}");
    assert_eq!(said(&table, "fastest"), None, "there is nobody to compare it with: {table}");
}

#[test]
fn what_moved_is_not_told_where_the_window_ends_with_the_last_done_exchange() {
    let (mut scenario, rounds) = three_rounds();
    for cell in &mut scenario.cells {
        cell.settings.load.until = Until::Messages(1_000);
    }
    let document = document(&scenario, &rounds);
    assert_eq!(document.cells[0].rate.messages, None);
    assert!(!render(&document, &Options::default()).contains("moved"));
}

#[test]
fn cells_with_too_few_rounds_in_common_are_not_said_to_be_alike() {
    let (scenario, rounds) = two_cells([2_000, 2_100, 2_050], [5, 5, 5]);
    let table = table(
        &scenario,
        &rounds[..5]
            .iter()
            .filter(|round| round.cell == 0 || round.round == 0)
            .cloned()
            .collect::<Vec<_>>(),
    );
    let words = Some("too few rounds in common to show a difference");
    assert_eq!(said(&table, "fastest").as_deref(), words, "{table}");
    assert!(!table.contains('*') && !table.contains('~'), "{table}");
}

#[test]
fn an_older_document_of_a_foreign_server_is_not_called_damaged() {
    let (mut scenario, _) = two_cells([1; 3], [1; 3]);
    against_a_foreign_server(&mut scenario);
    let rounds = [0, 1].map(|cell| Sample::intact(900, 64, 1, 10_000).foreign().round(cell, 0));
    let mut document = document(&scenario, &rounds);
    for cell in &mut document.cells {
        // What was not known stood there as zeros.
        cell.integrity.reply = Some(Verdicts::default());
    }
    let table = render(&document, &Options::default());
    assert_eq!(said(&table, "damaged"), None, "{table}");
    assert!(said(&table, "answered").is_some(), "{table}");
}
