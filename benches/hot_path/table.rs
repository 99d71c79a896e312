//! What is printed: a line a shape, and in the end what the figures are and which targets are held.

use super::shapes::Shape;

/// The table, and what is to be said below it.
pub(crate) struct Table {
    turns: u32,
    held: Vec<&'static str>,
    missed: Vec<&'static str>,
    /// Shapes that differ in their connections alone: of each, how many there are, and what an exchange
    /// takes wirebench and the loop, in nanoseconds.
    many: Vec<(u32, [f64; 2])>,
}

impl Table {
    pub(crate) fn begin(turns: u32) -> Self {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        println!("the hot path against lean loops in C, {turns} turns, load {load}");
        println!(
            "{:<38} {:>22}  {:>10} {:>10}  target",
            "shape", "ratio [low–high]", "wirebench", "loop in C"
        );
        Self { turns, held: Vec::new(), missed: Vec::new(), many: Vec::new() }
    }

    /// The rates of all turns: of wirebench, and of the loop.
    pub(crate) fn row(&mut self, shape: &Shape, rates: &[(f64, f64)]) {
        let ratios = sorted(rates.iter().map(|(ours, lean)| ours / lean));
        let (ratio, low, high) = (median(&ratios), ratios[0], ratios[ratios.len() - 1]);
        let ours = median(&sorted(rates.iter().map(|(ours, _)| *ours)));
        let lean = median(&sorted(rates.iter().map(|(_, lean)| *lean)));
        let target = match shape.target {
            None => {
                self.many.push((shape.connections, [1e9 / ours, 1e9 / lean]));
                "–".to_owned()
            }
            Some(target) => {
                let held = ratio >= target;
                let names = if held { &mut self.held } else { &mut self.missed };
                names.push(shape.name);
                let aim = shape.aim.map_or(String::new(), |aim| format!(", aim {aim:.2}"));
                format!("{target:.2}{aim}: {}", if held { "held" } else { "MISSED" })
            }
        };
        println!(
            "{:<38} {:>22}  {:>10} {:>10}  {target}",
            shape.name,
            format!("{ratio:.3} [{low:.2}–{high:.2}]"),
            thousands(ours),
            thousands(lean),
        );
    }

    /// It was not played.
    pub(crate) fn skip(&mut self, shape: &Shape, why: &str) {
        println!("{:<38} not played: {why}", shape.name);
    }

    pub(crate) fn end(&self) {
        println!(
            "\nA ratio is wirebench's rate over that of the loop in C in the same turn: the median of {} \
             turns, with\nthe lowest and the highest. 1 would mean that plugin, ledger, judge and \
             histograms are free.",
            self.turns
        );
        for (connections, costs) in self.many.iter().skip(1) {
            let (fewer, base) = self.many[0];
            println!(
                "With {connections} connections an exchange takes {:.2} of what it takes with {fewer}; the \
                 loop in C: {:.2}.",
                costs[0] / base[0],
                costs[1] / base[1],
            );
        }
        if !self.held.is_empty() {
            println!("Targets held: {}.", self.held.join("; "));
        }
        if !self.missed.is_empty() {
            println!("Targets missed: {}.", self.missed.join("; "));
        }
    }
}

pub(crate) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

pub(crate) fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

pub(crate) fn thousands(rate: f64) -> String {
    format!("{:.1}k/s", rate / 1e3)
}
