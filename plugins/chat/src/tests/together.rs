//! Both sides together, with messages between them on the way for any time.

use super::Rng;
use crate::Chat;
use std::collections::{BTreeMap, VecDeque};
use wirebench_sdk::Token;
use wirebench_sdk::kit::{self, Answer, Kit};

/// What is on its way in one direction of a session.
type DirectionProfile = VecDeque<(Token, Vec<u8>)>;

/// Two sides and the connections between them.
struct World {
    server: Kit,
    client: Kit,
    /// By session of the client: its session on the server, and what is on its way.
    links: BTreeMap<u32, (u32, DirectionProfile, DirectionProfile)>,
    /// How much has been taken up of what the sides sent and closed.
    taken: [usize; 3],
    next: Token,
    window: usize,
    /// Exchanges under way, with the session that began them.
    under_way: BTreeMap<Token, u32>,
    ended: usize,
    /// Whether the client is told which exchange a message belongs to.
    ledger: bool,
}

impl World {
    fn new(config: &str, sessions: u32, window: usize, ledger: bool) -> Self {
        let mut world = Self {
            server: kit::server::<Chat>(config).unwrap(),
            client: kit::client::<Chat>(config).unwrap(),
            links: BTreeMap::new(),
            taken: [0; 3],
            next: 1,
            window,
            under_way: BTreeMap::new(),
            ended: 0,
            ledger,
        };
        world.client.set_payload(b"hello");
        (0..sessions).for_each(|_| world.connect());
        world
    }

    fn connect(&mut self) {
        let server = self.server.open().unwrap();
        let client = self.client.open().unwrap();
        self.links.insert(client, (server, DirectionProfile::new(), DirectionProfile::new()));
        self.take_up();
    }

    /// Puts what the sides have handed over on its way.
    fn take_up(&mut self) {
        for sent in &self.client.sent()[self.taken[0]..] {
            if let Some((_, up, _)) = self.links.get_mut(&sent.session) {
                up.push_back((sent.token, sent.bytes.clone()));
            }
        }
        self.taken[0] = self.client.sent().len();
        for sent in &self.server.sent()[self.taken[1]..] {
            let link = self.links.values_mut().find(|link| link.0 == sent.session);
            if let Some((_, _, down)) = link {
                down.push_back((sent.token, sent.bytes.clone()));
            }
        }
        self.taken[1] = self.server.sent().len();
        for one in &self.client.finished()[self.ended..] {
            self.under_way.remove(&one.token);
        }
        self.ended = self.client.finished().len();
    }

    /// One thing happens somewhere. False: nothing can.
    fn step(&mut self, rng: &mut Rng, most: Token) -> bool {
        self.client_closes();
        let mut can: Vec<(u32, u8)> = Vec::new();
        for (session, (_, up, down)) in &self.links {
            let mine = self.under_way.values().filter(|one| *one == session).count();
            can.extend((!up.is_empty()).then_some((*session, 0)));
            can.extend((!down.is_empty()).then_some((*session, 1)));
            can.extend((mine < self.window && self.next <= most).then_some((*session, 2)));
        }
        if can.is_empty() {
            return false;
        }
        let (session, what) = can[rng.below(can.len())];
        let (server, up, down) = self.links.get_mut(&session).unwrap();
        match what {
            0 => {
                let (token, bytes) = up.pop_front().unwrap();
                self.server.message(*server, token, &bytes).unwrap();
            }
            1 => {
                let (token, bytes) = down.pop_front().unwrap();
                self.client.message(session, if self.ledger { token } else { 0 }, &bytes).unwrap();
            }
            _ => {
                self.under_way.insert(self.next, session);
                self.client.start(session, self.next).unwrap();
                self.next += 1;
            }
        }
        self.take_up();
        true
    }

    /// Sessions that the client has closed go, and others come for them.
    fn client_closes(&mut self) {
        let closed = self.client.closed()[self.taken[2]..].to_vec();
        self.taken[2] += closed.len();
        for session in closed {
            let Some((server, ..)) = self.links.remove(&session) else { continue };
            self.client.close(session).unwrap();
            self.server.close(server).unwrap();
            self.under_way.retain(|_, one| *one != session);
            self.take_up();
            self.connect();
        }
    }

    fn count(&self, kind: &str) -> u64 {
        self.client.counted(kind).map_or(0, |counted| counted.0)
    }

    /// Nothing is wrong with a server that does what it should.
    #[track_caller]
    fn is_right(&self, what: &str) {
        for kind in [
            "duplicate",
            "foreign",
            "order-disagrees",
            "order-unjudged",
            "out-of-order",
            "refused",
            "unreadable",
        ] {
            let first = self.client.counted(kind).map_or("", |counted| counted.1);
            assert_eq!(self.count(kind), 0, "{what}: {kind}: {first}");
        }
    }
}

#[test]
fn every_exchange_is_done_however_long_messages_are_on_their_way() {
    for seed in 0..25 {
        let mut rng = Rng::new(seed);
        let echo = rng.below(2) == 0;
        let private = ["0%", "40%"][rng.below(2)];
        let rooms = 1 + rng.below(2);
        let speakers = rng.below(3);
        let config = format!(
            r#"{{"echo": {echo}, "private": "{private}", "rooms": {rooms}, "speakers": {speakers}}}"#
        );
        let (sessions, window) = (4 + rng.below(6) as u32, 1 + rng.below(4));
        let mut world = World::new(&config, sessions, window, rng.below(2) == 0);
        while world.step(&mut rng, 120) {}
        world.is_right(&format!("seed {seed}: {config}"));
        let done = world.client.finished().iter().filter(|one| one.how == 0).count();
        assert_eq!(done, 120, "seed {seed}: {config}: {:?}", world.client.finished().last());
        assert_eq!(world.count("indeterminate"), 0, "seed {seed}");
    }
}

#[test]
fn members_that_come_and_go_leave_no_exchange_behind() {
    let mut indeterminate = 0;
    for seed in 0..25 {
        let mut rng = Rng::new(seed);
        let quit = [0, 5][rng.below(2)];
        let config = format!(r#"{{"churn": 3, "quit-after": {quit}, "private": "10%"}}"#);
        let window = if quit > 0 { 1 } else { 1 + rng.below(3) };
        let mut world = World::new(&config, 6 + rng.below(4) as u32, window, true);
        while world.step(&mut rng, 150) {}
        world.is_right(&format!("seed {seed}: {config}"));
        assert_eq!(world.under_way.len(), 0, "seed {seed}: {config}");
        assert!(world.client.finished().iter().all(|one| one.how == 0), "seed {seed}: {config}");
        indeterminate += world.count("indeterminate");
    }
    assert!(indeterminate > 200, "only {indeterminate}");
}

#[test]
fn what_slow_readers_miss_is_neither_wrong_nor_forgotten() {
    let mut rejected = 0;
    for seed in 0..25 {
        let mut rng = Rng::new(seed);
        let backlog = [0, 200, 400][rng.below(3)];
        let config = format!(r#"{{"backlog": {backlog}, "private": "20%"}}"#);
        let mut world = World::new(&config, 6, 3, true);
        // Not before everybody is in the room: who is not let in is not slow.
        while world.step(&mut rng, 0) {}
        loop {
            let full = rng.below(5) == 0;
            world.server.answer(if full { Answer::Full } else { Answer::Sent });
            let goes_on = world.step(&mut rng, 150);
            world.server.answer(Answer::Sent);
            if rng.below(6) == 0 || !goes_on {
                let sessions: Vec<u32> = world.links.values().map(|link| link.0).collect();
                for session in sessions.into_iter().filter(|_| !goes_on || rng.below(2) == 0) {
                    world.server.writable(session).unwrap();
                }
                world.take_up();
            }
            let idle = world.links.values().all(|(_, up, down)| up.is_empty() && down.is_empty());
            if !goes_on && idle {
                break;
            }
        }
        world.is_right(&format!("seed {seed}: {config}"));
        assert_eq!(world.under_way.len(), 0, "seed {seed}: {config}");
        let done = world.client.finished().iter().filter(|one| one.how == 0).count();
        rejected += world.client.finished().len() - done;
        assert!(done > 0, "seed {seed}");
    }
    assert!(rejected > 100, "only {rejected}");
}
