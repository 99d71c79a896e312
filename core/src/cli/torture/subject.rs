//! From the command line to the framings that are meant.

use super::protocol::Subject;
use crate::cli::args::TortureArgs;
use crate::framing::{FramingSpec, names};
use crate::host::probe::{ProbeFraming, ProbeRequests};
use crate::host::{Program, SearchPath, find};
use crate::run::probe;
use crate::text::path as shown;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a plugin may take to say what it is.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// All framings that the arguments name; the errors say what is wrong with them.
pub(super) fn subjects(args: &TortureArgs) -> Result<Vec<Subject>, Vec<String>> {
    let mut settings = Map::new();
    let mut wrong = Vec::new();
    for text in &args.set {
        match setting(text) {
            Ok((key, value)) => drop(settings.insert(key, value)),
            Err(why) => wrong.push(why),
        }
    }
    let mut subjects = Vec::new();
    for text in &args.framings {
        match named(text, &settings, &args.plugin_dir) {
            Ok(found) => subjects.extend(found),
            Err(mut why) => wrong.append(&mut why),
        }
    }
    if wrong.is_empty() { Ok(subjects) } else { Err(wrong) }
}

fn named(
    text: &str,
    settings: &Map<String, Value>,
    dirs: &[PathBuf],
) -> Result<Vec<Subject>, Vec<String>> {
    if text == "all" {
        let all = names().into_iter().map(|name| built_in(name, name, settings.clone()));
        let (found, wrong): (Vec<_>, Vec<_>) = all.partition(Result::is_ok);
        let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).flatten().collect();
        let found = found.into_iter().flatten().collect();
        return if wrong.is_empty() { Ok(found) } else { Err(wrong) };
    }
    if text.trim_start().starts_with('{') {
        return table(text, settings, dirs);
    }
    let (plugin, framing) = match text.rsplit_once(".so:") {
        Some((stem, framing)) => (Some(format!("{stem}.so")), Some(framing)),
        None if text.ends_with(".so") => (Some(text.to_owned()), None),
        None => match text.split_once(':') {
            Some((plugin, framing)) => (Some(plugin.to_owned()), Some(framing)),
            None => (None, None),
        },
    };
    match plugin {
        None => built_in(text, text, settings.clone()).map(|subject| vec![subject]),
        Some(plugin) => {
            let file = match plugin.ends_with(".so") {
                true => existing(&plugin)?,
                false => searched(&plugin, dirs)?,
            };
            from_plugin(&plugin, &file, framing, settings)
        }
    }
}

/// `{ kind = "…", … }`, as scenarios write it.
fn table(
    text: &str,
    more: &Map<String, Value>,
    dirs: &[PathBuf],
) -> Result<Vec<Subject>, Vec<String>> {
    let table = toml_value(text)
        .ok_or_else(|| vec![format!("`{text}` is no table such as {{ kind = \"line\" }}")])?;
    let Value::Object(mut settings) = table else {
        return Err(vec![format!("`{text}` is no table")]);
    };
    let mut take = |key: &str| match settings.remove(key) {
        Some(Value::String(text)) => Ok(Some(text)),
        None => Ok(None),
        Some(other) => Err(vec![format!("`{key}` is a name, not {other}")]),
    };
    let (kind, plugin, path) = (take("kind")?, take("plugin")?, take("path")?);
    let kind =
        kind.ok_or_else(|| vec!["a framing as a table needs `kind`, its name".to_owned()])?;
    settings.extend(more.clone());
    match (plugin, path) {
        (None, None) => built_in(text, &kind, settings).map(|subject| vec![subject]),
        (None, Some(_)) => {
            let why = "`path` is the file of a plugin, and `plugin` does not name it";
            Err(vec![why.to_owned()])
        }
        (Some(plugin), path) => {
            let file = match path {
                Some(path) => existing(&path)?,
                None => searched(&plugin, dirs)?,
            };
            from_plugin(&plugin, &file, Some(&kind), &settings)
        }
    }
}

fn built_in(name: &str, kind: &str, settings: Map<String, Value>) -> Result<Subject, Vec<String>> {
    let spec = FramingSpec::parse(kind, settings)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<String>>())?;
    Ok(Subject { name: name.to_owned(), spec, file: None })
}

fn existing(path: &str) -> Result<PathBuf, Vec<String>> {
    let file = PathBuf::from(path);
    if file.is_file() { Ok(file) } else { Err(vec![format!("{path}: there is no such file")]) }
}

fn searched(plugin: &str, dirs: &[PathBuf]) -> Result<PathBuf, Vec<String>> {
    find(plugin, &SearchPath::of_process(dirs)).map_err(|error| vec![error.to_string()])
}

/// The plugin's framing of that name, or all that it brings.
fn from_plugin(
    plugin: &str,
    file: &Path,
    framing: Option<&str>,
    settings: &Map<String, Value>,
) -> Result<Vec<Subject>, Vec<String>> {
    let program = Program::this().map_err(|error| vec![error.to_string()])?;
    let ask = |requests: &ProbeRequests| {
        probe(program.executable(), file, requests, PROBE_LIMIT)
            .map_err(|error| vec![error.to_string()])
    };
    let names: Vec<String> = match framing {
        Some(name) => vec![name.to_owned()],
        None => {
            let brought = ask(&ProbeRequests::default())?.framings;
            brought.into_iter().map(|framing| framing.name).collect()
        }
    };
    if names.is_empty() {
        return Err(vec![format!("{}: this plugin brings no framing", shown(file))]);
    }
    let config = Value::Object(settings.clone());
    let framings = names
        .iter()
        .map(|name| ProbeFraming { framing: name.clone(), config: config.clone() })
        .collect();
    let report = ask(&ProbeRequests { handlers: Vec::new(), framings })?;
    let mut subjects = Vec::new();
    let mut wrong = Vec::new();
    for (name, answer) in names.into_iter().zip(&report.framing_answers) {
        match answer {
            Ok(_) => subjects.push(Subject {
                name: format!("{plugin}:{name}"),
                spec: FramingSpec {
                    kind: name,
                    plugin: Some(report.id.clone()),
                    path: None,
                    settings: settings.clone(),
                },
                file: Some(report.file.clone()),
            }),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if wrong.is_empty() { Ok(subjects) } else { Err(wrong) }
}

/// `key=value`; the value is read as TOML, else as text.
fn setting(text: &str) -> Result<(String, Value), String> {
    let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.trim().is_empty()) else {
        return Err(format!("`--set {text}` is not KEY=VALUE, as in `--set max=64`"));
    };
    let value = match toml_value(value) {
        Some(value) => value,
        // What opens a string, a list or a table was not meant as text.
        None if value.trim_start().starts_with(['"', '\'', '[', '{']) => {
            return Err(format!("`--set {text}`: {} begins like TOML and is none", value.trim()));
        }
        None => Value::from(value.trim()),
    };
    Ok((key.trim().to_owned(), value))
}

fn toml_value(text: &str) -> Option<Value> {
    let table: toml::Table =
        format!("value = {text}").parse().ok().filter(|t: &toml::Table| t.len() == 1)?;
    serde_json::to_value(table.get("value")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_toml_or_else_text() {
        let value = |text: &str| setting(text).expect(text).1;
        assert_eq!(value("max=64"), json!(64));
        assert_eq!(value("signed=true"), json!(true));
        assert_eq!(value("max=\"4 KiB\""), json!("4 KiB"));
        assert_eq!(value("max=4 KiB"), json!("4 KiB"));
        assert_eq!(value("ending=crlf"), json!("crlf"));
        assert_eq!(value("delimiter=a=b"), json!("a=b"));
        assert!(setting("max").is_err() && setting("=3").is_err());
        assert!(setting("delimiter=\"ab").is_err() && setting("max=[1").is_err());
        // A line feed cannot smuggle a second key in.
        assert_eq!(value("x=1\ny = 2"), json!("1\ny = 2"));
    }

    #[test]
    fn a_table_names_kind_and_settings() {
        let found = named("{ kind = \"line\", ending = \"crlf\" }", &Map::new(), &[]);
        let found = found.expect("it is right");
        assert_eq!(found[0].spec.kind, "line");
        assert_eq!(found[0].spec.settings["ending"], "crlf");
        for wrong in ["{ ending = \"crlf\" }", "{ kind = 3 }", "{", "{ kind = \"lien\" }"] {
            assert!(named(wrong, &Map::new(), &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_is_every_built_in_framing() {
        let found = named("all", &Map::new(), &[]).expect("each has defaults");
        assert_eq!(found.len(), names().len());
    }
}
