//! What holds of every round, and what besides where nothing was lost.

use super::cases::{Case, Expected};
use super::round::Played;
use wirebench::audit::{Outcome, littles_law};
use wirebench::judge::Verdict;
use wirebench::measure::{ClientReport, Sent, SideReport};
use wirebench::result::conserve;

/// Checks a round; `Err` says what does not hold.
pub(crate) fn hold(case: &Case, played: &Played) -> Result<(), String> {
    let Played { client, server, took_ns, .. } = played;
    if case.play.settings.judges_echoes() {
        return looked_up(case, client, server);
    }
    conserve(client, server)?;
    littles(client)?;
    let exchanges = &client.exchanges;
    if case.sees_damage && exchanges.damaged == 0 {
        return Err(format!("no damage was seen in time: {exchanges:?}"));
    }
    if case.explains_all {
        explained(&client.side, server)?;
    }
    if case.expected == Expected::Anything {
        return Ok(());
    }
    let unjudged = [client.side.sent.unjudged, server.sent.unjudged];
    if unjudged != [0, 0] {
        return Err(format!("for want of room in the ledger, {unjudged:?} have no verdict"));
    }
    if case.expected == Expected::Judged {
        return Ok(());
    }
    if exchanges.unanswered != 0 {
        return Err(format!("nothing was lost, but somebody waited in vain: {exchanges:?}"));
    }
    if case.expected == Expected::Answered {
        return Ok(());
    }
    if exchanges.done != exchanges.started {
        return Err(format!("nothing was lost, but of all exchanges: {exchanges:?}"));
    }
    for (direction, received) in [("request", &server.received), ("reply", &client.side.received)] {
        let tally = &received.tally;
        if tally.get(Verdict::Intact) != received.messages {
            return Err(format!("nothing was lost, but of the {direction}s: {tally:?}"));
        }
    }
    open(client)?;
    let timeout_ns = case.play.settings.load.timeout_ns;
    if *took_ns >= timeout_ns {
        return Err(format!("nobody had to wait, but the round took {took_ns} ns"));
    }
    let errors = [&client.side.errors, &server.errors];
    match errors.into_iter().flatten().next() {
        Some(error) => Err(format!("nothing went wrong, but: {error:?}")),
        None => Ok(()),
    }
}

/// What was seen under way, from instant to instant, is what starts and ends say.
fn littles(client: &ClientReport) -> Result<(), String> {
    let audit = client.open.as_ref().and_then(|open| open.audit.as_ref());
    let Some(in_flight) = audit.and_then(|audit| audit.in_flight.as_ref()) else { return Ok(()) };
    let line = littles_law(in_flight);
    match line.outcome() {
        Outcome::Failed => Err(format!("{}: {in_flight:?}", line.sentence())),
        Outcome::Held | Outcome::NotJudged => Ok(()),
    }
}

/// Where every exchange of an open loop that was started is done, its latency is its slip and what came after.
fn open(client: &ClientReport) -> Result<(), String> {
    let Some(open) = &client.open else { return Ok(()) };
    let means = [&client.latency, &open.slip, &open.uncorrected].map(|times| {
        // Buckets begin at 1 ns, and are a thousandth wide.
        times.mean().unwrap_or_default()
    });
    let [latency, slip, uncorrected] = means;
    let all_timed = client.latency.count() == client.exchanges.started;
    if all_timed && (latency - slip - uncorrected).abs() > 2.0 + latency / 500.0 {
        return Err(format!(
            "a latency of {latency} ns is not a slip of {slip} ns and {uncorrected} ns after that"
        ));
    }
    if client.latency.count() > client.exchanges.started {
        return Err("there are more latencies than exchanges".into());
    }
    Ok(())
}

/// Every request that was sent has one verdict by its answer, and is intact where everything is answered and
/// nothing is lost.
fn looked_up(case: &Case, client: &ClientReport, server: &SideReport) -> Result<(), String> {
    let mut server = server.clone();
    server.sent = Sent { messages: client.side.sent.unjudged, ..Sent::default() };
    conserve(client, &server)?;
    let tally = &client.side.received.tally;
    if !case.play.reads_all || client.exchanges.unanswered > 0 {
        return Ok(());
    }
    let by_message = !case.name.starts_with("looked-up-bytes");
    if by_message && tally.get(Verdict::Intact) != tally.total() {
        return Err(format!("everything came back, but: {tally:?}"));
    }
    Ok(())
}

/// Every message that is not intact is so by what the link did.
fn explained(client: &SideReport, server: &SideReport) -> Result<(), String> {
    for side in [client, server] {
        let tally = &side.received.tally;
        let judged: u64 = tally.by_verdict.iter().sum();
        let damaged = judged - tally.get(Verdict::Intact);
        let explained = side.link.as_ref().map_or(0, |link| link.explained.total());
        if damaged != explained {
            return Err(format!("{damaged} messages are not intact, and {explained} explained"));
        }
    }
    Ok(())
}
