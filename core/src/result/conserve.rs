//! The conservation law: every message handed over ends in exactly one verdict, and every exchange
//! ends in exactly one way.

use crate::judge::{Tally, Verdict};
use crate::measure::{ClientReport, Received, Sent, SideReport};

/// Checks one finished round. The runner asserts this in every build; a journal whose rounds break
/// it is contradictory.
///
/// For each direction, the messages handed over are the unsendable ones (counted by the sender)
/// plus the receiver's verdicts; the exchanges started are the exchanges ended. `Err` names the
/// direction and both sums.
pub fn conserve(client: &ClientReport, server: &SideReport) -> Result<(), String> {
    direction("request", &client.side.sent, &server.received)?;
    direction("reply", &server.sent, &client.side.received)?;
    let exchanges = &client.exchanges;
    let ended = sum([
        exchanges.done,
        exchanges.wrong,
        exchanges.rejected,
        exchanges.damaged,
        exchanges.unanswered,
    ]);
    if ended != Some(exchanges.started) {
        return Err(format!(
            "{} exchanges were started, but {} ended",
            exchanges.started,
            told(ended)
        ));
    }
    Ok(())
}

fn direction(name: &str, sent: &Sent, received: &Received) -> Result<(), String> {
    let tally: &Tally = &received.tally;
    if tally.get(Verdict::Unsendable) != 0 {
        return Err(format!(
            "{name}: the receiver judged {} messages unsendable, which only the sender can know",
            tally.get(Verdict::Unsendable)
        ));
    }
    let judged = sum(tally.by_verdict);
    let accounted = judged.and_then(|judged| judged.checked_add(sent.unsendable));
    if accounted != Some(sent.messages) {
        return Err(format!(
            "{name}: {} messages were handed over, but {} have a verdict ({} of them unsendable)",
            sent.messages,
            told(accounted),
            sent.unsendable
        ));
    }
    Ok(())
}

/// Counts may come from a file, so their sum may not fit.
fn sum(counts: impl IntoIterator<Item = u64>) -> Option<u64> {
    counts.into_iter().try_fold(0u64, u64::checked_add)
}

fn told(sum: Option<u64>) -> String {
    sum.map_or_else(|| "more than a 64-bit number of".into(), |sum| sum.to_string())
}
