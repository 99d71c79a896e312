//! Several messages, or exchanges, that a plugin is given in one call: what comes of them is what comes of
//! as many calls, and a crash names one of them.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{repository, shared_object, shared_object_against};
use recorder::{Recorder, built, crumb};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use wirebench::handler::{BatchMessage, FinishAs, Handler, Hook, HookError, HookErrorKind};
use wirebench::host::{Breadcrumb, Call, Crumb, Instance, Library};
use wirebench::ledger::InBatch;
use wirebench::net::memfd;

static TEXTS: [&str; 5] = ["a", "b", "", "d", "e"];

/// The first so many messages, of the exchanges 1, 2 and so on.
fn messages(count: usize) -> Vec<BatchMessage<'static>> {
    let message =
        |(token, text): (u64, &&'static str)| BatchMessage { token, bytes: text.as_bytes() };
    (1..).zip(&TEXTS[..count]).map(message).collect()
}

/// The same, as they are sent back on a session.
fn answers(session: u32, count: usize) -> Vec<(u32, u64, Vec<u8>)> {
    let answer = |message: BatchMessage<'_>| (session, message.token, message.bytes.to_vec());
    messages(count).into_iter().map(answer).collect()
}

/// The fixture in C, built with some flags.
fn in_c(folder: &Path, flags: &[&str]) -> Library {
    Library::load(&shared_object(folder, "c_batch", flags)).unwrap()
}

/// What comes of five messages that a server is given together on this session.
fn serve(
    library: &Library,
    config: &str,
    session: u32,
    crumb: &'static Breadcrumb,
    side: &mut Recorder,
) -> (usize, Result<(), HookError>) {
    let mut server = library.server(None, config, side, crumb).unwrap();
    let mut state = server.open(side, session).unwrap();
    server.messages(side, session, &mut state, &messages(5))
}

/// The same, of the fixture in C.
fn serve_in_c(flags: &[&str], session: u32) -> (usize, Result<(), HookError>, Recorder) {
    let (folder, mut side) = (tempfile::tempdir().unwrap(), Recorder::default());
    let (handled, outcome) = serve(&in_c(folder.path(), flags), "{}", session, crumb(), &mut side);
    (handled, outcome, side)
}

#[test]
fn messages_in_one_call_are_answered_in_order_and_each_answer_is_about_its_message() {
    let folder = tempfile::tempdir().unwrap();
    for library in [Library::load(&built("echo")).unwrap(), in_c(folder.path(), &[])] {
        let (crumb, mut side) = (crumb(), Recorder::default());
        let (handled, outcome) = serve(&library, "{}", 3, crumb, &mut side);
        assert_eq!((handled, outcome), (5, Ok(())));
        assert_eq!(side.sent, answers(3, 5));
        assert_eq!(side.told, [0, 1, 2, 3, 4]);
        let seen = Crumb::read(crumb);
        assert_eq!((seen.running, seen.running_at, seen.failed), (None, None, None));
        assert_eq!(seen.hooks_called, 7, "create, open, and each message by itself");
    }
}

#[test]
fn exchanges_in_one_call_begin_with_consecutive_tokens_and_answers_in_one_call_end_them() {
    let folder = tempfile::tempdir().unwrap();
    for library in [Library::load(&built("echo")).unwrap(), in_c(folder.path(), &[])] {
        let (crumb, mut side) = (crumb(), Recorder::default());
        side.payload = b"seeded".to_vec();
        let mut client = library.client(None, "{}", &mut side, crumb).unwrap();
        let mut state = client.open(&mut side, 9).unwrap();
        assert_eq!(client.starts(&mut side, 9, &mut state, 7, 3), (3, Ok(())));
        let sent = [7, 8, 9].map(|token| (9, token, b"seeded".to_vec()));
        assert_eq!(side.sent, sent);
        assert_eq!(side.told, [0, 1, 2]);
        assert_eq!(Crumb::read(crumb).hooks_called, 5);
    }
    let mut side = Recorder::default();
    let library = Library::load(&built("echo")).unwrap();
    let mut client = library.client(None, "{}", &mut side, crumb()).unwrap();
    let mut state = client.open(&mut side, 9).unwrap();
    assert_eq!(client.messages(&mut side, 9, &mut state, &messages(2)), (2, Ok(())));
    let done = [1, 2].map(|token| (token, FinishAs::Done, String::new()));
    assert_eq!(side.finished, done);
}

#[test]
fn nothing_in_one_call_is_no_call() {
    let (crumb, mut side) = (crumb(), Recorder::default());
    let library = Library::load(&built("echo")).unwrap();
    let mut client = library.client(None, "{}", &mut side, crumb).unwrap();
    let mut state = client.open(&mut side, 9).unwrap();
    assert_eq!(client.messages(&mut side, 9, &mut state, &[]), (0, Ok(())));
    assert_eq!(client.starts(&mut side, 9, &mut state, 7, 0), (0, Ok(())));
    assert_eq!(Crumb::read(crumb).hooks_called, 2);
}

#[test]
fn of_a_single_message_the_side_is_not_told_which_one_it_is() {
    let mut side = Recorder::default();
    let library = Library::load(&built("echo")).unwrap();
    let mut server = library.server(None, "{}", &mut side, crumb()).unwrap();
    let mut state = server.open(&mut side, 3).unwrap();
    server.message(&mut side, 3, &mut state, 1, b"x").unwrap();
    assert!(side.told.is_empty());
}

#[test]
fn a_plugin_that_was_built_for_minor_2_is_given_the_messages_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let header = repository().join("tests/fixtures/c/minor_2");
    let library = Library::load(&shared_object_against(&header, folder.path(), "c_echo")).unwrap();
    assert_eq!(library.abi(), (1, 2));
    let (crumb, mut side) = (crumb(), Recorder::default());
    assert_eq!(serve(&library, "{}", 3, crumb, &mut side), (5, Ok(())));
    assert_eq!(side.sent, answers(3, 5));
    assert_eq!(Crumb::read(crumb).hooks_called, 7);
    // Before each call, and not by the host's functions within it.
    assert_eq!(side.told, [0, 1, 2, 3, 4]);

    let mut side = Recorder { last: Some(1), ..Recorder::default() };
    assert_eq!(serve(&library, "{}", 3, crumb, &mut side), (2, Ok(())));
    let mut client = library.client(None, "{}", &mut side, crumb).unwrap();
    let mut state = client.open(&mut side, 9).unwrap();
    assert_eq!(client.starts(&mut side, 9, &mut state, 7, 3), (2, Ok(())));
}

#[test]
fn no_message_is_begun_behind_the_one_after_which_the_side_says_stop() {
    let folder = tempfile::tempdir().unwrap();
    for library in [Library::load(&built("echo")).unwrap(), in_c(folder.path(), &[])] {
        let mut side = Recorder { last: Some(2), ..Recorder::default() };
        assert_eq!(serve(&library, "{}", 3, crumb(), &mut side), (3, Ok(())));
        assert_eq!(side.sent, answers(3, 3));
        let mut client = library.client(None, "{}", &mut side, crumb()).unwrap();
        let mut state = client.open(&mut side, 9).unwrap();
        assert_eq!(client.starts(&mut side, 9, &mut state, 7, 5), (3, Ok(())));
    }
}

#[test]
fn a_plugin_may_want_the_others_in_another_call() {
    let (handled, outcome, side) = serve_in_c(&["-DFAULT_TAKES_TWO"], 3);
    assert_eq!((handled, outcome), (2, Ok(())));
    assert_eq!(side.sent, answers(3, 2));
}

#[test]
fn a_plugin_that_handles_none_has_failed() {
    let (handled, outcome, _) = serve_in_c(&["-DFAULT_TAKES_NONE"], 3);
    let error = outcome.unwrap_err();
    assert_eq!((handled, error.hook, error.kind), (0, Hook::Message, HookErrorKind::Error));
    assert!(error.text.contains("none of the 5"), "{error}");
}

#[test]
fn a_plugin_that_fails_says_at_which_message() {
    let (handled, outcome, side) = serve_in_c(&["-DFAULT_FAILS"], 3);
    assert_eq!((handled, outcome.unwrap_err().text.as_str()), (2, "the third"));
    assert_eq!(side.sent, answers(3, 2));
}

#[test]
fn a_number_that_no_message_has_is_taken_for_the_last_one() {
    let (handled, outcome, side) = serve_in_c(&["-DFAULT_NONSENSE"], 0);
    assert_eq!((handled, outcome), (5, Ok(())));
    assert_eq!(side.told, [4; 5]);
    let (handled, outcome, _) = serve_in_c(&["-DFAULT_NONSENSE"], 3);
    assert_eq!((handled, outcome.unwrap_err().text.as_str()), (4, "nonsense"));
}

/// The faulty plugin's server, that goes wrong at the third message.
fn third(fault: &str, crumb: &'static Breadcrumb) -> (usize, HookError, Recorder) {
    let config = format!(r#"{{"hook": "message", "fault": "{fault}", "after": 2}}"#);
    let (library, mut side) = (Library::load(&built("faulty")).unwrap(), Recorder::default());
    let (handled, outcome) = serve(&library, &config, 3, crumb, &mut side);
    (handled, outcome.unwrap_err(), side)
}

#[test]
fn a_panic_names_its_message_and_ends_the_batch() {
    let crumb = crumb();
    let (handled, error, side) = third("panic", crumb);
    assert_eq!((handled, error.kind), (2, HookErrorKind::Panic));
    assert_eq!(side.sent, answers(3, 2));
    let seen = Crumb::read(crumb);
    let call = Call { plugin: 0, hook: Hook::Message, session: Some(3) };
    assert_eq!((seen.running, seen.failed), (None, Some(call)));
    assert_eq!(seen.failed_at, Some(InBatch { index: 2, count: 5 }));
    assert_eq!(seen.hooks_called, 5, "create, open, and three messages");
}

#[test]
fn an_error_names_its_message_and_leaves_the_instance_usable() {
    let crumb = crumb();
    let (handled, error, side) = third("error", crumb);
    assert_eq!((handled, error.kind), (2, HookErrorKind::Error));
    assert_eq!(side.sent, answers(3, 2));
    let seen = Crumb::read(crumb);
    assert_eq!((seen.failed, seen.failed_at, seen.hooks_called), (None, None, 5));
}

#[test]
fn a_poisoned_instance_and_one_of_another_session_are_given_no_messages() {
    let library = Library::load(&built("faulty")).unwrap();
    let side = &mut Recorder::default();
    let faulty = |side: &mut Recorder| -> Instance<Recorder> {
        let config = r#"{"hook": "message", "fault": "panic"}"#;
        library.client(None, config, side, crumb()).unwrap()
    };
    let (mut client, mut other) = (faulty(side), faulty(side));
    let mut state = client.open(side, 1).unwrap();
    let (handled, refused) = other.messages(side, 1, &mut state, &messages(2));
    assert_eq!((handled, refused.unwrap_err().kind), (0, HookErrorKind::WrongSession));
    client.messages(side, 1, &mut state, &messages(2)).1.unwrap_err();
    let (handled, refused) = client.messages(side, 1, &mut state, &messages(2));
    assert_eq!((handled, refused.unwrap_err().kind), (0, HookErrorKind::Poisoned));
    let (handled, refused) = client.starts(side, 1, &mut state, 7, 2);
    assert_eq!((handled, refused.unwrap_err().kind), (0, HookErrorKind::Poisoned));
    assert!(side.sent.is_empty());
}

#[test]
fn a_server_begins_no_exchanges() {
    let (library, mut side) = (Library::load(&built("echo")).unwrap(), Recorder::default());
    let mut server = library.server(None, "{}", &mut side, crumb()).unwrap();
    let mut state = server.open(&mut side, 3).unwrap();
    let (handled, outcome) = server.starts(&mut side, 3, &mut state, 7, 2);
    assert_eq!((handled, outcome.unwrap_err().hook), (0, Hook::Start));
}

/// Where a process of this test finds the memory that it shares with it.
const LEDGER: &str = "WIREBENCH_TEST_LEDGER";

#[test]
fn after_a_crash_the_breadcrumb_names_the_message() {
    const THIS: &str = "after_a_crash_the_breadcrumb_names_the_message";
    if let Some(ledger) = std::env::var_os(LEDGER) {
        return crash(Path::new(&ledger));
    }
    let ledger = memfd::create(4_096).unwrap();
    let path = format!("/proc/{}/fd/{}", std::process::id(), ledger.owner.as_raw_fd());
    let this = std::env::current_exe().unwrap();
    let ended = Command::new(this).args(["--exact", THIS]).env(LEDGER, path).output().unwrap();
    assert_eq!(ended.status.signal(), Some(libc::SIGSEGV), "{ended:?}");

    let region = memfd::map_reader(&ledger.reader).unwrap();
    let seen = Crumb::read(region.breadcrumb());
    let call = Call { plugin: 0, hook: Hook::Message, session: Some(3) };
    assert_eq!((seen.running, seen.failed), (Some(call), None));
    assert_eq!(seen.running_at, Some(InBatch { index: 2, count: 5 }));
    assert_eq!(seen.hooks_called, 4, "create, open, and two messages");
}

/// Gives a plugin messages of which the third crashes it.
fn crash(ledger: &Path) {
    let file = std::fs::File::options().read(true).write(true).open(ledger).unwrap();
    let region = Box::leak(Box::new(memfd::map_owner(&file.into()).unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let library = in_c(folder.path(), &["-DFAULT_CRASHES"]);
    let _ = serve(&library, "{}", 3, region.breadcrumb(), &mut Recorder::default());
}
