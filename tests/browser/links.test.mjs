import assert from "node:assert/strict";
import test from "node:test";
import { comparing, open } from "./browser.mjs";

for (const name of comparing.slice(0, 4)) {
  test(`${name}: the address of a cell opens it, with a script and without one`, async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, seen, address, close } = await open(name, { javaScriptEnabled });
      const href = await page.locator("table.cells tbody th a").last().getAttribute("href");
      await page.goto(`${address}${href}`);
      const cell = page.locator("details.cell:target, details.cell:has(:target)");
      assert.equal(await cell.count(), 1, href);
      if (javaScriptEnabled) {
        assert.ok(await cell.evaluate((one) => one.open));
        assert.ok(await cell.locator("> summary").evaluate((one) => one.getBoundingClientRect().top < innerHeight));
      }
      assert.deepEqual(seen, []);
      await close();
    }
  });

  test(`${name}: the address of a cell may be written with the blanks of its id`, async () => {
    const { page, close } = await open(name);
    const id = await page.locator("table.cells tbody tr").last().getAttribute("data-id");
    // A percent sign means something else in an address.
    if (id.includes("%")) return close();
    await page.evaluate((id) => { location.hash = `cell=${id}`; }, id);
    await page.waitForFunction(() => document.querySelectorAll("details.cell[open]").length === 1);
    await close();
  });

  test(`${name}: every link leads to a place of the page`, async () => {
    const { page, close } = await open(name);
    const lost = await page.evaluate(() =>
      [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")).filter((href) => !document.getElementById(decodeURIComponent(href.slice(1)))));
    assert.deepEqual(lost, []);
    await close();
  });
}
