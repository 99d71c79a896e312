//! An open loop: what is due is started, counted and timed, whatever the server does. The arithmetic is
//! proven here, where time is what somebody says.

use crate::cases::cases;
use crate::round::{Play, Played, Player};
use crate::stage::{text, with_every_seed};
use wirebench::load::{ArrivalRate, Arrivals, Stage};
use wirebench::measure::{P50, P90, P99, P99_9, Percentile};
use wirebench::scenario::Until;

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MS;

/// An open loop over a calm network, with a server that echoes.
fn due() -> Play {
    let case = cases().into_iter().find(|case| case.name == "due-echoes-calm").expect("a case");
    let mut play = case.play;
    play.settings.load.until = Until::Duration(SECOND);
    play.settings.load.timeout_ns = 10 * SECOND;
    play.settings.load.drain_ns = 10 * SECOND;
    play.settings.load.round_limit_ns = u64::MAX;
    play.settings.load.in_flight = 8;
    play.ring_bytes = 256 << 10;
    let open = play.settings.load.open.as_mut().expect("it is open");
    open.catch_up_ns = u64::MAX;
    play
}

fn at(play: &mut Play, per_second: u64) {
    let rate = ArrivalRate::from_thousandths(per_second * 1_000);
    let open = play.settings.load.open.as_mut().expect("it is open");
    open.stages = vec![Stage { rate, duration_ns: u64::MAX }];
}

#[track_caller]
fn played(play: &Play, seed: u64) -> Played {
    Player::new(play).round(seed).unwrap_or_else(|error| panic!("seed {seed}: {error}"))
}

/// A server that does nothing for S in a window of T: of all arrivals, the share (S - x) / T waits for more
/// than x. So the quantile q of their latencies is S - (1 - q) T, as long as that is not below what an
/// exchange takes anyhow.
#[test]
fn a_server_that_stalls_shows_in_the_percentiles_as_long_as_it_stalled() {
    let mut play = due();
    at(&mut play, 2_000);
    let stall = 200 * MS;
    play.server_stops = Some((300 * MS, stall));
    for seed in 0..4 {
        let Played { client, .. } = played(&play, seed);
        let open = client.open.as_ref().expect("it is open");
        assert_eq!((open.planned, open.dropped, client.exchanges.done), (2_000, 0, 2_000));
        for (percentile, q) in [(P90, 0.9), (P99, 0.99), (P99_9, 0.999)] {
            let expected = stall as f64 - (1.0 - q) * SECOND as f64;
            let found = percentile.of(&client.latency).expect("there are samples") as f64;
            // What was late is started one after the other, in some 20 us each.
            let tolerance = 12.0 * MS as f64;
            let why = format!("seed {seed}, {percentile}: {found} ns is not {expected} ns");
            assert!((found - expected).abs() < tolerance, "{why}");
        }
        assert!(P50.of(&client.latency) < Some(MS), "most arrivals met no stall");
        // Who counts from the actual start sees those few that were under way, 16 of 2,000.
        assert!(P99.of(&open.uncorrected) < Some(MS), "it is the correction that shows the stall");
        assert!(open.waited >= 300 && open.backlog_peak >= 300, "{open:?}");
    }
}

#[test]
fn a_closed_loop_does_not_see_the_same_stall() {
    let mut play = due();
    play.settings.load.open = None;
    play.settings.load.until = Until::Duration(20 * MS);
    play.server_stops = Some((5 * MS, 10 * MS));
    let Played { client, .. } = played(&play, 1);
    assert!(client.exchanges.done > 1_000, "{:?}", client.exchanges);
    assert!(P90.of(&client.latency) < Some(MS), "it waits with its server");
}

#[test]
fn what_is_offered_is_achieved_over_six_decades() {
    for (per_second, until) in [
        (1, 20 * SECOND),
        (10, 5 * SECOND),
        (100, SECOND),
        (1_000, SECOND),
        (10_000, SECOND / 4),
        (100_000, SECOND / 20),
        (1_000_000, SECOND / 200),
    ] {
        let mut play = due();
        at(&mut play, per_second);
        play.settings.load.in_flight = 200;
        play.settings.load.until = Until::Duration(until);
        let Played { client, .. } = played(&play, 3);
        let open = client.open.as_ref().expect("it is open");
        let planned = per_second * until / SECOND;
        assert_eq!((open.planned, open.dropped), (planned, 0), "at {per_second}/s");
        assert_eq!(client.exchanges.done, planned, "at {per_second}/s");
        assert_eq!(client.window.length_ns, until, "the window is the planned one");
        assert_eq!(client.series.offered.iter().sum::<u64>(), planned);
        assert_eq!(client.series.achieved.iter().sum::<u64>(), client.window.completed);
    }
}

#[test]
fn what_has_no_room_in_time_is_dropped_and_counts_as_slower_than_all_others() {
    let mut play = due();
    at(&mut play, 2_000);
    let open = play.settings.load.open.as_mut().expect("it is open");
    open.catch_up_ns = 20 * MS;
    play.server_stops = Some((300 * MS, 200 * MS));
    let Played { client, .. } = played(&play, 2);
    let open = client.open.as_ref().expect("it is open");
    assert_eq!(open.planned, 2_000);
    // Those that were due in the first 180 ms of the stall, but for those that found room.
    let dropped = open.dropped;
    assert!((330..=360).contains(&dropped), "{dropped} were dropped");
    assert_eq!(client.exchanges.started + dropped, 2_000);
    assert!(open.slip.max() < Some(21 * MS), "nothing starts later than it may");
    // A sixth is slower than anybody knows: the 90th percentile is among them.
    assert_eq!(P90.of_some(&client.latency, dropped), None);
    assert!(P50.of_some(&client.latency, dropped).is_some());
}

#[test]
fn a_full_backlog_drops_what_is_due() {
    let mut play = due();
    at(&mut play, 2_000);
    play.settings.load.open.as_mut().expect("it is open").backlog = 50;
    play.server_stops = Some((300 * MS, 200 * MS));
    let Played { client, .. } = played(&play, 2);
    let open = client.open.as_ref().expect("it is open");
    assert_eq!((open.planned, open.backlog_peak), (2_000, 50));
    assert!((320..=350).contains(&open.dropped), "{} were dropped", open.dropped);
}

#[test]
fn stages_follow_each_other_and_each_has_its_bins() {
    let mut play = due();
    let stage = |per_second: u64| Stage {
        rate: ArrivalRate::from_thousandths(per_second * 1_000),
        duration_ns: 200 * MS,
    };
    let open = play.settings.load.open.as_mut().expect("it is open");
    open.stages = vec![stage(1_000), stage(4_000), stage(500)];
    play.settings.load.warmup_ns = 100 * MS;
    play.settings.load.until = Until::Duration(600 * MS);
    let Played { client, .. } = played(&play, 5);
    assert_eq!(client.series.offered, [100, 100, 400, 400, 50, 50]);
    assert_eq!(client.open.expect("it is open").planned, 1_100);
}

#[test]
fn random_arrivals_of_a_seed_are_the_same_in_every_round_of_it() {
    let mut play = due();
    at(&mut play, 5_000);
    play.settings.load.open.as_mut().expect("it is open").arrivals = Arrivals::Poisson;
    let [one, same] = [1, 1].map(|seed| played(&play, seed).client.series.offered);
    assert_eq!(one, same);
    assert_ne!(one, played(&play, 2).client.series.offered);
}

#[test]
fn a_lost_connection_keeps_its_place_and_what_waits_for_it() {
    // A server that ends its connections after three requests.
    let case = cases().into_iter().find(|case| case.name == "due-closes-calm").expect("a case");
    let mut play = case.play;
    play.settings.load.until = Until::Messages(300);
    play.settings.load.timeout_ns = SECOND;
    play.settings.load.open.as_mut().expect("it is open").catch_up_ns = u64::MAX;
    at(&mut play, 5_000);
    for seed in 0..4 {
        let Played { client, .. } = played(&play, seed);
        let open = client.open.as_ref().expect("it is open");
        assert_eq!((open.planned, open.dropped), (300, 0), "seed {seed}");
        assert_eq!(client.exchanges.started, 300, "seed {seed}");
    }
}

#[test]
fn a_cell_that_is_not_answered_as_it_asks_is_saturated() {
    // Two exchanges at a time that take 100 us each cannot be 100,000 a second.
    let load = "model = \"open\"\nrate = \"100k/s\"\nconnections = 2\nduration = \"50ms\"\n\
                catch-up = \"1ms\"\n";
    let more = "transport = { read-delay = \"50us\" }\n[expect]\ndamaged = 0\n";
    with_every_seed(&text("\"len32be\"", load, more), |document| {
        let cell = document.cell();
        assert_eq!(cell.verdict(), "saturated", "{}", cell.0["open"]);
        assert!(cell.number("/open/achieved_share") < 0.5, "{}", cell.0["open"]);
        assert_eq!(cell.count("/open/planned"), 5_000);
        assert_eq!(cell.number("/rate/offered"), 1e5);
        let slower = cell.count("/latency_ns/slower");
        assert_eq!(slower, cell.count("/open/dropped"));
        assert!(cell.0["latency_ns"]["p90"].is_null(), "{}", cell.0["latency_ns"]);
        assert!(cell.0["latency_ns"]["max"].is_null());
    });
}

#[test]
fn a_gate_on_what_is_achieved_and_one_on_the_slip_hold_where_there_is_room() {
    let load = "model = \"open\"\nrate = \"10k/s\"\nconnections = 4\nduration = \"20ms\"\n";
    let gates = "[expect]\nachieved = \">= 99%\"\ndropped = 0\nslip-p99 = \"< 1ms\"\nuncorrected-p99 = \"< 1ms\"\n";
    with_every_seed(&text("\"len32be\"", load, gates), |document| {
        let cell = document.cell();
        assert_eq!(cell.verdict(), "pass", "{}", cell.0["gates"]);
        assert_eq!(cell.count("/open/planned"), 200);
    });
}

#[test]
fn an_audit_of_what_was_really_done_finds_what_was_planned() {
    for (arrivals, expected) in [
        ("constant", ["rate", "mean-gap", "spacing", "dispersion"].as_slice()),
        ("poisson", &["rate", "mean-gap", "spacing", "dispersion", "exponential"]),
    ] {
        // In batches, so that exchanges begin together.
        let load = format!(
            "model = \"open\"\nrate = \"10k/s\"\narrivals = \"{arrivals}\"\nconnections = 4\n\
             in-flight = 16\nduration = \"200ms\"\n"
        );
        let more = "transport = { write = \"batch\" }\n";
        with_every_seed(&text("\"len32be\"", &load, more), |document| {
            let cell = document.cell();
            let audit = cell.list("audit");
            let line = |check: &str| audit.iter().find(|line| line["check"] == check);
            for check in expected.iter().chain(&["slip", "littles-law"]) {
                let line = line(check).unwrap_or_else(|| panic!("no {check} in {audit:#?}"));
                assert_eq!((&line["held"], &line["failed"]), (&1.into(), &0.into()), "{line}");
            }
            assert_eq!(cell.0["open"]["generator_limited"], "no", "{}", cell.0["open"]);
        });
    }
}

#[test]
fn an_audit_sees_that_a_window_kept_back_what_was_due() {
    // One exchange at a time that takes 100 us, of which one is due every 50 us.
    let load = "model = \"open\"\nrate = \"20k/s\"\nduration = \"100ms\"\ncatch-up = \"1ms\"\n";
    let more = "transport = { read-delay = \"50us\" }\n";
    with_every_seed(&text("\"len32be\"", load, more), |document| {
        let cell = document.cell();
        let failed: Vec<&str> = cell
            .list("audit")
            .iter()
            .filter(|line| line["failed"] != 0)
            .filter_map(|line| line["check"].as_str())
            .collect();
        assert!(failed.contains(&"rate") && failed.contains(&"mean-gap"), "{failed:?}");
        assert_eq!(cell.verdict(), "saturated");
        let notes = cell.0["notes"].to_string();
        assert!(notes.contains("the load was not what was planned, by its rate"), "{notes}");
    });
}

/// Percentiles by rank, as far as the buckets tell.
#[test]
fn percentiles_are_those_of_a_known_distribution() {
    let mut histogram = wirebench::measure::Histogram::new();
    // 1 to 100,000 us, each once, in an order that is not theirs.
    for index in 0..100_000_u64 {
        histogram.record((index * 7_919 % 100_000 + 1) * 1_000);
    }
    for (text, us) in [("50", 50_000.0), ("90", 90_000.0), ("99", 99_000.0), ("99.99", 99_990.0)] {
        let percentile = Percentile::parse(text).expect(text);
        let found = percentile.of(&histogram).expect("there are samples") as f64 / 1_000.0;
        assert!((found / us - 1.0).abs() < 0.001, "p{text}: {found} us is not {us} us");
    }
}
