//! A scenario as a user writes it, played by two engines over the network in memory with the plugins as
//! they are built, and pooled into the document that a run would leave.

use super::cases::ROUGH;
use super::document::Document;
use super::network::Weather;
use super::port::SimulatedPort;
use super::recorder::{built, crumb};
use super::round::{Play, Played, Player, Watched};
use super::scenario;
use wirebench::engine::Core;
use wirebench::framing::Role;
use wirebench::host::{Instance, Library};
use wirebench::load::rng::SplitMix64;
use wirebench::result::{self, Disturbed, Ending, Host, Outcome, Placed, Round, Tool, conserve};
use wirebench::scenario::{Overrides, Scenario, Settings, load};

/// Examples of each anomaly in a document, as usual.
const EXAMPLES: usize = 3;

/// Seeds of the network, where a behaviour is looked at over several.
const SEEDS: u64 = 2;

impl Watched for Instance<Core<SimulatedPort>> {
    fn open(&self) -> u64 {
        self.open_sessions()
    }

    fn sent(&self) -> Option<u64> {
        None
    }
}

/// The text of a scenario, without a warm-up unless `load` has one.
pub(crate) fn text(framing: &str, load: &str, more: &str) -> String {
    let warmup = if load.contains("warmup") { "" } else { "warmup = \"0ms\"\n" };
    scenario::scenario(framing, &format!("{warmup}{load}"), more)
}

/// Plays a scenario over a calm network, however it ends. The books of every round balance.
#[track_caller]
pub(crate) fn measured(text: &str) -> Document {
    over(text, Weather::CALM, 0).0
}

/// The same where the server has done what it can before the client has a turn, and nothing takes time
/// on the way.
#[track_caller]
pub(crate) fn when_the_client_is_last(text: &str) -> Document {
    over(text, Weather { client_last: true, longest_delay: 1, ..Weather::CALM }, 0).0
}

/// The same, and no gate fails.
#[track_caller]
pub(crate) fn pass(text: &str) -> Document {
    passes_over(text, Weather::CALM, 0)
}

/// Plays a scenario over a calm network and over one that cuts, refuses and interrupts, as several
/// seeds say; no gate fails, and each time `check` holds.
#[track_caller]
pub(crate) fn always(text: &str, check: impl Fn(&Document)) {
    for (name, weather) in [("calm", Weather::CALM), ("rough", ROUGH)] {
        for seed in 0..SEEDS {
            let _told = Told(name, seed);
            check(&passes_over(text, weather, seed));
        }
    }
}

/// The same over a calm network alone, and however it ends.
#[track_caller]
pub(crate) fn with_every_seed(text: &str, check: impl Fn(&Document)) {
    for seed in 0..SEEDS {
        let _told = Told("calm", seed);
        check(&over(text, Weather::CALM, seed).0);
    }
}

/// The same where the ledger holds every message itself.
#[track_caller]
pub(crate) fn with_every_seed_and_copy(text: &str, check: impl Fn(&Document)) {
    for seed in 0..SEEDS {
        let _told = Told("calm", seed);
        check(&in_ledger(text, Weather::CALM, seed, true).0);
    }
}

/// Which schedule it was, for whoever reads of a failure.
struct Told(&'static str, u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the network was {}, with the seed {}", self.0, self.1);
        }
    }
}

#[track_caller]
fn passes_over(text: &str, weather: Weather, seed: u64) -> Document {
    let (document, ending) = over(text, weather, seed);
    // Where the scenario has no gates, nothing is decided, and that is no failure.
    let passed = matches!(ending, Ending::Clean | Ending::Inconclusive);
    assert!(passed, "{ending:?}: {}", document.0["cells"]);
    document
}

#[track_caller]
fn over(text: &str, weather: Weather, seed: u64) -> (Document, Ending) {
    in_ledger(text, weather, seed, false)
}

/// `copies`: no message is named in the ledger.
#[track_caller]
fn in_ledger(text: &str, weather: Weather, seed: u64, copies: bool) -> (Document, Ending) {
    let loaded = load("scenario.toml", text, &Overrides::default(), &|_| Err("no files".into()));
    let scenario = match loaded {
        Ok(loaded) => loaded.scenario,
        Err(mistakes) => panic!("{}", mistakes.render(false)),
    };
    let mut rounds = Vec::new();
    for number in 0..scenario.rounds {
        for cell in 0..scenario.cells.len() {
            rounds.push(round(&scenario, cell, number, weather, seed, copies));
        }
    }
    let document = result::Document::build(&scenario, &rounds, Host::default(), Tool::this());
    let text = serde_json::to_string(&document).expect("a document is JSON");
    (Document::parse(&text), document.ending())
}

/// One round of a cell.
#[track_caller]
fn round(
    scenario: &Scenario,
    cell: usize,
    number: u32,
    weather: Weather,
    seed: u64,
    copies: bool,
) -> Round {
    let settings = &scenario.cells[cell].settings;
    // As in a run: rounds differ, cells do not.
    let load_seed = SplitMix64::stream(scenario.seed, u64::from(number)).next_u64();
    let mut weather = weather;
    if settings.transport.kind.has_packets() {
        // A packet is taken whole or not at all.
        weather.capacity = weather.capacity.max(Weather::CALM.capacity);
    }
    let play = Play {
        settings: settings.clone(),
        client: super::handlers::Manner::Asks,
        server: super::handlers::Manner::Echoes,
        weather,
        ring_bytes: settings.load.ledger_bytes as usize,
        load_seed: Some(load_seed),
        examples: EXAMPLES,
        apart: None,
        reads_all: false,
        copies,
        one_by_one: false,
        waits_in_reads: true,
        interrupted_after: None,
        server_stops: None,
    };
    let library = library(settings);
    let network_seed = seed.wrapping_mul(1_000).wrapping_add(u64::from(number));
    let mut player = Player::new(&play);
    let played =
        player.round_with(network_seed, |role, core| instance(&library, settings, role, core));
    let Played { client, server, took_ns, .. } = match played {
        Ok(played) => played,
        Err(error) => panic!("{}: {error}", scenario.cells[cell].id),
    };
    if let Err(error) = conserve(&client, &server) {
        panic!("{}: {error}", scenario.cells[cell].id);
    }
    let (client, server) = (Box::new(client), Box::new(server));
    Round {
        cell,
        round: number,
        attempt: 0,
        seed: load_seed,
        began_ns: 0,
        took_ns,
        disturbed: Disturbed::default(),
        placed: Placed::default(),
        outcome: Outcome::Finished { client, server, crash: None },
    }
}

fn library(settings: &Settings) -> Library {
    let file = built(settings.handler.plugin.as_str());
    Library::load(&file).unwrap_or_else(|error| panic!("{error}"))
}

/// One side of the scenario's handler.
fn instance(
    library: &Library,
    settings: &Settings,
    role: Role,
    core: &mut Core<SimulatedPort>,
) -> Result<Instance<Core<SimulatedPort>>, String> {
    let (handler, config) = (&settings.handler, settings.handler.config.to_string());
    let name = handler.handler.as_deref();
    let made = match role {
        Role::Server => library.server(name, &config, core, crumb()),
        Role::Client => library.client(name, &config, core, crumb()),
    };
    made.map_err(|error| error.to_string())
}
