//! Whatever a file holds: an answer, no panic, no hang, no explosion.

use crate::support::{HEAD, load_text, one_error, valid};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use wirebench::scenario::{Overrides, load};

const STICKY: &str = include_str!("../../scenarios/sticky.toml");

/// Reads `text` and renders what is wrong with it.
fn survives(text: &str, overrides: &Overrides) {
    match load_text(text, overrides) {
        Ok(loaded) => assert!(loaded.scenario.cells.len() <= 10_000),
        Err(rendered) => assert!(rendered.starts_with("error"), "{rendered}"),
    }
}

/// The seed: `WIREBENCH_TEST_SEED`, or a constant, so that a run can be repeated. Captured output,
/// and so the seed, is shown when a test fails.
fn config() -> Config {
    let given = std::env::var("WIREBENCH_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or(42);
    println!("WIREBENCH_TEST_SEED={seed}");
    let rng_seed = RngSeed::Fixed(seed);
    Config { cases: 300, failure_persistence: None, rng_seed, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,400}") {
        survives(&text, &Overrides::default());
    }

    #[test]
    fn any_bytes_in_place_of_others_get_an_answer(
        edits in prop::collection::vec((0..STICKY.len(), any::<u8>()), 1..8)
    ) {
        let mut bytes = STICKY.as_bytes().to_vec();
        for (at, byte) in edits {
            bytes[at] = byte;
        }
        survives(&String::from_utf8_lossy(&bytes), &Overrides::default());
    }

    #[test]
    fn any_piece_repeated_or_left_out_gets_an_answer(
        from in 0..STICKY.len(), len in 0..400usize, times in 0..4usize
    ) {
        let mut from = from;
        while !STICKY.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (from + len).min(STICKY.len());
        while !STICKY.is_char_boundary(to) {
            to -= 1;
        }
        let to = to.max(from);
        let text = format!("{}{}{}", &STICKY[..from], STICKY[from..to].repeat(times), &STICKY[to..]);
        survives(&text, &Overrides::default());
    }

    #[test]
    fn any_option_gets_an_answer(
        key in "[a-z.\"-]{0,20}|load\\.[a-z-]{1,9}|framing(\\.[a-z]{1,6})*|expect\\.[a-z0-9.]{1,9}",
        value in "\\PC{0,30}"
    ) {
        let overrides = Overrides { set: vec![format!("{key}={value}")], ..Overrides::default() };
        survives(STICKY, &overrides);
    }
}

#[test]
fn a_file_of_a_quarter_mebibyte_is_the_longest() {
    let text = "#".repeat((256 << 10) + 1);
    let Err(diagnostics) = load("t.toml", &text, &Overrides::default(), &|_| Err(String::new()))
    else {
        panic!("valid")
    };
    assert!(diagnostics.render(false).contains("at most 262,144"), "{}", diagnostics.render(false));
}

#[test]
fn depth_is_bounded_in_files_and_options() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    survives(&format!("{STICKY}\nx = {deep}"), &Overrides::default());
    let keys = vec!["a"; 10_000].join(".");
    survives(&format!("{keys} = 1\n{STICKY}"), &Overrides::default());
    let set = format!("handler.config.{keys}=1");
    survives(STICKY, &Overrides { set: vec![set], ..Overrides::default() });
    let quoted = format!(
        "{STICKY}\n[[override]]\nwhen = {{ framing = \"raw\" }}\n\"handler.config.{keys}\" = 1\n"
    );
    survives(&quoted, &Overrides::default());
}

#[test]
fn large_settings_times_many_cells_are_refused_before_they_fill_memory() {
    let blob = "x".repeat(200_000);
    let sizes = (1..=5_000).map(|n| format!("\"{n}B\"")).collect::<Vec<_>>().join(",");
    let text = format!(
        "schema = 1\nname = \"t\"\nhandler = {{ plugin = \"echo\", config = {{ blob = \"{blob}\" }} }}\n\
         framing = \"len32be\"\n[matrix]\nload.payload = [{sizes}]\n"
    );
    let Err(rendered) = load_text(&text, &Overrides::default()) else { panic!("accepted") };
    assert!(rendered.contains("take too much memory together"), "{rendered}");
}

#[test]
fn thousands_of_gates_times_many_cells_are_refused_before_they_fill_memory() {
    let axis = (1..=100).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let gates: String = (0..8_000).map(|n| format!("count.k{n} = 0\n")).collect();
    let more: String = (0..1_000).map(|n| format!("expect.count.z{n} = 0\n")).collect();
    let text = |axes: &str| {
        format!(
            "{HEAD}[matrix]\n{axes}\n[expect]\n{gates}\
             [[override]]\nwhen = {{ load.in-flight = [1, 2] }}\n{more}"
        )
    };
    one_error(
        &text(&format!("load.in-flight = [{axis}]\nload.connections = [{axis}]")),
        "6:6",
        &["the 10,000 cells of the matrix take too much memory together", "fewer gates"],
    );
    let few = valid(&text("load.in-flight = [1, 2]"));
    assert!(few.cells.iter().all(|cell| cell.expect.len() == 9_000));
}

#[test]
fn the_longest_files_of_the_worst_kinds_get_an_answer() {
    let fill = |piece: &dyn Fn(usize) -> String| {
        let mut text = String::from(STICKY);
        let mut number = 0;
        while text.len() < (256 << 10) - 64 {
            text.push_str(&piece(number));
            number += 1;
        }
        text
    };
    survives(&fill(&|number| format!("in-fligh{number} = 1\n")), &Overrides::default());
    survives(&fill(&|_| "[[override]]\n".to_owned()), &Overrides::default());
    survives(&fill(&|number| format!("metric{number} = 1\n")), &Overrides::default());
    survives(&fill(&|_| "= [\n".to_owned()), &Overrides::default());
    survives(&fill(&|_| "'".to_owned()), &Overrides::default());
    let numbers: String = (0..20_000).map(|number| format!("{number},")).collect();
    let text = format!(
        "schema = 1\nname = \"t\"\nhandler = {{ plugin = \"echo\" }}\nframing = \"raw\"\n\
         [[override]]\nwhen = {{ load.in-flight = [{numbers}] }}\n\
         [matrix]\nload.in-flight = [{}]\n",
        (20_001..30_001).map(|number| format!("{number},")).collect::<String>()
    );
    survives(&text, &Overrides::default());
}
