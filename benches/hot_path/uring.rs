//! What io_uring would bring: the same loop with one call a message (`reference/uring.c`) against two
//! (`reference/stream.c`). wirebench is in neither.

use super::reference::Loops;
use super::table::{median, sorted, thousands};
use super::{DURATION_MS, WARMUP_MS};
use wirebench::run::processors;
use wirebench::scenario::{Cpu, Placement};

/// Plays ping-pong with 64 B both ways in turn, and prints a line for each transport and placement.
pub(crate) fn compare(loops: &Loops, turns: u32) {
    println!("{:<28} {:>22}  {:>10} {:>10}", "shape", "ratio [low–high]", "io_uring", "two calls");
    for (cores, placement) in [("one core", Placement::Same), ("two cores", Placement::Split)] {
        let placed = match processors(&Cpu { placement, ..Cpu::default() }) {
            Ok(placed) => placed,
            Err(why) => {
                println!("{cores}: not played: {why}");
                continue;
            }
        };
        for transport in ["tcp", "unix"] {
            let options = format!(
                "--connections 1 --in-flight 1 --payload 64 --warmup-ms {WARMUP_MS} \
                 --duration-ms {DURATION_MS} --transport {transport} --server-cpu {} --client-cpu {}",
                placed.server.as_ref().expect("a processor"),
                placed.client.as_ref().expect("a processor"),
            );
            let play = |name: &str| {
                loops.play(name, &options).unwrap_or_else(|why| panic!("{name} {options}: {why}"))
            };
            let rates: Vec<[f64; 2]> = (0..turns)
                .map(|turn| {
                    let mut names = ["uring", "stream"];
                    names.rotate_left(turn as usize % 2);
                    let mut rates = names.map(&play);
                    rates.rotate_left(turn as usize % 2);
                    rates
                })
                .collect();
            let ratios = sorted(rates.iter().map(|[uring, stream]| uring / stream));
            println!(
                "{:<28} {:>22}  {:>10} {:>10}",
                format!("{transport} ping-pong, {cores}"),
                format!(
                    "{:.2} [{:.2}–{:.2}]",
                    median(&ratios),
                    ratios[0],
                    ratios[ratios.len() - 1]
                ),
                thousands(median(&sorted(rates.iter().map(|rates| rates[0])))),
                thousands(median(&sorted(rates.iter().map(|rates| rates[1])))),
            );
        }
    }
}
