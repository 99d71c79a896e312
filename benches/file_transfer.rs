//! A file of 1 GiB over TCP loopback: wirebench with everything switched on (plugin, ledger, judge)
//! in chunks of 64 KiB under `len32be`, against `std::io::copy` over a bare `TcpStream` pair, from
//! the same kind of file to the same kind of file, one process a side on the same processors.
//!
//! On Linux `std::io::copy` does not touch the bytes: it lets the kernel send the file and splice
//! what arrives. So the reference stands twice: as it is, and with plain reads and writes of 64 KiB.
//!
//! ```text
//! cargo bench --bench file_transfer               # all lines, a minute or two
//! cargo bench --bench file_transfer -- blake3     # the lines whose name contains "blake3"
//! ```

#[path = "loopback/files.rs"]
mod files;

use files::{Copy, Ours};

/// Turns of each contender.
const TURNS: usize = 5;

/// Bytes of the file.
const SIZE: u64 = 1 << 30;

/// What the line without a digest should reach, against `std::io::copy`.
const TARGET: f64 = 0.7;

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
        "{:<18} {:>13} {:>13} {:>13}  ratios (median [min-max] of {TURNS} turns)",
        "1 GiB, 64 KiB", "wirebench", "io::copy", "read, write"
    );
    for digest in ["none", "blake3", "sha256"] {
        let name = format!("digest {digest}");
        if filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
            continue;
        }
        let mut rates = [const { Vec::new() }; 3];
        for _ in 0..TURNS {
            let took = [
                ours.run(&source, digest),
                files::reference(&source, folder.path(), Copy::Kernel),
                files::reference(&source, folder.path(), Copy::Plain),
            ];
            for (rates, took) in rates.iter_mut().zip(took) {
                rates.push(SIZE as f64 / took.as_secs_f64());
            }
        }
        report(&name, digest == "none", &rates);
    }
}

fn report(name: &str, has_target: bool, rates: &[Vec<f64>; 3]) {
    let [ours, kernel, plain] = rates;
    let ratio = |other: &[f64]| {
        let mut ratios: Vec<f64> = ours.iter().zip(other).map(|(a, b)| a / b).collect();
        let middle = median(&mut ratios);
        (middle, format!("{middle:.2} [{:.2}-{:.2}]", ratios[0], ratios[ratios.len() - 1]))
    };
    let ((middle, against_kernel), (_, against_plain)) = (ratio(kernel), ratio(plain));
    let verdict = match has_target {
        true if middle >= TARGET => format!(" (target {TARGET}: reached)"),
        true => format!(" (target {TARGET}: MISSED)"),
        false => String::new(),
    };
    let rate = |rates: &[f64]| format!("{:.2} GiB/s", median(&mut rates.to_vec()) / SIZE as f64);
    println!(
        "{name:<18} {:>13} {:>13} {:>13}  io::copy {against_kernel}{verdict}, read and write \
         {against_plain}",
        rate(ours),
        rate(kernel),
        rate(plain),
    );
}

/// Sorts, and takes the middle one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
