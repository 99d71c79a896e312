// Zooming into latencies and rounds, with uPlot. What answers the question is drawn without it.

// Lines at a time: those of the first cells that the filter leaves.
const LINES = 8;
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

function color(place, name) {
  return getComputedStyle(place).getPropertyValue(name).trim() || "gray";
}

function percentile(nines) {
  const share = 100 * (1 - 10 ** -nines);
  return nines === 0 ? "0 %" : `${Number(share.toFixed(Math.max(0, Math.ceil(nines) - 2) + 1))} %`;
}

// What uPlot draws: x and a line for each of these cells.
const VIEWS = [
  {
    name: "latency by percentile",
    data: (figures, cells) => {
      const x = figures.tail.map((longer) => -Math.log10(longer));
      return [x, ...cells.map((cell) => x.map((_, at) => cell.percentiles[at] ?? null))];
    },
    x: (nines) => percentile(nines),
    y: (figure) => written(figure, 1),
    log: true,
  },
  {
    name: "rate over time",
    data: (_, cells) => uPlot.join(cells.map((cell) => [cell.rounds.map((round) => round[0]), cell.rounds.map((round) => round[1])])),
    x: (seconds) => `${Number(seconds.toPrecision(4))} s`,
    y: (figure) => written(figure, 0),
    log: false,
  },
];

// Adds the picture; returns what draws it for these cells.
function zoomable(place, figures) {
  const plotAt = made("div", { className: "plot" });
  let [plot, cells] = [null, []];
  const draw = () => {
    plot?.destroy();
    const view = VIEWS[Number(select.value)];
    const shown = cells.map((number) => figures.cells[number]).filter((cell) => cell.percentiles.length > 0).slice(0, LINES);
    plotAt.replaceChildren();
    plot = null;
    left.textContent = cells.length > shown.length ? `${shown.length} of ${cells.length} cells that the filter leaves` : "";
    if (shown.length === 0) return;
    const axis = { stroke: color(place, "--text"), grid: { stroke: color(place, "--line") }, ticks: { stroke: color(place, "--line") } };
    plot = new uPlot({
      width: Math.max(300, place.clientWidth),
      height: 340,
      scales: { x: { time: false }, y: view.log ? { distr: 3 } : { range: (_, __, most) => [0, most * 1.05] } },
      axes: [
        { ...axis, values: (_, all) => all.map(view.x) },
        { ...axis, size: 80, values: (_, all) => all.map((figure) => (figure === null ? "" : view.y(figure))) },
      ],
      series: [
        { label: view.log ? "percentile" : "began after", value: (_, x) => (x === null ? "–" : view.x(x)) },
        ...shown.map((cell, number) => ({
          label: cell.id,
          stroke: color(place, `--picture-${1 + (number % 8)}`),
          dash: DASHES[Math.floor(number / 2) % DASHES.length],
          width: 2,
          spanGaps: true,
          value: (_, y) => (y === null ? "–" : view.y(y)),
        })),
      ],
    }, view.data(figures, shown), plotAt);
  };
  const [label, select] = choice("Zoom into", VIEWS.map((view) => view.name), 0, draw);
  const left = made("span", { className: "quiet" });
  const scale = (factor, shift) => () => {
    if (plot === null) return;
    const { min, max } = plot.scales.x;
    const [middle, half] = [(min + max) / 2 + shift * (max - min), ((max - min) / 2) * factor];
    plot.setScale("x", { min: middle - half, max: middle + half });
  };
  const button = (words, does) => {
    const one = made("button", { type: "button", textContent: words });
    one.addEventListener("click", does);
    return one;
  };
  place.append(label, button("closer", scale(0.5, 0)), button("further", scale(2, 0)), button("left", scale(1, -0.25)),
    button("right", scale(1, 0.25)), button("all", draw), left, plotAt);
  place.hidden = false;
  addEventListener("resize", () => plot?.setSize({ width: Math.max(300, place.clientWidth), height: 340 }));
  return { show: (numbers) => { cells = numbers; draw(); }, draw };
}
