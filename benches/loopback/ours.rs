//! wirebench itself: real rounds through the runner, in child processes, as `wirebench run` plays
//! them.

use super::Shape;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wirebench::result::{Outcome, Round};
use wirebench::run::{Plugins, Runner, Watcher};
use wirebench::scenario::{Overrides, load};

pub(crate) struct Ours {
    runner: Runner,
    plugin: PathBuf,
}

impl Ours {
    pub(crate) fn start() -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_wirebench"));
        let plugin = program.with_file_name("deps").join("libwirebench_echo.so");
        assert!(plugin.exists(), "{} is missing", plugin.display());
        Self { runner: Runner::start(program).expect("guard"), plugin }
    }

    /// Plays one round; returns how long its measured part took.
    pub(crate) fn run(&mut self, shape: &Shape) -> Duration {
        let text = scenario(shape);
        let loaded = load("bench", &text, &Overrides::default(), &|_| Err("no files".into()))
            .unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let scenario = loaded.scenario;
        let mut handlers = BTreeMap::new();
        handlers.insert(("echo".to_owned(), None), self.plugin.clone());
        let plugins = Plugins { handlers, ..Plugins::default() };
        let mut last = Last(None);
        self.runner.run(&scenario, &plugins, 1, &mut last).expect("the round can be run");
        match last.0.expect("a round").outcome {
            Outcome::Finished { client, .. } => {
                assert_eq!(client.exchanges.done, shape.messages, "{:?}", client.exchanges);
                Duration::from_nanos(client.window.length_ns)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn scenario(shape: &Shape) -> String {
    let (server, client) = shape.processors;
    format!(
        "schema = 1\nname = \"bench\"\nhandler = {{ plugin = \"echo\" }}\nframing = \"{framing}\"\n\
         transport = {{ kind = \"{kind}\", write = \"{write}\" }}\n\
         cpu = {{ placement = \"{placement}\" }}\n\
         [load]\nin-flight = {in_flight}\nconnections = {connections}\npayload = \"{payload} B\"\n\
         warmup = \"50ms\"\nmessages = {messages}\nrounds = 1\n",
        framing = if shape.udp { "raw" } else { "len32be" },
        kind = if shape.udp { "udp" } else { "tcp" },
        write = if shape.batch { "batch" } else { "message" },
        placement = if server == client { "same" } else { "split" },
        in_flight = shape.in_flight,
        connections = shape.connections,
        payload = shape.payload,
        messages = shape.messages,
    )
}

/// Keeps the last round.
struct Last(Option<Round>);

impl Watcher for Last {
    fn begins(&mut self, _: usize, _: u32) {}
    fn ended(&mut self, round: Round) {
        self.0 = Some(round);
    }
}
