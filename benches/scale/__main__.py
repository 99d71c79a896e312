"""What ten thousand connections cost beside a hundred: python3 benches/scale.

Needs `cargo build --release` (or WIREBENCH, the program to measure), valgrind for the instructions, and a hard limit
of 10,100 open files (`ulimit -Hn`). Cells take turns, one round each, and medians of the ratios of neighbouring turns
are told. Takes about three minutes, and as long again for the instructions (--no-instructions leaves them out).
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "instructions"))
import callgrind  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("WIREBENCH", str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/wirebench"))
FEW, MANY = 100, 10_000
SIDES = ("client", "server")

CELL = """
schema = 1
name = "scale"
handler = {{ plugin = "echo" }}
framing = "len32be"
[load]
connections = {connections}
in-flight = 1
payload = "{payload}"
warmup = "200ms"
timeout = "60s"
drain = "60s"
rounds = 1
{load}
"""
OPEN = 'model = "open"\nrate = "{}/s"\nduration = "2s"'
CLOSED = "messages = {}"


def play(folder, connections, load, payload="64 B"):
    """The only cell of a run's document."""
    (folder / "scale.toml").write_text(CELL.format(connections=connections, load=load, payload=payload))
    command = [PROGRAM, "run", "scale.toml", "--format", "json", "--out", str(folder / "out")]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode != 0:
        raise SystemExit(f"{connections} connections: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
    cell = json.loads(ran.stdout)["cells"][0]
    exchanges = cell["exchanges"]
    if exchanges["done"] < exchanges["started"]:
        raise SystemExit(f"{connections} connections: {exchanges}")
    return cell


def cpu(cell, side):
    return cell["cpu"][f"{side}_ns_per_message"]


def memory(cell, side):
    return cell["cpu"][f"{side}_peak_memory_bytes"]


def told(what, values, unit=""):
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{what}: {middle:,.2f}{unit} [{low:,.2f}–{high:,.2f}]", flush=True)


def pairs(folder, runs, load, payload="64 B"):
    """Cells of few and of many connections, one directly behind the other; which is first alternates."""
    found = []
    for run in range(runs):
        order = (FEW, MANY) if run % 2 else (MANY, FEW)
        played = {connections: play(folder, connections, load, payload) for connections in order}
        found.append((played[FEW], played[MANY]))
    return found


def opening(cells):
    connects = [many["connects"] for _, many in cells]
    told(f"{MANY:,} connections opened", [one["opening_ns"] / 1e9 for one in connects], " s")
    told("connect, longest", [many["connect_ns"]["max"] / 1e6 for _, many in cells], " ms")
    print(f"first segments sent again: {sum(one['sent_again'] for one in connects)}", flush=True)


def a_message(connections):
    """Instructions of both sides for one more message: what they execute in a round with more messages, less that of
    one with fewer. Opening and closing are in both."""
    few, more = 20_000, 60_000
    cell = CELL.format(connections=connections, load="", payload="64 B")
    counted = [callgrind.count(PROGRAM, cell, messages)[0] for messages in (few, more)]
    return (counted[1] - counted[0]) / (more - few)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", default=5, type=int)
    arguments.add_argument("--no-instructions", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        closed = pairs(folder, given.runs, CLOSED.format(100_000))
        opening(closed)
        for side in SIDES:
            told(f"memory a connection, {side}", [(memory(b, side) - memory(a, side)) / (MANY - FEW) / 1024 for a, b in closed], " KiB")
            told(f"closed, CPU a message, {side}, {MANY:,} against {FEW}", [cpu(b, side) / cpu(a, side) for a, b in closed])
        large = pairs(folder, given.runs, CLOSED.format(40_000), payload="16 KiB")
        for side in SIDES:
            told(f"memory a connection, 16 KiB, {side}", [(memory(b, side) - memory(a, side)) / (MANY - FEW) / 1024 for a, b in large], " KiB")
        # So few that nearly all connections are idle, and so many that turns have several.
        for rate in (500, 10_000):
            idle = pairs(folder, given.runs, OPEN.format(rate))
            for side in SIDES:
                told(f"open, {rate:,} a second, CPU a message, {side}, {MANY:,} against {FEW}", [cpu(b, side) / cpu(a, side) for a, b in idle])
        if not given.no_instructions:
            few, many = (a_message(connections) for connections in (FEW, MANY))
            print(f"instructions a message, both sides: {few:,.0f} and {many:,.0f}, {many / few:.2f}", flush=True)


main()
