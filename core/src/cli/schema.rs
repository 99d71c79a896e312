//! `wirebench schema`: what a scenario or `wirebench.toml` may be, for editors, and what a result is, for whoever
//! reads one.

use super::args::{SchemaArgs, SchemaOf};
use super::config::formats;
use super::exit::ExitCode;
use super::screen::Screen;
use std::io::{self, Write as _};

/// That of a result document: a test makes it of the tables that explain its fields.
const RESULT: &str = include_str!("../result/document/schema.json");

/// Prints the schema.
pub(super) fn schema(args: &SchemaArgs, out: &mut Screen) -> io::Result<ExitCode> {
    let formats = formats();
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    let schema = match args.of {
        SchemaOf::Scenario => crate::scenario::schema(),
        SchemaOf::Config => crate::scenario::config_schema(&formats),
        SchemaOf::Result => {
            out.json().write_all(RESULT.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let text = serde_json::to_string_pretty(&schema)?;
    out.json().write_all(text.as_bytes())?;
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}
