//! A copy of the example, with its main branch and wirebench beside it, as its workflows lay them out.

use crate::harness::{Bench, Ran, plugin_folder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program, as the example calls it from its own folder.
pub(crate) const PROGRAM: &str = "../wirebench/target/release/wirebench";

/// Where the server makes its answer.
const ANSWER: &str = "    return body\n";

/// No answer has the first byte of its request.
pub(crate) const WRONG: &str = "    return bytes([body[0] ^ 1]) + body[1:]\n";

/// Answers come many times later than they are exchanged, so that no noise hides it.
pub(crate) const LATE: &str = "    import time\n    time.sleep(0.004)\n    return body\n";

/// Where the example stands in this repository.
pub(crate) fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/example")
}

/// A file of the example.
pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(example().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the folder is writable");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let path = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &path);
        } else {
            std::fs::copy(entry.path(), path).expect("it can be copied");
        }
    }
}

/// The example as `new` and as `main`, its plugin built in `new` by the command of its README.
pub(crate) struct Repository {
    bench: Bench,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let bench = Bench::new();
        for state in ["new", "main"] {
            copy(&example(), &bench.folder().join(state));
        }
        let root = example().join("../..").canonicalize().expect("the repository");
        std::os::unix::fs::symlink(root, bench.folder().join("wirebench")).expect("a link");
        let repository = Self { bench };
        let readme = text("README.md");
        let build = readme.lines().find(|line| line.starts_with("cc ")).expect("it says how");
        let built = repository.shell(build, &[]);
        assert_eq!(built.code, Some(0), "{built}");
        repository
    }

    /// A file in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.bench.folder().join("new").join(name)
    }

    /// What a run has left there.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Changes what its server answers. That of the main branch stays as it is.
    pub(crate) fn change_answer(&self, to: &str) {
        let server = self.read("server/server.py");
        assert_eq!(server.matches(ANSWER).count(), 1, "{server}");
        std::fs::write(self.path("server/server.py"), server.replace(ANSWER, to)).expect("ours");
    }

    /// A line of the shell in its folder, with `wirebench` in PATH and what a workflow sets.
    pub(crate) fn shell(&self, line: &str, set: &[(&str, &str)]) -> Ran {
        let program = Path::new(env!("CARGO_BIN_EXE_wirebench"));
        let line = line.replace(PROGRAM, "wirebench");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folder = program.parent().expect("it has a folder").to_owned();
        let folders = std::iter::once(folder).chain(std::env::split_paths(&path));
        let mut command = self.bench.command_of(Path::new("sh"), &["-c", &line]);
        command
            .current_dir(self.path(""))
            .env("PATH", std::env::join_paths(folders).expect("folders"))
            .env("WIREBENCH_PLUGIN_PATH", plugin_folder())
            .envs(set.iter().copied());
        self.bench.launch(command).wait()
    }

    /// `wirebench` with arguments that stand as one text, on whatever processors there are.
    pub(crate) fn wirebench(&self, arguments: &str) -> Ran {
        self.shell(&format!("wirebench {arguments} --set cpu.placement=free"), &[])
    }

    /// The tests of a JUnit file with their status, as Python reads it: `server load.payload=16 B success`.
    #[track_caller]
    pub(crate) fn tests(&self, name: &str) -> Vec<String> {
        let script = example().join("../../tests/outputs/read_junit.py");
        let file = std::fs::File::open(self.path(name)).expect(name);
        let mut python = Command::new("python3");
        let output = python.arg(script).stdin(Stdio::from(file)).output().expect("it starts");
        assert!(output.status.success(), "{}", self.read(name));
        let read: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let suites = read["suites"].as_array().expect("suites");
        let cases = suites.iter().flat_map(|suite| suite["cases"].as_array().expect("tests"));
        let word = |value: &Value| value.as_str().expect("a word").to_owned();
        let test = |case: &Value| {
            let named = &case["attributes"];
            [word(&named["classname"]), word(&named["name"]), word(&case["status"])].join(" ")
        };
        cases.map(test).collect()
    }
}

/// The annotations of GitHub at the level `error` in what was printed.
pub(crate) fn errors(ran: &Ran) -> Vec<&str> {
    ran.stdout.lines().filter(|line| line.starts_with("::error ")).collect()
}
