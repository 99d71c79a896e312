"""What a page of a thousand cells costs, and what the live view does: python3 benches/report.

Needs `cargo build --release` (or WIREBENCH, the program to measure). With WIREBENCH_TEST_BROWSER, the folder that
tests/browser/install was given, the page is opened in a browser, too. Takes about five minutes.
"""

import json
import os
import pathlib
import pty
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
PROGRAM = os.environ.get("WIREBENCH", str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release/wirebench"))

# Many short rounds: what is drawn between them is as much as it can be.
SHORT = """
schema = 1
name = "short"
handler = { plugin = "echo" }
[load]
warmup = "0ms"
duration = "100ms"
rounds = 1
[matrix]
framing = ["line", "delimiter", "len32be", "varint"]
"load.in-flight" = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]
"""


def report(run, page):
    """Seconds and peak memory (MiB) of one report."""
    before = time.monotonic()
    child = os.fork()
    if child == 0:
        os.execv(PROGRAM, [PROGRAM, "report", str(run), "-o", str(page), "--quiet"])
    _, status, usage = os.wait4(child, 0)
    assert status == 0, status
    return time.monotonic() - before, usage.ru_maxrss / 1024


def on_a_terminal(scenario, out, progress):
    """CPU seconds of the program itself (not of its rounds), and how long it ran, with stderr on a terminal."""
    ours, theirs = pty.openpty()
    command = [PROGRAM, "run", str(scenario), "--out", str(out), "--progress", progress]
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    used = 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    os.set_blocking(ours, False)
    while child.poll() is None:
        try:
            os.read(ours, 1 << 16)
        except (BlockingIOError, OSError):
            pass
        try:
            fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
            used = (int(fields[11]) + int(fields[12])) / ticks
        except (OSError, IndexError):
            pass
        time.sleep(0.02)
    os.close(ours)
    assert child.returncode == 0, child.returncode
    return used, time.monotonic() - began


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wirebench-report-"))
    print(f"measuring a thousand cells into {folder} …", file=sys.stderr)
    subprocess.run([PROGRAM, "run", str(HERE / "thousand.toml"), "--out", str(folder), "-q"], check=True)
    run, page = folder / "thousand", folder / "page.html"
    figures = [report(run, page) for _ in range(5)]
    seconds = statistics.median(seconds for seconds, _ in figures)
    memory = max(memory for _, memory in figures)
    print(f"report of 1,000 cells: {seconds:.2f} s, at most {memory:.0f} MiB, {page.stat().st_size / 2**20:.1f} MiB of page")
    if "WIREBENCH_TEST_BROWSER" in os.environ:
        opened = subprocess.run(["node", str(HERE / "open.mjs"), str(page)], check=True, capture_output=True, text=True)
        took = json.loads(opened.stdout)
        print(f"opened in {statistics.median(took):.0f} ms [{min(took)}–{max(took)}]")
    scenario = folder / "short.toml"
    scenario.write_text(SHORT)
    shares = []
    for turn in range(7):
        (live, took), (none, _) = (on_a_terminal(scenario, folder / f"{turn}-{kind}", kind) for kind in ("live", "none"))
        shares.append(100 * (live - none) / took)
    print(f"live view: {statistics.median(shares):.2f} % of a core [{min(shares):.2f}–{max(shares):.2f}]")


main()
