//! Mistakes that an engine makes when it is told to, so that its simulation can be tested.
//!
//! Without the feature `mutants` no mistake can be made: [`active`] is a constant, and nothing of this
//! is left in the program. With it, [`make`] chooses the mistake of the thread that calls it.

use wirebench_judge::mutants;

mutants! {
    /// A mistake of the engine.
    pub enum Mutant {
        /// An exchange that is damaged keeps its slot of the window.
        KeepsTheSlotOfADamagedExchange,
        /// The client is not woken when the server has found damage.
        TellsDamageWithoutWaking,
        /// What is still held back when the client shuts gets no record.
        ForgetsWhatIsHeldAtTheEnd,
        /// What is held back when a connection closes gets no record.
        ForgetsWhatIsHeldAtAClose,
        /// A message is written before its record is published.
        PublishesAfterWriting,
        /// Nobody asks for the event that says that there is room to write.
        DoesNotWaitForRoomToWrite,
        /// What was held for want of room in the ledger is not looked at again.
        DoesNotLookAgainAtAFullLedger,
        /// A handler that found no room is not told when there is.
        NeverTellsOfRoom,
        /// A peer that was not read because it reads nothing is not read again.
        NeverReadsAPausedPeerAgain,
        /// A peer that has ended its direction is read until its socket is empty, and no further.
        StopsShortOfTheEnd,
        /// The framing is not called when its deadline passes.
        MissesTheFramingsDeadline,
        /// A sender in lock-step is not told what was read.
        DoesNotConfirmReads,
        /// Faults of the link are told after their bytes have left.
        TellsFaultsTooLate,
        /// A slot is given to the next connection before its close hook has run.
        ReusesASlotTooEarly,
        /// Exchanges of a session that ends are forgotten.
        ForgetsTheExchangesOfALostSession,
        /// A timer of the handler is set for ever.
        NeverCallsTimers,
        /// Of several letters, one a turn is handed over.
        HandsOverOneLetterATurn,
        /// An interrupted write ends the connection.
        TakesAnInterruptionForAnError,
        /// The judges of datagrams never give up.
        NeverExpiresDatagrams,
        /// Datagrams that found no room are not sent again.
        NeverRetriesDatagrams,
        /// The last reads at the end of a round are left out.
        LeavesOutTheLastReads,
        /// At the end of a round a connection has one turn of reads, as it has during it.
        ReadsOneTurnAtTheEnd,
        /// A read that was put off is not made when its time has come.
        ForgetsAPutOffRead,
        /// The drain ends although messages wait to be written.
        EndsTheDrainTooEarly,
        /// Of messages that were given together, the first alone is booked.
        BooksTheFirstOfABatch,
        /// A message goes on with a run although its connection has been closed.
        GoesOnAfterAClose,
        /// Requests whose answers were looked up in vain get no verdict.
        ForgetsRequestsWithoutAnAnswer,
        /// Latency of an open loop is counted from when an exchange was started.
        CountsFromTheActualStart,
        /// What still waits in the backlog when a round ends is not counted as dropped.
        ForgetsTheBacklogAtTheEnd,
    }
}

/// Whether the engine makes this mistake.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(super) const fn active(_: Mutant) -> bool {
    false
}

#[cfg(feature = "mutants")]
thread_local! {
    static CHOSEN: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// Whether the engine makes this mistake.
#[cfg(feature = "mutants")]
pub(super) fn active(mutant: Mutant) -> bool {
    CHOSEN.get() == Some(mutant)
}

/// Has the engines of this thread make a mistake from now on, or none.
#[cfg(feature = "mutants")]
pub fn make(mutant: Option<Mutant>) {
    CHOSEN.set(mutant);
}
