//! What a scenario says, checked and with every default filled in. A [`Cell`]'s [`Settings`] are
//! all that a side needs to play its part; they cross to the child processes as JSON.

use super::partition::PartitionInfo;
use super::secrets::Secrets;
pub use super::tables::{
    Baseline, Cpu, Foreign, ForeignCommand, HandlerSpec, Load, OpenLoad, Placement, SessionPolicy,
    Transport, Unreachable, Until, Wait, WritePolicy,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use wirebench_framings::FramingSpec;
pub use wirebench_framings::PluginName;
pub use wirebench_link::Link;
pub use wirebench_load::{ArrivalRate, Arrivals, PayloadAlphabet, Sizes, Stage};
use wirebench_measure::COUNT_PREFIX;
use wirebench_search::{Rule, usual_points};

/// A checked scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// `name`.
    pub name: String,
    /// `about`, or empty.
    pub about: String,
    /// The file it was read from, to be shown.
    pub source: String,
    /// The folder from which the files that it names are looked for; empty: where we are. Not kept: a
    /// result is of no folder.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The matrix keys, in file order: `["framing", "load.payload"]`.
    pub axes: Vec<String>,
    /// Every point of the matrix, in file order (last axis fastest).
    pub cells: Vec<Cell>,
    /// How many times every cell is run.
    pub rounds: u32,
    /// What everything random is derived from.
    pub seed: u64,
    /// The SHA-256 of the file's text in hexadecimal; `None` where there is no file.
    #[serde(default)]
    pub text_sha256: Option<String>,
    /// The profile of `wirebench.toml` that it was read with.
    #[serde(default)]
    pub profile: Option<String>,
    /// What the profile and the command line changed, as [`Overrides::told`](super::Overrides::told) says it.
    #[serde(default)]
    pub changes: Vec<String>,
    /// What the whole is of which these cells are a part; `None`: they are the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<PartitionInfo>,
    /// `[search]`; `None`: every cell is played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// What is not to be shown of it. It stays in this process.
    #[serde(skip)]
    pub secrets: Secrets,
}

/// `[search]`: the highest value of a key that keeps a limit, for each group of cells that differ in nothing else. The
/// cells are the candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// `metric`, as the file writes it: `p99 < 1ms`.
    pub metric: String,
    /// The same as limits, which all have to be kept.
    pub bound: Vec<Gate>,
    /// `vary`: the key, which is the last axis.
    pub vary: String,
    /// `from`, as it is shown.
    pub from: String,
    /// `to`, as it is shown.
    pub to: String,
    /// `resolution`, from 0 to 1.
    pub resolution: f64,
    /// `rounds`: by how many rounds one side has to lead at a point.
    pub rounds: u32,
    /// `expect`.
    pub expect: Option<SearchExpect>,
}

/// `search.expect`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchExpect {
    /// `>=` or `>`.
    pub op: Op,
    /// The value: a second of rates, plain numbers, bytes.
    pub value: f64,
    /// The same in the smallest unit of the key.
    pub(crate) raw: u64,
    /// As the file writes it.
    pub text: String,
}

impl Search {
    /// How much load a candidate is: a second of rates, plain numbers, bytes. `None`: it is none.
    pub fn value(&self, settings: &Settings) -> Option<f64> {
        let load = &settings.load;
        match self.vary.as_str() {
            "load.rate" => Some(load.open.as_ref()?.stages.first()?.rate.per_second()),
            "load.in-flight" => Some(load.in_flight.into()),
            "load.connections" => Some(load.connections.into()),
            "load.payload" => match load.payload {
                Sizes::Constant(bytes) => Some(bytes as f64),
                _ => None,
            },
            _ => None,
        }
    }

    /// How a cell is called without the key that varies: what candidates of the same group share.
    pub fn group(&self, axes: &[(String, String)]) -> String {
        let others = axes.iter().filter(|(axis, _)| *axis != self.vary);
        let id = super::matrix::id(others.map(|(axis, value)| (axis.as_str(), value.as_str())));
        if id.is_empty() { "all".to_owned() } else { id }
    }
}

impl Scenario {
    /// The candidates of each search, by the numbers of their cells and from the least load to the most. None without a
    /// `[search]`.
    pub fn search_groups(&self) -> Vec<Vec<usize>> {
        let Some(search) = &self.search else { return Vec::new() };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (number, cell) in self.cells.iter().enumerate() {
            let group = *known.entry(search.group(&cell.axes)).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(cells) => cells.push(number),
                None => groups.push(vec![number]),
            }
        }
        groups
    }

    /// Rounds of all cells; of a search about as many as it takes where the rounds at each point agree.
    pub fn usual_rounds(&self) -> u64 {
        let rounds = match &self.search {
            None => return (self.cells.len() as u64).saturating_mul(self.rounds.into()),
            Some(search) => u64::from(search.rounds),
        };
        let points = self.search_points(usual_points).map(|points| points as u64);
        points.fold(0, u64::saturating_add).saturating_mul(rounds)
    }

    /// Points that each group of a search plays, by what `of` says of its candidates: [`usual_points`] or
    /// [`most_points`](wirebench_search::most_points).
    pub fn search_points(&self, of: fn(&[f64]) -> usize) -> impl Iterator<Item = usize> {
        self.search_groups().into_iter().map(move |group| {
            let search = self.search.as_ref();
            let value = |cell: usize| search?.value(&self.cells[cell].settings);
            of(&group.into_iter().filter_map(value).collect::<Vec<f64>>())
        })
    }

    /// Rounds of a cell at most: of a search, as many as a point is played until it is called undecided.
    pub fn most_rounds(&self) -> u32 {
        match &self.search {
            None => self.rounds,
            Some(search) => Rule::new(search.rounds).most(),
        }
    }
}

/// One point of the matrix.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// `framing=len32be,load.payload=64 B`; `all` when there is no matrix.
    pub id: String,
    /// The point: axis and value as the file writes it, without secrets.
    pub axes: Vec<(String, String)>,
    /// What the sides do.
    pub settings: Settings,
    /// The gates of this cell.
    pub expect: Vec<Gate>,
    /// What decides when it is compared with that of another build.
    #[serde(default)]
    pub baseline: Baseline,
}

/// What both sides of a cell do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The plugin and its configuration.
    pub handler: HandlerSpec,
    /// Client to server.
    pub request_framing: FramingSpec,
    /// Server to client.
    pub reply_framing: FramingSpec,
    /// The socket.
    pub transport: Transport,
    /// Where the sides run and how they wait.
    pub cpu: Cpu,
    /// What is sent, and when.
    pub load: Load,
    /// `[link]`: what is done to what the sides send.
    #[serde(default)]
    pub link: Link,
    /// `[server]`: a server that is not the handler's; `None`: the handler plays both sides.
    #[serde(default)]
    pub server: Option<Foreign>,
    /// Before a server that is not ours: every message is to come back as it was, so that the client's judge
    /// can say what became of it.
    #[serde(default)]
    pub echoes: bool,
    /// What stands in place of the server, where none is to be reached.
    #[serde(default)]
    pub unreachable: Unreachable,
}

impl Settings {
    /// The client's judge looks every answer up among its requests.
    pub fn judges_echoes(&self) -> bool {
        self.server.is_some() && self.echoes
    }
}

/// One limit of `[expect]`: `metric op limit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The key, with its direction prefix and what it is held against: `request.intact`, `p99`,
    /// `p50 / framing=raw`.
    pub metric: String,
    /// The comparison.
    pub op: Op,
    /// The limit in the metric's own unit.
    pub limit: Limit,
    /// The limit as the file writes it: `< 50ms`.
    pub text: String,
    /// The other cell that it is held against; `None`: the limit is of the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The line of the scenario's file that it stands on, from 1; `None`: on the command line, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What a cell is held against: the same metric of another cell of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The metric alone, with its direction prefix.
    pub metric: String,
    /// The id of the other cell, which may not be among those that are run.
    pub cell: String,
}

impl Gate {
    /// The kind, when it limits what the handler itself counts.
    pub fn counted_kind(&self) -> Option<&str> {
        self.metric.strip_prefix(COUNT_PREFIX)
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `=` (also what a bare value means)
    #[serde(rename = "=")]
    Equal,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`
    #[serde(rename = ">")]
    More,
}

/// A limit with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A share of the messages sent, from 0 to 1.
    Share(f64),
    /// A plain count.
    Count(u64),
    /// Nanoseconds.
    Nanos(u64),
    /// Events per second.
    PerSecond(f64),
    /// Bytes.
    Bytes(u64),
    /// Bytes per second.
    BytesPerSecond(f64),
    /// A plain number.
    Ratio(f64),
}
