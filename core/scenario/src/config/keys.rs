//! What may stand in `wirebench.toml`. Reading and its errors, the reference and the schema follow from it.

use crate::key::{HOUR, Kind};

/// Paths in a list at most.
pub(crate) const MAX_PATHS: usize = 256;

/// The longest path, in bytes.
pub(crate) const LONGEST_PATH: usize = 4_096;

/// A table of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigTable {
    /// The top level.
    File,
    /// `[profile.NAME]`.
    Profile,
    /// `[profile.NAME.baseline]`.
    Baseline,
    /// `[profile.NAME.scenario.SCENARIO]`.
    Scenario,
}

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Takes {
    /// A value as keys of scenarios have it.
    Value(Kind),
    /// A file or a folder.
    Path,
    /// Several of them.
    Paths,
    /// The name of a profile.
    ProfileName,
    /// Keys of scenarios.
    Changes,
    /// Gates.
    Gates,
    /// Formats, each with a file.
    Outputs,
    /// Keys of `[server]`.
    Server,
    /// Metrics with shares, as `baseline.limits` has them.
    Limits,
    /// Metrics with times or sizes, as `baseline.floors` has them.
    Floors,
    /// A table of the file.
    Table(ConfigTable),
    /// Tables of the file by names.
    Tables(ConfigTable),
}

/// One key of `wirebench.toml`.
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    /// Where it stands.
    pub table: ConfigTable,
    /// How it is called there.
    pub name: &'static str,
    pub(crate) takes: Takes,
    /// The default, in words or as TOML; empty when there is none.
    pub default: &'static str,
    /// One sentence for the reference.
    pub about: &'static str,
}

const fn key(
    table: ConfigTable,
    name: &'static str,
    takes: Takes,
    default: &'static str,
    about: &'static str,
) -> ConfigKey {
    ConfigKey { table, name, takes, default, about }
}

use ConfigTable::{Baseline, File, Profile, Scenario};

/// Every key, in the order of the reference.
pub const CONFIG_KEYS: &[ConfigKey] = &[
    key(
        File,
        "schema",
        Takes::Value(Kind::Integer(1, 1)),
        "required",
        "the version of this grammar",
    ),
    key(
        File,
        "scenarios",
        Takes::Paths,
        "",
        "scenarios, folders of them, and names of those that ship, for `run`, `check` and `plan` where none is named",
    ),
    key(
        File,
        "plugins",
        Takes::Paths,
        "",
        "folders in which plugins are looked for, behind those of `--plugin-dir` and before all others",
    ),
    key(
        File,
        "results",
        Takes::Path,
        "`wirebench-out` where wirebench is started",
        "the folder below which runs are kept, as `--out`: a run that cannot be kept there fails",
    ),
    key(
        File,
        "keep",
        Takes::Value(Kind::Integer(1, 1_000_000)),
        "all",
        "runs of each scenario that stay when a run ends; older ones are removed",
    ),
    key(File, "profile", Takes::Tables(Profile), "", "profiles by their names"),
    key(
        Profile,
        "inherits",
        Takes::ProfileName,
        "",
        "another profile, of which everything holds that this one does not say",
    ),
    key(
        Profile,
        "set",
        Takes::Changes,
        "",
        "keys of scenarios and their values in every scenario, as `--set`",
    ),
    key(
        Profile,
        "expect",
        Takes::Gates,
        "",
        "gates that are merged into `[expect]` of every scenario; `false` removes one",
    ),
    key(
        Profile,
        "output",
        Takes::Outputs,
        "",
        "files that results are written to, by their formats, as `--output`; `false` for one that is inherited",
    ),
    key(
        Profile,
        "strict",
        Takes::Value(Kind::Bool),
        "`false`",
        "fail when any cell is inconclusive or saturated, as `--strict`",
    ),
    key(
        Profile,
        "retries",
        Takes::Value(Kind::Integer(0, 10)),
        "`0`",
        "how often cells that fail are played again, as `--retries`",
    ),
    key(
        Profile,
        "flaky",
        Takes::Value(Kind::Word(&["fail", "pass"])),
        "`pass`",
        "what cells mean that failed and then passed, as `--flaky`",
    ),
    key(
        Profile,
        "abort-on-fail",
        Takes::Value(Kind::Bool),
        "`false`",
        "end at the first round after which a cell cannot pass any more, as `--abort-on-fail`",
    ),
    key(
        Profile,
        "trace",
        Takes::Value(Kind::Integer(0, 1_000)),
        "`0`",
        "messages of each anomaly that are shown as a timeline, as `--trace`",
    ),
    key(
        Profile,
        "budget",
        Takes::Value(Kind::Duration(0, 1_000 * HOUR)),
        "half of what all rounds took",
        "how long cells that look different from the baseline may be measured again, as `--budget`",
    ),
    key(
        Profile,
        "baseline",
        Takes::Table(Baseline),
        "",
        "what every scenario is held against; inherited as a whole",
    ),
    key(
        Profile,
        "scenario",
        Takes::Tables(Scenario),
        "",
        "what holds for single scenarios, by their names",
    ),
    key(
        Baseline,
        "program",
        Takes::Path,
        "",
        "another wirebench, as `--baseline`; does not go together with `server`",
    ),
    key(
        Baseline,
        "plugins",
        Takes::Path,
        "",
        "a folder with other plugins, as `--baseline-plugins`",
    ),
    key(
        Baseline,
        "server",
        Takes::Server,
        "",
        "keys of `[server]` with other values, as `--baseline-server`; a relative `cwd` is relative to this file",
    ),
    key(
        Baseline,
        "limits",
        Takes::Limits,
        "those of each scenario",
        "`baseline.limits` of every scenario",
    ),
    key(
        Baseline,
        "floors",
        Takes::Floors,
        "those of each scenario",
        "`baseline.floors` of every scenario",
    ),
    key(Scenario, "set", Takes::Changes, "", "as of a profile, for this scenario alone"),
    key(Scenario, "expect", Takes::Gates, "", "as of a profile, for this scenario alone"),
    key(Scenario, "skip", Takes::Value(Kind::Bool), "`false`", "whether the scenario is left out"),
];

/// The keys of a table, in order.
pub(crate) fn keys_of(table: ConfigTable) -> impl Iterator<Item = &'static ConfigKey> {
    CONFIG_KEYS.iter().filter(move |key| key.table == table)
}

impl ConfigKey {
    /// The type as the reference names it.
    pub fn type_text(&self) -> &'static str {
        match self.takes {
            Takes::Value(kind) => as_of_a_scenario(self, kind).type_text(),
            Takes::Path => "path",
            Takes::Paths => "list",
            Takes::ProfileName => "name",
            _ => "table",
        }
    }

    /// What it may hold, as the reference and errors say it.
    pub fn range_text(&self) -> String {
        match self.takes {
            Takes::Value(kind) => as_of_a_scenario(self, kind).range_text(),
            Takes::Path => "a file or folder".to_owned(),
            Takes::Paths => format!("1 to {MAX_PATHS} paths"),
            Takes::ProfileName => "a profile of this file".to_owned(),
            Takes::Changes => "[keys](#changes)".to_owned(),
            Takes::Gates => "metrics with [limits](scenario.md#expectations)".to_owned(),
            Takes::Outputs => "formats with paths".to_owned(),
            Takes::Server => "keys of `[server]`".to_owned(),
            Takes::Limits => as_of_a_scenario(self, Kind::Limits).range_text(),
            Takes::Floors => as_of_a_scenario(self, Kind::Floors).range_text(),
            Takes::Table(table) => format!("[keys](#{})", table.anchor()),
            Takes::Tables(table) => format!("names with [keys](#{})", table.anchor()),
        }
    }

    /// The key's row in the reference.
    pub fn reference_row(&self) -> String {
        let default = if self.default.is_empty() { "–" } else { self.default };
        let (name, kind, range) = (self.name, self.type_text(), self.range_text());
        format!("| `{name}` | {kind} | {default} | {range} | {} |", self.about)
    }
}

impl ConfigTable {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 4] = [File, Profile, Baseline, Scenario];

    /// How it is written.
    pub fn title(self) -> &'static str {
        match self {
            File => "the top level",
            Profile => "[profile.NAME]",
            Baseline => "[profile.NAME.baseline]",
            Scenario => "[profile.NAME.scenario.SCENARIO]",
        }
    }

    /// Where the reference has it.
    fn anchor(self) -> &'static str {
        match self {
            File => "the-file",
            Profile => "a-profile",
            Baseline => "the-baseline",
            Scenario => "a-single-scenario",
        }
    }
}

/// The key as if it were one of a scenario, for those who read these.
pub(crate) fn as_of_a_scenario(key: &ConfigKey, kind: Kind) -> crate::Key {
    crate::key::key(key.name, kind, "", key.about)
}
