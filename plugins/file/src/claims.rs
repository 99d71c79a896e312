//! Which session has which file: one at a time takes a broken transfer up again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The names that are claimed.
#[derive(Clone, Default)]
pub(crate) struct Claims(Arc<Mutex<HashSet<String>>>);

/// A claim; given up when it is dropped.
pub(crate) struct Claim {
    claims: Claims,
    name: String,
}

impl Claims {
    /// Claims a name; `None` when somebody else has it.
    pub(crate) fn claim(&self, name: &str) -> Option<Claim> {
        let claimed = self.names().insert(name.to_owned());
        claimed.then(|| Claim { claims: self.clone(), name: name.to_owned() })
    }

    fn names(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.names().remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_free_again_when_its_claim_is_dropped() {
        let claims = Claims::default();
        let first = claims.claim("a");
        assert!(first.is_some() && claims.claim("a").is_none());
        assert!(claims.claim("b").is_some());
        drop(first);
        assert!(claims.claim("a").is_some());
    }
}
