//! The server through the kit: real commands, no socket.

mod bounds;
mod garbage;
mod order;

use crate::Exec;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wirebench_sdk::kit::{Answer, Failure, Kit, Places, server, server_in};

/// Only a handler that hangs takes so long.
const AT_ALL: Duration = Duration::from_secs(60);

/// A server in a folder of its own.
struct Bench {
    // Dropped first: nothing may run in the folder any more.
    kit: Kit,
    folder: TempDir,
}

impl Bench {
    #[track_caller]
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { scratch: Some(folder.path()), scenario: Some(folder.path()) };
        Self { kit: server_in::<Exec>(config, places).unwrap(), folder }
    }

    /// Takes any command line.
    #[track_caller]
    fn shell(more: &str) -> Self {
        Self::new(&format!(r#"{{ "shell": true{more} }}"#))
    }

    /// Asks, and waits for so many messages; their bytes.
    #[track_caller]
    fn ask(&mut self, session: u32, request: &str, messages: u64) -> Vec<Vec<u8>> {
        let before = self.kit.sent_count();
        self.kit.message(session, before + 1, request.as_bytes()).unwrap();
        self.wait(before + messages);
        let sent = self.kit.sent()[before as usize..].iter();
        sent.inspect(|one| assert_eq!(one.token, before + 1)).map(|one| one.bytes.clone()).collect()
    }

    /// The only message that answers a request on a new session, as text.
    #[track_caller]
    fn answer(&mut self, request: &str) -> String {
        let session = self.kit.open().unwrap();
        let mut messages = self.ask(session, request, 1);
        String::from_utf8(messages.remove(0)).unwrap()
    }

    /// Waits until so many messages have been sent.
    #[track_caller]
    fn wait(&mut self, messages: u64) {
        while self.kit.sent_count() < messages {
            assert!(
                self.kit.deliver_mail(AT_ALL).unwrap(),
                "no answer came: {:?}",
                self.kit.sent()
            );
        }
    }

    #[track_caller]
    fn counted(&self, kind: &str) -> u64 {
        self.kit.counted(kind).unwrap_or_else(|| panic!("`{kind}` is not declared")).0
    }

    fn example(&self, kind: &str) -> &str {
        self.kit.counted(kind).map_or("", |(_, example)| example)
    }

    /// The process whose number a command writes to this file of its folder.
    #[track_caller]
    fn process(&self, file: &str) -> u32 {
        let (path, begun) = (self.folder.path().join(file), Instant::now());
        loop {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if let Some(pid) = text.strip_suffix('\n') {
                return pid.parse().unwrap();
            }
            assert!(begun.elapsed() < AT_ALL, "{file} was never written");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Waits until a process has ended. One that only waits to be reaped by a foreign parent has.
#[track_caller]
fn ends(pid: u32) {
    let begun = Instant::now();
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        match stat.rsplit_once(") ") {
            None => return,
            Some((_, rest)) if rest.starts_with(['Z', 'X']) => return,
            Some(_) => assert!(begun.elapsed() < AT_ALL, "{pid} lives on: {stat}"),
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[track_caller]
fn refused(config: &str) -> Failure {
    server::<Exec>(config).err().expect("the configuration is refused")
}

const COMMANDS: &str = r#"
    "tell": { "run": ["echo"], "arguments": "append" },
    "upper": { "run": ["tr", "a-z", "A-Z"], "arguments": "append", "stdin": "arguments" },
    "nothing": ["true"]
"#;

fn declared(more: &str) -> Bench {
    Bench::new(&format!(r#"{{ "commands": {{ {COMMANDS} }}{more} }}"#))
}

#[test]
fn what_a_command_writes_is_the_answer() {
    let mut bench = declared("");
    assert_eq!(bench.answer("tell 'a  b' c\n"), "a  b c\n");
    assert_eq!(bench.answer("upper straight on"), "STRAIGHT ON");
    assert_eq!(bench.answer("nothing"), "");
    assert_eq!((bench.counted("commands"), bench.counted("empty-answer")), (3, 1));
}

#[test]
fn a_shell_is_refused_unless_it_is_asked_for() {
    let failure = refused("{}");
    assert_eq!(failure.pointer, "/commands");
    let mut bench = declared("");
    assert_eq!(bench.answer("tell $(id) ; `id` | cat"), "$(id) ; `id` | cat\n");
    assert_eq!(bench.answer("sh -c id"), "exec: unknown command: sh");
    assert_eq!(bench.counted("unknown-command"), 1);
    assert_eq!(Bench::shell("").answer("echo $((40 + 2)) | cat"), "42\n");
}

#[test]
fn a_configuration_is_checked_without_a_place_to_run_in() {
    assert!(server::<Exec>(r#"{ "commands": { "now": ["date"] } }"#).is_ok());
    for (config, pointer) in [
        (r#"{ "shell": true, "timeout": "0ms" }"#, "/timeout"),
        (r#"{ "shell": true, "timeout": "soon" }"#, "/timeout"),
        (r#"{ "shell": true, "max-processes": 0 }"#, "/max-processes"),
        (r#"{ "shell": true, "encoding": "bytes" }"#, "/encoding"),
        (r#"{ "shell": true, "encoding": "klingon" }"#, "/encoding"),
        (r#"{ "shell": true, "reply": "three" }"#, "/reply"),
        (r#"{ "shell": true, "environment": { "A=B": "" } }"#, "/environment"),
        (
            r#"{ "commands": { "now": { "run": ["date"], "argument": "none" } } }"#,
            "/commands/now/argument",
        ),
        (r#"{ "commands": { "now": ["no-such-program-anywhere"] } }"#, "/commands/now"),
    ] {
        assert_eq!(refused(config).pointer, pointer, "{config}");
    }
}

#[test]
fn both_outputs_are_answered_in_the_way_that_is_set() {
    for (reply, answers) in [
        ("both", ["outerr", "err", "out"].map(|one| vec![one])),
        ("stderr-or-stdout", ["err", "err", "out"].map(|one| vec![one])),
        ("stdout-or-stderr", ["out", "err", "out"].map(|one| vec![one])),
        ("two", [vec!["err", "out"], vec!["err", ""], vec!["", "out"]]),
    ] {
        let mut bench = Bench::shell(&format!(r#", "reply": "{reply}""#));
        let session = bench.kit.open().unwrap();
        let requests = ["printf out; printf err >&2", "printf err >&2", "printf out"];
        for (request, expected) in requests.into_iter().zip(answers) {
            let got = bench.ask(session, request, expected.len() as u64);
            let got: Vec<_> = got.iter().map(|one| str::from_utf8(one).unwrap()).collect();
            assert_eq!(got, expected, "{reply}: {request}");
        }
    }
}

#[test]
fn how_a_command_ends_is_counted_and_told_when_asked() {
    let mut bench = Bench::shell(r#", "status": true"#);
    let answer = bench.answer("echo here; exit 3");
    assert!(answer.starts_with("here\n[exit 3 after ") && answer.ends_with(" ms]"), "{answer}");
    assert!(bench.answer("kill -TERM $$").starts_with("[signal 15 after "));
    assert!(bench.answer("true").starts_with("[exit 0 after "));
    assert_eq!((bench.counted("exit-nonzero"), bench.counted("signalled")), (1, 1));
    assert!(bench.example("exit-nonzero").starts_with("echo: exit 3 after "));
    assert_eq!(Bench::shell("").answer("echo here; exit 3"), "here\n");
}

#[test]
fn a_command_gets_nothing_of_the_server_but_what_is_meant_for_it() {
    let mut bench = Bench::shell(r#", "environment": { "GIVEN": "so" }"#);
    let environment = bench.answer("/usr/bin/env");
    let names: Vec<_> = environment.lines().filter_map(|line| line.split_once('=')).collect();
    // A shell sets PWD, SHLVL, OLDPWD and _ itself.
    let known = ["PATH", "LANG", "LC_ALL", "GIVEN", "PWD", "SHLVL", "OLDPWD", "_"];
    assert!(names.iter().all(|(name, _)| known.contains(name)), "{environment}");
    assert!(names.contains(&("GIVEN", "so")), "{environment}");
    let folder = bench.folder.path().canonicalize().unwrap();
    assert_eq!(PathBuf::from(bench.answer("pwd -P").trim_end()), folder);
    assert_eq!(bench.answer("cat"), "", "standard input is empty");
    // The last is the listing itself.
    assert_eq!(bench.answer("exec ls /proc/self/fd"), "0\n1\n2\n3\n");
}

#[test]
fn what_cannot_be_started_is_told_and_the_next_request_is_served() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("broken");
    std::fs::write(&program, b"\x7fELF, but not really").unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let path = program.display();
    let mut bench =
        Bench::new(&format!(r#"{{ "commands": {{ "broken": ["{path}"], {COMMANDS} }} }}"#));
    let answer = bench.answer("broken");
    assert!(answer.starts_with("exec: not started: broken: "), "{answer}");
    assert_eq!(bench.counted("not-started"), 1);
    assert_eq!(bench.answer("tell on"), "on\n");
}

#[test]
fn output_is_converted_and_what_is_no_text_is_counted() {
    let mut bench = Bench::shell(r#", "encoding": "gbk""#);
    let session = bench.kit.open().unwrap();
    let wire = bench.ask(session, r"printf '\344\275\240\345\245\275'", 1);
    assert_eq!(wire[0], b"\xc4\xe3\xba\xc3");

    let mut bench = Bench::shell(r#", "command-encoding": "gbk""#);
    assert_eq!(bench.answer(r"printf '\304\343\272\303'"), "\u{4f60}\u{597d}");
    assert_eq!(bench.counted("malformed-output"), 0);

    let mut bench = Bench::shell("");
    assert_eq!(bench.answer(r"printf 'a\304\343'"), "a\u{fffd}\u{fffd}");
    assert_eq!(bench.counted("malformed-output"), 1);
    assert_eq!(
        bench.example("malformed-output"),
        "printf: its output is no UTF-8 text: byte 0xc4 at 1, read c4 e3"
    );

    let mut bench = Bench::shell(r#", "encoding": "bytes", "command-encoding": "bytes""#);
    let session = bench.kit.open().unwrap();
    assert_eq!(bench.ask(session, r"printf '\304\000'", 1)[0], b"\xc4\x00");
}

#[test]
fn an_answer_waits_for_room_and_the_next_command_with_it() {
    let mut bench = declared("");
    let session = bench.kit.open().unwrap();
    bench.kit.answer(Answer::Full);
    bench.kit.message(session, 1, b"tell one").unwrap();
    bench.kit.message(session, 2, b"tell two").unwrap();
    assert!(bench.kit.deliver_mail(AT_ALL).unwrap());
    assert_eq!((bench.kit.sent_count(), bench.counted("commands")), (0, 1));
    bench.kit.answer(Answer::Sent);
    bench.kit.writable(session).unwrap();
    bench.wait(2);
    let sent: Vec<_> = bench.kit.sent().iter().map(|one| (one.token, &*one.bytes)).collect();
    assert_eq!(sent, [(1, &b"one\n"[..]), (2, b"two\n")]);
}

#[test]
fn an_answer_that_fits_into_no_message_is_counted_and_the_session_lives() {
    let mut bench = declared("");
    let session = bench.kit.open().unwrap();
    bench.kit.answer(Answer::TooLarge);
    let line = format!("tell {}", "x".repeat(200));
    bench.kit.message(session, 1, line.as_bytes()).unwrap();
    assert!(bench.kit.deliver_mail(AT_ALL).unwrap());
    assert_eq!(bench.counted("answer-too-large"), 1);
    bench.kit.answer(Answer::Sent);
    assert_eq!(bench.ask(session, "tell on", 1)[0], b"on\n");
}
