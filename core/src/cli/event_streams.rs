//! `--output events=FILE`: what happens, while it happens.

use super::exit::ExitCode;
use super::screen::Screen;
use super::target::Target;
use crate::compare::Comparison;
use crate::events::{self, Event, Of};
use crate::result::document::RoundSummary;
use crate::result::{Round, Stored, StoredError};
use crate::scenario::Scenario;
use crate::text::Json;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write as _};

/// The files that hear of everything. One that cannot be written any more hears nothing more.
#[derive(Default)]
pub(super) struct EventStreams(Vec<EventStream>);

struct EventStream {
    target: Target,
    to: Json<BufWriter<File>>,
    failed: Option<io::Error>,
}

impl EventStreams {
    /// Begins the file. The error is what to tell the user.
    pub(super) fn add(&mut self, target: Target) -> Result<(), String> {
        let file = target.stream().map_err(|error| target.cannot(&error))?;
        self.0.push(EventStream { target, to: Json(BufWriter::new(file)), failed: None });
        Ok(())
    }

    /// Something happens. Each line can be read as soon as it is there.
    pub(super) fn tell(&mut self, event: Event<'_>) {
        for stream in self.0.iter_mut().filter(|stream| stream.failed.is_none()) {
            let told = events::write(event, &mut stream.to).and_then(|()| stream.to.flush());
            stream.failed = told.err();
        }
    }

    /// A round of this attempt at the cell begins; `build` is which plays it, in a run of two.
    pub(super) fn round_starts(
        &mut self,
        scenario: &Scenario,
        (cell, attempt): (usize, u32),
        round: u32,
        build: Option<&str>,
    ) {
        self.tell(Event::RoundStarted { of: of(scenario, (cell, attempt), build), round });
    }

    /// A round is over.
    pub(super) fn round_ended(&mut self, scenario: &Scenario, round: &Round, build: Option<&str>) {
        if !self.0.is_empty() {
            let summary = &RoundSummary::of(&scenario.cells[round.cell], round);
            let of = of(scenario, (round.cell, round.attempt), build);
            self.tell(Event::RoundEnded { of, summary });
        }
    }

    /// A scenario is over. The error is of reading its result.
    pub(super) fn result(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        for stream in self.0.iter_mut().filter(|stream| stream.failed.is_none()) {
            let told = events::write_result(result, compared, &mut stream.to);
            match told.and_then(|()| Ok(stream.to.flush()?)) {
                Ok(()) => {}
                Err(StoredError::Write(error)) => stream.failed = Some(error),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Nothing more happens. Says of which files something is missing; whose reader did not want more is none of
    /// them.
    pub(super) fn finish(mut self, code: ExitCode, err: &mut Screen) -> io::Result<ExitCode> {
        self.tell(Event::RunEnded { exit_code: code.number() });
        let mut failed = ExitCode::SUCCESS;
        for stream in &self.0 {
            let Some(error) = &stream.failed else { continue };
            if error.kind() != ErrorKind::BrokenPipe {
                writeln!(err, "error: {}", stream.target.cannot(error))?;
                failed = ExitCode::RESULT;
            }
        }
        Ok(failed)
    }
}

fn of<'a>(scenario: &'a Scenario, (cell, attempt): (usize, u32), build: Option<&'a str>) -> Of<'a> {
    Of { scenario: &scenario.name, cell: &scenario.cells[cell].id, build, attempt }
}
