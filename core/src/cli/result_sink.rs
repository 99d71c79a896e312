//! Keeping a run on disk while it is measured.

use super::exit::ExitCode;
use super::files::OUT_FOLDER;
use super::screen::Screen;
use crate::result::document::Measured;
use crate::result::journal::{Archive, Journal, RunLock, RunOptions, Span, try_folder};
use crate::result::{Host, Round, Stored, Tool};
use crate::scenario::Scenario;
use crate::text::path;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// The folder below which results are kept.
#[derive(Debug)]
pub(super) struct ResultsFolder {
    folder: PathBuf,
    /// The user named it: what cannot be kept there is a failure. Without a name, results are kept
    /// as far as the disk allows.
    asked_for: bool,
    /// The runs that are written below it: nobody removes them meanwhile.
    held: RefCell<Vec<RunLock>>,
}

impl ResultsFolder {
    /// The folder that `--out` names, or else the usual one. The error says why nothing can be kept
    /// in the named one.
    pub(super) fn choose(named: Option<&Path>) -> Result<Self, String> {
        let Some(folder) = named else {
            return Ok(Self::new(Path::new(OUT_FOLDER), false));
        };
        std::fs::create_dir_all(folder).and_then(|()| try_folder(folder)).map_err(|error| {
            format!(
                "cannot keep results in {}: {error}; give --out a folder that you may write to.",
                path(folder)
            )
        })?;
        Ok(Self::new(folder, true))
    }

    /// A folder that we have made ourselves, below that of a run.
    pub(super) fn below(folder: &Path) -> Self {
        Self::new(folder, false)
    }

    fn new(folder: &Path, asked_for: bool) -> Self {
        Self { folder: folder.to_owned(), asked_for, held: RefCell::default() }
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Tells what is not kept. That fails the run where it was asked for.
fn complain(asked_for: bool, what: &str, err: &mut Screen) -> std::io::Result<ExitCode> {
    let (word, code) =
        if asked_for { ("error", ExitCode::RESULT) } else { ("warning", ExitCode::SUCCESS) };
    writeln!(err, "{word}: {what}")?;
    Ok(code)
}

/// Keeps the run on disk as long as the disk allows; what fails is told once and the run goes on.
pub(super) struct ResultSink {
    asked_for: bool,
    journal: Option<Journal>,
    complaint: Option<String>,
}

impl ResultSink {
    /// Makes the run's folder. `text` is what the scenario's file held when it was read. The inner error
    /// is the code of why it cannot be made, told already.
    pub(super) fn open(
        out: &ResultsFolder,
        (scenario, text): (&Scenario, &str),
        (measured, options): (&Measured, RunOptions),
        host: &Host,
        tool: &Tool,
        err: &mut Screen,
    ) -> std::io::Result<Result<Self, ExitCode>> {
        let opened = Journal::create(&out.folder, &scenario.name).and_then(|mut journal| {
            journal.measures(measured.clone());
            journal.asks(options);
            journal.begin(scenario, text, host, tool)?;
            Ok(journal)
        });
        let journal = match opened {
            Ok(journal) => {
                out.held.borrow_mut().extend(journal.lock());
                Some(journal)
            }
            Err(error) => {
                let what = format!("the results are not kept: {error}");
                let code = complain(out.asked_for, &what, err)?;
                if code != ExitCode::SUCCESS {
                    return Ok(Err(code));
                }
                None
            }
        };
        Ok(Ok(Self { asked_for: out.asked_for, journal, complaint: None }))
    }

    /// Keeps nothing.
    pub(super) fn nowhere() -> Self {
        Self { asked_for: false, journal: None, complaint: None }
    }

    /// The run's folder, if it is kept.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.journal.as_ref().map(Journal::folder)
    }

    /// The journal's rounds, to be read again.
    pub(super) fn archive(&mut self) -> Option<Archive> {
        match self.journal.as_ref()?.archive() {
            Ok(archive) => Some(archive),
            Err(error) => {
                self.complaint = Some(error.to_string());
                self.journal = None;
                None
            }
        }
    }

    /// Puts a round into the journal, and says where it stands there; `None`: nowhere.
    pub(super) fn round(&mut self, round: &Round) -> Option<Span> {
        match self.journal.as_mut()?.round(round) {
            Ok(span) => Some(span),
            Err(error) => {
                self.complaint = Some(error.to_string());
                self.journal = None;
                None
            }
        }
    }

    /// Writes the document; returns the folder it is in, and whether all was kept that was to be.
    pub(super) fn finish(
        mut self,
        result: &mut Stored,
        err: &mut Screen,
    ) -> std::io::Result<(Option<PathBuf>, ExitCode)> {
        if let Some(journal) = &mut self.journal {
            result.set_run(journal.run().clone());
            if let Err(error) = journal.finish(result) {
                self.complaint = Some(error.to_string());
            }
        }
        if let Some(complaint) = self.complaint {
            let what = format!("the results are not kept whole: {complaint}");
            return Ok((None, complain(self.asked_for, &what, err)?));
        }
        let folder = self.journal.map(|journal| journal.folder().to_owned());
        Ok((folder, ExitCode::SUCCESS))
    }
}
