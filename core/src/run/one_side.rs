//! One side alone, under the same guard as rounds: `serve` and `drive`.

use super::outcome::{RoundOutcome, ServeOutcome};
use super::plan::RoundPlan;
use super::runner::{Plugins, RunError, Runner, meanwhile};
use super::supervisor::{Conversation, OnListening, drive, serve};
use crate::result::{Outcome, conserve};
use crate::scenario::Scenario;
use crate::side::spec::Alone;
use std::os::fd::OwnedFd;

/// Examples that a client alone keeps of each anomaly, where answers are looked up.
const EXAMPLES: usize = 3;

impl Runner {
    /// Serves with the server side of the only cell of `scenario`. What arrives is shown on `display`, which
    /// does not block, behind what `on_listening` writes.
    pub fn serve(
        &mut self,
        scenario: &Scenario,
        plugins: &Plugins,
        alone: Alone,
        display: Option<OwnedFd>,
        on_listening: &mut OnListening<'_>,
    ) -> Result<ServeOutcome, RunError> {
        let play = |children: &mut _, interrupts: &_, plan: &RoundPlan<'_>| {
            serve(children, interrupts, plan, alone, display, on_listening)
        };
        let mut served = self.with_plan(scenario, 0, scenario.seed, plugins, 0, play)?;
        scenario.secrets.redact_all(served.texts_mut());
        Ok(match (served, plugins.pins.clone().changed()) {
            (ServeOutcome::Crashed(crash), Some(why)) => {
                ServeOutcome::Failed(format!("{why}{}", meanwhile(&Outcome::Crashed(crash))))
            }
            (served, _) => served,
        })
    }

    /// Drives the server of the only cell of `scenario`, which has one that is not ours.
    pub fn drive(
        &mut self,
        scenario: &Scenario,
        plugins: &Plugins,
        alone: Alone,
        conversation: Option<Conversation>,
    ) -> Result<RoundOutcome, RunError> {
        let Some(server) = scenario.cells.first().and_then(|cell| cell.settings.server.clone())
        else {
            return Err(RunError::Internal("the cell has no server to drive".to_owned()));
        };
        let play = |children: &mut _, interrupts: &_, plan: &RoundPlan<'_>| {
            drive(children, interrupts, plan, &server, alone, conversation)
        };
        let mut played = self.with_plan(scenario, 0, scenario.seed, plugins, EXAMPLES, play)?;
        let texts = played.outcome.iter_mut().flat_map(Outcome::texts_mut);
        scenario.secrets.redact_all(texts);
        if let Some(Outcome::Finished { client, server, .. }) = &played.outcome {
            conserve(client, server).map_err(RunError::Internal)?;
        }
        if let (Some(outcome @ Outcome::Crashed(_)), Some(why)) =
            (&played.outcome, plugins.pins.clone().changed())
        {
            let error = format!("{why}{}", meanwhile(outcome));
            played.outcome = Some(Outcome::Failed { error });
        }
        Ok(played)
    }
}
