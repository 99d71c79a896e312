//! What the tests of the whole program share: a private folder, the program in it, and its result.
#![allow(dead_code, unreachable_pub, unused_imports)] // no test file uses all of it

pub mod document;
pub mod network;
pub mod processes;
pub mod scenario;
pub mod terminal;
pub mod tmux;

pub use document::{Cell, Document};
pub use scenario::scenario;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for anything here on a busy machine; only a program that hangs takes it.
pub const ENDS_AT_ALL: Duration = Duration::from_secs(120);

/// The environment variable that marks every process of one bench.
pub const MARK: &str = "WIREBENCH_TEST_MARK";

/// Tries all `subjects`, several at the same time: most of what they do is to wait. The first that fails
/// fails the test.
pub fn side_by_side<T: Send>(subjects: impl IntoIterator<Item = T>, try_one: impl Fn(T) + Sync) {
    let waiting: std::sync::Mutex<Vec<T>> = std::sync::Mutex::new(subjects.into_iter().collect());
    let next = || waiting.lock().expect("nobody fails with the lock").pop();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(subject) = next() {
                    try_one(subject);
                }
            });
        }
    });
}

/// A folder of its own for one test: scenario, results, and what the program calls temporary.
pub struct Bench {
    folder: TempDir,
    mark: String,
}

impl Bench {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = tempfile::Builder::new().prefix("bench-").tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("tmp")).expect("a folder in it");
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { folder, mark: format!("{}-{number}", std::process::id()) }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What this bench's processes carry in [`MARK`].
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Where its processes put temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Where results go.
    pub fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("the folder is writable");
        path
    }

    /// The program with these arguments, nothing of the user's own settings, and this bench's
    /// mark.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_wirebench")), arguments)
    }

    /// The same with a copy of the program.
    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TMPDIR", self.temporary())
            .env(MARK, &self.mark)
            .env_remove("NO_COLOR")
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("WIREBENCH_PARTITION")
            .env_remove("WIREBENCH_PLUGIN_PATH")
            .env_remove("WIREBENCH_PROFILE")
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null());
        command
    }

    /// Starts the program; its output goes to files.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.launch(self.command(arguments))
    }

    /// Starts a prepared command; its output goes to files.
    pub fn launch(&self, mut command: Command) -> Running {
        let file = |name: &str| {
            let path = self.folder.path().join(name);
            (File::create(&path).expect("the folder is writable"), path)
        };
        let (out, stdout) = file("stdout.txt");
        let (err, stderr) = file("stderr.txt");
        let child = command.stdout(out).stderr(err).spawn().expect("the program starts");
        Running { child, stdout, stderr, ended: None }
    }

    /// The arguments that run `scenario.toml` here, with a document in `result.json`.
    pub fn run_arguments<'a>(&self, more: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = vec!["run", "scenario.toml", "--out", "out", "--json", "result.json"];
        arguments.extend(["--plugin-dir", plugin_folder()]);
        arguments.extend(more);
        arguments
    }

    /// Writes the scenario and starts it.
    pub fn start_scenario(&self, scenario: &str, more: &[&str]) -> Running {
        self.write("scenario.toml", scenario);
        self.start(&self.run_arguments(more))
    }

    /// Runs a scenario to its end.
    pub fn run(&self, scenario: &str, more: &[&str]) -> Ran {
        self.start_scenario(scenario, more).wait()
    }

    /// The document that a run left in `result.json`.
    pub fn document(&self) -> Document {
        Document::read(&self.folder.path().join("result.json"))
    }
}

impl Drop for Bench {
    /// A test that failed because something outlived its run must not leave it to the others.
    fn drop(&mut self) {
        for process in processes::of(self) {
            process.signal(nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Runs a scenario that must pass, and returns its document.
#[track_caller]
pub fn pass(scenario: &str) -> Document {
    let bench = Bench::new();
    let ran = bench.run(scenario, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    bench.document()
}

/// Runs a scenario however it ends, and returns its document.
#[track_caller]
pub fn measured(scenario: &str) -> Document {
    let bench = Bench::new();
    let ran = bench.run(scenario, &[]);
    assert!(bench.folder().join("result.json").exists(), "{ran}");
    bench.document()
}

/// The scenarios of a folder and of those in it, relative to it.
pub fn toml_files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        if entry.path().is_dir() {
            found.extend(toml_files(&entry.path()).iter().map(|inner| format!("{name}/{inner}")));
        } else if name.ends_with(".toml") {
            found.push(name);
        }
    }
    found
}

/// The folder in which cargo has put the plugins that these tests depend on.
pub fn plugin_folder() -> &'static str {
    static FOLDER: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its own file");
        let folder = test.parent().expect("it stands in deps");
        assert!(folder.join("libwirebench_echo.so").is_file(), "the echo plugin is built");
        folder.to_str().expect("a path in UTF-8").to_owned()
    })
}

/// A run under way. Dropped, it is killed.
pub struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
    ended: Option<ExitStatus>,
}

impl Running {
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// True once the program has ended.
    pub fn has_ended(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().expect("a child can be waited for");
        }
        self.ended.is_some()
    }

    /// Waits for the end; a program that does not end is a failure.
    #[track_caller]
    pub fn wait(mut self) -> Ran {
        let begun = Instant::now();
        while !self.has_ended() {
            if begun.elapsed() > ENDS_AT_ALL {
                let _ = self.child.kill();
                panic!("the program did not end; stderr: {}", text(&self.stderr));
            }
            std::thread::sleep(Duration::from_millis(3));
        }
        Ran {
            code: self.ended.and_then(|status| status.code()),
            stdout: text(&self.stdout),
            stderr: text(&self.stderr),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}

/// A run that is over.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; `None`: a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// So often a test plays again what a hypervisor has disturbed.
const MAX_REPEATS: usize = 5;

impl Ran {
    /// True when gates on cost could not be decided, because the machine's processor was given to others.
    pub fn was_disturbed(&self) -> bool {
        self.stdout.contains("the hypervisor ran others")
    }
}

/// Plays until nothing was disturbed, for tests that need a gate on cost to be decided; `None` where no
/// run was left alone: on such a machine it cannot be.
pub fn undisturbed(play: impl FnMut() -> (Ran, Bench)) -> Option<(Ran, Bench)> {
    let mut runs = std::iter::repeat_with(play).take(MAX_REPEATS);
    let found = runs.find(|(ran, _)| !ran.was_disturbed());
    if found.is_none() {
        eprintln!("not decided: a hypervisor has disturbed every run");
    }
    found
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}
