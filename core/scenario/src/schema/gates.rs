//! `[expect]` in the schema: a limit for each metric.

use super::super::gates::{LONGEST_LIMIT, forms};
use super::super::link::DIRECTIONS;
use serde_json::{Map, Value, json};
use wirebench_measure::{COUNT_PREFIX, METRICS, Metric, Unit};
use wirebench_values::{Rate, Share, Size, Span};

/// How limits are compared; `split_op` reads it.
const OPERATOR: &str = r"(<=|>=|==|<|>|=)\s*";

/// A whole number, any number, and those that are zero.
const COUNT: &str = "_*[0-9][0-9_]*";
const DECIMAL: &str = "[0-9][0-9_.]*";
const ZERO: &str = "[0_.]+";

/// What stands behind the `p` of a percentile.
const PERCENTILE: &str = r"[0-9]{1,2}(\.[0-9]{1,3})?";

/// A table of gates. `may_remove`: `false` removes one.
pub(super) fn gates(may_remove: bool) -> Value {
    let mut schema = table(|_| true, may_remove);
    // Without quotes, `request.intact` is a table within a table.
    for direction in DIRECTIONS {
        let mut within = table(|metric| metric.definition().directional, may_remove);
        let key = format!("^({}){OTHER_CELL}", comparable(true));
        within["patternProperties"][key] = against(may_remove);
        schema["properties"][direction] = within;
        for metric in METRICS.iter().filter(|metric| metric.definition().directional) {
            let name = format!("{direction}.{}", metric.name());
            schema["properties"][name] = limit(metric, may_remove);
        }
    }
    let count = COUNT_PREFIX.trim_end_matches('.');
    schema["properties"][count] = json!({ "type": "object" });
    let counted = json!({
        "type": types(true, may_remove), "minimum": 0, "pattern": whole(&optional(COUNT)),
    });
    let patterns = &mut schema["patternProperties"];
    patterns[format!(r"^{count}\..")] = counted;
    for name in ["service-p", "connect-p"] {
        patterns[format!("^{name}{PERCENTILE}$")] = percentile(may_remove);
    }
    let (directed, alone) = (comparable(true), comparable(false));
    let directions = DIRECTIONS.join("|");
    let key = format!(r"^((({directions})\.)?({directed})|{alone}){OTHER_CELL}");
    patterns[key] = against(may_remove);
    patterns[format!(r"^({})\.p{PERCENTILE}$", DIRECTIONS.join("|"))] = percentile(may_remove);
    schema
}

/// What stands behind a metric that is held against another cell.
const OTHER_CELL: &str = " / .*=";

/// A gate on the ratio of two cells.
fn against(may_remove: bool) -> Value {
    json!({
        "description": "this cell against the one with other values on these axes",
        "type": types(false, may_remove),
        "pattern": compared(&format!(r"({DECIMAL}|[+-]\s*{DECIMAL}\s*%)")),
        "maxLength": LONGEST_LIMIT,
        "not": { "const": true },
    })
}

/// The names of the metrics that are held against other cells, with a direction or without.
fn comparable(directional: bool) -> String {
    let metrics = METRICS
        .iter()
        .filter(|metric| metric.is_comparable() && metric.definition().directional == directional);
    let name = |metric: &Metric| match metric {
        Metric::Latency(_) => format!("p{PERCENTILE}"),
        Metric::ServiceTime(_) => format!("service-p{PERCENTILE}"),
        Metric::ConnectTime(_) => format!("connect-p{PERCENTILE}"),
        _ => metric.name().into_owned(),
    };
    let mut names: Vec<String> = metrics.map(name).collect();
    names.dedup();
    names.join("|")
}

/// The gates on these metrics, by their bare names.
fn table(has: impl Fn(&Metric) -> bool, may_remove: bool) -> Value {
    let metrics = METRICS.iter().filter(|metric| has(metric));
    let properties: Map<String, Value> =
        metrics.map(|metric| (metric.name().into_owned(), limit(metric, may_remove))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { format!("^p{PERCENTILE}$"): percentile(may_remove) },
        "additionalProperties": false,
    })
}

/// The limit of any percentile. Without quotes, `p99.9` is a table within a table.
fn percentile(may_remove: bool) -> Value {
    let time = json!({
        "type": types(false, may_remove),
        "pattern": compared(&Span::pattern()),
        "maxLength": LONGEST_LIMIT,
        "not": { "const": true },
    });
    let mut either = time.clone();
    if let Some(types) = either["type"].as_array_mut() {
        types.push("object".into());
    }
    let cell = format!("^[0-9]{{1,3}}{OTHER_CELL}");
    either["patternProperties"] = json!({ "^[0-9]{1,3}$": time, cell: against(may_remove) });
    either["additionalProperties"] = false.into();
    either
}

fn limit(metric: &Metric, may_remove: bool) -> Value {
    if let Metric::Latency(_) | Metric::ServiceTime(_) | Metric::ConnectTime(_) = metric {
        return described(percentile(may_remove), metric);
    }
    let definition = metric.definition();
    let numbers = matches!(definition.unit, Unit::Count | Unit::CountOrShare);
    let all = definition.unit == Unit::CountOrShare && metric.is_welcome();
    let mut schema = json!({
        "type": types(numbers, may_remove || all),
        "pattern": pattern(metric),
        "maxLength": LONGEST_LIMIT,
    });
    let mut never = Vec::new();
    if numbers {
        schema["minimum"] = 0.into();
    }
    if definition.unit == Unit::CountOrShare {
        // Other bare numbers could be shares in percent.
        match definition.directional {
            true => schema["maximum"] = 0.into(),
            false => never.push(json!(100)),
        }
    }
    match (all, may_remove) {
        (true, false) => never.push(json!(false)),
        (false, true) => never.push(json!(true)),
        _ => {}
    }
    if !never.is_empty() {
        schema["not"] = json!({ "enum": never });
    }
    described(schema, metric)
}

/// What is written in quotes: without an operator only where nothing but `=` can be meant.
fn pattern(metric: &Metric) -> String {
    let definition = metric.definition();
    match definition.unit {
        Unit::Count => whole(&optional(COUNT)),
        Unit::CountOrShare => {
            let count = if definition.directional { ZERO } else { COUNT };
            let all_or_none = format!(r"({ZERO}|[0_]*1_*0_*0_*(\.[0_]*)?)\s*%");
            let compared = format!("{OPERATOR}({COUNT}|{})", Share::pattern());
            whole(&format!("({compared}|{count}|{all_or_none})"))
        }
        Unit::Nanos => compared(&Span::pattern()),
        Unit::Bytes => whole(&format!(r"({OPERATOR}{}|{ZERO}\s*[A-Za-z]+)", Size::pattern())),
        Unit::BytesPerSecond => compared(&Rate::pattern()),
        Unit::PerSecond => compared(&format!(r"{DECIMAL}\s*[kM]?\s*/s")),
        Unit::Ratio => compared(DECIMAL),
    }
}

fn compared(pattern: &str) -> String {
    whole(&format!("{OPERATOR}{pattern}"))
}

fn optional(pattern: &str) -> String {
    format!("({OPERATOR})?{pattern}")
}

fn whole(pattern: &str) -> String {
    super::kinds::whole(pattern)
}

fn types(numbers: bool, flags: bool) -> Vec<&'static str> {
    let all = [("string", true), ("integer", numbers), ("boolean", flags)];
    all.into_iter().filter(|(_, may)| *may).map(|(name, _)| name).collect()
}

fn described(mut schema: Value, metric: &Metric) -> Value {
    let definition = metric.definition();
    schema["description"] = format!("{} ({})", definition.about, forms(definition.unit)).into();
    schema
}
