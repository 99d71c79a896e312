//! Mistakes that the judge makes when it is told to, so that its tests can be tested.
//!
//! A judge that is wrong makes every figure wrong, and shows in none of them. So each mistake here
//! has to be found by the judge's own tests; `tests/judge_mutants.rs` runs them once for each.
//!
//! Without the feature `mutants` no mistake can be made: [`active`] is a constant, and nothing of
//! this is left in the program. With it, `WIREBENCH_MUTANT` names the one to make. The variable
//! is read here, in a ring that reads none otherwise, because the tests that run under a mistake
//! must not know of it.

/// Every mistake once: what it is, and what it is called.
macro_rules! mutants {
    ($($(#[$doc:meta])* $mutant:ident = $name:literal,)+) => {
        /// A mistake of the judge.
        #[cfg_attr(not(feature = "mutants"), allow(unreachable_pub))]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Mutant {
            $($(#[$doc])* $mutant,)+
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$mutant),+];

            /// What `WIREBENCH_MUTANT` calls it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$mutant => $name,)+
                }
            }
        }
    };
}

mutants! {
    // Of every judge.
    /// A record that is not intact is released, but not counted.
    ForgetsAVerdict = "forgets-a-verdict",
    /// The last byte of a message is not compared.
    IgnoresTheLastByte = "ignores-the-last-byte",
    /// The byte in the middle of a message is not compared.
    IgnoresAByteInTheMiddle = "ignores-a-byte-in-the-middle",
    /// Bytes of equal length are taken for equal.
    ComparesOnlyLengths = "compares-only-lengths",
    /// A damaged message is heard with the first of the exchanges that it covers.
    HearsOnlyTheFirstExchange = "hears-only-the-first-exchange",
    /// The evidence is taken from one byte behind the place that went wrong.
    ShowsTheWrongPlace = "shows-the-wrong-place",

    // Of streams, while the bytes agree.
    /// A message that is intact when the cursor was not at rest before counts twice.
    CountsAMessageTwice = "counts-a-message-twice",
    /// A record that came whole beside others is intact.
    CallsAMergedMessageIntact = "calls-a-merged-message-intact",
    /// Of several records in one message, those after the first are released without a verdict.
    CountsOnlyTheFirstOfMergedMessages = "counts-only-the-first-of-merged-messages",
    /// A record that came in pieces of its own is intact.
    CallsASplitMessageIntact = "calls-a-split-message-intact",
    /// A record in pieces, one of them beside other bytes, is split.
    CallsAStraddledMessageSplit = "calls-a-straddled-message-split",
    /// A changed record that came in pieces is split or straddled: the boundaries decide first.
    CallsACorruptedMessageSplit = "calls-a-corrupted-message-split",

    // Of streams, where they disagree.
    /// A record whose bytes changed is what its boundaries say.
    ForgetsThatBytesChanged = "forgets-that-bytes-changed",
    /// Seven equal bytes in a row are evidence, not eight.
    BelievesSevenBytes = "believes-seven-bytes",
    /// A record that began to arrive and did not end is lost.
    CallsATruncatedMessageLost = "calls-a-truncated-message-lost",
    /// Records that wait when the stream ends get no verdict.
    LosesNothingAtTheEnd = "loses-nothing-at-the-end",
    /// The last of the records ahead is not considered.
    LooksOneRecordTooFewAhead = "looks-one-record-too-few-ahead",
    /// The record that is recognised behind lost ones is lost with them.
    SkipsOneRecordTooMany = "skips-one-record-too-many",
    /// Equal length decides before the search for a record ahead.
    AsksForEqualLengthFirst = "asks-for-equal-length-first",
    /// A message of equal length is the record, whatever the next message says.
    WaitsForNoNextMessage = "waits-for-no-next-message",
    /// One byte too few counts as never sent.
    MiscountsUnexpectedBytes = "miscounts-unexpected-bytes",
    /// A message that holds nothing of any record is not counted.
    OverlooksAnUnexpectedMessage = "overlooks-an-unexpected-message",

    // Of datagrams.
    /// A copy of what came whole is neither counted nor makes it duplicated.
    CountsADuplicateAsNothing = "counts-a-duplicate-as-nothing",
    /// A datagram that a later one overtook is intact.
    CallsAReorderedDatagramIntact = "calls-a-reordered-datagram-intact",
    /// A datagram is judged before the clock is looked at.
    CountsALateDatagramInTime = "counts-a-late-datagram-in-time",
    /// What comes after it was given up is a copy.
    CallsALateDatagramACopy = "calls-a-late-datagram-a-copy",
    /// One of several equal datagrams is told from the others.
    MeasuresAnAmbiguousDatagram = "measures-an-ambiguous-datagram",
    /// Of equal datagrams that wait, a younger one takes the arrival.
    MatchesEqualPayloadsYoungestFirst = "matches-equal-payloads-youngest-first",
    /// No record is given up because its time has passed.
    IgnoresTheHorizonOfTime = "ignores-the-horizon-of-time",
    /// A record is given up when its time is just over, not past.
    GivesUpTooEarly = "gives-up-too-early",
    /// No record is given up because one far behind it has come.
    IgnoresTheHorizonOfPlaces = "ignores-the-horizon-of-places",
    /// What comes whole is intact at once, so that no copy can change it.
    SettlesAnIntactDatagramAtOnce = "settles-an-intact-datagram-at-once",
    /// What is forgotten before its time has passed gets no verdict.
    ForgetsWithoutAVerdict = "forgets-without-a-verdict",
    /// The transport's word that a datagram was cut is not heard.
    IgnoresTheTransportsWord = "ignores-the-transports-word",
    /// Seven bytes are enough to be the beginning of a record.
    TakesSevenBytesForABeginning = "takes-seven-bytes-for-a-beginning",
    /// Of records that resemble the arrival, the oldest was changed, not the most similar.
    CorruptsTheOldestThatAgrees = "corrupts-the-oldest-that-agrees",
    /// A third of the bytes is enough to be a changed record.
    CorruptsWhatHardlyAgrees = "corrupts-what-hardly-agrees",
    /// Of several records in one datagram, the last stays waiting.
    ForgetsTheLastOfJoinedDatagrams = "forgets-the-last-of-joined-datagrams",
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
        let known: Vec<&str> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
        panic!("WIREBENCH_MUTANT: there is no `{name}`; there are {}", known.join(", "))
    })
}

/// What is `right`; `wrong` where the judge makes this mistake.
#[inline(always)]
pub(super) fn unless<T>(mutant: Mutant, right: T, wrong: T) -> T {
    if active(mutant) { wrong } else { right }
}
