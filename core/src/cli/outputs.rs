//! Where results go besides the folder they are kept in: what is printed, and the files of `--output`. All of it is
//! settled before anything starts.

use super::args::{OutputFile, PrintArgs};
use super::event_streams::EventStreams;
use super::exit::{ExitCode, worst};
use super::screen::Screen;
use super::show::told;
use super::target::Target;
use crate::compare::Comparison;
use crate::events::Planned;
use crate::report::{Choice, Format, Output, file_name, output_of};
use crate::result::{Stored, StoredError};
use crate::text::path as shown;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

/// What stands for the scenario's name in that of a file.
const SCENARIO: &str = "{scenario}";

/// Where the results of scenarios go.
pub(super) struct Outputs {
    /// How each is printed as it ends, if it is.
    pub(super) printed: Option<Format>,
    /// Those that hear of everything while it happens.
    pub(super) events: EventStreams,
    /// What is shown of tables.
    pub(super) choice: Choice,
    files: Vec<ToFile>,
}

struct ToFile {
    target: Target,
    output: Box<dyn Output>,
    /// The scenario that it is of; `None`: all of them.
    scenario: Option<usize>,
    /// A result is missing in it: what stands there stays.
    incomplete: bool,
}

impl Outputs {
    /// Settles what the options mean for these scenarios, which were read from files. The error is a code and why: two
    /// things are wanted of one place, or something cannot be written where it is to be.
    pub(super) fn open(
        args: &PrintArgs,
        scenarios: &[Planned<'_>],
        choice: Choice,
        read_from: &[PathBuf],
    ) -> Result<Self, (ExitCode, String)> {
        let cells: usize = scenarios.iter().map(|scenario| scenario.cells).sum();
        let mut files = Vec::new();
        let mut streams = Vec::new();
        for asked in args.files() {
            if asked.format == Format::Events {
                streams.push(target(&asked.file)?);
                continue;
            }
            if named(&asked.file, "").is_none() {
                Self::has_room(&asked, scenarios.len())?;
                files.push(ToFile::open((asked.format, &choice), &asked.file, None, cells)?);
                continue;
            }
            for (at, scenario) in scenarios.iter().enumerate() {
                if let Some(file) = named(&asked.file, &file_name(scenario.name)) {
                    files.push(ToFile::open(
                        (asked.format, &choice),
                        &file,
                        Some(at),
                        scenario.cells,
                    )?);
                }
            }
        }
        let format = (!args.quiet).then_some(args.format).flatten();
        let taken = files.iter().map(|file| &file.target).chain(&streams).any(Target::is_stdout);
        let printed = match format {
            Some(format) if format.printing().is_some() => Some(format),
            Some(Format::Events) => {
                streams.push(target(Path::new("-"))?);
                None
            }
            Some(format) => {
                files.push(ToFile::open((format, &choice), Path::new("-"), None, cells)?);
                None
            }
            None => (!args.quiet && !taken).then_some(Format::Table),
        };
        if printed == Some(Format::Json) && scenarios.len() > 1 {
            return usage(format!(
                "--format json prints the document of one scenario, but {} are to be run. Use --format jsonl, which \
                 prints a line for each cell, or --output 'json={SCENARIO}.json', which makes a file for each.",
                scenarios.len()
            ));
        }
        if let (Some(format), true) = (args.format, taken && !args.quiet) {
            return usage(format!(
                "--format {} and a file of --output or --json are both for standard output. Leave one of the two out, \
                 or give the other one a file.",
                format.name()
            ));
        }
        Self::has_tables(args, printed, &choice)?;
        let targets: Vec<&Target> = files.iter().map(|file| &file.target).chain(&streams).collect();
        if let Some(twice) = named_twice(&targets) {
            let why = format!("{} is to be written twice; give each its own file.", shown(twice));
            return usage(why);
        }
        let replaced = |file: &&PathBuf| targets.iter().any(|target| target.replaces(file));
        if let Some(file) = read_from.iter().find(replaced) {
            return usage(format!(
                "{} is what is read, and what is written would take its place; give that another file.",
                shown(file)
            ));
        }
        let mut events = EventStreams::default();
        for stream in streams {
            events.add(stream).map_err(|why| (ExitCode::RESULT, why))?;
        }
        Ok(Self { printed, events, choice, files })
    }

    /// What is chosen of tables is chosen of nothing where there is none.
    fn has_tables(
        args: &PrintArgs,
        printed: Option<Format>,
        choice: &Choice,
    ) -> Result<(), (ExitCode, String)> {
        let is_table = |format: Format| format.is_chosen_from();
        let mut formats =
            printed.into_iter().chain(args.format).chain(args.files().map(|one| one.format));
        let (Some(option), false) = (args.table.first(), args.quiet || choice.is_usual()) else {
            return Ok(());
        };
        if formats.any(is_table) {
            return Ok(());
        }
        usage(format!(
            "{option} is for tables (--format table, --format markdown, and files of them), and there is none: formats \
             that other programs read have every cell, in the order of the scenario. Leave it out, or ask for a table."
        ))
    }

    /// A document is of one scenario.
    fn has_room(asked: &OutputFile, scenarios: usize) -> Result<(), (ExitCode, String)> {
        if asked.format != Format::Json || scenarios < 2 {
            return Ok(());
        }
        usage(format!(
            "{} would take the document of one scenario, but {scenarios} are to be run. Put {SCENARIO} into its name, \
             which makes a file for each (with --out, or else below wirebench-out, every document is kept as well).",
            shown(&asked.file)
        ))
    }

    /// True when what is printed of a scenario is text, which needs an empty line before the next.
    pub(super) fn are_texts(&self) -> bool {
        self.printed.is_some_and(Format::is_text)
    }

    /// The result of a scenario is there: it is written where that was all, and waits for the others elsewhere.
    pub(super) fn add(
        &mut self,
        scenario: usize,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
        out: &mut Screen,
        err: &mut Screen,
    ) -> std::io::Result<ExitCode> {
        let mut codes = vec![told(self.events.result(result, compared), err)?];
        for file in &mut self.files {
            if file.scenario.is_some_and(|own| own != scenario) {
                continue;
            }
            let added = file.output.add(result, compared);
            file.incomplete |= added.is_err();
            codes.push(match added {
                Err(StoredError::Write(error)) => file.cannot(&error, err)?,
                added => told(added, err)?,
            });
            if file.scenario.is_some() {
                codes.push(file.write(out, err)?);
            }
        }
        Ok(worst(&codes))
    }

    /// No more results come: what waited for them is written. `code` is what the run comes to; returns what it
    /// comes to with that.
    pub(super) fn finish(
        self,
        code: ExitCode,
        out: &mut Screen,
        err: &mut Screen,
    ) -> std::io::Result<ExitCode> {
        let mut codes = vec![code];
        for mut file in self.files {
            if file.scenario.is_none() {
                codes.push(file.write(out, err)?);
            }
        }
        codes.push(self.events.finish(worst(&codes), err)?);
        Ok(worst(&codes))
    }
}

impl ToFile {
    /// `cells`: how many it will hear of.
    fn open(
        (format, choice): (Format, &Choice),
        file: &Path,
        scenario: Option<usize>,
        cells: usize,
    ) -> Result<Self, (ExitCode, String)> {
        let Some(output) = output_of(format, choice) else {
            return usage(format!("--format {} is written while things happen", format.name()));
        };
        if !format.is_folder() {
            return Ok(Self { target: target(file)?, output, scenario, incomplete: false });
        }
        let folder = Target::folder(file).map_err(|why| (ExitCode::RESULT, why))?;
        let name = format.name();
        if folder.is_stdout() && cells > 1 {
            return usage(format!(
                "--format {name} prints one cell, but {cells} are to be printed. Use --output {name}=FOLDER, which \
                 makes a file for each, or --filter, to choose one."
            ));
        }
        Ok(Self { target: folder, output, scenario, incomplete: false })
    }

    /// Writes it, unless it has been told that something is missing in it.
    fn write(&mut self, out: &mut Screen, err: &mut Screen) -> std::io::Result<ExitCode> {
        if self.incomplete {
            return Ok(ExitCode::RESULT);
        }
        let Self { target, output, .. } = self;
        let written = match target.as_folder() {
            Some(folder) => folder.write(output.files()),
            None => target.write(|to| output.write(to), out, err),
        };
        match written {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(error) => self.cannot(&error, err),
        }
    }

    fn cannot(&self, error: &std::io::Error, err: &mut Screen) -> std::io::Result<ExitCode> {
        writeln!(err, "error: {}", self.target.cannot(error))?;
        Ok(ExitCode::RESULT)
    }
}

/// The name of a scenario's own file; `None`: it is one file for all.
fn named(file: &Path, scenario: &str) -> Option<PathBuf> {
    let (name, place) = (file.as_os_str().as_bytes(), SCENARIO.as_bytes());
    let mut named = Vec::new();
    let mut rest = name;
    while let Some(at) = rest.windows(place.len()).position(|part| part == place) {
        named.extend([&rest[..at], scenario.as_bytes()].concat());
        rest = &rest[at + place.len()..];
    }
    named.extend(rest);
    (rest.len() < name.len()).then(|| OsString::from_vec(named).into())
}

fn target(file: &Path) -> Result<Target, (ExitCode, String)> {
    Target::open(file).map_err(|why| (ExitCode::RESULT, why))
}

fn usage<T>(why: String) -> Result<T, (ExitCode, String)> {
    Err((ExitCode::USAGE, why))
}

/// A place that two of them are.
fn named_twice<'a>(targets: &[&'a Target]) -> Option<&'a Path> {
    let twice = targets
        .iter()
        .enumerate()
        .find(|(at, target)| targets[..*at].iter().any(|before| before.is_the_same_as(target)));
    twice.map(|(_, target)| target.name())
}
