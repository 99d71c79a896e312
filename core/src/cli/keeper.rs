//! Keeping a run on disk while it is measured.

use super::files::read_text;
use crate::result::journal::{Archive, Journal, Span};
use crate::result::{Host, Round, Stored, Tool};
use crate::scenario::Scenario;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Keeps the run on disk as long as the disk allows; what fails is told once and the run goes on.
pub(super) struct Keeper {
    journal: Option<Journal>,
    complaint: Option<String>,
}

impl Keeper {
    /// Makes the run's folder below `out_dir`. `file` is where the scenario was read from.
    pub(super) fn open(
        out_dir: &Path,
        file: &Path,
        scenario: &Scenario,
        host: &Host,
        tool: &Tool,
        err: &mut dyn Write,
    ) -> std::io::Result<Self> {
        let text = read_text(file).unwrap_or_default();
        let opened = Journal::create(out_dir, &scenario.name).and_then(|mut journal| {
            journal.begin(scenario, &text, host, tool)?;
            Ok(journal)
        });
        match opened {
            Ok(journal) => Ok(Self { journal: Some(journal), complaint: None }),
            Err(error) => {
                writeln!(err, "warning: the results are not kept: {error}")?;
                Ok(Self { journal: None, complaint: None })
            }
        }
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

    /// Writes the document; returns the folder it is in.
    pub(super) fn finish(
        mut self,
        result: &mut Stored,
        err: &mut dyn Write,
    ) -> std::io::Result<Option<PathBuf>> {
        if let Some(journal) = &mut self.journal {
            result.set_run(journal.run().clone());
            if let Err(error) = journal.finish(result) {
                self.complaint = Some(error.to_string());
            }
        }
        if let Some(complaint) = self.complaint {
            writeln!(err, "warning: the results are not kept whole: {complaint}")?;
            return Ok(None);
        }
        Ok(self.journal.map(|journal| journal.folder().to_owned()))
    }
}
