//! The simulation is tested: under each mistake that `core/engine/src/mutant.rs` lists, some schedule
//! breaks a law.

#[path = "simulation/cases.rs"]
mod cases;
#[path = "simulation/datagrams.rs"]
mod datagrams;
#[path = "simulation/handlers.rs"]
mod handlers;
#[path = "simulation/laws.rs"]
mod laws;
#[path = "simulation/network.rs"]
mod network;
#[path = "simulation/port.rs"]
mod port;
#[path = "simulation/round.rs"]
mod round;

use cases::{Case, cases};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wirebench::engine::{Mutant, make};

/// Schedules of each case that a mistake may survive.
const MOST: u64 = 20;

/// What one schedule breaks, if anything: a law, or that it makes no difference whether handlers are given
/// several messages together.
fn broken(case: &Case, seed: u64) -> Option<String> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let played = round::Player::new(&case.play).round(seed)?;
        laws::hold(case, &played)?;
        let alone = round::Play { one_by_one: true, ..case.play.clone() };
        match round::Player::new(&alone).round(seed)? == played {
            true => Ok(()),
            false => Err("messages given one by one have other effects".to_owned()),
        }
    }));
    match played {
        Ok(Ok(())) => None,
        Ok(Err(law)) => Some(law),
        Err(_) => Some("it panics".to_owned()),
    }
}

/// The first schedule that finds a mistake, and what it breaks.
fn killer(mutant: Option<Mutant>, cases: &[Case], most: u64) -> Option<String> {
    make(mutant);
    let schedules = (0..most).flat_map(|seed| cases.iter().map(move |case| (case, seed)));
    let found = schedules.into_iter().find_map(|(case, seed)| {
        broken(case, seed).map(|law| format!("{}:{seed}: {law}", case.name))
    });
    make(None);
    found
}

#[test]
fn every_mistake_of_the_engine_is_found() {
    let cases = cases();
    let (first, second) = Mutant::ALL.split_at(Mutant::ALL.len() / 2);
    let survivors: Vec<Mutant> = std::thread::scope(|scope| {
        let halves = [first, second].map(|mutants| {
            let cases = &cases;
            scope.spawn(move || {
                let survives = |mutant: &&Mutant| {
                    let killer = killer(Some(**mutant), cases, MOST);
                    let how = killer.as_deref().unwrap_or("it survives");
                    eprintln!("{mutant:?}: {how}");
                    killer.is_none()
                };
                mutants.iter().filter(survives).copied().collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("it does not panic")).collect()
    });
    assert_eq!(survivors, [], "no schedule finds these");
}

/// Without it, mistakes might be found by whatever else goes wrong.
#[test]
fn nothing_is_found_where_no_mistake_is_made() {
    assert_eq!(killer(None, &cases(), 2), None);
}
