"""Reads one output with the reader that is named, and prints what that says as JSON."""
import json
import sys


def junit(file):
    """The counts of junitparser, and its tests."""
    from junitparser import JUnitXml

    xml = JUnitXml.fromfile(file)
    xml.update_statistics()
    cases = [case.name for suite in xml for case in suite]
    return {
        "failures": xml.failures,
        "errors": xml.errors,
        "skipped": xml.skipped,
        "cases": cases,
    }


def openmetrics(file):
    """How many series prometheus_client reads, and of which scenarios."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    with open(file, encoding="utf-8", newline="") as text:
        families = list(text_string_to_metric_families(text.read()))
    samples = [sample for family in families for sample in family.samples]
    return {
        "series": len(samples),
        "scenarios": sorted({sample.labels["scenario"] for sample in samples}),
    }


def hdr_log(file):
    """What hdrhistogram reads of each interval."""
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogReader

    reader = HistogramLogReader(file, HdrHistogram(1, 3600 * 10**9, 3))
    intervals = []
    while True:
        read = reader.get_next_interval_histogram()
        if read is None:
            return intervals
        intervals.append({
            "tag": read.get_tag(),
            "count": read.get_total_count(),
            "max": read.get_max_value(),
            "p50": read.get_value_at_percentile(50),
            "p99": read.get_value_at_percentile(99),
        })


READERS = {"junit": junit, "openmetrics": openmetrics, "hdr-log": hdr_log}
print(json.dumps(READERS[sys.argv[1]](sys.argv[2])))
