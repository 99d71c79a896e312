//! What the machine refuses: which limit, variable, call or address that is, and what lifts it.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::Command;

/// The program with these arguments in a shell that has said `first`.
pub(crate) fn command(bench: &Bench, first: &str, arguments: &[&str]) -> Command {
    let plain = bench.command(arguments);
    let mut shell = bench.command_of(std::path::Path::new("sh"), &[]);
    shell.args(["-c", &format!("{first}; exec \"$0\" \"$@\"")]);
    shell.arg(plain.get_program()).args(plain.get_args());
    shell
}

/// Runs a scenario in such a shell.
#[track_caller]
pub(crate) fn run_after(first: &str, text: &str, more: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("scenario.toml", text);
    let ran = bench.launch(command(&bench, first, &bench.run_arguments(more))).wait();
    told_on_one_line(ran)
}

fn told_on_one_line(ran: Ran) -> Ran {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ran { stdout: line(&ran.stdout), stderr: line(&ran.stderr), code: ran.code }
}

/// It failed, and all of this is said.
#[track_caller]
pub(crate) fn says(ran: &Ran, parts: &[&str]) {
    assert!(matches!(ran.code, Some(100 | 104)), "{ran}");
    for part in parts {
        assert!(ran.stdout.contains(part) || ran.stderr.contains(part), "{part}: {ran}");
    }
}

#[test]
fn the_soft_limit_of_open_files_is_raised_as_far_as_the_connections_need() {
    let text = scenario("\"len32be\"", "connections = 300\nmessages = 600\n", "");
    let ran = run_after("ulimit -Sn 20", &text, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_hard_limit_of_open_files_is_named_with_its_number() {
    let text = scenario("\"len32be\"", "connections = 300\nmessages = 600\n", "");
    // With more, the run says so before it starts a side: tests/faults/preflight.rs.
    let files = 8;
    let ran = run_after(&format!("ulimit -n {files}"), &text, &[]);
    let number = format!("this process may have {files} open, the hard limit");
    says(&ran, &["Too many open files", &number, "raise `ulimit -n`"]);
}

#[test]
fn a_server_of_ones_own_has_the_limit_that_the_run_was_started_with() {
    let server = "[server]\ncommand = [\"sh\", \"-c\", \"ulimit -Sn; exit 3\", \"{port}\"]\n";
    let text = scenario("\"len32be\"", "messages = 3\n", server);
    let ran = run_after("ulimit -Sn 77", &text, &[]);
    says(&ran, &["before it listened | 77 "]);
}

#[test]
fn a_folder_for_temporary_files_that_is_none_is_named_with_its_variable() {
    let text = scenario("\"len32be\"", "messages = 3\n", "");
    for folder in ["/nonexistent", "/etc/passwd"] {
        let ran = run_after(&format!("TMPDIR={folder}"), &text, &[]);
        says(&ran, &[&format!("TMPDIR is `{folder}`"), "set it to a folder"]);
        let bench = Bench::new();
        let arguments = ["serve", "--handler", "echo", "--framing", "line", "--plugin-dir"];
        let arguments = [&arguments[..], &[plugin_folder()]].concat();
        let served = command(&bench, &format!("TMPDIR={folder}"), &arguments);
        let served = told_on_one_line(bench.launch(served).wait());
        says(&served, &[&format!("TMPDIR is `{folder}`"), "set it to a folder"]);
    }
}

/// A folder whose path leaves no room for the name of a socket.
fn deep(bench: &Bench) -> PathBuf {
    let deep = bench.folder().join("x".repeat(100));
    std::fs::DirBuilder::new().mode(0o700).create(&deep).expect("the folder is writable");
    deep
}

#[test]
fn a_path_that_no_unix_socket_can_have_is_told_with_what_is_too_long_of_it() {
    let bench = Bench::new();
    let deep = deep(&bench);
    let first = format!("TMPDIR={}", deep.display());
    let told = ["a path of ", "has 107 at most", "set TMPDIR to a folder with a shorter path"];
    let unix = "transport = { kind = \"unix\" }\n";
    says(&run_after(&first, &scenario("\"line\"", "messages = 3\n", unix), &[]), &told);
    let server = format!("{unix}[server]\ncommand = [\"true\", \"{{path}}\"]\n");
    says(&run_after(&first, &scenario("\"line\"", "messages = 3\n", &server), &[]), &told);
    let arguments = ["serve", "--handler", "echo", "--framing", "line", "--plugin-dir"];
    let path = deep.join("socket");
    let listen = ["--listen", path.to_str().expect("a path in UTF-8")];
    let ran = bench.start(&[&arguments[..], &[plugin_folder()], &listen].concat()).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains("has 107 at most: choose a shorter one"), "{ran}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("its address");
    let port = format!("transport = {{ port = {} }}\n", address.port());
    let ran = run_after("true", &scenario("\"line\"", "messages = 3\n", &port), &[]);
    let place = format!("the server cannot listen on {address}: ");
    says(&ran, &[&place, "another program listens there: choose another `transport.port`"]);
    let bench = Bench::new();
    let arguments = ["serve", "--handler", "echo", "--framing", "line", "--plugin-dir"];
    let serve = |place: &str| {
        let listen = [plugin_folder(), "--listen", place];
        told_on_one_line(bench.start(&[&arguments[..], &listen].concat()).wait())
    };
    let ran = serve(&address.to_string());
    says(&ran, &[&place, "choose another address, or port 0 for any that is free"]);
    let file = bench.write("socket", "");
    let ran = serve(file.to_str().expect("a path in UTF-8"));
    says(&ran, &["socket: ", "or its file is left: choose another path, or remove it"]);
}

/// A port that nobody has now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn a_server_without_so_reuseaddr_does_not_come_back_on_its_port_and_why_is_told() {
    let load = "messages = 20\nrounds = 2\nwarmup = \"0s\"\n";
    let chat = "handler = { plugin = \"chat\", config = { mode = \"talk\", quit-after = 4 } }\n";
    let on = |port: u16, more: &str| {
        let transport = format!("{chat}transport = {{ port = {port}{more} }}\n");
        run_after("true", &scenario("\"line\"", load, &transport), &[])
    };
    let waits = "Address already in use (os error 98); nobody listens there, but connections that a server \
                 closed first wait there for a minute, in TIME_WAIT";
    // Somebody else may take a port that is free in the meantime.
    for attempt in 0.. {
        let port = free_port();
        let ran = on(port, ", reuse-address = false");
        let first_is_played = !ran.stderr.contains("all, round 0");
        if !first_is_played && attempt < 3 {
            continue;
        }
        assert!(first_is_played, "{ran}");
        let lifts =
            "does without SO_REUSEADDR: set `transport.reuse-address = true`, wait, or choose";
        says(&ran, &["all, round 1", &format!("cannot listen on 127.0.0.1:{port}"), waits, lifts]);
        // That the next server sets it does not help: the connections are those of one without.
        let ran = on(port, "");
        says(
            &ran,
            &["all, round 0", waits, "were those of a server without SO_REUSEADDR: wait, or"],
        );
        let bench = Bench::new();
        let place = format!("127.0.0.1:{port}");
        let arguments = ["serve", "--handler", "echo", "--framing", "line", "--listen", &place];
        let ran = bench.start(&[&arguments[..], &["--plugin-dir", plugin_folder()]].concat());
        says(&told_on_one_line(ran.wait()), &[waits, "wait, or choose another port"]);
        return;
    }
}
