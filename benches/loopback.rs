//! End to end over loopback: wirebench with everything switched on (plugin, ledger, judge,
//! histograms) against a hand-written blocking loop and a tokio-util `Framed` echo, with the same
//! frames, the same write policy and the same processors, one process a side. Over UDP, where a
//! frame is a datagram and nothing has to be framed, against a hand-written loop alone.
//!
//! The contenders take turns, several times over, and the figure is the median of the ratios of
//! neighbouring turns: on a shared machine absolute rates drift by more than the differences that
//! matter, and a harness that measures one contender after the other would measure the drift.
//!
//! ```text
//! cargo bench --bench loopback            # all shapes, some 3 minutes
//! cargo bench --bench loopback -- (b)     # the shapes whose name contains "(b)"
//! ```

#[path = "loopback/blocking.rs"]
mod blocking;
#[path = "loopback/datagrams.rs"]
mod datagrams;
#[path = "loopback/framed.rs"]
mod framed;
#[path = "loopback/ours.rs"]
mod ours;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Turns of each contender.
const TURNS: usize = 7;

/// One way of loading a connection.
struct Shape {
    name: &'static str,
    /// Datagrams instead of a stream.
    udp: bool,
    connections: usize,
    in_flight: usize,
    payload: usize,
    /// One write call per turn of the loop, not per message.
    batch: bool,
    messages: u64,
    /// Of server and client.
    processors: (usize, usize),
    /// What the ratios should reach: to the hand-written loop, to tokio-util.
    targets: (Option<f64>, Option<f64>),
}

static SHAPES: [Shape; 6] = [
    Shape {
        name: "(a) ping-pong, one core",
        udp: false,
        connections: 1,
        in_flight: 1,
        payload: 64,
        batch: false,
        messages: 60_000,
        processors: (0, 0),
        targets: (Some(0.90), None),
    },
    Shape {
        name: "(b) 256 in flight, two cores",
        udp: false,
        connections: 1,
        in_flight: 256,
        payload: 64,
        batch: true,
        messages: 2_000_000,
        processors: (0, 1),
        targets: (Some(0.85), Some(1.8)),
    },
    Shape {
        name: "(b) 256 in flight, one core",
        udp: false,
        connections: 1,
        in_flight: 256,
        payload: 64,
        batch: true,
        messages: 3_000_000,
        processors: (0, 0),
        targets: (Some(0.5), None),
    },
    Shape {
        name: "(c) 64 connections x 16, two cores",
        udp: false,
        connections: 64,
        in_flight: 16,
        payload: 64,
        batch: true,
        messages: 1_000_000,
        processors: (0, 1),
        targets: (None, Some(1.3)),
    },
    Shape {
        name: "(d) UDP ping-pong, one core",
        udp: true,
        connections: 1,
        in_flight: 1,
        payload: 64,
        batch: false,
        messages: 60_000,
        processors: (0, 0),
        targets: (Some(0.90), None),
    },
    Shape {
        name: "(d) UDP ping-pong, two cores",
        udp: true,
        connections: 1,
        in_flight: 1,
        payload: 64,
        batch: false,
        messages: 20_000,
        processors: (0, 1),
        targets: (Some(0.90), None),
    },
];

fn main() {
    if let Ok(told) = std::env::var(SERVER) {
        return serve(&told);
    }
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let mut ours = ours::Ours::start();
    println!(
        "{:<36} {:>12} {:>12} {:>12}  ratios (median [min-max] of {TURNS} turns)",
        "shape", "wirebench", "by hand", "tokio-util"
    );
    for shape in &SHAPES {
        if filter.as_ref().is_some_and(|filter| !shape.name.contains(filter.as_str())) {
            continue;
        }
        let mut rates = [const { Vec::new() }; 3];
        for _ in 0..TURNS {
            let took = if shape.udp {
                vec![ours.run(shape), reference("datagrams", datagrams::client, shape)]
            } else {
                vec![
                    ours.run(shape),
                    reference("blocking", blocking::client, shape),
                    reference("framed", framed::client, shape),
                ]
            };
            for (rates, took) in rates.iter_mut().zip(took) {
                rates.push(shape.messages as f64 / took.as_secs_f64());
            }
        }
        report(shape, &rates);
    }
}

/// A reference in two processes, as wirebench's sides are: this program again is the server.
fn reference(
    name: &str,
    client: fn(SocketAddr, &Shape) -> Duration,
    shape: &'static Shape,
) -> Duration {
    let (server_cpu, client_cpu) = shape.processors;
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env(SERVER, format!("{name} {server_cpu} {} {}", shape.connections, shape.batch))
        .stdout(Stdio::piped())
        .spawn()
        .expect("server process");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("pipe")).read_line(&mut line).expect("address");
    let address = line.trim().parse().expect("address");
    // A thread of its own, so that the next contender does not inherit its processor.
    let drive = move || {
        pin(client_cpu);
        client(address, shape)
    };
    let took = std::thread::spawn(drive).join().expect("client");
    server.wait().expect("server process");
    took
}

/// What a server process is told: contender, processor, connections, write policy.
const SERVER: &str = "WIREBENCH_BENCH_SERVER";

fn serve(told: &str) {
    let words: Vec<&str> = told.split(' ').collect();
    let [name, processor, connections, batch] = words[..] else { panic!("{told}") };
    pin(processor.parse().expect("processor"));
    let server = match name {
        "blocking" => blocking::server,
        "datagrams" => datagrams::server,
        _ => framed::server,
    };
    server(connections.parse().expect("connections"), batch == "true");
}

/// Tells the client's process where the server listens.
fn tell_address(address: SocketAddr) {
    println!("{address}");
}

fn report(shape: &Shape, rates: &[Vec<f64>; 3]) {
    let [ours, hand, tokio] = rates;
    let ratio = |other: &[f64], target: Option<f64>| {
        if other.is_empty() {
            return "–".to_owned();
        }
        let mut ratios: Vec<f64> = ours.iter().zip(other).map(|(a, b)| a / b).collect();
        let middle = median(&mut ratios);
        let verdict = match target {
            Some(target) if middle >= target => format!(" (target {target}: reached)"),
            Some(target) => format!(" (target {target}: MISSED)"),
            None => String::new(),
        };
        format!("{middle:.2} [{:.2}-{:.2}]{verdict}", ratios[0], ratios[ratios.len() - 1])
    };
    println!(
        "{:<36} {:>12} {:>12} {:>12}  by hand {}, tokio-util {}",
        shape.name,
        thousands(ours),
        thousands(hand),
        thousands(tokio),
        ratio(hand, shape.targets.0),
        ratio(tokio, shape.targets.1),
    );
}

/// Sorts, and takes the middle one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A rate in thousands; without turns, nothing.
fn thousands(rates: &[f64]) -> String {
    if rates.is_empty() {
        return "–".to_owned();
    }
    format!("{:.0}k/s", median(&mut rates.to_vec()) / 1_000.0)
}

fn pin(processor: usize) {
    let mut set = CpuSet::new();
    set.set(processor).expect("processor");
    sched_setaffinity(Pid::from_raw(0), &set).expect("pin");
}
