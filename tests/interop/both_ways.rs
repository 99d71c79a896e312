//! Each conversation twice: their client with our server, our client with theirs.

use crate::harness::Bench;
use crate::python::{client, server};
use crate::support::is_done;

const VERIFY: &str = "{ verify = true }";

/// Echo both ways, each message compared on both ends.
#[track_caller]
fn echo(clients: &str, servers: &str, framing: &str) {
    client(clients, &["--handler", "echo", "--framing", framing]);
    let load = ["--messages", "40", "--payload", "300 B"];
    let handler = ["--handler", "echo", "--config", VERIFY, "--framing", framing];
    is_done(&server(servers, &[&handler[..], &load].concat(), true), 40);
}

#[test]
fn a_fixed_width_length() {
    echo("length_client.py", "length_server.py", "{ kind = \"len32le\", signed = true }");
}

#[test]
fn a_json_header() {
    echo("json_client.py", "json_server.py", "json-header");
}

#[test]
fn a_length_that_is_confirmed() {
    echo("ready_client.py", "ready_server.py", "handshake");
}

#[test]
fn text_without_framing() {
    client("text_client.py", &["--handler", "echo", "--framing", "raw"]);
    let bench = Bench::new();
    let script = bench.write("talk.txt", "hello\nare you there\nq\n");
    let script = script.to_str().expect("UTF-8");
    let arguments = ["--handler", "echo", "--framing", "raw", "--input", script];
    let ran = server("text_server.py", &arguments, true);
    is_done(&ran, 3);
    assert_eq!(ran.stdout, "you said hello\nyou said are you there\nyou said q\n");
}

#[test]
fn a_server_that_greets_first() {
    let config = r#"{"greeting": "220 ready"}"#;
    let ours = ["--handler", "echo", "--framing", "line", "--config", config];
    client("greeting_client.py", &ours);
    let config = r#"{"greeting": "220 ready", "verify": true}"#;
    let ours = ["--handler", "echo", "--framing", "line", "--config", config];
    is_done(&server("greeting_server.py", &[&ours[..], &["--messages", "20"]].concat(), true), 20);
    // Another greeting is not taken for an answer.
    let config = config.replace("220", "999");
    let ours = ["--handler", "echo", "--framing", "line", "--config", &config];
    let ran = server("greeting_server.py", &[&ours[..], &["--messages", "1"]].concat(), true);
    assert!(ran.stdout.contains("wrong-greeting 1, first: 220 ready"), "{ran}");
}

/// The commands that the Python clients ask for.
fn commands(reply: &str) -> String {
    let say = r#"say = { run = ["echo"], arguments = "append" }"#;
    let others = r#"nothing = ["true"], fail = ["sh", "-c", "echo no >&2"]"#;
    format!("{{ reply = \"{reply}\", commands = {{ {say}, {others} }} }}")
}

#[test]
fn an_unframed_command_with_a_framed_answer() {
    let framings = ["--request-framing", "raw", "--reply-framing", "len32le"];
    let config = commands("stderr-or-stdout");
    let ours = ["--handler", "exec", "--config", &config];
    client("command_client.py", &[&ours[..], &framings].concat());
    let config = r#"{"ask": ["say hello {token}"]}"#;
    let ours = ["--handler", "exec", "--config", config, "--messages", "10"];
    is_done(&server("command_server.py", &[&ours[..], &framings].concat(), true), 10);
}

#[test]
fn a_command_over_udp_with_two_answers() {
    let udp = ["--transport", "udp", "--framing", "raw"];
    let config = commands("two");
    client("datagram_client.py", &[&["--handler", "exec", "--config", &config][..], &udp].concat());
    let config = r#"{"reply": "two", "ask": ["say hello {token}"]}"#;
    let ours = ["--handler", "exec", "--config", config, "--messages", "10"];
    is_done(&server("datagram_server.py", &[&ours[..], &udp].concat(), false), 10);
}

#[test]
fn a_chat_of_two_in_lines() {
    let ran = client("chat_client.py", &["--handler", "chat", "--framing", "line"]);
    assert!(ran.stdout.contains("4 sessions"), "{ran}");
}

#[test]
fn a_talk_with_and_without_framing() {
    for framing in ["raw", "line"] {
        let config = r#"{"mode": "talk"}"#;
        let ours = ["--handler", "chat", "--framing", framing, "--config", config];
        client("talk_client.py", &ours);
        let ran = server("talk_server.py", &[&ours[..], &["--messages", "20"]].concat(), true);
        is_done(&ran, 20);
    }
}

/// `drive` met servers that refuse, exactly as often as it should.
#[track_caller]
fn is_split(ran: &crate::harness::Ran, done: u64, rejected: u64) {
    let told = format!("{} started: {done} done, 0 wrong, {rejected} rejected", done + rejected);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains(&told), "{told}: {ran}");
}

#[test]
fn a_challenge_and_its_hmac() {
    let framing = ["--framing", "{ kind = \"len32le\", signed = true }", "--handler", "auth"];
    let config = r#"{"secret": {"insecure": "a shared key"}}"#;
    let ran = client("hmac_client.py", &[&framing[..], &["--config", config]].concat());
    assert!(ran.stdout.contains("accepted 2") && ran.stdout.contains("rejected 4"), "{ran}");
    let config = r#"{"secret": {"insecure": "a shared key"}, "wrong-keys": "25%"}"#;
    let load = ["--config", config, "--messages", "20"];
    is_split(&server("hmac_server.py", &[&framing[..], &load].concat(), true), 15, 5);
}

#[test]
fn a_login_prompt() {
    let handler = ["--framing", "line", "--handler", "auth", "--config"];
    let config = r#"{"mode": "login", "name": "ali", "secret": {"insecure": "open sesame"},
        "hash": {"memory-kib": 64, "passes": 1}}"#;
    let ran = client("login_client.py", &[&handler[..], &[config]].concat());
    assert!(ran.stdout.contains("accepted 2") && ran.stdout.contains("rejected 2"), "{ran}");
    let load = [config, "--messages", "10"];
    is_done(&server("login_server.py", &[&handler[..], &load].concat(), true), 10);
}
