//! Which processors the sides run on.

use crate::scenario::Placement;
use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;
use thiserror::Error;

/// The processors of server and client; `None`: wherever the kernel puts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Processors {
    /// The server's.
    pub server: Option<usize>,
    /// The client's.
    pub client: Option<usize>,
}

/// Why a placement cannot be had on this machine, and what to set instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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
}

impl Processors {
    /// True when a side may run on this one.
    pub(super) fn include(&self, processor: usize) -> bool {
        [self.server, self.client].iter().any(|side| side.is_none_or(|one| one == processor))
    }
}

/// Chooses processors among those this process may use. A scenario that asks for too many is refused
/// before it runs, so an error means that there have become fewer since.
pub fn processors(placement: Placement) -> Result<Processors, PlacementError> {
    place(placement, &allowed())
}

/// How many processors this process may use; 0: the kernel does not tell.
pub fn usable_processors() -> usize {
    allowed().len()
}

fn place(placement: Placement, allowed: &[usize]) -> Result<Processors, PlacementError> {
    match (placement, allowed) {
        (Placement::Free, _) => Ok(Processors::default()),
        (_, []) => Err(PlacementError::Unknown),
        (Placement::Same, [one, ..]) => Ok(Processors { server: Some(*one), client: Some(*one) }),
        (Placement::Split, [one, two, ..]) => {
            Ok(Processors { server: Some(*one), client: Some(*two) })
        }
        (Placement::Split, [_]) => Err(PlacementError::OnlyOne),
    }
}

fn allowed() -> Vec<usize> {
    let Ok(set) = sched_getaffinity(Pid::from_raw(0)) else { return Vec::new() };
    (0..CpuSet::count()).filter(|processor| set.is_set(*processor).unwrap_or(false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_sides_never_share_a_processor() {
        let placed = place(Placement::Split, &[3, 5, 7]).unwrap();
        assert_eq!(placed, Processors { server: Some(3), client: Some(5) });
    }

    #[test]
    fn a_split_on_one_processor_says_what_to_set_instead() {
        let error = place(Placement::Split, &[0]).unwrap_err().to_string();
        assert!(error.contains("\"same\" or \"free\""), "{error}");
    }

    #[test]
    fn same_and_free_work_on_one_processor() {
        assert_eq!(place(Placement::Same, &[2]).unwrap().client, Some(2));
        assert_eq!(place(Placement::Free, &[2]).unwrap(), Processors::default());
    }
}
