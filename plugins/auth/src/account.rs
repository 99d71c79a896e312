//! An account's password, kept as a hash.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use wirebench_sdk::{Error, Result};
use zeroize::Zeroizing;

/// Bytes of a hash, and of its salt.
const HASH: usize = 32;
const SALT: usize = 16;

/// What hashing a password costs (Argon2id, RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cost {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over it, 1 to 100.
    pub passes: u32,
    /// Threads that hash at the same time, 1 to 64.
    pub workers: u32,
}

impl Default for Cost {
    /// What OWASP recommends at least.
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, workers: 1 }
    }
}

impl Cost {
    pub(crate) fn check(self) -> Result<()> {
        let bounds = [
            ("memory-kib", self.memory_kib, 8..=1 << 20),
            ("passes", self.passes, 1..=100),
            ("workers", self.workers, 1..=64),
        ];
        for (key, value, bounds) in bounds {
            if !bounds.contains(&value) {
                let text =
                    format!("{value} is not between {} and {}", bounds.start(), bounds.end());
                return Err(Error::at(format!("/hash/{key}"), text));
            }
        }
        Ok(())
    }
}

/// A salted hash of one password.
pub(crate) struct Account {
    argon: Argon2<'static>,
    workers: u32,
    salt: [u8; SALT],
    hash: Zeroizing<[u8; HASH]>,
}

impl Account {
    pub(crate) fn new(cost: Cost, password: &[u8]) -> Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(HASH))
            .map_err(|error| Error::at("/hash", error.to_string()))?;
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt)
            .map_err(|error| Error::new(format!("the kernel gives no random numbers: {error}")))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut account =
            Self { argon, workers: cost.workers, salt, hash: Zeroizing::new([0; HASH]) };
        account.hash = account
            .hashed(password)
            .ok_or_else(|| Error::at("/secret", "this password cannot be hashed"))?;
        Ok(account)
    }

    /// Threads that hash at the same time.
    pub(crate) fn workers(&self) -> u32 {
        self.workers
    }

    /// True for the account's password. As slow for any other.
    pub(crate) fn accepts(&self, password: &[u8]) -> bool {
        self.hashed(password).is_some_and(|hash| hash.ct_eq(self.hash.as_slice()).into())
    }

    fn hashed(&self, password: &[u8]) -> Option<Zeroizing<[u8; HASH]>> {
        let mut hash = Zeroizing::new([0; HASH]);
        self.argon.hash_password_into(password, &self.salt, hash.as_mut_slice()).ok()?;
        Some(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, workers: 1 };

    #[test]
    fn only_the_password_is_accepted() {
        let account = Account::new(CHEAP, b"open sesame").unwrap();
        assert!(account.accepts(b"open sesame"));
        for other in [b"".as_slice(), b"open sesam", b"open sesame ", b"Open sesame"] {
            assert!(!account.accepts(other));
        }
    }

    #[test]
    fn the_same_password_never_has_the_same_hash() {
        let hash = || Account::new(CHEAP, b"open sesame").unwrap().hash;
        assert_ne!(hash(), hash());
    }

    #[test]
    fn costs_out_of_bounds_are_told_with_their_key() {
        for (cost, pointer) in [
            (Cost { memory_kib: 7, ..CHEAP }, "/hash/memory-kib"),
            (Cost { memory_kib: 2 << 20, ..CHEAP }, "/hash/memory-kib"),
            (Cost { passes: 0, ..CHEAP }, "/hash/passes"),
            (Cost { workers: 65, ..CHEAP }, "/hash/workers"),
        ] {
            assert_eq!(cost.check().unwrap_err().pointer(), pointer);
        }
        Cost::default().check().unwrap();
    }
}
