//! A connection for each exchange, for longer than there are ports: a port that a closed connection
//! keeps for a minute must neither slow what follows nor be blamed on anybody.

use crate::harness::network::{is_refused, put_into_its_own};
use crate::harness::{Bench, Document, Ran, scenario};
use std::process::Command;

/// Usual for these tests: few, and far more than are in use at a time.
const PORTS: u32 = 233;

/// Runs a scenario where there are so many ports; `None`: not possible on this machine.
fn with_ports(ports: u32, scenario: &str) -> Option<(Ran, Document)> {
    let bench = Bench::new();
    bench.write("echo_server.py", include_str!("../interop/echo_server.py"));
    bench.write("scenario.toml", scenario);
    let mut probe = bench.command(&["--version"]);
    put_into_its_own(&mut probe, ports);
    match probe.output() {
        Err(error) if is_refused(&error) => return None,
        Err(error) => panic!("a network namespace cannot be made: {error}"),
        Ok(_) => {}
    }
    let mut command = bench.command(&bench.run_arguments(&[]));
    put_into_its_own(&mut command, ports);
    let ran = bench.launch(command).wait();
    let document = bench.document();
    Some((ran, document))
}

/// Two rounds, each of which needs every port several times: of half of them at most any is taken.
fn several_times_all_ports(transport: &str) {
    let messages = PORTS * 2;
    let load = format!("session = \"per-exchange\"\nmessages = {messages}\nrounds = 2\n");
    let more = format!("transport = {transport}\n[expect]\nintact = \"100%\"\ndone = \"100%\"\n");
    let Some((ran, document)) = with_ports(PORTS, &scenario("\"len32be\"", &load, &more)) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = document.cell();
    assert_eq!(cell.done(), u64::from(messages) * 2, "{}", cell.complaints());
    assert!(cell.list("errors").is_empty(), "{}", cell.complaints());
    let notes = cell.list("notes").iter().filter_map(|note| note.as_str());
    let ours = notes.filter(|note| !note.contains("the hypervisor ran others")).count();
    assert_eq!(ours, 0, "{}", cell.complaints());
}

#[test]
fn more_connections_than_ports_are_made_over_tcp() {
    several_times_all_ports("{ kind = \"tcp\" }");
}

#[test]
fn more_connections_than_ports_are_made_over_tcp_ipv6() {
    several_times_all_ports("{ kind = \"tcp\", ipv6 = true }");
}

#[test]
fn more_sessions_than_ports_are_made_over_udp() {
    several_times_all_ports("{ kind = \"udp\" }");
}

#[test]
fn more_sessions_than_ports_are_made_over_udp_ipv6() {
    several_times_all_ports("{ kind = \"udp\", ipv6 = true }");
}

#[test]
fn connecting_costs_no_more_when_all_ports_were_used_before() {
    let messages = PORTS * 8;
    let load = format!("session = \"per-exchange\"\nmessages = {messages}\nrounds = 3\n");
    let Some((ran, document)) = with_ports(PORTS, &scenario("\"len32be\"", &load, "")) else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = document.cell();
    assert_eq!(cell.done(), u64::from(messages) * 3, "{}", cell.complaints());
    // Connecting and accepting cost about the same; looking for a free port made it four times as
    // much. Processor time does not depend on what else the machine does.
    let client = cell.count("/cpu/client_ns_per_message");
    let server = cell.count("/cpu/server_ns_per_message");
    assert!(client < server * 2, "{client} ns and {server} ns a message");
}

#[test]
fn towards_a_foreign_server_a_lack_of_ports_is_told_and_blamed_on_nobody() {
    // A port is free again a second after its connection: most have to wait for that.
    let load = "session = \"per-exchange\"\nmessages = 60\n";
    let more = "handler = { plugin = \"echo\", config = { verify = true } }\n\n\
                [server]\ncommand = [\"python3\", \"echo_server.py\", \"{port}\"]\n\n\
                [expect]\ndone = \"100%\"\nrate = \"> 1/s\"\n";
    let framing = "{ kind = \"len32le\", signed = true }";
    let Some((ran, document)) = with_ports(20, &scenario(framing, load, more)) else { return };
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = document.cell();
    assert_eq!(cell.done(), 60, "{}", cell.complaints());
    let errors = cell.list("errors");
    assert!(errors.iter().all(|error| error["kind"] == "port"), "{}", cell.complaints());
    assert!(!errors.is_empty(), "{ran}");
    assert!(ran.stdout.contains("no port is free to connect from"), "{ran}");
    assert!(ran.stdout.contains("net.ipv4.ip_local_port_range"), "{ran}");
    let gates: Vec<_> = cell.list("gates").iter().map(|gate| &gate["pass"]).collect();
    assert_eq!(gates, [&serde_json::Value::Bool(true), &serde_json::Value::Null], "{ran}");
}

/// Runs what it is told to, then connects as any other program does.
const NEIGHBOUR: &str = "
import socket, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
listener = socket.create_server(('127.0.0.1', 0))
peers = [socket.create_connection(listener.getsockname()) for _ in range(100)]
sys.exit(status)
";

#[test]
fn other_programs_still_find_ports_when_all_of_ours_wait() {
    let bench = Bench::new();
    let load = format!("session = \"per-exchange\"\nmessages = {}\n", PORTS * 4);
    bench.write("scenario.toml", scenario("\"len32be\"", &load, ""));
    let run = bench.command(&bench.run_arguments(&[]));
    let mut command = Command::new("python3");
    command.args(["-c", NEIGHBOUR]).arg(run.get_program()).args(run.get_args());
    command.current_dir(bench.folder());
    put_into_its_own(&mut command, PORTS);
    match command.output() {
        Err(error) if is_refused(&error) => {}
        Err(error) => panic!("a network namespace cannot be made: {error}"),
        Ok(ended) => {
            let told = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(0), "{told}");
        }
    }
}
