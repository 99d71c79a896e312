// Reads one output as npm's hdr-histogram-js does, and prints what that says as JSON.
const fs = require("fs");
const { HistogramLogReader, decodeFromCompressedBase64 } = require("hdr-histogram-js");

const [kind, file] = process.argv.slice(2);
const text = fs.readFileSync(file, "utf8");

function intervals() {
  const reader = new HistogramLogReader(text);
  const all = [];
  for (let read = reader.nextIntervalHistogram(); read; read = reader.nextIntervalHistogram()) {
    all.push({
      tag: read.tag,
      count: read.totalCount,
      max: read.maxValue,
      p50: read.getValueAtPercentile(50),
      p99: read.getValueAtPercentile(99),
    });
  }
  return all;
}

function distribution() {
  return decodeFromCompressedBase64(text.trim()).outputPercentileDistribution(5, 1000);
}

console.log(JSON.stringify(kind === "hdr-log" ? intervals() : distribution()));
