//! One kind of value, whoever reads it: keys of scenarios, the link, limits, framings, handlers and
//! the command line take the same forms and refuse the same mistakes in the same words.

#[path = "values/readers.rs"]
mod readers;

use crate::readers::{Reader, Takes, cli, client, framing, handler, key, limit, link};
use serde::de::DeserializeOwned;
use wirebench_values::{Rate, Share, Size, Span};

/// A value as TOML has it, as JSON.
fn json(value: &str) -> serde_json::Value {
    let mut table: toml::Table = toml::from_str(&format!("value = {value}")).expect("it is TOML");
    serde_json::to_value(table.remove("value")).expect("TOML is JSON too")
}

/// Every reader takes each of `forms`, for the same value.
fn all_mean_the_same(readers: &[Reader], forms: &[&str]) {
    for reader in readers {
        let meant: Vec<(&&str, String)> = forms
            .iter()
            .filter(|form| reader.takes != Takes::Text || form.starts_with('"'))
            .map(|form| match (reader.read)(form) {
                Ok(meant) => (form, meant),
                Err(wrong) => panic!("{} does not take {form}: {wrong}", reader.name),
            })
            .collect();
        for (form, one) in &meant {
            assert_eq!(*one, meant[0].1, "{}: {form} is not {}", reader.name, meant[0].0);
        }
    }
}

/// Every reader refuses each of `forms`, and says what `T` says of it.
fn all_say_the_same<T: DeserializeOwned + std::fmt::Debug>(readers: &[Reader], forms: &[&str]) {
    for form in forms {
        let said = serde_json::from_value::<T>(json(form)).expect_err(form).to_string();
        let structure = !form.starts_with('"') && json(form).as_f64().is_none();
        for reader in readers {
            let reads = match reader.takes {
                Takes::Anything => true,
                Takes::Lists => !structure,
                Takes::Text => form.starts_with('"'),
                // A number in the quotes of a file is a bare one here.
                Takes::Words => {
                    !structure && !form.trim_matches('"').bytes().all(|b| b.is_ascii_digit())
                }
            };
            if !reads {
                continue;
            }
            match (reader.read)(form) {
                Ok(meant) => panic!("{} takes {form} for {meant}", reader.name),
                Err(wrong) => assert!(
                    wrong.contains(&said),
                    "{} says of {form}:\n{wrong}\nand not:\n{said}",
                    reader.name
                ),
            }
        }
    }
}

#[test]
fn a_size_is_a_size_everywhere() {
    let readers = [
        key("load.ledger", Takes::Anything),
        key("transport.read-size", Takes::Anything),
        key("load.payload", Takes::Lists),
        link("pieces", Takes::Lists),
        link("fin-after", Takes::Text),
        limit("client-memory", "<"),
        framing("len32be", "max"),
        framing("fixed", "size"),
        framing("content-length", "header-max"),
        handler::<wirebench_chat::Chat, wirebench_chat::Config>("max-text", ""),
        handler::<wirebench_chat::Chat, wirebench_chat::Config>("backlog", ""),
        handler::<wirebench_exec::Exec, wirebench_exec::Config>("max-request", SHELL),
        handler::<wirebench_exec::Exec, wirebench_exec::Config>("max-output", SHELL),
        client::<wirebench_request::Request, wirebench_request::Config>("max-answer", PING),
        handler::<wirebench_file::FileHandler, wirebench_file::Config>("chunk", ""),
        handler::<wirebench_file::FileHandler, wirebench_file::Config>("max-size", ""),
        handler::<wirebench_file::FileHandler, wirebench_file::Config>("break-after", ""),
        cli(&["serve", "--max-memory"]),
        cli(&["drive", "127.0.0.1:1", "--max-session-memory"]),
    ];
    let forms = [
        "\"64 KiB\"",
        "\"64KiB\"",
        "\" 64  KiB \"",
        "\"65536 B\"",
        "\"65_536 B\"",
        "\"65.536 kB\"",
        "\"0.0625 MiB\"",
        "\".0625 MiB\"",
        "65536",
        "65_536",
        "65536.0",
    ];
    all_mean_the_same(&readers, &forms);
    let wrong = [
        "\"64\"",
        "\"64 kib\"",
        "\"64 parsecs\"",
        "\"1.5 B\"",
        "\"1..5 KiB\"",
        "\"KiB\"",
        "\"-1 B\"",
        "\"1e3 B\"",
        "\"18446744073709551616 B\"",
        "-1",
        "0.5",
        "true",
        "[1]",
        "{ bytes = 1 }",
    ];
    all_say_the_same::<Size>(&readers, &wrong);
}

#[test]
fn a_duration_is_a_duration_everywhere() {
    let readers = [
        key("load.warmup", Takes::Anything),
        key("load.timeout", Takes::Anything),
        key("transport.read-delay", Takes::Anything),
        link("delay", Takes::Anything),
        link("jitter", Takes::Anything),
        limit("p99", "<"),
        framing("sleep", "gap"),
        framing("len-ack", "resend"),
        handler::<wirebench_auth::Auth, wirebench_auth::Config>("patience", SECRET),
        handler::<wirebench_echo::Echo, wirebench_echo::Config>("push", ""),
        handler::<wirebench_exec::Exec, wirebench_exec::Config>("timeout", SHELL),
        cli(&["serve", "--idle-timeout"]),
        cli(&["torture", "varint", "--limit"]),
    ];
    let forms =
        ["\"200ms\"", "\"200 ms\"", "\" 0.2 s \"", "\".2s\"", "\"200_000us\"", "\"200000000 ns\""];
    all_mean_the_same(&readers, &forms);
    let wrong = [
        "\"200\"",
        "\"200 msec\"",
        "\"1 h\"",
        "\"1.5 ns\"",
        "\"ms\"",
        "\"-1s\"",
        "\"1e3 s\"",
        "\"307445734562 min\"",
        "-1",
        "0.5",
        "true",
        "[]",
        "{}",
    ];
    all_say_the_same::<Span>(&readers, &wrong);
}

/// It could be seconds as well as milliseconds. Framings alone take one, since settings of a framing
/// that were filled in are plain nanoseconds.
#[test]
fn a_bare_number_is_a_duration_nowhere_but_in_framings() {
    let readers = [
        key("load.warmup", Takes::Anything),
        link("delay", Takes::Anything),
        handler::<wirebench_echo::Echo, wirebench_echo::Config>("push", ""),
        cli(&["serve", "--idle-timeout"]),
        cli(&["torture", "varint", "--limit"]),
    ];
    for reader in &readers {
        let wrong = (reader.read)("200").expect_err(&reader.name);
        assert!(wrong.contains("`200` has no unit: write `\"200 ms\"` or `\"200 s\"`"), "{wrong}");
    }
    all_mean_the_same(&[framing("sleep", "gap")], &["\"200 ns\"", "200"]);
}

#[test]
fn a_share_is_a_share_everywhere() {
    let readers = [
        link("flip", Takes::Anything),
        link("short-reads", Takes::Anything),
        limit("intact", ">="),
        handler::<wirebench_auth::Auth, wirebench_auth::Config>("wrong-keys", SECRET),
        handler::<wirebench_auth::Auth, wirebench_auth::Config>("replay", SECRET),
        handler::<wirebench_auth::Auth, wirebench_auth::Config>("mistyped", LOGIN),
        handler::<wirebench_chat::Chat, wirebench_chat::Config>("private", ""),
    ];
    all_mean_the_same(&readers, &["\"25%\"", "\"25 %\"", "\" 25.00% \"", "\"2_5%\"", "0.25"]);
    let wrong = [
        "\"101%\"",
        "\"-1%\"",
        "\"1e1%\"",
        "\"%\"",
        "\"often %\"",
        "\"0.00000000000000001%\"",
        "-0.25",
        "1.5",
        "25",
        "true",
        "[]",
        "{}",
    ];
    all_say_the_same::<Share>(&readers, &wrong);
    // A limit without `%` is a count.
    let others: Vec<Reader> =
        readers.into_iter().filter(|reader| reader.takes != Takes::Text).collect();
    all_say_the_same::<Share>(&others, &["\"25\"", "\"often\""]);
}

#[test]
fn a_rate_is_a_rate_everywhere() {
    let readers = [
        link("bandwidth", Takes::Anything),
        link("read-rate", Takes::Anything),
        limit("throughput", ">"),
    ];
    all_mean_the_same(&readers, &["\"64 KiB/s\"", "\"65.536kB/s\"", "\" 65_536 B /s \""]);
    let wrong =
        ["\"64 KiB\"", "\"64\"", "\"64 kib/s\"", "\"0.5 B/s\"", "\"/s\"", "64", "true", "[]"];
    all_say_the_same::<Rate>(&readers, &wrong);
}

#[test]
fn what_is_out_of_range_is_told_the_range_and_the_nearest_value_in_it() {
    type Case = (Reader, &'static str, &'static str);
    let cases: [Case; 8] = [
        (
            key("load.ledger", Takes::Anything),
            "1",
            "`1 B` is out of range: 64 KiB to 1 GiB is allowed, such as `\"64 KiB\"`",
        ),
        (
            key("load.timeout", Takes::Anything),
            "\"2 us\"",
            "`2 us` is out of range: 1 ms to 60 min is allowed, such as `\"1 ms\"`",
        ),
        (
            link("delay", Takes::Anything),
            "\"1 min\"",
            "`1 min` is out of range: 0 s to 10 s is allowed, such as `\"10 s\"`",
        ),
        (
            framing("resp-bulk", "max"),
            "\"1 GiB\"",
            "`1 GiB` is out of range: 1 B to 512 MiB is allowed, such as `\"512 MiB\"`",
        ),
        (
            handler::<wirebench_echo::Echo, wirebench_echo::Config>("push", ""),
            "\"0s\"",
            "`0 s` is out of range: 1 us to 60 min is allowed, such as `\"1 us\"`",
        ),
        (
            handler::<wirebench_chat::Chat, wirebench_chat::Config>("backlog", ""),
            "\"1 TiB\"",
            "`1024 GiB` is out of range: 0 B to 1 GiB is allowed, such as `\"1 GiB\"`",
        ),
        (
            handler::<wirebench_file::FileHandler, wirebench_file::Config>("chunk", ""),
            "1000",
            "`1000 B` is out of range: 1500 B to 1 MiB is allowed, such as `\"1500 B\"`",
        ),
        (
            cli(&["torture", "varint", "--limit"]),
            "\"1ms\"",
            "`1 ms` is out of range: 100 ms to 60 min is allowed, such as `\"100 ms\"`",
        ),
    ];
    for (reader, form, said) in cases {
        let wrong = (reader.read)(form).expect_err(&reader.name);
        assert!(wrong.contains(said), "{}: {wrong}", reader.name);
    }
}

/// What exec needs besides.
const PING: &str = r#""requests": [{ "send": "PING" }], "#;
const SHELL: &str = r#""shell": true, "ask": "payload", "#;

/// What auth needs besides.
const SECRET: &str = r#""secret": {"insecure": "hunter2"}, "#;
const LOGIN: &str = r#""secret": {"insecure": "hunter2"}, "mode": "login", "#;
