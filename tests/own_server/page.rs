//! What `docs/own-server.md` shows runs as it stands.

use crate::harness::{Bench, plugin_folder};

const PAGE: &str = include_str!("../../docs/own-server.md");

/// The first block of a language.
fn block(language: &str) -> &'static str {
    let begin = format!("```{language}\n");
    let from = PAGE.find(&begin).expect("there is a block") + begin.len();
    &PAGE[from..from + PAGE[from..].find("```").expect("it ends")]
}

#[test]
fn its_scenario_passes() {
    let bench = Bench::new();
    bench.write("echo.py", include_str!("echo.py"));
    let ran = bench.run(block("toml"), &["--set", "cpu.placement=free"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("integrity is echo"), "{ran}");
}

#[test]
fn its_command_drives_a_server_that_runs_already() {
    let bench = Bench::new();
    let script = bench.write("echo.py", include_str!("echo.py"));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("its address").port().to_string();
    drop(free);
    let mut server = std::process::Command::new("python3")
        .arg(script)
        .arg(&port)
        .spawn()
        .expect("python3 starts");
    while std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let line = block("sh").trim().replace("127.0.0.1:4000", &format!("127.0.0.1:{port}"));
    let line = line.strip_prefix("wirebench ").expect("it calls the program").to_owned();
    let (before, rest) = line.split_once('\'').expect("a config in quotes");
    let (config, behind) = rest.split_once('\'').expect("it ends");
    let words = before.split_whitespace().chain([config]).chain(behind.split_whitespace());
    let mut arguments: Vec<&str> = words.collect();
    arguments.extend(["--plugin-dir", plugin_folder()]);
    let ran = bench.start(&arguments).wait();
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("1000 started: 1000 done"), "{ran}");
    assert!(ran.stdout.contains("1,000 of 1,000 requests came back intact"), "{ran}");
}
