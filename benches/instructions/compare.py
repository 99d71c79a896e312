"""Compares what was counted with the numbers in expected.json. As a program,
`compare.py EXPECTED COUNTED`, it does so with two files of that form."""

import json
import sys

# A number that grows by more than this share of itself fails.
LIMIT = 0.03

# Reading the clock is one instruction where the processor has a counter, however long it takes, so
# these readings have a number of their own. In a batch that is a fraction, and how often the sides
# took turns shows in it: a difference below this one a message would make twice is no finding.
LEAST_READINGS = 0.5

OK, FAILED = 0, 1

HOW_TO_ACCEPT = """\
If a change costs this on purpose, take the numbers anew in the same commit:
    python3 benches/instructions --write"""

COUNTS = f"{'expected':>11}{'counted':>9}{'change':>9}"
HEADING = [
    f"{'':32}{'instructions / exchange':>29}{'clock readings / exchange':>29}",
    f"{'shape':32}{COUNTS}{COUNTS}",
]


def table(expected, counted):
    """A row for each shape that was counted, beside its number."""
    rows = [row(name, expected["shapes"].get(name), now) for name, now in counted["shapes"].items()]
    return [*HEADING, *rows]


def judge(expected, counted):
    """What is to be said about the table, and the exit code."""
    numbers, counts = expected["shapes"], counted["shapes"]
    both = [name for name in counts if name in numbers]
    grown = [name for name in both if grows(numbers[name], counts[name])]
    shrunk = [name for name in both if shrinks(numbers[name], counts[name])]
    unknown = [name for name in counts if name not in numbers]
    gone = [name for name in numbers if name not in counts]
    lines = [f"GREW by more than {LIMIT:.0%}: {name}" for name in grown]
    lines += [f"shrank by more than {LIMIT:.0%}, keep the new number: {name}" for name in shrunk]
    lines += [f"HAS NO NUMBER: {name}" for name in unknown]
    lines += [f"HAS A NUMBER and was not counted: {name}" for name in gone]
    foreign = [
        f"the numbers are for {key} {there}, this is {here}"
        for key, there in expected["for"].items()
        if (here := counted["for"].get(key, "unknown")) != there
    ]
    if foreign:
        return lines + foreign + ["so nothing fails here"], OK
    if grown or unknown or gone:
        return lines + [HOW_TO_ACCEPT], FAILED
    return lines + [f"no shape grew by more than {LIMIT:.0%}"], OK


def grows(before, now):
    return departs(before, now, 1)


def shrinks(before, now):
    return departs(before, now, -1)


def departs(before, now, direction):
    """True when a number has moved in this direction by more than the limits."""
    instructions, readings = (
        direction * (now[key] - before[key]) for key in ("instructions", "clock-readings")
    )
    return (
        instructions > LIMIT * before["instructions"]
        or readings > max(LEAST_READINGS, LIMIT * before["clock-readings"])
    )


def agree(before, now):
    """True when there is a number, and the count is neither much more nor much less."""
    return before is not None and not grows(before, now) and not shrinks(before, now)


def row(name, before, now):
    cells = f"{name:32}"
    for key, digits in [("instructions", 0), ("clock-readings", 2)]:
        there = before[key] if before else None
        change = f"{now[key] / there - 1:+.1%}" if there else "–"
        there = "–" if there is None else f"{there:,.{digits}f}"
        cells += f"{there:>11}{now[key]:>9,.{digits}f}{change:>9}"
    return cells


if __name__ == "__main__":
    expected, counted = (json.load(open(file)) for file in sys.argv[1:])
    lines, code = judge(expected, counted)
    print("\n".join(table(expected, counted) + lines))
    sys.exit(code)
