// A heat map over any two axes.

const MAPPED = ["rate", "p50", "p99", "CPU time per message", "intact"];

// Values of an axis that are shown, of the first.
const MOST = 40;

function written(figure, kind) {
  const three = (number) => Number(number.toPrecision(3)).toString();
  const scaled = (number, units) => {
    let unit = 0;
    while (Math.abs(number) >= 999.5 && unit + 1 < units.length) {
      number /= 1000;
      unit += 1;
    }
    return three(number) + units[unit];
  };
  if (kind === 0) return scaled(figure, ["/s", "k/s", "M/s", "G/s"]);
  if (kind === 4) return `${three(100 * figure)} %`;
  return scaled(figure, [" ns", " us", " ms", " s"]);
}

function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function heatMap(figures, kind, down, across) {
  const values = (axis) => [...new Set(figures.cells.map((cell) => cell.at[axis]))];
  const [rows, columns] = [values(down), values(across)].map((all) => all.slice(0, MOST));
  const [points, damaged] = [new Map(), new Set()];
  for (const cell of figures.cells) {
    const figure = cell.figures[kind];
    if (figure === null) continue;
    const key = JSON.stringify([cell.at[down], cell.at[across]]);
    points.set(key, [...(points.get(key) ?? []), figure]);
    // Of damaged cells, only the share of intact messages says something beside others.
    if (cell.damaged && kind !== 4) damaged.add(key);
  }
  const medians = new Map([...points].map(([key, all]) => [key, median(all)]));
  const all = [...medians].filter(([key]) => !damaged.has(key)).map(([, figure]) => figure);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const at = (figure) => (least > 0 ? Math.log(figure) : figure);
  const shade = (figure) =>
    least < most ? Math.min(6, Math.floor((7 * (at(figure) - at(least))) / (at(most) - at(least)))) : 3;
  const head = made("tr", {}, made("th", { scope: "col", textContent: `${figures.axes[down].title} \\ ${figures.axes[across].title}` }));
  head.append(...columns.map((column) => made("th", { scope: "col", textContent: column })));
  const body = made("tbody");
  for (const row of rows) {
    const line = made("tr", {}, made("th", { scope: "row", textContent: row }));
    for (const column of columns) {
      const key = JSON.stringify([row, column]);
      const figure = medians.get(key);
      const point = made("td", { textContent: figure === undefined ? "–" : written(figure, kind) });
      if (damaged.has(key)) point.append("\u00a0†");
      else if (figure !== undefined) point.className = `shade-${shade(figure)}`;
      if ((points.get(key) ?? []).length > 1) point.append(" ", made("small", { textContent: points.get(key).length }));
      line.append(point);
    }
    body.append(line);
  }
  return made("table", {}, made("thead", {}, head), body);
}

function choice(label, names, chosen, changed) {
  const select = made("select");
  names.forEach((name, number) => select.append(made("option", { value: number, textContent: name, selected: number === chosen })));
  select.addEventListener("change", changed);
  return [made("label", {}, `${label} `, select), select];
}

// Adds a heat map of which the axes can be chosen.
function ownHeat(place, figures) {
  if (figures.axes.length < 2) return;
  const drawn = made("div", { className: "wide heat" });
  const draw = () => {
    const [kind, down, across] = chosen.map((select) => Number(select.value));
    if (down === across) {
      drawn.replaceChildren(made("p", { className: "quiet", textContent: "Choose two different axes." }));
    } else {
      drawn.replaceChildren(heatMap(figures, kind, down, across));
    }
  };
  const titles = figures.axes.map((axis) => axis.title);
  const [kindLabel, kind] = choice("A heat map of", MAPPED, 2, draw);
  const [downLabel, down] = choice("by", titles, 0, draw);
  const [acrossLabel, across] = choice("and", titles, 1, draw);
  const chosen = [kind, down, across];
  place.append(kindLabel, downLabel, acrossLabel, drawn);
  place.hidden = false;
  draw();
}
