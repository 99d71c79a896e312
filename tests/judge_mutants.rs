//! The judge's tests are tested: under each mistake that `core/judge/src/mutant.rs` lists, one of
//! them has to fail.
//!
//! They are those of the other `judge_*.rs`, taken in here as modules; this program runs itself
//! again with a mistake chosen, and of all its tests only those.

#[path = "judge_cuts.rs"]
mod judge_cuts;
#[path = "judge_damage.rs"]
mod judge_damage;
#[path = "judge_datagrams.rs"]
mod judge_datagrams;
#[path = "judge_law.rs"]
mod judge_law;

#[path = "judge_mutants/child.rs"]
mod child;

use child::Ending;
use std::io::Write;
use std::time::Duration;
use wirebench::judge::Mutant;

/// Examples, which take next to no time and kill nearly all.
const EXAMPLES: [&str; 6] = [
    "judge_cuts::",
    "judge_damage::",
    "judge_datagrams::answers::",
    "judge_datagrams::damage::",
    "judge_datagrams::horizon::",
    "judge_datagrams::matching::",
];

/// Everything, what is random and what is large too.
const SUITES: [&str; 4] = ["judge_cuts::", "judge_damage::", "judge_datagrams::", "judge_law::"];

/// Long enough for all suites on a busy machine; only a mutant that loops takes it.
const ENDS_AT_ALL: Duration = Duration::from_secs(120);

/// A test for each mutant, named `the_mutant_that_…_is_killed` after it.
macro_rules! killed {
    ($($test:ident,)+) => {
        const KILLED: &[&str] = &[$(stringify!($test)),+];
        $(
            #[test]
            fn $test() {
                is_killed(mutant_of(stringify!($test)));
            }
        )+
    };
}

killed! {
    the_mutant_that_forgets_a_verdict_is_killed,
    the_mutant_that_ignores_the_last_byte_is_killed,
    the_mutant_that_ignores_a_byte_in_the_middle_is_killed,
    the_mutant_that_compares_only_lengths_is_killed,
    the_mutant_that_reports_only_the_first_exchange_is_killed,
    the_mutant_that_shows_the_wrong_place_is_killed,
    the_mutant_that_counts_a_message_twice_is_killed,
    the_mutant_that_calls_a_merged_message_intact_is_killed,
    the_mutant_that_counts_only_the_first_of_merged_messages_is_killed,
    the_mutant_that_calls_a_split_message_intact_is_killed,
    the_mutant_that_calls_a_straddled_message_split_is_killed,
    the_mutant_that_calls_a_corrupted_message_split_is_killed,
    the_mutant_that_forgets_that_bytes_changed_is_killed,
    the_mutant_that_believes_seven_bytes_is_killed,
    the_mutant_that_calls_a_truncated_message_lost_is_killed,
    the_mutant_that_loses_nothing_at_the_end_is_killed,
    the_mutant_that_looks_one_record_too_few_ahead_is_killed,
    the_mutant_that_skips_one_record_too_many_is_killed,
    the_mutant_that_asks_for_equal_length_first_is_killed,
    the_mutant_that_waits_for_no_next_message_is_killed,
    the_mutant_that_miscounts_unexpected_bytes_is_killed,
    the_mutant_that_overlooks_an_unexpected_message_is_killed,
    the_mutant_that_counts_a_duplicate_as_nothing_is_killed,
    the_mutant_that_calls_a_reordered_datagram_intact_is_killed,
    the_mutant_that_counts_a_late_datagram_in_time_is_killed,
    the_mutant_that_calls_a_late_datagram_a_copy_is_killed,
    the_mutant_that_measures_an_ambiguous_datagram_is_killed,
    the_mutant_that_matches_equal_payloads_youngest_first_is_killed,
    the_mutant_that_ignores_the_horizon_of_time_is_killed,
    the_mutant_that_gives_up_too_early_is_killed,
    the_mutant_that_ignores_the_horizon_of_places_is_killed,
    the_mutant_that_settles_an_intact_datagram_at_once_is_killed,
    the_mutant_that_forgets_without_a_verdict_is_killed,
    the_mutant_that_ignores_the_transports_word_is_killed,
    the_mutant_that_takes_seven_bytes_for_a_beginning_is_killed,
    the_mutant_that_corrupts_the_oldest_that_agrees_is_killed,
    the_mutant_that_corrupts_what_hardly_agrees_is_killed,
    the_mutant_that_forgets_the_last_of_joined_datagrams_is_killed,
    the_mutant_that_doubts_the_order_of_equal_answers_is_killed,
    the_mutant_that_calls_a_straddled_answer_split_is_killed,
    the_mutant_that_forgets_that_an_answer_began_is_killed,
    the_mutant_that_takes_a_wrong_answer_for_none_is_killed,
    the_mutant_that_keeps_a_suspect_of_an_answered_request_is_killed,
}

/// What a test of [`killed`] calls a mutant, as `WIREBENCH_MUTANT` calls it.
fn mutant_of(test: &str) -> String {
    let name =
        test.strip_prefix("the_mutant_that_").and_then(|rest| rest.strip_suffix("_is_killed"));
    name.expect("a test named after a mutant").replace('_', "-")
}

fn is_killed(mutant: String) {
    let under = |suites: &[&str]| child::run(suites, &[(child::MUTANT, &mutant)], ENDS_AT_ALL);
    let mut ending = under(&EXAMPLES);
    if matches!(ending, Ending::Passed(_)) {
        ending = under(&SUITES);
    }
    let how = match ending {
        Ending::Failed(test) => format!("{test} fails"),
        Ending::Hung(test) => format!("{test} hangs"),
        Ending::Died(test) => format!("{test} takes the process with it"),
        Ending::Passed(tests) => panic!(
            "`{mutant}` survives: none of {} tests finds it. Add one that does where it belongs, in \
             tests/judge_*.rs",
            tests.len()
        ),
    };
    // Past the capture of the output, which would hide it unless this fails.
    let _ = writeln!(std::io::stderr(), "{mutant} is killed: {how}");
}

/// Without it, mutants might be killed by whatever else goes wrong.
#[test]
fn all_tests_pass_without_a_mutant() {
    let ending = child::run(&SUITES, &[], ENDS_AT_ALL);
    let Ending::Passed(tests) = ending else { panic!("{ending:?}") };
    for suite in SUITES {
        assert!(tests.iter().any(|test| test.starts_with(suite)), "{suite} was not run: {tests:?}");
    }
}

#[test]
fn every_mutant_has_a_test_that_kills_it() {
    let killed: Vec<String> = KILLED.iter().map(|test| mutant_of(test)).collect();
    let all: Vec<String> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
    assert_eq!(killed, all);
    assert!(std::collections::BTreeSet::from_iter(&all).len() == all.len(), "{all:?}");
}

/// A mutant that is not there would be one that survives, or one that dies of its name.
#[test]
fn a_name_that_no_mutant_has_is_refused_with_those_there_are() {
    let mutant = [(child::MUTANT, "forgets-a-verdic")];
    let output = child::command(&SUITES[..1], &mutant).output().expect("this program starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("there is no `forgets-a-verdic`"), "{told}");
    for mutant in Mutant::ALL {
        assert!(told.contains(&mutant.name()), "{told}");
    }
}

/// Set for [`a_test_that_hangs_where_it_is_told_to`].
const HANG: &str = "WIREBENCH_TEST_HANG";

#[test]
fn a_test_that_hangs_where_it_is_told_to() {
    if std::env::var_os(HANG).is_some() {
        std::thread::sleep(ENDS_AT_ALL);
    }
}

#[test]
fn a_test_that_hangs_is_ended_and_named() {
    let test = "a_test_that_hangs_where_it_is_told_to";
    let ending = child::run(&[test], &[(HANG, "1")], Duration::from_millis(500));
    // On a busy machine the test may not even have begun.
    assert!(matches!(&ending, Ending::Hung(name) if name == test || name.is_empty()), "{ending:?}");
}
