//! How much the same work differs from itself on this machine, now.

use super::finding::Finding;
use crate::machine::run_on;
use crate::net::clock::Clock;
use crate::scenario::ProcessorList;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

/// How often the work is done.
const TURNS: usize = 60;

/// So many turns are a block, of which the median counts, as the median of rounds does.
const BLOCK: usize = 5;

/// About what a turn takes, in nanoseconds.
const TURN_NS: u64 = 20_000_000;

/// Bytes that go each way in an exchange.
const BYTES: usize = 64;

/// A reader that waits longer waits in vain.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that turns may take together, in nanoseconds: what a busy machine does not manage is left out.
const MOST_NS: u64 = 5_000_000_000;

/// Fewer blocks tell nothing.
const LEAST_BLOCKS: usize = 4;

/// Student's t for 19 of 20 cases, by degrees of freedom from 3 on: one fewer than there are blocks.
const T: [f64; 9] = [3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201];

/// From this difference on, in percent, the machine is noisy, and much too noisy.
const NOISY: f64 = 3.0;
const TOO_NOISY: f64 = 10.0;

/// What a turn's exchanges took on average, in nanoseconds, turn by turn.
pub(super) fn measure(clock: Clock, usable: &[usize]) -> io::Result<Vec<f64>> {
    let [server, client] = match *usable {
        [server, client, ..] => [server, client].map(|one| ProcessorList::of([one])),
        [one] => [one, one].map(|one| ProcessorList::of([one])),
        [] => [None, None],
    };
    // Connected before there are threads: nobody waits for somebody who does not come.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut ours = TcpStream::connect(listener.local_addr()?)?;
    let (mut theirs, _) = listener.accept()?;
    for peer in [&ours, &theirs] {
        peer.set_nodelay(true)?;
        peer.set_read_timeout(Some(PATIENCE))?;
    }
    std::thread::scope(|scope| {
        let echo = scope.spawn(move || -> io::Result<()> {
            server.map_or(Ok(()), |list| run_on(&list))?;
            let mut bytes = [0; BYTES];
            while theirs.read_exact(&mut bytes).is_ok() {
                theirs.write_all(&bytes)?;
            }
            Ok(())
        });
        let turns = scope.spawn(move || -> io::Result<Vec<f64>> {
            client.map_or(Ok(()), |list| run_on(&list))?;
            play(clock, &mut ours)
        });
        let ended = || io::Error::other("a side of the exchange has ended");
        let turns = turns.join().map_err(|_| ended())??;
        echo.join().map_err(|_| ended())??;
        Ok(turns)
    })
}

fn play(clock: Clock, peer: &mut TcpStream) -> io::Result<Vec<f64>> {
    let mut bytes = [7; BYTES];
    let mut exchange = |times: u64| -> io::Result<u64> {
        let began = clock.now();
        for _ in 0..times {
            peer.write_all(&bytes)?;
            peer.read_exact(&mut bytes)?;
        }
        Ok(clock.now().saturating_sub(began))
    };
    // Once to warm up, and once to know how many fill a turn.
    exchange(200)?;
    let times = 200 * TURN_NS / exchange(200)?.max(1);
    let times = times.clamp(10, 1_000_000);
    let began = clock.now();
    let mut turns = Vec::new();
    while turns.len() < TURNS && clock.now().saturating_sub(began) < MOST_NS {
        turns.push(exchange(times)? as f64 / times as f64);
    }
    Ok(turns)
}

/// The difference, in percent, that two medians of blocks of the same work stay below in 19 of 20 cases; and
/// from how many blocks that follows. `None`: there are too few.
///
/// Ratios matter, so logarithms are held against each other: with the deviation s of the medians of n blocks, two
/// further ones differ by less than t(n − 1) · s · √2 in as many cases. (The pairs of the blocks themselves are
/// too like each other to be counted: what 19 of 20 of them stayed below, fresh pairs passed in one of eleven
/// cases.) What drifts while it is measured is in s.
fn threshold(turns: &[f64]) -> Option<(f64, usize)> {
    let medians: Vec<f64> = turns.chunks_exact(BLOCK).map(median).collect();
    let blocks = medians.len();
    let is_time = |one: &f64| one.is_finite() && *one > 0.0;
    if blocks < LEAST_BLOCKS || !medians.iter().all(is_time) {
        return None;
    }
    let logs: Vec<f64> = medians.iter().map(|one| one.ln()).collect();
    let mean = logs.iter().sum::<f64>() / blocks as f64;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    let deviation = (squares / (blocks - 1) as f64).sqrt();
    let t = T[(blocks - LEAST_BLOCKS).min(T.len() - 1)];
    Some(((t * deviation * std::f64::consts::SQRT_2).exp_m1() * 100.0, blocks))
}

fn median(block: &[f64]) -> f64 {
    let mut block = block.to_vec();
    block.sort_by(f64::total_cmp);
    block[block.len() / 2]
}

/// What that means.
pub(super) fn look(turns: Option<&io::Result<Vec<f64>>>) -> Finding {
    const KEY: &str = "noise.spread";
    let turns = match turns {
        None => {
            return Finding::unknown(KEY, "not looked at: it takes more than a second (`--quick`)");
        }
        Some(Err(_)) => return Finding::unknown(KEY, "two threads could not talk over loopback"),
        Some(Ok(turns)) => turns,
    };
    let Some((percent, blocks)) = threshold(turns) else {
        return Finding::unknown(
            KEY,
            "the machine managed too little of the work within five seconds",
        );
    };
    let percent = (percent * 10.0).ceil() / 10.0;
    let turns = blocks * BLOCK;
    let found = format!(
        "differences under {percent:.1} % mean nothing here now: the same exchanges over loopback, {turns} times; \
         two medians of {BLOCK} differ by less in 19 of 20 cases, as the {blocks} of them scatter"
    );
    let finding = if percent >= TOO_NOISY {
        let advice = "make the machine quieter first: end what else runs, fix its clock, or measure elsewhere";
        Finding::change(KEY, found, advice)
    } else if percent >= NOISY {
        let advice = "smaller differences need more rounds, side by side (`--baseline`)";
        Finding::worth(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    finding.with("percent", percent).with("blocks", blocks).with("turns", turns)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::*;
    use crate::load::rng::SplitMix64;

    /// Turns whose block medians differ by up to `percent`, evenly.
    fn spread(percent: f64) -> Vec<f64> {
        let block = |at: usize| 10_000.0 * (1.0 + percent / 100.0 * at as f64 / 11.0);
        (0..TURNS).map(|turn| block(turn / BLOCK)).collect()
    }

    #[test]
    fn the_threshold_follows_from_how_the_medians_of_blocks_scatter() {
        assert!(threshold(&[10_000.0; TURNS]).unwrap().0 < 1e-9);
        // Twelve medians, evenly from 1 to 1.11: a deviation of 0.0342 of the logarithms, and 2.201 · √2 of that.
        let (percent, blocks) = threshold(&spread(11.0)).unwrap();
        assert!((11.1..11.4).contains(&percent), "{percent}");
        assert_eq!(blocks, 12);
        // With fewer blocks less is known.
        let few = threshold(&spread(11.0)[..4 * BLOCK]).unwrap();
        assert!(few.1 == 4 && few.0 > 5.0, "{few:?}");
    }

    #[test]
    fn one_turn_of_a_block_does_not_decide() {
        let mut turns = vec![10_000.0; TURNS];
        (0..TURNS).step_by(BLOCK).for_each(|at| turns[at] = 90_000.0);
        assert!(threshold(&turns).unwrap().0 < 1e-9);
    }

    #[test]
    fn of_fresh_pairs_of_the_same_noise_about_one_of_twenty_is_farther_apart() {
        let mut random = SplitMix64::new(7);
        let mut noise = || {
            let sum: u64 = (0..12).map(|_| random.next_u64() % 1_000).sum();
            10_000.0 * (1.0 + (sum as f64 / 1_000.0 - 6.0) / 100.0)
        };
        let (mut beyond, mut tried) = (0, 0);
        for _ in 0..400 {
            let turns: Vec<f64> = (0..TURNS).map(|_| noise()).collect();
            let (percent, _) = threshold(&turns).unwrap();
            for _ in 0..50 {
                let mut block = || median(&(0..BLOCK).map(|_| noise()).collect::<Vec<_>>());
                let (one, other) = (block(), block());
                beyond += usize::from(((one / other).max(other / one) - 1.0) * 100.0 > percent);
                tried += 1;
            }
        }
        let share = beyond as f64 / tried as f64;
        assert!((0.04..0.06).contains(&share), "seed 7: {share}");
    }

    #[test]
    fn the_noisier_the_machine_the_graver_the_line() {
        let of = |percent| look(Some(&Ok(spread(percent))));
        assert_eq!(
            [of(1.0), of(5.0), of(30.0)].map(|one| one.state),
            [Fine, WorthKnowing, ChangeThis]
        );
        let found = of(5.0).found;
        assert!(found.contains("differences under 5.2 % mean nothing here now"), "{found}");
        assert!(found.contains("60 times") && found.contains("the 12 of them"), "{found}");
    }

    #[test]
    fn what_was_not_measured_is_not_known() {
        for turns in [vec![], vec![1.0; 19], vec![0.0; TURNS], vec![f64::NAN; TURNS]] {
            assert_eq!(look(Some(&Ok(turns))).state, NotKnown);
        }
        assert_eq!(look(Some(&Err(io::ErrorKind::AddrInUse.into()))).state, NotKnown);
        assert_eq!(look(None).state, NotKnown);
    }
}
