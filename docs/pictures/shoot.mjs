// Photographs a report and what a terminal showed: shoot.mjs REPORT PICTURE TERMINAL PICTURE.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [report, reportPicture, terminal, terminalPicture] = process.argv.slice(2);
const { chromium } = createRequire(join(process.env.WIREBENCH_TEST_BROWSER, "package.json"))("playwright-core");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

const page = await browser.newPage({ viewport: { width: 1000, height: 1500 }, colorScheme: "light" });
await page.goto(pathToFileURL(resolve(report)).href);
// From the answer to the second picture.
const end = await page.locator("figure.picture").nth(1).boundingBox();
await page.screenshot({ path: reportPicture, clip: { x: 0, y: 0, width: 1000, height: Math.ceil(end.y + end.height) }, fullPage: true });

// The colours of a terminal, as far as wirebench uses them.
const COLORS = { 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 36: "#79c0ff" };

// Text with the choice of colours, as elements.
function colored(text) {
  const lines = document.createElement("pre");
  let [style, rest] = ["", text];
  while (rest !== "") {
    const next = /\x1b\[([\d;]*)m/.exec(rest);
    const span = document.createElement("span");
    span.textContent = rest.slice(0, next?.index ?? rest.length);
    span.style.cssText = style;
    lines.append(span);
    if (next === null) break;
    for (const code of next[1].split(";").map(Number)) {
      if (code === 0) style = "";
      if (code === 1) style += "font-weight:bold;";
      if (code === 2) style += "opacity:.65;";
      if (COLORS[code]) style += `color:${COLORS[code]};`;
      if (code === 39) style += "color:inherit;";
    }
    rest = rest.slice(next.index + next[0].length);
  }
  return lines;
}

const screen = await browser.newPage({ viewport: { width: 1000, height: 600 } });
await screen.setContent('<body style="margin:0;background:#0d1117;color:#e6edf3;font:14px/1.35 monospace;width:max-content"></body>');
await screen.evaluate(`const COLORS = ${JSON.stringify(COLORS)}; ${colored}; document.body.append(colored(${JSON.stringify(readFileSync(terminal, "utf8").trimEnd())}))`);
await screen.addStyleTag({ content: "pre { margin: 0; padding: 14px; font: inherit; }" });
await screen.locator("pre").screenshot({ path: terminalPicture });
await browser.close();
