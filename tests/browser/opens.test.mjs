import assert from "node:assert/strict";
import test from "node:test";
import { open, pages } from "./browser.mjs";

for (const name of pages) {
  test(`${name} opens without a request, an error or a word on the console`, async () => {
    const { page, seen, took, close } = await open(name);
    assert.deepEqual(seen, []);
    assert.ok((await page.title()).endsWith("wirebench"));
    assert.ok((await page.locator("section.result h1").count()) > 0);
    console.log(`    opened in ${Math.round(took)} ms`);
    await close();
  });

  test(`${name} shows the answer, the pictures and the table without any script`, async () => {
    const { page, seen, close } = await open(name, { javaScriptEnabled: false });
    assert.deepEqual(seen, []);
    const first = page.locator("section[data-result]").first();
    assert.ok(await first.locator(".answer").isVisible());
    assert.ok((await first.locator("table.cells tbody tr").count()) > 0 || (await first.locator(".warning").count()) > 0);
    // What only a script could do is not offered.
    assert.equal(await page.locator("input, select, button").count(), 0);
    await close();
  });

  for (const width of [1200, 390]) {
    test(`${name} fits a window of ${width} pixels`, async () => {
      const { page, close } = await open(name, { viewport: { width, height: 800 } });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `it is ${wide} wide`);
      await close();
    });
  }
}
