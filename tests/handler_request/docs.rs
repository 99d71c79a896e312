//! What `docs/request.md` says is true.

use crate::harness::{Bench, plugin_folder};
use std::os::unix::fs::PermissionsExt as _;
use wirebench_request::Request;
use wirebench_sdk::{Client, Handler, kit};

const DOCS: &str = include_str!("../../docs/request.md");

/// What stands in backquotes in the first cell of each row of the table under this header.
fn names(header: &str) -> Vec<&'static str> {
    let (_, rest) = DOCS.split_once(header).expect("the table is there");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| {
        let first = row.trim_start_matches('|').split(" | ").next().unwrap_or_default();
        first.split('`').skip(1).step_by(2).collect::<Vec<_>>()
    })
    .collect()
}

/// What is unknown is answered with what there is.
fn known(config: &str) -> Vec<String> {
    let failure = kit::client::<Request>(config).err().expect("it is refused");
    let (_, known) = failure.text.split_once("expected one of ").expect("the settings are listed");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all
}

#[test]
fn its_tables_name_every_setting_and_no_other() {
    for (header, config) in [
        ("\n| setting |", r#"{ "unknown": 1 }"#),
        ("\n| key | default |", r#"{ "requests": [{ "unknown": 1 }] }"#),
        ("\n| key | the answer |", r#"{ "greeting": { "unknown": 1 } }"#),
    ] {
        assert_eq!(sorted(names(header)), sorted(known(config)), "{header}");
    }
}

#[test]
fn its_table_names_every_count_and_no_other() {
    assert_eq!(names("\n| count |"), <Request as Handler>::Client::COUNTS);
}

#[test]
fn its_table_of_ends_is_read_as_it_stands() {
    let (_, rest) = DOCS.split_once("\n| `ends` | an answer ends |").expect("the table is there");
    let rows: Vec<&str> = rest.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 10);
    let (_, rest) =
        DOCS.split_once("\n| `correlate` | an answer belongs to |").expect("the table is there");
    let keys = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    let ends = rows.iter().map(|row| ("ends", *row));
    for (key, row) in ends.chain(keys.map(|row| ("correlate", row))) {
        let value = row.split('`').nth(1).expect("a value in backquotes").replace("\\|", "|");
        let config = format!("requests = [{{ send = \"{{token}}\" }}]\n{key} = {value}\n");
        let table: toml::Table = config.parse().unwrap_or_else(|error| panic!("{config}: {error}"));
        let json = serde_json::to_string(&table).expect("it is JSON");
        if let Err(refused) = kit::client::<Request>(&json) {
            panic!("{config}: {refused}");
        }
    }
}

#[test]
fn every_placeholder_of_its_table_is_one() {
    let all = names("\n| placeholder |");
    assert!(all.len() > 12, "{all:?}");
    for one in all {
        for what in ["token", "seq", "session", "7", "0x1f", "len", "len payload", "len mark"] {
            let text = one.replace("WHAT", what).replace("NAME", "key");
            let config = serde_json::json!({
                "requests": [{ "send": if text == "{mark}" { text } else { text + "{mark}" } + "x" }],
                "secrets": { "key": { "insecure": "x" } },
            });
            if let Err(refused) = kit::client::<Request>(&config.to_string()) {
                panic!("{config}: {refused}");
            }
        }
    }
}

/// The scenarios that it shows, by the names of their files.
pub(crate) fn scenarios() -> Vec<(&'static str, &'static str)> {
    let blocks = DOCS.split("\n```toml\n# ").skip(1);
    let all = blocks.map(|rest| {
        let (block, _) = rest.split_once("\n```\n").expect("the block ends");
        block.split_once(".toml\n").expect("a name, then a scenario")
    });
    all.collect()
}

#[test]
fn its_scenarios_are_right() {
    let scenarios = scenarios();
    assert_eq!(scenarios.len(), 8);
    for (name, text) in scenarios {
        let bench = Bench::new();
        bench.write("scenario.toml", text);
        // `check` wants to see the programs, and not to start them.
        let programs = ["my-server", "redis-server", "memcached", "aiosmtpd", "pylsp"];
        for program in programs {
            let path = bench.write(program, "#!/bin/sh\n");
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(path, executable).expect("the folder is writable");
        }
        let mut check = bench.command(&["check", "scenario.toml", "--plugin-dir", plugin_folder()]);
        let path = std::env::var("PATH").unwrap_or_default();
        check.env("PATH", format!("{}:{path}", bench.folder().display()));
        let ran = bench.launch(check).wait();
        assert_eq!(ran.code, Some(0), "{name}: {ran}");
        assert!(text.contains(&format!("name   = \"{name}\"\n")), "{name} is called otherwise");
    }
}

#[test]
fn its_first_scenario_runs_against_a_server_of_lines() {
    let (_, text) = scenarios()[0];
    let bench = Bench::new();
    bench.write(
        "server.py",
        "import socket, sys, threading\n\
         def serve(peer):\n\
         \x20   for line in peer.makefile('rb'):\n\
         \x20       peer.sendall(line.removeprefix(b'echo '))\n\
         listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
         while True:\n\
         \x20   threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()\n",
    );
    let command = "server.command=[\"python3\", \"server.py\", \"{port}\"]";
    let short =
        ["--duration", "50ms", "--rounds", "1", "--set", command, "--set", "cpu.placement=free"];
    let ran = bench.run(text, &short);
    assert_eq!(ran.code, Some(0), "{ran}");
    let wrong = text.replace("expect = \"{payload}", "expect = \"-{payload}");
    let ran = bench.run(&wrong, &short);
    assert_eq!(ran.code, Some(100), "{ran}");
}
