//! Rounds that take much longer than planned.

use super::numbers::time;

/// How many times as long as planned a round may take, and how much more.
const TIMES: u64 = 3;
const BESIDES_NS: u64 = 5_000_000_000;

/// What is said of a round that took much longer than planned, both in nanoseconds; `None`: it did not. A
/// round that ends by its number of messages has no planned time.
pub fn slow_round(cell: &str, round: u32, took_ns: u64, planned_ns: Option<u64>) -> Option<String> {
    let planned_ns = planned_ns?;
    let most = planned_ns.saturating_mul(TIMES).saturating_add(BESIDES_NS);
    (took_ns > most).then(|| {
        let (took, planned) = (time(took_ns), time(planned_ns));
        format!("{cell}, round {round} took {took}, and {planned} were planned")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_round_is_slow_beyond_three_times_its_plan_and_five_seconds() {
        assert_eq!(slow_round("all", 0, 8 * SECOND, Some(SECOND)), None);
        let words = slow_round("all", 2, 8 * SECOND + 1, Some(SECOND));
        assert_eq!(words.as_deref(), Some("all, round 2 took 8.00 s, and 1.00 s were planned"));
        assert_eq!(slow_round("all", 0, u64::MAX, None), None, "nothing was planned");
        assert_eq!(slow_round("all", 0, u64::MAX, Some(u64::MAX)), None);
    }
}
