//! The table of exchanges: each ends once, slow ones are kept, and memory follows the window.

use wirebench::load::rng::SplitMix64;
use wirebench::load::{End, Ended, ExchangeTable, Finish, Token};

fn tokens(ended: &[Ended]) -> Vec<u64> {
    ended.iter().map(|ended| ended.token.0).collect()
}

#[test]
fn tokens_count_from_one() {
    let mut table = ExchangeTable::new();
    assert_eq!(table.start(7, 100, true), Token(1));
    assert_eq!(table.start(8, 200, true), Token(2));
    assert_eq!(table.outstanding(), 2);
}

#[test]
fn a_finished_exchange_says_what_it_was() {
    let mut table = ExchangeTable::new();
    let token = table.start_late(7, 100, 130, true);
    table.handed_over(token, 150, 64);
    table.handed_over(token, 160, 64);
    table.carried(token, 64);
    table.carried(token, 36);
    table.carried(Token(token.0 + 1), 1000);
    let ended = table.finish(token, Finish::Done).expect("it is under way");
    table.carried(token, 1000);
    assert_eq!(
        ended,
        Ended {
            token,
            session: 7,
            measured: true,
            intended_ns: 100,
            started_ns: 130,
            handed_over_ns: 150,
            payload_bytes: 228,
            how: End::Done
        }
    );
    assert_eq!(table.outstanding(), 0);
    assert_eq!(table.oldest_intended(), None);
}

#[test]
fn an_exchange_ends_once() {
    let mut table = ExchangeTable::new();
    let token = table.start(1, 0, true);
    assert!(table.finish(token, Finish::Rejected).is_some());
    assert!(table.finish(token, Finish::Done).is_none());
    table.damage(token, 1, |ended| panic!("it ended before: {ended:?}"));
    let counts = table.counts();
    assert_eq!((counts.started, counts.rejected, counts.done, counts.damaged), (1, 1, 0, 0));
}

#[test]
fn tokens_that_never_existed_are_harmless() {
    let mut table = ExchangeTable::new();
    let token = table.start(1, 0, true);
    for hostile in [0, 2, 64, 65, 129, u64::MAX] {
        assert!(table.finish(Token(hostile), Finish::Done).is_none());
        table.handed_over(Token(hostile), 5, 64);
        table.damage(Token(hostile.max(2)), u64::MAX, |ended| panic!("not this one: {ended:?}"));
    }
    assert!(table.finish(token, Finish::Done).is_some());
}

#[test]
fn a_damaged_message_ends_every_exchange_it_covers() {
    let mut table = ExchangeTable::new();
    for n in 0..10 {
        table.start(1, n, true);
    }
    table.finish(Token(4), Finish::Done);
    let mut ended = Vec::new();
    table.damage(Token(3), 4, |each| ended.push(each));
    assert_eq!(tokens(&ended), [3, 5, 6]);
    assert!(ended.iter().all(|each| each.how == End::Damaged));
    assert_eq!(table.outstanding(), 6);
}

#[test]
fn a_hostile_range_of_damage_ends_what_is_outstanding_and_returns() {
    let mut table = ExchangeTable::new();
    for n in 0..1_000_000 {
        let token = table.start(1, n, false);
        if n % 100_000 != 0 {
            table.finish(token, Finish::Done);
        }
    }
    let mut ended = Vec::new();
    table.damage(Token(0), u64::MAX, |each| ended.push(each));
    assert_eq!(tokens(&ended), (0..10).map(|n| n * 100_000 + 1).collect::<Vec<_>>());
    assert_eq!(table.outstanding(), 0);
}

#[test]
fn exchanges_without_an_answer_expire_in_the_order_of_their_start() {
    let mut table = ExchangeTable::new();
    for n in 0..5 {
        table.start(1, n * 100, true);
    }
    table.finish(Token(2), Finish::Done);
    assert_eq!(table.oldest_intended(), Some(0));
    let mut ended = Vec::new();
    table.expire(1199, 1000, |each| ended.push(each));
    assert_eq!(tokens(&ended), [1]);
    table.expire(1300, 1000, |each| ended.push(each));
    assert_eq!(tokens(&ended), [1, 3, 4]);
    assert_eq!(table.oldest_intended(), Some(400));
    assert_eq!(table.counts().unanswered, 3);
}

#[test]
fn an_exchange_intended_after_now_does_not_expire() {
    let mut table = ExchangeTable::new();
    table.start(1, 5_000, true);
    table.expire(1_000, 1_000, |ended| panic!("too early: {ended:?}"));
    assert_eq!(table.outstanding(), 1);
}

#[test]
fn a_session_that_is_gone_takes_its_exchanges_along() {
    let mut table = ExchangeTable::new();
    for n in 0..200 {
        let token = table.start(n % 3, 0, true);
        if n % 50 != 0 && n < 190 {
            table.finish(token, Finish::Done);
        }
    }
    let mut ended = Vec::new();
    table.abandon_session(1, |each| ended.push(each));
    // 100 (token 101) is session 1; so are 190, 193, 196 and 199.
    assert_eq!(tokens(&ended), [101, 191, 194, 197, 200]);
    table.abandon_session(1, |ended| panic!("twice: {ended:?}"));
}

#[test]
fn only_measured_exchanges_are_counted() {
    let mut table = ExchangeTable::new();
    let warm_up = table.start(1, 0, false);
    let measured = table.start(1, 0, true);
    assert!(!table.finish(warm_up, Finish::Done).expect("under way").measured);
    table.finish(measured, Finish::Wrong);
    let counts = table.counts();
    assert_eq!((counts.started, counts.done, counts.wrong), (1, 0, 1));
}

#[test]
fn a_slow_exchange_is_kept_while_a_million_others_pass() {
    let mut table = ExchangeTable::new();
    let slow = table.start(9, 1, true);
    table.handed_over(slow, 2, 64);
    for n in 0..1_000_000 {
        let token = table.start(1, 10 + n, true);
        assert!(table.finish(token, Finish::Done).is_some());
        assert_eq!((table.outstanding(), table.oldest_intended()), (1, Some(1)));
    }
    let ended = table.finish(slow, Finish::Done).expect("still under way");
    assert_eq!((ended.session, ended.intended_ns, ended.handed_over_ns), (9, 1, 2));
    assert_eq!(table.oldest_intended(), None);
}

/// The table as a plain list.
#[derive(Default)]
struct Model {
    live: Vec<(u64, u32, u64)>,
    next: u64,
}

impl Model {
    fn end(&mut self, which: impl Fn(&(u64, u32, u64)) -> bool) -> Vec<u64> {
        let gone = self.live.iter().filter(|e| which(e)).map(|e| e.0).collect();
        self.live.retain(|e| !which(e));
        gone
    }
}

#[test]
fn any_history_ends_the_same_exchanges_as_a_plain_list() {
    for seed in 0..200 {
        let mut rng = SplitMix64::new(seed);
        let (mut table, mut model) = (ExchangeTable::new(), Model::default());
        let window = 1 + rng.below(300);
        for now in 0..2_000u64 {
            let mut ended = Vec::new();
            let pick = 1 + rng.below(model.next + 2);
            let expected = match rng.below(20) {
                0..=9 if (model.live.len() as u64) < window => {
                    let session = rng.below(4) as u32;
                    model.next += 1;
                    model.live.push((model.next, session, now));
                    assert_eq!(table.start(session, now, true).0, model.next, "seed {seed}");
                    vec![]
                }
                10..=15 => {
                    // Mostly young ones, so that old ones are overtaken.
                    let young = model.next.saturating_sub(rng.below(20));
                    ended.extend(table.finish(Token(young), Finish::Done));
                    model.end(|e| e.0 == young)
                }
                16 => {
                    ended.extend(table.finish(Token(pick), Finish::Wrong));
                    model.end(|e| e.0 == pick)
                }
                17 => {
                    let count = rng.below(5);
                    table.damage(Token(pick), count, |each| ended.push(each));
                    model.end(|e| (pick..pick + count).contains(&e.0))
                }
                18 if rng.below(10) == 0 => {
                    table.abandon_session(2, |each| ended.push(each));
                    model.end(|e| e.1 == 2)
                }
                _ => {
                    table.expire(now, 600, |each| ended.push(each));
                    model.end(|e| now - e.2 >= 600)
                }
            };
            assert_eq!(tokens(&ended), expected, "seed {seed}, step {now}");
            assert_eq!(table.outstanding(), model.live.len(), "seed {seed}, step {now}");
            let oldest = model.live.first().map(|e| e.2);
            assert_eq!(table.oldest_intended(), oldest, "seed {seed}, step {now}");
        }
        table.expire(u64::MAX, 0, |_| ());
        let counts = table.counts();
        let ended =
            counts.done + counts.wrong + counts.rejected + counts.damaged + counts.unanswered;
        assert_eq!((counts.started, table.outstanding()), (ended, 0), "seed {seed}");
    }
}
