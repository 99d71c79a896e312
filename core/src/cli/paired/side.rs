//! One of the two builds: what is kept and told of its rounds.

use crate::cli::exit::ExitCode;
use crate::cli::result_sink::{ResultSink, ResultsFolder};
use crate::cli::screen::Screen;
use crate::cli::show::told;
use crate::compare::Subject;
use crate::result::document::Measured;
use crate::result::journal::RunOptions;
use crate::result::{Host, Pool, Round, Stored, Tool};
use crate::run::PairedOutcome;
use crate::scenario::Scenario;
use crate::text::path;
use std::path::{Path, PathBuf};

/// What makes a build that one.
pub(super) struct About<'a> {
    /// What it plays, without secrets.
    pub(super) scenario: &'a Scenario,
    /// The scenario's file as it was read.
    pub(super) text: &'a str,
    /// The files that it uses.
    pub(super) measured: &'a Measured,
    /// The program that plays it.
    pub(super) tool: Tool,
    /// In words.
    pub(super) what: String,
}

/// A build whose rounds are kept and pooled.
pub(super) struct Side<'a> {
    about: About<'a>,
    sink: ResultSink,
    pool: Pool<'a>,
}

/// A build whose rounds are over.
pub(super) struct Finished<'a> {
    pub(super) result: Stored<'a>,
    pub(super) folder: Option<PathBuf>,
    pub(super) subject: Subject,
    /// Whether all was kept that was to be.
    pub(super) kept: ExitCode,
}

impl<'a> Side<'a> {
    /// Makes its folder below `out`, or keeps nothing without one. The inner error is the code of why it cannot
    /// be made, told already.
    pub(super) fn open(
        about: About<'a>,
        out: Option<&ResultsFolder>,
        host: &Host,
        err: &mut Screen,
    ) -> std::io::Result<Result<Self, ExitCode>> {
        let mut sink = match out {
            None => ResultSink::nowhere(),
            Some(out) => {
                let kept = (about.scenario, about.text);
                let measured = (about.measured, RunOptions::default());
                match ResultSink::open(out, kept, measured, host, &about.tool, err)? {
                    Ok(sink) => sink,
                    Err(code) => return Ok(Err(code)),
                }
            }
        };
        let mut pool = Pool::new(about.scenario);
        if let Some(archive) = sink.archive() {
            pool.set_archive(archive);
        }
        Ok(Ok(Self { about, sink, pool }))
    }

    /// The folder that its rounds are kept in.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.sink.folder()
    }

    /// Keeps a round.
    pub(super) fn add(&mut self, round: &Round) {
        match self.sink.round(round) {
            Some(span) => self.pool.kept(round.cell, round.attempt, span),
            None => self.pool.add(round),
        }
    }

    /// Makes its result of all its rounds, and keeps that. The inner error is the code of why there is none, told
    /// already.
    pub(super) fn finish(
        self,
        host: &Host,
        ran: &PairedOutcome,
        err: &mut Screen,
    ) -> std::io::Result<Result<Finished<'a>, ExitCode>> {
        let Self { about, sink, pool } = self;
        let mut result = match pool.finish(host.clone(), about.tool.clone()) {
            Ok(result) => result,
            Err(error) => return told(Err(error.into()), err).map(Err),
        };
        result.measured(about.measured.clone());
        result.set_scenario_text(about.text);
        match &ran.stopped {
            Some(why) => result.stop(why.clone()),
            None if ran.interrupted => result.interrupt(),
            None => {}
        }
        let (folder, kept) = sink.finish(&mut result, err)?;
        let file = folder.as_ref().map(|folder| path(folder.join("result.json")));
        let subject = Subject::new(about.what, about.tool, about.measured.clone());
        let subject = Subject { results: file.into_iter().collect(), ..subject };
        Ok(Ok(Finished { result, folder, subject, kept }))
    }
}
