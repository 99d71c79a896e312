//! A file of 1 GiB over TCP loopback: wirebench with everything switched on (plugin, ledger, judge)
//! in chunks of 64 KiB under `len32be`, against `std::io::copy` over a bare `TcpStream` pair, from
//! the same kind of file to the same kind of file, one process a side on the same processors.
//!
//! On Linux `std::io::copy` does not touch the bytes: it lets the kernel send the file and splice
//! what arrives. So the reference stands twice: as it is, and with plain reads and writes of 64 KiB.
//! Beside BLAKE3 it stands a third time: plain reads and writes that take the same digest at both ends.
//!
//! ```text
//! cargo bench --bench file_transfer               # all lines, a minute or two
//! cargo bench --bench file_transfer -- blake3     # the lines whose name contains "blake3"
//! ```

#[path = "loopback/files.rs"]
mod files;

use files::{Copy, Ours};
use std::time::Duration;

/// Turns of each contender.
const TURNS: usize = 5;

/// Bytes of the file.
const SIZE: u64 = 1 << 30;

/// What the line without a digest should reach, against `std::io::copy`.
const TARGET: f64 = 0.7;

/// What the line with BLAKE3 should reach, against plain reads and writes with the same digest.
const HASHED_TARGET: f64 = 0.85;

fn main() {
    if let Ok(told) = std::env::var(files::SERVER) {
        return files::serve(&told);
    }
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("source");
    files::make(&source, SIZE).expect("room for two files of 1 GiB");
    let mut ours = Ours::start(folder.path());
    println!(
        "{:<18} {:>13} {:>13} {:>13} {:>13}  ratios (median [min-max] of {TURNS} turns)",
        "1 GiB, 64 KiB", "wirebench", "io::copy", "read, write", "and BLAKE3"
    );
    for digest in ["none", "blake3", "sha256"] {
        let name = format!("digest {digest}");
        if filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        let mut references = vec![
            Reference { label: "io::copy", copy: Copy::Kernel, target: None },
            Reference { label: "read and write", copy: Copy::Plain, target: None },
        ];
        match digest {
            "none" => references[0].target = Some(TARGET),
            "blake3" => references.push(Reference {
                label: "with the same digest",
                copy: Copy::Hashed,
                target: Some(HASHED_TARGET),
            }),
            _ => {}
        }
        let mut ours_rates = Vec::new();
        let mut rates = vec![Vec::new(); references.len()];
        let rate = |took: Duration| SIZE as f64 / took.as_secs_f64();
        for _ in 0..TURNS {
            ours_rates.push(rate(ours.run(&source, digest)));
            for (rates, reference) in rates.iter_mut().zip(&references) {
                rates.push(rate(files::reference(&source, folder.path(), reference.copy)));
            }
        }
        report(&name, &ours_rates, &references, &rates);
    }
}

/// What wirebench is held against.
struct Reference {
    label: &'static str,
    copy: Copy,
    /// What the ratio to it should reach, if anything.
    target: Option<f64>,
}

fn report(name: &str, ours: &[f64], references: &[Reference], rates: &[Vec<f64>]) {
    let rate = |rates: &[f64]| format!("{:.2} GiB/s", median(&mut rates.to_vec()) / SIZE as f64);
    print!("{name:<18} {:>13}", rate(ours));
    for column in 0..3 {
        print!(" {:>13}", rates.get(column).map_or("–".to_owned(), |rates| rate(rates)));
    }
    let ratios: Vec<String> = references
        .iter()
        .zip(rates)
        .map(|(reference, rates)| {
            let mut ratios: Vec<f64> = ours.iter().zip(rates).map(|(a, b)| a / b).collect();
            let middle = median(&mut ratios);
            let verdict = match reference.target {
                Some(target) if middle >= target => format!(" (target {target}: reached)"),
                Some(target) => format!(" (target {target}: MISSED)"),
                None => String::new(),
            };
            let (low, high) = (ratios[0], ratios[ratios.len() - 1]);
            format!("{} {middle:.2} [{low:.2}-{high:.2}]{verdict}", reference.label)
        })
        .collect();
    println!("  {}", ratios.join(", "));
}

/// Sorts, and takes the middle one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
