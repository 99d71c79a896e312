//! `[cpu]`: where the two sides run, and how they wait.

use super::choice;
use crate::diagnostics::{Diagnostic, Sink};
use crate::key::{Key, Kind, key};
use crate::layered::Values;
use crate::partial::lookup;
use crate::processors::ProcessorList;
use crate::read;
use serde::{Deserialize, Serialize};

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    key(
        "cpu.placement",
        Kind::Word(&["split", "same", "free"]),
        r#""split""#,
        "each side on a processor of its own, both on one, or wherever the kernel puts them",
    ),
    key(
        "cpu.server",
        Kind::Processors,
        "",
        "instead of `placement`: the processors that the server may run on",
    ),
    key(
        "cpu.client",
        Kind::Processors,
        "",
        "instead of `placement`: the processors that the client may run on",
    ),
    key(
        "cpu.wait",
        Kind::Word(&["block", "spin"]),
        r#""block""#,
        "sleep in the kernel until something happens, or ask again and again",
    ),
];

/// The keys that name processors, server and client.
pub(crate) const LISTS: [&str; 2] = ["cpu.server", "cpu.client"];

/// `cpu.placement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Each side on a processor of its own.
    Split,
    /// Both sides on one processor.
    Same,
    /// Wherever the kernel puts them.
    Free,
    /// On the processors that `cpu.server` and `cpu.client` name; a side without a list wherever the kernel
    /// puts it.
    Lists,
}

/// `cpu.wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Sleep in the kernel until something happens.
    Block,
    /// Ask the kernel again and again.
    Spin,
}

/// `cpu = { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Where the sides run.
    pub placement: Placement,
    /// What the default would have been, where this machine cannot give it.
    #[serde(default)]
    pub instead_of: Option<Placement>,
    /// With [`Placement::Lists`]: the server's processors; `None`: any.
    #[serde(default)]
    pub server: Option<ProcessorList>,
    /// Likewise the client's.
    #[serde(default)]
    pub client: Option<ProcessorList>,
    /// How they wait.
    pub wait: Wait,
}

impl Cpu {
    /// Where the sides run, in words: `split`, or `server on 2-3, client on 4`. Sides that are placed alike
    /// have the same words.
    pub fn placed(&self) -> String {
        let on = |list: &Option<ProcessorList>| match list {
            Some(list) => format!("on {list}"),
            None => "anywhere".to_owned(),
        };
        match self.placement {
            Placement::Split => "split".to_owned(),
            Placement::Same => "same".to_owned(),
            Placement::Free => "free".to_owned(),
            Placement::Lists => {
                format!("server {}, client {}", on(&self.server), on(&self.client))
            }
        }
    }
}

/// What a scenario means that says nothing of it.
impl Default for Cpu {
    fn default() -> Self {
        read(&Values::defaults(0), &mut Sink::default())
    }
}

/// Reads it.
pub(crate) fn read(values: &Values, sink: &mut Sink) -> Cpu {
    let mut list = |path| {
        let (key, node) = lookup(values, path)?;
        // A stand-in that every machine has.
        Some(read::processors(key, node, sink).or_else(|| ProcessorList::of([0])))
    };
    let [server, client] = LISTS.map(|path| list(path).flatten());
    let placement = choice(values, "cpu.placement", sink, Placement::Split);
    let named = server.is_some() || client.is_some();
    Cpu {
        placement: if named { Placement::Lists } else { placement },
        instead_of: None,
        server,
        client,
        wait: choice(values, "cpu.wait", sink, Wait::Block),
    }
}

/// `placement` and lists written side by side, and a list of a server that runs elsewhere.
pub(crate) fn check(values: &Values, sink: &mut Sink) {
    for path in LISTS {
        let Some(given) = values.get(path) else { continue };
        if let Some(placement) = values.get("cpu.placement") {
            let message = format!(
                "the sides run where `cpu.placement` says or where `{path}` does, not where both do"
            );
            sink.push(
                Diagnostic::new(given.key_place, message)
                    .related(placement.key_place, "the other one")
                    .help("remove one of the two"),
            );
        }
    }
    if let (Some(given), Some(address)) = (values.get("cpu.server"), values.get("server.address")) {
        let message =
            "`cpu.server` is of no weight for a server at an `address`: it is not started here";
        sink.push(
            Diagnostic::new(given.key_place, message)
                .related(address.key_place, "the server runs there")
                .help("remove it; `taskset -c LIST` starts a program on the processors of a list"),
        );
    }
}
