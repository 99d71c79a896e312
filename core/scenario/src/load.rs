//! Puts the pieces together: text, profile and options in, a checked scenario or all its mistakes out.

use super::assign;
use super::config::ProfileChanges;
use super::diagnostics::{Diagnostic, Diagnostics, Place, Sink, Source};
use super::foreign;
use super::gates::{self, Expectation};
use super::key::grouped;
use super::keys::{KEYS, index};
use super::layered::{self, Values};
use super::matrix::{self, Axis};
use super::options::{self, Changed, Overrides};
use super::overrides::{self, Override};
use super::partial::{self, PartialSettings};
use super::places::{CellPlaces, Places};
use super::plan::{Cell, PayloadAlphabet, Scenario, Search, Sizes};
use super::read;
use super::search::{self, Searched, Surroundings};
use super::secrets::{self, Secrets};
use super::tables;
use super::tree;
use super::validate::{self, Extent};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use wirebench_framings::Alphabet;

/// Longer files are not scenarios.
pub const LONGEST_FILE: usize = 256 << 10;

/// Cells share nothing once they are handed out: their sources may add up to this many bytes.
const MAX_EXPANDED: usize = 256 << 20;

/// Sources in the order of their numbers: the file, the defaults, `wirebench.toml`, then the options.
const FILE: u32 = 0;
const DEFAULTS: u32 = 1;
pub(super) const CONFIG: u32 = 2;

const LAYER_FILE: u32 = 1;
const LAYER_MATRIX: u32 = 2;
const LAYER_OVERRIDE: u32 = 3;
/// Those of a profile and of what it inherits follow each other.
pub(super) const LAYER_PROFILE: u32 = 1 << 31;
pub(super) const LAYER_OPTION: u32 = u32::MAX;

/// A file that a scenario sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Where it is.
    pub absolute: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Looks up a file that a scenario names, relative to the scenario's folder; the error says why it
/// cannot be sent.
pub type FindFile<'a> = dyn Fn(&str) -> Result<FileFacts, String> + 'a;

/// A checked scenario and the places of its values.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The plan.
    pub scenario: Scenario,
    /// For errors that are found later, by a plugin.
    pub places: Places,
    /// The `name` that its file has, whatever options say; empty where it has none.
    pub named: String,
    /// The profile that it was read with does not play it.
    pub skipped: bool,
}

/// Reads a scenario. `source_name` is how errors call the file; `find_file` looks up what it
/// sends. Every mistake in the file is in the error, each with its line.
pub fn load(
    source_name: &str,
    text: &str,
    overrides: &Overrides,
    find_file: &FindFile<'_>,
) -> Result<Loaded, Diagnostics> {
    if text.len() > LONGEST_FILE {
        let message = format!(
            "the file has {} bytes; a scenario has at most {}",
            grouped(text.len() as u64),
            grouped(LONGEST_FILE as u64)
        );
        return Err(Diagnostics::unreadable(source_name, &message));
    }
    let config = overrides.profile.as_ref().map(ProfileChanges::source);
    let mut sources = vec![
        Source::new(source_name, text),
        Source::new("defaults", &layered::defaults_text()),
        config.unwrap_or_else(|| Source::new("", "")),
    ];
    let mut sink = Sink::default();
    let parts = parts(text, overrides, &mut sources, &mut sink);
    let loaded = expand(source_name, &parts, find_file, &mut sink);
    let sources = Arc::new(sources);
    match loaded {
        Some((mut scenario, cells)) if sink.is_empty() => {
            let named = parts.named;
            scenario.changes = overrides.told(&named);
            scenario.profile = overrides.profile.as_ref().map(|profile| profile.name().to_owned());
            let skipped = overrides.profile.as_ref().is_some_and(|profile| profile.skips(&named));
            scenario.secrets = secrets::known(&sources);
            gates::number(&mut scenario.cells, &cells, FILE, text);
            Ok(Loaded { scenario, places: Places::new(sources, cells), named, skipped })
        }
        _ => {
            if sink.is_empty() {
                let place = Place::start_of(FILE);
                sink.push(Diagnostic::new(place, "the scenario cannot be put together"));
            }
            Err(sink.finish(sources))
        }
    }
}

/// Everything the file and the options say, taken apart.
struct Parts {
    base: Values,
    axes: Vec<Axis>,
    overrides: Vec<Override>,
    expect: Vec<Expectation>,
    options: Vec<Changed>,
    options_expect: Vec<Expectation>,
    search: Option<(Search, Vec<Expectation>)>,
    /// One side is played alone.
    one_side: bool,
    /// The file's own `name`.
    named: String,
}

impl Parts {
    /// True when an option sets a table as a whole in which the axis `path` lies.
    fn set_around(&self, path: &str) -> bool {
        let within =
            |set: String| path.strip_prefix(&set).is_some_and(|rest| rest.starts_with('.'));
        self.options.iter().any(|option| within(option.assignment.path()))
    }
}

fn parts(text: &str, overrides: &Overrides, sources: &mut Vec<Source>, sink: &mut Sink) -> Parts {
    let document = tree::document(text, FILE, sink);
    sources[FILE as usize].secrets = secrets::of_document(&document, FILE, text, sink.has_syntax());
    let (assignments, sections) = assign::document(&document, sink);
    let section =
        |name: &str| sections.iter().find(|entry| entry.key == name).map(|entry| &entry.node);
    let mut axes = section("matrix").map(|node| matrix::read(node, sink)).unwrap_or_default();
    let one_side = overrides.one_side;
    let name = document.iter().find(|entry| entry.key == "name");
    let named = name.and_then(|entry| entry.node.text()).unwrap_or_default().to_owned();
    let mut changes = options::read(overrides, &named, sources, sink);
    changes.apply_to_axes(&mut axes, sink);
    let mut overrides =
        section("override").map(|node| overrides::read(node, &axes, sink)).unwrap_or_default();
    let mut expect =
        section("expect").map(|node| gates::read(node, false, sink)).unwrap_or_default();
    // An option may say twice what the last of it says; elsewhere that is a mistake.
    gates::resolve(&mut expect, &axes, true, sink);
    for change in &mut overrides {
        gates::resolve(&mut change.expect, &axes, true, sink);
    }
    gates::resolve(&mut changes.of_profile, &axes, false, sink);
    gates::merge(&mut expect, &changes.of_profile);
    gates::resolve(&mut changes.expect, &axes, false, sink);
    let mut base = Values::defaults(DEFAULTS);
    assignments.iter().for_each(|assignment| base.apply(assignment, LAYER_FILE));
    // What holds for the whole scenario takes its options at once.
    for change in changes.assignments.iter().filter(|one| !KEYS[one.assignment.key].varies) {
        base.apply(&change.assignment, change.layer);
    }
    missing(&base, &axes, &changes.assignments, sink);
    let around = Surroundings {
        base: &base,
        axes: &axes,
        overrides: &overrides,
        options: &changes.assignments,
        expect: [&expect, &changes.expect],
    };
    let search = search::read(&around, sink).map(|Searched { plan, bound, axis }| {
        axes.push(axis);
        (plan, bound)
    });
    if let (None, Some(rate)) = (&search, search::stand_in(&base)) {
        base.apply(&rate, LAYER_FILE);
    }
    Parts {
        base,
        axes,
        overrides,
        expect,
        options: changes.assignments,
        options_expect: changes.expect,
        search,
        one_side,
        named,
    }
}

/// Reports required keys that stand nowhere.
fn missing(base: &Values, axes: &[Axis], options: &[Changed], sink: &mut Sink) {
    for (index, key) in KEYS.iter().enumerate().filter(|(_, key)| key.required) {
        let group = key.path.split('.').next().unwrap_or_default();
        let given = base.get(key.path).is_some()
            || axes.iter().any(|axis| axis.path == key.path || axis.path == group)
            || options.iter().any(|option| option.assignment.key == index);
        if given {
            continue;
        }
        let example = match key.path {
            "schema" => "schema = 1",
            "name" => "name = \"sticky\"",
            _ => "handler = { plugin = \"echo\" }",
        };
        let message = format!("`{}` is missing", key.path);
        sink.push(Diagnostic::new(Place::start_of(FILE), message).help(format!("add `{example}`")));
    }
}

fn expand(
    source_name: &str,
    parts: &Parts,
    find_file: &FindFile<'_>,
    sink: &mut Sink,
) -> Option<(Scenario, Vec<CellPlaces>)> {
    let count = matrix::count(&parts.axes, sink)?;
    let mut files = Files { find_file, known: HashMap::new() };
    let mut cells = Vec::new();
    let mut places = Vec::new();
    let mut text_needed = false;
    let mut automatic = Vec::new();
    let mut expanded = 0;
    // Deeper paths change what shallower ones have set.
    let mut order: Vec<usize> = (0..parts.axes.len()).collect();
    order.sort_by_key(|axis| parts.axes[*axis].path.matches('.').count());
    for number in 0..count {
        let coordinates = matrix::coordinates(&parts.axes, number);
        let (values, expect) = compose(parts, &order, &coordinates);
        let axes = axes_of(parts, &coordinates);
        let id = id_of(&axes);
        expanded += values.weight() + gates::weight(&expect, id.len());
        if expanded > MAX_EXPANDED {
            let place = parts.axes.first().map_or(Place::start_of(FILE), |axis| axis.place);
            let cells = grouped(count as u64);
            let message = format!("the {cells} cells of the matrix take too much memory together");
            let help = "use fewer cells, fewer gates or a smaller `handler.config`";
            sink.push(Diagnostic::new(place, message).help(help));
            return None;
        }
        let mut partial = partial::read_settings(&values, parts.one_side, sink);
        // What could not be read may be what makes the rest go together.
        let extents = match sink.has_syntax() {
            true => [None; 2],
            false => validate_cell(&values, &mut partial, &mut files, sink),
        };
        let bound = parts.search.as_ref().map(|(_, bound)| bound);
        for lines in std::iter::once(&expect).chain(bound) {
            if let Some(server) = &partial.settings.server {
                foreign::check_gates(server, partial.settings.echoes, lines, sink);
            } else if !parts.one_side {
                foreign::check_gates_of_our_server(lines, sink);
            }
            tables::open::check_gates(partial.settings.load.open.as_ref(), lines, sink);
        }
        text_needed |= needs_text(&partial);
        automatic.push(partial.auto_alphabet);
        let gates = expect.into_iter().filter_map(|line| line.of_cell(&parts.axes, &coordinates));
        let (gates, gate_places) = gates.unzip();
        let one_side = parts.one_side;
        let baseline = tables::baseline::read(&values, sink);
        let settings = partial.settings;
        cells.push(Cell { id, axes, settings, expect: gates, baseline });
        places.push(CellPlaces { values, gates: gate_places, extents, one_side });
        if sink.is_full() {
            return None;
        }
    }
    for (cell, automatic) in cells.iter_mut().zip(automatic) {
        if automatic && text_needed {
            cell.settings.load.alphabet = PayloadAlphabet::Text;
        }
    }
    let scenario = Scenario {
        name: whole(&parts.base, "name", sink, read::text)?,
        about: whole(&parts.base, "about", sink, read::text)?,
        source: source_name.to_owned(),
        folder: Path::new(source_name).parent().unwrap_or(Path::new("")).to_owned(),
        axes: parts.axes.iter().map(|axis| axis.path.clone()).collect(),
        cells,
        rounds: u32::try_from(whole(&parts.base, "load.rounds", sink, read::integer)?).ok()?,
        seed: whole(&parts.base, "load.seed", sink, read::integer)?,
        text_sha256: None,
        profile: None,
        changes: Vec::new(),
        secrets: Secrets::default(),
        search: parts.search.as_ref().map(|(search, _)| search.clone()),
        partition: None,
    };
    Some((scenario, places))
}

/// A key that is the same in every cell.
fn whole<T>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    read: fn(&super::key::Key, &tree::Node, &mut Sink) -> Option<T>,
) -> Option<T> {
    read(&KEYS[index(path)?], &values.get(path)?.node, sink)
}

/// One cell's values: file, matrix, overrides, options, the later the stronger.
fn compose(parts: &Parts, order: &[usize], coordinates: &[usize]) -> (Values, Vec<Expectation>) {
    let mut values = parts.base.clone();
    let mut expect = parts.expect.clone();
    for axis in order {
        for assignment in &parts.axes[*axis].values[coordinates[*axis]].assignments {
            values.apply(assignment, LAYER_MATRIX);
        }
    }
    for (number, change) in parts.overrides.iter().enumerate() {
        if change.matches(coordinates) {
            for assignment in &change.assignments {
                values.apply(assignment, LAYER_OVERRIDE + number as u32);
            }
            gates::merge(&mut expect, &change.expect);
        }
    }
    for change in parts.options.iter().filter(|one| KEYS[one.assignment.key].varies) {
        values.apply(&change.assignment, change.layer);
    }
    // A table that an option sets as a whole does not undo what the cell's id says.
    for axis in order.iter().filter(|axis| parts.set_around(&parts.axes[**axis].path)) {
        for assignment in &parts.axes[*axis].values[coordinates[*axis]].assignments {
            values.apply(assignment, LAYER_OPTION);
        }
    }
    gates::merge(&mut expect, &parts.options_expect);
    (values, expect)
}

fn axes_of(parts: &Parts, coordinates: &[usize]) -> Vec<(String, String)> {
    let points = parts.axes.iter().zip(coordinates);
    points.map(|(axis, at)| (axis.path.clone(), axis.values[*at].label.clone())).collect()
}

fn id_of(axes: &[(String, String)]) -> String {
    if axes.is_empty() {
        return "all".to_owned();
    }
    matrix::id(axes.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

/// True when `auto` must mean text: also for a plugin's framing, of which nothing is known yet.
fn needs_text(partial: &PartialSettings) -> bool {
    [&partial.framings.request, &partial.framings.reply].into_iter().any(|chosen| {
        chosen.capabilities.is_none_or(|capabilities| capabilities.alphabet == Alphabet::Text)
    })
}

/// Looks files up, then checks what must go together; returns the sizes of requests and replies.
fn validate_cell(
    values: &Values,
    partial: &mut PartialSettings,
    files: &mut Files<'_>,
    sink: &mut Sink,
) -> [Option<Extent>; 2] {
    let load = &mut partial.settings.load;
    let payload = files.extent(&mut load.payload, "load.payload", values, sink);
    let reply = match &mut load.reply_payload {
        Some(sizes) => files.extent(sizes, "load.reply-payload", values, sink),
        None => None,
    };
    validate::check(values, partial, payload, reply, sink);
    [payload, reply]
}

/// Files that were looked up already.
struct Files<'a> {
    find_file: &'a FindFile<'a>,
    known: HashMap<String, Result<FileFacts, String>>,
}

impl Files<'_> {
    /// The extent of `sizes`; a file's path becomes absolute.
    fn extent(
        &mut self,
        sizes: &mut Sizes,
        key: &str,
        values: &Values,
        sink: &mut Sink,
    ) -> Option<Extent> {
        let mut bytes = None;
        let lines = matches!(sizes, Sizes::Lines(_));
        if let Sizes::File(path) | Sizes::Lines(path) = sizes {
            let find_file = self.find_file;
            let facts = self.known.entry(path.clone()).or_insert_with(|| find_file(path));
            match facts {
                Ok(facts) if lines && facts.bytes == 0 => {
                    let place = values.get(key)?.node.locate("/lines");
                    sink.push(Diagnostic::new(place, "this file is empty: it has no line to send"));
                }
                Ok(facts) => {
                    bytes = Some(facts.bytes);
                    *path = facts.absolute.clone();
                }
                Err(why) => {
                    let form = if lines { "/lines" } else { "/file" };
                    let place = values.get(key)?.node.locate(form);
                    sink.push(Diagnostic::new(place, format!("this file cannot be sent: {why}")));
                }
            }
        }
        Extent::of(sizes, bytes)
    }
}
