//! Tests of the attribution: which faults explain a verdict, and which must not.

use super::*;

fn fault(kind: FaultKind, at: u64, len: u64) -> Fault {
    Fault { kind, hit: FrameRegion::Payload, session: 1, at, len }
}

/// The n-th of frames of ten bytes.
fn head(seq: u64) -> RecordHead {
    RecordHead { session: 1, seq, wire_offset: seq * 10, wire_len: 10, ..RecordHead::default() }
}

fn reported(attribution: &FaultAttribution) -> LinkReport {
    let mut report = LinkReport::default();
    attribution.report(&mut report);
    report
}

#[test]
fn a_fault_explains_what_it_touches_and_is_counted_once() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    attribution.incoming(fault(FaultKind::Flip, 9, 2));
    assert!(attribution.judged(&head(0), Verdict::Corrupted));
    assert!(attribution.judged(&head(1), Verdict::Lost));
    let report = reported(&attribution);
    assert_eq!(report.explained, Explained { payload: 2, ..Explained::default() });
    assert_eq!(report.traced, [(FaultKind::Flip, 1)]);
}

#[test]
fn without_a_fault_before_it_nothing_is_explained() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    assert!(!attribution.judged(&head(0), Verdict::Lost));
    attribution.incoming(fault(FaultKind::Flip, 55, 1));
    assert!(!attribution.judged(&head(3), Verdict::Lost));
    assert!(!attribution.judged(&RecordHead { session: 2, ..head(5) }, Verdict::Lost));
}

#[test]
fn a_lost_place_explains_what_follows_until_something_arrives_intact() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    attribution.incoming(fault(FaultKind::Flip, 12, 1));
    assert!(attribution.judged(&head(1), Verdict::Lost));
    assert!(attribution.judged(&head(2), Verdict::Lost));
    attribution.intact(1, 30);
    assert!(!attribution.judged(&head(4), Verdict::Corrupted));
    let report = reported(&attribution);
    assert_eq!(report.explained, Explained { payload: 1, collateral: 1, ..Explained::default() });
}

#[test]
fn a_cut_explains_boundaries_and_no_bytes_unless_the_framing_depends_on_reads() {
    for (read_bound, explained) in [(false, false), (true, true)] {
        let mut attribution =
            FaultAttribution::new(false, ReadBound { incoming: read_bound, outgoing: read_bound });
        attribution.incoming(fault(FaultKind::Cut, 5, 0));
        assert!(attribution.judged(&head(0), Verdict::Split));
        assert_eq!(attribution.judged(&head(0), Verdict::Lost), explained);
    }
}

#[test]
fn an_end_explains_what_was_under_way_in_both_directions() {
    let mut receiver = FaultAttribution::new(false, ReadBound::default());
    receiver.incoming(fault(FaultKind::Reset, 25, u64::MAX - 25));
    // Written, and destroyed by the reset before it was read.
    assert!(receiver.judged(&head(1), Verdict::Lost));
    assert!(receiver.judged(&head(2), Verdict::Truncated));
    assert!(receiver.judged(&head(7), Verdict::Lost));
    let mut sender = FaultAttribution::new(false, ReadBound::default());
    sender.outgoing(&fault(FaultKind::Reset, 25, u64::MAX - 25));
    assert!(sender.judged(&head(0), Verdict::Lost));
    assert!(!sender.judged(&head(0), Verdict::Corrupted));
}

#[test]
fn memory_is_bounded_whatever_is_heard_and_what_was_forgotten_is_told() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    for at in 0..MAX_REMEMBERED as u64 + 10 {
        attribution.incoming(fault(FaultKind::Flip, at, 1));
    }
    assert_eq!(reported(&attribution).forgotten, 10);
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    for session in 0..MAX_SESSIONS as u32 + 7 {
        attribution.incoming(Fault { session, ..fault(FaultKind::Fin, 0, u64::MAX) });
    }
    assert_eq!(reported(&attribution).forgotten, 7);
    assert_eq!(attribution.sessions.len(), MAX_SESSIONS);
}

#[test]
fn sessions_that_are_over_and_datagrams_long_ago_are_settled_and_not_forgotten() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    for session in 0..MAX_SESSIONS as u32 + 7 {
        attribution.incoming(Fault { session, ..fault(FaultKind::Flip, 0, 1) });
        attribution.over(session);
    }
    assert_eq!((reported(&attribution).forgotten, attribution.sessions.len()), (0, MAX_SESSIONS));
    let mut attribution = FaultAttribution::new(true, ReadBound::default());
    for at in 0..3 * MAX_DATAGRAMS {
        attribution.incoming(fault(FaultKind::Delay, at, 1));
    }
    assert_eq!(reported(&attribution).forgotten, 0);
    assert!(attribution.remembered as u64 <= MAX_DATAGRAMS + 1);
    // What is withheld at the end is told behind them all.
    let last = 3 * MAX_DATAGRAMS - 9;
    attribution.incoming(fault(FaultKind::Withheld, last, 1));
    assert!(attribution.judged(&head(last), Verdict::Lost));
    assert_eq!(reported(&attribution).traced, [(FaultKind::Delay, 1), (FaultKind::Withheld, 1)]);
}

#[test]
fn datagrams_are_joined_by_their_number() {
    let mut attribution = FaultAttribution::new(true, ReadBound::default());
    attribution.incoming(fault(FaultKind::Drop, 3, 1));
    attribution.incoming(fault(FaultKind::Reorder, 4, 1));
    attribution.intact(1, 1_000);
    assert!(attribution.judged(&head(3), Verdict::Lost));
    assert!(attribution.judged(&head(4), Verdict::Reordered));
    assert!(!attribution.judged(&head(5), Verdict::Lost));
    assert!(!attribution.judged(&head(4), Verdict::Lost), "a reordered one still arrives");
}

/// What one fault of each kind leads to, on a message in whose frame it lies.
const TRACES: [(FaultKind, Verdict); FaultKind::ALL.len()] = [
    (FaultKind::Cut, Verdict::Split),
    (FaultKind::Coalesce, Verdict::Merged),
    (FaultKind::ShortWrite, Verdict::Split),
    (FaultKind::ShortRead, Verdict::Split),
    (FaultKind::Interrupt, Verdict::Straddled),
    (FaultKind::WouldBlock, Verdict::Merged),
    (FaultKind::Slow, Verdict::Split),
    (FaultKind::Delay, Verdict::Merged),
    (FaultKind::Flip, Verdict::Corrupted),
    (FaultKind::Fin, Verdict::Truncated),
    (FaultKind::Reset, Verdict::Lost),
    (FaultKind::HalfClose, Verdict::Lost),
    (FaultKind::Drop, Verdict::Lost),
    (FaultKind::Duplicate, Verdict::Duplicated),
    (FaultKind::Reorder, Verdict::Reordered),
    (FaultKind::Truncate, Verdict::Truncated),
    (FaultKind::Corrupt, Verdict::Corrupted),
    (FaultKind::Withheld, Verdict::Lost),
];

fn is_of_datagrams(kind: FaultKind) -> bool {
    use FaultKind::{Corrupt, Drop, Duplicate, Reorder, Truncate};
    matches!(kind, Drop | Duplicate | Reorder | Truncate | Corrupt)
}

/// One fault of a kind in the second of the messages.
fn one_fault(kind: FaultKind) -> (FaultAttribution, Fault) {
    let datagrams = is_of_datagrams(kind);
    let (at, len) = match kind {
        _ if datagrams => (1, 1),
        FaultKind::Flip => (15, 1),
        FaultKind::Delay | FaultKind::Coalesce => (10, 10),
        FaultKind::Withheld => (15, 5),
        kind if kind.ends() => (15, u64::MAX - 15),
        _ => (15, 0),
    };
    (FaultAttribution::new(datagrams, ReadBound::default()), fault(kind, at, len))
}

#[test]
fn a_fault_of_each_kind_is_traced_by_what_it_can_cause() {
    for (kind, verdict) in TRACES {
        let (mut attribution, fault) = one_fault(kind);
        attribution.incoming(fault);
        attribution.intact(1, 0);
        assert!(attribution.judged(&head(1), verdict), "{kind:?}");
        assert_eq!(reported(&attribution).traced, [(kind, 1)], "{kind:?}");
        assert!(reported(&attribution).open.is_empty(), "{kind:?}");
    }
    assert_eq!(TRACES.map(|(kind, _)| kind), FaultKind::ALL);
}

#[test]
fn a_fault_of_each_kind_leaves_no_trace_where_everything_is_intact() {
    for kind in FaultKind::ALL {
        let (mut attribution, fault) = one_fault(kind);
        attribution.incoming(fault);
        for seq in 0..3 {
            attribution.intact(1, seq * 10);
        }
        let report = reported(&attribution);
        assert_eq!((report.traced.len(), report.explained.total()), (0, 0), "{kind:?}");
    }
}

/// The two trails of a session in which `fault` was done to what `sender` sent: after `here` has
/// happened to the one that did it and `there` to the other, the sessions that both sides name.
fn joined(
    fault: Fault,
    here: impl Fn(&mut FaultAttribution),
    there: impl Fn(&mut FaultAttribution),
) -> (u64, u64) {
    let mut sender = FaultAttribution::new(false, ReadBound::default());
    let mut receiver = FaultAttribution::new(false, ReadBound::default());
    sender.outgoing(&fault);
    receiver.incoming(fault);
    here(&mut sender);
    there(&mut receiver);
    let (sender, receiver) = (reported(&sender), reported(&receiver));
    let shared = receiver.open.iter().map(|(kind, sessions)| {
        assert_eq!(*kind, fault.kind);
        sessions.shared(&sender.crossed)
    });
    (receiver.traced.iter().map(|(_, count)| count).sum(), shared.sum())
}

#[test]
fn what_is_lost_in_the_other_direction_is_a_trace_and_counts_once() {
    for kind in [FaultKind::Fin, FaultKind::Reset, FaultKind::HalfClose, FaultKind::Flip] {
        let len = if kind.ends() { u64::MAX - 25 } else { 1 };
        let fault = fault(kind, 25, len);
        let lose = |seq| {
            move |attribution: &mut FaultAttribution| {
                assert!(attribution.judged(&head(seq), Verdict::Lost))
            }
        };
        let nothing = |_: &mut FaultAttribution| {};
        assert_eq!(joined(fault, lose(4), nothing), (0, 1), "{kind:?}: where it was done");
        assert_eq!(joined(fault, lose(4), lose(2)), (1, 0), "{kind:?}: on both sides");
        assert_eq!(joined(fault, nothing, lose(2)), (1, 0), "{kind:?}: where it was received");
        assert_eq!(joined(fault, nothing, nothing), (0, 0), "{kind:?}: nowhere");
    }
}

#[test]
fn a_session_that_is_over_before_its_time_is_the_trace_of_what_ended_it() {
    let cut_short = |attribution: &mut FaultAttribution| attribution.cut_short(1);
    let nothing = |_: &mut FaultAttribution| {};
    for kind in [FaultKind::Fin, FaultKind::Reset, FaultKind::HalfClose] {
        let end = fault(kind, 25, u64::MAX - 25);
        assert_eq!(joined(end, cut_short, nothing), (0, 1), "{kind:?}");
        assert_eq!(joined(end, nothing, cut_short), (1, 0), "{kind:?}");
    }
    let flip = fault(FaultKind::Flip, 25, 1);
    assert_eq!(joined(flip, cut_short, nothing), (0, 0), "it ends nothing");
    assert_eq!(joined(flip, nothing, cut_short), (0, 0), "it ends nothing");
}

#[test]
fn a_framing_that_gives_up_is_the_trace_of_the_last_fault_before_it() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    attribution.incoming(fault(FaultKind::Flip, 4, 1));
    attribution.intact(1, 10);
    attribution.given_up(1, 20);
    assert_eq!(reported(&attribution).traced, [], "something arrived intact behind it");
    attribution.incoming(fault(FaultKind::Flip, 24, 1));
    attribution.incoming(fault(FaultKind::Flip, 34, 1));
    attribution.given_up(1, 30);
    assert_eq!(reported(&attribution).traced, [(FaultKind::Flip, 1)]);
}

#[test]
fn what_withheld_a_message_is_traced_with_it() {
    for (kind, datagrams) in [(FaultKind::Delay, false), (FaultKind::Reorder, true)] {
        let mut attribution = FaultAttribution::new(datagrams, ReadBound::default());
        let (at, len) = if datagrams { (1, 1) } else { (10, 10) };
        attribution.incoming(fault(kind, at, len));
        attribution.incoming(fault(FaultKind::Withheld, at, len));
        assert!(attribution.judged(&head(1), Verdict::Lost));
        assert_eq!(reported(&attribution).traced, [(kind, 1), (FaultKind::Withheld, 1)]);
        assert_eq!(reported(&attribution).explained.total(), 1);
    }
}

#[test]
fn what_waits_behind_withheld_bytes_is_explained_by_them() {
    let mut attribution = FaultAttribution::new(false, ReadBound::default());
    attribution.incoming(fault(FaultKind::Withheld, 5, 5));
    // A message that its framing held back was never encoded: its frame is empty.
    let unsent = RecordHead { wire_len: 0, ..head(1) };
    assert!(attribution.judged(&unsent, Verdict::Lost));
    assert_eq!(reported(&attribution).traced, [(FaultKind::Withheld, 1)]);
}

/// A fault of this code in a place where frames of ten bytes are, as the dice have it.
fn any_fault(dice: u64) -> Fault {
    let kind = FaultKind::ALL[(dice % FaultKind::ALL.len() as u64) as usize];
    let at = dice >> 8 & 0x3f;
    let len = if kind.ends() { u64::MAX - at } else { dice >> 16 & 0xf };
    Fault { session: 1 + (dice >> 24 & 3) as u32, ..fault(kind, at, len) }
}

/// The law of a round: whoever explains something has traced something. Any history holds it, told
/// by both sides together.
#[test]
fn nothing_is_explained_without_a_fault_that_is_traced() {
    use wirebench_load::rng::mix;
    for seed in 0..3_000_u64 {
        let read_bound = ReadBound { incoming: seed & 1 == 1, outgoing: seed & 2 == 2 };
        let swapped = ReadBound { incoming: read_bound.outgoing, outgoing: read_bound.incoming };
        let mut sides =
            [FaultAttribution::new(false, read_bound), FaultAttribution::new(false, swapped)];
        let mut at = [[0_u64; 5]; 2];
        for step in 0..40 {
            let dice = mix(seed << 8 | step);
            let side = (dice >> 32 & 1) as usize;
            let session = 1 + (dice >> 40 & 3) as u32;
            match dice >> 48 & 7 {
                0 | 1 => {
                    let fault = any_fault(mix(dice));
                    sides[side].outgoing(&fault);
                    sides[1 - side].incoming(fault);
                }
                2 => sides[side].cut_short(session),
                3 => sides[side].given_up(session, dice >> 52 & 0x3f),
                4 => sides[side].intact(session, at[side][session as usize] * 10),
                _ => {
                    let seq = &mut at[side][session as usize];
                    let verdict = Verdict::ALL[(dice >> 56) as usize % Verdict::ALL.len()];
                    sides[side].judged(&RecordHead { session, ..head(*seq) }, verdict);
                    *seq += 1;
                }
            }
        }
        let [one, two] = sides.map(|attribution| reported(&attribution));
        let explained = one.explained.total() + two.explained.total();
        let traced = |here: &LinkReport, there: &LinkReport| {
            let shared = here.open.iter().map(|(_, open)| open.shared(&there.crossed));
            here.traced.iter().map(|(_, count)| count).sum::<u64>() + shared.sum::<u64>()
        };
        let traced = traced(&one, &two) + traced(&two, &one);
        assert!(explained == 0 || traced > 0, "seed {seed}: {explained} explained by nothing");
    }
}
