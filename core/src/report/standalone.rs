//! What one side alone has to say at its end: `serve` and `drive`.

use super::conduct::sentences;
use super::excerpt::excerpt;
use super::numbers;
use super::table::crash_words;
use crate::judge::{Tally, Verdict};
use crate::measure::{
    ClientReport, ErrorCount, Histogram, LoadEnd, OpenReport, SideReport, is_of_hook, is_unsendable,
};
use crate::result::Crash;
use crate::result::document::{JudgedBy, Times};
use crate::result::metrics::{per_second, slower};
use crate::text::{Page, cleaned, plural};

/// Errors by their kind that mean that a connection, or what was to be sent, is lost.
const LOST: [&str; 6] = ["connect", "read", "write", "framing", "input", "memory"];

/// Lines of a crashed side's stderr that are shown: from its beginning, and from its end.
const STDERR_LINES: (usize, usize) = (15, 5);

/// Log lines of a plugin that are shown.
const LOG_LINES: usize = 20;

/// The summary of a server: sessions, messages, and what was counted. Ends with a line feed.
pub fn served(report: &SideReport) -> Page {
    let report = &*cleaned(report);
    let (sent, received) = (&report.sent, &report.received);
    let many = |count: u64, one: &str| format!("{count} {}", plural(count, one));
    let mut text = format!(
        "{}; {} in ({} read), {} out ({} written)\n",
        many(report.sessions, "session"),
        many(received.messages, "message"),
        numbers::bytes(received.bytes as f64),
        many(sent.messages, "message"),
        numbers::bytes(sent.wire_bytes as f64),
    );
    text.push_str(&unsendable(report));
    text.push_str(&held(report));
    text.push_str(&linked(report));
    text.push_str(&found(report));
    Page::of_clean(text)
}

/// The summary of a client: how its exchanges ended, how long they took, what was counted, and `notes`, which
/// are those of its result. Ends with a line feed. `judge`: who said what became of messages.
pub fn driven(report: &ClientReport, judge: JudgedBy, notes: &[String]) -> Page {
    let report = &*cleaned(report);
    let ends = &report.exchanges;
    let mut text = format!(
        "exchanges  {} started: {} done, {} wrong, {} rejected, {} unanswered",
        ends.started, ends.done, ends.wrong, ends.rejected, ends.unanswered,
    );
    if ends.damaged > 0 && judge != JudgedBy::HandlerOnly {
        text.push_str(&format!(", {} damaged", ends.damaged));
    } else if ends.damaged > 0 {
        // Without a ledger only two things are seen to be damage: what the framing cannot carry, and
        // a datagram that was longer than the read.
        let why = match report.side.sent.unsendable {
            0 => "came longer than was read",
            unsendable if unsendable >= ends.damaged => "could not be sent",
            _ => "could not be sent or came longer than was read",
        };
        text.push_str(&format!(", {} {why}", ends.damaged));
    }
    text.push('\n');
    if let Some(rate) = per_second(report.window.completed, report.window.length_ns) {
        let took = numbers::time(report.window.length_ns);
        text.push_str(&format!("rate       {} in {took}\n", numbers::rate(rate)));
    }
    if let Some(open) = &report.open {
        text.push_str(&open_loop(report, open));
    }
    text.push_str(&times("latency", &report.latency, slower(report)));
    text.push_str(&times("connect", &report.connect, 0));
    if judge == JudgedBy::Echo {
        text.push_str(&looked_up(&report.side.received.tally));
    }
    text.push_str(&unsendable(&report.side));
    text.push_str(&held(&report.side));
    text.push_str(&linked(&report.side));
    let conduct = sentences(&report.conduct);
    if !conduct.is_empty() {
        text.push_str(&format!("what the server did\n  {}\n", conduct.join("\n  ")));
    }
    text.push_str(&found(&report.side));
    if !notes.is_empty() {
        let notes = notes.to_vec();
        text.push_str(&format!("notes\n  {}\n", cleaned(&notes).join("\n  ")));
    }
    Page::of_clean(text)
}

/// True when every exchange of a client was answered rightly or refused, and no connection failed; where
/// answers are looked up, also every one of them once and nothing else.
pub fn went_well(report: &ClientReport, judge: JudgedBy) -> bool {
    let ends = &report.exchanges;
    let is_lost = |kind: &str| LOST.contains(&kind) || is_of_hook(kind);
    let lost = report.side.errors.iter().any(|error| is_lost(&error.kind));
    // It may have let no exchange begin.
    let left = report.load_end == LoadEnd::ServerGone;
    let tally = &report.side.received.tally;
    let whole = judge == JudgedBy::HandlerOnly
        || tally.damaged() == 0 && tally.copies + tally.unexpected_messages == 0;
    let all_started = report.open.as_ref().is_none_or(|open| open.dropped == 0);
    !lost && !left && all_started && whole && ends.done + ends.rejected == ends.started
}

/// Why not everything that a client received could be printed, if so.
pub fn unprinted(report: &ClientReport) -> Option<&str> {
    let output = report.side.errors.iter().find(|error| error.kind == "output")?;
    Some(&output.first)
}

/// That a side crashed, and what is known of it.
pub fn crashed(crash: &Crash) -> Page {
    let mut page = Page::new();
    page.line(format_args!("error: {}", crash_words(&crash.result(0))));
    for line in excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1) {
        page.line(format_args!("  | {line}"));
    }
    page
}

/// What became of the answers that were looked up among the requests.
fn looked_up(tally: &Tally) -> String {
    let count = |verdict: &Verdict| tally.get(*verdict);
    let other = Verdict::ALL.iter().filter(|verdict| **verdict != Verdict::Intact);
    let other = other.filter(|verdict| count(verdict) > 0);
    let mut parts: Vec<String> = vec![format!(
        "{} of {} requests came back intact",
        numbers::count(tally.get(Verdict::Intact)),
        numbers::count(tally.total()),
    )];
    parts.extend(other.map(|one| format!("{} {}", numbers::count(count(one)), one.word())));
    let more = [
        (tally.copies, "came again"),
        (tally.late, "came too late"),
        (tally.unexpected_messages, "never asked for"),
    ];
    let more = more.iter().filter(|(count, _)| *count > 0);
    parts.extend(more.map(|(count, what)| format!("{} {what}", numbers::count(*count))));
    format!("integrity  echo: {}\n", parts.join(", "))
}

/// One line of a table of times; percentiles that have too few samples are left out.
/// What an open loop had planned, and what became of it.
fn open_loop(report: &ClientReport, open: &OpenReport) -> String {
    let mut text = format!("open loop  {} planned", numbers::count(open.planned));
    if let Some(rate) = per_second(open.planned, report.window.length_ns) {
        text.push_str(&format!(" ({})", numbers::rate(rate)));
    }
    text.push_str(&format!(
        ", {} waited for room, {} dropped",
        numbers::count(open.waited),
        numbers::count(open.dropped)
    ));
    if open.planned > 0 {
        let share = numbers::share(report.window.answered, open.planned);
        text.push_str(&format!("; answered in the window: {share}"));
    }
    text.push('\n');
    text.push_str(&times("slip", &open.slip, 0));
    text.push_str(&times("response", &open.uncorrected, 0));
    text
}

/// Times in a line; `slower`: so many samples more are longer than all.
fn times(name: &str, histogram: &Histogram, slower: u64) -> String {
    if histogram.count() == 0 {
        return String::new();
    }
    let mut figures = vec![format!("{} samples", numbers::count(histogram.count()))];
    let mut figure = |name: &str, ns: Option<u64>| {
        figures.extend(ns.map(|ns| format!("{name} {}", numbers::time(ns))));
    };
    let times = Times::of_some(histogram, slower);
    for (name, ns) in [
        ("min", times.min),
        ("p50", times.p50),
        ("p90", times.p90),
        ("p99", times.p99),
        ("p99.9", times.p99_9),
        ("max", times.max),
    ] {
        figure(name, ns);
    }
    if slower > 0 {
        figures.push(format!("{} slower than all of these", numbers::count(slower)));
    }
    format!("{name:9}  {}\n", figures.join(", "))
}

/// What the framing could not carry: a line for each reason, with the first such message.
fn unsendable(report: &SideReport) -> String {
    let reasons = report.errors.iter().filter(|error| is_unsendable(&error.kind));
    let line = |reason: &ErrorCount| {
        let (count, first) = (reason.count, &reason.first);
        let one_of = if count == 1 { "" } else { ", first" };
        format!("{count} {} could not be sent{one_of}: {first}\n", plural(count, "message"))
    };
    reasons.map(line).collect()
}

/// What peers have made this side hold.
fn held(report: &SideReport) -> String {
    let Some(held) = &report.held else { return String::new() };
    let bytes = |count: u64| numbers::bytes(count as f64);
    let (all, one) = (bytes(held.peak), bytes(held.session_peak));
    format!("held       at most {all} for all peers together, {one} for one of them\n")
}

/// What this side's link did. Nothing is said of what came of it: nobody keeps a ledger.
fn linked(report: &SideReport) -> String {
    let Some(link) = &report.link else { return String::new() };
    let mut parts = Vec::new();
    for (name, tally) in [("sent", &link.sent), ("read", &link.read)] {
        let kinds = tally.kinds.iter().filter(|count| count.injected > 0);
        let kinds: Vec<String> = kinds
            .map(|count| format!("{} {}", numbers::count(count.injected), count.kind.word()))
            .collect();
        if !kinds.is_empty() {
            parts.push(format!("{} in what was {name}", kinds.join(", ")));
        }
    }
    let done = if parts.is_empty() { "nothing was done".to_owned() } else { parts.join("; ") };
    format!("link       {done}\n")
}

fn found(report: &SideReport) -> String {
    let mut text = String::new();
    if report.received.kernel_drops > 0 {
        let drops = report.received.kernel_drops;
        let (count, what) = (numbers::count(drops), plural(drops, "datagram"));
        let why = "the receive buffer was full";
        text.push_str(&format!("{count} {what} dropped by the kernel: {why}\n"));
    }
    let errors = report.errors.iter().filter(|error| !is_unsendable(&error.kind));
    text.push_str(&counted("errors", errors));
    text.push_str(&counted("counted by the handler", report.counts.iter()));
    if !report.log.is_empty() {
        text.push_str("said by the handler\n");
        for line in report.log.iter().take(LOG_LINES) {
            text.push_str(&format!("  {}\n", line));
        }
        let more = report.log.len().saturating_sub(LOG_LINES);
        if more > 0 {
            text.push_str(&format!("  and {more} more\n"));
        }
    }
    text
}

fn counted<'a>(title: &str, counts: impl Iterator<Item = &'a ErrorCount>) -> String {
    let mut text = String::new();
    for count in counts.filter(|count| count.count > 0) {
        if text.is_empty() {
            text = format!("{title}\n");
        }
        let first = if count.first.is_empty() { "" } else { ", first: " };
        let line = format!("  {} {}{first}{}\n", count.kind, count.count, count.first);
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Held;
    use crate::measure::of_unsendable;

    fn of_handler(report: &ClientReport) -> Page {
        driven(report, JudgedBy::HandlerOnly, &[])
    }

    #[test]
    fn a_server_says_what_came_and_what_went_wrong() {
        let mut report = SideReport { sessions: 2, ..SideReport::default() };
        report.received.messages = 3;
        report.received.bytes = 21;
        report.errors.push(ErrorCount {
            kind: "framing".into(),
            count: 1,
            first: "session 2: at offset 4: a length of 9".into(),
        });
        report.held = Some(Held { peak: 4_096, session_peak: 2_048 });
        report.counts.push(ErrorCount { kind: "quiet".into(), count: 0, first: String::new() });
        let text = served(&report);
        assert_eq!(
            text,
            "2 sessions; 3 messages in (21 B read), 0 messages out (0 B written)\n\
             held       at most 4 KiB for all peers together, 2 KiB for one of them\n\
             errors\n  framing 1, first: session 2: at offset 4: a length of 9\n"
        );
    }

    #[test]
    fn what_could_not_be_sent_is_told_with_why_and_not_as_an_error_besides() {
        let mut report = SideReport { sessions: 1, ..SideReport::default() };
        (report.received.messages, report.sent.messages, report.sent.unsendable) = (4, 4, 4);
        for (kind, count, first) in [("boundary", 1, "the LF at 3"), ("empty", 3, "no form")] {
            let kind = of_unsendable(kind);
            report.errors.push(ErrorCount { kind, count, first: first.into() });
        }
        assert_eq!(
            served(&report),
            "1 session; 4 messages in (0 B read), 4 messages out (0 B written)\n\
             1 message could not be sent: the LF at 3\n\
             3 messages could not be sent, first: no form\n"
        );
        let client = ClientReport { side: report, ..ClientReport::default() };
        assert!(of_handler(&client).contains("could not be sent: the LF at 3\n"));
    }

    #[test]
    fn what_a_link_did_is_told_and_nothing_of_what_came_of_it() {
        use crate::link::{Fault, FaultKind, FrameRegion, LinkReport};
        let fault = |kind| Fault { kind, hit: FrameRegion::Payload, session: 1, at: 3, len: 1 };
        let mut link = LinkReport::default();
        link.sent.add(&fault(FaultKind::Flip));
        link.sent.add(&fault(FaultKind::Flip));
        link.read.add(&fault(FaultKind::ShortRead));
        let report = SideReport { link: Some(link), ..SideReport::default() };
        let told = "link       2 flip in what was sent; 1 short-read in what was read\n";
        assert!(served(&report).contains(told), "{}", served(&report));
        let text = of_handler(&ClientReport { side: report, ..ClientReport::default() });
        assert!(text.contains(told) && !text.contains("trace"), "{text}");
        assert!(!served(&SideReport::default()).contains("link"));
    }

    #[test]
    fn a_cut_datagram_is_not_called_one_that_could_not_be_sent() {
        let mut report = ClientReport::default();
        report.exchanges.damaged = 2;
        assert!(
            of_handler(&report).contains("2 came longer than was read"),
            "{}",
            of_handler(&report)
        );
        report.side.sent.unsendable = 2;
        assert!(of_handler(&report).contains("2 could not be sent\n"), "{}", of_handler(&report));
        report.side.received.kernel_drops = 1_234;
        assert!(of_handler(&report).contains("1,234 datagrams dropped by the kernel"));
    }

    #[test]
    fn a_client_names_no_percentile_that_it_has_too_few_samples_for() {
        let mut report = ClientReport::default();
        report.exchanges.started = 1;
        report.exchanges.done = 1;
        let mut latency = Histogram::new();
        latency.record(1_000);
        report.latency = latency;
        let text = driven(&report, JudgedBy::HandlerOnly, &["a note\x1b[2J".to_owned()]);
        assert!(text.contains("1 started: 1 done, 0 wrong"), "{text}");
        assert!(text.contains("max") && !text.contains("p99"), "{text}");
        assert!(text.ends_with("notes\n  a note\\u{1b}[2J\n"), "{text}");
    }
}
