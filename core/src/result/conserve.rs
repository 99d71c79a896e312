//! What holds of every round: each message handed over ends in exactly one verdict, each exchange in
//! exactly one way, and no more happens inside the measured window than fits into it.

use super::link::is_traced;
use crate::judge::{Tally, Verdict};
use crate::measure::{ClientReport, Received, Sent, SideReport};

/// Checks one finished round. The runner asserts this in every build; a journal whose rounds break
/// it is contradictory.
///
/// For each direction, the messages handed over are those that only the sender can know (the
/// unsendable ones and those without a record) plus the receiver's verdicts; the exchanges started are
/// the exchanges ended, and so for attempts to connect; the window holds what fits into it; where the link explains damage, some fault
/// of it is traced. `Err` says what does not add up.
pub fn conserve(client: &ClientReport, server: &SideReport) -> Result<(), String> {
    direction("request", &client.side.sent, &server.received)?;
    direction("reply", &server.sent, &client.side.received)?;
    is_traced(&client.side, server)?;
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
    open(client)?;
    let connects = &client.connects;
    if connects.ended() != Some(connects.begun) {
        return Err(format!(
            "{} attempts to connect were begun, but {} ended",
            connects.begun,
            told(connects.ended())
        ));
    }
    window(client)?;
    series(client)
}

/// What an open loop had planned was started or dropped, and whatever waited was planned; each has a time that it
/// was taken up, and each that was started has one of that.
fn open(client: &ClientReport) -> Result<(), String> {
    let started = client.exchanges.started;
    let Some(open) = &client.open else { return Ok(()) };
    if sum([started, open.dropped]) != Some(open.planned) {
        return Err(format!(
            "{} exchanges were planned, but {started} were started and {} dropped",
            open.planned, open.dropped
        ));
    }
    if open.waited > open.planned {
        return Err(format!(
            "{} exchanges waited, but only {} were planned",
            open.waited, open.planned
        ));
    }
    for (what, times, count) in
        [("lateness", &open.lateness, open.planned), ("slip", &open.slip, started)]
    {
        if times.count() != count {
            return Err(format!(
                "{} times of {what} were taken of {count} exchanges",
                times.count()
            ));
        }
    }
    if open.uncorrected.count() != client.latency.count() {
        return Err(format!(
            "{} latencies have {} uncorrected ones",
            client.latency.count(),
            open.uncorrected.count()
        ));
    }
    Ok(())
}

/// Bins add up to what happened inside the window. Where that ends with the last exchange that was done, others may
/// have begun and ended behind it.
fn series(client: &ClientReport) -> Result<(), String> {
    let (series, window) = (&client.series, &client.window);
    if series.is_empty() {
        return Ok(());
    }
    if !series.is_sound() {
        return Err("the bins of the round are not equally many".into());
    }
    let offered = client.open.as_ref().map_or(window.started, |open| open.planned);
    for (what, column, least) in
        [("offered", &series.offered, offered), ("achieved", &series.achieved, window.completed)]
    {
        let all = sum(column.iter().copied());
        if all.is_some_and(|all| all < least) {
            return Err(format!("{} exchanges were {what} in all bins, of {least}", told(all)));
        }
    }
    Ok(())
}

/// At no time are more exchanges under way than there are slots. So what starts inside the window and
/// what ends inside differ by the slots at most, and the exchanges that do both were busy for no
/// longer than all slots together.
fn window(client: &ClientReport) -> Result<(), String> {
    let (window, slots) = (&client.window, client.slots);
    if window.started.abs_diff(window.ended) > slots {
        return Err(format!(
            "{} exchanges started and {} ended inside the window, but only {slots} may be under way \
             at a time",
            window.started, window.ended
        ));
    }
    if u128::from(window.busy_ns) > u128::from(slots) * u128::from(window.length_ns) {
        return Err(format!(
            "exchanges were busy for {} ns inside a window of {} ns with {slots} slots",
            window.busy_ns, window.length_ns
        ));
    }
    if window.completed > window.ended {
        return Err(format!(
            "{} exchanges were completed inside the window, but only {} ended",
            window.completed, window.ended
        ));
    }
    if window.completed > 0 && window.length_ns == 0 {
        return Err(format!(
            "{} exchanges were completed inside a window without length",
            window.completed
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
    let accounted = sum(tally.by_verdict.into_iter().chain([sent.unsendable, sent.unjudged]));
    if accounted != Some(sent.messages) {
        return Err(format!(
            "{name}: {} messages were handed over, but {} have a verdict ({} of them unsendable, \
             {} without a record)",
            sent.messages,
            told(accounted),
            sent.unsendable,
            sent.unjudged
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::WindowTotals;

    /// Four requests, of which one is unsendable and one has no record, and two replies.
    fn round() -> (ClientReport, SideReport) {
        let (mut client, mut server) = (ClientReport::default(), SideReport::default());
        client.side.sent.messages = 4;
        client.side.sent.unsendable = 1;
        client.side.sent.unjudged = 1;
        server.received.tally.by_verdict[Verdict::Intact as usize] = 2;
        server.sent.messages = 2;
        client.side.received.tally.by_verdict[Verdict::Merged as usize] = 2;
        client.exchanges.started = 3;
        client.exchanges.done = 2;
        client.exchanges.damaged = 1;
        (client, server)
    }

    #[test]
    fn a_round_in_which_everything_is_accounted_for_is_accepted() {
        let (client, server) = round();
        assert_eq!(conserve(&client, &server), Ok(()));
        assert_eq!(conserve(&ClientReport::default(), &SideReport::default()), Ok(()));
    }

    /// The same round with a window of 100 ns and one slot, which was busy for 90 ns of it.
    fn windowed() -> ClientReport {
        let mut client = round().0;
        client.slots = 1;
        client.window = WindowTotals {
            length_ns: 100,
            started: 2,
            ended: 2,
            completed: 2,
            completed_payload_bytes: 20,
            answered: 2,
            busy_ns: 90,
        };
        client
    }

    #[test]
    fn a_window_that_holds_more_than_fits_is_refused() {
        type Damage = fn(&mut WindowTotals);
        let damages: [(Damage, &str); 4] = [
            (
                |window| window.started = 4,
                "4 exchanges started and 2 ended inside the window, but only 1 may be under way at \
                 a time",
            ),
            (
                |window| window.busy_ns = 101,
                "exchanges were busy for 101 ns inside a window of 100 ns with 1 slots",
            ),
            (
                |window| window.completed = 3,
                "3 exchanges were completed inside the window, but only 2 ended",
            ),
            (
                |window| (window.length_ns, window.busy_ns) = (0, 0),
                "2 exchanges were completed inside a window without length",
            ),
        ];
        let (client, server) = (windowed(), round().1);
        assert_eq!(conserve(&client, &server), Ok(()));
        for (damage, told) in damages {
            let mut client = windowed();
            damage(&mut client.window);
            assert_eq!(conserve(&client, &server), Err(told.into()));
        }
    }

    #[test]
    fn what_does_not_add_up_is_named_with_both_sums() {
        type Damage = fn(&mut ClientReport, &mut SideReport);
        let damages: [(Damage, &str); 6] = [
            (
                |client, _| client.side.sent.messages += 1,
                "request: 5 messages were handed over, but 4 have a verdict (1 of them unsendable, \
                 1 without a record)",
            ),
            (
                |_, server| server.sent.unsendable += 1,
                "reply: 2 messages were handed over, but 3 have a verdict (1 of them unsendable, \
                 0 without a record)",
            ),
            (
                |client, _| client.side.sent.unjudged = 0,
                "request: 4 messages were handed over, but 3 have a verdict (1 of them unsendable, \
                 0 without a record)",
            ),
            (|client, _| client.exchanges.unanswered += 1, "3 exchanges were started, but 4 ended"),
            (
                |_, server| server.received.tally.add(Verdict::Unsendable),
                "request: the receiver judged 1 messages unsendable, which only the sender can know",
            ),
            (
                |_, server| server.received.tally.by_verdict[2] = u64::MAX,
                "request: 4 messages were handed over, but more than a 64-bit number of have a \
                 verdict (1 of them unsendable, 1 without a record)",
            ),
        ];
        for (damage, told) in damages {
            let (mut client, mut server) = round();
            damage(&mut client, &mut server);
            assert_eq!(conserve(&client, &server), Err(told.into()));
        }
    }
}
