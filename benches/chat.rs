//! One speaker, a hundred listeners: how many deliveries a second, against a broadcast loop written
//! by hand with the same frames, the same write policy and the same processors, one process a side.
//!
//! wirebench does everything it does in a run: every delivery is recorded, judged, counted once to
//! each member, and compared with the order of all others. The loop by hand counts frames.
//!
//! The contenders take turns, and the figure is the median of the ratios of neighbouring turns.
//!
//! ```text
//! cargo bench --bench chat            # some half a minute
//! ```

#[path = "chat/by_hand.rs"]
mod by_hand;
#[path = "chat/ours.rs"]
mod ours;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Turns of each contender.
const TURNS: usize = 7;

/// Who hears the speaker.
const LISTENERS: usize = 100;

/// Messages said and not yet heard by everybody.
const WINDOW: usize = LISTENERS + 1;

/// Bytes of what is said.
const PAYLOAD: usize = 64;

/// What the listeners get in front of it.
const NAME: &str = "m1 : ";

/// One way of writing.
struct Shape {
    name: &'static str,
    /// One write call per turn of the loop and member, not per message.
    batch: bool,
    messages: u64,
    /// What the ratio should reach.
    target: f64,
}

static SHAPES: [Shape; 2] = [
    Shape { name: "one write a message", batch: false, messages: 4_000, target: 0.7 },
    Shape { name: "one write a turn", batch: true, messages: 20_000, target: 0.7 },
];

fn main() {
    if let Ok(told) = std::env::var(SERVER) {
        pin(0);
        return by_hand::server(told == "batch");
    }
    let mut ours = ours::Ours::start();
    println!("deliveries per second to {LISTENERS} members (median [min-max] of {TURNS} turns)");
    for shape in &SHAPES {
        let mut rates = [const { Vec::new() }; 2];
        for _ in 0..TURNS {
            for (rates, took) in rates.iter_mut().zip([ours.run(shape), reference(shape)]) {
                let deliveries = shape.messages * LISTENERS as u64;
                rates.push(deliveries as f64 / took.as_secs_f64());
            }
        }
        report(shape, &rates);
    }
}

/// The loop by hand in two processes, as wirebench's sides are: this program again is the server.
fn reference(shape: &'static Shape) -> Duration {
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env(SERVER, if shape.batch { "batch" } else { "message" })
        .stdout(Stdio::piped())
        .spawn()
        .expect("server process");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("pipe")).read_line(&mut line).expect("address");
    let address = line.trim().parse().expect("address");
    // A thread of its own, so that the next contender does not inherit its processor.
    let drive = move || {
        pin(1);
        by_hand::client(address, shape)
    };
    let took = std::thread::spawn(drive).join().expect("client");
    server.wait().expect("server process");
    took
}

/// Says that this process is the server by hand, and how it writes.
const SERVER: &str = "WIREBENCH_BENCH_SERVER";

fn report(shape: &Shape, [ours, hand]: &[Vec<f64>; 2]) {
    let mut ratios: Vec<f64> = ours.iter().zip(hand).map(|(a, b)| a / b).collect();
    let middle = median(&mut ratios);
    let verdict = if middle >= shape.target { "reached" } else { "MISSED" };
    println!(
        "{:<22} wirebench {:.0}k/s, by hand {:.0}k/s: {middle:.2} [{:.2}-{:.2}] (target {}: {verdict})",
        shape.name,
        median(&mut ours.clone()) / 1_000.0,
        median(&mut hand.clone()) / 1_000.0,
        ratios[0],
        ratios[ratios.len() - 1],
        shape.target,
    );
}

/// Sorts, and takes the middle one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn pin(processor: usize) {
    let mut set = CpuSet::new();
    set.set(processor).expect("processor");
    sched_setaffinity(Pid::from_raw(0), &set).expect("pin");
}
