//! One side alone, under the same guard as rounds: `serve` and `drive`.

use super::driving::{Conversation, Driven, Manner, drive};
use super::round::{Played, RoundPlan};
use super::serving::{OnListening, Served, serve};
use super::session::{Plugins, RunError, Runner, meanwhile};
use crate::result::{Outcome, conserve};
use crate::scenario::Scenario;
use crate::side::spec::Alone;

/// How a client alone ended.
pub struct Drive {
    /// What came of it; `None` when the user stopped it before it had begun.
    pub outcome: Option<Outcome>,
    /// The user stopped it.
    pub interrupted: bool,
}

impl Runner {
    /// Serves with the server side of the only cell of `scenario`.
    pub fn serve(
        &mut self,
        scenario: &Scenario,
        plugins: &Plugins,
        alone: Alone,
        on_listening: &mut OnListening<'_>,
    ) -> Result<Served, RunError> {
        let play = |children: &mut _, interrupts: &_, plan: &RoundPlan<'_>| {
            serve(children, interrupts, plan, alone, on_listening)
        };
        let served = self.with_plan(scenario, 0, scenario.seed, plugins, 0, play)?;
        Ok(match (served, plugins.pins.clone().changed()) {
            (Served::Crashed(crash), Some(why)) => {
                Served::Failed(format!("{why}{}", meanwhile(&Outcome::Crashed(crash))))
            }
            (served, _) => served,
        })
    }

    /// Drives the server of the only cell of `scenario`, which has one that is not ours.
    pub fn drive(
        &mut self,
        scenario: &Scenario,
        plugins: &Plugins,
        conversation: Option<Conversation>,
    ) -> Result<Drive, RunError> {
        let Some(server) = scenario.cells.first().and_then(|cell| cell.settings.server.clone())
        else {
            return Err(RunError::Internal("the cell has no server to drive".to_owned()));
        };
        let manner = Manner { conversation, reports_when_stopped: true };
        let play = |children: &mut _, interrupts: &_, plan: &RoundPlan<'_>| {
            drive(children, interrupts, plan, &server, manner)
        };
        let driven = self.with_plan(scenario, 0, scenario.seed, plugins, 0, play)?;
        let Driven { played, interrupted } = driven;
        match played {
            Played::Interrupted => Ok(Drive { outcome: None, interrupted: true }),
            Played::Over(outcome) => {
                if let Outcome::Finished { client, server } = &outcome {
                    conserve(client, server).map_err(RunError::Internal)?;
                }
                let outcome = match (outcome, plugins.pins.clone().changed()) {
                    (outcome @ Outcome::Crashed(_), Some(why)) => {
                        Outcome::Failed { error: format!("{why}{}", meanwhile(&outcome)) }
                    }
                    (outcome, _) => outcome,
                };
                Ok(Drive { outcome: Some(outcome), interrupted })
            }
        }
    }
}
