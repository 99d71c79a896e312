//! Values in configurations that serde reads.

use crate::{Written, Wrong};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};

/// Takes whatever there is, so that what is wrong with it is said here and not by serde.
pub(crate) struct Reader<T>(pub(crate) fn(&Written<'_>) -> Result<T, Wrong>);

impl<T> Reader<T> {
    fn read<E: Error>(&self, written: Written<'_>) -> Result<T, E> {
        (self.0)(&written).map_err(E::custom)
    }
}

impl<'de, T> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value with a unit")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.read(Written::Text(text))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.read(Written::Integer(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.read(Written::Integer(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.read(Written::Float(number))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<T, E> {
        self.read(Written::Other("a boolean"))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.read(Written::Other("nothing"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        self.read(Written::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<T, A::Error> {
        self.read(Written::Other("a table"))
    }
}
