//! Servers of one's own: what stands in braces, and where.

use crate::support::{HEAD, count, errors, one_error, says, valid};
use wirebench::scenario::{Foreign, Unreachable};

/// One line in `[server]` (line 6) that is wrong at `column`, for these reasons.
#[track_caller]
fn server_line(line: &str, column: usize, fragments: &[&str]) {
    one_error(&format!("{HEAD}[server]\n{line}\n"), &format!("6:{column}"), fragments);
}

#[test]
fn a_placeholder_that_does_not_exist_is_answered_by_one_that_does() {
    server_line(
        "command = [\"python3\", \"server.py\", \"{prot}\"]",
        36,
        &[
            "no placeholder `{prot}`",
            "did you mean `{port}`?",
            "`{port}`, `{address}` and `{path}`",
        ],
    );
    server_line("command = [\"x\", \"--at={ address }\"]", 17, &["did you mean `{address}`?"]);
    let text = format!("{HEAD}[server]\ncommand = [\"x\"]\nenv = {{ AT = \"{{Port}}\" }}\n");
    one_error(&text, "7:14", &["did you mean `{port}`?"]);
}

#[test]
fn a_placeholder_for_another_transport_is_told_where_it_stands() {
    server_line("command = [\"x\", \"{path}\"]", 17, &["`{path}` stands for nothing here"]);
}

#[test]
fn where_nobody_is_to_be_reached_each_exchange_is_an_attempt_to_connect() {
    let per_exchange = "[load]\nsession = \"per-exchange\"\n";
    let unreachable = |way: &str, rest: &str, expected: &[&str]| {
        let text = format!("{HEAD}[server]\nunreachable = \"{way}\"\n{rest}");
        one_error(&text, "6:15", expected);
    };
    unreachable("full-backlog", "", &["attempt to connect", "session = \"per-exchange\""]);
    unreachable("no-such-path", per_exchange, &["a port is no file", "`\"nobody-listens\"`"]);
    let datagrams = format!("{per_exchange}[transport]\nkind = \"udp\"\n");
    unreachable("nobody-listens", &datagrams, &["nobody is asked for a connection"]);
    let command = format!("command = [\"x\", \"{{port}}\"]\n{per_exchange}");
    unreachable("nobody-listens", &command, &["there is no `server.command`", "remove one of"]);
    let text = format!("{HEAD}[server]\nunreachable = \"nobody-listens\"\n{per_exchange}");
    assert_eq!(valid(&text).cells[0].settings.unreachable, Unreachable::NobodyListens);
}

#[test]
fn a_brace_that_stands_alone_is_told_to_be_doubled() {
    server_line(
        "command = [\"sh\", \"-c\", \"f() { x {port}; }; f\"]",
        24,
        &["a single `{`", "did you mean `{{`?", "written twice"],
    );
    server_line("command = [\"x\", \"{port}}\"]", 17, &["a single `}`", "did you mean `}}`?"]);
}

#[test]
fn doubled_braces_are_taken() {
    let text = format!("{HEAD}[server]\ncommand = [\"x\", \"{{{{a}}}}\", \"{{port}}\"]\n");
    let Some(Foreign::Command(server)) = &valid(&text).cells[0].settings.server else {
        panic!("it has a server of its own")
    };
    assert_eq!(server.command[1..], ["{{a}}", "{port}"]);
}

#[test]
fn a_placeholder_where_none_is_filled_in_is_refused() {
    let command = "command = [\"x\", \"{port}\"]\n";
    for (line, column) in [("stdin = \"{port}\"", 9), ("cwd = \"at/{port}\"", 7)] {
        let text = format!("{HEAD}[server]\n{command}{line}\n");
        one_error(&text, &format!("7:{column}"), &["`{port}` stands for nothing in", "server.env"]);
    }
    let text = format!("{HEAD}[server]\n{command}env = {{ \"{{port}}\" = \"x\" }}\n");
    one_error(&text, "7:9", &["in the name of a variable"]);
    let text =
        format!("{HEAD}transport = {{ kind = \"unix\" }}\n[server]\naddress = \"/tmp/{{path}}\"\n");
    one_error(&text, "7:11", &["`{path}` stands for nothing in `server.address`"]);
}

#[test]
fn every_wrong_brace_of_a_server_is_told_at_once() {
    let text = format!(
        "{HEAD}[server]\ncommand = [\"x\", \"{{prot}}\"]\nenv = {{ AT = \"{{adress}}\" }}\n"
    );
    let rendered = errors(&text);
    assert_eq!(count(&rendered), 2, "{rendered}");
    says(&rendered, "6:17", &["`{prot}`"]);
    says(&rendered, "7:14", &["did you mean `{address}`?"]);
}
