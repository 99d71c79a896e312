"""The same work by other tools, in turns with wirebench: python3 benches/peers.

Needs `cargo build --release` (or WIREBENCH, the program to measure), and what of sockperf, qperf and iperf3 there is
(`apt-get install sockperf qperf iperf3`); what is missing is left out and said. Every server runs on the first processor
that may be used, every client on the second. Figures are medians over the turns, ratios those of neighbouring turns.
Takes about five minutes. What is compared, and why figures differ: benches/peers.md.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent.parent
PROGRAM = os.environ.get("WIREBENCH", str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/wirebench"))
TURNS = int(os.environ.get("TURNS", "5"))
SECONDS = 2
SERVER, CLIENT = (sorted(os.sched_getaffinity(0)) * 2)[:2]

SCENARIO = """
schema = 1
name = "peers"
handler = {{ plugin = "echo"{config} }}
framing = "len32be"
transport = {{ write = "{write}", receive-buffer = "4 MiB", send-buffer = "4 MiB" }}
load = {{ payload = "{payload}", duration = "{seconds}s", rounds = 1, warmup = "200ms", ledger = "64 MiB", {load} }}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A server of a peer, on its processor, until the end of the block."""

    def __init__(self, *command):
        self.command = command

    def __enter__(self):
        command = ["taskset", "-c", str(SERVER), *map(str, self.command)]
        self.child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()


def client(*command):
    command = ["taskset", "-c", str(CLIENT), *map(str, command)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def sockperf(mode, *options):
    """Percentiles of the round trip in microseconds, and messages received a second."""
    port = free_port()
    where = ["--tcp", "-i", "127.0.0.1", "-p", port]
    with Server("sockperf", "server", *where):
        text = client("sockperf", mode, *where, "--msg-size", 64, "--time", SECONDS, "--full-rtt", *options)
    times = {rank: float(us) for rank, us in re.findall(r"percentile (\d+\.\d+) =\s+([\d.]+)", text)}
    sent = re.search(r"\[Valid Duration\] RunTime=([\d.]+) sec; SentMessages=(\d+); ReceivedMessages=(\d+)", text)
    return times["50.000"], times["99.000"], float(sent[3]) / float(sent[1])


def qperf(test, size):
    port = free_port()
    with Server("qperf", "-lp", port):
        return client("qperf", "-lp", port, "-t", SECONDS, "-m", size, "-v", "127.0.0.1", test)


def qperf_latency():
    """The median is not told: the mean of the round trip, in microseconds."""
    latency = re.search(r"latency\s+=\s+([\d.]+) (ns|us)", qperf("tcp_lat", 64))
    return 2 * float(latency[1]) / (1000 if latency[2] == "ns" else 1)


def iperf3():
    """Gigabits a second of one stream of 64 KiB writes."""
    port = free_port()
    with Server("iperf3", "-s", "-1", "-p", port, "-B", "127.0.0.1"):
        text = client("iperf3", "-c", "127.0.0.1", "-p", port, "-t", SECONDS, "-l", "64K", "-J")
    return json.loads(text)["end"]["sum_received"]["bits_per_second"] / 1e9


def wirebench(folder, load, payload="64 B", write="message", config=""):
    file, document = folder / "peers.toml", folder / "peers.json"
    file.write_text(SCENARIO.format(load=load, payload=payload, seconds=SECONDS, write=write, config=config))
    command = [PROGRAM, "run", str(file), "--out", str(folder / "out"), "-q", "--json", str(document)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(document.read_text())["cells"][0]


def us(cell, percentile):
    return cell["latency_ns"][percentile] / 1000


def row(name, theirs, ours, unit, turns, better):
    """One line: medians and the ratio of ours over theirs, turn by turn."""
    ratios = sorted(mine / their for their, mine in turns)
    median = lambda values: statistics.median(values)
    print(
        f"| {name} | {median(t for t, _ in turns):.3g} {unit} ({theirs}) | {median(m for _, m in turns):.3g} {unit} ({ours}) "
        f"| {median(ratios):.2f} [{ratios[0]:.2f}–{ratios[-1]:.2f}] | {better} |",
        flush=True,
    )


def in_turns(theirs, ours):
    return [(theirs(), ours()) for _ in range(TURNS)]


def with_sockperf(folder):
    closed = lambda: us(wirebench(folder, "in-flight = 1"), "p50")
    row("round trip, one at a time, p50", "sockperf ping-pong", "closed loop", "us", in_turns(lambda: sockperf("ping-pong")[0], closed), "less")
    for rate in (1_000, 10_000, 50_000):
        peer = lambda: sockperf("under-load", "--mps", rate, "--reply-every", 1)
        mine = lambda: wirebench(folder, f'model = "open", rate = "{rate}/s", in-flight = 1024, min-achieved = "0%"')
        turns = in_turns(peer, mine)
        for at, percentile in enumerate(("p50", "p99")):
            pairs = [(their[at], us(cell, percentile)) for their, cell in turns if cell["latency_ns"][percentile]]
            row(f"round trip at {rate:,}/s, {percentile}", "sockperf under-load", "open loop", "us", pairs, "less")
    most = lambda: wirebench(folder, "in-flight = 256", write="batch")["rate"]["achieved"]
    peer = lambda: sockperf("under-load", "--mps", "max", "--reply-every", 1)[2]
    row("most exchanges a second, a reply to each", "sockperf under-load", "closed loop, 256 in flight", "/s", in_turns(peer, most), "more")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wirebench-peers-"))
    there = {tool: shutil.which(tool) is not None for tool in ("sockperf", "qperf", "iperf3", "taskset")}
    missing = [tool for tool, is_there in there.items() if not is_there]
    if missing:
        print(f"left out, because it is not installed: {', '.join(missing)}", file=sys.stderr)
    if not there["taskset"]:
        return 1
    print("| what | peer | wirebench | wirebench over peer [range] | better is |\n|---|---|---|---|---|")
    if there["sockperf"]:
        with_sockperf(folder)
    if there["qperf"]:
        mean = lambda: wirebench(folder, "in-flight = 1")["latency_ns"]["mean"] / 1000
        row("round trip, one at a time, mean", "qperf tcp_lat", "closed loop", "us", in_turns(qperf_latency, mean), "less")
    if there["iperf3"]:
        def bulk():
            cell = wirebench(folder, "in-flight = 32", payload="64 KiB", config=', config = { reply = "none" }')
            return cell["rate"]["achieved"] * (64 << 10) * 8 / 1e9
        row("one stream of 64 KiB writes", "iperf3", "echo, no reply", "Gbit/s", in_turns(iperf3, bulk), "more")
    return 0


if __name__ == "__main__":
    sys.exit(main())
