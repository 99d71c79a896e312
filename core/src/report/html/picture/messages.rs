//! What became of the messages of each cell.

use super::bars::{MOST_CELLS, Rows};
use super::drawing::Key;
use super::groups::First;
use super::looks::of_verdict;
use super::words::Ids;
use super::{Field, Figure, Seen, Table};
use crate::judge::Verdict;
use crate::report::numbers;
use crate::report::table::damage;
use crate::result::document::CellResult;

/// Units that a bar is high.
const BAR: f64 = 14.0;

/// A bar for each cell that was judged; `None` where no message of any is damaged.
pub(super) fn figure(seen: &Seen<'_>, ids: &mut Ids) -> Option<Figure> {
    let cells = &seen.document.cells;
    if !cells.iter().any(CellResult::is_damaged) {
        return None;
    }
    let judged = |at: usize| shares(&cells[at]).is_some();
    let chosen = seen.groups.chosen(seen.document, MOST_CELLS, First::Damaged, judged);
    let rows = Rows::of(seen, &chosen);
    let mut drawing = rows.drawing(false);
    let mut table = Table::new(&["cell", "sent", "intact", "what went wrong"]);
    let mut met = [false; Verdict::ALL.len()];
    rows.names(seen, &mut drawing);
    for row in &rows.rows {
        let cell = &cells[row.cell];
        let Some((counts, sent)) = shares(cell) else { continue };
        let wide = rows.plot.right - rows.plot.left;
        let mut x = rows.plot.left;
        for (at, (verdict, count)) in Verdict::ALL.iter().zip(counts).enumerate() {
            if count == 0 {
                continue;
            }
            met[at] = true;
            let w = wide * (count as f64 / sent as f64);
            let share = numbers::share(count, sent);
            let tip = format!(
                "{}: {share}, {} of {}",
                verdict.word(),
                numbers::count(count),
                numbers::count(sent)
            );
            let (class, hatch) = of_verdict(*verdict);
            let tip = Some(super::bounded(&tip));
            drawing.rect([x, row.y - BAR / 2.0, w, BAR], class, hatch, tip);
            x += w;
        }
        let intact = numbers::share(counts[Verdict::Intact as usize], sent);
        let all_arrived = counts[Verdict::Intact as usize] == sent;
        // All that was sent is intact, and something came that nobody sent.
        let more = if cell.is_damaged() && all_arrived { " + more" } else { "" };
        let expected = if cell.damage_is_expected() { ", expected" } else { "" };
        rows.figure(&mut drawing, row, &format!("{intact}{more}{expected}"));
        table.row(vec![
            Field::linked(&row.name, seen.href(cell)),
            numbers::count(sent).into(),
            intact.into(),
            damage(cell).unwrap_or_default().into(),
        ]);
    }
    let keys = Verdict::ALL.iter().zip(met).filter(|(_, met)| *met).map(|(verdict, _)| {
        let (class, hatch) = of_verdict(*verdict);
        Key::new(verdict.word()).area(class, hatch)
    });
    Some(Figure {
        id: ids.give("messages"),
        title: "What became of the messages".into(),
        about: "All messages of a cell, both directions where both were judged, by what became of them; the figure \
                behind a bar is the share that arrived intact, and + more stands where something came that nobody \
                sent. What is rarer than a hair of the bar stands in the table."
            .into(),
        left_out: chosen.left_out(),
        keys: keys.collect(),
        drawing,
        table: table.bounded(),
    })
}

/// How many messages of a cell came to each verdict, and their sum; `None` where no judge of ours saw any.
fn shares(cell: &CellResult) -> Option<([u64; Verdict::ALL.len()], u64)> {
    let mut counts = [0_u64; Verdict::ALL.len()];
    for (_, verdicts) in cell.integrity.judged() {
        for (count, verdict) in counts.iter_mut().zip(Verdict::ALL) {
            *count = count.saturating_add(verdicts.get(verdict));
        }
    }
    let sum = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    (sum > 0).then_some((counts, sum))
}
