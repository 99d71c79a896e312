//! Plugins that crash or hang are asked about in a child process, and survived.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::shared_object;
use recorder::built;
use serde_json::json;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;
use wirebench::host::probe::{
    ProbeError, ProbeFault, ProbeFraming, ProbeHandler, ProbeReport, ProbeRequests, ProbeSides,
    answer,
};
use wirebench::run::probe;

fn ask(file: &Path, requests: &ProbeRequests, limit: Duration) -> Result<ProbeReport, ProbeError> {
    probe(Path::new(env!("CARGO_BIN_EXE_wirebench")), file, requests, limit)
}

/// Asks the faulty plugin to go wrong while it is made.
fn faulty(fault: &str, limit: Duration) -> Result<ProbeReport, ProbeError> {
    let config = json!({ "hook": "new", "fault": fault, "side": "client" });
    let handlers = vec![ProbeHandler { handler: None, config, sides: ProbeSides::Both }];
    ask(&built("faulty"), &ProbeRequests { handlers, framings: vec![] }, limit)
}

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_good_plugin_is_described_and_its_configurations_tried() {
    let requests = ProbeRequests {
        handlers: vec![
            ProbeHandler { handler: None, config: json!({}), sides: ProbeSides::Both },
            ProbeHandler {
                handler: Some("faulty".into()),
                config: json!({ "fault": "nope" }),
                sides: ProbeSides::Both,
            },
            ProbeHandler {
                handler: Some("other".into()),
                config: json!(null),
                sides: ProbeSides::Both,
            },
        ],
        framings: vec![
            ProbeFraming { framing: "len8-faulty".into(), config: json!({}) },
            ProbeFraming { framing: "len8-faulty".into(), config: json!({ "fault": 1 }) },
        ],
    };
    let report = ask(&built("faulty"), &requests, PATIENCE).unwrap();
    assert_eq!((report.id.as_str(), report.abi), ("wirebench.faulty", (1, 4)));
    let version = (report.version.as_str(), report.debug_build);
    assert_eq!(version, (env!("CARGO_PKG_VERSION"), Some(cfg!(debug_assertions))));
    assert_eq!(report.handlers[0].name, "faulty");
    assert_eq!(report.framings[0].name, "len8-faulty");
    assert_eq!(report.handler_answers[0], None);
    assert_eq!(report.handler_answers[1].as_ref().unwrap().pointer, "/fault");
    assert!(report.handler_answers[2].as_ref().unwrap().message.contains("no handler `other`"));
    assert_eq!(report.framing_answers[0].as_ref().unwrap().max, 255);
    assert_eq!(report.framing_answers[1].as_ref().unwrap_err().pointer, "/fault");
}

#[test]
fn what_a_plugin_prints_does_not_mix_with_the_answer() {
    assert!(faulty("print", PATIENCE).is_ok());
}

#[test]
fn a_plugin_that_crashes_is_named_with_its_signal_and_stage() {
    for (fault, signal, name) in [("abort", 6, "SIGABRT"), ("segfault", 11, "SIGSEGV")] {
        let error = faulty(fault, PATIENCE).unwrap_err();
        assert_eq!(error.fault, ProbeFault::Signal(signal), "{error}");
        let text = error.to_string();
        assert!(text.contains("libwirebench_faulty.so"), "{text}");
        assert!(text.contains(name), "{text}");
        assert!(text.contains("while the client side of handler"), "{text}");
    }
}

#[test]
fn a_plugin_that_exits_is_named_with_its_status() {
    let error = faulty("exit", PATIENCE).unwrap_err();
    assert_eq!(error.fault, ProbeFault::Exit(7));
    assert!(error.to_string().contains("may not call exit"), "{error}");
}

#[test]
fn a_plugin_that_hangs_is_killed_when_the_time_is_over() {
    let limit = Duration::from_millis(300);
    let error = faulty("hang", limit).unwrap_err();
    assert_eq!(error.fault, ProbeFault::Hung(limit));
    assert!(error.to_string().contains("endless loop"), "{error}");
}

#[test]
fn a_constructor_that_crashes_or_hangs_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let aborts = shared_object(folder.path(), "broken", &["-DFAULT_ABORT_ON_LOAD"]);
    let error = ask(&aborts, &ProbeRequests::default(), PATIENCE).unwrap_err();
    assert_eq!(error.fault, ProbeFault::Signal(6));
    assert!(error.stage.contains("constructors"), "{error}");
    let hangs = shared_object(folder.path(), "broken", &["-DFAULT_HANG_ON_LOAD"]);
    let error = ask(&hangs, &ProbeRequests::default(), Duration::from_millis(300)).unwrap_err();
    assert!(matches!(error.fault, ProbeFault::Hung(_)), "{error}");
}

#[test]
fn a_constructor_that_leaves_its_process_group_is_killed_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let roams = shared_object(folder.path(), "broken", &["-DFAULT_ROAM_ON_LOAD"]);
    let error = ask(&roams, &ProbeRequests::default(), Duration::from_millis(300)).unwrap_err();
    assert!(matches!(error.fault, ProbeFault::Hung(_)), "{error}");
}

#[test]
fn a_broken_rule_comes_back_as_the_whole_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let file = shared_object(folder.path(), "broken", &["-DFAULT_MAGIC"]);
    let error = ask(&file, &ProbeRequests::default(), PATIENCE).unwrap_err();
    assert!(matches!(error.fault, ProbeFault::Refused(_)));
    assert!(error.to_string().contains("magic number"), "{error}");
}

#[test]
fn an_executable_that_cannot_be_started_is_an_error() {
    let error =
        probe(Path::new("/nonexistent"), &built("echo"), &ProbeRequests::default(), PATIENCE);
    assert!(matches!(error.unwrap_err().fault, ProbeFault::Process(_)));
}

#[test]
fn a_plugin_is_not_blamed_for_a_child_that_never_came_to_it() {
    for (status, how) in [(1 << 8, "it ended with status 1"), (9, "it was ended by signal 9")] {
        let status = Some(ExitStatus::from_raw(status));
        let error = answer(&built("echo"), b"", String::new(), status, PATIENCE).unwrap_err();
        let text = error.to_string();
        let cause = format!("in a child process: {how} before the plugin was loaded");
        assert!(text.ends_with(&cause) && !text.contains("may not call exit"), "{text}");
    }
}
