// How long a browser takes to open a page, in milliseconds, five times: open.mjs FILE.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { chromium } = createRequire(join(process.env.WIREBENCH_TEST_BROWSER, "package.json"))("playwright-core");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const took = [];
for (let turn = 0; turn < 5; turn += 1) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const page = await context.newPage();
  const begun = performance.now();
  await page.goto(pathToFileURL(resolve(process.argv[2])).href);
  took.push(Math.round(performance.now() - begun));
  await context.close();
}
await browser.close();
console.log(JSON.stringify(took));
