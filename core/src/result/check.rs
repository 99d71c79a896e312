//! Reading a document back: nothing in it is believed that its own figures contradict.

use super::document::{Blame, CellResult, Document, SCHEMA, Times, Verdicts};
use crate::judge::Verdict;

pub(super) fn read(text: &str) -> Result<Document, String> {
    #[derive(serde::Deserialize)]
    struct Schema {
        schema: String,
    }
    let schema: Schema = serde_json::from_str(text)
        .map_err(|error| format!("this is not a result document: {error}"))?;
    if schema.schema != SCHEMA {
        return Err(format!("its schema is `{}`, but this reads `{SCHEMA}`", schema.schema));
    }
    let mut document: Document =
        serde_json::from_str(text).map_err(|error| format!("the document is damaged: {error}"))?;
    for cell in &document.cells {
        check(cell).map_err(|cause| format!("cell {}: {cause}", cell.id))?;
    }
    super::complete(&mut document.cells);
    Ok(document)
}

fn check(cell: &CellResult) -> Result<(), String> {
    verdicts("requests", &cell.integrity.request)?;
    if let Some(replies) = &cell.integrity.reply {
        verdicts("replies", replies)?;
    }
    if let Some(link) = &cell.link {
        blame("requests", Some(&cell.integrity.request), link.request.blame.as_ref())?;
        blame("replies", cell.integrity.reply.as_ref(), link.reply.blame.as_ref())?;
    }
    let ends = &cell.exchanges;
    let ended = [ends.done, ends.wrong, ends.rejected, ends.damaged, ends.unanswered];
    if sum(ended) != Some(ends.started) {
        return Err(format!("{} exchanges were started, but not as many ended", ends.started));
    }
    for (name, times) in [
        ("latency_ns", &cell.latency_ns),
        ("oneway_request_ns", &cell.oneway_request_ns),
        ("service_ns", &cell.service_ns),
        ("oneway_reply_ns", &cell.oneway_reply_ns),
        ("connect_ns", &cell.connect_ns),
        ("damaged_latency_ns", &cell.damaged_latency_ns),
    ] {
        let recomputed = times.histogram.as_ref().map(Times::of).unwrap_or_default();
        if recomputed != *times {
            return Err(format!("`{name}` does not say what its own histogram says"));
        }
    }
    Ok(())
}

fn verdicts(name: &str, verdicts: &Verdicts) -> Result<(), String> {
    if sum(Verdict::ALL.map(|verdict| verdicts.get(verdict))) == Some(verdicts.sent) {
        Ok(())
    } else {
        Err(format!("{} {name} were sent, but their verdicts do not add up to that", verdicts.sent))
    }
}

/// Everything that is not intact is somebody's, where it can be told.
fn blame(name: &str, verdicts: Option<&Verdicts>, blame: Option<&Blame>) -> Result<(), String> {
    use Verdict::{Intact, Unjudged, Unsendable};
    let Some((verdicts, blame)) = verdicts.zip(blame) else { return Ok(()) };
    let left_out = sum([Intact, Unjudged, Unsendable].map(|verdict| verdicts.get(verdict)));
    let damaged = left_out.and_then(|left_out| verdicts.sent.checked_sub(left_out));
    let parts = [blame.header, blame.payload, blame.between, blame.collateral];
    if damaged.is_some()
        && sum([blame.framing, blame.link, blame.nobody]) == damaged
        && sum(parts) == Some(blame.link)
    {
        Ok(())
    } else {
        Err(format!("what is to blame for {name} that are not intact does not add up to them"))
    }
}

fn sum(counts: impl IntoIterator<Item = u64>) -> Option<u64> {
    counts.into_iter().try_fold(0u64, u64::checked_add)
}
