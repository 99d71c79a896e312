//! The tables of a scenario that hold keys, one file each: its keys, what they become, and how that is
//! read.

pub(crate) mod baseline;
pub(crate) mod cpu;
pub(crate) mod handler;
pub(crate) mod load;
pub(crate) mod open;
pub(crate) mod search;
pub(crate) mod server;
pub(crate) mod transport;

pub use baseline::Baseline;
pub use cpu::{Cpu, Placement, Wait};
pub use handler::HandlerSpec;
pub use load::{Load, SessionPolicy, Until};
pub use open::OpenLoad;
pub use server::{Foreign, ForeignCommand, Unreachable};
pub use transport::{Transport, WritePolicy};

use crate::diagnostics::Sink;
use crate::layered::Values;
use crate::partial::lookup;
use crate::read;
use serde::de::DeserializeOwned;

/// What one of a key's words stands for, or `stand_in` (see [`value`](crate::partial::value)). The type is
/// kept in documents by the same words.
pub(crate) fn choice<T: DeserializeOwned>(
    values: &Values,
    path: &str,
    sink: &mut Sink,
    stand_in: T,
) -> T {
    let word = lookup(values, path).and_then(|(key, node)| read::word(key, node, sink));
    word.and_then(|word| serde_json::from_value(word.into()).ok()).unwrap_or(stand_in)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Kind;
    use crate::keys::{KEYS, index};
    use serde::Serialize;

    /// Every word of the key is one of the type, by which it is kept.
    fn are_known<T: DeserializeOwned + Serialize>(path: &str) {
        let Kind::Word(words) = KEYS[index(path).expect(path)].kind else {
            panic!("{path} has no words")
        };
        for word in words {
            let value: T = serde_json::from_value((*word).into()).expect(word);
            assert_eq!(serde_json::to_value(value).expect(word), *word);
        }
    }

    #[test]
    fn every_default_can_be_read() {
        let (values, mut sink) = (Values::defaults(0), Sink::default());
        transport::read(&values, &mut sink);
        cpu::read(&values, &mut sink);
        load::read(&values, false, &mut sink);
        let baseline = baseline::read(&values, &mut sink);
        assert_eq!((baseline.limit("p50"), baseline.limit("p99")), (Some(0.05), None));
        assert!(sink.is_empty());
        assert_eq!((Transport::default().read_size, Load::default().in_flight), (65_536, 1));
    }

    #[test]
    fn every_word_stands_for_something() {
        are_known::<crate::TransportKind>("transport.kind");
        are_known::<WritePolicy>("transport.write");
        are_known::<Placement>("cpu.placement");
        are_known::<Wait>("cpu.wait");
        are_known::<SessionPolicy>("load.session");
        are_known::<Unreachable>("server.unreachable");
    }
}
