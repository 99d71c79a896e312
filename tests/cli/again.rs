//! `run --watch` runs again when a file has changed that the run is made of, and ends with Ctrl-C.

use crate::harness::{Bench, Ran, Running, plugin_folder, processes, scenario};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A run on a busy machine may take as long.
const AT_ALL: Duration = Duration::from_secs(60);

/// A `run --watch` under way.
struct Watching {
    bench: Bench,
    running: Running,
    /// How often it has come to its end so far.
    ends: usize,
}

impl Watching {
    fn start(bench: Bench, arguments: &[&str]) -> Self {
        let running = bench.start(arguments);
        let mut watching = Self { bench, running, ends: 0 };
        watching.comes_to_its_end();
        watching
    }

    fn told(&self) -> String {
        std::fs::read_to_string(self.bench.folder().join("stderr.txt")).unwrap_or_default()
    }

    /// Waits until it watches once more.
    #[track_caller]
    fn comes_to_its_end(&mut self) {
        self.ends += 1;
        let begun = Instant::now();
        while self.told().matches("watching ").count() < self.ends {
            assert!(begun.elapsed() < AT_ALL, "it does not watch again: {}", self.told());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// As editors do: a new file takes the place of the old one.
    fn replace(&self, name: &str, text: &str) {
        let new = self.bench.write("new", text);
        std::fs::rename(new, self.bench.folder().join(name)).expect("it can be replaced");
    }

    /// Nothing is run for a while that is longer than it takes to look for new files.
    #[track_caller]
    fn stays_quiet(&self) {
        std::thread::sleep(Duration::from_millis(2_500));
        assert_eq!(self.told().matches("running again").count() + 1, self.ends, "{}", self.told());
    }

    fn end(self) -> (Ran, Bench) {
        kill(Pid::from_raw(self.running.pid()), Signal::SIGINT).expect("it runs");
        (self.running.wait(), self.bench)
    }
}

fn quick(more: &str) -> String {
    scenario("\"len32be\"", "messages = 5\nwarmup = \"0ms\"\n", more)
}

fn arguments<'a>(plugins: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let own = ["run", "scenario.toml", "--watch", "--out", "out", "--json", "result.json"];
    [&own[..], &["--plugin-dir", plugins], more].concat()
}

#[test]
fn a_scenario_that_changes_is_run_again_and_ctrl_c_ends_with_the_code_of_the_last_run() {
    let bench = Bench::new();
    bench.write("scenario.toml", quick(""));
    let mut watching = Watching::start(bench, &arguments(plugin_folder(), &[]));
    watching.replace("scenario.toml", &quick("[expect]\ndone = 4\n"));
    watching.comes_to_its_end();
    assert!(watching.told().contains("\n\nscenario.toml has changed: running again\n"));
    assert!(watching.told().contains("done is 5, the limit is 4"), "{}", watching.told());
    let (ran, bench) = watching.end();
    assert_eq!(ran.code, Some(100), "{ran}");
    assert_eq!(bench.document().cell().gate("done"), Some(false));
    processes::nothing_is_left(&bench);
}

#[test]
fn a_scenario_that_is_broken_is_told_and_watched_until_it_is_mended() {
    let bench = Bench::new();
    bench.write("scenario.toml", "schema = 1\nnonsense\n");
    let mut watching = Watching::start(bench, &arguments(plugin_folder(), &[]));
    assert!(watching.told().contains("scenario.toml:2"), "{}", watching.told());
    watching.replace("scenario.toml", &quick(""));
    watching.comes_to_its_end();
    let (ran, bench) = watching.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    bench.document().cell().is_intact();
}

#[test]
fn a_plugin_that_is_built_again_and_the_program_of_a_server_are_watched() {
    let bench = Bench::new();
    let built = Path::new(plugin_folder()).join("libwirebench_echo.so");
    let folder = bench.folder().join("built");
    std::fs::create_dir(&folder).expect("the folder is writable");
    let plugin: PathBuf = folder.join("libwirebench_echo.so");
    std::fs::copy(&built, &plugin).expect("it was built");
    let server = include_str!("../interop/echo_server.py");
    bench.write("echo_server.py", server);
    let command = "[server]\ncommand = [\"python3\", \"echo_server.py\", \"{port}\"]\n\
                   [expect]\ndone = 5\n";
    bench.write("scenario.toml", quick(command).replace("len32be", "len32le"));
    let folder = folder.to_str().expect("a path in UTF-8");
    let mut watching = Watching::start(bench, &arguments(folder, &[]));
    // What a build does: the file is removed, and another one written.
    std::fs::remove_file(&plugin).expect("it is there");
    std::fs::copy(&built, &plugin).expect("it was built");
    watching.comes_to_its_end();
    assert!(watching.told().contains("libwirebench_echo.so has changed"), "{}", watching.told());
    watching.replace("echo_server.py", &format!("{server}\n# changed\n"));
    watching.comes_to_its_end();
    assert!(watching.told().contains("echo_server.py has changed"), "{}", watching.told());
    assert_eq!(watching.end().0.code, Some(0));
}

#[test]
fn a_wirebench_toml_that_is_broken_is_watched_until_it_is_mended() {
    let bench = Bench::new();
    bench.write("scenario.toml", quick(""));
    let sound = "schema = 1\nscenarios = [\"scenario.toml\"]\n";
    bench.write("wirebench.toml", sound);
    let own = ["run", "--watch", "--out", "out", "--plugin-dir", plugin_folder()];
    let mut watching = Watching::start(bench, &own);
    watching.replace("wirebench.toml", "nonsense\n");
    watching.comes_to_its_end();
    assert!(watching.told().contains("wirebench.toml:1"), "{}", watching.told());
    watching.replace("wirebench.toml", sound);
    watching.comes_to_its_end();
    assert_eq!(watching.end().0.code, Some(0));
}

#[test]
fn a_plugin_that_is_built_for_the_first_time_is_run() {
    let bench = Bench::new();
    let folder = bench.folder().join("built");
    std::fs::create_dir(&folder).expect("the folder is writable");
    let more = "handler = { plugin = \"mine\", config = {} }\n";
    bench.write("scenario.toml", quick(more));
    let folder = folder.to_str().expect("a path in UTF-8").to_owned();
    let mut watching = Watching::start(bench, &arguments(&folder, &[]));
    let built = Path::new(plugin_folder()).join("libwirebench_echo.so");
    std::fs::copy(built, Path::new(&folder).join("libwirebench_mine.so")).expect("it was built");
    watching.comes_to_its_end();
    assert!(watching.told().contains("libwirebench_mine.so has changed"), "{}", watching.told());
    watching.end();
}

#[test]
fn what_a_server_writes_itself_is_not_taken_for_a_change_for_ever() {
    let bench = Bench::new();
    let server = include_str!("../interop/echo_server.py");
    let logs = "import sys\nopen(sys.argv[2], 'a').write('started\\n')\n";
    bench.write("server.py", format!("{logs}{server}"));
    bench.write("server.log", "");
    let command = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\", \"server.log\"]\n\
                   [expect]\ndone = 5\n";
    bench.write("scenario.toml", quick(command).replace("len32be", "len32le"));
    let mut watching = Watching::start(bench, &arguments(plugin_folder(), &[]));
    // Once, because somebody may have changed it while it ran.
    watching.comes_to_its_end();
    watching.stays_quiet();
    watching.replace("scenario.toml", &quick(command).replace("len32be", "len32le"));
    watching.comes_to_its_end();
    watching.stays_quiet();
    assert_eq!(watching.end().0.code, Some(0));
}
