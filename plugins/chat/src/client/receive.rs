//! Receiving: what each message that comes to a member means for the exchanges.

use super::members::Phase;
use super::order::Agreement;
use super::room::RoomClient;
use crate::protocol;
use wirebench_sdk::{Cx, Finish, Message, Token};

/// Earlier messages of a speaker that are compared with one that came without its exchange.
const LOOK_BACK: usize = 256;

/// Messages of a speaker that are looked at when the server tells that it has dropped some.
const MAX_MISSED: usize = 65_536;

impl RoomClient {
    #[inline]
    pub(super) fn message(&mut self, who: usize, cx: &mut Cx<'_>, message: Message<'_>) {
        let Message { bytes, token } = message;
        if self.is_delivery(cx, token, bytes) {
            self.deliver(cx, who, token);
        } else {
            self.other(cx, who, token, bytes);
        }
        if !self.complete.is_empty() {
            self.settle(cx);
        }
    }

    /// True when `bytes` are what is delivered of this exchange.
    #[inline]
    fn is_delivery(&self, cx: &mut Cx<'_>, token: Token, bytes: &[u8]) -> bool {
        let Some(exchange) = self.exchanges.get(token) else { return false };
        let (payload, ending) = (cx.payload(token), self.config.ending.as_bytes());
        protocol::is_delivery(bytes, &exchange.name, exchange.private, payload, ending)
    }

    /// Everything but a message of an exchange that the host knows.
    fn other(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, bytes: &[u8]) {
        if bytes.starts_with(b"* ") {
            return self.notice(cx, who, bytes);
        }
        if bytes.starts_with(b"! ") {
            return self.error(cx, who, token, bytes);
        }
        let goodbye = self.config.goodbye.as_deref().map(str::as_bytes);
        let ends = goodbye == Some(protocol::without_ending(bytes));
        if ends || protocol::is_quit(bytes) {
            return self.goodbye(cx, who);
        }
        match self.find(cx, who, bytes) {
            Some(token) => self.deliver(cx, who, token),
            None => {
                let known = protocol::speaker(bytes).is_some();
                let kind = if known { "foreign" } else { "unreadable" };
                cx.count(kind, 1, &shown(bytes));
                self.forget_torn(cx, token, bytes);
            }
        }
    }

    /// A message of an exchange that did not arrive alone and whole: the host has ended it as
    /// damaged.
    fn forget_torn(&mut self, cx: &mut Cx<'_>, token: Token, bytes: &[u8]) {
        let Some(exchange) = self.exchanges.get(token) else { return };
        let (mut delivery, ending) = (Vec::new(), self.config.ending.as_bytes());
        protocol::write_delivery(
            &mut delivery,
            &exchange.name,
            exchange.private,
            cx.payload(token),
        );
        delivery.extend_from_slice(ending);
        if !bytes.is_empty() && (bytes.starts_with(&delivery) || delivery.starts_with(bytes)) {
            self.mark_ended(cx, token);
        }
    }

    /// The exchange of a message whose token the host could not tell: without a ledger it only
    /// counts. A speaker's messages arrive in their order, so it is the oldest of the speaker's
    /// that this member waits for; or one that it has already.
    fn find(&self, cx: &mut Cx<'_>, who: usize, bytes: &[u8]) -> Option<Token> {
        let speaker = self.members.find(protocol::speaker(bytes)?)?;
        let mut token = self.members.get(speaker)?.last_sent;
        let (mut awaited, mut known) = (None, None);
        for _ in 0..LOOK_BACK {
            let Some(exchange) = self.exchanges.get(token) else { break };
            let has = exchange.got.has(who) || exchange.also.has(who);
            let awaits = !has && (exchange.due.has(who) || exchange.may.has(who));
            if (awaits || known.is_none()) && self.is_delivery(cx, token, bytes) {
                known = Some(token);
                awaited = if awaits { known } else { awaited };
            }
            token = exchange.before;
        }
        awaited.or(known)
    }

    /// `who` has got the message of an exchange.
    #[inline]
    fn deliver(&mut self, cx: &mut Cx<'_>, who: usize, token: Token) {
        let Some(exchange) = self.exchanges.get_mut(token) else { return };
        if !exchange.due.has(who) || exchange.got.has(who) {
            return self.unasked(cx, who, token);
        }
        exchange.got.set(who);
        exchange.left -= 1;
        self.deliveries += 1;
        let (room, private, after) = (exchange.room, exchange.private, exchange.after);
        if exchange.left == 0 && !exchange.ended {
            self.complete.push(token);
        }
        if after != 0 && self.exchanges.get(after).is_some_and(|exchange| exchange.got.has(who)) {
            self.wrong(cx, who, token, "out-of-order", "after what the same member said later");
        }
        if private {
            return;
        }
        let Some(member) = self.members.get_mut(who) else { return };
        let order = &mut self.rooms[room].order;
        let agreement = order.receive(&mut self.exchanges, &mut member.last_received, token);
        let unjudged = std::mem::take(&mut order.unjudged);
        if agreement == Agreement::Disagrees {
            self.wrong(cx, who, token, "order-disagrees", "in another order than others");
        }
        if unjudged > 0 {
            cx.count(
                "order-unjudged",
                unjudged,
                "a member had not got it when 4,096 others came after",
            );
        }
    }

    /// The server has not passed `count` messages of `speaker` on to a member. They are the oldest
    /// that the member waits for: a speaker's messages keep their order.
    pub(super) fn miss(&mut self, cx: &mut Cx<'_>, who: usize, count: u64, speaker: &str) {
        let speaker = self.members.find(speaker).and_then(|speaker| self.members.get(speaker));
        let Some(mut token) = speaker.map(|speaker| speaker.last_sent) else { return };
        let (mut awaited, mut unsure) = (Vec::new(), false);
        while let Some(exchange) = self.exchanges.get(token) {
            if exchange.due.has(who) && !exchange.got.has(who) {
                awaited.push(token);
            }
            unsure |= exchange.may.has(who);
            if awaited.len() > MAX_MISSED {
                break;
            }
            token = exchange.before;
        }
        // Where some of them may or may not have been for this member, nobody knows which ones
        // were dropped.
        let count =
            if unsure { awaited.len() } else { usize::try_from(count).unwrap_or(usize::MAX) };
        for token in awaited.into_iter().rev().take(count) {
            let Some(exchange) = self.exchanges.get_mut(token) else { continue };
            exchange.due.clear(who);
            exchange.left -= 1;
            if unsure {
                exchange.may.set(who);
                self.unsure += 1;
            } else {
                exchange.dropped = true;
            }
            if exchange.left == 0 && !exchange.ended {
                self.complete.push(token);
            }
        }
        self.count_unsure(cx);
    }

    /// A message that the member must not get, or not again.
    #[cold]
    fn unasked(&mut self, cx: &mut Cx<'_>, who: usize, token: Token) {
        let Some(exchange) = self.exchanges.get_mut(token) else { return };
        if exchange.may.clear(who) {
            exchange.also.set(who);
            self.deliveries += 1;
        } else if exchange.got.has(who) || exchange.also.has(who) {
            self.wrong(cx, who, token, "duplicate", "twice");
        } else {
            self.wrong(cx, who, token, "foreign", "who must not get it");
        }
    }

    /// Counts what is wrong about a delivery, and ends the exchange for it.
    #[cold]
    fn wrong(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, kind: &str, how: &str) {
        let name = self.members.get(who).map_or("?", |member| &member.name);
        let Some(exchange) = self.exchanges.get(token) else { return };
        let why = format!("exchange {token} of {} came to {name} {how}", exchange.name);
        cx.count(kind, 1, &why);
        self.end(cx, token, Finish::Wrong(&why));
    }

    fn error(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, bytes: &[u8]) {
        let Some(member) = self.members.get(who) else { return };
        let why = shown(protocol::without_ending(bytes));
        let mine = self.exchanges.get(token).filter(|exchange| exchange.session == member.session);
        if mine.is_some_and(|exchange| exchange.private && exchange.left == 0) {
            // For a member that was about to leave, and has.
            return;
        }
        let mine = mine.is_some();
        cx.count("refused", 1, &why);
        if matches!(member.phase, Phase::Naming | Phase::Joining) {
            self.refused(cx, who, &why);
        } else if mine {
            self.end(cx, token, Finish::Rejected(&why));
        }
    }

    /// The server ends the session, asked or not.
    fn goodbye(&mut self, cx: &mut Cx<'_>, who: usize) {
        // Closed first: the host begins nothing more on a session that closes.
        cx.close();
        if let Some(member) = self.members.get(who)
            && let Phase::Quitting(exchange) = member.phase
        {
            cx.count("quit", 1, "a session that said q");
            cx.finish(exchange, Finish::Done);
        }
    }

    /// Tells the ends of exchanges that everybody has.
    pub(super) fn settle(&mut self, cx: &mut Cx<'_>) {
        while let Some(token) = self.complete.pop() {
            let Some(exchange) = self.exchanges.get(token) else { continue };
            if exchange.ended {
                continue;
            }
            if exchange.dropped {
                let why = "a member that reads too slowly did not get it";
                self.end(cx, token, Finish::Rejected(why));
            } else if !self.quit(cx, token) {
                self.end(cx, token, Finish::Done);
            }
        }
    }

    /// The last exchange of a session that has had enough: its speaker says `q`, and it ends with
    /// the goodbye.
    fn quit(&mut self, cx: &mut Cx<'_>, token: Token) -> bool {
        if self.config.quit_after == 0 {
            return false;
        }
        let Some(exchange) = self.exchanges.get(token) else { return false };
        let who = exchange.sender;
        let Some(member) = self.members.get(who) else { return false };
        let enough = member.session == exchange.session
            && member.phase == Phase::In
            && member.done + 1 >= self.config.quit_after
            && member.under_way == 1
            && member.deferred.is_empty()
            && self.can_spare(member.room);
        if !enough || self.step_out(cx, who, "q", Phase::Quitting(token)).is_err() {
            return false;
        }
        self.mark_ended(cx, token);
        true
    }

    fn end(&mut self, cx: &mut Cx<'_>, token: Token, how: Finish<'_>) {
        if self.mark_ended(cx, token) {
            cx.finish(token, how);
        }
    }

    /// Marks an exchange as ended; false when it was already.
    fn mark_ended(&mut self, cx: &mut Cx<'_>, token: Token) -> bool {
        let Some(exchange) = self.exchanges.get_mut(token) else { return false };
        if std::mem::replace(&mut exchange.ended, true) {
            return false;
        }
        if let Some(member) = self.members.get_mut(exchange.sender)
            && member.session == exchange.session
        {
            member.under_way = member.under_way.saturating_sub(1);
            member.done += 1;
        }
        self.count_deliveries(cx);
        true
    }

    /// Counts with the host what was counted here: once an exchange, not once a delivery.
    pub(super) fn count_deliveries(&mut self, cx: &mut Cx<'_>) {
        if self.deliveries > 0 {
            let example = "messages that members got and were to get";
            cx.count("deliveries", std::mem::take(&mut self.deliveries), example);
        }
    }
}

/// The beginning of what came, fit to be shown.
fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(100)]).into_owned()
}
