//! What a profile and the command line changed, as results tell it: what may hold a secret is left out.

use super::options::{Overrides, equals_sign};

/// Tables whose values may be told. Handlers and servers of one's own take secrets; of what is
/// unknown nothing can be said.
const OPEN: [&str; 7] = ["baseline", "cpu", "expect", "framing", "link", "load", "transport"];

/// What stands for a value that is not told.
const HIDDEN: &str = "…";

/// Longer values are not told.
const LONGEST: usize = 200;

impl Overrides {
    /// Every change of the scenario `name` as `key=value`, the stronger behind the weaker, with `…` for a value that
    /// may be a secret.
    pub fn told(&self, name: &str) -> Vec<String> {
        let profile = self.profile.iter().flat_map(|profile| profile.told(name));
        let mut told: Vec<String> = profile.map(|set| one(&set)).collect();
        told.extend(self.set.iter().map(|set| one(set)));
        told.extend(self.seed.map(|seed| format!("load.seed={seed}")));
        told.extend(self.rounds.map(|rounds| format!("load.rounds={rounds}")));
        told.extend(
            self.duration.as_ref().map(|duration| one(&format!("load.duration={duration}"))),
        );
        told
    }
}

fn one(set: &str) -> String {
    let (key, value) = equals_sign(set).map_or((set, ""), |at| (&set[..at], &set[at + 1..]));
    let (key, value) = (key.trim().replace('"', ""), value.trim());
    let path = key.strip_prefix("matrix.").unwrap_or(&key);
    let table = path.split('.').next().unwrap_or_default();
    let open = OPEN.contains(&table) && value.len() <= LONGEST;
    format!("{key}={}", if open { value } else { HIDDEN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_secret_is_told_without_its_value() {
        let set = [
            "load.in-flight = 8",
            "handler.config.password=hunter2",
            "matrix.\"handler.config\"=[{ password = \"hunter2\" }]",
            "server={ command = [\"x\", \"hunter2\"] }",
            "server.env.KEY=hunter2",
            "matrix.load.payload=[\"64 B\"]",
            "hunter=hunter2",
        ];
        let overrides = Overrides {
            set: set.map(str::to_owned).to_vec(),
            rounds: Some(3),
            ..Overrides::default()
        };
        let told = overrides.told("t");
        assert_eq!(told[0], "load.in-flight=8");
        assert_eq!(told[1], "handler.config.password=…");
        assert_eq!(told[5], "matrix.load.payload=[\"64 B\"]");
        assert_eq!(told[7], "load.rounds=3");
        assert!(told.iter().all(|change| !change.contains("hunter2")), "{told:?}");
    }
}
