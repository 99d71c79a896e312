//! Who waits for whom.

use super::{AT_ALL, Bench, declared};

#[test]
fn a_slow_command_delays_no_other_session() {
    let mut bench = Bench::shell("");
    let (slow, quick) = (bench.kit.open().unwrap(), bench.kit.open().unwrap());
    bench.kit.message(slow, 1, b"echo $$ >slow; exec sleep 1000").unwrap();
    bench.process("slow");
    for _ in 0..3 {
        assert_eq!(bench.ask(quick, "echo quick", 1)[0], b"quick\n");
    }
}

#[test]
fn a_session_is_answered_in_the_order_of_its_requests() {
    let mut bench = Bench::shell("");
    let session = bench.kit.open().unwrap();
    let requests = ["sleep 0.05; echo 1", "echo 2", "\0", "echo 4"];
    for (token, request) in (1..).zip(requests) {
        bench.kit.message(session, token, request.as_bytes()).unwrap();
    }
    bench.wait(4);
    let tokens: Vec<_> = bench.kit.sent().iter().map(|one| one.token).collect();
    assert_eq!(tokens, [1, 2, 3, 4]);
    let texts: Vec<_> = bench.kit.sent().iter().map(|one| &*one.bytes).collect();
    assert_eq!(texts, [&b"1\n"[..], b"2\n", b"exec: refused: a command line has no NUL", b"4\n"]);
}

#[test]
fn commands_beyond_what_may_wait_are_answered_busy() {
    for limit in [r#""max-waiting-per-session": 2"#, r#""max-waiting": 2"#] {
        let mut bench = Bench::shell(&format!(", {limit}"));
        let session = bench.kit.open().unwrap();
        for token in 1..=5 {
            let line = format!("while ! [ -e go ]; do sleep 0.01; done; echo {token}");
            bench.kit.message(session, token, line.as_bytes()).unwrap();
        }
        assert_eq!(bench.counted("busy"), 2, "one runs, two wait, two are too many");
        std::fs::write(bench.folder.path().join("go"), "").unwrap();
        bench.wait(5);
        let sent = bench.kit.sent();
        assert_eq!((&*sent[2].bytes, sent[3].token), (&b"3\n"[..], 4));
        assert!(sent[4].bytes.starts_with(b"exec: busy: 2 commands wait already"));
    }
}

#[test]
fn no_more_commands_run_at_once_than_allowed_and_all_have_their_turn() {
    let mut bench = Bench::shell(r#", "max-processes": 2"#);
    // Each writes a mark, looks how many there are, and takes its mark away.
    let line = "touch run.$$; set -- run.*; echo $#; sleep 0.01; rm run.$$";
    for token in 1..=20 {
        let session = bench.kit.open().unwrap();
        bench.kit.message(session, token, line.as_bytes()).unwrap();
    }
    bench.wait(20);
    for sent in bench.kit.sent() {
        let seen: u32 = String::from_utf8_lossy(&sent.bytes).trim().parse().unwrap();
        assert!((1..=2).contains(&seen), "{seen} ran at once");
    }
}

#[test]
fn a_peer_that_asks_without_end_and_never_reads_is_cut_off() {
    let mut bench = declared("");
    let session = bench.kit.open().unwrap();
    bench.kit.answer(super::Answer::Full);
    let mut asked = 0;
    while bench.kit.closed().is_empty() {
        bench.kit.message(session, 1, b"unknown").unwrap();
        asked += 1;
        assert!(asked < 100_000, "it may ask for ever");
    }
    assert_eq!(bench.counted("flooded"), 1);
    bench.kit.close(session).unwrap();
    assert!(!bench.kit.deliver_mail(AT_ALL / 1_000).unwrap(), "nothing was run");
}
