// Puts the parts together when the page is there.

// Opens the cell that the address names.
function follow() {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // It is no address of ours, and names nothing.
  }
  const found = document.getElementById(name) ?? document.getElementById(name.replace(/\s/g, "_"));
  const cell = found?.closest("details.cell");
  if (cell) {
    cell.open = true;
    cell.scrollIntoView();
  }
}

function themes(redraw) {
  const select = made("select");
  for (const name of ["as the system", "light", "dark"]) select.append(made("option", { textContent: name }));
  select.addEventListener("change", () => {
    if (select.selectedIndex === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = select.value;
    redraw();
  });
  document.querySelector(".top").append(made("label", { className: "theme" }, "Theme ", select));
}

const zooms = [];
for (const section of document.querySelectorAll("section[data-result]")) {
  const figures = JSON.parse(section.querySelector("script[data-figures]").textContent);
  const table = section.querySelector("table[data-cells]");
  const zoom = zoomable(section.querySelector("[data-zoom]"), figures);
  zooms.push(zoom);
  sortable(table);
  filterable(section.querySelector("[data-filter]"), table, figures, zoom.show);
  const heat = section.querySelector("[data-heat]");
  if (heat) ownHeat(heat, figures);
}
themes(() => zooms.forEach((zoom) => zoom.draw()));
addEventListener("hashchange", follow);
follow();
