//! What a command may not exceed, and that nothing of it outlives that.

use super::{AT_ALL, Bench, ends};
use std::time::Duration;

#[test]
fn both_pipes_are_drained_together_whatever_their_size() {
    let mut bench = Bench::shell(r#", "reply": "two", "max-output": "4 MiB""#);
    let session = bench.kit.open().unwrap();
    // Far over what a pipe holds, on both at once: who reads one to its end first waits for ever.
    for order in [
        "500000 /dev/zero >&2 & head -c 700000 /dev/zero",
        "500000 /dev/zero >&2; head -c 700000 /dev/zero",
    ] {
        let answer = bench.ask(session, &format!("head -c {order}; wait"), 2);
        assert_eq!((answer[0].len(), answer[1].len()), (500_000, 700_000));
    }
}

#[test]
fn a_command_that_runs_too_long_is_killed_with_all_its_descendants() {
    let mut bench = Bench::shell(r#", "timeout": "100ms""#);
    let answer = bench
        .answer("(sleep 1000 & echo $! >grandchild; wait) & echo $$ >child; echo so far; wait");
    assert_eq!(answer, "so far\nexec: timed out: (sleep ran longer than 100ms");
    assert_eq!(bench.counted("timed-out"), 1);
    for file in ["child", "grandchild"] {
        ends(bench.process(file));
    }
}

#[test]
fn a_command_that_writes_too_much_is_killed_and_what_fits_is_sent() {
    let mut bench = Bench::shell(r#", "max-output": "100 kB""#);
    let answer = bench.answer("echo $$ >child; exec yes");
    let (output, error) = answer.split_at(100_000);
    assert!(output.bytes().eq(b"y\n".iter().copied().cycle().take(100_000)));
    assert_eq!(error, "exec: too much output: echo wrote more than 100000 bytes");
    assert_eq!(bench.counted("output-too-long"), 1);
    ends(bench.process("child"));
}

#[test]
fn output_of_just_the_limit_is_not_too_much() {
    let mut bench = Bench::shell(r#", "max-output": "100 kB""#);
    assert_eq!(bench.answer("head -c 60000 /dev/zero; head -c 40000 /dev/zero >&2").len(), 100_000);
    assert!(bench.answer("head -c 60000 /dev/zero; head -c 40001 /dev/zero >&2").len() > 100_000);
    assert_eq!(bench.counted("output-too-long"), 1);
}

#[test]
fn output_cut_inside_a_character_ends_before_it() {
    let mut bench = Bench::shell(r#", "max-output": "4 B", "reply": "stdout-or-stderr""#);
    let session = bench.kit.open().unwrap();
    // Two characters of three bytes each; the limit falls into the second.
    let answer = bench.ask(session, r"printf '\344\275\240\345\245\275'", 1);
    let (output, error) = answer[0].split_at(4);
    assert_eq!(output, "\u{4f60}\n".as_bytes());
    assert!(error.starts_with(b"exec: too much output"), "the error is not hidden");
    let mut bench = Bench::shell(r#", "max-output": "4 B", "reply": "two""#);
    let session = bench.kit.open().unwrap();
    let answer = bench.ask(session, r"printf '\344\275\240\345\245\275'", 2);
    assert_eq!(answer[1], "\u{4f60}".as_bytes());
    assert_eq!(bench.counted("malformed-output"), 0);
}

#[test]
fn what_a_command_leaves_behind_keeps_nobody_waiting_and_dies() {
    let mut bench = Bench::shell("");
    assert_eq!(bench.answer("sleep 1000 & echo $! >left; echo done"), "done\n");
    ends(bench.process("left"));
}

#[test]
fn a_command_without_open_outputs_is_awaited() {
    let mut bench = Bench::shell(r#", "status": true"#);
    let answer = bench.answer("exec >&- 2>&-; sleep 0.05; exit 7");
    assert!(answer.starts_with("[exit 7 after "), "{answer}");
}

#[test]
fn closing_a_session_kills_its_command_and_drops_what_waits() {
    let mut bench = Bench::shell("");
    let (one, two) = (bench.kit.open().unwrap(), bench.kit.open().unwrap());
    bench.kit.message(one, 1, b"sleep 1000 & echo $$ >child; echo $! >grandchild; wait").unwrap();
    bench.kit.message(one, 2, b"touch never").unwrap();
    let (child, grandchild) = (bench.process("child"), bench.process("grandchild"));
    bench.kit.close(one).unwrap();
    ends(child);
    ends(grandchild);
    assert_eq!(bench.ask(two, "echo on", 1)[0], b"on\n");
    assert_eq!(bench.counted("abandoned"), 2);
    assert_eq!(bench.kit.sent_count(), 1);
    assert!(!bench.folder.path().join("never").exists());
}

#[test]
fn the_end_of_the_server_is_the_end_of_every_command() {
    let mut bench = Bench::shell(r#", "max-processes": 3"#);
    for number in 0..6 {
        let session = bench.kit.open().unwrap();
        let line = format!("sleep 1000 & echo $! >grandchild{number}; wait");
        bench.kit.message(session, 1, line.as_bytes()).unwrap();
    }
    let running: Vec<_> = (0..3).map(|one| bench.process(&format!("grandchild{one}"))).collect();
    let Bench { kit, folder } = bench;
    drop(kit);
    running.into_iter().for_each(ends);
    assert!(!folder.path().join("grandchild3").exists(), "no more than three ran");
}

#[test]
fn a_session_that_ends_frees_its_place_only_when_the_server_goes_on() {
    let mut bench = Bench::shell(r#", "max-processes": 2"#);
    let sessions: Vec<_> = (0..5).map(|_| bench.kit.open().unwrap()).collect();
    for (number, session) in sessions.iter().enumerate() {
        let line = format!("sleep 1000 & echo $! >grandchild{number}; wait");
        bench.kit.message(*session, 1, line.as_bytes()).unwrap();
    }
    let running = [bench.process("grandchild0"), bench.process("grandchild1")];
    // The first that waits ends as well: the next one is asked for instead.
    for session in &sessions[..3] {
        bench.kit.close(*session).unwrap();
    }
    running.into_iter().for_each(ends);
    // Long enough for whoever would start another.
    std::thread::sleep(Duration::from_millis(50));
    assert!(!bench.folder.path().join("grandchild3").exists(), "the server may be about to end");
    while !bench.folder.path().join("grandchild3").exists() {
        assert!(bench.kit.deliver_mail(AT_ALL).unwrap(), "nobody takes the place that is free");
        std::thread::sleep(Duration::from_millis(10));
    }
    bench.process("grandchild4");
    assert!(!bench.folder.path().join("grandchild2").exists(), "nobody waits for it");
}
