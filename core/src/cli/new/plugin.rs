//! `wirebench new plugin` and `wirebench new framing`: a folder with a crate, or with a file in C or C++.

use super::super::args::NewPluginArgs;
use super::super::standalone::Refusal;
use super::files::{File, make_folder};
use super::fill::{Values, fill};
use super::name::{identifier, of_plugin, text};
use super::native::{C, CPP, Native};
use super::scenario::shipped;
use super::surroundings::{is_crate, program, schema_lines, sdk};
use super::{Made, quoted};
use crate::text::path as shown;
use std::path::{Path, PathBuf};

const MANIFEST: &str = include_str!("templates/manifest.toml");
/// In it, for a framing.
const DEV: &str = "
# For tests alone: every cut and fault, tried on the framing.
[dev-dependencies]
wirebench-sdk = __sdk__
";
const IGNORED: &str = include_str!("templates/gitignore");

/// In the README.md of a framing, what may be set.
const MAX: &str = "| `max` | `\"1 MiB\"` | the longest message: at most 16 MiB less one byte |\n";
const NO_SETTINGS: &str = "| – | | it takes none; the longest message has 1 MiB |\n";

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Handler,
    Framing,
}

impl Kind {
    fn templates(self) -> Templates {
        match self {
            Self::Handler => HANDLER,
            Self::Framing => FRAMING,
        }
    }
}

/// What is made of it.
struct Templates {
    scenario: &'static str,
    /// Another scenario: what stands behind its name, and its text.
    more: Option<(&'static str, &'static str)>,
    readme: &'static str,
    rust: &'static str,
    /// Name and text of the file of tests in Rust.
    tests: (&'static str, &'static str),
    c: &'static str,
    cpp: &'static str,
    /// A program that tries it, in what C and C++ share.
    native_tests: Option<&'static str>,
}

const HANDLER: Templates = Templates {
    scenario: include_str!("templates/plugin/scenario.toml"),
    more: None,
    readme: include_str!("templates/plugin/README.md"),
    rust: include_str!("templates/plugin/plugin.rs"),
    tests: ("tests/conversation.rs", include_str!("templates/plugin/conformance.rs")),
    c: include_str!("templates/plugin/plugin.c"),
    cpp: include_str!("templates/plugin/plugin.cpp"),
    native_tests: Some(include_str!("templates/plugin/test.c")),
};

const FRAMING: Templates = Templates {
    scenario: include_str!("templates/framing/scenario.toml"),
    more: Some(("-flips", include_str!("templates/framing/flips.toml"))),
    readme: include_str!("templates/framing/README.md"),
    rust: include_str!("templates/framing/framing.rs"),
    tests: ("tests/survives.rs", include_str!("templates/framing/survives.rs")),
    c: include_str!("templates/framing/framing.c"),
    cpp: include_str!("templates/framing/framing.cpp"),
    // Torture and the scenario of flipped bits try it.
    native_tests: None,
};

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Rust,
    C,
    Cpp,
}

/// How a plugin is built and tried.
struct Ways {
    build: &'static str,
    test: &'static str,
    /// The folder of the shared object.
    folder: &'static str,
}

impl Language {
    fn ways(self) -> Ways {
        match self {
            Self::Rust => Ways { build: "cargo build", test: "cargo test", folder: "target/debug" },
            Self::C | Self::Cpp => Ways { build: "make", test: "make test", folder: "." },
        }
    }

    fn spoken(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::C => "C",
            Self::Cpp => "C++",
        }
    }
}

/// Makes the folder.
pub(super) fn make(kind: Kind, args: &NewPluginArgs) -> Result<Made, Refusal> {
    let shipped = shipped();
    let shipped: Vec<&str> = shipped.iter().map(String::as_str).collect();
    of_plugin(&args.name, &shipped).map_err(Refusal::usage)?;
    let language = match (args.c, args.cpp) {
        (true, _) => Language::C,
        (_, true) => Language::Cpp,
        _ => Language::Rust,
    };
    let sources = match &args.sdk {
        Some(named) => Some(named_sdk(named).map_err(Refusal::usage)?),
        None => program().and_then(sdk),
    };
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from(&args.name));
    let files = files(kind, language, &args.name, sources.as_deref()).map_err(Refusal::usage)?;
    let (name, quoted) = (&args.name, quoted(text(&folder).map_err(Refusal::usage)?));
    make_folder(&folder, &files)?;
    let ways = language.ways();
    let what = match kind {
        Kind::Handler => "a handler",
        Kind::Framing => "a framing",
    };
    Ok(Made {
        what: format!("{} ({what} in {})", shown(&folder), language.spoken()),
        next: [
            format!("cd {quoted}"),
            ways.test.to_owned(),
            format!("{} && {}", ways.build, run(&format!("{name}.toml"), &ways)),
        ],
    })
}

/// The scenarios of a folder, as a command names them.
fn scenarios(name: &str, templates: &Templates) -> String {
    let more = templates.more.map(|(behind, _)| format!(" {name}{behind}.toml"));
    format!("{name}.toml{}", more.unwrap_or_default())
}

fn run(scenarios: &str, ways: &Ways) -> String {
    format!("wirebench run {scenarios} --plugin-dir {}", ways.folder)
}

/// The folder of the SDK that the user names.
fn named_sdk(named: &Path) -> Result<PathBuf, String> {
    let folder =
        std::path::absolute(named).map_err(|error| format!("{}: {error}", shown(named)))?;
    if is_crate(&folder) {
        return Ok(folder);
    }
    let named = shown(named);
    Err(format!(
        "--sdk: {named} holds no Cargo.toml: name `plugins/sdk` of a checkout of wirebench"
    ))
}

/// The files of the folder.
fn files(
    kind: Kind,
    language: Language,
    name: &str,
    sdk: Option<&Path>,
) -> Result<Vec<File>, String> {
    let templates = kind.templates();
    let (ways, schema, ident) = (language.ways(), schema_lines(program()), identifier(name));
    let (library, scenarios) = (format!("libwirebench_{ident}.so"), scenarios(name, &templates));
    let (usage, from_sdk) = (usage(kind, language, name), dependency(sdk, &[])?);
    let for_tests = match kind {
        Kind::Handler => String::new(),
        Kind::Framing => fill(DEV, &[("sdk", &dependency(sdk, &["torture"])?)]),
    };
    let values: &Values<'_> = &[
        ("name", name),
        ("ident", &ident),
        ("schema", &schema),
        ("build", ways.build),
        ("plugins", ways.folder),
        ("sdk", &from_sdk),
        ("dev", &for_tests),
        ("use", &usage),
        ("settings", if language == Language::Rust { MAX } else { NO_SETTINGS }),
        ("library", &library),
        ("scenarios", &scenarios),
    ];
    let (mut files, ignored) = match language {
        Language::Rust => (crate_of(&templates, values), "/target/".to_owned()),
        Language::C => native_of(&templates, &C, templates.c, values),
        Language::Cpp => native_of(&templates, &CPP, templates.cpp, values),
    };
    let more = templates.more.map(|(behind, text)| (format!("{name}{behind}.toml"), text));
    let shared =
        [(format!("{name}.toml"), templates.scenario), ("README.md".to_owned(), templates.readme)];
    files.extend(shared.into_iter().chain(more).map(|(name, text)| (name, fill(text, values))));
    files.push((".gitignore".to_owned(), fill(IGNORED, &[("ignored", &ignored)])));
    Ok(files)
}

/// The files of a crate.
fn crate_of(templates: &Templates, values: &Values<'_>) -> Vec<File> {
    let (tests, text) = templates.tests;
    let files = [("Cargo.toml", MANIFEST), ("src/lib.rs", templates.rust), (tests, text)];
    files.map(|(name, text)| (name.to_owned(), fill(text, values))).into()
}

/// The files in C or C++, and which of what make makes git is to ignore.
fn native_of(
    templates: &Templates,
    native: &Native,
    source: &str,
    values: &Values<'_>,
) -> (Vec<File>, String) {
    let ending = native.ending;
    let (tested, tortured) = (templates.native_tests, templates.native_tests.is_none());
    let mut files = vec![
        (fill(&format!("__name__.{ending}"), values), fill(source, values)),
        ("wirebench.h".to_owned(), wirebench_abi::HEADER.to_owned()),
        ("Makefile".to_owned(), native.makefile(values, tested.is_some(), tortured)),
    ];
    let mut ignored = fill("/__library__", values);
    if let Some(text) = tested {
        files.push((fill(&format!("__name__-test.{ending}"), values), fill(text, values)));
        ignored.push_str(&fill("\n/__name__-test", values));
    }
    (files, ignored)
}

/// How a manifest names the SDK: as sources, or as the crate of the registry that goes with this program.
fn dependency(sdk: Option<&Path>, features: &[&str]) -> Result<String, String> {
    let mut version = env!("CARGO_PKG_VERSION").splitn(3, '.');
    let version = [version.next(), version.next()].map(|part| part.unwrap_or("0")).join(".");
    let from = match sdk {
        Some(folder) => format!("path = {}", toml::Value::from(text(folder)?)),
        None if features.is_empty() => return Ok(format!("\"{version}\"")),
        None => format!("version = \"{version}\""),
    };
    if features.is_empty() {
        return Ok(format!("{{ {from} }}"));
    }
    Ok(format!("{{ {from}, features = {features:?} }}"))
}

/// How it is built, tried and used: the end of its README.md.
fn usage(kind: Kind, language: Language, name: &str) -> String {
    let (ways, scenarios) = (language.ways(), scenarios(name, &kind.templates()));
    let scenario = match kind {
        Kind::Handler => format!("`handler = {{ plugin = \"{name}\" }}`"),
        Kind::Framing => format!("`framing = {{ kind = \"{name}\", plugin = \"{name}\" }}`"),
    };
    let mut commands = vec![ways.test.to_owned(), ways.build.to_owned(), run(&scenarios, &ways)];
    if kind == Kind::Framing {
        commands.push(format!("wirebench torture {name}:{name} --plugin-dir {}", ways.folder));
    }
    if language == Language::Rust {
        // Figures of a build without optimisation say nothing.
        commands.push("cargo build --release".to_owned());
        commands.push(run(&scenarios, &Ways { folder: "target/release", ..ways }));
    }
    format!("```sh\n{}\n```\n\nIn any other scenario: {scenario}.", commands.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 3] = [Language::Rust, Language::C, Language::Cpp];

    #[test]
    fn no_place_of_a_template_is_left_empty() {
        for kind in [Kind::Handler, Kind::Framing] {
            for language in LANGUAGES {
                for (name, text) in files(kind, language, "my-own", None).expect("a plain name") {
                    let left = text.split("__").skip(1).step_by(2).find(|place| {
                        !place.is_empty() && place.chars().all(|c| c.is_ascii_lowercase())
                    });
                    assert!(name == "wirebench.h" || left.is_none(), "{name}: {left:?}");
                }
            }
        }
    }

    #[test]
    fn the_sdk_is_a_folder_or_a_crate_of_the_same_version() {
        let sources = Path::new("/opt/a \"b\"/sdk");
        assert_eq!(dependency(None, &[]).as_deref(), Ok("\"0.1\""));
        assert_eq!(dependency(Some(sources), &[]).as_deref(), Ok("{ path = '/opt/a \"b\"/sdk' }"));
        assert_eq!(
            dependency(None, &["torture"]).as_deref(),
            Ok("{ version = \"0.1\", features = [\"torture\"] }")
        );
        assert!(named_sdk(Path::new("/")).is_err_and(|why| why.contains("Cargo.toml")));
    }
}
