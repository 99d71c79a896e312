import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import test from "node:test";
import { open, pages } from "./browser.mjs";
import { bare, beyond, cut, disorder, pale, printed } from "./measures.mjs";

// Screenshots, for people to look at.
const shots = process.env.WIREBENCH_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

for (const name of pages) {
  test(name, async (t) => {
    const { page, seen, took, close } = await open(name);
    await t.test("it opens without a request, an error or a word on the console", async () => {
      assert.ok((await page.title()).endsWith("wirebench"));
      assert.ok((await page.locator("section.result h1").count()) > 0);
      t.diagnostic(`opened in ${Math.round(took)} ms`);
    });
    await t.test("every picture has a name and its figures in a table, and headings are in order", async () => {
      assert.deepEqual(await page.evaluate(bare), []);
      assert.deepEqual(await page.evaluate(disorder), []);
    });
    for (const colorScheme of ["light", "dark"]) {
      await t.test(`every text can be read in the ${colorScheme} theme, and no picture cuts one off`, async () => {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await page.evaluate(pale), []);
        assert.deepEqual(await page.evaluate(cut), []);
        if (shots) await page.screenshot({ path: `${shots}/${name}.${colorScheme}.png`, fullPage: true });
      });
    }
    await t.test("printed, it is black on white, without what only a screen can do", async () => {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      assert.deepEqual(await page.evaluate(printed), { ground: "rgb(255, 255, 255)", text: "rgb(0, 0, 0)", controls: 0, answer: true });
      await page.emulateMedia({ media: "screen" });
    });
    for (const width of [1200, 390]) {
      await t.test(`it fits a window of ${width} pixels`, async () => {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `it is ${wide} wide: ${await page.evaluate(beyond)}`);
      });
    }
    assert.deepEqual(seen, []);
    await close();
  });

  test(`${name} without any script`, async () => {
    const { page, seen, close } = await open(name, { javaScriptEnabled: false });
    const first = page.locator("section[data-result]").first();
    assert.ok(await first.locator(".answer").isVisible());
    assert.ok((await first.locator("table.cells tbody tr").count()) > 0 || (await first.locator(".warning").count()) > 0);
    // What only a script could do is not offered.
    assert.equal(await page.locator("input, select, button").count(), 0);
    assert.deepEqual(seen, []);
    await close();
  });
}

test("the theme can be chosen, whatever the system says", async () => {
  const { page, close } = await open(pages[0], { colorScheme: "dark" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.locator(".theme select").selectOption("light");
  const light = await ground();
  assert.equal(light, "rgb(255, 255, 255)");
  assert.notEqual(dark, light);
  await page.locator(".theme select").selectOption("as the system");
  assert.equal(await ground(), dark);
  await close();
});

test("it prints as a document of pages", async () => {
  const { page, close } = await open(pages[0]);
  const pdf = await page.pdf({ format: "A4" });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  await close();
});
