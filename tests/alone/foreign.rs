//! Servers that are not ours, as scenarios name them: started, found listening, ended.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Cell, Ran, scenario, undisturbed};
use crate::support::{by_hand, read_frame, write_frame};

/// An echo server under `len32be` in Python, with a line of code at each place that matters.
struct Python {
    before: &'static str,
    listen: &'static str,
    peer: &'static str,
}

const ECHO: Python = Python {
    before: "",
    listen: "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))",
    peer: "",
};

impl Python {
    fn text(&self) -> String {
        format!(
            "import os, socket, struct, sys, threading\n\
             def serve(peer):\n\
             \x20   file = peer.makefile('rwb')\n\
             \x20   while header := file.read(4):\n\
             \x20       body = file.read(struct.unpack('>I', header)[0])\n\
             \x20       {peer}\n\
             \x20       file.write(header + body); file.flush()\n\
             {before}\n{listen}\n\
             while True:\n\
             \x20   threading.Thread(target=serve, args=(listener.accept()[0],)).start()\n",
            peer = if self.peer.is_empty() { "pass" } else { self.peer },
            before = self.before,
            listen = self.listen,
        )
    }
}

/// Plays a scenario against a Python server beside it.
#[track_caller]
fn play(python: &Python, server: &str, load: &str, more: &str) -> (Ran, Bench) {
    let bench = Bench::new();
    bench.write("server.py", python.text());
    let command = if server.contains("command") {
        ""
    } else {
        "command = [\"python3\", \"server.py\", \"{port}\"]\n"
    };
    let more = format!(
        "handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\n\n\
         [server]\n{command}{server}\n{more}"
    );
    let ran = bench.run(&scenario("\"len32be\"", &format!("messages = 60\n{load}"), &more), &[]);
    nothing_is_left(&bench);
    (ran, bench)
}

/// The round could not be played, and the result says why.
#[track_caller]
fn fails(python: &Python, server: &str, told: &[&str]) {
    let (ran, bench) = play(python, server, "", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let error = document.cell().list("rounds")[0]["error"].to_string();
    for part in told {
        assert!(error.contains(part), "{part}: {error}\n{ran}");
    }
}

#[test]
fn a_server_of_ones_own_is_measured_and_its_answers_are_looked_up() {
    let gates = "[expect]\ndone = \"100%\"\nwrong = 0\nunanswered = 0\np50 = \"< 10s\"\n";
    let (ran, bench) = play(&ECHO, "", "rounds = 2\nin-flight = 3\nconnections = 2\n", gates);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("integrity is echo"), "{ran}");
    let document = bench.document();
    let cell: Cell<'_> = document.cell();
    assert_eq!(cell.0["integrity"]["judge"], "echo");
    assert_eq!(cell.0["setup"]["server"], "python3 server.py {port}");
    assert_eq!(cell.done(), 120, "{}", cell.complaints());
    assert_eq!(cell.request("sent"), cell.request("unjudged"));
    assert_eq!(cell.request("sent"), cell.count("/integrity/reply/intact"));
}

#[test]
fn it_is_told_where_to_listen_by_variable_address_or_path() {
    let by_env = Python {
        listen: "listener = socket.create_server(('127.0.0.1', int(os.environ['AT'])))",
        ..ECHO
    };
    let server = "command = [\"python3\", \"server.py\"]\nenv = { AT = \"{port}\" }\n";
    assert_eq!(play(&by_env, server, "", "").0.code, Some(0));
    let by_address = Python {
        listen: "host, port = sys.argv[1].rsplit(':', 1)\n\
                 listener = socket.create_server((host.strip('[]'), int(port)), \
                 family=socket.AF_INET6)",
        ..ECHO
    };
    let server = "command = [\"python3\", \"server.py\", \"{address}\"]\n";
    let ran = play(&by_address, server, "", "[transport]\nipv6 = true\n").0;
    assert_eq!(ran.code, Some(0), "{ran}");
    let by_path = Python {
        listen: "listener = socket.socket(socket.AF_UNIX)\n\
                 listener.bind(sys.argv[1]); listener.listen()",
        ..ECHO
    };
    let server = "command = [\"python3\", \"server.py\", \"{path}\"]\n";
    let ran = play(&by_path, server, "", "[transport]\nkind = \"unix\"\n").0;
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn it_gets_its_input_its_variables_and_its_folder() {
    let python = Python {
        before: "assert sys.stdin.read() == 'two\\nlines'\n\
                 assert os.environ['COLOUR'] == 'green'\n\
                 assert os.path.basename(os.getcwd()) == 'inner'",
        ..ECHO
    };
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join("inner")).expect("a folder in it");
    bench.write("inner/server.py", python.text());
    let more = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n\
                stdin = \"two\\nlines\"\ncwd = \"inner\"\n\
                env = { COLOUR = \"green\", PASSWORD = \"hunter2\" }\n";
    let ran = bench.run(&scenario("\"len32be\"", "", more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    // Variables may be secrets: neither the result nor the journal has them.
    let kept = bench.out().join("test/latest");
    for file in std::fs::read_dir(kept).expect("the results are kept").flatten() {
        if file.file_name() != "scenario.toml" {
            let text = std::fs::read_to_string(file.path()).expect("it is text");
            assert!(!text.contains("hunter2"), "{}", file.path().display());
        }
    }
    nothing_is_left(&bench);
}

#[test]
fn a_server_that_takes_one_connection_is_not_asked_in_vain() {
    let python = Python {
        listen: "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                 serve(listener.accept()[0]); sys.exit()",
        ..ECHO
    };
    let (ran, bench) = play(&python, "", "", "[expect]\ndone = \"100%\"\n");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 60);
}

#[test]
fn a_server_that_never_listens_is_given_up() {
    let server = "command = [\"sleep\", \"600\"]\nenv = { AT = \"{port}\" }\n\
                  start-timeout = \"200ms\"\n";
    fails(&ECHO, server, &["`sleep 600` does not listen on 127.0.0.1:", "after 200 ms"]);
}

#[test]
fn a_server_that_accepts_and_closes_leaves_its_exchanges_unanswered() {
    let python = Python { peer: "return", ..ECHO };
    let load = "timeout = \"50ms\"\ndrain = \"50ms\"\n";
    let (ran, bench) = play(&python, "", load, "[expect]\ndone = \"100%\"\n");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    assert_eq!(document.cell().done(), 0);
    assert!(document.cell().count("/exchanges/unanswered") > 0);
}

#[test]
fn its_descendants_end_with_the_round() {
    let python = Python {
        before: "import subprocess\n\
                 subprocess.Popen(['sleep', '600'], start_new_session=True)\n\
                 subprocess.run(['sh', '-c', 'setsid sleep 600 &'])",
        ..ECHO
    };
    // `play` looks for what is left.
    assert_eq!(play(&python, "", "rounds = 2\n", "").0.code, Some(0));
}

#[test]
fn a_server_that_prints_without_end_disturbs_nothing() {
    let python = Python { peer: "sys.stdout.write('x' * 10000 + '\\n')", ..ECHO };
    let (ran, _) = play(&python, "", "", "[expect]\ndone = \"100%\"\n");
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_server_that_runs_already_is_used_and_left_alone() {
    let (address, serving) = by_hand(2, |mut stream| {
        while let Some(frame) = read_frame(&mut stream) {
            write_frame(&mut stream, &frame);
        }
    });
    let bench = Bench::new();
    let more = format!("[server]\naddress = \"{address}\"\n");
    let ran = bench.run(&scenario("\"len32be\"", "rounds = 2\n", &more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    serving.join().expect("the server ends");
    assert_eq!(bench.document().cell().0["setup"]["server"], format!("at {address}"));
}

/// `check` says this of a `[server]`, and nothing is started.
#[track_caller]
fn is_refused(more: &str, told: &str) {
    let bench = Bench::new();
    bench.write("s.toml", scenario("\"len32be\"", "", more));
    let plugins = crate::harness::plugin_folder();
    let ran = bench.start(&["check", "s.toml", "--plugin-dir", plugins]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains(told), "{told}: {ran}");
}

#[test]
fn what_is_wrong_with_a_server_is_told_before_anything_starts() {
    let python = "[server]\ncommand = [\"python3\", \"s.py\", \"{port}\"]\n";
    is_refused("[server]\ncommand = [\"no-such-program\", \"{port}\"]\n", "no-such-program");
    is_refused("[server]\ncommand = [\"./s.toml\", \"{port}\"]\n", "not a program");
    is_refused(&format!("{python}cwd = \"nowhere\"\n"), "nowhere is no folder");
    is_refused("[server]\ncommand = [\"python3\", \"s.py\"]\n", "nothing tells the server");
    is_refused("[server]\ncommand = [\"python3\", \"{path}\"]\n", "`{path}` stands for nothing");
    is_refused("[server]\ncommand = []\n", "1 to 256 strings");
    is_refused("[server]\ncommand = \"python3 s.py\"\n", "a list such as");
    is_refused("[server]\nstdin = \"x\"\n", "a setting of `server.command`");
    is_refused("[server]\nenv = { \"A=B\" = \"x\" }\n", "no `=`");
    is_refused(&format!("{python}address = \"127.0.0.1:1\"\n"), "not both");
    is_refused("[server]\naddress = \"localhost:1\"\n", "names are not looked up");
    is_refused("[server]\naddress = \"127.0.0.1:0\"\n", "not 0");
    is_refused("[server]\naddress = \"192.0.2.1:9\"\n", "allow-remote");
    is_refused(&format!("{python}comand = []\n"), "`command`");
    for gate in ["explained = 0", "request.p50 = \"< 1s\"", "reads = \"< 9\""] {
        is_refused(&format!("{python}[expect]\n{gate}\n"), "there is no ledger");
    }
}

/// Its answer to the first request comes when nobody waits for it any more.
#[test]
fn a_late_answer_is_not_taken_for_the_next() {
    let late = Python {
        before: "import time\nearlier = []",
        peer: "earlier.append(1); len(earlier) > 1 or time.sleep(0.3)",
        ..ECHO
    };
    let load = "timeout = \"100ms\"\ndrain = \"1s\"\nwarmup = \"0s\"\n";
    let (ran, bench) = play(&late, "", load, "");
    let document = bench.document();
    let cell = document.cell();
    // The next one waits behind it, on the same connection.
    let late = cell.count("/integrity/reply/late");
    assert!(late > 0 && cell.count("/exchanges/unanswered") == late, "{ran}");
    assert_eq!((cell.count("/exchanges/wrong"), cell.done()), (0, 60 - late), "{ran}");
    assert_eq!(cell.count("/integrity/reply/lost"), late, "{ran}");
}

#[test]
fn a_round_in_which_the_server_is_mute_makes_the_cell_inconclusive_and_is_named() {
    // It answers in the first and in the third round: each round starts it anew.
    let mute = Python {
        before: "count = len([name for name in os.listdir() if name.startswith('round')])\n\
                 open(f'round{count}', 'w').close()",
        peer: "if count == 1: continue",
        ..ECHO
    };
    let load = "rounds = 3\ntimeout = \"50ms\"\ndrain = \"50ms\"\nwarmup = \"0ms\"\n";
    let (ran, bench) = play(&mute, "", load, "[expect]\nwrong = 0\n");
    assert_eq!(ran.code, Some(0), "no gate failed: {ran}");
    let told = "nothing was measured in round 1: no exchange was answered";
    assert!(ran.stdout.contains(told) && ran.stdout.contains("0 of 1 cells pass"), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "inconclusive");
}

#[test]
fn latency_gates_do_not_judge_the_survivors_alone() {
    let fifth = Python {
        before: "count = 0",
        peer: "global count; count += 1\n        if count % 5: continue",
        ..ECHO
    };
    let load = "rounds = 1\ntimeout = \"200ms\"\ndrain = \"200ms\"\nwarmup = \"0ms\"\n\
                in-flight = 10\n";
    let p50 = "[expect]\np50 = \"< 10s\"\n";
    let (ran, bench) = play(&fifth, "", load, p50);
    assert_eq!(ran.code, Some(0), "no gate failed: {ran}");
    assert!(ran.stdout.contains("exchanges had no answer in time"), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "inconclusive");
    let gates = format!("{p50}done = \"> 0\"\n");
    let Some((ran, bench)) = undisturbed(|| play(&fifth, "", load, &gates)) else { return };
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().verdict(), "pass", "{ran}");
}

#[test]
fn it_gets_the_standard_streams_and_nothing_else_that_is_open() {
    let bench = Bench::new();
    let before = "held = [n for n in os.listdir('/proc/self/fd') if int(n) > 2]\n\
                  held = [n for n in held if os.path.exists('/proc/self/fd/' + n)]\n\
                  open('held', 'w').write(' '.join(held))";
    bench.write("server.py", Python { before, ..ECHO }.text());
    let server = "\n[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 9\n", server));
    // What the user's shell has open is inherited by us, and our own program's file is open too.
    let shell = ["-c", "exec 7</dev/null; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_wirebench")];
    let arguments = [&shell[..], &bench.run_arguments(&[])].concat();
    let ran = bench.launch(bench.command_of("/bin/sh".as_ref(), &arguments)).wait();
    let held = std::fs::read_to_string(bench.folder().join("held"));
    assert_eq!(held.ok().as_deref(), Some(""), "{ran}");
}

#[test]
fn it_gets_the_signals_and_descriptors_that_a_program_expects() {
    let looking = Python {
        before: "import signal\n\
                 masked = signal.pthread_sigmask(signal.SIG_BLOCK, [])\n\
                 # Python itself ignores SIGPIPE and SIGXFSZ.\n\
                 own = [signal.SIGPIPE, signal.SIGXFSZ]\n\
                 others = [one for one in signal.valid_signals() if one not in own]\n\
                 ignored = [one for one in others if signal.getsignal(one) == signal.SIG_IGN]\n\
                 # The last is the listing itself.\n\
                 open = sorted(map(int, os.listdir('/proc/self/fd')))\n\
                 assert not masked and not ignored, (masked, ignored)\n\
                 assert open == [0, 1, 2, 3], open\n\
                 assert os.getpgid(0) == os.getpid()",
        ..ECHO
    };
    let (ran, _) = play(&looking, "", "", "");
    assert_eq!(ran.code, Some(0), "{ran}");
}
