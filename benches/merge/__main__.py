"""How long `wirebench merge` takes for 100 parts of 100 cells, and how much memory.

    cargo build --release && python3 benches/merge

The parts are made of one cell that is measured first.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = CELLS = 100
RUNS = 3


def parts(program, folder, rounds):
    """Writes the parts; returns their files."""
    played = [program, "run", ROOT / "scenarios/ci.toml", "--rounds", str(rounds), "--out", folder / "out", "--quiet"]
    subprocess.run(played, check=True)
    document = json.loads((folder / "out/ci/latest/result.json").read_text())
    cell = {**document["cells"][0], "gates": [], "relative": None, "verdict": "pass"}
    document.update(verdict="pass", interrupted=False)
    ids = [f"load.payload={number} B" for number in range(PARTS * CELLS)]
    plan = [{"id": one, "part": number // CELLS + 1} for number, one in enumerate(ids)]
    files = []
    for part in range(PARTS):
        document["scenario"]["partition"] = {"part": part + 1, "of": PARTS, "cells": plan, "scenarios": ["ci"]}
        document["cells"] = [{**cell, "id": one} for one in ids[part * CELLS : (part + 1) * CELLS]]
        files.append(folder / f"{part}.json")
        files[-1].write_text(json.dumps(document, indent=2))
    return files


def merge(program, folder, files):
    """Seconds that a merge takes, and its memory in MiB."""
    began = time.monotonic()
    child = subprocess.Popen([program, "merge", *files, "-o", folder / "all", "--quiet"])
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, status
    return time.monotonic() - began, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(prog="benches/merge", description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "target/release/wirebench"), help="the release build")
    program = parser.parse_args().program
    for rounds in (3, 24):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            files = parts(program, folder, rounds)
            size = sum(file.stat().st_size for file in files) / 1e6
            runs = [merge(program, folder, files) for _ in range(RUNS)]
            seconds = statistics.median(run[0] for run in runs)
            memory = max(run[1] for run in runs)
            print(f"{rounds} rounds: {size:.0f} MB of parts, {seconds:.1f} s, {memory:.0f} MiB")


if __name__ == "__main__":
    main()
