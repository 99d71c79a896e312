"""Counts what one exchange costs both sides together, in user-space instructions and in readings of
the clock, and compares that with the numbers in expected.json. Unlike a time, such a count is the
same on a busy machine. Builds the program first, as the checks build it.

    python3 benches/instructions             # exit code 1: a shape grew by more than 3 %
    python3 benches/instructions --write     # take the numbers anew
    python3 benches/instructions --framings  # what each framing costs; with --write into docs/choose-a-framing.md
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from statistics import median

sys.dont_write_bytecode = True
import callgrind  # noqa: E402
import compare  # noqa: E402
import framings  # noqa: E402
from shapes import SHAPES  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EXPECTED = HERE / "expected.json"
GUIDE = ROOT / "docs/choose-a-framing.md"

# The larger of the two message counts, over the smaller. Start-up, loading and linking of plugins,
# and the first growth of buffers are in both, and so not in the difference.
TIMES = 5

# A shape is counted once. If its number is another than expected, or is to be written down, it is
# counted so many times, and the median holds.
RUNS = 3

# How often a round is tried that cannot be played.
TRIES = 3


def main():
    arguments = argparse.ArgumentParser("python3 benches/instructions", description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="write the numbers to expected.json")
    arguments.add_argument("--framings", action="store_true",
                           help="count every framing that ships, which decides nothing")
    arguments.add_argument("--shape", default="", help="only shapes whose name contains this")
    arguments.add_argument("--program", type=Path, help="count this build, which decides nothing")
    told = arguments.parse_args()
    if told.write and (told.shape or told.program and not told.framings):
        arguments.error("--write takes all numbers, of the checks' build")
    if not shutil.which("valgrind"):
        return fail("valgrind is missing: apt-get install valgrind")
    expected = json.loads(EXPECTED.read_text())
    shapes = [shape for shape in SHAPES if told.shape in shape.name]
    if told.framings:
        shapes = framings.shapes(told.shape)
    try:
        program = told.program or build(expected["build"])
        known = {} if told.write else expected["shapes"]
        if told.framings:
            numbers = count(program.resolve(), shapes, None)
            if told.write:
                framings.write(GUIDE, numbers)
            print(framings.table(numbers), end="")
            return 0
        numbers = count(program.resolve(), shapes, known)
    except callgrind.Failed as failed:
        return fail(failed)
    build_for = {} if told.program else compiler() | {"clock": callgrind.clock()}
    counted = {"for": build_for, "shapes": numbers}
    if told.shape:
        expected["shapes"] = {k: v for k, v in expected["shapes"].items() if told.shape in k}
    print("\n".join(compare.table(expected, counted)))
    if told.write:
        EXPECTED.write_text(json.dumps(expected | counted, indent=2) + "\n")
        print(f"written to {EXPECTED.relative_to(ROOT)}")
        return 0
    lines, code = compare.judge(expected, counted)
    print("\n".join(lines))
    return code


def build(profile):
    """The program and its plugins, in the profile that the numbers name."""
    settings = {f"CARGO_PROFILE_RELEASE_{key}": value for key, value in profile.items()}
    if subprocess.run(["cargo", "build", "--release"], cwd=ROOT, env=os.environ | settings).returncode:
        raise callgrind.Failed("the program does not build")
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/wirebench"


def compiler():
    told = subprocess.run(["rustc", "-vV"], cwd=ROOT, capture_output=True, text=True).stdout
    return {
        "rustc": re.search("^release: (.*)$", told, re.M)[1],
        "target": re.search("^host: (.*)$", told, re.M)[1],
    }


def count(program, shapes, known):
    """The numbers of each shape, one shape a processor at a time. Without known ones each is counted once."""
    processors = SimpleQueue()
    allowed = sorted(os.sched_getaffinity(0))
    for processor in allowed:
        processors.put(processor)

    def one(shape):
        seen = [difference(program, shape)]
        if known is not None and not compare.agree(known.get(shape.name), seen[0]):
            seen += [difference(program, shape) for _ in range(RUNS - 1)]
        return {key: median(number[key] for number in seen) for key in seen[0]}

    # The longest first, so that no processor is idle at the end.
    begin = sorted(shapes, key=lambda shape: shape.payload != "16 KiB")
    pool = ThreadPoolExecutor(len(allowed), initializer=lambda: callgrind.settle(processors.get()))
    with pool:
        running = {shape.name: pool.submit(one, shape) for shape in begin}
        numbers = {shape.name: running[shape.name].result() for shape in shapes}
    return numbers


def difference(program, shape):
    """What one exchange of a shape costs."""
    few, many = (
        total(program, shape, messages) for messages in (shape.messages, TIMES * shape.messages)
    )
    instructions, readings = (
        (more - less) / ((TIMES - 1) * shape.messages) for less, more in zip(few, many)
    )
    return {"instructions": round(instructions), "clock-readings": round(readings, 2)}


def total(program, shape, messages):
    """On a machine so busy that a round cannot even start in time, the next may."""
    for _ in range(TRIES - 1):
        try:
            return callgrind.count(program, shape.scenario(), messages)
        except callgrind.Failed as failed:
            print(f"{shape.name}: once more, because: {failed}", file=sys.stderr)
    return callgrind.count(program, shape.scenario(), messages)


def fail(why):
    print(f"benches/instructions: {why}", file=sys.stderr)
    return 2


sys.exit(main())
