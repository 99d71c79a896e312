//! Results in the formats of other programs: what each says, what it never says, and what other programs read from
//! it.

#[path = "paired/builds.rs"]
mod builds;
mod harness;
#[path = "compare/made.rs"]
mod made;
#[path = "report/sample.rs"]
mod sample;

#[path = "outputs/csv.rs"]
mod csv;
#[path = "outputs/documented.rs"]
mod documented;
#[path = "outputs/documents.rs"]
mod documents;
#[path = "outputs/every.rs"]
mod every;
#[path = "outputs/files.rs"]
mod files;
#[path = "outputs/foreign.rs"]
mod foreign;
#[path = "outputs/github.rs"]
mod github;
#[path = "outputs/go_bench.rs"]
mod go_bench;
#[path = "outputs/histograms.rs"]
mod histograms;
#[path = "outputs/junit.rs"]
mod junit;
#[path = "outputs/markdown.rs"]
mod markdown;
#[path = "outputs/openmetrics.rs"]
mod openmetrics;
#[path = "outputs/replayed.rs"]
mod replayed;
