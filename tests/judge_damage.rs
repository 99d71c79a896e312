//! What the judge says when bytes are changed, missing, repeated or made up.

use Verdict::*;
use wirebench::judge::{Findings, Receipt, StreamJudge, Tally, VecLedger, Verdict};
use wirebench::load::rng::SplitMix64;

/// The `n`-th of many different messages.
fn bytes(n: u64, length: usize) -> Vec<u8> {
    let mut rng = SplitMix64::stream(n, length as u64);
    (0..length).map(|_| rng.next_u64() as u8).collect()
}

/// `count` different messages of `length` bytes.
fn equally_long(count: u64, length: usize) -> Vec<Vec<u8>> {
    (0..count).map(|n| bytes(n, length)).collect()
}

fn flipped(message: &[u8], at: usize) -> Vec<u8> {
    let mut message = message.to_vec();
    message[at] ^= 1;
    message
}

fn inverted(message: &[u8]) -> Vec<u8> {
    message.iter().map(|byte| !byte).collect()
}

struct Outcome {
    verdicts: Vec<Verdict>,
    tally: Tally,
    findings: Findings,
    receipts: Vec<Receipt>,
}

/// Hands `sent` over, lets `received` arrive, and ends the stream.
fn judge(sent: &[Vec<u8>], received: &[Vec<u8>]) -> Outcome {
    let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
    let mut findings = Findings::new(3);
    for message in sent {
        ledger.hand_over(message);
    }
    let receipts = received
        .iter()
        .map(|message| judge.receive(&mut ledger, message, 7, &mut findings))
        .collect();
    judge.end(&mut ledger, &mut findings);
    assert_eq!(ledger.unresolved(), 0);
    let mut verdicts = vec![Intact; sent.len()];
    for judged in &findings.judged {
        verdicts[judged.head.seq as usize] = judged.verdict;
    }
    let tally = findings.tally.clone();
    assert_eq!(tally.total(), sent.len() as u64);
    Outcome { verdicts, tally, findings, receipts }
}

#[test]
fn a_flipped_bit_corrupts_its_message_and_no_other() {
    let sent = equally_long(5, 64);
    let mut received = sent.clone();
    received[2] = flipped(&sent[2], 40);
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Intact, Intact, Corrupted, Intact, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
    assert_eq!((outcome.receipts[2].intact, outcome.receipts[2].exchange), (false, 3));
    let example = &outcome.findings.anomalies[0];
    assert_eq!((example.offset, example.received_len, example.received_ns), (40, 64, 7));
    assert_eq!(example.expected, sent[2][24..64]);
    assert_eq!(example.received, received[2][24..64]);
}

#[test]
fn a_change_of_any_byte_corrupts_its_message() {
    for length in 1..=24 {
        let sent = equally_long(1, length);
        for at in 0..length {
            let outcome = judge(&sent, &[flipped(&sent[0], at)]);
            assert_eq!(outcome.verdicts, [Corrupted], "byte {at} of {length}");
        }
    }
}

#[test]
fn a_corrupted_message_at_the_end_of_the_stream_is_corrupted() {
    let sent = equally_long(1, 64);
    let outcome = judge(&sent, &[flipped(&sent[0], 0)]);
    assert_eq!(outcome.verdicts, [Corrupted]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn corrupted_messages_in_a_row_are_each_corrupted() {
    let sent = equally_long(6, 64);
    let mut received = sent.clone();
    for n in 1..5 {
        received[n] = flipped(&sent[n], 3);
    }
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Intact, Corrupted, Corrupted, Corrupted, Corrupted, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn one_lost_message_of_many_equally_long_ones_is_the_only_one_lost() {
    let sent = equally_long(100, 64);
    let mut received = sent.clone();
    received.remove(40);
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts[40], Lost);
    assert_eq!(outcome.tally.get(Intact), 99);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
    assert!(outcome.receipts[40].intact);
    assert_eq!(outcome.receipts[40].exchange, 42);
}

#[test]
fn sixty_four_lost_messages_are_looked_past_and_not_one_more() {
    let sent = equally_long(70, 64);
    for lost in [1, 63, 64] {
        let mut received = sent.clone();
        received.drain(1..1 + lost);
        let tally = judge(&sent, &received).tally;
        assert_eq!((tally.get(Lost), tally.get(Intact)), (lost as u64, 70 - lost as u64));
    }
    let mut received = sent.clone();
    received.drain(1..66);
    assert!(!judge(&sent, &received).receipts[1].intact);
}

#[test]
fn seven_bytes_of_a_message_before_made_up_ones_are_no_evidence_and_eight_are() {
    let sent = equally_long(2, 64);
    for (own, verdict, unexpected) in [(7, Lost, 27), (8, Truncated, 20)] {
        let made_up = inverted(&sent[0][own..own + 20]);
        let received = [[&sent[0][..own], &made_up].concat(), sent[1].clone()];
        let outcome = judge(&sent, &received);
        assert_eq!(outcome.verdicts, [verdict, Intact], "{own} bytes");
        assert_eq!(outcome.tally.unexpected_bytes, unexpected, "{own} bytes");
    }
}

#[test]
fn a_message_that_comes_twice_is_unexpected_the_second_time() {
    let sent = equally_long(10, 64);
    let mut received = sent.clone();
    received.insert(4, sent[3].clone());
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.tally.get(Intact), 10);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (64, 1));
}

#[test]
fn a_made_up_message_leaves_the_others_intact() {
    for length in [1, 7, 8, 63, 64, 65, 200, 5000] {
        let sent = equally_long(10, 64);
        let mut received = sent.clone();
        received.insert(5, bytes(999, length));
        let outcome = judge(&sent, &received);
        assert_eq!(outcome.tally.get(Intact), 10, "{length} made-up bytes");
        assert_eq!(outcome.tally.unexpected_bytes, length as u64);
        assert_eq!(outcome.tally.unexpected_messages, 1);
    }
}

#[test]
fn a_message_cut_short_is_truncated() {
    let sent = equally_long(3, 64);
    let received = [sent[0].clone(), sent[1][..20].to_vec(), sent[2].clone()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Intact, Truncated, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
    assert_eq!(outcome.findings.anomalies[0].offset, 20);
}

#[test]
fn a_message_cut_short_inside_a_merged_one_is_truncated() {
    let sent = equally_long(3, 64);
    let received = [[&sent[0][..], &sent[1][..20], &sent[2]].concat()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Merged, Truncated, Merged]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
    assert_eq!((outcome.receipts[0].exchange, outcome.receipts[0].exchanges), (1, 3));
}

#[test]
fn a_stream_that_ends_inside_a_message_truncates_it_and_loses_the_rest() {
    let sent = equally_long(4, 64);
    let outcome = judge(&sent, &[sent[0].clone(), sent[1][..63].to_vec()]);
    assert_eq!(outcome.verdicts, [Intact, Truncated, Lost, Lost]);
}

#[test]
fn a_message_corrupted_inside_a_merged_one_is_corrupted_in_its_place() {
    for at in [0, 30, 63] {
        let sent = equally_long(3, 64);
        let received = [[&sent[0][..], &flipped(&sent[1], at), &sent[2]].concat()];
        let outcome = judge(&sent, &received);
        assert_eq!(outcome.verdicts, [Merged, Corrupted, Merged], "flipped at {at}");
        assert_eq!(outcome.tally.unexpected_bytes, 0);
    }
}

#[test]
fn all_messages_corrupted_inside_a_merged_one_are_corrupted_in_their_places() {
    let sent = equally_long(5, 64);
    let received = [sent.iter().flat_map(|message| flipped(message, 2)).collect()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted; 5]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn a_corrupted_message_before_made_up_bytes_is_corrupted_and_the_bytes_are_unexpected() {
    let sent = equally_long(2, 64);
    let received = [[&flipped(&sent[0], 2)[..], b"junk", &sent[1]].concat()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Merged]);
    assert_eq!(outcome.tally.unexpected_bytes, 4);
}

#[test]
fn corrupted_messages_too_short_to_resemble_themselves_are_told_by_their_lengths() {
    let sent = equally_long(3, 16);
    let received = [[&flipped(&sent[0], 8)[..], &flipped(&sent[1], 7), &sent[2]].concat()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Corrupted, Merged]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn a_message_changed_in_every_byte_is_told_by_what_follows_it() {
    let sent = equally_long(2, 64);
    let received = [[&inverted(&sent[0])[..], &sent[1][..5]].concat(), sent[1][5..].to_vec()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Straddled]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn the_last_piece_of_a_message_changed_in_every_byte_corrupts_it() {
    let sent = equally_long(2, 64);
    let received = [sent[0][..30].to_vec(), inverted(&sent[0][30..]), sent[1].clone()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn of_two_equal_messages_the_one_that_was_changed_is_corrupted() {
    let sent = vec![bytes(1, 64), bytes(1, 64)];
    let outcome = judge(&sent, &[flipped(&sent[0], 5), sent[1].clone()]);
    assert_eq!(outcome.verdicts, [Corrupted, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn a_changed_byte_in_a_piece_of_a_split_message_corrupts_it() {
    let sent = vec![bytes(1, 1000), bytes(2, 1000)];
    let changed = flipped(&sent[0], 500);
    let received = [
        changed[..300].to_vec(),
        changed[300..600].to_vec(),
        changed[600..].to_vec(),
        sent[1].clone(),
    ];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Intact]);
    let example = &outcome.findings.anomalies[0];
    assert_eq!((example.offset, example.shown_from), (500, 484));
    assert_eq!(example.expected, sent[0][484..548]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn bytes_put_before_a_message_are_unexpected_and_the_message_is_not_alone() {
    let sent = equally_long(2, 64);
    let outcome = judge(&sent, &[[&b"junk"[..], &sent[0]].concat(), sent[1].clone()]);
    assert_eq!(outcome.verdicts, [Merged, Intact]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (4, 0));
}

#[test]
fn bytes_put_into_a_message_corrupt_it() {
    let sent = equally_long(2, 64);
    let received = [[&sent[0][..30], b"junk", &sent[0][30..]].concat(), sent[1].clone()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Corrupted, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 4);
}

#[test]
fn bytes_after_the_last_message_are_unexpected() {
    let sent = equally_long(1, 64);
    let outcome = judge(&sent, &[sent[0].clone(), b"tail".to_vec()]);
    assert_eq!(outcome.verdicts, [Intact]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (4, 1));
    assert_eq!(outcome.receipts[1], Receipt::default());
}

#[test]
fn messages_lost_inside_a_merged_one_are_lost() {
    let sent = equally_long(6, 64);
    let received = [[&sent[0][..], &sent[3], &sent[5]].concat()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Merged, Lost, Lost, Merged, Lost, Merged]);
    assert_eq!(outcome.tally.unexpected_bytes, 0);
}

#[test]
fn short_messages_are_recognised_by_those_that_follow() {
    // Four bytes each: only two together are evidence.
    let sent = equally_long(8, 4);
    let received = [[&sent[0][..], &sent[3], &sent[4], &sent[5]].concat()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Merged, Lost, Lost, Merged, Merged, Merged, Lost, Lost],);
}

#[test]
fn an_empty_message_is_intact_by_an_empty_message() {
    let sent = vec![bytes(1, 16), vec![], vec![], bytes(2, 16)];
    let outcome = judge(&sent, &sent);
    assert_eq!(outcome.verdicts, [Intact; 4]);
    assert_eq!(outcome.tally.unexpected_messages, 0);
}

#[test]
fn an_empty_message_that_does_not_come_is_lost() {
    let sent = vec![bytes(1, 16), vec![], vec![], bytes(2, 16)];
    let outcome = judge(&sent, &[sent[0].clone(), sent[3].clone()]);
    assert_eq!(outcome.verdicts, [Intact, Lost, Lost, Intact]);
    let outcome = judge(&sent, &[sent.concat()]);
    assert_eq!(outcome.verdicts, [Merged, Lost, Lost, Merged]);
}

#[test]
fn an_empty_message_that_was_never_sent_changes_nothing() {
    let sent = equally_long(2, 64);
    let received =
        [vec![], sent[0][..30].to_vec(), vec![], sent[0][30..].to_vec(), sent[1].clone()];
    let outcome = judge(&sent, &received);
    assert_eq!(outcome.verdicts, [Split, Intact]);
    assert_eq!((outcome.tally.unexpected_bytes, outcome.tally.unexpected_messages), (0, 2));
}

#[test]
fn junk_before_an_empty_message_does_not_lose_it() {
    let sent = vec![vec![], bytes(1, 64)];
    let outcome = judge(&sent, &[bytes(9, 30), vec![], sent[1].clone()]);
    assert_eq!(outcome.verdicts, [Intact, Intact]);
    assert_eq!(outcome.tally.unexpected_bytes, 30);
}

#[test]
fn a_thousand_empty_messages_that_do_not_come_do_not_stop_the_rest() {
    let mut sent = vec![vec![]; 1000];
    sent.push(bytes(1, 64));
    let outcome = judge(&sent, &[sent[1000].clone()]);
    assert_eq!((outcome.tally.get(Lost), outcome.tally.get(Intact)), (1000, 1));
}

#[test]
fn exchanges_of_others_between_those_of_a_message_are_left_out() {
    let (mut judge, mut ledger) = (StreamJudge::new(), VecLedger::new());
    let mut findings = Findings::new(0);
    for exchange in [5, 6, 9] {
        let head = wirebench::judge::RecordHead {
            exchange,
            exchanges: 1,
            ..wirebench::judge::RecordHead::default()
        };
        ledger.push(head, b"x");
    }
    let receipt = judge.receive(&mut ledger, b"xxx", 1, &mut findings);
    assert_eq!((receipt.exchange, receipt.exchanges, receipt.last_exchange), (5, 2, 9));
    let each: Vec<u64> = findings.judged.iter().map(|judged| judged.head.exchange).collect();
    assert_eq!(each, [5, 6, 9]);
}
