//! A terminal that somebody works at: tmux, with a shell in it.

use super::Bench;
use std::path::Path;
use std::time::{Duration, Instant};

/// Long enough for whatever is waited for; only what does not come takes it.
const COMES_AT_ALL: Duration = Duration::from_secs(40);

/// A window of tmux that nobody looks at, with bash in it. Needs both.
pub struct Tmux<'a> {
    bench: &'a Bench,
}

impl<'a> Tmux<'a> {
    /// A window of so many columns and rows; its shell stands in the bench's folder.
    #[track_caller]
    pub fn start(bench: &'a Bench, (columns, rows): (u16, u16)) -> Self {
        let tmux = Self { bench };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let window = ["new-session", "-d", "-x", &columns, "-y", &rows];
        tmux.call(&[&window[..], &["env", "PS1=$ ", "bash", "--norc", "--noprofile"]].concat());
        tmux.wait("a prompt", |screen| screen.last().is_some_and(|line| line == "$"));
        tmux
    }

    /// What a command of tmux prints.
    #[track_caller]
    fn call(&self, arguments: &[&str]) -> String {
        let all = [&["-u", "-S", "tmux.socket", "-f", "/dev/null"], arguments].concat();
        let mut command = self.bench.command_of(Path::new("tmux"), &all);
        let output = command.env("LC_ALL", "C.UTF-8").output().expect("tmux is there");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Types a line.
    #[track_caller]
    pub fn line(&self, text: &str) {
        self.call(&["send-keys", "-l", text]);
        self.key("Enter");
    }

    /// Hits a key, by its name in tmux.
    #[track_caller]
    pub fn key(&self, key: &str) {
        self.call(&["send-keys", key]);
    }

    /// Gives the window so many columns and rows.
    #[track_caller]
    pub fn resize(&self, (columns, rows): (u16, u16)) {
        self.call(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// The lines that stand there, those at the end left out that are empty.
    #[track_caller]
    pub fn screen(&self) -> Vec<String> {
        lines(&self.call(&["capture-pane", "-p"]))
    }

    /// The same with the colours that they have.
    #[track_caller]
    pub fn colored(&self) -> Vec<String> {
        lines(&self.call(&["capture-pane", "-p", "-e"]))
    }

    /// The same with all that stood there before.
    #[track_caller]
    pub fn history(&self) -> Vec<String> {
        lines(&self.call(&["capture-pane", "-p", "-S", "-"]))
    }

    /// Whether the cursor is shown.
    #[track_caller]
    pub fn shows_cursor(&self) -> bool {
        self.call(&["display-message", "-p", "#{cursor_flag}"]).trim() == "1"
    }

    /// Waits until something stands there, and returns it all.
    #[track_caller]
    pub fn wait(&self, what: &str, is_there: impl Fn(&[String]) -> bool) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            let shown = screen.join("\n");
            assert!(begun.elapsed() < COMES_AT_ALL, "{what} is not there:\n{shown}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the shell.
    #[track_caller]
    pub fn prompt(&self) -> Vec<String> {
        self.wait("the prompt", |screen| screen.last().is_some_and(|line| line == "$"))
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        let all = ["-S", "tmux.socket", "kill-server"];
        let _ = self.bench.command_of(Path::new("tmux"), &all).output();
    }
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}
