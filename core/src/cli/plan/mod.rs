//! `wirebench plan`: what would be run, with which load and gates, and for how long.

mod open;
mod search;
mod time;

use super::args::{PlanArgs, ScenarioArgs};
use super::config::effective;
use super::exit::{ExitCode, worst};
use super::files::named_files;
use super::machine::load_fitted;
use super::partition;
use super::preflight;
use super::screen::Screen;
use crate::framing::FramingSpec;
use crate::report::link_setup;
use crate::run::Machine;
use crate::scenario::{
    Cell, Load, Scenario, SessionPolicy, Settings, Sizes, Until, WritePolicy, grouped, means,
    pieces_of,
};
use crate::text::{Page, plural};
use time::Estimate;
pub(super) use time::usual_ns;
use wirebench_values::{Size, Span};

/// Prints the plan of every file.
pub(super) fn plan(
    args: &PlanArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> std::io::Result<ExitCode> {
    let scenario = match effective(&args.scenario, color, err)? {
        Ok(scenario) => scenario,
        Err(code) => return Ok(code),
    };
    let files = match named_files(&scenario, err)? {
        Ok(files) => files,
        Err(code) => return Ok(code),
    };
    if let Some(told) = scenario.applied.told() {
        writeln!(out, "{told}")?;
        writeln!(out)?;
    }
    let (mut codes, mut names, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for file in &files {
        match load_fitted(file, &scenario, &args.filter) {
            Ok(loaded) => {
                names.push(loaded.named.clone());
                if loaded.skipped {
                    scenario.applied.tell_skipped(&loaded, err)?;
                    continue;
                }
                let mut planned = loaded.scenario;
                planned.cells.retain(|cell| selects(&args.filter, cell));
                all.push(planned);
            }
            Err(diagnostics) => {
                err.page(&diagnostics.page(color))?;
                codes.push(ExitCode::INVALID);
            }
        }
    }
    if let Some(wrong) = scenario.applied.strangers(&names).filter(|_| codes.is_empty()) {
        err.page(&wrong.page(color))?;
        codes.push(ExitCode::INVALID);
    }
    if let Some(partition) = args.partition {
        partition::leave(partition, all.iter_mut().collect());
    }
    all.retain(|scenario| !scenario.cells.is_empty());
    let machine = preflight::machine();
    all.iter().try_for_each(|scenario| out.page(&describe(scenario, &machine)))?;
    let estimates: Vec<Estimate> = all.iter().map(Estimate::of).collect();
    out.page(&total(&estimates, &scenario))?;
    if estimates.is_empty() && codes.is_empty() {
        writeln!(err, "error: no cell is selected")?;
        codes.push(ExitCode::NOTHING);
    }
    Ok(worst(&codes))
}

/// What all scenarios come to together, and what holding them against a baseline adds.
fn total(estimates: &[Estimate], args: &ScenarioArgs) -> Page {
    let mut text = Page::new();
    let all = Estimate::sum(estimates);
    let baseline = args.applied.baseline();
    let held_against = baseline.is_there().then(|| baseline.what());
    if estimates.len() > 1 || (held_against.is_some() && !estimates.is_empty()) {
        let scenarios = many(estimates.len() as u64, "scenario");
        text.line(format_args!("{scenarios} in all: {}", all.counts()));
        text.line(format_args!("  {}", all.time()));
    }
    if let (Some(what), false) = (held_against, estimates.is_empty()) {
        text.line(format_args!("held against {what}: {}", all.pairs()));
        text.line(format_args!("  {}", all.paired_time(baseline.budget.as_deref())));
    }
    text
}

/// True when `cell` matches every filter: `key=value` names a value of an axis, anything else is the
/// cell's id or a part of it.
pub fn selects(filters: &[String], cell: &Cell) -> bool {
    filters.iter().all(|filter| {
        let axis = filter
            .split_once('=')
            .and_then(|(key, value)| cell.axes.iter().find(|axis| axis.0 == key).zip(Some(value)));
        match axis {
            Some((axis, value)) => means(&axis.1, value) || cell.id == *filter,
            None => cell.id.contains(filter.as_str()),
        }
    })
}

/// The plan of one scenario as text.
fn describe(scenario: &Scenario, machine: &Machine) -> Page {
    let mut text = Page::new();
    text.line(format_args!("{} ({})", scenario.name, scenario.source));
    if !scenario.about.is_empty() {
        text.line(format_args!("  {}", scenario.about));
    }
    let rounds = u64::from(scenario.rounds);
    let cells = scenario.cells.len() as u64;
    match &scenario.search {
        None => text.line(format_args!(
            "  {} × {} = {}, seed {}",
            many(cells, "cell"),
            many(rounds, "round"),
            many(cells.saturating_mul(rounds), "round"),
            scenario.seed,
        )),
        Some(search) => search::lines(scenario, search).iter().for_each(|line| text.line(line)),
    }
    text.line(format_args!("  {}", Estimate::of(scenario).time()));
    for change in &scenario.changes {
        text.line(format_args!("  changed: {change}"));
    }
    text.line("");
    let shown = search::shown(scenario);
    for cell in shown.iter().map(|number| &scenario.cells[*number]) {
        text.line(&cell.id);
        let settings = &cell.settings;
        text.line(format_args!("  sends   {}", sends(settings)));
        if let Some(starts) = open::starts(&settings.load) {
            text.line(format_args!("  starts  {starts}"));
        }
        text.line(format_args!("  over    {}", over(settings)));
        if let Some(link) = link(cell) {
            text.line(format_args!("  link    {link}"));
        }
        text.line(format_args!("  rounds  {}", ends(&settings.load)));
        for line in preflight::lines(settings, machine) {
            text.line(format_args!("  {line}"));
        }
        let gates: Vec<String> =
            cell.expect.iter().map(|gate| format!("{} {}", gate.metric, gate.text)).collect();
        let gates = if gates.is_empty() { "none".to_owned() } else { gates.join(", ") };
        text.line(format_args!("  expects {gates}"));
        text.line("");
    }
    text
}

fn sends(settings: &Settings) -> String {
    let load = &settings.load;
    let reply = load.reply_payload.as_ref();
    let reply = reply.map_or(String::new(), |sizes| format!(", replies of {}", sizes_text(sizes)));
    let session = match load.session {
        SessionPolicy::Keep => "",
        SessionPolicy::PerExchange => ", a connection per exchange",
    };
    format!(
        "{}{reply}, {} in flight on {}{session}, plugin {}",
        sizes_text(&load.payload),
        grouped(load.in_flight.into()),
        many(load.connections.into(), "connection"),
        settings.handler.plugin,
    )
}

fn sizes_text(sizes: &Sizes) -> String {
    match sizes {
        Sizes::Constant(size) => Size::from_bytes(*size).to_string(),
        Sizes::Cycle(list) if list.len() > 4 => format!(
            "{} sizes from {} to {} in turn",
            list.len(),
            Size::from_bytes(list.iter().copied().min().unwrap_or(0)),
            Size::from_bytes(list.iter().copied().max().unwrap_or(0))
        ),
        Sizes::Cycle(list) => {
            let list: Vec<String> =
                list.iter().map(|size| Size::from_bytes(*size).to_string()).collect();
            format!("{} in turn", list.join(", "))
        }
        Sizes::Uniform(low, high) => {
            format!("{} to {}", Size::from_bytes(*low), Size::from_bytes(*high))
        }
        Sizes::File(path) => format!("the file {path}"),
        Sizes::Lines(path) => format!("the lines of {path}"),
    }
}

fn over(settings: &Settings) -> String {
    let transport = &settings.transport;
    let kind = transport.kind;
    let version = if transport.ipv6 && kind.is_ip() { " (IPv6)" } else { "" };
    let delayed = kind.has_nodelay() && !transport.nodelay;
    let nagle = if delayed { " without nodelay" } else { "" };
    let write = match transport.write {
        WritePolicy::Message => "one write per frame",
        WritePolicy::Batch if kind.has_datagrams() => "the frames of a turn at once",
        WritePolicy::Batch => "one write per turn",
        WritePolicy::HeaderBody => "header and body in two writes",
    };
    let (request, reply) = (&settings.request_framing, &settings.reply_framing);
    let framing = if request == reply {
        framing_text(request)
    } else {
        format!("{} there, {} back", framing_text(request), framing_text(reply))
    };
    let read = Size::from_bytes(transport.read_size);
    let late = match transport.read_delay_ns {
        0 => String::new(),
        ns => format!(" {} late", Span::from_ns(ns)),
    };
    let kind = kind.name();
    format!("{kind}{version}{nagle}, framing {framing}, {write}, reads of up to {read}{late}")
}

fn many(count: u64, one: &str) -> String {
    format!("{} {}", grouped(count), plural(count, one))
}

/// What the link does, and how many pieces it makes.
fn link(cell: &Cell) -> Option<String> {
    let words = link_setup(&cell.settings.link)?;
    let mut text = words.strip_prefix("link: ").unwrap_or(&words).to_owned();
    if let Some(count) = pieces_of(cell) {
        let [request, reply] = count.a_message.map(grouped);
        text.push_str(&format!("; pieces: {request} a request and {reply} a reply"));
        if let Some(all) = count.a_round {
            text.push_str(&format!(", {} a round", grouped(all)));
        }
    }
    Some(text)
}

fn framing_text(spec: &FramingSpec) -> String {
    match &spec.plugin {
        Some(plugin) => format!("{} of plugin {plugin}", spec.kind),
        None => spec.kind.clone(),
    }
}

fn ends(load: &Load) -> String {
    let measured = match load.until {
        Until::Duration(ns) => Span::from_ns(ns).to_string(),
        Until::Messages(count) => many(count, "message"),
    };
    let give_up = match load.give_up {
        0 => String::new(),
        row => format!("; given up after {} in a row", many(row, "time-out")),
    };
    format!(
        "{} warm-up, then {measured}; drained for up to {}; over after {} at most{give_up}",
        Span::from_ns(load.warmup_ns),
        Span::from_ns(load.drain_ns),
        Span::from_ns(load.longest_ns())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Overrides, load};

    fn scenario(more: &str) -> Scenario {
        let text = format!(
            "schema = 1\nname = \"t\"\nhandler = {{ plugin = \"echo\" }}\n{more}\n\
             [matrix]\nframing = [\"raw\", \"len32be\"]\n"
        );
        match load("t.toml", &text, &Overrides::default(), &|_| Err(String::new())) {
            Ok(loaded) => loaded.scenario,
            Err(diagnostics) => panic!("{}", diagnostics.render(false)),
        }
    }

    /// The plan on a machine of which nothing is known.
    fn describe_here(scenario: &Scenario) -> Page {
        describe(scenario, &Machine::default())
    }

    #[test]
    fn a_plan_tells_cells_load_gates_and_time() {
        let text = describe_here(&scenario(
            "[load]\nin-flight = 4\nrounds = 2\nduration = \"980ms\"\n\
             warmup = \"0s\"\ndrain = \"1s\"\n[expect]\nintact = \"100%\"",
        ));
        for wanted in [
            "2 cells × 2 rounds = 4 rounds, seed 42",
            "takes about 4.0 s; at most about 12.0 s",
            "over after 1980 ms at most; given up after 12 time-outs in a row",
            "framing=len32be\n",
            "64 B, 4 in flight on 1 connection, plugin echo",
            "expects intact 100%",
        ] {
            assert!(text.contains(wanted), "`{wanted}` is not in:\n{text}");
        }
    }

    #[test]
    fn cells_that_count_messages_have_no_time() {
        let text = describe_here(&scenario("[load]\nmessages = 100_000"));
        assert!(text.contains("2 of the cells end by their number of messages"), "{text}");
        assert!(text.contains("then 100,000 messages"), "{text}");
    }

    #[test]
    fn the_longest_plan_is_told_in_days() {
        let text = describe_here(&scenario("[load]\nduration = \"1440min\"\nrounds = 10000"));
        assert!(text.contains("takes about 20000 d"), "{text}");
    }

    #[test]
    fn a_filter_takes_values_of_axes_exactly_and_ids_in_part() {
        let scenario = scenario("");
        let count = |filters: &[&str]| {
            let filters: Vec<String> = filters.iter().map(|filter| (*filter).to_owned()).collect();
            scenario.cells.iter().filter(|cell| selects(&filters, cell)).count()
        };
        assert_eq!(count(&[]), 2);
        assert_eq!(count(&["framing=raw"]), 1);
        assert_eq!(count(&["framing=len32"]), 0);
        assert_eq!(count(&["len32"]), 1);
        assert_eq!(count(&["len32", "framing=raw"]), 0);
        assert_eq!(count(&["other=raw"]), 0);
        let last = &scenario.cells[1];
        assert!(selects(std::slice::from_ref(&last.id), last));
    }
}
