//! What a plugin logs and prints while it serves or drives alone.

use crate::harness::Bench;
use crate::support::{Serve, drive};

#[test]
fn it_is_shown_as_it_comes_to_whoever_asks() {
    let (bench, other) = (Bench::new(), Bench::new());
    let prints = |side: &str| format!("{{ hook = 'message', fault = 'print', side = '{side}' }}");
    let of_server = prints("server");
    let all = ["--handler", "faulty", "--framing", "line", "--config"];
    let ask = ["--show-output", "--log-level", "info"];
    let serve = Serve::start(&bench, &[&all[..], &[&of_server], &ask].concat());
    let of_client = prints("client");
    let more = ["--messages", "3", "--show-output"];
    let driven = drive(&other, &serve.address, &[&all[..], &[&of_client], &more].concat());
    assert_eq!(driven.code, Some(0), "{driven}");
    assert_eq!(driven.stderr, "client faulty output: printed by the plugin\n".repeat(3));
    assert!(driven.stdout.contains("warning: logged by the plugin"), "{driven}");
    let served = serve.end();
    let line = |what| served.stderr.matches(what).count();
    assert_eq!(line("server faulty output: printed by the plugin\n"), 3, "{served}");
    assert_eq!(line("server faulty warning: logged by the plugin\n"), 3, "{served}");
}
