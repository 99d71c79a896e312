//! Plugins that break a rule: each gets an error of its own, with the file, the cause and the
//! remedy.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{compile, shared_object};
use recorder::{Recorder, built, crumb};
use wirebench::handler::{Handler, HookErrorKind};
use wirebench::host::{ElfFault, Instance, Library, LoadFault};

/// The error of loading `broken.c` with one fault.
fn refusal(fault: &str) -> (LoadFault, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = shared_object(folder.path(), "broken", &[&format!("-DFAULT_{fault}")]);
    let error = Library::load(&file).expect_err("it breaks a rule");
    let text = error.to_string();
    assert!(text.contains(file.file_name().unwrap().to_str().unwrap()), "names the file: {text}");
    (error.fault, text)
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

#[test]
fn a_plugin_without_a_fault_loads() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::load(&shared_object(folder.path(), "broken", &[])).unwrap();
    assert_eq!(library.id(), "org.example.broken");
}

#[test]
fn a_newer_minor_loads() {
    let folder = tempfile::tempdir().unwrap();
    let file = shared_object(folder.path(), "broken", &["-DFAULT_NEWER_MINOR"]);
    assert_eq!(Library::load(&file).unwrap().abi(), (1, 9));
}

#[test]
fn a_plugin_of_the_first_minor_loads_and_nothing_behind_its_end_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let load = |flags: &[&str]| {
        let file = shared_object(folder.path(), "broken", flags);
        Library::load(&file).expect("it breaks no rule").debug_build()
    };
    assert_eq!(load(&["-DFAULT_MINOR_0"]), None);
    assert_eq!(load(&["-DFAULT_BUILD_NAMELESS"]), None);
    assert_eq!(load(&[]), Some(true));
}

#[test]
fn a_wrong_magic_is_refused() {
    let (fault, text) = refusal("MAGIC");
    assert_eq!(fault, LoadFault::Magic(0xdead_beef));
    says(&text, &["0x00000000deadbeef", "0x7769726562656e31", "rebuild"]);
}

#[test]
fn a_newer_major_is_refused_with_both_versions() {
    let (fault, text) = refusal("NEWER_MAJOR");
    assert_eq!(fault, LoadFault::Major { major: 2, minor: 4 });
    says(&text, &["interface 2.4", "speaks 1.4", "update wirebench"]);
}

#[test]
fn a_symbol_of_a_newer_major_is_refused_with_both_versions() {
    let (fault, text) = refusal("NEWER_SYMBOL");
    assert_eq!(fault, LoadFault::NoSymbol { other_major: Some(2) });
    says(&text, &["interface 2", "speaks 1.4", "update wirebench"]);
}

#[test]
fn a_missing_symbol_is_named() {
    let (fault, text) = refusal("MISSING_SYMBOL");
    assert_eq!(fault, LoadFault::NoSymbol { other_major: None });
    says(&text, &["wirebench_plugin_v1", "export_plugin!"]);
}

#[test]
fn a_short_descriptor_is_refused() {
    let (fault, text) = refusal("SHORT_PLUGIN");
    assert!(matches!(fault, LoadFault::Short { found: 40, .. }), "{fault:?}");
    says(&text, &["descriptor", "struct_size = 40", "at least 128"]);
}

#[test]
fn a_short_table_is_refused_and_the_plugin_named() {
    let (fault, text) = refusal("SHORT_SIDE");
    assert!(matches!(fault, LoadFault::Short { found: 16, .. }), "{fault:?}");
    says(&text, &["org.example.broken 1.2.3", "server side of handler `broken`"]);
}

#[test]
fn a_required_hook_that_is_null_is_named() {
    says(&refusal("NULL_HOOK").1, &["hook `message` of the server side of handler `broken`"]);
    says(&refusal("NULL_START").1, &["hook `start` of the client side of handler `broken`"]);
    says(&refusal("NO_SIDES").1, &["server and client table of handler `broken`"]);
    says(&refusal("NULL_HANDLER").1, &["handler 1 is null"]);
    says(&refusal("NULL_HANDLERS").1, &["array of handlers is null"]);
}

#[test]
fn counts_beyond_belief_are_refused() {
    let (fault, _) = refusal("HUGE_COUNT");
    assert!(matches!(fault, LoadFault::Count { found: usize::MAX, most: 64, .. }), "{fault:?}");
}

#[test]
fn a_plugin_that_brings_nothing_is_refused() {
    assert_eq!(refusal("EMPTY").0, LoadFault::Empty);
}

#[test]
fn two_handlers_of_one_name_are_refused() {
    says(&refusal("DUPLICATE").1, &["two handlers called `broken`"]);
}

#[test]
fn an_id_that_is_no_name_is_refused() {
    says(&refusal("ID_NOT_UTF8").1, &["id is not UTF-8", r#""bro\xffken""#]);
    says(&refusal("ID_EMPTY").1, &["id is empty"]);
    says(&refusal("ID_SPACE").1, &["id (`bro ken`) holds ' '"]);
    says(&refusal("ID_LONG").1, &["bytes long, at most 128"]);
}

#[test]
fn a_required_extension_that_is_unknown_is_named() {
    let (fault, text) = refusal("EXTENSION");
    assert_eq!(fault, LoadFault::Extension("org.example.telepathy/1".into()));
    says(&text, &["org.example.broken 1.2.3", "interface 1.4", "update wirebench"]);
}

#[test]
fn a_file_that_is_no_shared_object_is_told_before_it_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("text.so");
    std::fs::write(&file, "not an object").unwrap();
    assert_eq!(
        Library::load(&file).unwrap_err().to_string(),
        format!(
            "plugin {}: it begins with \"not an object\", a shared object for Linux with \
             \"\\x7fELF\"; name the .so file that the build made",
            file.canonicalize().unwrap().display()
        )
    );
    let error = Library::load(&folder.path().join("nothing.so")).unwrap_err();
    assert!(matches!(error.fault, LoadFault::Unreadable(_)), "{error}");
    let error = Library::load(folder.path()).unwrap_err();
    says(&error.to_string(), &["not a regular file"]);
}

#[test]
fn a_plugin_that_is_cut_off_anywhere_is_told_before_it_is_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(shared_object(folder.path(), "broken", &[])).unwrap();
    for length in (1..16).map(|part| whole.len() * part / 16).chain([whole.len() - 1]) {
        let file = folder.path().join("cut.so");
        std::fs::write(&file, &whole[..length]).unwrap();
        let error = Library::load(&file).unwrap_err();
        assert!(
            matches!(error.fault, LoadFault::Elf(ElfFault::CutOff { .. })),
            "{length}: {error}"
        );
        says(&error.to_string(), &["cut off", &format!("it has {length} bytes")]);
    }
}

#[test]
fn a_plugin_for_another_machine_is_told_with_both() {
    let folder = tempfile::tempdir().unwrap();
    let file = shared_object(folder.path(), "broken", &[]);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[18..20].copy_from_slice(&[243, 0]);
    std::fs::write(&file, bytes).unwrap();
    let here = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86-64" };
    let text = Library::load(&file).unwrap_err().to_string();
    says(&text, &["64-bit little-endian RISC-V", &format!("needs 64-bit little-endian {here}")]);
}

/// What is no plugin runs no code here, not even to be told that.
#[test]
fn the_constructors_of_a_library_without_a_descriptor_do_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let flags = ["-DFAULT_MISSING_SYMBOL", "-DFAULT_ABORT_ON_LOAD"];
    let error = Library::load(&shared_object(folder.path(), "broken", &flags)).unwrap_err();
    assert_eq!(error.fault, LoadFault::NoSymbol { other_major: None });
}

#[test]
fn what_is_not_linked_as_a_shared_object_is_told_as_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.c");
    std::fs::write(&source, "int main(void) { return 0; }").unwrap();
    for (flags, kind) in
        [(&["-c"][..], "an object file that is not linked yet"), (&[], "a program")]
    {
        let file = folder.path().join("main.so");
        compile(&source, &file, flags);
        let text = Library::load(&file).unwrap_err().to_string();
        says(&text, &[&format!("it is {kind}, not a shared object"), "cdylib"]);
    }
}

/// What the `message` hook of `broken.c` with one fault answers.
fn message(fault: &str) -> Result<(), wirebench::handler::HookError> {
    let folder = tempfile::tempdir().unwrap();
    let file = shared_object(folder.path(), "broken", &[&format!("-DFAULT_{fault}")]);
    let mut side = Recorder::default();
    let library = Library::load(&file).unwrap();
    let mut server = library.server(None, "{}", &mut side, crumb()).unwrap();
    let mut session = server.open(&mut side, 0).unwrap();
    server.message(&mut side, 0, &mut session, 1, b"x")
}

#[test]
fn an_error_text_that_is_not_utf8_is_shown_lossily_and_marked() {
    let error = message("INVALID_TEXT").unwrap_err();
    assert_eq!(error.kind, HookErrorKind::InvalidText);
    assert_eq!(error.text, "bad \u{fffd} text");
    says(&error.to_string(), &["`message`", "not UTF-8"]);
    assert_eq!(message("NULL_TEXT").unwrap_err().kind, HookErrorKind::InvalidText);
}

#[test]
fn a_status_without_a_text_is_shown_as_it_is() {
    let error = message("STATUS").unwrap_err();
    assert_eq!((error.kind, error.status), (HookErrorKind::Error, 77));
    says(&error.text, &["no reason", "77"]);
}

#[test]
fn arguments_that_break_a_rule_are_answered_not_followed() {
    message("NULL_MESSAGE").unwrap();
}

fn faulty(side: &mut Recorder, hook: &str, fault: &str) -> Instance<Recorder> {
    let config = format!(r#"{{"hook": "{hook}", "fault": "{fault}"}}"#);
    Library::load(&built("faulty")).unwrap().client(None, &config, side, crumb()).unwrap()
}

/// Calls the hook `name` of a client with an open session.
fn call(name: &str, fault: &str) -> (wirebench::handler::HookError, bool) {
    let side = &mut Recorder::default();
    let mut client = faulty(side, name, fault);
    let mut session = match client.open(side, 1) {
        Ok(session) => session,
        Err(error) => return (error, client.is_poisoned()),
    };
    let outcome = match name {
        "message" => client.message(side, 1, &mut session, 1, b"x"),
        "start" => client.start(side, 1, &mut session, 1),
        "timer" => client.timer(side, 1, &mut session, 1),
        "mail" => client.mail(side, 1, &mut session, b"x"),
        "writable" => client.writable(side, 1, &mut session),
        "ending" => client.ending(side, 1, &mut session),
        "close" => client.close(side, 1, session),
        other => panic!("no hook {other}"),
    };
    let poisoned = client.is_poisoned();
    (outcome.expect_err("it was told to go wrong"), poisoned)
}

const HOOKS: [&str; 8] =
    ["open", "message", "start", "timer", "mail", "writable", "ending", "close"];

#[test]
fn a_panic_in_any_hook_is_caught_and_poisons_the_instance() {
    for hook in HOOKS {
        let (error, poisoned) = call(hook, "panic");
        assert_eq!(error.kind, HookErrorKind::Panic, "{hook}");
        assert_eq!(error.hook.name(), hook);
        let told = format!("told to panic in {hook} (at tests/fixtures/faulty/src/lib.rs:");
        assert!(error.text.starts_with(&told), "{}", error.text);
        assert!(poisoned, "{hook}");
    }
}

#[test]
fn an_error_in_any_hook_carries_its_text_and_leaves_the_instance_usable() {
    for hook in HOOKS {
        let (error, poisoned) = call(hook, "error");
        assert_eq!(error.kind, HookErrorKind::Error, "{hook}");
        assert_eq!(error.text, format!("told to fail in {hook}"));
        assert!(!poisoned, "{hook}");
    }
}

#[test]
fn a_poisoned_instance_is_not_called_again() {
    let side = &mut Recorder::default();
    let mut client = faulty(side, "message", "panic");
    let mut session = client.open(side, 1).unwrap();
    client.message(side, 1, &mut session, 1, b"x").unwrap_err();
    let error = client.start(side, 1, &mut session, 2).unwrap_err();
    assert_eq!(error.kind, HookErrorKind::Poisoned);
    assert!(side.sent.is_empty());
}

#[test]
fn a_panic_while_the_handler_is_made_or_freed_is_survived() {
    let library = Library::load(&built("faulty")).unwrap();
    let side = &mut Recorder::default();
    let config = r#"{"hook": "new", "fault": "panic"}"#;
    let error = library.server(None, config, side, crumb()).err().unwrap();
    let told = "hook `create` panicked: told to panic in new (at tests/fixtures/faulty/src/lib.rs:";
    assert!(error.message.starts_with(told), "{}", error.message);
    let config = r#"{"hook": "new", "fault": "error"}"#;
    let error = library.server(None, config, side, crumb()).err().unwrap();
    assert_eq!((error.pointer.as_str(), error.message.as_str()), ("/fault", "told to fail in new"));
    drop(faulty(side, "drop", "panic"));
}

#[test]
fn a_send_on_a_closed_session_is_answered_so() {
    let side = &mut Recorder::default();
    let mut client = faulty(side, "close", "send-after-close");
    let session = client.open(side, 1).unwrap();
    side.answer = Some(wirebench::handler::SendResult::Closed);
    client.close(side, 1, session).unwrap();
    assert_eq!(side.logged, [(3, "sending said Err(Closed)".to_owned())]);
}
