//! `both-ways`: framings that need both directions, end against end: both send at once, reads take
//! what chance gives them, and the clock moves when nothing else does.

use super::super::check_context::{CheckContext, Ended, of_messages};
use super::super::pair::{Reads, Talked, talk};
use super::super::{Case, Finding, apart, material};
use wirebench_framings::Role;
use wirebench_load::rng::SplitMix64;

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    if !cx.capabilities.duplex {
        return Ended::NotApplicable("each direction stands for itself".into());
    }
    if cx.record(Role::Client, &material::few()).is_ok_and(|recorded| recorded.closes) {
        return Ended::NotApplicable("one message a connection and direction".into());
    }
    let mut dice = cx.dice(6);
    let rounds = cx.size(3_000, 150);
    for _ in 0..rounds {
        let mut messages = || -> Vec<Vec<u8>> {
            let count = dice.below(12);
            let most = cx.capabilities.max.min(40);
            (0..count)
                .map(|_| {
                    let len = dice.below(most + 1) as usize;
                    material::message(&cx.capabilities, len, &mut dice)
                })
                .collect()
        };
        let (client, server) = (messages(), messages());
        let seed = dice.next_u64();
        if fails(cx, seed, &client, &server).is_some() {
            return found(cx, seed, client, server);
        }
    }
    let reads = if cx.capabilities.invariant { "any bytes" } else { "whole writes" };
    Ended::Holds(format!("{rounds} talks, reads of {reads}"))
}

pub(super) fn judge(cx: &mut CheckContext<'_>, case: &Case) -> Option<Finding> {
    match case {
        Case::Talk { seed, client, server } => fails(cx, *seed, client, server),
        _ => super::stream(cx, case),
    }
}

fn fails(
    cx: &mut CheckContext<'_>,
    seed: u64,
    client: &[Vec<u8>],
    server: &[Vec<u8>],
) -> Option<Finding> {
    let case = Case::Talk { seed, client: client.to_vec(), server: server.to_vec() };
    cx.tried += 1;
    cx.rig.trying(&mut || case.clone());
    let talked = match (cx.framing(Role::Client), cx.framing(Role::Server)) {
        (Ok(one), Ok(other)) => {
            let reads = if cx.capabilities.invariant { Reads::Anyhow } else { Reads::Merged };
            talk([one, other], [client, server], reads, &mut SplitMix64::new(seed))
        }
        (Err(fault), _) | (_, Err(fault)) => Talked { wrong: Some(fault), ..Talked::default() },
    };
    // What the server was sent, then the client, and what each received.
    let ways = [("server", client, &talked.received[1]), ("client", server, &talked.received[0])];
    let aparts = ways.map(|(_, sent, received)| apart::apart(sent, received));
    let wrong = ways.iter().zip(aparts).find_map(|((name, sent, received), at)| {
        at.map(|at| {
            format!("the talk ends, but at the {name} {}", apart::clause(sent, received, at))
        })
    });
    let what = talked.wrong.clone().or(wrong)?;
    let lines = |of_received: bool| {
        let mut lines = Vec::new();
        for ((name, sent, received), at) in ways.iter().zip(aparts) {
            let messages = if of_received { received } else { *sent };
            let named = |line: String| format!("{name}: {line}");
            lines.extend(apart::lines(messages, &[], at).into_iter().map(named));
        }
        lines
    };
    Some(Finding {
        what,
        case: Some(case.to_string()),
        expected: lines(false),
        got: lines(true),
        ..of_messages(client, None)
    })
}

fn found(
    cx: &mut CheckContext<'_>,
    seed: u64,
    client: Vec<Vec<u8>>,
    server: Vec<Vec<u8>>,
) -> Ended {
    let found_as = format!("{} messages one way and {} the other", client.len(), server.len());
    // Another order of moves may show it with fewer messages.
    let mut best = seed;
    let mut small = [client, server];
    for end in [0, 1, 0, 1] {
        let other = small[1 - end].clone();
        let shrunk = cx.shrink_messages(small[end].clone(), &mut |cx, messages| {
            let sides = if end == 0 { [messages, &other[..]] } else { [&other[..], messages] };
            let seeds = [best].into_iter().chain(0..8);
            let seed =
                seeds.into_iter().find(|seed| fails(cx, *seed, sides[0], sides[1]).is_some());
            seed.map(|seed| best = seed).is_some()
        });
        small[end] = shrunk;
    }
    match fails(cx, best, &small[0], &small[1]) {
        Some(finding) => Ended::finding(Finding { found_as, ..finding }),
        None => Ended::Holds("a finding did not come again".into()),
    }
}
