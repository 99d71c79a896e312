//! The page of results: one file that needs nothing else, in which everything can be found and nothing of others runs.

#[path = "paired/builds.rs"]
mod builds;
mod harness;
#[path = "compare/made.rs"]
mod made;
#[path = "report/sample.rs"]
mod sample;

#[path = "html/answer.rs"]
mod answer;
#[path = "html/beside.rs"]
mod beside;
#[path = "html/bounds.rs"]
mod bounds;
#[path = "html/browser.rs"]
mod browser;
#[path = "outputs/documents.rs"]
mod documents;
#[path = "html/hostile.rs"]
mod hostile;
#[path = "html/kept.rs"]
mod kept;
#[path = "html/open.rs"]
mod open;
#[path = "html/parsed.rs"]
mod parsed;
#[path = "html/scenario_text.rs"]
mod scenario_text;
#[path = "html/vendored.rs"]
mod vendored;
#[path = "html/whole.rs"]
mod whole;
