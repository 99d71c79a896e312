//! Every error that the server has a name for: told to the client, counted, and survived.

use crate::harness::{Bench, measured, scenario};
use crate::{counted, handler, round};

/// All exchanges are refused with a text that begins so, and the server counts them so.
#[track_caller]
fn is_told(config: &str, load: &str, kind: &str, text: &str) {
    let load = format!("messages = 6\n{load}");
    let document = round("\"len32be\"", &load, config);
    let cell = document.cell();
    let rejected = cell.count("/exchanges/rejected");
    assert_eq!((rejected, cell.done()), (6, 0), "{}", cell.complaints());
    let (count, example) = counted(cell, "server", kind);
    assert!(count >= 6 && example.contains(text), "{kind}: {count}, {example}");
    let told = cell.list("errors")[0]["first"].as_str().unwrap_or_default();
    assert!(told.contains(text), "{told}");
    // Nobody was cut off: one connection, one session.
    assert_eq!(cell.reply("intact"), cell.reply("sent"), "{}", cell.complaints());
}

#[test]
fn an_unknown_command_is_told() {
    is_told("ask = \"rm -rf x\"", "", "unknown-command", "exec: unknown command: rm");
}

#[test]
fn arguments_that_are_not_allowed_are_told() {
    let text = "exec: refused: number: the argument `x` is not allowed";
    is_told("ask = \"number x\"", "", "refused", text);
    is_told("ask = \"silent x\"", "", "refused", "exec: refused: silent: takes no arguments");
    is_told(
        "ask = \"tell -x\"",
        "",
        "refused",
        "exec: refused: tell: the option `-x` is not allowed",
    );
}

#[test]
fn a_request_that_is_no_text_is_told() {
    let load = "payload = \"64 B\"\nalphabet = \"bytes\"\n";
    is_told(
        "ask = \"payload\"",
        load,
        "malformed-request",
        "exec: refused: no UTF-8 text: byte 0x",
    );
}

#[test]
fn a_command_that_runs_too_long_is_told() {
    let config = "ask = \"sleep 1000\", timeout = \"20ms\"";
    is_told(config, "", "timed-out", "exec: timed out: sleep ran longer than 20ms");
}

#[test]
fn a_command_that_writes_too_much_is_told() {
    let config = "ask = \"flood\", max-output = \"100 kB\"";
    is_told(
        config,
        "",
        "output-too-long",
        "exec: too much output: flood wrote more than 100000 bytes",
    );
}

#[test]
fn an_answer_that_no_message_holds_is_told() {
    let config = "ask = \"pipes\"";
    is_told(
        config,
        "ledger = \"1 MiB\"\n",
        "answer-too-large",
        "exec: too large: an answer of 400000 bytes; a message holds 262144, and what does not fit is \
         left out",
    );
}

#[test]
fn what_a_flood_wrote_comes_before_the_error_with_all_defaults() {
    for (reply, replies) in [("both", 1), ("stderr-or-stdout", 1), ("two", 2)] {
        let document = round(
            "\"len32be\"",
            "messages = 3\n",
            &format!("ask = \"flood\", reply = \"{reply}\""),
        );
        let cell = document.cell();
        let sent = cell.reply("sent");
        let asked = cell.request("sent");
        let replied = (sent, cell.reply("intact"));
        assert_eq!(replied, (asked * replies, sent), "{}", cell.complaints());
        assert_eq!(cell.count("/exchanges/rejected"), 3, "{}", cell.complaints());
        // Of the 1 MiB that a message holds, all but the error is output.
        let received = cell.count("/wire/payload_bytes");
        assert!(received > 3 * ((1 << 20) - 100), "{reply}: {received}");
        let (count, _) = counted(cell, "server", "output-too-long");
        assert_eq!(count, asked);
    }
}

#[test]
fn a_busy_server_says_so_and_serves_those_who_wait() {
    let config = "ask = \"tell {token}\", max-waiting-per-session = 1";
    let document = round("\"len32be\"", "messages = 40\nin-flight = 8\n", config);
    let cell = document.cell();
    let (done, rejected) = (cell.done(), cell.count("/exchanges/rejected"));
    assert!(done > 0 && rejected > 0 && done + rejected == 40, "{}", cell.complaints());
    assert!(counted(cell, "server", "busy").1.contains("exec: busy: 1 command waits already"));
}

#[test]
fn a_failed_command_is_counted_with_its_status() {
    let document = round("\"len32be\"", "messages = 4\n", "ask = \"fails\"");
    let (count, example) = counted(document.cell(), "server", "exit-nonzero");
    assert!(count >= 4 && example.starts_with("fails: exit 1 after "), "{count}: {example}");
}

/// The scenario is refused before anything starts, with the line that is wrong.
#[track_caller]
fn is_refused(handler: &str, line: &str, text: &str) {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", handler), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains(text) && ran.stderr.contains(line), "{ran}");
}

#[test]
fn a_wrong_configuration_is_shown_with_its_line() {
    let table = |lines: &[&str]| {
        let lines: String = lines.iter().map(|line| format!("config.{line}\n")).collect();
        format!("[handler]\nplugin = \"exec\"\n{lines}")
    };
    let asks = "ask = \"date\"";
    is_refused(&table(&[asks]), asks, "no command is declared");
    let line = "commands.date = [\"no-such-program\"]";
    is_refused(&table(&[asks, line]), line, "no program `no-such-program`");
    let line = "shell = true";
    is_refused(&table(&[asks, "commands.date = [\"date\"]", line]), line, "drop `commands`");
    is_refused(&table(&[line]), line, "nothing is asked for");
    let line = "encoding = \"klingon\"";
    is_refused(&table(&[asks, "shell = true", line]), line, "no encoding is called");
}

#[test]
fn a_shell_runs_whole_command_lines_when_it_is_asked_for() {
    let config = "config = { shell = true, ask = \"echo $(({token} + 0)) | cat\" }";
    let handler_text = format!("handler = {{ plugin = \"exec\", {config} }}\n");
    let document = measured(&scenario("\"len32be\"", "messages = 5\n", &handler_text));
    assert_eq!(document.cell().done(), 5, "{}", document.cell().complaints());
    // The same line names a declared command otherwise, and nothing else.
    let declared = measured(&scenario(
        "\"len32be\"",
        "messages = 5\n",
        &handler("ask = \"tell $({token}) | cat\""),
    ));
    assert_eq!(declared.cell().done(), 5, "{}", declared.cell().complaints());
}
