//! A loaded plugin, called as the event loop calls it.

#[path = "fixtures/recorder.rs"]
mod recorder;

use recorder::{Recorder, built, crumb};
use wirebench::handler::{FinishAs, Handler, HookErrorKind, SendResult};
use wirebench::host::{Crumb, Library};

fn echo() -> Library {
    Library::load(&built("echo")).unwrap()
}

#[test]
fn a_loaded_plugin_says_what_it_is() {
    let echo = echo();
    assert_eq!(echo.id(), "wirebench.echo");
    assert_eq!(echo.version(), env!("CARGO_PKG_VERSION"));
    assert_eq!(echo.abi(), (1, 4));
    assert!(echo.sdk().starts_with("wirebench-sdk "), "{}", echo.sdk());
    assert_eq!(echo.handlers().len(), 1);
    assert_eq!(echo.handlers()[0].name, "echo");
    assert!(echo.framings().is_empty());
}

#[test]
fn the_echo_server_sends_each_message_back_with_its_token() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    let mut server = echo().server(None, "{}", &mut side, crumb).unwrap();
    let mut session = server.open(&mut side, 3).unwrap();
    server.message(&mut side, 3, &mut session, 41, b"one").unwrap();
    server.message(&mut side, 3, &mut session, 42, b"").unwrap();
    server.close(&mut side, 3, session).unwrap();
    assert_eq!(side.sent, [(3, 41, b"one".to_vec()), (3, 42, vec![])]);
}

#[test]
fn the_echo_server_keeps_what_finds_no_room_until_it_is_writable() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    let mut server = echo().server(None, "", &mut side, crumb).unwrap();
    let mut session = server.open(&mut side, 0).unwrap();
    side.answer = Some(SendResult::Full);
    server.message(&mut side, 0, &mut session, 1, b"a").unwrap();
    side.answer = None;
    server.message(&mut side, 0, &mut session, 2, b"b").unwrap();
    assert!(side.sent.is_empty(), "the second must not overtake the first");
    server.writable(&mut side, 0, &mut session).unwrap();
    assert_eq!(side.sent, [(0, 1, b"a".to_vec()), (0, 2, b"b".to_vec())]);
}

#[test]
fn the_echo_client_sends_the_payload_and_finishes_with_the_answer() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    side.payload = b"seeded".to_vec();
    let mut client = echo().client(Some("echo"), "{}", &mut side, crumb).unwrap();
    let mut session = client.open(&mut side, 9).unwrap();
    client.start(&mut side, 9, &mut session, 5).unwrap();
    client.message(&mut side, 9, &mut session, 5, b"anything").unwrap();
    assert_eq!(side.sent, [(9, 5, b"seeded".to_vec())]);
    assert_eq!(side.finished, [(5, FinishAs::Done, String::new())]);
}

#[test]
fn the_echo_client_compares_the_answer_when_told_to() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    side.payload = b"seeded".to_vec();
    let mut client = echo().client(None, r#"{"verify": true}"#, &mut side, crumb).unwrap();
    let mut session = client.open(&mut side, 9).unwrap();
    client.message(&mut side, 9, &mut session, 5, b"seeded").unwrap();
    client.message(&mut side, 9, &mut session, 6, b"seedeD").unwrap();
    assert_eq!(side.finished[0], (5, FinishAs::Done, String::new()));
    assert_eq!(side.finished[1], (6, FinishAs::Wrong, "the answer differs".into()));
}

#[test]
fn a_fault_in_the_configuration_is_pointed_at() {
    let mut side = Recorder::default();
    let error = echo().client(None, r#"{"verify": 3}"#, &mut side, crumb()).err().unwrap();
    assert_eq!(error.pointer, "/verify");
    assert!(error.message.contains("expected a boolean"), "{error}");
    let error = echo().client(Some("ecko"), "{}", &mut side, crumb()).err().unwrap();
    assert!(error.message.contains("no handler `ecko`; it has `echo`"), "{error}");
}

#[test]
fn a_session_of_another_instance_is_refused() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    let mut one = echo().server(None, "{}", &mut side, crumb).unwrap();
    let mut other = echo().server(None, "{}", &mut side, crumb).unwrap();
    let mut session = one.open(&mut side, 1).unwrap();
    let error = other.message(&mut side, 1, &mut session, 1, b"x").unwrap_err();
    assert_eq!(error.kind, HookErrorKind::WrongSession);
    assert!(side.sent.is_empty());
}

#[test]
fn the_breadcrumb_counts_hooks_and_names_none_when_idle() {
    let (mut side, crumb) = (Recorder::default(), crumb());
    let mut server = echo().server(None, "{}", &mut side, crumb).unwrap();
    let mut session = server.open(&mut side, 3).unwrap();
    server.message(&mut side, 3, &mut session, 1, b"x").unwrap();
    let seen = Crumb::read(crumb);
    assert_eq!((seen.running, seen.failed, seen.hooks_called), (None, None, 3));
}

/// The faulty plugin's client, told to do something harmless in `open`.
fn opened_with(fault: &str) -> Recorder {
    let mut side = Recorder::default();
    let config = format!(r#"{{"hook": "open", "fault": "{fault}"}}"#);
    let library = Library::load(&built("faulty")).unwrap();
    let mut client = library.client(None, &config, &mut side, crumb()).unwrap();
    let session = client.open(&mut side, 4).unwrap();
    client.close(&mut side, 4, session).unwrap();
    side
}

#[test]
fn a_post_from_a_thread_reaches_the_mailbox_of_the_side() {
    let side = opened_with("post");
    assert_eq!(*side.mail.lock().unwrap(), [(4, b"posted".to_vec())]);
}

#[test]
fn a_timer_is_set_and_cancelled_through_the_extension() {
    assert_eq!(opened_with("set-timer").timers, [(4, 5, 1_000_000_000), (4, 6, u64::MAX)]);
}

#[test]
fn a_log_line_reaches_the_side_with_its_level() {
    assert_eq!(opened_with("print").logged, [(2, "logged by the plugin".to_owned())]);
}
