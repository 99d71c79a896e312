//! What stands in the way at this moment.

use super::finding::Finding;
use super::memory::meminfo;
use super::processors::usable;
use crate::machine::Root;
use crate::scenario::grouped;

/// The load beyond which others need what sides need, as a share of the processors.
const MUCH_LOAD: f64 = 0.5;

/// The load that is told, likewise.
const SOME_LOAD: f64 = 0.2;

/// The share of time, in percent, in which somebody waited for a processor.
const MUCH_WAITING: f64 = 5.0;

/// What stands in the way, a line for each thing.
pub(super) fn look(root: &Root) -> Vec<Finding> {
    vec![load(root), pressure(root), swap(root)]
}

/// How many wanted to run over the last minute.
fn load(root: &Root) -> Finding {
    const KEY: &str = "now.load";
    let load = root.line("/proc/loadavg");
    let load = load.and_then(|line| line.split_ascii_whitespace().next()?.parse::<f64>().ok());
    let Some(load) = load.filter(|load| load.is_finite() && *load >= 0.0) else {
        return Finding::unknown(KEY, "what else runs is not known").with("load", None::<f64>);
    };
    let processors = usable(root).map_or(1, |list| list.numbers().len());
    let share = load / processors as f64;
    let found = format!("{load:.2} over the last minute, on {processors} processors");
    let finding = if share >= MUCH_LOAD {
        Finding::change(
            KEY,
            found,
            "end what else runs, or wait for it: it takes turns with the sides",
        )
    } else if share >= SOME_LOAD {
        Finding::worth(KEY, found, "something else runs, or has just run")
    } else {
        Finding::fine(KEY, found)
    };
    finding.with("load", load)
}

/// How often somebody waited for a processor within the last ten seconds.
fn pressure(root: &Root) -> Finding {
    const KEY: &str = "now.pressure";
    let text = root.text("/proc/pressure/cpu");
    let waited = text.and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("some "))?;
        let average = line.split_ascii_whitespace().find_map(|word| word.strip_prefix("avg10="))?;
        average.parse::<f64>().ok().filter(|share| share.is_finite())
    });
    let Some(waited) = waited else {
        return Finding::unknown(KEY, "whether anybody waits for processors is not known")
            .with("percent", None::<f64>);
    };
    let found = format!("somebody waited for a processor in {waited:.1} % of the last ten seconds");
    let finding = if waited >= MUCH_WAITING {
        Finding::change(KEY, found, "end what else runs, or wait for it: sides wait, too")
    } else {
        Finding::fine(KEY, found)
    };
    finding.with("percent", waited)
}

/// Memory that was moved to a disk.
fn swap(root: &Root) -> Finding {
    const KEY: &str = "now.swap";
    let used = meminfo(root, "SwapTotal")
        .zip(meminfo(root, "SwapFree"))
        .map(|(total, free)| total.saturating_sub(free));
    let Some(used) = used else {
        return Finding::unknown(KEY, "whether memory is on a disk is not known")
            .with("used_bytes", None::<u64>);
    };
    let found = format!("{} MiB of memory are on a disk", grouped(used >> 20));
    let lacks = meminfo(root, "MemTotal")
        .zip(meminfo(root, "MemAvailable"))
        .is_some_and(|(total, available)| available < total / 10);
    let finding = if used > 0 && lacks {
        let advice = "end what takes the memory: less than a tenth is free, and what comes back from a disk takes \
                      milliseconds";
        Finding::change(KEY, found, advice)
    } else if used > 0 {
        Finding::worth(KEY, found, "there is memory now, so sides stay in it")
    } else {
        Finding::fine(KEY, "nothing is on a disk")
    };
    finding.with("used_bytes", used)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::fixture::says;
    use super::*;

    #[test]
    fn load_is_held_against_the_processors_that_there_are() {
        let status = ("proc/self/status", "Cpus_allowed_list:\t0-3\n");
        let of = |text| [status, ("proc/loadavg", text)];
        says(load, &of("2.00 0 0 1/99 7\n"), ChangeThis, &["2.00", "4 processors"]);
        says(load, &of("1.00 0 0 1/99 7\n"), WorthKnowing, &[]);
        says(load, &of("0.10 9 9 1/99 7\n"), Fine, &[]);
        says(load, &[status], NotKnown, &[]);
        for nonsense in ["", "x", "NaN 1", "-1 2", "inf"] {
            says(load, &of(nonsense), NotKnown, &[]);
        }
    }

    #[test]
    fn who_waits_for_processors_is_in_the_way() {
        let of = |text| [("proc/pressure/cpu", text)];
        let text = "some avg10=12.50 avg60=0.00 avg300=0.00 total=9\nfull avg10=0.00 total=0\n";
        says(pressure, &of(text), ChangeThis, &["12.5 %"]);
        says(pressure, &of("some avg10=0.40 avg60=99.00 total=9\n"), Fine, &["0.4 %"]);
        says(pressure, &of("full avg10=99.00\n"), NotKnown, &[]);
        says(pressure, &[], NotKnown, &[]);
    }

    #[test]
    fn memory_on_a_disk_matters_where_there_is_none_left() {
        let of = |text| [("proc/meminfo", text)];
        let used = "SwapTotal: 8192000 kB\nSwapFree: 4096000 kB\nMemTotal: 1000 kB\n";
        let [lacks, has] =
            ["MemAvailable: 99 kB\n", "MemAvailable: 900 kB\n"].map(|rest| format!("{used}{rest}"));
        says(swap, &[("proc/meminfo", &lacks)], ChangeThis, &["4,000 MiB"]);
        says(swap, &[("proc/meminfo", &has)], WorthKnowing, &["4,000 MiB"]);
        says(swap, &of("SwapTotal: 0 kB\nSwapFree: 0 kB\n"), Fine, &["nothing"]);
        says(swap, &[], NotKnown, &[]);
    }
}
