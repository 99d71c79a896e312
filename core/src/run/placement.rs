//! Which processors the sides run on: those that the scenario asks for, and those that the kernel says.

use crate::machine::{Root, affinity, share_core};
use crate::result::Placed;
use crate::scenario::{Cpu, Placement, ProcessorList};
use nix::unistd::Pid;
use thiserror::Error;

/// The processors of server and client; `None`: wherever the kernel puts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processors {
    /// The server's.
    pub server: Option<ProcessorList>,
    /// The client's.
    pub client: Option<ProcessorList>,
}

/// Why a placement cannot be had on this machine, and what to set instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlacementError {
    /// The kernel does not tell which processors this process may use.
    #[error(
        "the kernel does not tell which processors may be used; set `cpu.placement = \"free\"`"
    )]
    Unknown,
    /// There is one processor, and two are to be used.
    #[error(
        "`cpu.placement = \"split\"` needs two processors and this process may use one; set it to \
         \"same\" or \"free\""
    )]
    OnlyOne,
    /// A list names processors that there are not for us.
    #[error("`cpu.{side}` names {lacking}, and this process may use {usable}")]
    NotUsable {
        /// `server` or `client`.
        side: &'static str,
        /// What it names too many, in words.
        lacking: String,
        /// What there is, in words.
        usable: String,
    },
}

impl Processors {
    /// True when a side may run on this one.
    pub(super) fn include(&self, processor: usize) -> bool {
        let sides = [&self.server, &self.client];
        sides.iter().any(|side| side.as_ref().is_none_or(|list| list.contains(processor)))
    }

    /// What the kernel says of where these processes run.
    pub(super) fn placed(&self, server: Option<Pid>, client: Option<Pid>) -> Placed {
        let [server, client] = [server, client].map(|pid| pid.and_then(affinity));
        let both = self.server.as_ref().zip(self.client.as_ref());
        // Of sides that may be anywhere, nobody knows where they meet.
        let both = both.and(server.as_ref().zip(client.as_ref()));
        let share_core =
            both.and_then(|(server, client)| share_core(&Root::this(), server, client));
        Placed { server, client, share_core }
    }
}

/// Chooses processors among those this process may use. A scenario that asks for too many is refused
/// before it runs, so an error means that there have become fewer since.
pub fn processors(cpu: &Cpu) -> Result<Processors, PlacementError> {
    place(cpu, &usable_processors())
}

/// The processors that this process may use, in ascending order; empty: the kernel does not tell.
pub fn usable_processors() -> Vec<usize> {
    affinity(Pid::from_raw(0)).map_or_else(Vec::new, |list| list.numbers().to_vec())
}

fn place(cpu: &Cpu, usable: &[usize]) -> Result<Processors, PlacementError> {
    let one = |number: &usize| ProcessorList::of([*number]);
    match (cpu.placement, usable) {
        (Placement::Free, _) => Ok(Processors::default()),
        (_, []) => Err(PlacementError::Unknown),
        (Placement::Same, [first, ..]) => Ok(Processors { server: one(first), client: one(first) }),
        (Placement::Split, [first, second, ..]) => {
            Ok(Processors { server: one(first), client: one(second) })
        }
        (Placement::Split, [_]) => Err(PlacementError::OnlyOne),
        (Placement::Lists, usable) => {
            for (side, list) in [("server", &cpu.server), ("client", &cpu.client)] {
                let lacking = list.as_ref().and_then(|list| list.without(usable));
                let usable = ProcessorList::of(usable.iter().copied());
                if let Some((lacking, usable)) = lacking.zip(usable) {
                    let (lacking, usable) = (lacking.spoken(), usable.to_string());
                    return Err(PlacementError::NotUsable { side, lacking, usable });
                }
            }
            Ok(Processors { server: cpu.server.clone(), client: cpu.client.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpu(placement: Placement) -> Cpu {
        Cpu { placement, ..Cpu::default() }
    }

    fn lists(server: Option<&str>, client: Option<&str>) -> Cpu {
        let [server, client] =
            [server, client].map(|list| list.map(|text| ProcessorList::read(text).unwrap()));
        Cpu { server, client, ..cpu(Placement::Lists) }
    }

    fn words(processors: &Processors) -> [String; 2] {
        [&processors.server, &processors.client]
            .map(|side| side.as_ref().map_or("any".into(), ProcessorList::to_string))
    }

    #[test]
    fn split_sides_never_share_a_processor() {
        let placed = place(&cpu(Placement::Split), &[3, 5, 7]).unwrap();
        assert_eq!(words(&placed), ["3", "5"]);
    }

    #[test]
    fn a_split_on_one_processor_says_what_to_set_instead() {
        let error = place(&cpu(Placement::Split), &[0]).unwrap_err().to_string();
        assert!(error.contains("\"same\" or \"free\""), "{error}");
    }

    #[test]
    fn same_and_free_work_on_one_processor() {
        assert_eq!(words(&place(&cpu(Placement::Same), &[2]).unwrap()), ["2", "2"]);
        assert_eq!(place(&cpu(Placement::Free), &[2]).unwrap(), Processors::default());
    }

    #[test]
    fn lists_are_taken_as_they_are_and_only_where_all_of_them_can_be_had() {
        let placed = place(&lists(Some("2-3"), Some("4")), &[0, 2, 3, 4]).unwrap();
        assert_eq!(words(&placed), ["2-3", "4"]);
        // The meters count what is stolen of every processor that is named.
        assert_eq!(
            [0, 2, 3, 4, 5].map(|one| placed.include(one)),
            [false, true, true, true, false]
        );
        let alone = place(&lists(None, Some("1")), &[0, 1]).unwrap();
        assert_eq!((words(&alone), alone.include(7)), (["any".into(), "1".into()], true));
        let error = place(&lists(Some("1"), Some("1,4-6")), &[0, 1, 5]).unwrap_err().to_string();
        assert_eq!(error, "`cpu.client` names processors 4,6, and this process may use 0-1,5");
        assert_eq!(place(&lists(Some("1"), None), &[]), Err(PlacementError::Unknown));
    }
}
