//! A terminal for the program, and what it is told there.

use super::ENDS_AT_ALL;
use nix::pty::{Winsize, openpty};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Which standard streams are the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// Standard output and error.
    Both,
    /// Standard error alone; nobody reads the other.
    Error,
    /// Standard error alone; somebody reads the other through a pipe.
    Piped,
    /// All three.
    All,
}

/// Runs a command to its end on a terminal of its own, of so many columns and rows; returns what was printed there,
/// and the exit status.
#[track_caller]
pub fn on_a_terminal(
    mut command: Command,
    size: (u16, u16),
    streams: Streams,
) -> (String, Option<i32>) {
    let size = Winsize { ws_col: size.0, ws_row: size.1, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(&size, None).expect("a pseudo-terminal");
    let side = |descriptor: &OwnedFd| {
        Stdio::from(descriptor.try_clone().expect("descriptors can be copied"))
    };
    command.stderr(side(&terminal.slave));
    command.stdout(match streams {
        Streams::Both | Streams::All => side(&terminal.slave),
        Streams::Error => Stdio::null(),
        Streams::Piped => Stdio::piped(),
    });
    if streams == Streams::All {
        command.stdin(side(&terminal.slave));
    }
    let mut child = command.spawn().expect("the program starts");
    // Ours too must be closed, so that the end of the program is the end of what can be read.
    drop((command, terminal.slave));
    let reader = child
        .stdout
        .take()
        .map(|mut out| std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink())));
    let (mut screen, mut chunk) = (Vec::new(), [0; 4_096]);
    let mut master = File::from(terminal.master);
    while let Ok(count @ 1..) = master.read(&mut chunk) {
        screen.extend_from_slice(&chunk[..count]);
    }
    let begun = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status.code();
        }
        assert!(begun.elapsed() < ENDS_AT_ALL, "the program did not end");
        std::thread::sleep(Duration::from_millis(3));
    };
    if let Some(reader) = reader {
        reader.join().expect("it reads").expect("a pipe can be read");
    }
    (String::from_utf8_lossy(&screen).into_owned(), code)
}

/// What a run has drawn on a terminal.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The lines of each drawing, without colours; one that takes away what stood there has none.
    pub drawings: Vec<Vec<String>>,
    /// What was printed between them, above what was drawn.
    pub printed: String,
    /// True where colours were chosen.
    pub colors: bool,
}

impl Drawn {
    /// Reads what a terminal was told that has this many columns and rows all the time. Fails where it was told
    /// anything but colours, to go up to the beginning of a row, and to take rows away; where a drawing does not
    /// take away exactly the one before, and the row of the cursor; and where one does not fit.
    #[track_caller]
    pub fn read(screen: &str, (columns, rows): (usize, usize)) -> Self {
        let mut drawn = Self::default();
        // A terminal makes this of every line feed.
        let mut parts = screen.split("\r\x1b[").peekable();
        drawn.lines(parts.next().unwrap_or_default());
        let mut stands = 0;
        for part in parts {
            let number = |text: &str| text.parse::<usize>().expect("a number of rows");
            let (moves, rest) = part.split_once('M').expect("rows are taken away");
            let (up, away) = match moves.split_once("A\x1b[") {
                Some((up, away)) => (number(up), number(away)),
                None => (0, number(moves)),
            };
            assert!(up > 0 || !moves.contains('A'), "0 rows are taken for one: {screen:?}");
            assert_eq!(away, up + 1, "those above the cursor, and its own: {screen:?}");
            assert_eq!(up, stands, "as many rows as stand there: {screen:?}");
            let lines = drawn.lines(rest);
            // The first drawing after something was printed, or that takes all away.
            let takes_away = stands > 0 && (lines.is_empty() || !is_drawn(&lines));
            if takes_away {
                drawn.drawings.push(Vec::new());
                drawn.printed += &lines.iter().map(|line| format!("{line}\n")).collect::<String>();
                stands = 0;
                continue;
            }
            for line in &lines {
                let wide = wirebench::text::width(line);
                assert!(wide < columns, "{wide} of {columns} columns: {line}");
            }
            assert!(lines.len() < rows, "{} lines in {rows} rows", lines.len());
            stands = lines.len();
            drawn.drawings.push(lines);
        }
        assert_eq!(stands, 0, "something is left there: {screen:?}");
        drawn
    }

    /// The lines of a part, without its colours. Nothing else may stand in it.
    #[track_caller]
    fn lines(&mut self, part: &str) -> Vec<String> {
        let mut plain = String::new();
        let mut styled = part.split("\x1b[");
        plain.push_str(styled.next().unwrap_or_default());
        for rest in styled {
            let (style, text) = rest.split_once('m').expect("a colour");
            assert!(style.chars().all(|c| c.is_ascii_digit() || c == ';'), "{rest:?}");
            plain.push_str(text);
            self.colors = true;
        }
        let plain = plain.replace("\r\n", "\n");
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
        assert!(plain.is_empty() || plain.ends_with('\n'), "{plain:?}");
        plain.lines().map(str::to_owned).collect()
    }

    /// The drawings that show something.
    pub fn shown(&self) -> impl Iterator<Item = &Vec<String>> {
        self.drawings.iter().filter(|lines| !lines.is_empty())
    }
}

/// Whether lines are those of a drawing: the last one is a bar, or where that has no room counts rounds.
fn is_drawn(lines: &[String]) -> bool {
    let begins = |c: char| "█▌░".contains(c) || c.is_ascii_digit();
    lines.last().is_some_and(|last| last.starts_with(begins))
}
