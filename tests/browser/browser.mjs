// A browser without a network, and the pages that it is to open: those of the folder WIREBENCH_PAGES.

import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after } from "node:test";

const installed = process.env.WIREBENCH_TEST_BROWSER;
const folder = process.env.WIREBENCH_PAGES;
if (!installed || !folder) {
  throw new Error("WIREBENCH_TEST_BROWSER and WIREBENCH_PAGES name the folders of tests/browser/install and of the pages");
}
const { chromium } = createRequire(join(installed, "package.json"))("playwright-core");

export const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
if (pages.length === 0) throw new Error(`there is no page in ${folder}`);

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
after(() => browser.close());

// Opens a page; `seen` is what it did that no page may do: requests, errors, words on the console.
export async function open(name, { hash = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  await context.setOffline(true);
  const page = await context.newPage();
  // A busy machine is slow, and no failure.
  page.setDefaultTimeout(240_000);
  const seen = [];
  const address = pathToFileURL(join(folder, name)).href;
  page.on("console", (said) => seen.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== address) seen.push(`request: ${request.url().slice(0, 200)}`);
  });
  const begun = performance.now();
  await page.goto(hash ? `${address}#${hash}` : address);
  const took = performance.now() - begun;
  return { page, seen, took, address, close: () => context.close() };
}

// The pages whose first result has more than one cell.
export const comparing = pages.filter((name) => readFileSync(join(folder, name), "utf8").split("<tr data-id=", 3).length > 2);
