//! Conversations by hand: lines go out in order, one exchange a line, and what comes is printed.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, plugin_folder};
use crate::support::{Serve, by_hand, drive, drive_echo, is_done, read_frame, write_frame};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

#[test]
fn the_lines_of_a_file_are_sent_in_order_one_exchange_each() {
    let (address, serving) = by_hand(1, |mut stream| {
        let mut seen = Vec::new();
        while let Some(frame) = read_frame(&mut stream) {
            seen.push(String::from_utf8(frame.clone()).expect("text"));
            write_frame(&mut stream, &frame);
        }
        seen
    });
    let bench = Bench::new();
    bench.write("requests.txt", "first\nsecond\r\n\nlast without an end");
    let ran = drive_echo(&bench, &address, "len32be", &["--input", "requests.txt"]);
    is_done(&ran, 4);
    let seen = serving.join().expect("the server ends").remove(0);
    assert_eq!(seen, ["first", "second", "", "last without an end"]);
    assert_eq!(ran.stdout, "first\nsecond\n\nlast without an end\n");
}

#[test]
fn lines_may_be_on_their_way_together() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    let lines: String = (0..5_000).map(|number| format!("line {number}\n")).collect();
    let client = Bench::new();
    client.write("many.txt", &lines);
    let more = ["--input", "many.txt", "--in-flight", "30"];
    let ran = drive_echo(&client, &serve.address, "len32be", &more);
    is_done(&ran, 5_000);
    assert_eq!(ran.stdout, lines);
}

#[test]
fn an_empty_input_is_an_empty_conversation() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    let client = Bench::new();
    // The harness gives no standard input.
    is_done(&drive_echo(&client, &serve.address, "len32be", &["--input", "-"]), 0);
}

#[test]
fn a_line_longer_than_a_message_is_counted_and_the_others_go() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len16be", &[]);
    let client = Bench::new();
    client.write("long.txt", format!("short\n{}\nshort too\n", "x".repeat(100_000)));
    let ran = drive_echo(&client, &serve.address, "len16be", &["--input", "long.txt"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(ran.stderr.contains("input 1, first: a line is longer"), "{ran}");
    assert_eq!(ran.stdout, "short\nshort too\n");
}

#[test]
fn lines_that_have_no_answer_do_not_wait_for_one() {
    let (address, serving) = by_hand(1, |mut stream| {
        let mut seen = 0;
        while read_frame(&mut stream).is_some() {
            seen += 1;
        }
        seen
    });
    let bench = Bench::new();
    bench.write("lines.txt", "say it\n".repeat(500));
    // Did each line wait for what does not come, this would take a day.
    let mut more = vec!["--handler", "echo", "--config", r#"{ "reply": "none" }"#];
    more.extend(["--framing", "len32be", "--input", "lines.txt", "--set", "load.timeout=3min"]);
    is_done(&drive(&bench, &address, &more), 500);
    assert_eq!(serving.join().expect("the server ends"), [500]);
}

#[test]
fn what_is_received_cannot_play_with_the_terminal() {
    let (address, serving) = by_hand(1, |mut stream| {
        while read_frame(&mut stream).is_some() {
            write_frame(&mut stream, b"\x1b[2J\xff\nend");
        }
    });
    let bench = Bench::new();
    bench.write("one.txt", "hello\n");
    let ran = drive_echo(&bench, &address, "len32be", &["--input", "one.txt"]);
    assert_eq!(ran.stdout, "\\u{1b}[2J\u{fffd}\\nend\n");
    serving.join().expect("the server ends");
}

#[test]
fn an_input_that_cannot_be_read_is_wrong_usage() {
    let bench = Bench::new();
    for input in ["nowhere.txt", "."] {
        let ran = drive_echo(&bench, "127.0.0.1:9", "line", &["--input", input]);
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains(input), "{ran}");
    }
}

/// A client that talks to us.
struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Talk {
    fn start(bench: &Bench, address: &str) -> Self {
        let mut command = bench.command(&["drive", address, "--plugin-dir", plugin_folder()]);
        command.args(["--handler", "echo", "--framing", "line", "--input", "-"]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Self { child, input, output }
    }

    /// Says a line and waits for the answer, which is the same.
    #[track_caller]
    fn says(&mut self, line: &str) {
        self.is_answered(line, line);
    }

    /// Says a line and waits for its answer.
    #[track_caller]
    fn is_answered(&mut self, line: &str, wanted: &str) {
        let input = self.input.as_mut().expect("its input is open");
        writeln!(input, "{line}").expect("it reads");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("its output is text");
        assert_eq!(answer.trim_end(), wanted);
    }

    /// How it ends, and what it says of it.
    fn end(mut self) -> (Option<i32>, String) {
        let mut errors = String::new();
        let stderr = self.child.stderr.as_mut().expect("its errors are a pipe");
        stderr.read_to_string(&mut errors).expect("its errors are text");
        (self.child.wait().expect("it ends").code(), errors)
    }
}

#[test]
fn lines_go_out_as_they_are_typed() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "line", &[]);
    let client = Bench::new();
    let mut talk = Talk::start(&client, &serve.address);
    // Each answer comes before the next line is written.
    for line in ["hello", "are you there", "good bye"] {
        talk.says(line);
    }
    talk.input = None;
    let (code, errors) = talk.end();
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains("3 started: 3 done"), "{errors}");
    nothing_is_left(&client);
}

#[test]
fn an_interrupted_conversation_is_105_and_summed_up() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "line", &[]);
    let client = Bench::new();
    let mut talk = Talk::start(&client, &serve.address);
    talk.says("hello");
    kill(Pid::from_raw(talk.child.id() as i32), Signal::SIGINT).expect("it runs");
    let (code, errors) = talk.end();
    assert_eq!(code, Some(105), "{errors}");
    assert!(errors.contains("1 started: 1 done"), "{errors}");
    nothing_is_left(&client);
}

/// A server of one talk after the other, in lines, each of which ends with `q`.
struct Talks {
    address: String,
    /// Hears of each talk that both ends have left.
    over: Receiver<()>,
    serving: JoinHandle<usize>,
}

impl Talks {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let (tell, over) = channel();
        let serving = std::thread::spawn(move || {
            for before in 0.. {
                let (mut stream, _) = listener.accept().expect("somebody comes");
                let mut lines = BufReader::new(stream.try_clone().expect("a second handle"));
                let mut line = String::new();
                while lines.read_line(&mut line).expect("it is text") > 0 {
                    match line.trim_end() {
                        "how many?" => return before,
                        "q" => {
                            stream.write_all(b"goodbye\n").expect("it reads");
                            stream.shutdown(Shutdown::Write).expect("it is open");
                        }
                        said => stream.write_all(format!("{said}\n").as_bytes()).expect("it reads"),
                    }
                    line.clear();
                }
                tell.send(()).expect("somebody listens");
            }
            unreachable!("peers are counted without end");
        });
        Self { address, over, serving }
    }

    /// How many have come: whoever came before this question is among them.
    fn peers(self) -> usize {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all(b"how many?\n").expect("it reads");
        self.serving.join().expect("it counts")
    }
}

#[test]
fn after_the_goodbye_nobody_connects_until_there_is_something_to_say() {
    let talks = Talks::start();
    let client = Bench::new();
    let mut talk = Talk::start(&client, &talks.address);
    for _ in 0..3 {
        talk.says("hello");
        talk.is_answered("q", "goodbye");
        talks.over.recv().expect("both ends have left");
    }
    talk.input = None;
    let (code, errors) = talk.end();
    assert_eq!(code, Some(0), "{errors}");
    assert!(errors.contains("6 started: 6 done"), "{errors}");
    assert_eq!(talks.peers(), 3, "one for each talk");
}

#[test]
fn a_file_that_says_q_in_its_midst_goes_on_over_another_connection() {
    let talks = Talks::start();
    let bench = Bench::new();
    bench.write("lines.txt", "hello\nq\nagain\nq\n");
    let talk = ["--handler", "chat", "--config", "{ mode = \"talk\" }", "--framing", "line"];
    let ran = drive(&bench, &talks.address, &[&talk[..], &["--input", "lines.txt"]].concat());
    is_done(&ran, 4);
    assert_eq!(ran.stdout, "hello\ngoodbye\nagain\ngoodbye\n");
    assert_eq!(talks.peers(), 2);
}
