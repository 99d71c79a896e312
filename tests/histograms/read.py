"""Reads histograms, one a line, and prints what PyPI's hdrhistogram says of each."""
import json
import sys

from hdrh.histogram import HdrHistogram

for line in sys.stdin:
    read = HdrHistogram.decode(line.strip())
    print(json.dumps({
        "count": read.get_total_count(),
        "min": read.get_min_value(),
        "max": read.get_max_value(),
        "mean": read.get_mean_value(),
        "percentiles": [read.get_value_at_percentile(p) for p in (50, 90, 99, 99.9, 99.99)],
    }))
