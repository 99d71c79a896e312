//! Programs of servers of one's own that end before their time: each has crashed, and the round keeps
//! what it had.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Ran, scenario};

/// Plays rounds of 60 echoes against a Python server of one connection that does this `before` it
/// listens, `each` time before it answers, with the number of the answer in `n`, and this at the `end`.
#[track_caller]
fn play(before: &str, each: &str, end: &str, more: &str) -> (Ran, Bench) {
    let bench = Bench::new();
    let server = format!(
        "import os, signal, socket, struct, sys\n\
         {before}\n\
         listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
         file = listener.accept()[0].makefile('rwb')\n\
         n = 0\n\
         while header := file.read(4):\n\
         \x20   body = file.read(struct.unpack('>I', header)[0]); n += 1\n\
         \x20   {each}\n\
         \x20   file.write(header + body); file.flush()\n\
         {end}\n"
    );
    bench.write("server.py", server);
    let more = format!(
        "\n[server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\"]\n\n\
         [expect]\ncrashed = 0\n{more}"
    );
    let load = "messages = 60\nwarmup = \"0ms\"\nrounds = 2\ntimeout = \"10s\"\n";
    let ran = bench.run(&scenario("\"len32be\"", load, &more), &[]);
    nothing_is_left(&bench);
    (ran, bench)
}

/// In the second round only: each starts the program anew.
const SECOND: &str = "second = os.path.exists('played'); open('played', 'w').close()";

#[test]
fn a_stack_trace_is_a_crash_and_what_the_round_had_is_kept() {
    let (ran, bench) = play(SECOND, "if second and n == 31: {}['the key']", "", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stdout.contains("crashed is 1, the limit is 0"), "{ran}");
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim_start).collect();
    assert!(lines.contains(&"| Traceback (most recent call last):"), "{ran}");
    assert!(lines.contains(&"| KeyError: 'the key'"), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.verdict(), "crashed");
    let crash = &cell.list("crashes")[0];
    assert_eq!(crash["how"], "exited with status 1 in the middle of the round", "{ran}");
    assert_eq!((&crash["side"], &crash["round"]), (&"server".into(), &1.into()));
    assert!(crash["program"].to_string().contains("python3 server.py"), "{crash}");
    let rounds = cell.list("rounds");
    let ended = |round: usize| (&rounds[round]["outcome"], &rounds[round]["load_end"]);
    assert_eq!(ended(0), (&"finished".into(), &"planned".into()), "{ran}");
    assert_eq!(ended(1), (&"crashed".into(), &"server-gone".into()), "{ran}");
    assert_eq!(rounds[1]["done"], 30, "{ran}");
    assert_eq!(cell.done(), 90, "{ran}");
    assert!(!cell.0["notes"].to_string().contains("not run"), "{}", cell.0["notes"]);
}

#[test]
fn a_signal_is_named() {
    let (ran, bench) = play("", "if n == 5: os.kill(os.getpid(), signal.SIGSEGV)", "", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crashes = document.cell().list("crashes");
    assert_eq!(crashes.len(), 2, "{ran}");
    assert_eq!(crashes[0]["how"], "killed by SIGSEGV (signal 11) in the middle of the round");
}

#[test]
fn to_end_well_in_the_middle_is_to_crash_too() {
    let (ran, bench) = play("", "if n == 5: os._exit(0)", "", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crash = &document.cell().list("crashes")[0];
    assert_eq!(crash["how"], "exited with status 0 in the middle of the round", "{ran}");
}

#[test]
fn a_program_that_ends_before_it_listens_is_named_with_its_last_words() {
    let (ran, bench) = play("print('first'); sys.exit('I will not')", "pass", "", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crash = &document.cell().list("crashes")[0];
    assert_eq!(crash["how"], "exited with status 1 before it listened", "{ran}");
    assert_eq!(crash["stderr"].as_str().map(|text| text.contains("I will not")), Some(true));
    assert!(ran.stdout.lines().any(|line| line.trim() == "| I will not"), "{ran}");
}

#[test]
fn one_that_has_answered_everything_may_end_as_it_likes() {
    let (ran, bench) = play("", "pass", "sys.exit(3)", "done = \"100%\"\n");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 120, "{ran}");
}
