//! The scenarios that ship are valid, and run to their end.

use crate::harness::{Bench, plugin_folder, toml_files};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Runs a shipped scenario quickly. What it costs says nothing in such short rounds, nor how
/// often a pause holds; that all its cells are measured does. One that counts its messages is short
/// as it is, and gates what it counts. A filter leaves some of its cells.
#[track_caller]
fn runs_cells(name: &str, filter: Option<&str>) {
    let bench = Bench::new();
    let file = folder().join(name);
    let text = std::fs::read_to_string(&file).expect("it can be read");
    let counts = text.lines().any(|line| line.starts_with("messages "));
    let file = file.to_str().expect("a path in UTF-8");
    let mut arguments = vec!["run", file, "--out", "out", "--json", "result.json"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    if !counts {
        arguments.extend(["--rounds", "1", "--duration", "20ms", "--set", "load.warmup=2ms"]);
    }
    if let Some(filter) = filter {
        arguments.extend(["--filter", filter]);
    }
    let ran = bench.start(&arguments).wait();
    let document = bench.document();
    assert!(document.cells().any(|cell| cell.request("sent") > 0), "{ran}");
    for cell in document.cells() {
        assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
        // On a starved machine all of a round's time may pass before the client has its turn. Then
        // nothing can be told, and the cell says so.
        // What a server that is not ours sent is not known.
        let replies = cell.0["integrity"]["reply"]["sent"].as_u64().unwrap_or(0);
        let sent = cell.request("sent") + replies;
        // Where no connection stood nothing could be sent: then the attempts are what is told.
        let tried = cell.count("/connects/begun") > 0 && cell.count("/connects/stood") == 0;
        let told = sent > 0 || tried || cell.verdict() == "inconclusive";
        assert!(told, "{}", cell.complaints());
        let gates = cell.list("gates").iter();
        for gate in gates.filter(|gate| gate["family"] == "integrity") {
            let sleeps = cell.0["setup"]["request_framing"]["kind"] == "sleep";
            assert!(sleeps || gate["pass"] != false, "{gate}: {}", cell.complaints());
        }
    }
    // So short a round may have nothing that a gate could judge.
    assert!(matches!(ran.code, Some(0 | 99 | 100 | 106)), "{ran}");
}

/// The part of a large scenario that is run here. The whole survey is run by the test of the table that
/// is made from it; the others whole, with all that ship, before a change goes in.
fn part(file: &str) -> Option<&'static str> {
    match file {
        "scale.toml" => fewer_connections(),
        "hostile/survey.toml" => Some("every-cut"),
        "hostile/datagram-loss.toml" => Some("drop"),
        "hostile/flapping.toml"
        | "hostile/flipped-bit.toml"
        | "hostile/mid-frame-reset.toml"
        | "hostile/one-byte.toml"
        | "hostile/slow-reader.toml" => Some("len32be"),
        _ => None,
    }
}

/// What is left of ten thousand connections where a process may not have so many files open.
fn fewer_connections() -> Option<&'static str> {
    const NEEDED: u64 = 10_100;
    let limit = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE);
    let (_, hard) = limit.expect("the kernel tells it");
    if hard >= NEEDED {
        return None;
    }
    eprintln!(
        "10,000 connections are left out: they take {NEEDED} open files a process, of {hard}"
    );
    Some("load.connections=100")
}

macro_rules! shipped {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[test]
            fn $name() {
                runs_cells($file, part($file));
            }
        )*

        #[test]
        fn every_shipped_scenario_is_run_here() {
            let mut found = toml_files(&folder());
            found.sort();
            let mut here = vec![$($file),*];
            here.sort_unstable();
            assert_eq!(found, here);
        }
    };
}

shipped! {
    datagram_loss_runs_to_its_end: "hostile/datagram-loss.toml",
    flapping_runs_to_its_end: "hostile/flapping.toml",
    flipped_bit_runs_to_its_end: "hostile/flipped-bit.toml",
    handshake_and_delay_runs_to_its_end: "hostile/handshake-and-delay.toml",
    mid_frame_reset_runs_to_its_end: "hostile/mid-frame-reset.toml",
    nagle_and_delayed_ack_runs_to_its_end: "hostile/nagle-and-delayed-ack.toml",
    one_byte_runs_to_its_end: "hostile/one-byte.toml",
    slow_reader_runs_to_its_end: "hostile/slow-reader.toml",
    survey_runs_to_its_end: "hostile/survey.toml",
    a_pause_cures_sticking_runs_to_its_end: "claims/a-pause-cures-sticking.toml",
    length_prefix_adds_latency_runs_to_its_end: "claims/length-prefix-adds-latency.toml",
    nagle_has_a_timer_runs_to_its_end: "claims/nagle-has-a-timer.toml",
    send_loses_what_does_not_fit_runs_to_its_end: "claims/send-loses-what-does-not-fit.toml",
    tcp_loses_nothing_runs_to_its_end: "claims/tcp-loses-nothing.toml",
    tcp_serves_one_client_runs_to_its_end: "claims/tcp-serves-one-client.toml",
    udp_is_a_stream_runs_to_its_end: "claims/udp-is-a-stream.toml",
    sticking_is_nagle_runs_to_its_end: "claims/sticking-is-nagle.toml",
    the_mtu_splits_runs_to_its_end: "claims/the-mtu-splits.toml",
    challenge_and_response_runs_to_its_end: "challenge-and-response.toml",
    empty_messages_runs_to_its_end: "empty-messages.toml",
    ends_runs_to_its_end: "ends.toml",
    fixed_width_header_runs_to_its_end: "fixed-width-header.toml",
    json_header_runs_to_its_end: "json-header.toml",
    chat_500_runs_to_its_end: "chat-500.toml",
    chat_churn_runs_to_its_end: "chat-churn.toml",
    chat_room_runs_to_its_end: "chat-room.toml",
    login_prompt_runs_to_its_end: "login-prompt.toml",
    nagle_runs_to_its_end: "nagle.toml",
    open_loop_runs_to_its_end: "open-loop.toml",
    capacity_runs_to_its_end: "capacity.toml",
    scale_runs_to_its_end: "scale.toml",
    remote_commands_runs_to_its_end: "remote-commands.toml",
    remote_commands_pipelined_runs_to_its_end: "remote-commands-pipelined.toml",
    remote_commands_replies_runs_to_its_end: "remote-commands-replies.toml",
    remote_commands_udp_runs_to_its_end: "remote-commands-udp.toml",
    no_such_path_runs_to_its_end: "no-such-path.toml",
    nobody_there_runs_to_its_end: "nobody-there.toml",
    receive_timeouts_runs_to_its_end: "receive-timeouts.toml",
    restart_runs_to_its_end: "restart.toml",
    size_in_header_runs_to_its_end: "size-in-header.toml",
    silent_verdict_runs_to_its_end: "silent-verdict.toml",
    udp_limits_runs_to_its_end: "udp-limits.toml",
    udp_speakers_runs_to_its_end: "udp-speakers.toml",
    one_way_runs_to_its_end: "one-way.toml",
    ci_runs_to_its_end: "ci.toml",
    read_sizes_runs_to_its_end: "read-sizes.toml",
    send_versus_sendall_runs_to_its_end: "send-versus-sendall.toml",
    sizes_runs_to_its_end: "sizes.toml",
    sleep_between_sends_runs_to_its_end: "sleep-between-sends.toml",
    directory_browsing_runs_to_its_end: "directory-browsing.toml",
    large_transfer_runs_to_its_end: "large-transfer.toml",
    header_then_bytes_runs_to_its_end: "header-then-bytes.toml",
    offered_file_runs_to_its_end: "offered-file.toml",
    resumed_upload_runs_to_its_end: "resumed-upload.toml",
    small_upload_runs_to_its_end: "small-upload.toml",
    sticky_runs_to_its_end: "sticky.toml",
    udp_talk_runs_to_its_end: "udp-talk.toml",
    text_encodings_runs_to_its_end: "text-encodings.toml",
    unix_and_ipv6_runs_to_its_end: "unix-and-ipv6.toml",
    unix_datagrams_runs_to_its_end: "unix-datagrams.toml",
    talk_runs_to_its_end: "talk.toml",
    unix_vs_tcp_runs_to_its_end: "unix-vs-tcp.toml",
    wait_for_ready_runs_to_its_end: "wait-for-ready.toml",
}

#[test]
fn every_shipped_scenario_is_valid() {
    let bench = Bench::new();
    let folder = folder();
    let folder = folder.to_str().expect("a path in UTF-8");
    let ran = bench.start(&["check", folder, "--plugin-dir", plugin_folder()]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
}
