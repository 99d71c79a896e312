import assert from "node:assert/strict";
import test from "node:test";
import { comparing, open } from "./browser.mjs";

for (const name of comparing.slice(0, 3)) {
  test(`${name}: what is zoomed into follows the filter`, async () => {
    const { page, seen, close } = await open(name);
    const first = page.locator("section[data-result]").first();
    const figures = JSON.parse(await first.locator("script[data-figures]").textContent());
    const drawn = figures.cells.filter((cell) => cell.percentiles.length > 0);
    const lines = () => first.locator(".zoom .u-legend .u-series").count();
    if (drawn.length > 0) {
      assert.equal(await lines(), 1 + Math.min(8, drawn.length));
      const one = drawn.at(-1).id;
      if (!/;|^\s|\s$/.test(one)) {
        await first.locator("input[type=search]").fill(one);
        assert.ok((await lines()) >= 2);
      }
      for (const words of ["closer", "right", "left", "further", "all"]) {
        await first.locator(".zoom button", { hasText: words }).click();
      }
      await first.locator(".zoom select").selectOption("rate over time");
    }
    assert.deepEqual(seen, []);
    await close();
  });

  test(`${name}: a heat map can be drawn over any two axes`, async () => {
    const { page, seen, close } = await open(name);
    const heat = page.locator("[data-heat]").first();
    if ((await heat.count()) > 0 && (await heat.isVisible())) {
      const [kind, down, across] = [0, 1, 2].map((at) => heat.locator("select").nth(at));
      for (let at = 0; at < (await kind.locator("option").count()); at += 1) {
        await kind.selectOption(String(at));
        assert.ok((await heat.locator("td").count()) > 0);
      }
      await across.selectOption(await down.inputValue());
      assert.equal(await heat.locator("td").count(), 0);
    }
    assert.deepEqual(seen, []);
    await close();
  });
}
