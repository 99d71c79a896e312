//! Where the sides run, and what the result says of that.

use crate::harness::{Bench, Cell, scenario};
use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

/// The processors that this test may use.
fn usable() -> Vec<usize> {
    let set = sched_getaffinity(Pid::from_raw(0)).expect("a process has processors");
    (0..CpuSet::count()).filter(|one| set.is_set(*one).unwrap_or(false)).collect()
}

/// What a cell says of its first round: where the server ran, and the client.
fn placed(cell: Cell<'_>) -> [String; 2] {
    let round = &cell.list("rounds")[0];
    ["server_processors", "client_processors"]
        .map(|field| round[field].as_str().unwrap_or("not known").to_owned())
}

/// A server under `len32be` that prints where it may run, as the kernel tells it.
const SERVER: &str = "\
import socket, sys
status = open('/proc/self/status').read()
print(next(line for line in status.splitlines() if line.startswith('Cpus_allowed_list')), flush=True)
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    peer = listener.accept()[0]
    while data := peer.recv(65536):
        peer.sendall(data)
";

#[test]
fn sides_run_on_the_processors_that_are_named_for_them() {
    let (first, last) = (usable()[0], usable()[usable().len() - 1]);
    let bench = Bench::new();
    let more = format!("cpu = {{ server = {last}, client = \"{first}\" }}\n");
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains(&format!("server on {last}, client on {first}")), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(placed(cell), [last.to_string(), first.to_string()]);
    let cpu = &cell.0["setup"]["cpu"];
    assert_eq!(
        (&cpu["placement"], &cpu["instead_of"]),
        (&"lists".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&cpu["server"], &cpu["client"]),
        (&last.to_string().into(), &first.to_string().into())
    );
}

#[test]
fn a_program_of_ones_own_runs_where_it_is_told_and_the_result_says_what_the_kernel_says() {
    let last = usable()[usable().len() - 1];
    let bench = Bench::new();
    bench.write("server.py", SERVER);
    let more = format!(
        "cpu.server = \"{last}\"\n\n[server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\"]\n"
    );
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    let printed = cell.list("log")[0].to_string();
    let [server, client] = placed(cell);
    assert!(printed.contains(&format!("Cpus_allowed_list:\\t{server}")), "{printed} {server}");
    assert_eq!(server, last.to_string());
    // Nothing names the client's: it may run wherever this test may.
    assert_eq!(client, placed_anywhere());
    assert!(cell.complaints().contains("the client has no list"), "{}", cell.complaints());
}

/// Where a side runs that nobody places, as a round with `free` says.
fn placed_anywhere() -> String {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", "cpu.placement = \"free\"\n"), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let [server, client] = placed(document.cell());
    assert_eq!(server, client);
    let listed: usize = client
        .split(',')
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            last.parse::<usize>().unwrap() - first.parse::<usize>().unwrap() + 1
        })
        .sum();
    assert_eq!(listed, usable().len(), "{client}");
    client
}

#[test]
fn what_the_sides_share_is_told() {
    let first = usable()[0];
    let bench = Bench::new();
    let more = format!("cpu = {{ server = {first}, client = {first} }}\n");
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains(&format!("the sides share processor {first}")), "{ran}");
}

#[test]
fn processors_that_cannot_be_had_are_told_before_anything_starts() {
    let bench = Bench::new();
    let text = scenario("\"len32be\"", "", "cpu = { server = \"0,1022-1023\" }\n");
    bench.write("scenario.toml", text);
    let folder = crate::harness::plugin_folder();
    for arguments in [
        bench.run_arguments(&[]),
        vec!["check", "scenario.toml", "--plugin-dir", folder],
        vec!["plan", "scenario.toml"],
    ] {
        let ran = bench.start(&arguments).wait();
        assert_eq!(ran.code, Some(104), "{ran}");
        assert!(ran.stderr.contains("scenario.toml:5:18"), "{ran}");
        assert!(ran.stderr.contains("1022-1023 cannot be used here"), "{ran}");
        assert!(ran.stderr.contains("this process may use processor"), "{ran}");
        assert!(ran.stdout.is_empty(), "{ran}");
    }
    assert!(!bench.out().exists());
}
