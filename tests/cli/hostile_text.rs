//! Words that others wrote and that a terminal would obey: no verb prints them as they are, wherever
//! they come from.

use crate::harness::{Bench, plugin_folder, scenario};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use wirebench::load::rng::SplitMix64;
use wirebench::text::is_plain;

/// What a terminal obeys, what turns or hides text, and words between.
const PIECES: [&str; 18] = [
    "\u{1b}[2J",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;x:y\u{1b}\\",
    "\u{1b}c",
    "\r",
    "\u{8}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}1m",
    "\u{9d}0;x\u{9c}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{e0041}",
    " word ",
];

/// All of them, in another order for every seed.
fn hostile(random: &mut SplitMix64) -> String {
    let mut pieces: Vec<(u64, &str)> = PIECES.map(|piece| (random.next_u64(), piece)).to_vec();
    pieces.sort_unstable();
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

/// The text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Runs a verb, and looks at every byte that it prints.
#[track_caller]
fn is_clean(
    bench: &Bench,
    told: &str,
    arguments: &[&OsStr],
    environment: &[(&str, &OsStr)],
) -> String {
    let mut command = bench.command(&[]);
    command.args(arguments).envs(environment.iter().copied());
    let ran = bench.launch(command).wait();
    let mut all = String::new();
    for name in ["stdout.txt", "stderr.txt"] {
        let bytes = std::fs::read(bench.folder().join(name)).expect("it was printed");
        let text =
            String::from_utf8(bytes).unwrap_or_else(|_| panic!("{told}: {arguments:?}: {ran:?}"));
        let wrong = text.chars().find(|c| *c != '\n' && !is_plain(*c));
        assert_eq!(wrong, None, "{told}: {arguments:?}: {ran:?}");
        all += &text;
    }
    assert!(!all.is_empty(), "{told}: {arguments:?} says nothing");
    all
}

fn os<'a>(arguments: &'a [&'a str]) -> Vec<&'a OsStr> {
    arguments.iter().map(OsStr::new).collect()
}

/// A scenario whose plugin says the text in a hook, in a cell that has it in its name.
fn says(text: &str, fault: &str) -> String {
    let config = format!(
        "{{ hook = \"message\", fault = \"{fault}\", side = \"server\", says = {} }}",
        quoted(text)
    );
    let more = format!(
        "about = {}\nhandler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{{}}, {config}]\n",
        quoted(text)
    );
    scenario("\"len32be\"", "messages = 3\ntimeout = \"100ms\"\n", &more)
}

#[test]
fn no_verb_prints_what_a_terminal_obeys() {
    let seed = 20_261_129;
    let mut random = SplitMix64::stream(seed, 0);
    let text = hostile(&mut random);
    let told = format!("seed {seed}: {text:?}");
    let bench = Bench::new();
    let file = format!("{text}.toml");
    let folder = ["--plugin-dir", plugin_folder()];
    let check = |arguments: &[&str], more: &[&str]| {
        is_clean(&bench, &told, &os(&[arguments, more].concat()), &[])
    };
    // The plugin prints, counts, fails and panics with it, and the file is called so.
    for fault in ["print", "count", "error", "panic"] {
        bench.write(&file, says(&text, fault));
        let out = ["--out", &text, "--json", "result.json"];
        let shown = check(
            &["run", &file, "--show-output", "--log-level", "debug"],
            &[&out[..], &folder].concat(),
        );
        assert!(fault != "print" || shown.contains("server faulty output: "), "{told}: {shown}");
        for format in ["table", "markdown", "json", "jsonl"] {
            check(&["report", "result.json", "--trace", "2"], &["--format", format]);
        }
    }
    check(&["check", &file], &folder);
    check(&["plan", &file], &[]);
    check(&["plan", &file, "--filter", &text], &[]);
    check(&["list"], &[&["scenarios", "."][..], &folder].concat());
    check(&["list", "plugins", "--load"], &folder);
    // What is wrong is quoted.
    bench.write(
        "wrong.toml",
        format!("# {}\n{} = 1 # {text}\n", text.replace(['\u{1b}', '\r'], ""), quoted(&text)),
    );
    for verb in ["check", "plan", "run"] {
        check(&[verb, "wrong.toml"], &folder);
        check(&[verb, &file, "--set", &format!("load.{text}=1")], &folder);
        check(&[verb, &format!("{text}-none.toml")], &[]);
    }
    // Names that are none.
    check(&["report", &text], &[]);
    for chosen in [["--sort", &text], ["--columns", &text], ["--pivot", &format!("{text},x:p50")]] {
        check(&["report", "result.json"], &chosen);
        check(&["run", &file], &[&chosen[..], &folder].concat());
    }
    check(&["report", "result.json", "--pivot", &text], &[]);
    check(&["serve", "--handler", &text, "--framing", "line"], &folder);
    check(&["drive", &text, "--handler", "echo", "--framing", "line"], &folder);
    check(&["torture", &text], &[]);
    check(&["torture", "line", "--only", &text], &[]);
    check(&[&text], &[]);
    check(&["run", &file, "--format", &text], &[]);
    check(&["run", &file, "--json", &format!("{text}/none/x.json")], &folder);
    // A framing prints it when it is made, and then breaks a rule or dies.
    let framing = format!("{}/libwirebench_faulty.so:len8-faulty", plugin_folder());
    let setting = format!("says={}", quoted(&text));
    for fault in ["fault=abort-in-feed", "fault=message-outside"] {
        check(
            &[
                "torture",
                &framing,
                "--set",
                &setting,
                "--set",
                fault,
                "--quick",
                "--only",
                "round-trip",
            ],
            &[],
        );
    }
    // A program of one's own prints it and ends.
    let bytes = text.as_bytes();
    let code = quoted(&format!("import sys; sys.stdout.buffer.write(bytes({bytes:?}))"));
    let program = format!("\n[server]\ncommand = [\"python3\", \"-c\", {code}, \"{{port}}\"]\n");
    bench.write("program.toml", scenario("\"line\"", "", &program));
    check(&["run", "program.toml", "--out", "out", "--show-output"], &folder);
    // The environment.
    for name in ["TMPDIR", "WIREBENCH_PLUGIN_PATH", "PATH", "HOME", "XDG_DATA_HOME"] {
        let run = ["run", &file, "--out", "out"];
        is_clean(&bench, &told, &os(&run), &[(name, OsStr::new(&text))]);
        is_clean(&bench, &told, &os(&["list", "plugins"]), &[(name, OsStr::new(&text))]);
    }
}

#[test]
fn a_name_that_is_no_text_is_printed_as_text() {
    let bench = Bench::new();
    let name = OsString::from(OsStr::from_bytes(b"a\xff\x1b[1m\x9b.toml"));
    std::fs::write(bench.folder().join(Path::new(&name)), "x = 1\n")
        .expect("the folder is writable");
    for verb in ["check", "plan", "run", "report", "serve"] {
        let told = is_clean(&bench, verb, &[OsStr::new(verb), &name], &[]);
        assert!(told.contains("a\\xff\\u{1b}[1m\\x9b.toml"), "{verb}: {told}");
    }
}
