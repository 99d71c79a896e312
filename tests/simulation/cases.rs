//! What is simulated: settings, manners and weather, each combination with a name.

use super::handlers::Manner;
use super::network::Weather;
use super::round::Play;
use wirebench::engine::Bounds;
use wirebench::scenario::{Foreign, Overrides, Settings, Until, WritePolicy, load};

/// One kind of round.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) play: Play,
    pub(crate) expected: Expected,
    /// Requests are damaged for certain, and the client learns it while it sleeps.
    pub(crate) sees_damage: bool,
    /// What is not intact is so by the link.
    pub(crate) explains_all: bool,
    /// It takes about so many times as long as most.
    #[allow(dead_code, reason = "only the optimised run of a million asks for it")]
    pub(crate) cost: u64,
}

/// What must hold of a case besides the laws of every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Every message arrives whole, every exchange is done, and nobody counts an error.
    Whole,
    /// No exchange waits in vain: it is done, or its damage is seen and frees its slot.
    Answered,
    /// Every message gets its verdict while the round goes on: the ledger has room for all.
    Judged,
    /// Anything may go wrong.
    Anything,
}

/// What all have in common. Times are virtual.
const SCENARIO: &str = r#"
schema = 1
name = "simulated"
framing = "len32be"
handler = { plugin = "simulated" }
transport = { kind = "tcp", read-size = "1 KiB" }

[load]
in-flight = 4
connections = 2
payload = "40 B"
messages = 12
timeout = "20 ms"
drain = "40 ms"
warmup = "0 s"
"#;

/// Cut to pieces, with full buffers and interrupted calls.
pub(crate) const ROUGH: Weather = Weather {
    largest_piece: 9,
    longest_delay: 20_000,
    capacity: 300,
    interrupted: 16,
    refused: 24,
    spurious: 40,
    ..Weather::CALM
};

/// Little room, and some of it taken.
const NARROW: Weather = Weather {
    largest_piece: 4 << 10,
    capacity: 8 << 10,
    interrupted: 16,
    refused: 24,
    ..Weather::CALM
};

/// Room for everything, and requests that come one by one: only the ledger keeps a flood back.
const WIDE: Weather = Weather { capacity: 8 << 20, longest_delay: 20_000, ..Weather::CALM };

/// And connections that end when they like, and datagrams that get lost, come twice, or late.
const STORMY: Weather =
    Weather { reset: 6, unreachable: 20, lost: 12, doubled: 12, overtakes: 30, ..ROUGH };

const WEATHERS: [(&str, Weather); 3] =
    [("calm", Weather::CALM), ("rough", ROUGH), ("stormy", STORMY)];

const MANNERS: [(&str, Manner); 5] = [
    ("echoes", Manner::Echoes),
    ("later", Manner::EchoesLater),
    ("mail", Manner::EchoesByMail),
    ("closes", Manner::ClosesAfter(3)),
    ("forgets", Manner::Forgets(5)),
];

/// Settings that every manner and weather is tried with: the name, what is set, the ring in bytes, and
/// what is expected where the server answers everything and nothing is lost on the way.
const SETTINGS: [(&str, &[&str], usize, Expected); 20] = [
    ("plain", &[], 8 << 10, Expected::Whole),
    ("batch", &["transport.write=batch"], 8 << 10, Expected::Whole),
    ("header-body", &["transport.write=header-body"], 8 << 10, Expected::Whole),
    ("small-ring", &["load.in-flight=16"], 512, Expected::Whole),
    ("per-exchange", &["load.session=per-exchange"], 8 << 10, Expected::Whole),
    (TIMED, &[], 8 << 10, Expected::Whole),
    ("unframed", &["framing=raw"], 8 << 10, Expected::Answered),
    ("acknowledged", &["framing=len-ack"], 8 << 10, Expected::Whole),
    ("opened", &[OPENED], 8 << 10, Expected::Whole),
    ("datagrams", &["transport.kind=udp"], 8 << 10, Expected::Whole),
    (IN_TURNS, &["transport.kind=tcp"], 8 << 10, Expected::Whole),
    ("packets-in-turns", &["transport.kind=seqpacket"], 8 << 10, Expected::Whole),
    ("datagrams-in-turns", &["transport.kind=udp"], 8 << 10, Expected::Whole),
    ("due", &[OPEN, "load.rate=100k/s"], 8 << 10, Expected::Whole),
    (
        "due-at-random",
        &[OPEN, "load.rate=100k/s", "load.arrivals=poisson"],
        8 << 10,
        Expected::Whole,
    ),
    (
        "due-in-bursts",
        &[OPEN, "load.rate=400k/s", "load.arrivals={ burst = 9 }", "transport.write=batch"],
        8 << 10,
        Expected::Whole,
    ),
    ("due-and-timed", &[OPEN, "load.rate=100k/s"], 8 << 10, Expected::Whole),
    (
        "due-too-often",
        &[
            OPEN,
            "load.rate=1M/s",
            "load.arrivals={ burst = 8 }",
            "load.in-flight=1",
            "load.backlog=5",
            "load.catch-up=30us",
        ],
        8 << 10,
        Expected::Whole,
    ),
    (
        "due-per-exchange",
        &[OPEN, "load.rate=100k/s", "load.session=per-exchange"],
        8 << 10,
        Expected::Whole,
    ),
    ("due-datagrams", &[OPEN, "load.rate=100k/s", "transport.kind=udp"], 8 << 10, Expected::Whole),
];

/// Exchanges start when they are due, whatever has become of those before.
const OPEN: &str = "load.model=open";

/// The client's framing speaks before any message does.
const OPENED: &str = "framing={ kind = \"websocket\", opening = \"/\" }";

/// Requests and answers take turns over one connection, so that each side has one socket to wait for.
/// Deadlines are far enough for it to do so in the read.
pub(crate) const IN_TURNS: &str = "in-turns";

/// Those that say something of the transport or the link alone, and are tried with servers that answer
/// at once.
const LINKS: [(&str, &[&str], Expected); 11] = [
    ("late-reader", &["transport.read-delay=30us"], Expected::Whole),
    ("small-reads", &["transport.read-size=7B"], Expected::Whole),
    ("every-cut", &["link={ pieces = \"every-cut\" }"], Expected::Whole),
    (
        "bytes",
        &["link={ pieces = \"1 B\", lock-step-wait = \"10ms\" }", "load.messages=4"],
        Expected::Whole,
    ),
    (
        "short-calls",
        &[
            "link={ short-writes = \"30%\", short-reads = \"30%\", interrupts = \"20%\", would-block = \"20%\" }",
        ],
        Expected::Whole,
    ),
    ("delays", &["link={ delay = \"30us\", jitter = \"50us\" }"], Expected::Whole),
    ("flips", &["link={ flip = \"1%\" }"], Expected::Anything),
    ("resets", &["link={ rst-after = \"100 B\" }"], Expected::Anything),
    ("half-closes", &["link={ half-close-after = { behind = 3 } }"], Expected::Anything),
    ("flaps", &["link={ flap = 4 }"], Expected::Anything),
    (
        "bad-datagrams",
        &[
            "transport.kind=udp",
            "link={ drop = \"5%\", duplicate = \"5%\", reorder = \"10%\", truncate = \"5%\", corrupt = \"5%\" }",
        ],
        Expected::Anything,
    ),
];

/// This one ends by the clock, sooner than a scenario may ask for.
const TIMED: &str = "timed";

fn settings(name: &str, set: &[&str]) -> Settings {
    let overrides = Overrides {
        set: set.iter().map(|one| (*one).to_owned()).collect(),
        ..Overrides::default()
    };
    let loaded = load("simulated.toml", SCENARIO, &overrides, &|_| Err("no files".to_owned()));
    let mut settings = match loaded {
        Ok(loaded) => loaded.scenario.cells[0].settings.clone(),
        Err(mistakes) => panic!("{set:?}: {}", mistakes.render(false)),
    };
    if name.ends_with(IN_TURNS) {
        (settings.load.in_flight, settings.load.connections) = (1, 1);
        (settings.load.timeout_ns, settings.load.drain_ns) = (200_000_000, 200_000_000);
    }
    if name.ends_with(TIMED) {
        settings.load.until = Until::Duration(300_000);
        settings.load.warmup_ns = 100_000;
    }
    settings
}

/// Strangers that the server has at a time at most, and what it may hold for them: less than the flood
/// of one that does not read.
fn bounds() -> Bounds {
    Bounds {
        most_sessions: 8,
        most_memory: Some(256 << 10),
        most_of_session: Some(128 << 10),
        idle_ns: Some(500_000_000),
        ..Bounds::default()
    }
}

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, set, ring_bytes, expected) in SETTINGS {
        let settings = settings(name, set);
        for weather in WEATHERS {
            for manner in MANNERS {
                let mut case = case(name, &settings, manner, weather, ring_bytes, expected);
                case.cost = match (name, weather.0) {
                    // The clock moves when it is read, and batches read it seldom.
                    (TIMED, "calm") => 20,
                    ("per-exchange", _) => 2,
                    _ => 1,
                };
                cases.push(case);
            }
        }
    }
    let echoes = MANNERS[0];
    for (name, set, expected) in LINKS {
        let settings = settings(name, set);
        for weather in WEATHERS {
            let mut case = case(name, &settings, echoes, weather, 8 << 10, expected);
            case.explains_all = name == "flips" && weather.0 == "calm";
            case.cost = match name {
                "bytes" => 3,
                "every-cut" => 2,
                _ => 1,
            };
            cases.push(case);
        }
    }
    // A client that sends while it has answers: its connection may break in the midst of them.
    for (name, set) in [
        ("twice", &["load.in-flight=16"][..]),
        ("twice-batch", &["load.in-flight=16", "transport.write=batch"]),
    ] {
        let settings = settings(name, set);
        for weather in WEATHERS {
            let mut case = case(name, &settings, echoes, weather, 8 << 10, Expected::Whole);
            case.play.client = Manner::AsksTwice;
            cases.push(case);
        }
    }
    let plain = settings("plain", &[]);
    // What is said when the load is over is answered before the connections are closed.
    for weather in WEATHERS {
        for manner in [MANNERS[0], MANNERS[1], ("mute", Manner::IsMute)] {
            let mut goodbye = case("goodbye", &plain, manner, weather, 8 << 10, Expected::Whole);
            goodbye.play.client = Manner::SaysGoodbye;
            cases.push(goodbye);
        }
    }
    // What waits for the flood to pass waits long. Of few requests none comes that would wake the server
    // for those that it has not read.
    let few: &[&str] = &["load.timeout=2s", "load.messages=4", "load.connections=1"];
    for (name, set, write) in [
        ("plain", &few[..1], WritePolicy::Message),
        ("batch", &few[..1], WritePolicy::Batch),
        ("few", few, WritePolicy::Message),
    ] {
        let mut settings = settings(name, set);
        settings.transport.write = write;
        for weather in [WEATHERS[0], ("narrow", NARROW), ("wide", WIDE)] {
            let flood = ("floods", Manner::Floods);
            let mut flood = case(name, &settings, flood, weather, 256 << 10, Expected::Anything);
            flood.expected = Expected::Answered;
            flood.cost = 100;
            cases.push(flood);
        }
    }
    let mut unframed = settings("unframed", &["framing=raw"]);
    // No scenario may ask for that: here the engine itself is to merge them.
    unframed.transport.write = WritePolicy::Batch;
    let mute = ("mute", Manner::IsMute);
    let mut mute = case("unframed", &unframed, mute, WEATHERS[0], 8 << 10, Expected::Anything);
    mute.sees_damage = true;
    cases.push(mute);
    // Only answers are announced. What is cut of a request is another request.
    let announced = [
        "framing={ request = \"raw\", reply = { kind = \"handshake\", terminator = \"lf\" } }",
        "load.in-flight=1",
    ];
    let announced = settings("announced-answers", &announced);
    for (weather, expected) in
        WEATHERS.into_iter().zip([Expected::Whole, Expected::Anything, Expected::Anything])
    {
        cases.push(case("announced-answers", &announced, echoes, weather, 8 << 10, expected));
    }
    let late = [
        "framing={ kind = \"len-ack\", resend = \"5ms\" }",
        "transport.read-delay=60ms",
        "load.drain=1ms",
    ];
    let late = settings("unacknowledged", &late);
    let anything = Expected::Anything;
    cases.push(case("unacknowledged", &late, echoes, WEATHERS[0], 8 << 10, anything));
    // When the round ends, more of each connection waits than is read in a row.
    let late = [
        "transport.read-size=7B",
        "transport.read-delay=60ms",
        "load.in-flight=16",
        "load.drain=1ms",
    ];
    let late = settings("late-small-reads", &late);
    for weather in &WEATHERS[..2] {
        cases.push(case("late-small-reads", &late, echoes, *weather, 8 << 10, anything));
    }
    let churn = settings("churn", &["load.messages=100"]);
    let closes = ("closes", Manner::ClosesAfter(3));
    let mut churn = case("churn", &churn, closes, WEATHERS[0], 8 << 10, Expected::Judged);
    churn.cost = 10;
    cases.push(churn);
    for weather in WEATHERS {
        for manner in MANNERS {
            let mut interrupted =
                case("interrupted", &plain, manner, weather, 8 << 10, Expected::Anything);
            interrupted.play.interrupted_after = Some(60_000);
            cases.push(interrupted);
        }
    }
    for weather in &WEATHERS[..2] {
        for manner in MANNERS {
            let mut apart = case("apart", &plain, manner, *weather, 8 << 10, Expected::Anything);
            apart.play.apart = Some(bounds());
            cases.push(apart);
        }
    }
    cases.extend(looked_up());
    cases
}

/// Neither side knows the other, and the client looks every answer up among its requests.
fn looked_up() -> impl Iterator<Item = Case> {
    let kinds: [(&str, &[&str]); 4] = [
        ("looked-up", &[]),
        ("looked-up-bytes", &["framing=raw", "load.connections=1"]),
        ("looked-up-datagrams", &["transport.kind=udp"]),
        ("looked-up-in-a-small-ring", &["load.in-flight=16"]),
    ];
    kinds.into_iter().flat_map(|(name, set)| {
        let mut settings = settings(name, set);
        settings.server = Some(Foreign::Address("127.0.0.1:7".into()));
        settings.echoes = true;
        let ring = if name.ends_with("ring") { 512 } else { 8 << 10 };
        WEATHERS.into_iter().flat_map(move |weather| {
            let settings = settings.clone();
            MANNERS.into_iter().map(move |manner| {
                let anything = Expected::Anything;
                let mut case = case(name, &settings, manner, weather, ring, anything);
                case.play.apart = Some(bounds());
                case
            })
        })
    })
}

fn case(
    name: &str,
    settings: &Settings,
    (manner_name, server): (&str, Manner),
    (weather_name, weather): (&str, Weather),
    ring_bytes: usize,
    expected: Expected,
) -> Case {
    let answers = [Manner::Echoes, Manner::EchoesLater, Manner::EchoesByMail].contains(&server);
    let calm = weather.loses_nothing() && weather.unreachable == 0;
    Case {
        name: format!("{name}-{manner_name}-{weather_name}"),
        play: Play {
            settings: settings.clone(),
            client: Manner::Asks,
            server,
            weather,
            ring_bytes,
            load_seed: None,
            examples: 1,
            apart: None,
            reads_all: answers && calm,
            copies: false,
            one_by_one: false,
            waits_in_reads: true,
            interrupted_after: None,
            server_stops: None,
        },
        expected: match expected {
            Expected::Anything => expected,
            _ if !calm => Expected::Anything,
            Expected::Judged => expected,
            _ if !answers => Expected::Anything,
            _ => expected,
        },
        sees_damage: false,
        explains_all: false,
        cost: 1,
    }
}
