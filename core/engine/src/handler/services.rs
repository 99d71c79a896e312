//! What a side gives to the plugin that it calls.

/// Identifies an exchange (0: none).
pub type Token = u64;

/// How the client's handler ends an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishAs {
    /// The answer is right.
    Done,
    /// The answer is wrong.
    Wrong,
    /// The server refused, as a protocol may.
    Rejected,
}

/// A directory for a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Empty, of this side and round; removed after it.
    Scratch,
    /// Where the scenario's file stands.
    Scenario,
}

/// A kind that a handler declares ([`Services::count`] with 0) to say that whoever reaches its
/// server can do harm with this configuration: it is served on loopback addresses only. Nothing is
/// counted under it.
pub const LOOPBACK_ONLY: &str = "loopback-only";

/// A kind that a handler declares in the same way to say that it speaks text: what the scenario sends
/// is text then, unless the scenario says otherwise.
pub const SPEAKS_TEXT: &str = "speaks-text";

/// True for kinds that only say something of the handler; nothing is counted under them.
#[inline]
pub fn is_word(kind: &str) -> bool {
    [LOOPBACK_ONLY, SPEAKS_TEXT].contains(&kind)
}

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendResult {
    /// Handed over.
    Sent,
    /// Too much is unsent already; `writable` follows.
    Full,
    /// The session is closed.
    Closed,
    /// The message is longer than the ledger can hold.
    TooLarge,
}

/// A way for any thread to reach the loop: posts `(session, bytes)`.
pub type Mailbox = std::sync::Arc<dyn Fn(u32, &[u8]) + Send + Sync>;

/// A way for any thread of a plugin to say that it has gone wrong.
pub type Trouble = std::sync::Arc<dyn Fn(&str) + Send + Sync>;

/// The side as its plugin sees it. All calls happen on the side's loop thread, inside a hook.
///
/// `session` is the number the side gave to `open`; a number that is not open any more is
/// answered by [`SendResult::Closed`] or ignored.
pub trait Services {
    /// Hands a message over. `token` is the exchange it belongs to (0: unsolicited).
    fn send(&mut self, session: u32, token: Token, message: &[u8]) -> SendResult;

    /// Hands a message over that stands in several places.
    fn send_parts(&mut self, session: u32, token: Token, parts: &[&[u8]]) -> SendResult;

    /// Hands the scenario's own seeded payload over: the request of exchange `token` on the client
    /// side, `reply-payload` on the server side. Returns the length, or why not.
    fn send_payload(&mut self, session: u32, token: Token) -> SendResult;

    /// The bytes `send_payload` would send for `token`.
    fn payload(&mut self, token: Token) -> &[u8];

    /// Ends an exchange (client side). `why` is shown for everything but done.
    fn finish(&mut self, token: Token, how: FinishAs, why: &str);

    /// Closes a session once everything handed over is written.
    fn close(&mut self, session: u32);

    /// Calls the timer hook of `session` with `id` after `after_ns`; a timer with the same id is
    /// replaced. `u64::MAX` cancels.
    fn set_timer(&mut self, session: u32, id: u64, after_ns: u64);

    /// The sessions open now, for a broadcast.
    fn sessions(&mut self, each: &mut dyn FnMut(u32));

    /// Nanoseconds on the clock both sides share.
    fn now(&mut self) -> u64;

    /// A line for the round's report.
    fn log(&mut self, level: u32, text: &str);

    /// Counts `n` more of `kind`; the first `example` is kept. With `n` 0 the kind is declared.
    fn count(&mut self, kind: &str, n: u64, example: &str);

    /// A directory that the handler may use; it stays the same as long as the side lives.
    fn place(&mut self, which: Place) -> Option<&std::path::Path>;

    /// Whether something that the session's peer has asked for is yet to be answered.
    fn set_pending(&mut self, session: u32, pending: bool) {
        let _ = (session, pending);
    }

    /// The longest message that can be handed over, in bytes; 0: not known yet.
    fn longest_message(&mut self) -> u64 {
        0
    }

    /// The next 64 random bits, which follow from the round's seed.
    fn random(&mut self) -> u64;

    /// How many bytes of memory the handler keeps for the session's peer.
    fn set_kept(&mut self, session: u32, bytes: u64) {
        let _ = (session, bytes);
    }

    /// A descriptor-free way for a worker thread to reach the loop: posts `(session, bytes)`;
    /// the mail hook follows on the loop thread.
    fn mailbox(&mut self) -> Mailbox;

    /// A way for a worker thread to say that it has gone wrong; what it says is counted.
    fn trouble(&mut self) -> Trouble {
        std::sync::Arc::new(|_| {})
    }

    /// Several messages (or exchanges that are to begin) were handed over together, and what is asked
    /// from now on is about this one, from 0. Told before everything else that a handler asks for
    /// while it handles them: whether it is another one than before or not.
    #[inline]
    fn at(&mut self, index: usize) {
        let _ = index;
    }

    /// Whether the next of these is not to be begun: the session is over, say. Asked after everything
    /// else that a handler asks for while it handles them.
    #[inline]
    fn must_stop(&self) -> bool {
        false
    }

    /// The plugin has broken a rule of the interface: `what` says which. What it asked for was not
    /// done.
    fn misuse(&mut self, what: &str) {
        let _ = what;
    }
}
