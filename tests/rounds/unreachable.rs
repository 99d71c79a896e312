//! Attempts to connect that come to nothing are counted by name, and cost no more than their exchange's
//! time.

use crate::harness::{Bench, pass, scenario};

const PER_EXCHANGE: &str = "session = \"per-exchange\"\nmessages = 6\ntimeout = \"60ms\"\n";

#[test]
fn each_exchange_is_an_attempt_and_each_attempt_has_its_name() {
    let axes = "[matrix]\ntransport = [{ kind = \"unix\" }, { kind = \"seqpacket\" }]\n\
                \"server.unreachable\" = [\"nobody-listens\", \"no-such-path\", \"full-backlog\"]\n\
                [expect]\nunanswered = \"100%\"\n";
    let document = pass(&scenario("\"len32be\"", PER_EXCHANGE, axes));
    for cell in document.cells() {
        let way = match cell.0["axes"]["server.unreachable"].as_str() {
            Some("nobody-listens") => "refused",
            Some("no-such-path") => "no_such_path",
            _ => "backlog_full",
        };
        assert_eq!(cell.count("/exchanges/started"), 6, "{}", cell.complaints());
        assert_eq!(cell.count("/exchanges/unanswered"), 6, "{}", cell.complaints());
        // Those of the warm-up are counted, too.
        assert!(cell.count(&format!("/connects/{way}")) >= 6, "{}", cell.complaints());
        assert_eq!(cell.count("/connects/stood"), 0);
    }
}

#[test]
fn a_kept_session_is_one_attempt_where_the_server_is_there() {
    let document = pass(&scenario("\"len32be\"", "connections = 3\nmessages = 60\n", ""));
    assert_eq!(document.cell().count("/connects/stood"), 3);
    assert_eq!(document.cell().count("/connects/begun"), 3);
}

#[test]
fn before_a_listener_of_somebody_elses_whose_queue_is_full_each_attempt_ends_with_its_exchange() {
    let bench = Bench::new();
    bench.write(
        "deaf.py",
        "import socket, sys, time\n\
         deaf = socket.create_server((\"127.0.0.1\", int(sys.argv[1])), backlog=0)\n\
         time.sleep(60)\n",
    );
    let server = "[server]\ncommand = [\"python3\", \"deaf.py\", \"{port}\"]\n\
                  [expect]\nunanswered = \"100%\"\n";
    let load = format!("{PER_EXCHANGE}warmup = \"0ms\"\n");
    let ran = bench.run(&scenario("\"len32be\"", &load, server), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    // The kernel takes the first one although nobody accepts it.
    assert_eq!(document.cell().count("/connects/stood"), 1, "{ran}");
    assert_eq!(document.cell().count("/connects/timed_out"), 5, "{ran}");
    assert!(ran.stdout.contains("attempts to connect: timed out 83.3 %"), "{ran}");
}

#[test]
fn before_a_unix_listener_of_somebody_elses_whose_queue_stays_full_each_exchange_has_its_time() {
    let bench = Bench::new();
    bench.write(
        "deaf.py",
        "import socket, sys, time\n\
         deaf = socket.socket(socket.AF_UNIX)\n\
         deaf.bind(sys.argv[1])\n\
         deaf.listen(0)\n\
         time.sleep(60)\n",
    );
    let server = "transport = { kind = \"unix\" }\n[server]\ncommand = [\"python3\", \"deaf.py\", \"{path}\"]\n\
                  [expect]\nunanswered = \"100%\"\n";
    let load = format!("{PER_EXCHANGE}warmup = \"0ms\"\n");
    let ran = bench.run(&scenario("\"len32be\"", &load, server), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/unanswered"), 6, "{ran}");
    assert_eq!(cell.count("/connects/stood"), 1, "{ran}");
    // It is asked again each millisecond; how often that was says how busy the machine is.
    assert!(cell.count("/connects/backlog_full") >= 5, "{ran}");
    assert!(ran.stdout.contains("the listener's queue is full"), "{ran}");
}
