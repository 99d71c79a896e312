//! What every handler has to hold, whatever its conversation: tried on both of its sides, in memory.

use super::pair::{Pair, Side, Weather};
use super::{Answer, Places};
use crate::Handler;
use std::path::{Path, PathBuf};

/// Sessions that are open at a time.
const SESSIONS: usize = 3;

/// A run of a handler's server against its client, under everything that a host does to them.
///
/// ```
/// # use wirebench_sdk::kit::Conformance;
/// # fn of<H: wirebench_sdk::Handler>() {
/// Conformance::new("{}").check::<H>();
/// # }
/// ```
pub struct Conformance<'a> {
    config: &'a str,
    scratch: Option<&'a Path>,
    seed: u64,
    exchanges: usize,
    payloads: Vec<Vec<u8>>,
    refuses: bool,
    one_at_a_time: bool,
}

/// What is done to a handler, and what has to hold.
struct Case {
    name: &'static str,
    weather: Weather,
    harm: Harm,
}

/// What happens in the midst of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Harm {
    None,
    /// Sessions end while exchanges are under way.
    Closes,
    /// Sends of a side find the session closed.
    Closed(Side),
    /// Messages of more than a few bytes are too long.
    TooLarge,
}

impl Case {
    /// The link delivers everything once and in order, and nothing is closed: then all is done.
    fn is_fair(&self) -> bool {
        self.harm == Harm::None && !self.weather.overtakes && !self.weather.repeats
    }
}

fn cases() -> Vec<Case> {
    let calm = Weather::default();
    let case = |name, weather, harm| Case { name, weather, harm };
    vec![
        case("one message at a time", calm, Harm::None),
        case("messages that come together", Weather { together: true, ..calm }, Harm::None),
        case("sends that find no room (Full)", Weather { full: true, ..calm }, Harm::None),
        case("sessions that end early", calm, Harm::Closes),
        case("a server whose peer is gone (Closed)", calm, Harm::Closed(Side::Server)),
        case("a client whose peer is gone (Closed)", calm, Harm::Closed(Side::Client)),
        case("messages too long to send (TooLarge)", calm, Harm::TooLarge),
        case("messages that overtake each other", Weather { overtakes: true, ..calm }, Harm::None),
        case("messages that come twice", Weather { repeats: true, ..calm }, Harm::None),
    ]
}

impl<'a> Conformance<'a> {
    /// Of a handler with this configuration (JSON text).
    pub fn new(config: &'a str) -> Self {
        let payloads = vec![(32..96).collect(), b"x".to_vec(), vec![b'a'; 1_000]];
        Self {
            config,
            scratch: None,
            seed: 42,
            exchanges: 24,
            payloads,
            refuses: false,
            one_at_a_time: false,
        }
    }

    /// Everything random comes from `seed` (42 unless told otherwise).
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// So many exchanges in each case (24 unless told otherwise).
    pub fn exchanges(mut self, count: usize) -> Self {
        self.exchanges = count;
        self
    }

    /// What the scenario's payload is, one case after the other (64 bytes, 1 byte and 1,000 bytes of text unless
    /// told otherwise).
    ///
    /// # Panics
    ///
    /// Without any.
    pub fn payloads(mut self, payloads: &[&[u8]]) -> Self {
        assert!(!payloads.is_empty(), "one payload at least");
        self.payloads = payloads.iter().map(|bytes| bytes.to_vec()).collect();
        self
    }

    /// A directory in which each side of each case gets an empty one of its own
    /// ([`Cx::scratch_dir`](crate::Cx::scratch_dir)).
    pub fn scratch(mut self, path: &'a Path) -> Self {
        self.scratch = Some(path);
        self
    }

    /// With this configuration exchanges may end as rejected or wrong: a login with wrong keys.
    pub fn refuses(mut self) -> Self {
        self.refuses = true;
        self
    }

    /// No exchange begins before the one before it has ended: for conversations that end their session themselves,
    /// and leave unanswered whatever else is under way on it.
    pub fn one_at_a_time(mut self) -> Self {
        self.one_at_a_time = true;
        self
    }

    /// Tries everything, and panics with all that did not hold.
    ///
    /// - Where the link delivers everything once and in order, however often a send finds no room, every exchange
    ///   ends, done, and no hook answers an error.
    /// - Where sessions end early, or sends find them closed, no hook answers an error: both happen in every round.
    /// - Where messages come twice, in another order, or are too long to send, a hook may answer an error, which
    ///   ends its session. A new session is served as if nothing had been.
    /// - No hook panics, and no exchange is ended that was never started.
    ///
    /// # Panics
    ///
    /// With a list of what did not hold, each with its case and the seed.
    #[track_caller]
    pub fn check<H: Handler>(&self) {
        let found = self.findings::<H>();
        assert!(
            found.is_empty(),
            "{} does not hold what a handler has to (seed {}):\n  {}",
            H::NAME,
            self.seed,
            found.join("\n  ")
        );
    }

    /// As [`check`](Self::check); returns what did not hold.
    pub fn findings<H: Handler>(&self) -> Vec<String> {
        if let Err(failure) = Pair::new::<H>(self.config, Default::default(), self.seed) {
            return vec![format!("the configuration was refused: {failure}")];
        }
        let mut found = Vec::new();
        for case in cases() {
            for payload in &self.payloads {
                let told = self.play::<H>(&case, payload);
                found.extend(told.map(|what| {
                    format!("{}, payload of {} bytes: {what}", case.name, payload.len())
                }));
            }
        }
        found
    }

    /// The first thing that does not hold in a case.
    fn play<H: Handler>(&self, case: &Case, payload: &[u8]) -> Option<String> {
        let folders = match self.folders(case, payload) {
            Ok(folders) => folders,
            Err(error) => return Some(format!("there is no folder for it: {error}")),
        };
        let places = [0, 1]
            .map(|side| Places { scratch: folders.get(side).map(|path| &**path), scenario: None });
        let mut pair = match Pair::new::<H>(self.config, places, self.seed) {
            Ok(pair) => pair,
            Err(failure) => return Some(format!("the configuration was refused: {failure}")),
        };
        pair.set_payload(payload);
        pair.set_weather(case.weather);
        self.load(&mut pair, case);
        if let Some(fault) = pair.faults.first() {
            return Some(fault.clone());
        }
        let may_fail =
            case.harm == Harm::TooLarge || case.weather.overtakes || case.weather.repeats;
        if let Some(error) = pair.errors.first().filter(|_| !may_fail) {
            return Some(error.clone());
        }
        if case.is_fair()
            && let Some(what) = self.undone(&pair)
        {
            return Some(what);
        }
        self.afterwards(&mut pair)
    }

    /// An empty directory for the server and one for the client, where directories are wanted.
    fn folders(&self, case: &Case, payload: &[u8]) -> std::io::Result<Vec<PathBuf>> {
        let Some(scratch) = self.scratch else { return Ok(Vec::new()) };
        let of_case = scratch.join(format!("{}, {} bytes", case.name, payload.len()));
        let folders = ["server", "client"].map(|side| of_case.join(side));
        folders.iter().try_for_each(std::fs::create_dir_all)?;
        Ok(folders.into())
    }

    fn load(&self, pair: &mut Pair, case: &Case) {
        match case.harm {
            Harm::Closed(side) => pair.answer(side, Answer::Closed),
            Harm::TooLarge => {
                pair.set_longest(4);
                pair.answer(Side::Server, Answer::TooLarge);
            }
            Harm::None | Harm::Closes => {}
        }
        for index in 0..self.exchanges {
            if !fill(pair) || pair.open_lines() == 0 || !pair.faults.is_empty() {
                return;
            }
            pair.start(index % pair.open_lines().max(1));
            // Several are under way where they can meet.
            let weather = &case.weather;
            let at_a_time = if self.one_at_a_time {
                1
            } else if weather.full {
                4 * SESSIONS
            } else if weather.together || weather.overtakes {
                SESSIONS + 1
            } else {
                1
            };
            if case.harm == Harm::Closes && index % 3 == 2 {
                // What is under way on it ends with it.
                pair.disconnect(0);
            } else if case.is_fair() && index % at_a_time == at_a_time - 1 {
                pair.settle();
            }
        }
        if case.is_fair() {
            pair.settle();
        } else {
            pair.drift();
        }
    }

    /// What is left of the exchanges of a fair case.
    fn undone(&self, pair: &Pair) -> Option<String> {
        let unfinished = pair.unfinished();
        if !unfinished.is_empty() {
            let (count, first) = (unfinished.len(), unfinished[0]);
            return Some(format!("{count} exchanges never ended, the first is {first}"));
        }
        pair.not_done().into_iter().next().filter(|_| !self.refuses)
    }

    /// What comes later is served as if nothing had been.
    fn afterwards(&self, pair: &mut Pair) -> Option<String> {
        pair.set_weather(Weather::default());
        pair.answer(Side::Server, Answer::Sent);
        pair.answer(Side::Client, Answer::Sent);
        pair.set_longest(0);
        while pair.open_lines() > 0 {
            pair.disconnect(0);
        }
        pair.errors.clear();
        let (known, ended) = (pair.not_done().len(), "a new session afterwards");
        if !fill(pair) {
            return Some(format!("{ended} is refused: {}", pair.errors.concat()));
        }
        // What the sides say to each other when they meet.
        pair.drift();
        if pair.open_lines() == 0 {
            return Some(format!("{ended} is closed at once"));
        }
        let token = pair.start(0);
        pair.settle();
        if let Some(fault) = pair.faults.iter().chain(&pair.errors).next() {
            return Some(format!("{ended}: {fault}"));
        }
        if pair.unfinished().contains(&token) {
            return Some(format!("{ended}: exchange {token} never ended"));
        }
        if !self.refuses
            && let Some(what) = pair.not_done().get(known)
        {
            return Some(format!("{ended}: {what}"));
        }
        pair.end();
        pair.faults.iter().chain(&pair.errors).next().map(|fault| format!("at the end: {fault}"))
    }
}

/// Opens as many sessions as there are to be; some may be over at once, where a handler takes fewer. False: one was
/// refused.
fn fill(pair: &mut Pair) -> bool {
    let missing = SESSIONS.saturating_sub(pair.open_lines());
    (0..missing).all(|_| pair.connect())
}

#[cfg(test)]
mod tests;
