//! wirebench itself: real rounds through the runner, in child processes, as `wirebench run` plays
//! them.

use super::{LISTENERS, PAYLOAD, Shape};
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
        let plugin = program.with_file_name("deps").join("libwirebench_chat.so");
        assert!(plugin.exists(), "{} is missing", plugin.display());
        Self { runner: Runner::start(program).expect("guard"), plugin }
    }

    /// Plays one round; returns how long its measured part took.
    pub(crate) fn run(&mut self, shape: &Shape) -> Duration {
        let text = scenario(shape);
        let loaded = load("bench", &text, &Overrides::default(), &|_| Err("no files".into()))
            .unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let mut handlers = BTreeMap::new();
        handlers.insert(("chat".to_owned(), None), self.plugin.clone());
        let plugins = Plugins { handlers, ..Plugins::default() };
        let mut last = Last(None);
        self.runner.run(&loaded.scenario, &plugins, 1, &mut last).expect("the round can be run");
        match last.0.expect("a round").outcome {
            Outcome::Finished { client, .. } => {
                assert_eq!(client.exchanges.done, shape.messages, "{:?}", client.exchanges);
                Duration::from_nanos(client.window.length_ns)
            }
            other => panic!("{other:?}"),
        }
    }
}

/// One exchange of every member is under way, and one member says them all.
fn scenario(shape: &Shape) -> String {
    format!(
        "schema = 1\nname = \"bench\"\nframing = \"len32be\"\n\
         handler = {{ plugin = \"chat\", config = {{ speakers = 1 }} }}\n\
         transport = {{ kind = \"tcp\", write = \"{write}\" }}\n\
         [load]\nconnections = {members}\nin-flight = 1\npayload = \"{PAYLOAD} B\"\n\
         ledger = \"8 MiB\"\ntimeout = \"30s\"\ndrain = \"30s\"\n\
         warmup = \"50ms\"\nmessages = {messages}\nrounds = 1\n",
        write = if shape.batch { "batch" } else { "message" },
        members = LISTENERS + 1,
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
