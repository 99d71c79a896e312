//! A result document, and the sums that must hold in every one.

use serde_json::Value;
use std::path::Path;

/// The verdicts that a message can have; exactly one each.
pub const VERDICTS: [&str; 11] = [
    "intact",
    "merged",
    "split",
    "straddled",
    "truncated",
    "corrupted",
    "lost",
    "duplicated",
    "reordered",
    "unsendable",
    "unjudged",
];

/// A `wirebench.result/1` document.
pub struct Document(pub Value);

/// One cell of it.
#[derive(Clone, Copy)]
pub struct Cell<'a>(pub &'a Value);

impl Document {
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("the document was written");
        Self::parse(&text)
    }

    /// Takes a document as text; the books of every cell must balance.
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let document = Self(serde_json::from_str(text).expect("a document is JSON"));
        assert_eq!(document.0["schema"], "wirebench.result/2");
        document.cells().for_each(|cell| cell.balances());
        document
    }

    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.0["cells"].as_array().expect("cells").iter().map(Cell)
    }

    /// The only cell.
    #[track_caller]
    pub fn cell(&self) -> Cell<'_> {
        let cells: Vec<_> = self.cells().collect();
        assert_eq!(cells.len(), 1, "one cell");
        cells[0]
    }
}

impl<'a> Cell<'a> {
    pub fn id(self) -> &'a str {
        self.0["id"].as_str().expect("an id")
    }

    pub fn verdict(self) -> &'a str {
        self.0["verdict"].as_str().expect("a verdict")
    }

    /// The number at a JSON pointer.
    #[track_caller]
    pub fn number(self, pointer: &str) -> f64 {
        let found = self.0.pointer(pointer).and_then(Value::as_f64);
        found.unwrap_or_else(|| panic!("{}: no number at {pointer}", self.id()))
    }

    /// The count at a JSON pointer.
    #[track_caller]
    pub fn count(self, pointer: &str) -> u64 {
        let found = self.0.pointer(pointer).and_then(Value::as_u64);
        found.unwrap_or_else(|| panic!("{}: no count at {pointer}", self.id()))
    }

    /// A count of the requests: `sent`, `intact`, ….
    #[track_caller]
    pub fn request(self, what: &str) -> u64 {
        self.count(&format!("/integrity/request/{what}"))
    }

    /// A count of the replies.
    #[track_caller]
    pub fn reply(self, what: &str) -> u64 {
        self.count(&format!("/integrity/reply/{what}"))
    }

    /// What the link did to a direction: a kind of fault, and one of its counts.
    pub fn fault(self, direction: &str, kind: &str, what: &str) -> u64 {
        let faults = self.0["link"][direction]["faults"].as_array();
        let of_kind = faults.into_iter().flatten().find(|count| count["kind"] == kind);
        of_kind.and_then(|count| count[what].as_u64()).unwrap_or(0)
    }

    /// Everything that went wrong in both directions is explained by what the link did.
    #[track_caller]
    pub fn is_explained(self) {
        for direction in ["request", "reply"] {
            let unexplained = self.count(&format!("/link/{direction}/blame/unexplained"));
            assert_eq!(unexplained, 0, "{}, link {}", self.complaints(), self.0["link"]);
        }
    }

    #[track_caller]
    pub fn done(self) -> u64 {
        self.count("/exchanges/done")
    }

    /// Whether the gate on a metric holds; `None`: it cannot be told, or there is none.
    pub fn gate(self, metric: &str) -> Option<bool> {
        self.list("gates").iter().find(|gate| gate["gate"] == metric)?["pass"].as_bool()
    }

    pub fn list(self, name: &str) -> &'a [Value] {
        self.0[name].as_array().expect("a list")
    }

    /// The text of everything that went wrong, for messages of tests.
    pub fn complaints(self) -> String {
        let (errors, crashes, notes) = (&self.0["errors"], &self.0["crashes"], &self.0["notes"]);
        format!(
            "{}: {}, exchanges {}, requests {}, replies {}, errors {errors}, crashes {crashes}, notes {notes}",
            self.id(),
            self.verdict(),
            self.0["exchanges"],
            self.0["integrity"]["request"],
            self.0["integrity"]["reply"],
        )
    }

    /// Everything that was sent arrived, and something was sent.
    #[track_caller]
    pub fn is_intact(self) {
        for direction in ["request", "reply"] {
            let sent = self.count(&format!("/integrity/{direction}/sent"));
            let intact = self.count(&format!("/integrity/{direction}/intact"));
            assert!(sent > 0 && sent == intact, "{direction}: {}", self.complaints());
        }
        assert_eq!(self.count("/exchanges/started"), self.done(), "{}", self.complaints());
        assert!(self.list("errors").is_empty(), "{}", self.complaints());
    }

    /// Every message sent has exactly one verdict, every measured exchange one end. Of replies nothing
    /// is known where the server is not ours.
    #[track_caller]
    fn balances(self) {
        let (judge, reply) = (&self.0["integrity"]["judge"], &self.0["integrity"]["reply"]);
        let foreign = judge != "ledger";
        assert_eq!(reply.is_null(), judge == "handler-only", "{}", self.complaints());
        for direction in if reply.is_null() { &["request"][..] } else { &["request", "reply"] } {
            let count = |what: &str| self.count(&format!("/integrity/{direction}/{what}"));
            let sum: u64 = VERDICTS.iter().map(|verdict| count(verdict)).sum();
            assert_eq!(count("sent"), sum, "{direction}: {}", self.complaints());
        }
        if !self.0["link"].is_null() && !foreign {
            self.traces_what_it_explains();
            for direction in ["request", "reply"] {
                let count = |what: &str| self.count(&format!("/link/{direction}/blame/{what}"));
                let verdict = |what: &str| self.count(&format!("/integrity/{direction}/{what}"));
                let whole = ["intact", "unsendable", "unjudged"].map(verdict).iter().sum::<u64>();
                let blamed = ["framing", "link", "nobody"].map(count).iter().sum::<u64>();
                assert_eq!(verdict("sent") - whole, blamed, "{direction}: {}", self.complaints());
            }
        }
        self.tells_only_what_can_be_told(foreign);
        let ends = ["done", "wrong", "rejected", "damaged", "unanswered"];
        let sum: u64 = ends.iter().map(|end| self.count(&format!("/exchanges/{end}"))).sum();
        assert_eq!(self.count("/exchanges/started"), sum, "{}", self.complaints());
        if !self.0["connects"].is_null() {
            let ways = ["stood", "refused", "no_such_path", "backlog_full", "timed_out", "failed"];
            let sum: u64 = ways.iter().map(|way| self.count(&format!("/connects/{way}"))).sum();
            assert_eq!(self.count("/connects/begun"), sum, "{}", self.complaints());
        }
        self.keeps_its_window();
    }

    /// What happened inside the measured windows fits into them, and the rounds add up to the cell.
    #[track_caller]
    fn keeps_its_window(self) {
        let load = &self.0["setup"]["load"];
        let slots = ["connections", "in_flight"].map(|key| load[key].as_u64().expect("a count"));
        let slots: u64 = slots.iter().product();
        let (window, busy) = (self.count("/rate/window_ns"), self.count("/rate/busy_ns"));
        assert!(busy <= slots * window, "busy {busy} of {slots} x {window}");
        let completed = self.count("/exchanges/completed");
        let rate = self.0["rate"]["achieved"].as_f64();
        let expected = (completed > 0).then(|| completed as f64 / (window as f64 / 1e9));
        assert_eq!(rate, expected, "{completed} completed in {window} ns");
        for (name, whole) in [("window_ns", window), ("busy_ns", busy), ("completed", completed)] {
            let rounds = self.list("rounds").iter().filter_map(|round| round[name].as_u64());
            assert_eq!(rounds.sum::<u64>(), whole, "{name} of all rounds");
        }
        for round in self.list("rounds").iter().filter(|round| round["outcome"] == "finished") {
            let count = |name: &str| round[name].as_u64().expect("a count");
            let (window, busy) = (count("window_ns"), count("busy_ns"));
            assert!(busy <= slots * window, "busy {busy} of {slots} x {window}: {round}");
            // What was completed started in warm-up or inside, or was due in warm-up and waited.
            let waiting = self.0["open"]["backlog_peak"].as_u64().unwrap_or(0);
            assert!(count("completed") <= count("done") + slots + waiting, "{round}");
        }
    }

    /// Whatever the link is said to explain, some fault of it has a trace.
    #[track_caller]
    fn traces_what_it_explains(self) {
        let sum = |what: &str| {
            let of = |direction| self.count(&format!("/link/{direction}/{what}"));
            of("request") + of("reply")
        };
        let blamed = sum("blame/framing") + sum("blame/link") + sum("blame/nobody");
        let explained = blamed - sum("blame/unexplained");
        let faults = ["request", "reply"].into_iter().flat_map(|direction| {
            self.0["link"][direction]["faults"].as_array().expect("a list of faults")
        });
        let traced: u64 = faults.map(|one| one["traced"].as_u64().expect("a count")).sum();
        assert!(explained == 0 || traced + sum("forgotten") > 0, "{}", self.complaints());
    }

    /// What takes a ledger, or a server of ours, is a number exactly where there is one.
    #[track_caller]
    fn tells_only_what_can_be_told(self, foreign: bool) {
        for pointer in [
            "/integrity/request/copies",
            "/integrity/request/late",
            "/integrity/request/unexpected_bytes",
            "/integrity/request/unexpected_messages",
            "/integrity/request/kernel_drops",
            "/integrity/request/ambiguous",
            "/negative_samples",
            "/wire/payload_bytes",
            "/wire/wire_bytes",
            "/wire/writes",
            "/wire/reads",
            "/wire/stalls",
            "/wire/stalled_ns",
        ] {
            let value = self.0.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
            assert_eq!(value.is_null(), foreign, "{pointer} is {value}: {}", self.complaints());
        }
        for direction in ["request", "reply"] {
            let link = &self.0["link"][direction];
            for field in ["untraced", "blame", "unconfirmed_pieces", "forgotten"] {
                let null = link.is_null() || link[field].is_null();
                assert!(null == (foreign || link.is_null()), "{direction}.{field}: {link}");
            }
        }
        if foreign {
            let costs =
                ["segments_per_message", "writes_per_message", "reads_per_message", "overhead"];
            let wire = costs.map(|field| &self.0["wire"][field]);
            // Of one that was started with the round its processes tell.
            let server = self.0["setup"]["server"].as_str().expect("it is not ours");
            let known = if server.starts_with("at ") { 0 } else { 3 };
            let costs_of_server = [
                "server_ns_per_message",
                "server_peak_memory_bytes",
                "server_memory_growth_bytes",
                "context_switches_per_message",
            ];
            let cpu = costs_of_server[known..].iter().map(|field| &self.0["cpu"][field]);
            let one_way = ["oneway_request_ns", "service_ns", "oneway_reply_ns"];
            let times = one_way.map(|field| &self.0[field]["p50"]);
            let of_rounds =
                self.list("rounds").iter().flat_map(|one| [&one["sent"], &one["intact"]]);
            let unknown = self.0["integrity"]["reply"].is_null();
            let of_rounds = of_rounds.filter(|_| unknown);
            let all = wire.into_iter().chain(cpu).chain(times).chain(of_rounds);
            assert!(all.into_iter().all(Value::is_null), "{}", self.0);
        }
    }
}
