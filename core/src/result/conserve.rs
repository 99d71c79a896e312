//! The conservation law: every message handed over ends in exactly one verdict, and every exchange
//! ends in exactly one way.

use super::link::is_traced;
use crate::judge::{Tally, Verdict};
use crate::measure::{ClientReport, Received, Sent, SideReport};

/// Checks one finished round. The runner asserts this in every build; a journal whose rounds break
/// it is contradictory.
///
/// For each direction, the messages handed over are those that only the sender can know (the
/// unsendable ones and those without a record) plus the receiver's verdicts; the exchanges started are
/// the exchanges ended; where the link explains damage, some fault of it is traced. `Err` says what does
/// not add up.
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
