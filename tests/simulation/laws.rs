//! What holds of every round, and what besides where nothing was lost.

use super::cases::Case;
use super::round::Played;
use wirebench::judge::Verdict;
use wirebench::result::conserve;

/// Checks a round; `Err` says what does not hold.
pub(crate) fn hold(case: &Case, played: &Played) -> Result<(), String> {
    let Played { client, server } = played;
    conserve(client, server)?;
    if !case.whole {
        return Ok(());
    }
    let exchanges = &client.exchanges;
    if exchanges.done != exchanges.started {
        return Err(format!("nothing was lost, but of all exchanges: {exchanges:?}"));
    }
    for (direction, received) in [("request", &server.received), ("reply", &client.side.received)] {
        let tally = &received.tally;
        if tally.get(Verdict::Intact) != received.messages {
            return Err(format!("nothing was lost, but of the {direction}s: {tally:?}"));
        }
    }
    let errors = [&client.side.errors, &server.errors];
    match errors.into_iter().flatten().next() {
        Some(error) => Err(format!("nothing went wrong, but: {error:?}")),
        None => Ok(()),
    }
}
