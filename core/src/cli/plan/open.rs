//! An open loop, in a line of the plan.

use crate::scenario::{Arrivals, Load, OpenLoad, Stage};
use wirebench_values::{Frequency, Span};

/// When exchanges start, and what becomes of those that cannot; `None`: when the one before has ended.
pub(super) fn starts(load: &Load) -> Option<String> {
    let open = load.open.as_ref()?;
    Some(format!(
        "{}{}; dropped when {} late or {} wait; saturated below {} %",
        rates(open),
        spacing(open.arrivals),
        Span::from_ns(open.catch_up_ns),
        crate::scenario::grouped(open.backlog.into()),
        open.min_achieved * 100.0,
    ))
}

fn rates(open: &OpenLoad) -> String {
    let rate = |stage: &Stage| {
        let thousandths = (stage.rate.per_second() * 1e3).round() as u64;
        Frequency::from_thousandths(thousandths).to_string()
    };
    match &open.stages[..] {
        [] => "never".to_owned(),
        [one] => rate(one),
        [first, .., last] => {
            format!("{} stages, from {} to {}", open.stages.len(), rate(first), rate(last))
        }
    }
}

fn spacing(arrivals: Arrivals) -> String {
    match arrivals {
        Arrivals::Constant => " at equal gaps".to_owned(),
        Arrivals::Poisson => " at random".to_owned(),
        Arrivals::Burst(size) => format!(" in bursts of {size}"),
    }
}
