//! Whether this machine can give what a scenario asks for. Defaults ask for nothing: they take what
//! there is, and the result says so.

use super::diagnostics::{Diagnostic, Diagnostics, Place, Sink};
use super::load::Loaded;
use super::plan::{Cell, Placement};
use super::processors::ProcessorList;
use super::tables::cpu::LISTS;

const KEY: &str = "cpu.placement";

impl Loaded {
    /// Fits every cell that is `selected` to a machine on which a process may use these processors, in
    /// ascending order; none: that cannot be told. Where `cpu.placement` or a list of processors stands in the
    /// scenario and cannot be had, that is a mistake of the scenario there.
    pub fn fit(
        &mut self,
        usable: &[usize],
        selected: &dyn Fn(&Cell) -> bool,
    ) -> Result<(), Diagnostics> {
        let mut sink = Sink::default();
        for (index, cell) in self.scenario.cells.iter_mut().enumerate() {
            if !selected(cell) {
                continue;
            }
            let cpu = &mut cell.settings.cpu;
            for (key, list) in LISTS.into_iter().zip([&cpu.server, &cpu.client]) {
                let Some(list) = list else { continue };
                if let Some((message, help)) = not_usable(list, usable) {
                    let place = self.places.written(index, key);
                    let place = place.unwrap_or(Place::start_of(0));
                    sink.push(Diagnostic::new(place, message).help(help));
                }
            }
            let placement = cpu.placement;
            let Some(instead) = instead_of(placement, usable.len()) else { continue };
            match self.places.written(index, KEY) {
                None => (cpu.placement, cpu.instead_of) = (instead, Some(placement)),
                Some(place) => {
                    let help = "set it to \"same\" or \"free\", or leave it out: then the sides \
                                share what there is, and the result says so";
                    sink.push(Diagnostic::new(place, lacks(placement, usable.len())).help(help));
                }
            }
        }
        if sink.is_empty() { Ok(()) } else { Err(sink.finish(self.places.sources())) }
    }
}

/// Why a list cannot be had, and which there are.
fn not_usable(list: &ProcessorList, usable: &[usize]) -> Option<(String, String)> {
    let lacking = list.without(usable)?;
    Some(match ProcessorList::of(usable.iter().copied()) {
        None => (
            "this machine does not tell which processors may be used".to_owned(),
            "leave it out, and set `cpu.placement = \"free\"`".to_owned(),
        ),
        Some(usable) => (
            format!(
                "{} cannot be used here: there is none, or not for this process",
                lacking.spoken()
            ),
            format!("this process may use {}", usable.spoken()),
        ),
    })
}

/// What comes closest to a placement that cannot be had; `None`: it can be.
fn instead_of(placement: Placement, processors: usize) -> Option<Placement> {
    match (placement, processors) {
        (Placement::Free | Placement::Lists, _)
        | (Placement::Same, 1..)
        | (Placement::Split, 2..) => None,
        (Placement::Same | Placement::Split, 0) => Some(Placement::Free),
        (Placement::Split, 1) => Some(Placement::Same),
    }
}

fn lacks(placement: Placement, processors: usize) -> String {
    match (placement, processors) {
        (_, 0) => "this machine does not tell which processors may be used".to_owned(),
        (Placement::Split, _) => {
            "this placement needs two processors, but this process may use one".to_owned()
        }
        _ => "this placement cannot be had here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Overrides, load};
    use super::*;

    fn scenario(more: &str, set: &[&str]) -> Loaded {
        let text = format!(
            "schema = 1\nname = \"t\"\nframing = \"raw\"\nhandler = {{ plugin = \"echo\" }}\n{more}"
        );
        let set = set.iter().map(|&one| one.into()).collect();
        let overrides = Overrides { set, ..Overrides::default() };
        match load("t.toml", &text, &overrides, &|_| Err(String::new())) {
            Ok(loaded) => loaded,
            Err(diagnostics) => panic!("{}", diagnostics.render(false)),
        }
    }

    fn first(processors: usize) -> Vec<usize> {
        (0..processors).collect()
    }

    #[track_caller]
    fn refused(mut scenario: Loaded, processors: usize, lines: &[&str]) {
        let text = scenario.fit(&first(processors), &|_| true).unwrap_err().render(false);
        let told = text.lines().filter(|line| line.contains("--> ")).count();
        assert_eq!(told, lines.len(), "{text}");
        for line in lines {
            assert!(text.contains(&format!("--> {line}")), "{text}");
        }
    }

    #[test]
    fn a_default_takes_what_there_is_and_says_what_it_stands_for() {
        for (processors, placement, instead_of) in [
            (2, Placement::Split, None),
            (1, Placement::Same, Some(Placement::Split)),
            (0, Placement::Free, Some(Placement::Split)),
        ] {
            let mut scenario = scenario("cpu = { wait = \"spin\" }\n", &[]);
            scenario.fit(&first(processors), &|_| true).unwrap();
            let cpu = &scenario.scenario.cells[0].settings.cpu;
            assert_eq!((cpu.placement, cpu.instead_of), (placement, instead_of), "{processors}");
        }
    }

    #[test]
    fn what_is_written_out_is_refused_where_it_stands() {
        refused(scenario("cpu.placement = \"split\"\n", &[]), 1, &["t.toml:5:17"]);
        refused(scenario("cpu.placement = \"same\"\n", &[]), 0, &["t.toml:5:17"]);
        refused(scenario("", &["cpu.placement=split"]), 1, &["command line:1:21"]);
        let axis = "[matrix]\n\"cpu.placement\" = [\"same\", \"split\"]\n\
                    \"load.in-flight\" = [1, 2]\n";
        refused(scenario(axis, &[]), 1, &["t.toml:6:28"]);
        let change = "[matrix]\n\"load.in-flight\" = [1, 2]\n[[override]]\n\
                      when = { \"load.in-flight\" = 2 }\ncpu.placement = \"split\"\n";
        refused(scenario(change, &[]), 1, &["t.toml:9:17"]);
    }

    #[test]
    fn what_can_be_had_and_what_is_not_selected_stays() {
        for placement in ["same", "free"] {
            let mut scenario = scenario(&format!("cpu.placement = \"{placement}\"\n"), &[]);
            scenario.fit(&first(1), &|_| true).unwrap();
            assert_eq!(scenario.scenario.cells[0].settings.cpu.instead_of, None);
        }
        let mut scenario = scenario("cpu.placement = \"split\"\n", &[]);
        scenario.fit(&first(1), &|_| false).unwrap();
        assert_eq!(scenario.scenario.cells[0].settings.cpu.placement, Placement::Split);
    }

    #[test]
    fn a_list_that_cannot_be_had_is_refused_with_what_there_is() {
        let lists = "cpu.server = \"0-1\"\ncpu.client = \"1,4-5\"\n";
        let mut loaded = scenario(lists, &[]);
        let text = loaded.fit(&first(2), &|_| true).unwrap_err().render(false);
        assert!(text.contains("--> t.toml:6:14") && !text.contains("t.toml:5"), "{text}");
        assert!(text.contains("processors 4-5 cannot be used here"), "{text}");
        assert!(text.contains("this process may use processors 0-1"), "{text}");
        refused(scenario(lists, &[]), 0, &["t.toml:5:14", "t.toml:6:14"]);
        let mut loaded = scenario(lists, &["cpu.client=1"]);
        loaded.fit(&first(2), &|_| true).unwrap();
        let cpu = &loaded.scenario.cells[0].settings.cpu;
        assert_eq!((cpu.placed().as_str(), cpu.instead_of), ("server on 0-1, client on 1", None));
    }

    #[test]
    fn of_lists_and_placement_the_one_that_was_said_last_counts() {
        let placed =
            |more, set: &[&str]| scenario(more, set).scenario.cells[0].settings.cpu.placed();
        let lists = "cpu = { server = 0, client = \"1\" }\n";
        assert_eq!(placed(lists, &[]), "server on 0, client on 1");
        assert_eq!(placed(lists, &["cpu.placement=same"]), "same");
        assert_eq!(placed(lists, &["cpu.server=1"]), "server on 1, client on 1");
        let same = "cpu.placement = \"same\"\n";
        assert_eq!(placed(same, &["cpu.client=3-4,6"]), "server anywhere, client on 3-4,6");
    }
}
