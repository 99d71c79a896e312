//! Mistakes that the judge makes when it is told to, so that its tests can be tested.
//!
//! A judge that is wrong makes every figure wrong, and shows in none of them. So each mistake here
//! has to be found by the judge's own tests; `tests/judge_mutants.rs` runs them once for each.
//!
//! Without the feature `mutants` no mistake can be made: [`active`] is a constant, and nothing of
//! this is left in the program. With it, `WIREBENCH_MUTANT` names the one to make. The variable
//! is read here, in a ring that reads none otherwise, because the tests that run under a mistake
//! must not know of it.

use crate::mutants;

mutants! {
    /// A mistake of the judge.
    pub enum Mutant {
        // Of every judge.
        /// A record that is not intact is released, but not counted.
        ForgetsAVerdict,
        /// The last byte of a message is not compared.
        IgnoresTheLastByte,
        /// The byte in the middle of a message is not compared.
        IgnoresAByteInTheMiddle,
        /// Bytes of equal length are taken for equal.
        ComparesOnlyLengths,
        /// The receipt of a damaged message names only the first of the exchanges that it covers.
        ReportsOnlyTheFirstExchange,
        /// The evidence is taken from one byte behind the place that went wrong.
        ShowsTheWrongPlace,

        // Of streams, while the bytes agree.
        /// A message that is intact when the cursor was not at rest before counts twice.
        CountsAMessageTwice,
        /// A record that came whole beside others is intact.
        CallsAMergedMessageIntact,
        /// Of several records in one message, those after the first are released without a verdict.
        CountsOnlyTheFirstOfMergedMessages,
        /// A record that came in pieces of its own is intact.
        CallsASplitMessageIntact,
        /// A record in pieces, one of them beside other bytes, is split.
        CallsAStraddledMessageSplit,
        /// A changed record that came in pieces is split or straddled: the boundaries decide first.
        CallsACorruptedMessageSplit,

        // Of streams, where they disagree.
        /// A record whose bytes changed is what its boundaries say.
        ForgetsThatBytesChanged,
        /// Seven equal bytes in a row are evidence, not eight.
        BelievesSevenBytes,
        /// A record that began to arrive and did not end is lost.
        CallsATruncatedMessageLost,
        /// Records that wait when the stream ends get no verdict.
        LosesNothingAtTheEnd,
        /// The last of the records ahead is not considered.
        LooksOneRecordTooFewAhead,
        /// The record that is recognised behind lost ones is lost with them.
        SkipsOneRecordTooMany,
        /// Equal length decides before the search for a record ahead.
        AsksForEqualLengthFirst,
        /// A message of equal length is the record, whatever the next message says.
        WaitsForNoNextMessage,
        /// One byte too few counts as never sent.
        MiscountsUnexpectedBytes,
        /// A message that holds nothing of any record is not counted.
        OverlooksAnUnexpectedMessage,

        // Of datagrams.
        /// A copy of what came whole is neither counted nor makes it duplicated.
        CountsADuplicateAsNothing,
        /// A datagram that a later one overtook is intact.
        CallsAReorderedDatagramIntact,
        /// A datagram is judged before the clock is looked at.
        CountsALateDatagramInTime,
        /// What comes after it was given up is a copy.
        CallsALateDatagramACopy,
        /// One of several equal datagrams is told from the others.
        MeasuresAnAmbiguousDatagram,
        /// Of equal datagrams that wait, a younger one takes the arrival.
        MatchesEqualPayloadsYoungestFirst,
        /// No record is given up because its time has passed.
        IgnoresTheHorizonOfTime,
        /// A record is given up when its time is just over, not past.
        GivesUpTooEarly,
        /// No record is given up because one far behind it has come.
        IgnoresTheHorizonOfPlaces,
        /// What comes whole is intact at once, so that no copy can change it.
        SettlesAnIntactDatagramAtOnce,
        /// What is forgotten before its time has passed gets no verdict.
        ForgetsWithoutAVerdict,
        /// The transport's word (MSG_TRUNC) that a datagram was cut is ignored.
        IgnoresTheTransportsWord,
        /// Seven bytes are enough to be the beginning of a record.
        TakesSevenBytesForABeginning,
        /// Of records that resemble the arrival, the oldest was changed, not the most similar.
        CorruptsTheOldestThatAgrees,
        /// A third of the bytes is enough to be a changed record.
        CorruptsWhatHardlyAgrees,
        /// Of several records in one datagram, the last stays waiting.
        ForgetsTheLastOfJoinedDatagrams,

        // Of answers over a stream.
        /// Of equal answers in order, none is measured.
        DoubtsTheOrderOfEqualAnswers,
        /// An answer whose pieces stand beside others is split.
        CallsAStraddledAnswerSplit,
        /// An answer that began, and went on otherwise, is lost.
        ForgetsThatAnAnswerBegan,
        /// What nothing explains was never sent, whoever waits.
        TakesAWrongAnswerForNone,
        /// What nothing explained stays, although the request that it stood for is answered.
        KeepsASuspectOfAnAnsweredRequest,
    }
}

#[cfg(feature = "mutants")]
impl Mutant {
    /// What `WIREBENCH_MUTANT` calls it: `forgets-a-verdict`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}

/// Whether the judge makes this mistake.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(super) const fn active(_: Mutant) -> bool {
    false
}

/// Whether the judge makes this mistake. Panics when `WIREBENCH_MUTANT` names none that there is: a
/// judge without the mistake would pass every test.
#[cfg(feature = "mutants")]
pub(super) fn active(mutant: Mutant) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<Mutant>> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| Some(named(&std::env::var("WIREBENCH_MUTANT").ok()?))) == Some(mutant)
}

#[cfg(feature = "mutants")]
fn named(name: &str) -> Mutant {
    Mutant::ALL.iter().copied().find(|mutant| mutant.name() == name).unwrap_or_else(|| {
        let known: Vec<String> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
        panic!("WIREBENCH_MUTANT: there is no `{name}`; there are {}", known.join(", "))
    })
}

/// What is `right`; `wrong` where the judge makes this mistake.
#[inline(always)]
pub(super) fn unless<T>(mutant: Mutant, right: T, wrong: T) -> T {
    if active(mutant) { wrong } else { right }
}
