"""Reads JUnit XML and prints what stands in it as JSON."""
import json
import sys
from xml.etree import ElementTree


def case(element):
    """One test: its attributes, its properties and how it ended."""
    ended = [one for one in element if one.tag in ("failure", "error", "skipped")]
    assert len(ended) <= 1, "a test ends in one way"
    end = ended[0] if ended else None
    return {
        "attributes": element.attrib,
        "properties": {one.get("name"): one.get("value") for one in element.iter("property")},
        "status": "success" if end is None else end.tag,
        "message": None if end is None else end.get("message"),
        "type": None if end is None else end.get("type"),
        "body": None if end is None else end.text,
        "flaky": [one.get("message") for one in element if one.tag in ("flakyFailure", "flakyError")],
    }


root = ElementTree.fromstring(sys.stdin.buffer.read())
assert root.tag == "testsuites"
print(json.dumps({
    "attributes": root.attrib,
    "suites": [
        {"attributes": suite.attrib, "cases": [case(one) for one in suite.iter("testcase")]}
        for suite in root.iter("testsuite")
    ],
}))
