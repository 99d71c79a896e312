//! `wirebench compare`: results that were kept, held against each other.

use super::args::{COMPARE_EXAMPLE, CompareArgs};
use super::compared::{print, tell, verdict};
use super::exit::{ExitCode, worst};
use super::measured;
use super::screen::Screen;
use super::target::Target;
use crate::compare::{
    Comparison, KeptResult, Limits, Reading, Refusal, Rename, StoredOptions, stored,
};
use crate::measure::Compared;
use crate::report::Format;
use crate::result::journal::{JournalError, find, visit};
use crate::text::path as shown;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Reads the results of both sides, compares them and prints what is said of it.
pub(super) fn compare(
    args: &CompareArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let options = match asked_for(args) {
        Ok(options) => options,
        Err(why) => return refuse(ExitCode::USAGE, &why, err),
    };
    let mut printing = match Printing::open(args) {
        Ok(printing) => printing,
        Err((code, why)) => return refuse(code, &why, err),
    };
    let found = args.baseline.iter().chain(&args.new).map(|path| find(path));
    let files: Vec<PathBuf> = match found.collect::<Result<_, JournalError>>() {
        Ok(files) => files,
        Err(error) => return refuse(ExitCode::RESULT, &error.to_string(), err),
    };
    if let Some(why) = named_twice(&files) {
        return refuse(ExitCode::USAGE, &why, err);
    }
    let metrics = options.limits.metrics();
    let mut results = Vec::with_capacity(files.len());
    for file in &files {
        match read(file, &metrics, err)? {
            Ok(result) => results.push(result),
            Err(error) => return refuse(ExitCode::RESULT, &error.to_string(), err),
        }
    }
    let new = results.split_off(args.baseline.len());
    match stored(results, new, &options, measured::tool()) {
        Ok(compared) => tell_all(&compared, args.strict, color, &mut printing, out, err),
        Err(Refusal::Usage(why)) => refuse(ExitCode::USAGE, &why, err),
        Err(Refusal::Incomparable(why)) => {
            let why = format!("the results cannot be compared: {why}");
            refuse(ExitCode::INCOMPARABLE, &why, err)
        }
    }
}

fn refuse(code: ExitCode, why: &str, err: &mut Screen) -> std::io::Result<ExitCode> {
    writeln!(err, "error: {why}")?;
    Ok(code)
}

/// What is printed, and where the document is written.
struct Printing {
    printed: Option<Format>,
    json: Option<Target>,
}

impl Printing {
    /// The error is a code and why: both are for standard output, or the document cannot be written.
    fn open(args: &CompareArgs) -> Result<Self, (ExitCode, String)> {
        let format = args.format.map(Format::from);
        let json = args.json.as_deref().map(Target::open).transpose();
        let json = json.map_err(|why| (ExitCode::RESULT, why))?;
        let taken = json.as_ref().is_some_and(Target::is_stdout);
        if let (Some(format), true, false) = (format, taken, args.quiet) {
            let why = format!(
                "--format {} and the document of --json are both for standard output. \
                 Leave one of the two out, or give --json a file.",
                format.name()
            );
            return Err((ExitCode::USAGE, why));
        }
        let printed = (!args.quiet && !taken).then(|| format.unwrap_or(Format::Table));
        Ok(Self { printed, json })
    }
}

/// What the arguments ask for; the error says what is wrong with them.
fn asked_for(args: &CompareArgs) -> Result<StoredOptions, String> {
    let missing = match (args.baseline.is_empty(), args.new.is_empty()) {
        (true, true) => Some("there are no results to compare"),
        (true, false) => Some("there is no result in front of `--` to hold the others against"),
        (false, true) => Some("there is no result behind `--`: that is where the new ones stand"),
        (false, false) => None,
    };
    if let Some(missing) = missing {
        return Err(format!(
            "{missing}. Usage: wirebench compare BASE… -- NEW…, for example `{COMPARE_EXAMPLE}`"
        ));
    }
    let rename = |text: &String| Rename::read(text).map_err(|why| format!("--map {text}: {why}"));
    Ok(StoredOptions {
        limits: Limits::read(&args.limit)?,
        renames: args.map.iter().map(rename).collect::<Result<_, String>>()?,
        allow_debug: args.allow_debug,
    })
}

/// A file that is named twice, by whatever name. (One that is not there is told when it is read.)
fn named_twice(files: &[PathBuf]) -> Option<String> {
    let mut seen: HashMap<(u64, u64), &Path> = HashMap::new();
    files.iter().find_map(|file| {
        let there = fs::metadata(file).ok()?;
        let first = seen.insert((there.dev(), there.ino()), file)?;
        Some(format!(
            "{} is named twice, as {} before: a result is compared with others, once. For several samples \
             measure several times",
            shown(file),
            shown(first)
        ))
    })
}

/// The figures of a result, read cell by cell.
fn read(
    file: &Path,
    metrics: &[Compared],
    err: &mut Screen,
) -> std::io::Result<Result<KeptResult, JournalError>> {
    let mut reading = Reading::new(metrics);
    let visited = match visit(file, &mut |cell, _| reading.add(&cell)) {
        Ok(visited) => visited,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(bytes) = visited.torn_bytes {
        writeln!(
            err,
            "note: the last line of {} has no end; its {bytes} bytes are left out",
            shown(file)
        )?;
    }
    Ok(Ok(reading.finish(shown(file), visited.document)))
}

fn tell_all(
    compared: &Comparison,
    strict: bool,
    color: bool,
    printing: &mut Printing,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let mut codes = vec![verdict(compared, false, strict)];
    match printing.printed {
        Some(Format::Json) => compared.write(&mut out.json())?,
        Some(format) => print(compared, format, color, out)?,
        None => {}
    }
    if let Some(target) = &mut printing.json {
        codes.push(write(target, compared, out, err)?);
    }
    tell(compared, false, err)?;
    Ok(worst(&codes))
}

fn write(
    target: &mut Target,
    compared: &Comparison,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    match target.write(|file| compared.write(file), out, err) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => refuse(ExitCode::RESULT, &target.cannot(&error), err),
    }
}
