//! Where results go besides the folder they are kept in: what `run` and `report` share.

use super::TableArgs;
use crate::report::Format;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What is printed, and what is written where.
#[derive(Args, Clone, Debug)]
pub struct PrintArgs {
    /// How to print the results; a table unless told otherwise
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Write the results to this file as well, in a format of `--format`: `junit=results.xml`. Repeatable; `-` is
    /// stdout, in place of the table; `{scenario}` in the name makes a file for each; hgrm takes a new folder
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub output: Vec<OutputFile>,

    /// The same as `--output json=FILE`
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Print no progress and no table or other format, only errors
    #[arg(long, short)]
    pub quiet: bool,

    /// What is shown of them.
    #[command(flatten)]
    pub table: TableArgs,

    /// Further files: those of `-o`, where a verb has that.
    #[arg(skip)]
    pub also: Vec<OutputFile>,
}

impl PrintArgs {
    /// Everything that is to be written to files.
    pub fn files(&self) -> impl Iterator<Item = OutputFile> {
        let json = self.json.clone().map(|file| OutputFile { format: Format::Json, file });
        json.into_iter().chain(self.output.iter().chain(&self.also).cloned())
    }
}

/// `FORMAT=FILE`.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// What is written.
    pub format: Format,
    /// Where.
    pub file: PathBuf,
}

fn output(text: &str) -> Result<OutputFile, String> {
    let formats = || {
        let names: Vec<String> = Format::value_variants().iter().map(|one| one.name()).collect();
        names.join(", ")
    };
    match text.split_once('=') {
        Some((_, "")) => Err("a file is missing behind `=`".into()),
        Some((format, file)) => {
            let format = Format::from_str(format, false)
                .map_err(|_| format!("there is no format `{format}`; there are {}", formats()))?;
            Ok(OutputFile { format, file: file.into() })
        }
        None => Err(format!("it has the form FORMAT=FILE; formats are {}", formats())),
    }
}
