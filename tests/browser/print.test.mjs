import assert from "node:assert/strict";
import test from "node:test";
import { open, pages } from "./browser.mjs";

for (const name of pages.slice(0, 20)) {
  test(`${name}: printed, it is black on white, without what only a screen can do`, async () => {
    const { page, seen, close } = await open(name, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    const look = await page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      text: getComputedStyle(document.body).color,
      controls: [...document.querySelectorAll("input, select, button")].filter((one) => one.checkVisibility() && !one.closest("th")).length,
      answer: document.querySelector(".answer")?.checkVisibility(),
    }));
    assert.deepEqual(look, { ground: "rgb(255, 255, 255)", text: "rgb(0, 0, 0)", controls: 0, answer: true });
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.deepEqual(seen, []);
    await close();
  });
}
