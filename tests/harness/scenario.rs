//! The text of a scenario, of as few lines as a test has to say.

/// A scenario with one framing, few messages and no processor of its own; `load` and `more` are
/// TOML.
pub fn scenario(framing: &str, load: &str, more: &str) -> String {
    let messages = if load.contains("messages") || load.contains("duration") {
        ""
    } else {
        "messages = 300\n"
    };
    let rounds = if load.contains("rounds") { "" } else { "rounds = 1\n" };
    let warmup = if load.contains("warmup") { "" } else { "warmup = \"2ms\"\n" };
    let handler = if more.contains("plugin =") { "" } else { "handler = { plugin = \"echo\" }\n" };
    let cpu = if more.contains("cpu") { "" } else { "cpu = { placement = \"free\" }\n" };
    format!(
        "schema = 1\nname = \"test\"\n{handler}{cpu}framing = {framing}\n{top}\n\
         [load]\n{messages}{rounds}{warmup}{load}\n{tables}",
        top = before_tables(more),
        tables = tables(more),
    )
}

/// Keys of the top level must stand before the first table.
fn before_tables(toml: &str) -> &str {
    if toml.starts_with('[') {
        return "";
    }
    toml.find("\n[").map_or(toml, |at| &toml[..at])
}

fn tables(toml: &str) -> &str {
    if toml.starts_with('[') {
        return toml;
    }
    toml.find("\n[").map_or("", |at| &toml[at + 1..])
}
