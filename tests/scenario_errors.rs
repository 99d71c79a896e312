//! Mistakes in a scenario: each is shown with its line, column and remedy, all of a file at once.

#[path = "scenario_errors/combinations.rs"]
mod combinations;
#[path = "scenario_errors/datagrams.rs"]
mod datagrams;
#[path = "scenario_errors/expectations.rs"]
mod expectations;
#[path = "scenario_errors/garbage.rs"]
mod garbage;
#[path = "scenario_errors/keys.rs"]
mod keys;
#[path = "scenario_errors/link.rs"]
mod link;
#[path = "scenario_errors/matrix.rs"]
mod matrix;
#[path = "scenario_errors/open_loop.rs"]
mod open_loop;
#[path = "scenario_errors/options.rs"]
mod options;
#[path = "scenario_errors/processors.rs"]
mod processors;
#[path = "scenario_errors/relative.rs"]
mod relative;
#[path = "harness/schema.rs"]
mod schema;
#[path = "scenario_errors/search.rs"]
mod search;
#[path = "scenario_errors/servers.rs"]
mod servers;
#[path = "scenario_errors/support.rs"]
mod support;
#[path = "scenario_errors/syntax.rs"]
mod syntax;
#[path = "scenario_errors/values.rs"]
mod values;
