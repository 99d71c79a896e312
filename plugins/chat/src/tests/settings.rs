//! Settings that make no sense are pointed at.

use crate::{Chat, Config};
use wirebench_sdk::kit;

#[track_caller]
fn pointer(config: &str) -> String {
    let (server, client) = (kit::server::<Chat>(config), kit::client::<Chat>(config));
    let failure = server.err().unwrap_or_else(|| panic!("{config} is taken"));
    assert_eq!(client.err(), Some(failure.clone()), "both sides say the same");
    assert!(!failure.text.is_empty());
    failure.pointer
}

#[test]
fn a_setting_that_makes_no_sense_is_pointed_at() {
    for (config, at) in [
        (r#"{"mode": "shout"}"#, "/mode"),
        (r#"{"goodbye": ""}"#, "/goodbye"),
        (r#"{"goodbye": "ann : bye"}"#, "/goodbye"),
        (r#"{"goodbye": "! gone"}"#, "/goodbye"),
        (r#"{"goodbye": true}"#, "/goodbye"),
        (r#"{"goodbye": false, "quit-after": 3}"#, "/goodbye"),
        (r#"{"ending": " "}"#, "/ending"),
        (r#"{"max-text": "1 MB and more"}"#, "/max-text"),
        (r#"{"backlog": -1}"#, "/backlog"),
        (r#"{"backlog": "2 GiB"}"#, "/backlog"),
        (r#"{"rooms": 0}"#, "/rooms"),
        (r#"{"private": "101%"}"#, "/private"),
        (r#"{"private": "ten"}"#, "/private"),
        (r#"{"name": "a b"}"#, "/name"),
        (r#"{"name": "guest"}"#, "/name"),
        (r#"{"slow": "wait"}"#, "/slow"),
        (r#"{"mode": "talk", "reply": "fixed", "reply-text": "q"}"#, "/reply-text"),
        (r#"{"mode": "talk", "prefix": "/say "}"#, "/prefix"),
        (r#"{"nmae": "m"}"#, "/nmae"),
    ] {
        assert_eq!(pointer(config), at, "{config}");
    }
    let long = format!(r#"{{"goodbye": "{}"}}"#, "x".repeat(5_000));
    assert_eq!(pointer(&long), "/goodbye");
}

#[test]
fn an_answer_that_is_the_goodbye_is_told_where_it_was_written_and_only_where_it_matters() {
    let told = |more: &str| {
        let config = format!(r#"{{"mode": "talk", "reply": "fixed", {more}}}"#);
        let failure = kit::server::<Chat>(&config).err().unwrap_or_else(|| panic!("{more}"));
        (failure.pointer, failure.text)
    };
    for (config, at, other) in [
        (r#""goodbye": "ok""#, "goodbye", "reply-text"),
        (r#""reply-text": "goodbye""#, "reply-text", "goodbye"),
        (r#""reply-text": "bye", "goodbye": "bye""#, "reply-text", "goodbye"),
    ] {
        let (pointer, text) = told(config);
        assert_eq!(pointer, format!("/{at}"));
        assert!(text.starts_with(&format!("`{at}` must not be what `{other}` is (`")), "{text}");
    }
    for unused in [r#"{"goodbye": "ok"}"#, r#"{"mode": "talk", "goodbye": "ok"}"#] {
        assert!(kit::server::<Chat>(unused).is_ok() && kit::client::<Chat>(unused).is_ok());
    }
}

#[test]
fn a_setting_of_the_other_mode_is_not_taken_in_silence() {
    assert_eq!(pointer(r#"{"mode": "talk", "churn": 5}"#), "/churn");
    assert_eq!(pointer(r#"{"mode": "talk", "rooms": 4}"#), "/rooms");
    assert_eq!(pointer(r#"{"reply": "fixed"}"#), "/reply");
    assert_eq!(pointer(r#"{"server-quits-after": 3}"#), "/server-quits-after");
}

#[test]
fn the_defaults_are_right() {
    assert_eq!(Config::default().check(), Ok(()));
}

/// What the documents say of this handler.
fn documented() -> &'static str {
    let text = include_str!("../../../../docs/handlers.md");
    let (_, section) = text.split_once("\n## chat\n").expect("the section is there");
    section.split("\n## ").next().expect("and ends somewhere")
}

#[test]
fn every_setting_is_documented_with_its_default() {
    let failure = kit::server::<Chat>(r#"{"nmae": 1}"#).err().expect("no such setting");
    let (_, names) = failure.text.split_once("expected one of ").expect("all settings");
    let standard = Config::default();
    let defaults = [
        ("mode", "\"room\"".to_owned()),
        ("goodbye", format!("{:?}", standard.goodbye.expect("a goodbye is said"))),
        ("reply", "\"same\"".to_owned()),
        ("reply-text", format!("{:?}", standard.reply_text)),
        ("name", format!("{:?}", standard.name)),
        ("rooms", standard.rooms.to_string()),
        ("echo", standard.echo.to_string()),
        ("slow", "\"drop\"".to_owned()),
    ];
    for name in names.split(", ").map(|name| name.trim_matches('`')) {
        let row = documented().lines().find(|line| line.starts_with(&format!("| `{name}` | `")));
        let row = row.unwrap_or_else(|| panic!("`{name}` is not documented"));
        let known = defaults.iter().find(|(setting, _)| *setting == name);
        let right = known.is_none_or(|(_, default)| row.contains(&format!(" | `{default}` | ")));
        assert!(right, "the default of `{name}`: {row}");
    }
}

#[test]
fn every_count_is_documented() {
    use wirebench_sdk::{Client, Server};
    for kind in [crate::ChatServer::COUNTS, crate::ChatClient::COUNTS].concat() {
        assert!(documented().contains(&format!("`{kind}`")), "{kind}");
    }
}
