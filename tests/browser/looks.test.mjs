import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import test from "node:test";
import { open, pages } from "./browser.mjs";

// Screenshots, for people to look at.
const shots = process.env.WIREBENCH_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

// Texts whose contrast to what is behind them is below that of WCAG 2.2 (1.4.3).
function pale() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) =>
    [r, g, b].map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let count = 0; walker.nextNode() && count < 4000; count += 1) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style, svg, .zoom")) continue;
    if (!element.checkVisibility()) continue;
    const [text, behind] = [channels(getComputedStyle(element).color), ground(element)].map(luminance);
    const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)} (${element.className})`);
  }
  return [...new Set(found)].slice(0, 5);
}

// Texts of pictures that stand out of their picture.
function cut() {
  const found = [];
  for (const svg of document.querySelectorAll("main svg")) {
    const box = svg.getBoundingClientRect();
    if (box.width === 0) continue;
    for (const text of svg.querySelectorAll("text")) {
      const at = text.getBoundingClientRect();
      if (at.width > 0 && (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 || at.bottom > box.bottom + 1)) {
        found.push(`${text.textContent.slice(0, 40)} in ${svg.getAttribute("aria-labelledby")}`);
      }
    }
  }
  return found.slice(0, 5);
}

for (const name of pages) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}: every text can be read in the ${colorScheme} theme, and no picture cuts one off`, async () => {
      const { page, seen, close } = await open(name, { colorScheme });
      assert.deepEqual(await page.evaluate(pale), []);
      assert.deepEqual(await page.evaluate(cut), []);
      assert.deepEqual(seen, []);
      if (shots) await page.screenshot({ path: `${shots}/${name}.${colorScheme}.png`, fullPage: true });
      await close();
    });
  }

  test(`${name}: every picture has a name, and its figures in a table`, async () => {
    const { page, close } = await open(name);
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll("main svg")].filter((svg) => {
        const names = (svg.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
        const table = svg.closest("figure")?.querySelector("table");
        return svg.getAttribute("role") !== "img" || !names.some((name) => name) || !table;
      }).length);
    assert.equal(bare, 0);
    await close();
  });

  test(`${name}: headings are in order, and nothing has the same name twice`, async () => {
    const { page, close } = await open(name);
    const { levels, twice } = await page.evaluate(() => {
      const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
      return {
        levels: [...document.querySelectorAll("h1,h2,h3,h4")].map((one) => Number(one.tagName[1])),
        twice: ids.filter((id, at) => ids.indexOf(id) !== at && ids.length < 5000),
      };
    });
    assert.equal(levels[0], 1);
    assert.deepEqual(twice, []);
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
