//! What a reader should know of where the sides ran.

use crate::result::document::RoundSummary;
use crate::scenario::{Cpu, Placement, ProcessorList, Wait};

pub(super) fn notes(cpu: &Cpu, rounds: &[RoundSummary]) -> Vec<String> {
    let mut notes = Vec::new();
    match (cpu.instead_of, cpu.placement) {
        (None, _) => {}
        (Some(_), Placement::Free) => notes.push(
            "the kernel did not tell which processors may be used, so it placed the sides \
             (placement free): compare with nothing but such cells"
                .into(),
        ),
        (Some(_), _) => notes.push(
            "one processor may be used, so both sides ran on it (placement same instead of split): \
             compare with nothing but such cells"
                .into(),
        ),
    }
    if cpu.placement == Placement::Lists {
        // Of a server that was not started here nothing is known, and nobody could place it.
        let ran = [
            rounds.iter().any(|round| round.server_processors.is_some()),
            rounds.iter().any(|round| round.client_processors.is_some()),
        ];
        notes.extend(lists(cpu, ran));
    }
    if rounds.iter().any(|round| round.share_core == Some(true)) {
        notes.push(
            "processors of the two sides are threads of one core (SMT): each slowed the other down; name \
             processors of different cores with `cpu.server` and `cpu.client`"
                .into(),
        );
    }
    if shares_one(cpu) && cpu.wait == Wait::Spin {
        notes.push(
            "both sides spun on one processor: each waited until the other's time slice was over, so \
             times are the scheduler's; use `cpu.wait = \"block\"`"
                .into(),
        );
    }
    notes
}

/// What follows from the lists themselves, where these sides ran here, server and client.
fn lists(cpu: &Cpu, [server_ran, client_ran]: [bool; 2]) -> Option<String> {
    let (side, other) = match (&cpu.server, &cpu.client) {
        (Some(server), Some(client)) => {
            let shared = server.shared_with(client)?.spoken();
            return Some(format!(
                "the sides share {shared}: where both are on one, each waits for the other"
            ));
        }
        (Some(_), None) if client_ran => ("client", "server"),
        (None, Some(_)) if server_ran => ("server", "client"),
        _ => return None,
    };
    Some(format!(
        "the {side} has no list, so it ran wherever the kernel put it, also on processors of the {other}; \
         name its own with `cpu.{side}`"
    ))
}

/// True where both sides have one processor, the same.
fn shares_one(cpu: &Cpu) -> bool {
    let is_one = |list: &ProcessorList| list.numbers().len() == 1;
    match (cpu.placement, &cpu.server, &cpu.client) {
        (Placement::Same, ..) => true,
        (_, Some(server), Some(client)) => is_one(server) && server == client,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpu(server: Option<&str>, client: Option<&str>, wait: Wait) -> Cpu {
        let [server, client] =
            [server, client].map(|list| list.map(|text| ProcessorList::read(text).unwrap()));
        Cpu { placement: Placement::Lists, server, client, wait, ..Cpu::default() }
    }

    fn told(server: Option<&str>, client: Option<&str>, wait: Wait) -> String {
        notes(&cpu(server, client, wait), &[]).join("\n")
    }

    #[test]
    fn lists_that_overlap_are_told_with_what_they_share() {
        assert_eq!(told(Some("0-1"), Some("2"), Wait::Block), "");
        let shared = told(Some("1-3"), Some("3"), Wait::Spin);
        assert!(shared.starts_with("the sides share processor 3:"), "{shared}");
        assert!(!shared.contains("spun"), "{shared}");
        assert!(told(Some("3"), Some("3"), Wait::Spin).contains("both sides spun on one"));
    }

    #[test]
    fn a_side_without_a_list_is_told_where_it_ran_here() {
        let told = |server, client, ran| lists(&cpu(server, client, Wait::Block), ran);
        assert!(told(None, Some("3"), [true; 2]).unwrap().contains("`cpu.server`"));
        assert!(told(Some("3"), None, [true; 2]).unwrap().contains("`cpu.client`"));
        // The server is somewhere else.
        assert_eq!(told(None, Some("3"), [false, true]), None);
    }
}
