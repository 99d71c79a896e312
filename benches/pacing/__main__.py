"""How late an open loop starts what is due, beside the barest loop in C: python3 benches/pacing.

Needs `cargo build --release` (or WIREBENCH, the program to measure) and a C compiler. The contenders take turns; figures
are medians over the turns, ratios those of neighbouring turns. Takes about four minutes.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAM = os.environ.get("WIREBENCH", str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/wirebench"))
TURNS = int(os.environ.get("TURNS", "5"))
SECONDS = 2

SCENARIO = """
schema = 1
name = "pacing"
handler = {{ plugin = "echo" }}
framing = "len32be"
cpu = {{ wait = "{wait}" }}
load = {{ model = "open", rate = "{rate}/s", connections = {connections}, in-flight = {in_flight}, duration = "{seconds}s",
         rounds = 1, min-achieved = "0%", backlog = 1000000 }}
transport = {{ write = "batch" }}
"""


def bare(loop, rate, *how):
    """p50, p99 in nanoseconds and the achieved share of the loop in C, on the client's processor."""
    processor = sorted(os.sched_getaffinity(0))[-1]
    command = [str(loop), str(rate), str(SECONDS), str(processor), *how]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(words[0]), float(words[1]), float(words[3])


def ours(folder, rate, wait="block", connections=1, in_flight=256):
    """The open loop of one round, and its cell."""
    file = folder / "pacing.toml"
    text = SCENARIO.format(wait=wait, rate=rate, connections=connections, in_flight=in_flight, seconds=SECONDS)
    file.write_text(text)
    document = folder / "pacing.json"
    command = [PROGRAM, "run", str(file), "--out", str(folder / "out"), "-q", "--json", str(document)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    cell = json.loads(document.read_text())["cells"][0]
    return cell["open"], cell


def us(ns):
    return f"{ns / 1000:.1f} us"


def compared(folder, loop):
    print("| rate | bare loop p50 / p99 | wirebench p50 / p99 | p99, ratio [range] | achieved |")
    print("|---|---|---|---|---|")
    for rate in (1_000, 10_000, 100_000):
        turns = []
        for _ in range(TURNS):
            base = bare(loop, rate)
            loop_of_ours, _cell = ours(folder, rate)
            lateness = loop_of_ours["lateness_ns"]
            turns.append((base, (lateness["p50"], lateness["p99"]), loop_of_ours["achieved_share"]))
        ratios = sorted(mine[1] / base[1] for base, mine, _ in turns)
        median = lambda values: statistics.median(values)
        print(
            f"| {rate:,}/s | {us(median(b[0] for b, _, _ in turns))} / {us(median(b[1] for b, _, _ in turns))} "
            f"| {us(median(m[0] for _, m, _ in turns))} / {us(median(m[1] for _, m, _ in turns))} "
            f"| {median(ratios):.2f} [{ratios[0]:.2f}–{ratios[-1]:.2f}] | {100 * median(a for *_, a in turns):.3f} % |",
            flush=True,
        )


def spinning(folder, loop):
    print("\n| spinning, rate | bare loop p50 / p99 | lateness p50 / p99 | slip p99 | achieved |\n|---|---|---|---|---|")
    for rate in (1_000, 10_000, 100_000):
        both = [(bare(loop, rate, "spin"), ours(folder, rate, wait="spin")[0]) for _ in range(TURNS)]
        turns = [mine for _, mine in both]
        base = [statistics.median(their[at] for their, _ in both) for at in (0, 1)]
        median = lambda name, what: statistics.median(turn[name][what] for turn in turns)
        achieved = statistics.median(turn["achieved_share"] for turn in turns)
        print(
            f"| {rate:,}/s | {us(base[0])} / {us(base[1])} | {us(median('lateness_ns', 'p50'))} / {us(median('lateness_ns', 'p99'))} "
            f"| {us(median('slip_ns', 'p99'))} | {100 * achieved:.3f} % |",
            flush=True,
        )


def most(folder):
    print("\n| offered | connections | wait | achieved | p50 / p99 | generator-limited |\n|---|---|---|---|---|---|")
    for rate, connections, wait in ((500_000, 1, "block"), (500_000, 1, "spin"), (1_000_000, 16, "block"), (1_000_000, 16, "spin")):
        turns = [ours(folder, rate, wait, connections, in_flight=1024) for _ in range(TURNS)]
        achieved = statistics.median(loop["achieved_share"] for loop, _ in turns)
        said = sorted({loop["generator_limited"] or "-" for loop, _ in turns})
        times = [(cell["latency_ns"]["p50"], cell["latency_ns"]["p99"]) for _, cell in turns]
        known = lambda at: [one[at] for one in times if one[at] is not None]
        p50, p99 = ([us(statistics.median(known(at)))] if known(at) else ["–"] for at in (0, 1))
        print(
            f"| {rate:,}/s | {connections} | {wait} | {100 * achieved:.2f} % | {p50[0]} / {p99[0]} | {', '.join(said)} |",
            flush=True,
        )


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wirebench-pacing-"))
    loop = folder / "nanosleep"
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", str(loop), str(HERE / "nanosleep.c")], check=True)
    compared(folder, loop)
    spinning(folder, loop)
    most(folder)


if __name__ == "__main__":
    sys.exit(main())
