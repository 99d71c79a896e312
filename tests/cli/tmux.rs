//! The cells of a run on a terminal that somebody works at: it is resized, and the run is stopped and goes on.

use crate::harness::tmux::Tmux;
use crate::harness::{Bench, ENDS_AT_ALL, plugin_folder, scenario};
use std::time::{Duration, Instant};

/// A bench with a scenario of so many cells, each with rounds of a fifth of a second.
fn bench(cells: u32, rounds: u32) -> Bench {
    let bench = Bench::new();
    let cells: Vec<String> = (1..=cells).map(|bytes| format!("\"{bytes} B\"")).collect();
    let matrix = format!("[matrix]\n\"load.payload\" = [{}]\n", cells.join(", "));
    let load = format!("duration = \"200ms\"\nrounds = {rounds}\n");
    bench.write("scenario.toml", scenario("\"len32be\"", &load, &matrix));
    bench
}

/// The line that runs it, below a line that says so.
fn run(before: &str, options: &str) -> String {
    let program = env!("CARGO_BIN_EXE_wirebench");
    let folder = plugin_folder();
    format!(
        "clear; echo above; {before} {program} run scenario.toml --plugin-dir {folder} --out out {options}"
    )
}

/// True for a line that stands above cells.
fn is_title(line: &str) -> bool {
    // Of `test` there may be less.
    line.starts_with("  te") && line.contains("  rounds")
}

fn is_bar(line: &str) -> bool {
    line.contains(['█', '▌', '░']) || line.contains("/300  ")
}

/// True for the lines of five cells, drawn for a terminal of so many columns.
fn is_drawn(lines: &[String], columns: usize) -> bool {
    let [title, cells @ .., bar] = lines else { return false };
    let cell = |line: &String| {
        let [mark, _, size, unit, ..] = line.split("").skip(1).collect::<Vec<_>>()[..] else {
            return false;
        };
        [" ", ">"].contains(&mark) && "l12345".contains(size) && !unit.is_empty()
    };
    let fits = |line: &String| wirebench::text::width(line) < columns;
    let wide = if columns < 60 { !title.contains("p50") } else { title.ends_with("damaged") };
    let is_whole = is_title(title) && wide && is_bar(bar) && cells.len() == 5;
    is_whole && cells.iter().all(cell) && lines.iter().all(fits)
}

#[test]
#[ignore = "needs tmux"]
fn every_size_is_fitted_and_nothing_is_left_of_the_one_before() {
    let bench = bench(5, 60);
    let tmux = Tmux::start(&bench, (80, 24));
    tmux.line(&run("", "--color never"));
    // Where lines become more rows, tmux scrolls as many away at the top, and shows them again once it is higher.
    for (columns, rows) in [(80, 24), (110, 50), (75, 50), (50, 50), (30, 50), (120, 50), (90, 40)]
    {
        tmux.resize((columns, rows));
        let what = format!("the cells in {columns} columns, drawn anew, and nothing else");
        let before = over(&tmux.screen());
        tmux.wait(&what, |screen| is_drawn(below(screen), columns.into()) && over(screen) > before);
    }
    tmux.key("C-c");
    let mut after = tmux.prompt();
    // The same table again, where nothing was drawn before.
    let program = env!("CARGO_BIN_EXE_wirebench");
    tmux.line(&format!("clear; echo above; {program} report out/test/2* --color never"));
    tmux.wait("the report", |screen| screen != after && screen.len() > 1);
    let again = tmux.prompt();
    let said = after.iter().position(|line| line.starts_with("interrupted: "));
    after.remove(said.expect("why it ends"));
    assert_eq!(below(&after), below(&again));
    assert!(after.iter().any(|line| line.contains("100 %")), "{after:?}");
}

/// How many rounds are over, by the bar.
fn over(screen: &[String]) -> u32 {
    let bar = screen.iter().rfind(|line| is_bar(line));
    let count = bar.and_then(|bar| bar.split('/').next()?.split(' ').next_back()?.parse().ok());
    count.unwrap_or(0)
}

/// What stands below the line that was there before.
fn below(screen: &[String]) -> &[String] {
    match screen.split_first() {
        Some((first, below)) if first == "above" => below,
        _ => screen,
    }
}

#[test]
#[ignore = "needs tmux"]
fn a_hundred_cells_have_room_and_leave_nothing_behind() {
    let bench = bench(100, 2);
    let tmux = Tmux::start(&bench, (80, 24));
    tmux.line(&run("", ""));
    let screen = tmux.wait("a round that is over", |screen| {
        screen.iter().any(|line| line.ends_with("  waits") && line.contains(" 1/2 "))
    });
    assert_eq!(screen.len(), 23, "{screen:?}");
    assert!(is_title(&screen[0]) && is_bar(&screen[22]), "{screen:?}");
    assert_eq!(screen[21], "… 80 more cells");
    assert_eq!(screen.iter().filter(|line| line.starts_with("> ")).count(), 1, "{screen:?}");
    tmux.key("C-c");
    tmux.prompt();
    tmux.line("echo code $?");
    tmux.wait("the code", |screen| screen.iter().any(|line| line == "code 105"));
    let history = tmux.history();
    let left = |line: &&String| is_title(line) || is_bar(line) || line.contains("more cells");
    assert_eq!(history.iter().find(left), None, "{history:?}");
    assert!(history.iter().any(|line| line.contains("interrupted: ")), "{history:?}");
}

/// How many drawings stand there.
fn drawings(screen: &[String]) -> usize {
    screen.iter().filter(|line| is_title(line)).count()
}

/// True where so many drawings stand there, and the last lines are one of five cells in 80 columns.
fn ends_drawn(screen: &[String], count: usize) -> bool {
    let last = screen.len().saturating_sub(7);
    drawings(screen) == count && is_drawn(&screen[last..], 80)
}

/// Waits until so many more rounds are over.
#[track_caller]
fn await_rounds(bench: &Bench, more: usize) {
    let over = || {
        let runs = std::fs::read_dir(bench.out().join("test")).expect("a run is kept");
        let journals = runs.flatten().map(|run| run.path().join("journal.jsonl"));
        let read = |journal| std::fs::read_to_string(journal).unwrap_or_default();
        journals.map(|journal| read(journal).matches("\"outcome\"").count()).max().unwrap_or(0)
    };
    let (before, begun) = (over(), Instant::now());
    while over() < before + more {
        assert!(begun.elapsed() < ENDS_AT_ALL, "only {} rounds are over", over());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs tmux"]
fn a_run_that_is_stopped_leaves_the_terminal_alone_and_is_drawn_again_below() {
    let bench = bench(5, 60);
    let tmux = Tmux::start(&bench, (80, 50));
    tmux.line(&run("", "--color never"));
    tmux.wait("the cells", |screen| screen.len() == 8 && ends_drawn(screen, 1));
    tmux.key("C-z");
    let stopped = tmux.prompt();
    assert!(is_drawn(&stopped[1..8], 80), "it stays as it is: {stopped:?}");
    assert!(stopped[8].starts_with("^Z") && tmux.shows_cursor(), "{stopped:?}");
    tmux.line("bg");
    await_rounds(&bench, 6);
    let before = tmux.prompt();
    assert_eq!(drawings(&before), 1, "nothing is drawn in the background: {before:?}");
    assert_eq!(before[..8], stopped[..8]);
    tmux.line("fg");
    let again = tmux.wait("the cells below", |screen| ends_drawn(screen, 2));
    assert_eq!(again[..before.len() - 1], before[..before.len() - 1]);
    // Though it is never told that others had the terminal.
    tmux.key("C-z");
    tmux.prompt();
    tmux.line("clear; fg");
    tmux.wait("the cells at the top", |screen| ends_drawn(screen, 1));
    tmux.key("C-c");
    let left = tmux.prompt();
    assert_eq!(drawings(&left), 0, "{left:?}");
    assert!(left.iter().any(|line| line.starts_with("interrupted: ")), "{left:?}");
}

#[test]
#[ignore = "needs tmux"]
fn a_run_that_is_watched_is_drawn_though_another_process_has_the_terminal() {
    let bench = bench(5, 60);
    let tmux = Tmux::start(&bench, (80, 50));
    tmux.line(&run("", "--color never --watch"));
    tmux.wait("the cells", |screen| screen.len() == 8 && ends_drawn(screen, 1));
    // The run itself is not stopped, and draws nothing meanwhile.
    tmux.key("C-z");
    let stopped = tmux.prompt();
    await_rounds(&bench, 6);
    assert_eq!(tmux.screen(), stopped);
    tmux.line("clear; fg");
    tmux.wait("the cells at the top", |screen| ends_drawn(screen, 1));
    tmux.key("C-c");
    let screen = tmux.prompt();
    assert_eq!(drawings(&screen), 0, "{screen:?}");
}

#[test]
#[ignore = "needs tmux"]
fn colours_are_left_out_where_nobody_wants_them_and_all_is_where_nothing_is_obeyed() {
    let bench = bench(5, 1);
    let tmux = Tmux::start(&bench, (80, 40));
    for (before, colors) in [("", true), ("NO_COLOR=1", false)] {
        tmux.line(&run(before, ""));
        tmux.wait("the cells", |screen| screen.len() == 8 && is_drawn(&screen[1..], 80));
        let screen = tmux.colored();
        assert_eq!(screen[..8].iter().any(|line| line.contains('\u{1b}')), colors, "{screen:?}");
        tmux.prompt();
    }
    tmux.line(&run("TERM=dumb", ""));
    tmux.wait("the table", |screen| screen.iter().any(|line| line.contains("100 %")));
    let screen = tmux.prompt();
    assert!(!screen.iter().any(|line| line.contains('░') || is_title(line)), "{screen:?}");
}
