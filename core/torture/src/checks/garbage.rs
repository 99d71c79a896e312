//! `garbage`: random bytes, and the framing's own stream with random damage.

use super::super::check_context::{CheckContext, Ended};
use super::super::material;
use wirebench_framings::Role;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    let mut dice = cx.dice(5);
    let own = cx.record(Role::Client, &material::short()).map(|recorded| recorded.bytes);
    let own = own.unwrap_or_default();
    let rounds = cx.size(6_000, 300);
    for round in 0..rounds {
        let bytes = match round % 4 {
            0 if !own.is_empty() => {
                let mut wounded = own.clone();
                for _ in 0..1 + dice.below(4) {
                    let at = dice.below(wounded.len() as u64) as usize;
                    wounded[at] = material::bytes(1, &mut dice)[0];
                }
                wounded
            }
            1 if round % 64 == 1 => material::bytes(20_000, &mut dice),
            _ => {
                let len = dice.below(200) as usize;
                material::bytes(len, &mut dice)
            }
        };
        let whole = cx.read(&bytes, &[]);
        let every = material::every_byte(bytes.len());
        for cuts in [material::cuts(bytes.len(), &mut dice), every] {
            let cut = cx.read(&bytes, &cuts);
            let wrong = whole.fault.is_some()
                || cx.compare(Role::Server, &bytes, &cuts, &whole, &cut).is_some();
            if wrong && let Some(finding) = cx.shrink(Role::Server, &bytes, &cuts) {
                return Ended::finding(finding);
            }
        }
    }
    Ended::Holds(format!("{rounds} streams, each read whole, cut anyhow and byte by byte"))
}
