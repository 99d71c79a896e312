//! Whole conversations through the SDK's test kit: both sides, no host.

mod dialects;
mod errors;
mod garbage;
mod offers;
mod pacing;
mod transfers;

use crate::FileHandler;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use wirebench_sdk::kit::{Finished, Kit, Places, client_in, server_in};

/// Exchanges end as one of these.
const DONE: i32 = wirebench_abi::finish::DONE;
const WRONG: i32 = wirebench_abi::finish::WRONG;
const REJECTED: i32 = wirebench_abi::finish::REJECTED;

/// A server and a client with a session between them, each with a directory of its own.
struct Pair {
    server: Kit,
    client: Kit,
    /// The session's number on each side; `None` while it is closed.
    session: Option<(u32, u32)>,
    taken: (usize, usize),
    next: u64,
    folder: TempDir,
}

impl Pair {
    /// Both sides get `config`, JSON without its outer braces.
    fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["server", "client"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self::within(folder, config)
    }

    fn within(folder: TempDir, config: &str) -> Self {
        let config = format!("{{{config}}}");
        let (here, there) = (folder.path().join("server"), folder.path().join("client"));
        let places = |scratch| Places { scratch: Some(scratch), scenario: Some(folder.path()) };
        let server = server_in::<FileHandler>(&config, places(&*here)).unwrap();
        let client = client_in::<FileHandler>(&config, places(&*there)).unwrap();
        let mut pair = Self { server, client, session: None, taken: (0, 0), next: 1, folder };
        pair.reconnect();
        pair
    }

    fn reconnect(&mut self) {
        self.session = Some((self.server.open().unwrap(), self.client.open().unwrap()));
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Starts an exchange and lets everything happen that follows; how it ended.
    fn exchange(&mut self) -> Finished {
        let token = self.start();
        self.run();
        let found = self.client.finished().iter().find(|one| one.token == token);
        found.unwrap_or_else(|| panic!("exchange {token} did not end")).clone()
    }

    fn start(&mut self) -> u64 {
        let token = self.next;
        self.next += 1;
        self.client.start(self.session.expect("an open session").1, token).unwrap();
        token
    }

    /// Carries messages to and fro, and lets steps be made, until nothing happens any more.
    fn run(&mut self) {
        loop {
            let before = (self.taken, self.server.sent().len(), self.client.sent().len());
            self.carry();
            for kit in [&mut self.server, &mut self.client] {
                kit.advance(Duration::from_nanos(1)).unwrap();
            }
            self.carry();
            let Some((here, there)) = self.session else { return };
            if self.server.closed().contains(&here) || self.client.closed().contains(&there) {
                self.cut();
                return;
            }
            if before == (self.taken, self.server.sent().len(), self.client.sent().len())
                && !self.is_stepping()
            {
                return;
            }
        }
    }

    /// A digest that is taken sends nothing for some steps.
    fn is_stepping(&mut self) -> bool {
        let counts = |pair: &Self| (pair.server.sent_count(), pair.client.sent_count());
        let before = counts(self);
        for _ in 0..64 {
            for kit in [&mut self.server, &mut self.client] {
                kit.advance(Duration::from_nanos(1)).unwrap();
            }
            if counts(self) != before {
                return true;
            }
        }
        false
    }

    fn carry(&mut self) {
        let Some((here, there)) = self.session else { return };
        while self.taken.0 < self.client.sent().len() {
            let message = self.client.sent()[self.taken.0].clone();
            self.taken.0 += 1;
            self.server.message(here, message.token, &message.bytes).unwrap();
        }
        while self.taken.1 < self.server.sent().len() {
            let message = self.server.sent()[self.taken.1].clone();
            self.taken.1 += 1;
            self.client.message(there, message.token, &message.bytes).unwrap();
        }
    }

    /// The session is over on both sides.
    fn cut(&mut self) {
        let Some((here, there)) = self.session.take() else { return };
        self.server.close(here).unwrap();
        self.client.close(there).unwrap();
        self.taken = (self.client.sent().len(), self.server.sent().len());
    }

    /// How often both sides have counted a kind.
    fn counted(&self, kind: &str) -> u64 {
        let of = |kit: &Kit| kit.counted(kind).map_or(0, |(count, _)| count);
        of(&self.server) + of(&self.client)
    }
}

/// The names in a directory, those of parts included.
fn names(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
