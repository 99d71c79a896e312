//! What the instrument reaches of a lean loop: wirebench with everything switched on (echo plugin, ledger,
//! judge, histograms) against the loops in C of `reference/`, with the same frames, the same write policy
//! and the same processors, one process a side.
//!
//! The contenders take turns, and the figure is the median of the ratios of neighbouring turns. Both count
//! what ends in a window of time behind the warm-up.
//!
//! ```text
//! cargo bench --bench hot_path                                    # all shapes, some three minutes
//! cargo bench --bench hot_path -- --shape "(b)" --turns 3         # the shapes whose name contains "(b)"
//! cargo bench --bench hot_path -- --uring                         # what io_uring would bring
//! ```

#[path = "hot_path/ours.rs"]
mod ours;
#[path = "reference/mod.rs"]
mod reference;
#[path = "hot_path/shapes.rs"]
mod shapes;
#[path = "hot_path/table.rs"]
mod table;
#[path = "hot_path/uring.rs"]
mod uring;

use clap::Parser;
use reference::Loops;
use shapes::{SHAPES, Shape};
use std::path::Path;
use table::Table;

/// How long each turn warms up, in milliseconds.
const WARMUP_MS: u64 = 100;

/// How long it measures, in milliseconds.
const DURATION_MS: u64 = 500;

/// The hot path against lean loops in C.
#[derive(Parser)]
struct Options {
    /// Only shapes whose name contains this
    #[arg(long, default_value = "")]
    shape: String,
    /// Turns of each contender
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    turns: u32,
    /// Instead: a loop in C by io_uring against the one without
    #[arg(long)]
    uring: bool,
    /// What cargo says to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    let loops = Loops::build(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference"));
    if options.uring {
        return uring::compare(&loops, options.turns);
    }
    let mut ours = ours::Ours::start();
    let mut table = Table::begin(options.turns);
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(&options.shape)) {
        if let Err(why) = shape.possible() {
            table.skip(shape, &why);
            continue;
        }
        let mut rates = Vec::new();
        for turn in 0..options.turns {
            // Neither is always the one behind the other.
            rates.push(if turn % 2 == 0 {
                let wirebench = ours.play(shape);
                (wirebench, lean(&loops, shape))
            } else {
                let lean = lean(&loops, shape);
                (ours.play(shape), lean)
            });
        }
        table.row(shape, &rates);
    }
    table.end();
}

/// A turn of the loop in C; returns exchanges per second.
fn lean(loops: &Loops, shape: &Shape) -> f64 {
    let (name, options) = shape.lean();
    loops.play(name, &options).unwrap_or_else(|why| panic!("{name} {options}: {why}"))
}
