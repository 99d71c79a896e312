//! Both sides through the test kit, talking to each other.

mod challenges;
mod garbage;
mod logins;
mod refusals;

use crate::Auth;
use std::time::Duration;
use wirebench_sdk::kit::{self, Kit};

/// How exchanges end, as the interface numbers it.
const DONE: i32 = 0;
const WRONG: i32 = 1;
const REJECTED: i32 = 2;

/// A server and a client with the same configuration, joined without a network.
struct Pair {
    server: Kit,
    client: Kit,
    /// The session, on both sides alike.
    session: u32,
    /// Messages already carried: by the server, by the client.
    carried: (usize, usize),
    /// The client does not get what the server says, or gets something else.
    twist: fn(&[u8]) -> Vec<u8>,
}

impl Pair {
    fn new(server: &str, client: &str) -> Self {
        let mut server = kit::server::<Auth>(server).unwrap();
        let mut client = kit::client::<Auth>(client).unwrap();
        let session = server.open().unwrap();
        assert_eq!(client.open().unwrap(), session);
        let mut pair = Self { server, client, session, carried: (0, 0), twist: <[u8]>::to_vec };
        pair.carry();
        pair
    }

    fn alike(config: &str) -> Self {
        Self::new(config, config)
    }

    /// A fresh connection.
    fn reconnect(&mut self) {
        self.session = self.server.open().unwrap();
        assert_eq!(self.client.open().unwrap(), self.session);
        self.carry();
    }

    /// Carries messages to and fro until nobody has anything to say.
    fn carry(&mut self) {
        loop {
            let (sent, said) = (self.server.sent().len(), self.client.sent().len());
            for index in self.carried.0..sent {
                let message = self.server.sent()[index].clone();
                let bytes = (self.twist)(&message.bytes);
                self.client.message(message.session, message.token, &bytes).unwrap();
            }
            for index in self.carried.1..said {
                let message = self.client.sent()[index].clone();
                self.server.message(message.session, message.token, &message.bytes).unwrap();
                // A password is checked by another thread.
                while self.server.deliver_mail(Duration::ZERO).unwrap() {}
            }
            if self.carried == (sent, said) {
                // The loop sleeps until a check that is under way is over.
                if !self.server.deliver_mail(self.patience()).unwrap() {
                    return;
                }
            }
            self.carried = (sent, said);
        }
    }

    /// How long a check may take that the client waits for; no time at all when none is.
    fn patience(&self) -> Duration {
        let asked = self.client.sent().last().is_some_and(|message| message.bytes.len() < 16);
        let answered = self.client.finished().len() == self.started();
        if asked && !answered { Duration::from_secs(60) } else { Duration::ZERO }
    }

    fn started(&self) -> usize {
        let tokens: std::collections::BTreeSet<u64> =
            self.client.sent().iter().map(|message| message.token).collect();
        tokens.len()
    }

    fn play(&mut self, token: u64) {
        self.client.start(self.session, token).unwrap();
        self.carry();
    }

    /// How the client's exchanges ended.
    fn ends(&self) -> Vec<(u64, i32, &str)> {
        let ends = self.client.finished().iter();
        ends.map(|end| (end.token, end.how, end.why.as_str())).collect()
    }

    fn counted(&self, kind: &str) -> u64 {
        self.server.counted(kind).expect("a declared kind").0
    }
}
