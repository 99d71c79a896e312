//! The reader against a writer in the same process, and against garbage.

mod runs;

use super::super::record::{HEADER, KIND_MESSAGE, pack, sealed};
use super::super::writer::LedgerWriter;
use super::queues::SESSIONS_AHEAD;
use super::*;
use wirebench_judge::{DatagramJudge, Findings, Horizon, RecordHead, SessionLedger as _, Verdict};
use wirebench_link::{FaultKind, FrameRegion};
use wirebench_load::{PayloadAlphabet, Sizes};

/// Requests of 64 bytes, replies of 0 to 100.
fn named() -> NamedPayloads {
    let replies = Sizes::Uniform(0, 100);
    NamedPayloads::new(1, &Sizes::Constant(64), Some(&replies), PayloadAlphabet::Bytes)
}

fn pair(ring: usize) -> (LedgerWriter, LedgerReader) {
    let (ours, theirs) = (Region::in_memory(ring), Region::in_memory(ring));
    let writer = LedgerWriter::new(Arc::clone(&ours), Arc::clone(&theirs));
    (writer, LedgerReader::new(theirs, ours, named()))
}

fn head(session: u32, seq: u64, len: usize) -> RecordHead {
    RecordHead { session, seq, len: len as u32, ..RecordHead::default() }
}

#[test]
fn nothing_is_seen_before_it_is_published() {
    let (mut writer, mut reader) = pair(4_096);
    writer.append(&head(1, 0, 3), b"abc");
    assert!(reader.session(1).peek(0).is_none());
    writer.publish();
    assert_eq!(reader.session(1).peek(0).unwrap().payload, b"abc");
}

#[test]
fn a_look_sees_what_was_published_since_the_one_before() {
    let (mut writer, mut reader) = pair(4_096);
    for session in [1, 2, 3] {
        writer.append(&head(session, 0, 1), b"x");
    }
    writer.publish();
    // Two of three are read; what stands behind them is known of already.
    assert!(reader.session(2).peek(0).is_some());
    writer.append(&head(2, 1, 1), b"y");
    writer.publish();
    assert!(reader.session(2).peek(1).is_some());
}

#[test]
fn records_are_found_per_session_in_order() {
    let (mut writer, mut reader) = pair(4_096);
    for seq in 0..3 {
        writer.append(&head(1, seq, 1), &[seq as u8]);
        writer.append(&head(2, seq, 1), &[10 + seq as u8]);
    }
    writer.publish();
    assert_eq!(reader.session(2).peek(2).unwrap().payload, [12]);
    for seq in 0..3 {
        assert_eq!(reader.session(1).peek(0).unwrap().payload, [seq as u8]);
        reader.session(1).release();
    }
    assert!(reader.session(1).peek(0).is_none());
    assert_eq!(reader.unfinished(), [2]);
}

#[test]
fn the_ring_goes_round_and_round_without_losing_a_record() {
    let (mut writer, mut reader) = pair(4_096);
    for seq in 0..10_000_u64 {
        let message = vec![seq as u8; (seq * 37 % 500) as usize];
        assert!(writer.has_room(message.len()));
        writer.append(&head(1, seq, message.len()), &message);
        writer.publish();
        let mut records = reader.session(1);
        let record = records.peek(0).unwrap();
        assert_eq!((record.head.seq, record.payload), (seq, &message[..]));
        records.release();
    }
}

#[test]
fn a_full_ring_makes_the_writer_wait_until_something_is_released() {
    let (mut writer, mut reader) = pair(4_096);
    let mut appended = 0;
    while writer.has_room(64) {
        writer.append(&head(1, appended, 64), &[0; 64]);
        appended += 1;
    }
    assert!(appended >= 20, "{appended}");
    writer.publish();
    for _ in 0..4 {
        assert!(reader.session(1).peek(0).is_some());
        reader.session(1).release();
    }
    reader.publish_released();
    assert!(writer.has_room(64));
}

#[test]
fn a_slow_session_does_not_block_the_ring() {
    let (mut writer, mut reader) = pair(4_096);
    writer.append(&head(1, 0, 100), &[7; 100]);
    for seq in 0..1_000 {
        assert!(writer.has_room(64), "stuck after {seq} messages");
        writer.append(&head(2, seq, 64), &[9; 64]);
        writer.publish();
        assert!(reader.session(2).peek(0).is_some());
        reader.session(2).release();
        reader.catch_up();
    }
    assert_eq!(reader.session(1).peek(0).unwrap().payload, [7; 100]);
    reader.session(1).release();
    assert_eq!(reader.heap_bytes, 0);
}

#[test]
fn damage_is_told_between_records() {
    let (mut writer, mut reader) = pair(4_096);
    assert!(writer.append_damage(5, 3));
    writer.append(&head(1, 0, 1), b"x");
    writer.publish();
    assert!(reader.session(1).peek(0).is_some());
    assert_eq!(reader.take_damage(), [(5, 3)]);
    assert!(!reader.has_damage());
}

#[test]
fn a_ring_full_of_garbage_is_refused_and_not_followed() {
    let (hostile, own) = (Region::in_memory(4_096), Region::in_memory(4_096));
    for garbage in [0xFF_u8, 0x01, 0x03, 0x02] {
        hostile.write_ring(0, &[garbage; 4_096]);
        for head in [64, 4_096, 5_000, u64::MAX] {
            hostile.published().store(head, Ordering::Release);
            let mut reader = LedgerReader::new(Arc::clone(&own), Arc::clone(&hostile), named());
            assert!(reader.session(1).peek(0).is_none());
            reader.catch_up();
            assert!(reader.broken().is_some(), "{garbage} {head}");
        }
    }
}

#[test]
fn what_is_handed_over_for_a_forgotten_session_still_gets_its_verdict() {
    let (mut writer, mut reader) = pair(4_096);
    for (session, seq) in [(1, 0), (2, 0), (1, 1)] {
        writer.append(&head(session, seq, 1), &[seq as u8]);
    }
    writer.publish();
    reader.catch_up();
    reader.forget(2);
    reader.forget(1);
    assert_eq!(reader.queues.extent().0, 3);
    writer.append(&head(1, 2, 1), &[2]);
    writer.publish();
    assert_eq!(reader.unfinished(), [ORPHANED]);
    let mut found = Vec::new();
    while let Some(record) = reader.session(ORPHANED).peek(0) {
        found.push((record.head.session, record.head.seq));
        reader.session(ORPHANED).release();
    }
    assert_eq!(found, [(1, 0), (2, 0), (1, 1), (1, 2)]);
    assert!(reader.all_resolved());
    assert!(writer.all_released());
}

#[test]
fn orphaned_records_do_not_block_the_ring() {
    let (mut writer, mut reader) = pair(4_096);
    writer.append(&head(1, 0, 100), &[7; 100]);
    writer.publish();
    reader.catch_up();
    reader.forget(1);
    for seq in 0..100 {
        assert!(writer.has_room(64), "stuck after {seq} messages");
        writer.append(&head(2, seq, 64), &[9; 64]);
        writer.publish();
        assert!(reader.session(2).peek(0).is_some());
        reader.session(2).release();
        reader.catch_up();
    }
    assert_eq!(reader.session(ORPHANED).peek(0).unwrap().payload, [7; 100]);
}

#[test]
fn a_forgotten_session_needs_no_queue() {
    let (mut writer, mut reader) = pair(4_096);
    writer.append(&head(1, 0, 1), b"x");
    writer.publish();
    assert!(reader.session(1).peek(0).is_some());
    reader.session(1).release();
    reader.forget(1);
    assert!(reader.unfinished().is_empty());
    assert_eq!(reader.queues.extent(), (2, 0));
}

#[test]
fn datagrams_of_two_sessions_are_judged_out_of_order_and_the_ring_is_released() {
    let (mut writer, mut reader) = pair(4_096);
    let mut judges = [1, 2].map(|session| (session, DatagramJudge::new(Horizon::default())));
    let mut findings = Findings::new(0);
    for seq in 0..1_000_u64 {
        let payload = |session: u32, seq: u64| [u64::from(session), seq].map(u64::to_le_bytes);
        for session in [1, 2] {
            assert!(writer.has_room(16), "stuck after {seq} messages");
            writer.append(&head(session, seq, 16), payload(session, seq).as_flattened());
        }
        writer.publish();
        // Pairs in the wrong order.
        for (session, judge) in judges.iter_mut().filter(|_| seq % 2 == 1) {
            for seq in [seq, seq - 1] {
                let message = payload(*session, seq);
                let records = &mut reader.session(*session);
                let message = message.as_flattened();
                let heard = judge.receive(records, message, false, 1, &mut findings);
                assert!(heard.intact && !heard.ambiguous);
            }
        }
        reader.publish_released();
    }
    assert!(reader.all_resolved());
    for (session, judge) in &mut judges {
        assert!(judge.is_settled(&mut reader.session(*session)));
        judge.end(&mut reader.session(*session), &mut findings);
    }
    assert_eq!(findings.tally.get(Verdict::Reordered), 1_000);
    assert_eq!(findings.tally.get(Verdict::Intact), 1_000);
}

/// A side that does what it likes with its ledger, and the reader of that.
fn hostile(ring: usize) -> (Arc<Region>, LedgerReader) {
    let hostile = Region::in_memory(ring);
    let reader = LedgerReader::new(Region::in_memory(ring), Arc::clone(&hostile), named());
    (hostile, reader)
}

/// Appends empty messages of these sessions at `at`, whether there is room or not.
fn overwrite(hostile: &Region, mut at: u64, sessions: impl IntoIterator<Item = u32>) -> u64 {
    for session in sessions {
        let place = at as usize % hostile.ring_bytes();
        hostile.write_header(place, sealed(pack(KIND_MESSAGE, &head(session, 0, 0)), at));
        at += HEADER as u64;
    }
    hostile.published().store(at, Ordering::Release);
    at
}

#[test]
fn sessions_far_apart_do_not_make_the_reader_allocate_without_end() {
    let (hostile, mut reader) = hostile(4_096);
    let mut at = 0;
    for step in 1..=1_000 {
        at = overwrite(&hostile, at, [step * 16_000]);
        reader.catch_up();
    }
    assert!(reader.broken().is_some_and(|text| text.contains("names session")));
    let (_, queues) = reader.queues.extent();
    assert!(queues <= SESSIONS_AHEAD, "{queues} queues");
}

#[test]
fn a_session_that_is_heard_of_may_be_far_from_the_first() {
    let (mut writer, mut reader) = pair(4_096);
    for session in (1..200_000).step_by(10_000) {
        assert!(writer.has_room(1));
        writer.append(&head(session, 0, 1), b"x");
        writer.publish();
        assert!(reader.session(session).release_if(b"x").is_some(), "{session}");
        // The others of this kind are heard of when they end.
        reader.forget(session + 9_999);
        reader.catch_up();
    }
    assert_eq!(reader.broken(), None);
}

#[test]
fn a_writer_that_overtakes_what_is_not_released_is_refused() {
    let (hostile, mut reader) = hostile(4_096);
    let mut at = overwrite(&hostile, 0, [1; 64]);
    // Looking does not release.
    assert!(reader.session(1).peek(63).is_some());
    at = overwrite(&hostile, at, [1]);
    assert!(reader.session(1).peek(64).is_none(), "{at}");
    assert!(reader.broken().is_some_and(|text| text.contains("claims")));
}

#[test]
fn faults_are_told_apart_from_messages_and_take_no_room_once_they_are_read() {
    let (mut writer, mut reader) = pair(4_096);
    let fault =
        |at| Fault { kind: FaultKind::Flip, hit: FrameRegion::Payload, session: 1, at, len: 1 };
    for at in 0..1_000 {
        assert!(writer.append_fault(&fault(at)), "{at}");
        writer.append(&head(1, at, 1), b"x");
        writer.publish();
        assert_eq!(reader.session(1).release_if(b"x").map(|head| head.seq), Some(at));
        assert_eq!(reader.take_faults(), [fault(at)]);
        reader.publish_released();
    }
    assert!(reader.all_resolved());
}

#[test]
fn a_ring_full_of_faults_takes_no_more_until_they_are_read() {
    let (mut writer, mut reader) = pair(4_096);
    let fault = Fault { kind: FaultKind::Cut, hit: FrameRegion::Header, session: 1, at: 5, len: 0 };
    let appended = (0..1_000).take_while(|_| writer.append_fault(&fault)).count();
    assert!((32..64).contains(&appended), "{appended}");
    writer.publish();
    reader.catch_up();
    assert!(writer.append_fault(&fault));
    assert_eq!(reader.take_faults().len(), appended);
}

#[test]
fn a_fault_of_no_kind_is_refused_and_nothing_is_read_after_it() {
    let (hostile, mut reader) = hostile(4_096);
    hostile.write_header(0, sealed([4 | 99 << 32, 1, 0, 0, 0, 0, 0, 0], 0));
    hostile.published().store(64, Ordering::Release);
    reader.catch_up();
    assert_eq!(reader.broken(), Some("it holds a fault of no kind"));
    assert!(reader.take_faults().is_empty());
}

#[test]
fn a_record_that_changes_after_it_was_queued_is_refused() {
    let (hostile, mut reader) = hostile(4_096);
    overwrite(&hostile, 0, [1, 2]);
    assert!(reader.session(2).peek(0).is_some());
    let other = RecordHead { exchanges: 7, ..head(1, 0, 0) };
    hostile.write_header(0, pack(KIND_MESSAGE, &other));
    assert!(reader.session(1).peek(0).is_none());
    assert_eq!(reader.broken(), Some("its record at byte 0 was overwritten"));
}

#[test]
fn what_the_ring_held_before_it_went_round_is_no_record() {
    let (mut writer, mut reader) = pair(4_096);
    for seq in 0..40 {
        writer.append(&head(1, seq, 1), b"x");
        writer.publish();
        assert!(reader.session(1).release_if(b"x").is_some());
        reader.publish_released();
    }
    writer.own().published().fetch_add(128, Ordering::AcqRel);
    assert!(reader.session(1).peek(0).is_none());
    assert_eq!(reader.broken(), Some("its record at byte 5120 was overwritten"));
    let trouble = writer.own_corruption().expect("another head than was published");
    assert_eq!(trouble, "it says that 5248 bytes were written, but 5120 were");
}

#[test]
fn who_claims_to_have_read_more_than_was_written_is_found_out() {
    let (mut writer, reader) = pair(4_096);
    reader.own.released().store(1 << 40, Ordering::Release);
    assert_eq!(writer.peer_corruption(), None, "it has not looked");
    let mut appended = 0;
    while appended < 100 && writer.has_room(64) {
        writer.append(&head(1, appended, 64), &[0; 64]);
        appended += 1;
    }
    let trouble = writer.peer_corruption().expect("it has looked");
    assert!(trouble.starts_with("it says that 1099511627776 bytes were read, but "), "{trouble}");
    let own = reader.own_corruption().expect("another position than was published");
    assert_eq!(own, "it says that 1099511627776 bytes were read, but 0 were");
}
