//! wirebench itself: real rounds through the runner, in child processes, as `wirebench run` plays them.

use super::shapes::Shape;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
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

    /// Plays one round; returns exchanges per second of its measured window. Every one that was measured
    /// has to be answered, and every message of it intact.
    pub(crate) fn play(&mut self, shape: &Shape) -> f64 {
        let loaded =
            load("bench", &shape.scenario(), &Overrides::default(), &|_| Err("none".into()))
                .unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let mut handlers = BTreeMap::new();
        handlers.insert(("echo".to_owned(), None), self.plugin.clone());
        let plugins = Plugins { handlers, ..Plugins::default() };
        let mut last = Last(None);
        self.runner.run(&loaded.scenario, &plugins, 1, &mut last).expect("the round can be run");
        match last.0.expect("a round").outcome {
            Outcome::Finished { client, .. } => {
                let exchanges = &client.exchanges;
                assert_eq!(exchanges.done, exchanges.started, "{}: {exchanges:?}", shape.name);
                client.window.completed as f64 * 1e9 / client.window.length_ns as f64
            }
            other => panic!("{}: {other:?}", shape.name),
        }
    }
}

/// Keeps the last round.
struct Last(Option<Round>);

impl Watcher for Last {
    fn begins(&mut self, _: usize, _: u32) {}
    fn ended(&mut self, round: Round) {
        self.0 = Some(round);
    }
}
