//! Each conversation twice: their client with our server, our client with theirs.

use crate::harness::Bench;
use crate::python::{
    client, client_with, complaint, misbehaving_client, misbehaving_server, server,
};
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
fn an_unframed_command_with_an_answer_that_is_announced() {
    let framings = ["--request-framing", "raw", "--reply-framing", "handshake"];
    let config = commands("stderr-or-stdout");
    let ours = ["--handler", "exec", "--config", &config];
    client("asked_client.py", &[&ours[..], &framings].concat());
    let asked = r#"{"ask": ["say hello {token}"]}"#;
    let ours = ["--handler", "exec", "--config", asked, "--messages", "10"];
    let ran = server("asked_server.py", &[&ours[..], &framings].concat(), true);
    is_done(&ran, 10);
}

#[test]
fn a_receiver_that_adds_up_the_running_total_is_found_out() {
    let framings = ["--request-framing", "raw", "--reply-framing", "handshake"];
    let config = commands("both");
    let ours = ["--handler", "exec", "--config", &config];
    let told = complaint("miscounting_client.py", &[&ours[..], &framings].concat());
    assert!(told.contains("got b'xxx") && told.contains("wanted b'xxx"), "{told}");
    let ours = ["--handler", "echo", "--config", VERIFY, "--framing", "handshake"];
    let load = ["--messages", "1", "--payload", "3072 B"];
    let ran = server("miscounting_server.py", &[&ours[..], &load].concat(), false);
    assert!(
        ran.stdout.contains("1 started: 0 done") && ran.stdout.contains("1 truncated"),
        "{ran}"
    );
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
fn unix_datagrams_of_clients_that_are_bound_and_of_one_that_is_not() {
    let unixgram = ["--handler", "echo", "--framing", "raw", "--transport", "unixgram"];
    let ran = misbehaving_client("unixgram_client.py", "", &unixgram);
    let nameless = "accept 4, first: a datagram from a socket without a name, which cannot be \
                    answered: bind the client's socket to a path of its own";
    for told in ["4 sessions", "52 messages in", "52 messages out", nameless] {
        assert!(ran.stdout.contains(told), "{told}: {ran}");
    }
    let load = ["--config", VERIFY, "--connections", "3", "--messages", "60"];
    let drive = [&unixgram[..], &load].concat();
    is_done(&misbehaving_server("unixgram_server.py", "60", &drive, true), 60);
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

#[test]
fn a_q_that_nobody_answers() {
    let config = r#"{"mode": "talk", "goodbye": false, "quit-after": 10}"#;
    let ours = ["--handler", "chat", "--framing", "raw", "--config", config];
    let ran = client("silent_talk_client.py", &ours);
    assert!(ran.stdout.contains("4 sessions") && ran.stdout.contains("quit 4"), "{ran}");
    let load = ["--messages", "20"];
    is_done(&server("silent_talk_server.py", &[&ours[..], &load].concat(), false), 20);
    let bench = Bench::new();
    let script = bench.write("talk.txt", "hello\nq\nhello again\nQ\n");
    let script = ["--input", script.to_str().expect("UTF-8")];
    let ran = server("silent_talk_server.py", &[&ours[..], &script].concat(), false);
    is_done(&ran, 4);
    assert_eq!(ran.stdout, "hello\nhello again\n");
}

#[test]
fn a_q_of_the_server() {
    let config = r#"{"mode": "talk", "goodbye": false, "server-quits-after": 3}"#;
    let ours = ["--handler", "chat", "--framing", "raw", "--config", config];
    let ran = client("quit_client.py", &ours);
    assert!(ran.stdout.contains("server-quit 2"), "{ran}");
    let ran = server("quitting_server.py", &[&ours[..], &["--messages", "20"]].concat(), true);
    is_split(&ran, 16, 4);
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
fn a_verdict_that_is_only_the_end_of_the_connection() {
    let framing = ["--framing", "raw", "--handler", "auth"];
    let config = r#"{"secret": {"insecure": "a shared key"}, "verdict": "end"}"#;
    let ran = client("silent_hmac_client.py", &[&framing[..], &["--config", config]].concat());
    assert!(ran.stdout.contains("accepted 2") && ran.stdout.contains("rejected 4"), "{ran}");
    let config = r#"{"secret": {"insecure": "a shared key"}, "verdict": "end", "wrong-keys": "25%",
        "patience": "300ms"}"#;
    let load = ["--config", config, "--messages", "8"];
    let ran = server("silent_hmac_server.py", &[&framing[..], &load].concat(), true);
    let told = "8 started: 0 done, 0 wrong, 0 rejected, 8 unanswered";
    assert!(ran.stdout.contains(told), "{ran}");
    assert!(ran.stdout.contains("sent-unjudged 6"), "{ran}");
    assert!(ran.stdout.contains("refused-by-end 2"), "{ran}");
    assert!(!ran.stdout.contains("right-refused"), "{ran}");
}

#[test]
fn a_talk_in_gbk() {
    let raw = ["--framing", "raw", "--handler"];
    let echo = ["echo", "--config", r#"{"encoding": "gbk"}"#];
    let chat = ["chat", "--config", r#"{"mode": "talk", "encoding": "gbk", "goodbye": false}"#];
    let told = "no GBK text: byte 0xff at 3, read ff 21";
    for (handler, answer) in [(echo, "abc\\xff!"), (chat, &format!("! {told}"))] {
        let ours = [&raw[..], &handler].concat();
        let ran = client_with("gbk_client.py", &[answer], &ours);
        assert!(ran.stdout.contains(&format!("undecodable 2, first: session 1: {told}")), "{ran}");
        let bench = Bench::new();
        let script = bench.write("talk.txt", "\u{4f60}\u{597d}\nabc\n");
        let script = ["--input", script.to_str().expect("UTF-8")];
        let ran = server("gbk_server.py", &[&ours[..], &script].concat(), false);
        let told = "the answer is no GBK text: byte 0xff at 3, read ff";
        assert!(ran.stderr.contains("2 started: 1 done, 1 wrong"), "{ran}");
        assert!(ran.stderr.contains(told), "{ran}");
    }
}

#[test]
fn commands_in_utf_8_with_answers_in_gbk() {
    let framings = ["--request-framing", "raw", "--reply-framing", "len32le"];
    let apart = r#"encoding = { request = "utf-8", reply = "gbk" }"#;
    let config = commands("both").replacen('{', &format!("{{ {apart}, "), 1);
    let ours = ["--handler", "exec", "--config", &config];
    client("gbk_command_client.py", &[&ours[..], &framings].concat());
    let config = format!(
        "{{ {apart}, ask = [\"say \u{4f60}\u{597d} {{token}}\"], expect = {{ say = '\u{4f60}\u{597d}' }} }}"
    );
    let ours = ["--handler", "exec", "--config", &config, "--messages", "8"];
    let ran = server("gbk_command_server.py", &[&ours[..], &framings].concat(), false);
    assert!(ran.stdout.contains("8 started: 6 done, 2 wrong"), "{ran}");
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
