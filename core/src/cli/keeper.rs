//! Keeping a run on disk while it is measured.

use crate::result::document::Measured;
use crate::result::journal::Journal;
use crate::result::{Document, Host, Round, Tool};
use crate::scenario::Scenario;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Keeps the run on disk as long as the disk allows; what fails is told once and the run goes on.
pub(super) struct Keeper {
    journal: Option<Journal>,
    complaint: Option<String>,
}

impl Keeper {
    /// Makes the run's folder below `out_dir`. `text` is what the scenario's file held when it was
    /// read.
    pub(super) fn open(
        out_dir: &Path,
        (scenario, text): (&Scenario, &str),
        measured: &Measured,
        host: &Host,
        tool: &Tool,
        err: &mut dyn Write,
    ) -> std::io::Result<Self> {
        let opened = Journal::create(out_dir, &scenario.name).and_then(|mut journal| {
            journal.measures(measured.clone());
            journal.begin(scenario, text, host, tool)?;
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

    /// Puts a round into the journal.
    pub(super) fn round(&mut self, round: &Round) {
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.round(round)
        {
            self.complaint = Some(error.to_string());
            self.journal = None;
        }
    }

    /// Writes the document; returns the folder it is in.
    pub(super) fn finish(
        mut self,
        document: &mut Document,
        err: &mut dyn Write,
    ) -> std::io::Result<Option<PathBuf>> {
        if let Some(journal) = &mut self.journal {
            document.run = Some(journal.run().clone());
            if let Err(error) = journal.finish(document) {
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
