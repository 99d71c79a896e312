// What is measured of a page, inside of it. Each gives a few of what is wrong, as texts.

// Texts whose contrast to what is behind them is below that of WCAG 2.2 (1.4.3).
export function pale() {
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
export function cut() {
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

// Pictures without a name, or without their figures in a table.
export function bare() {
  const pictures = [...document.querySelectorAll("main svg:not([aria-hidden])")];
  const isBare = (svg) => {
    const names = (svg.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    const table = svg.closest("figure")?.querySelector("table");
    return svg.getAttribute("role") !== "img" || !names.some((name) => name) || !table;
  };
  return pictures.filter(isBare).map((svg) => svg.outerHTML.slice(0, 120)).slice(0, 5);
}

// Headings that leave out a level, and names that two places have.
export function disorder() {
  const levels = [...document.querySelectorAll("h1,h2,h3,h4")].map((one) => Number(one.tagName[1]));
  const found = levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1).map((level) => `h${level} without one above it`);
  const ids = new Set();
  for (const { id } of document.querySelectorAll("[id]")) {
    if (ids.has(id)) found.push(`two places are called ${id}`);
    ids.add(id);
  }
  return found.slice(0, 5);
}

// What a page looks like in print.
export function printed() {
  const controls = [...document.querySelectorAll("input, select, button")];
  return {
    ground: getComputedStyle(document.body).backgroundColor,
    text: getComputedStyle(document.body).color,
    controls: controls.filter((one) => one.checkVisibility() && !one.closest("th")).length,
    answer: document.querySelector(".answer")?.checkVisibility(),
  };
}

// What stands beyond the right edge of the window.
export function beyond() {
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  const shown = out.filter((one) => !one.closest(".wide *, .sheet *, pre *, .plot *"));
  return shown.map((one) => `${one.tagName}.${one.className}#${one.id}`).slice(0, 5).join(" ");
}
