//! Every handler that ships holds what a handler has to, on both sides, under everything that a host does.

use wirebench_auth::Auth;
use wirebench_chat::Chat;
use wirebench_echo::Echo;
use wirebench_exec::Exec;
use wirebench_file::FileHandler;
use wirebench_sdk::kit::Conformance;

#[test]
fn echo() {
    for config in ["{}", r#"{"verify": true}"#, r#"{"greeting": "hello"}"#, r#"{"reply": "none"}"#]
    {
        println!("{config}");
        Conformance::new(config).check::<Echo>();
    }
}

#[test]
fn chat() {
    for config in ["{}", r#"{"mode": "talk"}"#] {
        println!("{config}");
        Conformance::new(config).check::<Chat>();
    }
    // Whoever has said `q` hears no more answers.
    let quits = r#"{"mode": "talk", "quit-after": 3}"#;
    Conformance::new(quits).one_at_a_time().check::<Chat>();
}

#[test]
fn auth() {
    let secret = r#""secret": {"insecure": "a secret that protects nothing"}"#;
    let challenge = format!(r#"{{"mode": "challenge", {secret}}}"#);
    Conformance::new(&challenge).check::<Auth>();
    let wrong = format!(r#"{{"mode": "challenge", {secret}, "wrong-keys": "50%"}}"#);
    Conformance::new(&wrong).refuses().check::<Auth>();
}

#[test]
fn exec() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = r#"{"commands": {"brief": {"run": ["echo"], "arguments": {"max": 1, "allow": ["[0-9]+"]}}},
                     "ask": "brief {token}"}"#;
    Conformance::new(config).exchanges(6).payloads(&[b"x"]).scratch(folder.path()).check::<Exec>();
}

#[test]
fn file() {
    for what in ["upload", "download", "browse", "offer"] {
        let folder = tempfile::tempdir().expect("a folder");
        let config =
            format!(r#"{{"do": "{what}", "file": {{"size": "5 KiB"}}, "chunk": "2 KiB"}}"#);
        println!("{config}");
        Conformance::new(&config).scratch(folder.path()).exchanges(9).check::<FileHandler>();
    }
}
