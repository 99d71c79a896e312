//! The link in front of a server that is not ours.

use crate::harness::Bench;

const SERVER: &str = include_str!("../interop/echo_server.py");

fn scenario(link: &str) -> String {
    format!(
        "schema = 1\nname = \"t\"\nframing = {{ kind = \"len32le\", signed = true }}\n\
         handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\nlink = {link}\n\
         [server]\ncommand = [\"python3\", \"echo_server.py\", \"{{port}}\"]\n\
         [load]\nmessages = 20\nrounds = 1\ntimeout = \"10s\"\n\
         [expect]\ndone = \"100%\"\n"
    )
}

#[test]
fn requests_in_pieces_reach_it_whole_and_its_replies_are_read_in_parts() {
    let bench = Bench::new();
    bench.write("echo_server.py", SERVER);
    let link = "{ request = { pieces = \"5 B\", lock-step = false, delay = \"1ms\" }, \
                reply = { short-reads = \"60%\" } }";
    let ran = bench.run(&scenario(link), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.done(), 20, "{}", cell.complaints());
    assert!(cell.fault("request", "cut", "injected") > 0, "{}", cell.0["link"]);
    assert!(cell.fault("reply", "short-read", "injected") > 0, "{}", cell.0["link"]);
}
