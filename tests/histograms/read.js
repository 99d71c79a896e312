// Reads histograms, one a line, and prints what npm's hdr-histogram-js says of each.
const { decodeFromCompressedBase64 } = require("hdr-histogram-js");

for (const line of require("fs").readFileSync(0, "utf8").trim().split("\n")) {
  const read = decodeFromCompressedBase64(line);
  console.log(JSON.stringify({
    count: read.totalCount,
    min: read.minNonZeroValue,
    max: read.maxValue,
    mean: read.mean,
    percentiles: [50, 90, 99, 99.9, 99.99].map((p) => read.getValueAtPercentile(p)),
  }));
}
