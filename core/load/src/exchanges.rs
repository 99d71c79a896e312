//! The table of exchanges under way: who waits for an answer, since when, and how it ended.

use std::collections::BTreeMap;

/// Names an exchange. The first of a table is 1, the next 2, and so on; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// How a handler ends an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The answer is right.
    Done,
    /// The answer is wrong.
    Wrong,
    /// The server refused.
    Rejected,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The handler was content with the answer.
    Done,
    /// The handler found the answer wrong.
    Wrong,
    /// The server refused.
    Rejected,
    /// The judge saw a request or reply of it damaged.
    Damaged,
    /// No answer in time, or its session is gone.
    Unanswered,
}

impl From<Finish> for End {
    fn from(how: Finish) -> Self {
        match how {
            Finish::Done => Self::Done,
            Finish::Wrong => Self::Wrong,
            Finish::Rejected => Self::Rejected,
        }
    }
}

/// An exchange that has just ended: its window slot is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which one.
    pub token: Token,
    /// The session it was started on.
    pub session: u32,
    /// True when it was started in the measured part of the round.
    pub measured: bool,
    /// When it was meant to start: latency is counted from here.
    pub intended_ns: u64,
    /// When it did.
    pub started_ns: u64,
    /// When its first message was handed over (0: it never was).
    pub handed_over_ns: u64,
    /// Bytes of the messages that [`ExchangeTable::carried`] was told of.
    pub payload_bytes: u64,
    /// How it ended.
    pub how: End,
}

/// How the measured exchanges went. Once nothing is outstanding, the others add up to `started`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Started.
    pub started: u64,
    /// Ended as [`End::Done`].
    pub done: u64,
    /// Ended as [`End::Wrong`].
    pub wrong: u64,
    /// Ended as [`End::Rejected`].
    pub rejected: u64,
    /// Ended as [`End::Damaged`].
    pub damaged: u64,
    /// Ended as [`End::Unanswered`].
    pub unanswered: u64,
}

/// The exchanges of one client side.
///
/// Starting and ending take constant time. Exchanges live in a ring at the place their token says;
/// one that is still under way when its place is needed again, because many later ones have come
/// and gone, moves to a small ordered map. So memory follows the largest number of exchanges that
/// were outstanding at one time, however slow one of them is and however many are started.
#[derive(Clone, Debug)]
pub struct ExchangeTable {
    /// A power of two of places.
    ring: Vec<Entry>,
    /// Exchanges older than all in the ring.
    overtaken: BTreeMap<u64, Entry>,
    /// The token of the next start.
    next: u64,
    /// No live exchange in the ring has a smaller token.
    oldest: u64,
    /// Live exchanges in the ring.
    in_ring: usize,
    counts: Counts,
}

/// An exchange. A token of 0 marks a free place.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    token: u64,
    intended_ns: u64,
    started_ns: u64,
    handed_over_ns: u64,
    payload_bytes: u64,
    session: u32,
    measured: bool,
    /// Of a free place: the exchange that its handler has ended and that stood here last.
    finished: u64,
}

impl Default for ExchangeTable {
    fn default() -> Self {
        Self::new()
    }
}

impl ExchangeTable {
    /// An empty table.
    #[inline]
    pub fn new() -> Self {
        Self {
            ring: vec![Entry::default(); 64],
            overtaken: BTreeMap::new(),
            next: 1,
            oldest: 1,
            in_ring: 0,
            counts: Counts::default(),
        }
    }

    /// Starts an exchange on `session`. Intended times should not go backwards from one start to
    /// the next (see [`expire`](Self::expire)).
    #[inline(always)]
    pub fn start(&mut self, session: u32, intended_ns: u64, measured: bool) -> Token {
        self.start_late(session, intended_ns, intended_ns, measured)
    }

    /// Starts an exchange at `started_ns` that was meant to start at `intended_ns`.
    #[inline(always)]
    pub fn start_late(
        &mut self,
        session: u32,
        intended_ns: u64,
        started_ns: u64,
        measured: bool,
    ) -> Token {
        if self.in_ring * 2 >= self.ring.len() {
            self.grow();
        }
        let token = self.next;
        let place = self.place(token);
        if self.ring[place].token != 0 {
            self.overtake(place);
        }
        self.next += 1;
        self.ring[place] =
            Entry { token, intended_ns, started_ns, session, measured, ..Entry::default() };
        self.in_ring += 1;
        self.counts.started += u64::from(measured);
        Token(token)
    }

    /// The last `count` exchanges that were started have not: all of them are under way, and nothing was
    /// asked of them.
    #[inline]
    pub fn take_back(&mut self, count: usize) {
        for _ in 0..count {
            let place = self.place(self.next - 1);
            let entry = std::mem::take(&mut self.ring[place]);
            debug_assert_eq!(entry.token, self.next - 1);
            self.counts.started -= u64::from(entry.measured);
            self.in_ring -= 1;
            self.next -= 1;
        }
    }

    /// A message of `bytes` was handed over for an exchange; the first one's time is kept.
    #[inline(always)]
    pub fn handed_over(&mut self, token: Token, now_ns: u64, bytes: usize) {
        if let Some(entry) = self.find(token.0) {
            if entry.handed_over_ns == 0 {
                entry.handed_over_ns = now_ns;
            }
            entry.payload_bytes += bytes as u64;
        }
    }

    /// A message of this many bytes was received for an exchange; nothing is noted when that has
    /// ended already.
    #[inline(always)]
    pub fn carried(&mut self, token: Token, bytes: usize) {
        if let Some(entry) = self.find(token.0) {
            entry.payload_bytes += bytes as u64;
        }
    }

    /// The handler ends an exchange. `None` when it has ended already or never existed, so a
    /// plugin may say whatever it likes.
    #[inline(always)]
    pub fn finish(&mut self, token: Token, how: Finish) -> Option<Ended> {
        let place = self.place(token.0);
        if token.0 == 0 || self.ring[place].token != token.0 {
            let entry = self.take_overtaken(token.0)?;
            return Some(self.end(entry, how.into()));
        }
        let entry = self.ring[place];
        self.ring[place].finished = token.0;
        self.vacate(place);
        Some(self.end(entry, how.into()))
    }

    /// The token of the next exchange that is started.
    #[inline]
    pub fn next_token(&self) -> Token {
        Token(self.next)
    }

    /// True when there has been such an exchange.
    #[inline]
    pub fn was_started(&self, token: Token) -> bool {
        (1..self.next).contains(&token.0)
    }

    /// True when the handler has ended the exchange, as far as that is remembered: until a later one
    /// takes its place.
    #[inline]
    pub fn was_finished(&self, token: Token) -> bool {
        token.0 != 0 && self.ring[self.place(token.0)].finished == token.0
    }

    /// The judge saw a damaged message: ends those of the `count` exchanges from `first` on that
    /// are still under way. Takes time in proportion to the exchanges outstanding, not to `count`.
    #[inline]
    pub fn damage(&mut self, first: Token, count: u64, each: impl FnMut(Ended)) {
        let beyond = first.0.saturating_add(count);
        self.end_where(first.0..beyond, End::Damaged, |_| true, each);
    }

    /// Ends every exchange that was meant to start `timeout_ns` or more before `now_ns`.
    ///
    /// Looks at exchanges in the order of their start and stops at the first that still has time:
    /// one that was intended earlier than its predecessor expires with it.
    #[inline]
    pub fn expire(&mut self, now_ns: u64, timeout_ns: u64, mut each: impl FnMut(Ended)) {
        while let Some(entry) = self.oldest_entry() {
            if now_ns.saturating_sub(entry.intended_ns) < timeout_ns {
                break;
            }
            self.end_as(entry.token, End::Unanswered, &mut each);
        }
    }

    /// A session is gone: ends its exchanges as unanswered. Looks at every exchange outstanding;
    /// a caller that closes idle sessions often spares itself the call.
    #[inline]
    pub fn abandon_session(&mut self, session: u32, each: impl FnMut(Ended)) {
        self.end_where(0..u64::MAX, End::Unanswered, |entry| entry.session == session, each);
    }

    /// True until the exchange has ended.
    #[inline]
    pub fn is_under_way(&self, token: Token) -> bool {
        let token = token.0;
        token != 0
            && (self.ring[self.place(token)].token == token || self.overtaken.contains_key(&token))
    }

    /// Exchanges under way.
    #[inline]
    pub fn outstanding(&self) -> usize {
        self.in_ring + self.overtaken.len()
    }

    /// The intended time of the oldest exchange under way: what the timeout is counted from.
    #[inline]
    pub fn oldest_intended(&self) -> Option<u64> {
        self.oldest_entry().map(|entry| entry.intended_ns)
    }

    /// How the measured exchanges went so far.
    #[inline]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn place(&self, token: u64) -> usize {
        token as usize & (self.ring.len() - 1)
    }

    #[inline(always)]
    fn find(&mut self, token: u64) -> Option<&mut Entry> {
        if token == 0 {
            return None;
        }
        let place = self.place(token);
        if self.ring[place].token == token {
            return Some(&mut self.ring[place]);
        }
        self.find_overtaken(token)
    }

    fn oldest_entry(&self) -> Option<Entry> {
        if let Some((_, entry)) = self.overtaken.first_key_value() {
            return Some(*entry);
        }
        // `oldest` is the token of a live exchange whenever the ring holds one.
        (self.in_ring > 0).then(|| self.ring[self.place(self.oldest)])
    }

    #[inline(always)]
    fn take(&mut self, token: u64) -> Option<Entry> {
        if token == 0 {
            return None;
        }
        let place = self.place(token);
        if self.ring[place].token == token {
            let entry = self.ring[place];
            self.vacate(place);
            return Some(entry);
        }
        self.take_overtaken(token)
    }

    /// Frees a place of the ring and keeps `oldest` true. Each token is passed over once.
    #[inline(always)]
    fn vacate(&mut self, place: usize) {
        self.ring[place].token = 0;
        self.in_ring -= 1;
        while self.oldest < self.next && self.ring[self.place(self.oldest)].token != self.oldest {
            self.oldest += 1;
        }
    }

    /// Ends the exchanges of a range of tokens that are `meant`, in the order of their start.
    fn end_where(
        &mut self,
        tokens: std::ops::Range<u64>,
        how: End,
        meant: impl Fn(&Entry) -> bool,
        mut each: impl FnMut(Ended),
    ) {
        let beyond = tokens.end.min(self.next);
        if tokens.start >= beyond {
            return;
        }
        if !self.overtaken.is_empty() {
            let old = self.overtaken.range(tokens.start..beyond);
            let old: Vec<u64> = old.filter(|(_, e)| meant(e)).map(|(token, _)| *token).collect();
            for token in old {
                self.end_as(token, how, &mut each);
            }
        }
        // No further than the ring is long: `oldest` is in it.
        for token in tokens.start.max(self.oldest)..beyond {
            if meant(&self.ring[self.place(token)]) {
                self.end_as(token, how, &mut each);
            }
        }
    }

    #[cold]
    fn find_overtaken(&mut self, token: u64) -> Option<&mut Entry> {
        self.overtaken.get_mut(&token)
    }

    #[cold]
    fn take_overtaken(&mut self, token: u64) -> Option<Entry> {
        self.overtaken.remove(&token)
    }

    fn end_as(&mut self, token: u64, how: End, each: &mut impl FnMut(Ended)) {
        if let Some(entry) = self.take(token) {
            each(self.end(entry, how));
        }
    }

    #[inline(always)]
    fn end(&mut self, entry: Entry, how: End) -> Ended {
        if entry.measured {
            let count = match how {
                End::Done => &mut self.counts.done,
                End::Wrong => &mut self.counts.wrong,
                End::Rejected => &mut self.counts.rejected,
                End::Damaged => &mut self.counts.damaged,
                End::Unanswered => &mut self.counts.unanswered,
            };
            *count += 1;
        }
        Ended {
            token: Token(entry.token),
            session: entry.session,
            measured: entry.measured,
            intended_ns: entry.intended_ns,
            started_ns: entry.started_ns,
            handed_over_ns: entry.handed_over_ns,
            payload_bytes: entry.payload_bytes,
            how,
        }
    }

    #[cold]
    fn overtake(&mut self, place: usize) {
        let entry = self.ring[place];
        self.overtaken.insert(entry.token, entry);
        self.vacate(place);
    }

    #[cold]
    fn grow(&mut self) {
        let larger = vec![Entry::default(); self.ring.len() * 2];
        for entry in std::mem::replace(&mut self.ring, larger) {
            if entry.token != 0 {
                let place = self.place(entry.token);
                self.ring[place] = entry;
            }
        }
    }
}
