//! What is simulated: settings, manners and weather, each combination with a name.

use super::handlers::Manner;
use super::network::Weather;
use super::round::Play;
use wirebench::scenario::{Overrides, Settings, Until, load};

/// One kind of round.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) play: Play,
    /// Every message must arrive whole, and every exchange be done.
    pub(crate) whole: bool,
}

/// What all have in common. Times are virtual.
const SCENARIO: &str = r#"
schema = 1
name = "simulated"
framing = "len32be"
handler = { plugin = "simulated" }
transport = { kind = "tcp" }

[load]
in-flight = 4
connections = 2
payload = "40 B"
messages = 30
timeout = "20 ms"
drain = "40 ms"
warmup = "0 s"
"#;

fn settings(set: &[&str]) -> Settings {
    let overrides = Overrides {
        set: set.iter().map(|one| (*one).to_owned()).collect(),
        ..Overrides::default()
    };
    let loaded = load("simulated.toml", SCENARIO, &overrides, &|_| Err("no files".to_owned()));
    match loaded {
        Ok(loaded) => loaded.scenario.cells[0].settings.clone(),
        Err(mistakes) => panic!("{set:?}: {}", mistakes.render(false)),
    }
}

/// Cut to pieces, with full buffers and interrupted calls.
const ROUGH: Weather = Weather {
    largest_piece: 9,
    longest_delay: 20_000,
    capacity: 300,
    interrupted: 16,
    refused: 24,
    reset: 0,
    unreachable: 0,
    spurious: 40,
};

/// And connections that end when they like.
const STORMY: Weather = Weather { reset: 6, unreachable: 20, ..ROUGH };

const WEATHERS: [(&str, Weather); 3] =
    [("calm", Weather::CALM), ("rough", ROUGH), ("stormy", STORMY)];

const MANNERS: [(&str, Manner); 7] = [
    ("echoes", Manner::Echoes),
    ("later", Manner::EchoesLater),
    ("mail", Manner::EchoesByMail),
    ("floods", Manner::Floods),
    ("closes", Manner::ClosesAfter(3)),
    ("closes-at-once", Manner::ClosesAfter(1)),
    ("forgets", Manner::Forgets(5)),
];

/// This one ends by the clock, sooner than a scenario may ask for.
const TIMED: &str = "timed";

/// Name, settings, ring in bytes; `true`: every message can arrive whole.
const SETTINGS: [(&str, &[&str], usize, bool); 10] = [
    ("plain", &[], 8 << 10, true),
    ("batch", &["transport.write=batch"], 8 << 10, true),
    ("header-body", &["transport.write=header-body"], 8 << 10, true),
    ("delimiter", &["framing=line", "load.alphabet=text"], 8 << 10, true),
    ("small-ring", &["load.in-flight=16"], 512, true),
    ("per-exchange", &["load.session=per-exchange"], 8 << 10, true),
    ("one-by-one", &["load.in-flight=1", "load.connections=1"], 8 << 10, true),
    (TIMED, &[], 8 << 10, true),
    ("late-reader", &["transport.read-delay=30us"], 8 << 10, true),
    ("unframed", &["framing=raw"], 8 << 10, false),
];

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (weather_name, weather) in WEATHERS {
        for (manner_name, server) in MANNERS {
            for (settings_name, set, ring_bytes, framed) in SETTINGS {
                let answers =
                    matches!(server, Manner::Echoes | Manner::EchoesLater | Manner::EchoesByMail);
                let mut settings = settings(set);
                if settings_name == TIMED {
                    settings.load.until = Until::Duration(300_000);
                    settings.load.warmup_ns = 100_000;
                }
                cases.push(Case {
                    name: format!("{settings_name}-{manner_name}-{weather_name}"),
                    play: Play { settings, server, weather, ring_bytes, interrupted_after: None },
                    whole: framed && answers && weather.loses_nothing() && weather.unreachable == 0,
                });
            }
        }
    }
    cases
}
