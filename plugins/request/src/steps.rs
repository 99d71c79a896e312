//! What is said before the first exchange of a session and after its last.

use crate::client::RequestClient;
use crate::plan::{Ask, Awaited, Plan};
use crate::session::{Phase, Session};
use crate::template::Facts;
use wirebench_sdk::{Cx, Error, Result};

impl RequestClient {
    /// Says the steps before the first exchange from this one on, until one is to be answered.
    pub(crate) fn before(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        from: usize,
    ) -> Result<()> {
        let Self { plan, scratch } = self;
        if let Some(step) = say(plan, &plan.before, from, session, cx, scratch)? {
            session.phase = Phase::Before(step);
            return Ok(());
        }
        session.phase = Phase::Talk;
        for token in std::mem::take(&mut session.waiting) {
            self.begin(session, cx, token)?;
        }
        Ok(())
    }

    /// Says the steps after the last exchange from this one on, until one is to be answered.
    pub(crate) fn after(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        from: usize,
    ) -> Result<()> {
        let Self { plan, scratch } = self;
        let awaited = say(plan, &plan.after, from, session, cx, scratch)?;
        session.phase = awaited.map_or(Phase::Over(None), Phase::After);
        cx.set_pending(awaited.is_some() || !session.out.is_empty());
        Ok(())
    }
}

/// Says the steps of a list from this one on, up to one that is to be answered: its place.
fn say(
    plan: &Plan,
    steps: &[Ask],
    from: usize,
    session: &mut Session,
    cx: &mut Cx<'_>,
    scratch: &mut Vec<u8>,
) -> Result<Option<usize>> {
    let facts = Facts { secrets: plan.secrets()?, ..session.facts() };
    for (index, step) in steps.iter().enumerate().skip(from) {
        step.send.render(&facts, scratch).map_err(Error::new)?;
        session.out.send(cx, 0, scratch)?;
        if step.answer != Awaited::No {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
