//! Files whose names say their format: what `run` and `report` share. `merge` has another `-o`.

use super::PrintArgs;
use super::print::OutputFile;
use crate::report::Format;
use clap::Args;
use std::path::PathBuf;

/// `-o`.
#[derive(Args, Clone, Debug, Default)]
pub struct NamedArgs {
    /// Write the results to this file as well, in the format that its ending means: `report.html`,
    /// `summary.md`, `cells.csv`, `cells.jsonl`, `result.json`. Repeatable
    #[arg(short = 'o', value_name = "FILE", value_parser = by_ending)]
    pub to: Vec<OutputFile>,
}

impl NamedArgs {
    /// What is printed and written, these files among it.
    pub fn with(&self, print: &PrintArgs) -> PrintArgs {
        PrintArgs { also: self.to.clone(), ..print.clone() }
    }
}

/// A file whose name says the format.
fn by_ending(text: &str) -> Result<OutputFile, String> {
    let file = PathBuf::from(text);
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let format = match ending.to_ascii_lowercase().as_str() {
        "html" | "htm" => Format::Html,
        "md" | "markdown" => Format::Markdown,
        "csv" => Format::Csv,
        "json" => Format::Json,
        "jsonl" => Format::Jsonl,
        _ => {
            return Err("its ending is none of .html, .md, .csv, .json and .jsonl; for another format, or to \
                        name it as you like, use `--output FORMAT=FILE`"
                .into());
        }
    };
    Ok(OutputFile { format, file })
}
