//! Which cells are shown where not all of them have room.

use std::collections::BTreeSet;

/// Cells that something went wrong in so far.
#[derive(Debug, Default)]
pub(super) struct Troubled {
    /// A side was lost, or a round could not be run.
    pub(super) lost: BTreeSet<usize>,
    /// Those, and cells with messages that are not intact.
    pub(super) any: BTreeSet<usize>,
}

/// At most `room` of so many cells, in their order: the one that runs and those beside it, those that were lost,
/// those that are damaged, and then the others from the one that runs outwards. The work is bounded by `room`.
pub(super) fn choose(
    cells: usize,
    room: usize,
    running: usize,
    troubled: &Troubled,
) -> BTreeSet<usize> {
    if cells <= room {
        return (0..cells).collect();
    }
    let around = (0..).flat_map(|away| [running.checked_sub(away), running.checked_add(away)]);
    let around = around.flatten().filter(|cell| *cell < cells);
    let first = around.clone().take(NEAREST);
    let lost = troubled.lost.iter().copied().take(room);
    // As many of them may be chosen already.
    let any = troubled.any.iter().copied().take(2 * room);
    let mut chosen = BTreeSet::new();
    for cell in first.chain(lost).chain(any).chain(around) {
        if chosen.len() == room {
            break;
        }
        chosen.insert(cell);
    }
    chosen
}

/// The one that runs, named twice, and the two beside it.
const NEAREST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(cells: usize, room: usize, running: usize, troubled: &Troubled) -> Vec<usize> {
        choose(cells, room, running, troubled).into_iter().collect()
    }

    fn troubled(lost: &[usize], damaged: &[usize]) -> Troubled {
        Troubled {
            lost: lost.iter().copied().collect(),
            any: lost.iter().chain(damaged).copied().collect(),
        }
    }

    #[test]
    fn all_are_shown_where_they_have_room() {
        assert_eq!(chosen(3, 3, 1, &troubled(&[], &[])), [0, 1, 2]);
        assert!(chosen(0, 3, 0, &troubled(&[], &[])).is_empty());
    }

    #[test]
    fn those_around_the_one_that_runs_fill_the_room() {
        let none = troubled(&[], &[]);
        assert_eq!(chosen(100, 5, 50, &none), [48, 49, 50, 51, 52]);
        assert_eq!(chosen(100, 4, 0, &none), [0, 1, 2, 3]);
        assert_eq!(chosen(100, 4, 99, &none), [96, 97, 98, 99]);
        assert_eq!(chosen(100, 1, 50, &none), [50]);
        assert!(chosen(100, 0, 50, &none).is_empty());
    }

    #[test]
    fn what_went_wrong_stands_before_who_merely_stands_near() {
        let troubled = troubled(&[90, 95], &[1, 2]);
        assert_eq!(chosen(100, 4, 50, &troubled), [49, 50, 51, 90]);
        assert_eq!(chosen(100, 6, 50, &troubled), [1, 49, 50, 51, 90, 95]);
        assert_eq!(chosen(100, 9, 50, &troubled), [1, 2, 48, 49, 50, 51, 52, 90, 95]);
    }

    #[test]
    fn whatever_is_wrong_the_room_is_filled_and_the_one_that_runs_is_there() {
        let all: Vec<usize> = (0..1_000).collect();
        for (lost, damaged) in
            [(&all[..], &[][..]), (&[], &all), (&all[..3], &all), (&all[990..], &[])]
        {
            for room in 1..60 {
                for running in [0, 1, 500, 998, 999] {
                    let chosen = chosen(1_000, room, running, &troubled(lost, damaged));
                    assert_eq!(chosen.len(), room, "{running}");
                    assert!(chosen.contains(&running), "{room}: {running}");
                }
            }
        }
    }
}
