import assert from "node:assert/strict";
import test from "node:test";
import { comparing, open } from "./browser.mjs";

const named = (page) => page.locator("section[data-result]").first();
const rows = (page) => named(page).locator("table.cells tbody tr");
const ids = (page) => rows(page).evaluateAll((all) => all.filter((row) => !row.hidden).map((row) => row.dataset.id.replaceAll("\n", "\\n")));

for (const name of comparing.slice(0, 4)) {
  test(`${name}: each column sorts down, up and as it was, and what has no figure stays behind`, async () => {
    const { page, seen, close } = await open(name);
    const asItWas = await ids(page);
    const heads = named(page).locator("table.cells thead th");
    for (let column = 0; column < (await heads.count()); column += 1) {
      const head = heads.nth(column);
      const values = () =>
        rows(page).evaluateAll((all, at) => all.map((row) => row.cells[at].dataset.value).map((value) => (value === undefined ? null : Number(value))), column);
      for (const order of ["ascending", "descending"]) {
        await head.locator("button").click();
        assert.equal(await head.getAttribute("aria-sort"), order);
        if (!(await head.getAttribute("class"))?.includes("number")) continue;
        const all = await values();
        const figures = all.filter((value) => value !== null);
        assert.deepEqual(all.slice(figures.length).filter((value) => value !== null), []);
        const sorted = [...figures].sort((a, b) => (order === "ascending" ? a - b : b - a));
        assert.deepEqual(figures, sorted);
      }
      await head.locator("button").click();
      assert.equal(await head.getAttribute("aria-sort"), null);
      assert.deepEqual(await ids(page), asItWas);
    }
    assert.deepEqual(seen, []);
    await close();
  });

  test(`${name}: the filter leaves the cells that --filter would leave`, async () => {
    const { page, close } = await open(name);
    const figures = JSON.parse(await named(page).locator("script[data-figures]").textContent());
    const input = named(page).locator("input[type=search]");
    const all = await ids(page);
    const last = figures.cells.at(-1);
    const expected = (of) => figures.cells.filter(of).map((cell) => cell.id);
    for (const [axis, { key }] of figures.axes.entries()) {
      await input.fill(`${key}=${last.at[axis]}`);
      const wanted = expected((cell) => cell.at[axis] === last.at[axis]);
      // A blank or a semicolon at the end of a value would be taken for the input's own.
      if (/;|^\s|\s$/.test(last.at[axis])) continue;
      assert.deepEqual(await ids(page), wanted, key);
    }
    await input.fill(last.id.slice(0, 200).replaceAll(";", ""));
    await input.fill("no cell is called so");
    assert.deepEqual(await ids(page), []);
    await input.fill("");
    assert.deepEqual(await ids(page), all);
    await close();
  });

  test(`${name}: the keyboard alone reaches the filter, a column and a cell`, async () => {
    const { page, close } = await open(name);
    const reached = new Set();
    for (let step = 0; step < 400 && reached.size < 3; step += 1) {
      await page.keyboard.press("Tab");
      const what = await page.evaluate(() => {
        const at = document.activeElement;
        if (at.matches("input[type=search]")) return "filter";
        if (at.matches("th button")) return "column";
        if (at.matches("tbody th a")) return "cell";
        return "";
      });
      if (what) reached.add(what);
      if (what === "column" && reached.size < 3) {
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.activeElement.closest("th").getAttribute("aria-sort")), "ascending");
      }
    }
    assert.deepEqual([...reached].sort(), ["cell", "column", "filter"]);
    await close();
  });
}
