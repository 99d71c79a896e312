//! The reading end of the ledger, with a writer at the other end that does what it likes: records in
//! the right form, sealed, with any contents, any bytes at any place of its memory, any published position.
//!
//! The input is a list of [`steps`](step) of both ends. Nothing may panic or fault, no record may
//! stand outside the ring, and whatever is claimed, the reader's memory is bounded (the caller looks
//! at that).

use super::input::Input;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use wirebench::host::Crumb;
use wirebench::judge::{DatagramJudge, Findings, Horizon, SessionLedger as _, StreamJudge};
use wirebench::ledger::{Directory, LedgerReader, ORPHANED, Region, pieces, progress, seal};
use wirebench::link::{FaultAttribution, ReadBound};
use wirebench::load::{NamedPayloads, PayloadAlphabet, Sizes, Source};
use wirebench::net::memfd;

const RING: u64 = 4_096;

// The layout of the region, as its documentation tells it; the ring is what stands last.
const AT_HEAD: u64 = 64;
const AT_SESSIONS: u64 = 192;
const AT_PIECES: u64 = 200;
const AT_SESSION_TABLE: u64 = 4_096;

const HEADER: u64 = 64;

/// Two regions, made once: mapping them costs more than anything that is done with them here.
struct Regions {
    /// The hostile side's, written as a file.
    theirs: File,
    peer: Arc<Region>,
    own: Arc<Region>,
    ring_at: u64,
}

impl Regions {
    fn new() -> Self {
        let theirs = memfd::create(RING as usize).expect("a region is made");
        let ours = memfd::create(RING as usize).expect("a region is made");
        let peer = memfd::map_reader(&theirs.reader).expect("it is mapped");
        let own = memfd::map_owner(&ours.owner).expect("it is mapped");
        let theirs = File::from(theirs.owner);
        let size = theirs.metadata().expect("a file in memory").len();
        Self { theirs, peer: Arc::new(peer), own: Arc::new(own), ring_at: size - RING }
    }

    fn write(&self, at: u64, bytes: &[u8]) {
        let size = self.ring_at + RING;
        let len = bytes.len().min(size.saturating_sub(at) as usize);
        self.theirs.write_all_at(&bytes[..len], at).expect("written to memory");
    }

    /// As it was when it was new. `tables`: those were written to.
    fn reset(&self, tables: bool) {
        self.write(AT_HEAD, &[0; (AT_SESSION_TABLE - AT_HEAD) as usize]);
        self.write(self.ring_at, &[0; RING as usize]);
        if tables {
            self.write(AT_SESSION_TABLE, &vec![0; (self.ring_at - AT_SESSION_TABLE) as usize]);
        }
    }
}

struct Bench<'a> {
    regions: &'a Regions,
    reader: LedgerReader,
    directory: Directory,
    stream: StreamJudge,
    datagrams: DatagramJudge,
    findings: Findings,
    trail: FaultAttribution,
    /// Where the hostile side writes next, and what it has published.
    head: u64,
    tables: bool,
}

/// What records may name: requests of 24 bytes, answers of 0 to 40.
fn named() -> NamedPayloads {
    let replies = Sizes::Uniform(0, 40);
    NamedPayloads::new(7, &Sizes::Constant(24), Some(&replies), PayloadAlphabet::Text)
}

/// Runs the target.
pub fn run(data: &[u8]) {
    thread_local! {
        static REGIONS: Regions = Regions::new();
    }
    REGIONS.with(|regions| {
        let mut bench = Bench {
            regions,
            reader: LedgerReader::new(Arc::clone(&regions.own), Arc::clone(&regions.peer), named()),
            directory: Directory::new(Arc::clone(&regions.peer)),
            stream: StreamJudge::new(),
            datagrams: DatagramJudge::new(Horizon { records: 16, ns: 1_000 }),
            findings: Findings::new(2),
            trail: FaultAttribution::new(false, ReadBound::default()),
            head: 0,
            tables: false,
        };
        let mut input = Input(data);
        while !input.is_empty() {
            match input.u8() {
                hostile @ 0..=0x7f => bench.write(hostile, &mut input),
                ours => bench.read(ours, &mut input),
            }
        }
        bench.end();
        // Not after a panic: then the process is at its end, or the test that runs this is.
        regions.reset(bench.tables);
    });
}

impl Bench<'_> {
    /// The hostile side does something.
    fn write(&mut self, what: u8, input: &mut Input<'_>) {
        match what % 8 {
            // A record, as a writer makes it, with any length and session. `what` says how many.
            0..=2 => {
                let (kind, len) = (u64::from(what % 8 + 1), input.number());
                let (session, step) = (input.number(), input.number());
                for number in 0..=u64::from(what >> 3) {
                    let session = session.wrapping_add(number.wrapping_mul(step));
                    self.record(kind, len, session, input);
                }
            }
            // Bytes anywhere.
            3 => {
                let at = input.number() % (self.regions.ring_at + RING);
                let len = usize::from(input.u8());
                // The size of the ring and the magic number are looked at when it is mapped.
                self.tables |= at + (len as u64) > AT_SESSION_TABLE && at < self.regions.ring_at;
                self.regions.write(at.max(AT_HEAD), input.bytes(len));
            }
            // A fault of the link, of any kind and at any place.
            4 if what & 0x40 != 0 => {
                let code = u64::from(input.u8()) | u64::from(input.u8() & 7) << 8;
                let words = [4 | code << 32, input.number(), input.number(), input.number()];
                let [kind, session, at, len] = words;
                self.header([kind, session, at, len, 0, 0, 0, 0]);
                self.publish(self.head.wrapping_add(HEADER));
            }
            // A run of payloads, of any length, number and count, of which the first may come.
            4 if what & 0x20 != 0 => {
                let kind = 5 + u64::from(what >> 3 & 1);
                let (len, count) = (input.number(), input.number());
                let (session, exchange) = (input.number(), input.number());
                let [len, count, session] =
                    [len, count, session].map(|number| number & 0xffff_ffff);
                let seq = self.head / HEADER;
                let words = [kind | len << 32, session | count << 32, seq, exchange, 0, 0, 0, len];
                self.header(words);
                self.publish(self.head.wrapping_add(HEADER));
            }
            // Any header at the next place, and then it is published.
            4 => {
                self.regions.write(self.at_head(), input.bytes(64));
                self.publish(self.head.wrapping_add(HEADER));
            }
            5 => {
                let by = input.number();
                self.publish(self.head.wrapping_add(by));
            }
            // Connections are announced, or said to be.
            6 => {
                let count = input.number();
                self.regions.write(AT_SESSIONS, &count.to_ne_bytes());
                self.tables = true;
                let slot = count.wrapping_sub(1) % 16_384;
                let (key, session) = (input.number(), input.number());
                // A number with anything above its lower half is not sealed.
                let seal = match session & seal::SEAL {
                    0 => seal::of(key, session, count.wrapping_sub(1)),
                    _ => 0,
                };
                let entry = [key, session | seal].map(u64::to_ne_bytes);
                self.regions.write(AT_SESSION_TABLE + 16 * slot, entry.as_flattened());
            }
            _ => self.regions.write(AT_PIECES, &input.number().to_ne_bytes()),
        }
    }

    fn record(&mut self, kind: u64, len: u64, session: u64, input: &mut Input<'_>) {
        let seq = self.head / HEADER;
        let [len, session] = [len, session].map(|number| number & 0xffff_ffff);
        let words = [kind | len << 32, session | 1 << 32, seq, seq + 1, 0, 0, 0, len];
        self.header(words);
        if len <= 64 {
            self.regions.write(self.at_head() + HEADER, input.bytes(len as usize));
        }
        // A pad goes on to the end of the ring.
        let bytes = if kind == 2 { RING - self.head % RING } else { footprint(len) };
        self.publish(self.head.wrapping_add(bytes));
    }

    /// A header at the next place, sealed.
    fn header(&self, mut words: [u64; 8]) {
        words[7] |= seal::of(words[0], words[1], self.head);
        self.regions.write(self.at_head(), words.map(u64::to_ne_bytes).as_flattened());
    }

    /// The place of the next record in the region.
    fn at_head(&self) -> u64 {
        self.regions.ring_at + self.head % RING
    }

    fn publish(&mut self, head: u64) {
        self.head = head;
        self.regions.write(AT_HEAD, &head.to_ne_bytes());
    }

    /// The side under test does something.
    fn read(&mut self, what: u8, input: &mut Input<'_>) {
        let session = u32::from(input.u8());
        match what % 16 {
            0 | 1 => {
                let k = usize::from(what >> 4 & 7);
                if let Some(record) = self.reader.session(session).peek(k) {
                    assert_eq!(record.payload.len(), record.head.len as usize);
                    assert!(record.payload.len() as u64 <= RING - HEADER, "outside the ring");
                }
            }
            2 => self.reader.session(session).release(),
            3 => {
                let message = input.bytes(usize::from(what >> 4 & 7));
                self.reader.session(session).release_if(message);
            }
            4 => self.reader.forget(session),
            5 => self.reader.catch_up(),
            6 => self.reader.free_tail(),
            7 => self.reader.publish_released(),
            8 => {
                let resolved = self.reader.all_resolved();
                assert_eq!(resolved, self.reader.unfinished().is_empty());
            }
            9 => {
                let told = self.reader.take_damage().len();
                assert!(told == 0 || !self.reader.has_damage());
                // What the other side says that its link has done, against what was found so far.
                for fault in self.reader.take_faults() {
                    self.trail.incoming(fault);
                }
                for judged in self.findings.judged.drain(..) {
                    self.trail.judged(&judged.head, judged.verdict);
                    assert!(self.trail.touching(&judged.head).len() <= 8);
                }
                self.trail.intact(session, u64::from(what >> 4) * 64);
            }
            // The payload that the hostile side may have named.
            10 if what & 0x80 != 0 => {
                let n = u64::from(what >> 4 & 7);
                let mut named = named();
                let source = if n % 2 == 0 { Source::Requests } else { Source::Replies };
                let message = named.get(source, n).unwrap_or_default();
                let records = &mut self.reader.session(session);
                self.stream.receive(records, message, 1, &mut self.findings);
            }
            10 | 11 => {
                let message = input.bytes(usize::from(what >> 4 & 7) * 8);
                let records = &mut self.reader.session(session);
                self.stream.receive(records, message, 1, &mut self.findings);
            }
            12 => {
                let message = input.bytes(usize::from(what >> 4 & 7) * 8);
                let records = &mut self.reader.session(session);
                let cut = what & 0x80 == 0;
                self.datagrams.receive(records, message, cut, 1, &mut self.findings);
            }
            13 => {
                self.directory.take(session.into());
            }
            14 => {
                let most = usize::from(what >> 4 & 7);
                let gone = self.directory.learn(most, |_| ());
                assert!(gone.len() <= 2 * 16_384);
            }
            _ => {
                let (from, to) = (input.number(), input.number());
                assert!(pieces::written(&self.regions.peer, session, from, to).len() <= 16);
                assert!(progress::read(&self.regions.peer, session) < 1 << 40);
                let crumb = Crumb::read(self.regions.peer.breadcrumb());
                let _ = crumb.running.or(crumb.failed).map(|call| call.hook.name());
                let messages = [crumb.running_at, crumb.failed_at];
                assert!(messages.iter().flatten().all(|message| message.index < message.count));
            }
        }
    }

    /// The end of a round, as a side does it.
    fn end(&mut self) {
        for session in self.reader.unfinished() {
            StreamJudge::new().end(&mut self.reader.session(session), &mut self.findings);
        }
        StreamJudge::new().end(&mut self.reader.session(ORPHANED), &mut self.findings);
        let resolved = self.reader.all_resolved();
        // What was overwritten after it was found has none, and the round is not believed.
        assert!(resolved || self.reader.broken().is_some(), "records without a verdict at the end");
    }
}

fn footprint(len: u64) -> u64 {
    HEADER + len.next_multiple_of(HEADER)
}
