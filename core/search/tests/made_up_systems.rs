//! Searches on systems whose capacity is known: the answer brackets it, in as few points as promised.

use wirebench_load::rng::SplitMix64;
use wirebench_search::{
    Answer, Heard, Rule, Search, Standing, geometric, most_points, usual_points,
};

/// Repetitions of everything that is random.
const SEEDS: u64 = 400;

fn grid() -> Vec<f64> {
    geometric(1_000.0, 1_000_000.0, 0.05, 4_096).expect("a grid")
}

/// Plays a search to its end; `keeps`: the chance that a round at a value keeps the limit.
fn play(values: &[f64], lead: u32, seed: u64, keeps: impl Fn(f64) -> f64) -> (Search, Answer) {
    let rule = Rule::new(lead);
    let mut search = Search::new(values.to_vec(), rule);
    let mut dice = SplitMix64::stream(seed, 7);
    let bound = most_points(values) as u64 * u64::from(rule.most());
    for round in 0.. {
        assert!(round <= bound, "seed {seed}: more than {bound} rounds");
        let Some(next) = search.next() else { break };
        let chance = keeps(values[next.point]);
        let drawn = dice.below(1 << 52) as f64 / (1_u64 << 52) as f64;
        search.tell(next.point, if drawn < chance { Heard::Holds } else { Heard::Fails });
    }
    let answer = search.answer();
    assert!(answer.over, "seed {seed}");
    assert!(answer.points <= most_points(values), "seed {seed}: {answer:?}");
    (search, answer)
}

/// A step at a capacity.
fn cliff(capacity: f64) -> impl Fn(f64) -> f64 {
    move |value| if value <= capacity { 1.0 } else { 0.0 }
}

/// A round keeps the limit with even odds at the capacity; `sharp`: how fast that changes with the logarithm of the load.
fn noisy(capacity: f64, sharp: f64) -> impl Fn(f64) -> f64 {
    move |value| 1.0 / (1.0 + (value / capacity).powf(sharp))
}

#[test]
fn a_cliff_is_found_between_two_neighbours_of_the_grid_wherever_it_stands() {
    let values = grid();
    for (at, pair) in values.windows(2).enumerate() {
        let (_, answer) = play(&values, 3, 0, cliff((pair[0] * pair[1]).sqrt()));
        assert_eq!((answer.holds, answer.fails), (Some(at), Some(at + 1)));
        assert!(answer.is_exact() && answer.undecided.is_empty() && answer.fails_below.is_empty());
        assert!(answer.points <= usual_points(&values), "{at}: {} points", answer.points);
        assert_eq!(answer.rounds, 3 * answer.points as u64, "rounds that agree are three a point");
    }
    assert!(usual_points(&values) <= 12, "{}", usual_points(&values));
}

#[test]
fn what_holds_everywhere_or_nowhere_is_said_as_such() {
    let values = grid();
    let (_, always) = play(&values, 3, 0, |_| 1.0);
    assert_eq!((always.holds, always.fails), (Some(values.len() - 1), None));
    assert!(!always.is_exact() && always.points <= 6, "{always:?}");
    let (_, never) = play(&values, 3, 0, |_| 0.0);
    assert_eq!((never.holds, never.fails, never.points), (None, Some(0), 2));
    assert!(never.fails_at_the_start());
}

#[test]
fn rounds_that_tell_nothing_leave_everything_undecided() {
    let mut search = Search::new(grid(), Rule::new(2));
    while let Some(next) = search.next() {
        search.tell(next.point, Heard::Untold);
    }
    let answer = search.answer();
    assert_eq!((answer.holds, answer.fails, answer.over), (None, None, true));
    assert!(answer.points <= usual_points(&grid()) + 8, "{answer:?}");
    assert_eq!(answer.undecided.len(), answer.points);
}

#[test]
fn a_point_is_called_the_opposite_of_what_it_is_no_more_often_than_the_rule_says() {
    for (lead, right) in [(1, 0.9), (2, 0.75), (3, 0.75), (3, 0.9), (4, 0.67)] {
        let rule = Rule::new(lead);
        let (mut wrong, mut all) = (0_u32, 0_u32);
        for seed in 0..20_000 {
            let mut search = Search::new(vec![1.0], rule);
            let mut dice = SplitMix64::stream(seed, u64::from(lead));
            while let Some(next) = search.next() {
                let holds = (dice.below(1_000_000) as f64) < right * 1e6;
                search.tell(next.point, if holds { Heard::Holds } else { Heard::Fails });
            }
            all += 1;
            wrong += u32::from(search.answer().fails.is_some());
        }
        let (share, error) = (f64::from(wrong) / f64::from(all), rule.error(right));
        let noise = 4.0 * (error * (1.0 - error) / f64::from(all)).sqrt();
        assert!(share <= error + noise, "lead {lead}, right {right}: {share} > {error}");
        assert!(share > 0.0 || error < 0.001, "lead {lead}, right {right}: nothing was ever wrong");
    }
}

#[test]
fn the_answer_brackets_the_capacity_in_spite_of_noise() {
    let values = grid();
    for (sharp, capacity) in [(60.0, 182_000.0), (20.0, 31_000.0), (8.0, 5_000.0)] {
        let keeps = noisy(capacity, sharp);
        let (mut off, mut ranges, mut points) = (0, 0, 0);
        for seed in 0..SEEDS {
            let (_, answer) = play(&values, 3, seed, &keeps);
            // Beyond these, three rounds of four say what the point is.
            let wrong_hold = answer.holds.is_some_and(|at| keeps(values[at]) < 0.25);
            let wrong_fail = answer.fails.is_some_and(|at| keeps(values[at]) > 0.75);
            off += u32::from(wrong_hold || wrong_fail);
            ranges += u32::from(!answer.undecided.is_empty());
            points += answer.points;
        }
        let share = f64::from(off) / SEEDS as f64;
        // The rule errs in 1 of 28 of such points, and few of them are played: one on each side.
        assert!(
            share < 2.0 * Rule::new(3).error(0.75),
            "sharp {sharp}: off in {share} of the runs, seeds 0 to {SEEDS}"
        );
        assert!(ranges > 0, "sharp {sharp}: noise forbids a point at times");
        let mean = points as f64 / SEEDS as f64;
        assert!(mean < 1.5 * usual_points(&values) as f64, "sharp {sharp}: {mean} points");
    }
}

#[test]
fn more_rounds_at_a_point_make_wrong_answers_rarer() {
    let values = grid();
    let keeps = noisy(50_000.0, 10.0);
    let off = |lead| {
        let wrong = |seed: &u64| {
            let (_, answer) = play(&values, lead, *seed, &keeps);
            answer.holds.is_none_or(|at| keeps(values[at]) < 0.25)
                || answer.fails.is_none_or(|at| keeps(values[at]) > 0.75)
        };
        (0..SEEDS).filter(wrong).count()
    };
    let (one, three) = (off(1), off(3));
    assert!(three * 3 < one, "{one} of {SEEDS} with one round, {three} with three");
}

#[test]
fn a_point_that_holds_above_one_that_fails_is_told() {
    let values = grid();
    // It fails between 3k and 12k, and holds again up to 400k: the look above 3k finds that.
    let hole = |value: f64| {
        let holds = value < 3_000.0 || (12_000.0..400_000.0).contains(&value);
        if holds { 1.0 } else { 0.0 }
    };
    let (_, answer) = play(&values, 3, 0, hole);
    let holds = values[answer.holds.expect("it holds somewhere")];
    let fails = values[answer.fails.expect("it fails in the end")];
    assert!(holds < 400_000.0 && fails >= 400_000.0 && answer.is_exact(), "{holds} {fails}");
    assert!(!answer.fails_below.is_empty(), "{answer:?}");
    assert!(answer.fails_below.iter().all(|at| hole(values[*at]) == 0.0));
    // The least load alone fails: a machine that is slow to wake.
    let (_, slow) = play(&values, 3, 0, |value| if value > 2_000.0 { 1.0 } else { 0.0 });
    assert_eq!((slow.holds, slow.fails), (Some(values.len() - 1), None));
    assert_eq!(slow.fails_below, [0], "it does not fail at the start and that is all");
    assert!(!slow.fails_at_the_start());
}

#[test]
fn what_is_undecided_lies_between_the_highest_that_holds_and_the_lowest_that_fails() {
    let values = grid();
    // Rounds take turns between 10k and 40k.
    let mut search = Search::new(values.clone(), Rule::new(3));
    let mut turn = false;
    while let Some(next) = search.next() {
        turn = !turn;
        let holds = match values[next.point] {
            value if value < 10_000.0 => true,
            value if value > 40_000.0 => false,
            _ => turn,
        };
        search.tell(next.point, if holds { Heard::Holds } else { Heard::Fails });
    }
    let answer = search.answer();
    let (holds, fails) = (answer.holds.expect("below"), answer.fails.expect("above"));
    assert!(values[holds] < 10_000.0 && values[holds + 1] >= 10_000.0, "the last that holds");
    assert!(values[fails] > 40_000.0 && values[fails - 1] <= 40_000.0, "the first that fails");
    assert!(!answer.undecided.is_empty() && !answer.is_exact());
    assert!(answer.undecided.iter().all(|at| holds < *at && *at < fails));
}

#[test]
fn the_answer_follows_from_the_rounds_in_any_order() {
    let values = grid();
    let keeps = noisy(80_000.0, 12.0);
    for seed in 0..40 {
        let mut search = Search::new(values.clone(), Rule::new(3));
        let mut dice = SplitMix64::stream(seed, 9);
        let mut told = Vec::new();
        while let Some(next) = search.next() {
            let chance = keeps(values[next.point]);
            let holds = (dice.below(1_000_000) as f64) < chance * 1e6;
            let heard = if holds { Heard::Holds } else { Heard::Fails };
            assert_eq!(
                next.round as usize,
                told.iter().filter(|(at, _)| *at == next.point).count()
            );
            told.push((next.point, heard));
            search.tell(next.point, heard);
        }
        let mut again = Search::new(values.clone(), Rule::new(3));
        told.iter().rev().for_each(|(point, heard)| again.tell(*point, *heard));
        assert_eq!(again.answer(), search.answer(), "seed {seed}");
    }
}

#[test]
fn what_is_left_shrinks_to_nothing() {
    let values = grid();
    let mut search = Search::new(values.clone(), Rule::new(3));
    let (mut played, first) = (0_u64, search.left());
    while let Some(next) = search.next() {
        assert!(search.left() > 0);
        let holds = values[next.point] < 77_000.0;
        search.tell(next.point, if holds { Heard::Holds } else { Heard::Fails });
        played += 1;
    }
    assert_eq!(search.left(), 0);
    assert!(first * 4 > played && first < played * 4, "{first} for {played}");
}

#[test]
fn a_search_that_is_ended_early_says_what_is_known() {
    let values = grid();
    let mut search = Search::new(values.clone(), Rule::new(3));
    for _ in 0..16 {
        let next = search.next().expect("it goes on");
        let holds = values[next.point] < 77_000.0;
        search.tell(next.point, if holds { Heard::Holds } else { Heard::Fails });
    }
    let answer = search.answer();
    assert!(!answer.over && !answer.is_exact());
    let holds = values[answer.holds.expect("a probe")];
    assert!(holds < 77_000.0 && answer.fails.is_none_or(|at| values[at] >= 77_000.0));
}

#[test]
fn grids_of_one_point_and_of_none_end() {
    let mut one = Search::new(vec![5.0], Rule::new(1));
    assert_eq!(one.next().map(|next| (next.point, next.round)), Some((0, 0)));
    one.tell(0, Heard::Holds);
    assert_eq!((one.next(), one.answer().holds), (None, Some(0)));
    let mut none = Search::new(Vec::new(), Rule::new(1));
    assert_eq!(none.next(), None);
    none.tell(0, Heard::Holds);
    assert_eq!(none.answer().points, 0, "what the grid does not have is left out");
    assert_eq!(Rule::new(1).standing(&Default::default()), Standing::Open);
}
