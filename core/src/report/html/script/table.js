// Sorting and filtering the table of a result.

function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// Makes the head of each column a button that sorts by it: down, up, and as it was.
function sortable(table) {
  const body = table.tBodies[0];
  const asItWas = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const figure = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  };
  const text = (row, column) => row.cells[column].textContent;
  const sort = (column, order) => {
    const rows = [...asItWas];
    if (order !== "none") {
      const sign = order === "ascending" ? 1 : -1;
      const numbers = heads[column].classList.contains("number");
      rows.sort((a, b) => {
        if (!numbers) return sign * text(a, column).localeCompare(text(b, column), "en", { numeric: true });
        const [x, y] = [figure(a, column), figure(b, column)];
        // What has no figure is behind all others, whatever the order.
        if (x === null || y === null) return (x === null) - (y === null);
        return sign * (x - y);
      });
    }
    body.append(...rows);
  };
  heads.forEach((head, column) => {
    const button = made("button", { type: "button", textContent: head.textContent, title: "sort" });
    button.addEventListener("click", () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" };
      const order = next[head.getAttribute("aria-sort") ?? "none"];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (order !== "none") head.setAttribute("aria-sort", order);
      sort(column, order);
    });
    head.replaceChildren(button);
  });
}

// Adds the line in which a filter is written; `changed` is told which cells it leaves, by their numbers.
function filterable(place, table, figures, changed) {
  const rows = [...table.tBodies[0].rows];
  const id = `filter-${table.closest("section").dataset.result}`;
  const input = made("input", { id, type: "search", spellcheck: false, autocomplete: "off" });
  const first = figures.axes[0];
  input.placeholder = first ? `${first.key}=${figures.cells[0]?.at[0] ?? ""}` : "a part of an id";
  const count = made("output", { className: "quiet" });
  const filter = () => {
    const left = [];
    figures.cells.forEach((cell, number) => {
      const shown = selects(input.value, figures.axes.map((axis) => axis.key), cell);
      rows[number].hidden = !shown;
      if (shown) left.push(number);
    });
    count.textContent = `${left.length} of ${rows.length} cells`;
    changed(left);
  };
  input.addEventListener("input", filter);
  place.append(
    made("label", { htmlFor: id, textContent: "Filter" }),
    input,
    count,
    made("span", { className: "quiet", textContent: "as --filter has it; several between semicolons" }),
  );
  place.hidden = false;
  filter();
}
