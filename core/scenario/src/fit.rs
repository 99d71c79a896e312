//! Whether this machine can give what a scenario asks for. Defaults ask for nothing: they take what
//! there is, and the result says so.

use super::diagnostics::{Diagnostic, Diagnostics, Sink};
use super::load::Loaded;
use super::plan::{Cell, Cpu, Placement};

const KEY: &str = "cpu.placement";

impl Loaded {
    /// Fits every cell that is `selected` to a machine on which a process may use so many
    /// processors; 0: that cannot be told. Where `cpu.placement` stands in the scenario and cannot be
    /// had, that is a mistake of the scenario there.
    pub fn fit(
        &mut self,
        processors: usize,
        selected: &dyn Fn(&Cell) -> bool,
    ) -> Result<(), Diagnostics> {
        let mut sink = Sink::default();
        for (index, cell) in self.scenario.cells.iter_mut().enumerate() {
            let placement = cell.settings.cpu.placement;
            let Some(instead) = instead_of(placement, processors).filter(|_| selected(cell)) else {
                continue;
            };
            let cpu = &mut cell.settings.cpu;
            match self.places.written(index, KEY) {
                None => *cpu = Cpu { placement: instead, instead_of: Some(placement), ..*cpu },
                Some(place) => {
                    let help = "set it to \"same\" or \"free\", or leave it out: then the sides \
                                share what there is, and the result says so";
                    sink.push(Diagnostic::new(place, lacks(placement, processors)).help(help));
                }
            }
        }
        if sink.is_empty() { Ok(()) } else { Err(sink.finish(self.places.sources())) }
    }
}

/// What comes closest to a placement that cannot be had; `None`: it can be.
fn instead_of(placement: Placement, processors: usize) -> Option<Placement> {
    match (placement, processors) {
        (Placement::Free, _) | (Placement::Same, 1..) | (Placement::Split, 2..) => None,
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

    #[track_caller]
    fn refused(mut scenario: Loaded, processors: usize, lines: &[&str]) {
        let text = scenario.fit(processors, &|_| true).unwrap_err().render(false);
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
            scenario.fit(processors, &|_| true).unwrap();
            let cpu = scenario.scenario.cells[0].settings.cpu;
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
            scenario.fit(1, &|_| true).unwrap();
            assert_eq!(scenario.scenario.cells[0].settings.cpu.instead_of, None);
        }
        let mut scenario = scenario("cpu.placement = \"split\"\n", &[]);
        scenario.fit(1, &|_| false).unwrap();
        assert_eq!(scenario.scenario.cells[0].settings.cpu.placement, Placement::Split);
    }
}
