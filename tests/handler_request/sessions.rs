//! Sessions that are greeted and let in first, or are not.

use crate::{counted, play};

const MAIL: &str = r#"
greeting = { regex = "^220" }
before   = [
    { name = "hello", send = "EHLO {session}\r\n", expect = { prefix = "250" } },
    { name = "login", send = "AUTH {secret password}\r\n", expect = { prefix = "235 " } },
]
requests = [{ send = "NOOP {token}\r\n", expect = { prefix = "250 " } }]
ends     = "reply-lines"
secrets  = { password = { insecure = "hunter2" } }
"#;

#[test]
fn a_session_is_let_in_before_its_first_exchange() {
    let more =
        "[expect]\ndone = \"100%\"\n\"count.failed-login\" = 0\n\"count.wrong-greeting\" = 0\n";
    for load in ["connections = 2\nin-flight = 4\n", "session = \"per-exchange\"\n"] {
        let (ran, bench) = play("mail.py hunter2", "raw", MAIL, load, more);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!(bench.document().cell().done(), 40, "{ran}");
    }
}

#[test]
fn a_failed_login_is_rejected_and_no_secret_is_kept() {
    let more = "[expect]\n\"count.failed-login\" = 0\n";
    let (ran, bench) = play("mail.py other", "raw", MAIL, "messages = 5\n", more);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/rejected"), 5, "{}", cell.complaints());
    let (_, example) = counted(cell, "failed-login");
    assert!(
        example.contains("step `login`") && example.contains("535 not with *******"),
        "{example}"
    );
    let result = std::fs::read_to_string(bench.folder().join("result.json")).expect("it is text");
    // The scenario's own line has it, for all to read; the result's copy of that is not of the server.
    assert!(!example.contains("hunter2") && !ran.stdout.contains("hunter2"), "{ran}");
    assert!(!result.contains("535 not with hunter2"), "{result}");
}

#[test]
fn another_greeting_is_wrong() {
    let more = "[expect]\n\"count.wrong-greeting\" = 0\n";
    let (ran, bench) =
        play("mail.py hunter2 554", "raw", MAIL, "messages = 5\ntimeout = \"300ms\"\n", more);
    // The greeting has no end, so nobody can tell what it says.
    assert_eq!(ran.code, Some(106), "{ran}");
    let document = bench.document();
    let (unfinished, example) = counted(document.cell(), "unfinished");
    assert!(unfinished > 0 && example.ends_with("and not its end: \"554\""), "{ran}");
    let config = MAIL.replace("\"^220\"", "\"^221\"");
    let (ran, bench) = play("mail.py hunter2", "raw", &config, "messages = 5\n", more);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    assert_eq!(document.cell().count("/exchanges/wrong"), 5, "{}", document.cell().complaints());
    let (_, example) = counted(document.cell(), "wrong-greeting");
    assert!(example.contains("does not match ^221"), "{example}");
}

#[test]
fn a_goodbye_is_said_when_the_load_is_over_and_its_answer_is_no_surplus() {
    let gates = "[expect]\ndone = \"100%\"\nsurplus = 0\n\"count.failed-goodbye\" = 0\n";
    let config = |quit: &str| {
        format!(
            "{MAIL}\nafter = [{{ name = \"quit\", send = \"{quit}\\r\\n\", expect = {{ prefix = \"221 \" }} }}]\n"
        )
    };
    let load = "connections = 3\nin-flight = 4\n";
    let (ran, bench) = play("mail.py hunter2", "raw", &config("QUIT"), load, gates);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 40, "{ran}");
    let (ran, bench) = play("mail.py hunter2", "raw", &config("STAY"), load, gates);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let (failed, example) = counted(document.cell(), "failed-goodbye");
    assert!(failed == 3 && example.contains("step `quit`"), "{example}: {ran}");
}
