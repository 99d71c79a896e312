//! What servers that are not ours cost: their CPU time, their memory, and what that has grown by.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Cell, Ran, scenario};

/// An echo server under `len32be` in Python: before it answers, `work` is done with each `body`.
fn server(before: &str, work: &str) -> String {
    format!(
        "import os, signal, socket, struct, sys, threading, time\n\
         kept = []\n\
         def burn(seconds):\n\
         \x20   end = time.process_time() + seconds\n\
         \x20   while time.process_time() < end: pass\n\
         def serve(peer):\n\
         \x20   file = peer.makefile('rwb')\n\
         \x20   while header := file.read(4):\n\
         \x20       body = file.read(struct.unpack('>I', header)[0])\n\
         \x20       {work}\n\
         \x20       file.write(header + body); file.flush()\n\
         {before}\n\
         listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
         while True:\n\
         \x20   threading.Thread(target=serve, args=(listener.accept()[0],)).start()\n"
    )
}

/// Plays a scenario against a server, from its first exchange on.
#[track_caller]
fn play(server: &str, load: &str, more: &str) -> (Ran, Bench) {
    let bench = Bench::new();
    bench.write("server.py", server);
    let more = format!("[server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\"]\n{more}");
    let warmup = if load.contains("warmup") { "" } else { "warmup = \"0s\"\n" };
    let load = format!("{warmup}{load}");
    let ran = bench.run(&scenario("\"len32be\"", &load, &more), &[]);
    nothing_is_left(&bench);
    (ran, bench)
}

/// Two cells: only messages of 101 B mean work.
const SIZES: &str = "[matrix]\n\"load.payload\" = [\"100 B\", \"101 B\"]\n";

/// How many times more CPU time the server took per message where there was work.
#[track_caller]
fn factor(server: &str, load: &str) -> f64 {
    let (ran, bench) = play(server, load, SIZES);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cells: Vec<Cell<'_>> = document.cells().collect();
    let [idle, busy] = [0, 1].map(|cell| cells[cell].number("/cpu/server_ns_per_message"));
    for cell in cells {
        let of_round = cell.number("/rounds/0/server_cpu_ns_per_message");
        let difference = of_round - cell.number("/cpu/server_ns_per_message");
        assert!(difference.abs() <= 0.5, "one round is the cell: {}", cell.complaints());
    }
    busy / idle
}

#[test]
fn a_server_that_computes_for_each_request_costs_more() {
    let server = server("", "len(body) > 100 and burn(0.002)");
    let counted = factor(&server, "messages = 60\n");
    assert!(counted > 3.0, "{counted}");
    let timed = factor(&server, "duration = \"250ms\"\n");
    assert!(timed > 3.0, "{timed}");
}

#[test]
fn what_happens_before_the_measured_part_is_not_counted() {
    let server = server("", "kept or (kept.append(1), burn(0.15))");
    let (ran, bench) = play(&server, "duration = \"300ms\"\nwarmup = \"1s\"\n", "");
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    // It burned 150 ms before its first answer, and each answer takes it far less than 1 ms.
    let ns = cell.number("/cpu/server_ns_per_message");
    let messages = 2 * cell.done();
    assert!(ns * (messages as f64) < 0.1e9 + messages as f64 * 1e6, "{ns} of {messages}");
}

/// One child for each connection, which is never waited for before it ends.
const FORKS: &str = "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                     while True:\n\
                     \x20   peer = listener.accept()[0]\n\
                     \x20   os.fork() or (serve(peer), os._exit(0))\n\
                     \x20   peer.close()\n";

#[test]
fn a_child_that_does_the_work_is_counted_with_it() {
    let living = server(FORKS, "len(body) > 100 and burn(0.002)");
    let living = factor(&living, "messages = 60\n");
    assert!(living > 3.0, "{living}");
    let for_each =
        "pid = os.fork(); pid or (len(body) > 100 and burn(0.02), os._exit(0)); os.waitpid(pid, 0)";
    let ended = factor(&server("", for_each), "messages = 40\n");
    assert!(ended > 2.0, "{ended}");
}

#[test]
fn a_grandchild_that_nobody_waits_for_is_counted_all_the_same() {
    // Its parent has ended, so that it goes to the guard.
    let orphan = "pid = os.fork(); pid or (os.fork() or (len(body) > 100 and burn(0.02)), os._exit(0)); \
                  os.waitpid(pid, 0); len(body) > 100 and time.sleep(0.03)";
    let factor = factor(&server("", orphan), "messages = 40\n");
    assert!(factor > 2.0, "{factor}");
}

#[test]
fn of_one_that_ignores_its_children_no_time_is_known_and_a_gate_on_it_fails_the_run() {
    let server = server("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "pass");
    let (ran, bench) = play(&server, "messages = 20\n", "[expect]\nserver-cpu = \"< 1s\"\n");
    assert_eq!(ran.code, Some(106), "{ran}");
    assert!(ran.stdout.contains("that waits for its children"), "{ran}");
    let document = bench.document();
    let cpu = &document.cell().0["cpu"];
    assert!(cpu["server_ns_per_message"].is_null(), "{cpu}");
    assert!(cpu["server_memory_growth_bytes"].is_u64(), "{cpu}");
}

/// What a server of 300 requests may grow by.
const GROWTH: &str = "[expect]\nserver-memory-growth = \"< 4 MiB\"\n";

#[test]
fn a_server_that_leaks_fails_and_one_that_does_not_passes() {
    let (leaks, bench) = play(&server("", "kept.append(b'x' * (64 << 10))"), "", GROWTH);
    assert_eq!(leaks.code, Some(99), "{leaks}");
    assert!(leaks.stdout.contains("server-memory-growth"), "{leaks}");
    let document = bench.document();
    let cell = document.cell();
    let growth = cell.count("/cpu/server_memory_growth_bytes");
    assert!(growth > 15 << 20, "300 requests of 64 KiB: {growth}");
    assert!(cell.count("/cpu/server_peak_memory_bytes") > growth);
    assert_eq!(cell.count("/rounds/0/server_memory_growth_bytes"), growth);
    // It is told in the table.
    assert!(leaks.stdout.contains("grown") && leaks.stdout.contains(" MiB  +"), "{leaks}");
    let (keeps, _) = play(&server("", "kept[:] = [b'x' * (64 << 10)]"), "", GROWTH);
    assert_eq!(keeps.code, Some(0), "{keeps}");
}

#[test]
fn what_a_child_holds_is_part_of_the_peak() {
    let holds = "kept.append(b'x' * (48 << 20))";
    let alone = server("", "pass");
    let with_child =
        server(&format!("os.fork() or ({holds}, time.sleep(1000))\ntime.sleep(0.2)"), "pass");
    let peak = |server: &str| {
        let (ran, bench) = play(server, "messages = 40\n", "");
        assert_eq!(ran.code, Some(0), "{ran}");
        bench.document().cell().count("/cpu/server_peak_memory_bytes")
    };
    let (alone, with_child) = (peak(&alone), peak(&with_child));
    assert!(with_child > alone + (40 << 20), "{alone}, {with_child}");
}

#[test]
fn one_that_ends_before_its_time_leaves_what_was_known() {
    let ends = "kept.append(burn(0.001)); len(kept) < 30 or os._exit(3)";
    let (ran, bench) = play(&server("", ends), "messages = 60\n", "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.verdict(), "crashed");
    // The guard has waited for it, and knows.
    assert!(cell.number("/cpu/server_ns_per_message") > 0.0, "{}", cell.complaints());
    assert!(cell.count("/cpu/server_peak_memory_bytes") > 1 << 20, "{}", cell.complaints());
    assert!(cell.0["cpu"]["server_memory_growth_bytes"].is_null(), "{}", cell.complaints());
}

#[test]
fn what_it_costs_is_in_every_table() {
    let more = "--output";
    let bench = Bench::new();
    bench.write("server.py", server("", "pass"));
    let server = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    let text = scenario("\"len32be\"", "warmup = \"0s\"\nmessages = 20\n", server);
    let outputs = [more, "csv=cells.csv", more, "csv-rounds=rounds.csv", more, "openmetrics=m.txt"];
    let ran = bench.run(&text, &outputs);
    assert_eq!(ran.code, Some(0), "{ran}");
    let read =
        |name: &str| std::fs::read_to_string(bench.folder().join(name)).expect("it was written");
    let document = bench.document();
    let cpu = &document.cell().0["cpu"];
    let cells = read("cells.csv");
    for field in ["server_ns_per_message", "server_peak_memory_bytes", "server_memory_growth_bytes"]
    {
        let value = cpu[field].as_u64().expect("it is known");
        let unit = if field.ends_with("bytes") { "bytes" } else { "ns" };
        assert!(cells.contains(&format!(",cpu.{field},{unit},{value}\n")), "{field}: {cells}");
    }
    let rounds = read("rounds.csv");
    let mut lines = rounds.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let (head, row) = (lines.next().expect("a head"), lines.next().expect("a row"));
    let at = head.iter().position(|name| *name == "server_memory_growth_bytes").expect("a column");
    assert_eq!(row[at], cpu["server_memory_growth_bytes"].to_string());
    let metrics = read("m.txt");
    for family in ["wirebench_cpu_seconds_per_message", "wirebench_peak_memory_bytes"] {
        let of_server = |line: &&str| line.starts_with(family) && line.contains("side=\"server\"");
        assert_eq!(metrics.lines().filter(of_server).count(), 1, "{family}: {metrics}");
    }
    assert!(metrics.contains("wirebench_memory_growth_bytes{"), "{metrics}");
}

#[test]
fn of_a_server_at_an_address_these_gates_are_refused_and_of_ours_the_growth() {
    let bench = Bench::new();
    let refused = |server: &str, gate: &str, told: &str| {
        let more = format!("{server}[expect]\n{gate} = \"< 1\"\n").replace(
            "< 1",
            match gate {
                "server-cpu" => "< 1s",
                _ => "< 1 GiB",
            },
        );
        let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains(told), "{told}: {ran}");
    };
    for gate in ["server-cpu", "server-memory", "server-memory-growth"] {
        refused("[server]\naddress = \"127.0.0.1:7\"\n", gate, "its processes are not known");
    }
    refused("", "server-memory-growth", "gate `server-memory`");
}
