//! How far a connection has come: as a whole, and in each of its two directions.

/// As a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The connect call is under way.
    Connecting,
    /// Messages may flow.
    Open,
    /// The load is over and the other side may have judged already: nothing more is handed over, but
    /// what comes is still read.
    Shut,
    /// Nothing more is handed over; it closes when everything is written. `by_hook`: the hook that has
    /// closed it, by the count of those before.
    Closing { by_hook: Option<u64> },
}

/// What the peer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// More may come.
    Open,
    /// An event has said that no more comes. None says it again, so what is left must be read up to the
    /// end.
    EndAnnounced,
    /// Everything of it is read.
    Ended,
}

/// What this side sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    /// More may be written.
    Open,
    /// It is shut down once everything is written: that ends the message.
    EndsWithMessage,
    /// That has been done.
    EndedWithMessage,
    /// It is shut down, whatever its framing makes of that.
    Cut,
}

/// The states of a connection, and the ways from one to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifecycle {
    stage: Stage,
    input: Input,
    output: Output,
    /// The peer neither sends nor reads any more.
    peer_is_gone: bool,
}

impl Lifecycle {
    /// A connect call is under way.
    #[inline]
    pub(crate) fn connecting() -> Self {
        Self::at(Stage::Connecting)
    }

    /// The connection stands.
    #[inline]
    pub(crate) fn open() -> Self {
        Self::at(Stage::Open)
    }

    fn at(stage: Stage) -> Self {
        Self { stage, input: Input::Open, output: Output::Open, peer_is_gone: false }
    }

    #[inline]
    pub(crate) fn is_connecting(&self) -> bool {
        self.stage == Stage::Connecting
    }

    /// Messages may be handed over.
    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// The load is over: what comes is read, and nothing more is handed over.
    #[inline]
    pub(crate) fn is_shut(&self) -> bool {
        self.stage == Stage::Shut
    }

    #[inline]
    pub(crate) fn is_closing(&self) -> bool {
        matches!(self.stage, Stage::Closing { .. })
    }

    /// True when the hook of this count has closed it.
    #[inline]
    pub(crate) fn was_closed_by(&self, hook: u64) -> bool {
        self.stage == Stage::Closing { by_hook: Some(hook) }
    }

    /// The connect call has succeeded.
    #[inline]
    pub(crate) fn stands(&mut self) {
        self.stage = Stage::Open;
    }

    /// Nothing more is handed over, but what comes is read.
    #[inline]
    pub(crate) fn shut(&mut self) {
        if self.stage == Stage::Open {
            self.stage = Stage::Shut;
        }
    }

    /// It closes when everything is written.
    #[inline]
    pub(crate) fn close(&mut self) {
        if !self.is_closing() {
            self.stage = Stage::Closing { by_hook: None };
        }
    }

    /// A hook closes it. False: it was not open any more.
    #[inline]
    pub(crate) fn close_by(&mut self, hook: u64) -> bool {
        let open = self.is_open();
        if open {
            self.stage = Stage::Closing { by_hook: Some(hook) };
        }
        open
    }

    /// An event has said that the peer sends no more.
    #[inline]
    pub(crate) fn announce_end_of_input(&mut self) {
        if self.input == Input::Open {
            self.input = Input::EndAnnounced;
        }
    }

    /// True when reading may not stop before the end of the stream.
    #[inline]
    pub(crate) fn knows_of_end(&self) -> bool {
        self.input != Input::Open
    }

    /// Everything that the peer sends is read.
    #[inline]
    pub(crate) fn end_input(&mut self) {
        self.input = Input::Ended;
    }

    #[inline]
    pub(crate) fn input_has_ended(&self) -> bool {
        self.input == Input::Ended
    }

    /// The peer neither sends nor reads any more.
    #[inline]
    pub(crate) fn lose_peer(&mut self) {
        self.peer_is_gone = true;
    }

    #[inline]
    pub(crate) fn peer_is_gone(&self) -> bool {
        self.peer_is_gone
    }

    /// The end of this direction is the end of the message that has just been encoded.
    #[inline]
    pub(crate) fn end_output_with_message(&mut self) {
        self.output = match self.output {
            Output::Open | Output::EndsWithMessage => Output::EndsWithMessage,
            Output::EndedWithMessage | Output::Cut => Output::EndedWithMessage,
        };
    }

    /// True when the end of this direction is a message's.
    #[inline]
    pub(crate) fn output_ends_with_message(&self) -> bool {
        matches!(self.output, Output::EndsWithMessage | Output::EndedWithMessage)
    }

    /// This direction is to be shut down now. False: it was before.
    #[must_use]
    #[inline]
    pub(crate) fn end_output(&mut self) -> bool {
        let ended = self.output_has_ended();
        self.output = match self.output {
            Output::Open | Output::Cut => Output::Cut,
            Output::EndsWithMessage | Output::EndedWithMessage => Output::EndedWithMessage,
        };
        !ended
    }

    /// This direction is shut down.
    #[inline]
    pub(crate) fn output_has_ended(&self) -> bool {
        matches!(self.output, Output::EndedWithMessage | Output::Cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_connection_stays_closed_and_remembers_the_hook() {
        let mut one = Lifecycle::connecting();
        assert!(one.is_connecting() && !one.close_by(1), "nobody has it yet");
        one.stands();
        assert!(one.close_by(2) && one.was_closed_by(2));
        one.shut();
        one.close();
        assert!(one.is_closing() && one.was_closed_by(2) && !one.close_by(3));
    }

    #[test]
    fn what_is_shut_may_close_and_is_not_open_again() {
        let mut one = Lifecycle::open();
        one.shut();
        assert!(!one.is_open() && !one.is_closing() && !one.close_by(1));
        one.close();
        assert!(one.is_closing());
    }

    #[test]
    fn an_announced_end_is_no_end_before_everything_is_read() {
        let mut one = Lifecycle::open();
        one.announce_end_of_input();
        assert!(one.knows_of_end() && !one.input_has_ended());
        one.end_input();
        one.announce_end_of_input();
        assert!(one.knows_of_end() && one.input_has_ended());
    }

    #[test]
    fn the_sending_direction_is_shut_down_once_whoever_ends_it() {
        let mut by_message = Lifecycle::open();
        by_message.end_output_with_message();
        assert!(by_message.output_ends_with_message() && !by_message.output_has_ended());
        assert!(by_message.end_output() && !by_message.end_output());
        assert!(by_message.output_ends_with_message());
        let mut cut = Lifecycle::open();
        assert!(cut.end_output() && !cut.end_output() && !cut.output_ends_with_message());
        cut.end_output_with_message();
        assert!(cut.output_has_ended() && cut.output_ends_with_message());
    }
}
