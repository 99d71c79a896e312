"""What it costs to look every answer of a server of one's own up among the requests.

    cargo build --release && python3 benches/own_server

A C server sends back what it reads. Contenders take turns, and medians of their ratios are printed: `request`
against `echo` with `verify`, `verify` against none, and the client's CPU time a message with many exchanges under
way against few.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HANDLERS = {
    "echo": '{ plugin = "echo" }',
    "echo, verify": '{ plugin = "echo", config = { verify = true } }',
    "request": '{ plugin = "request", config = { requests = [{ send = "{payload}", expect = "{payload}" }] } }',
}


def play(program, folder, handler, in_flight):
    """Rate and the client's CPU time a message of one round."""
    (folder / "own.toml").write_text(f"""
schema = 1
name = "own"
framing = "len32be"
handler = {HANDLERS[handler]}
server = {{ command = ["./server", "{{port}}"] }}
[load]
in-flight = {in_flight}
payload = "64 B"
alphabet = "text"
warmup = "200ms"
duration = "1s"
rounds = 1
[transport]
write = "batch"
""")
    command = [program, "run", "own.toml", "--format", "json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if not ran.stdout:
        raise SystemExit(ran.stderr)
    cell = json.loads(ran.stdout)["cells"][0]
    if cell["exchanges"]["done"] < cell["exchanges"]["started"]:
        raise SystemExit(f"{handler}, {in_flight} in flight: {cell['exchanges']}\n{ran.stderr}")
    return cell["rate"]["achieved"], cell["cpu"]["client_ns_per_message"]


def compared(play_one, play_other, runs):
    """Ratios of both figures, in turns."""
    ratios = []
    for run in range(runs):
        one, other = (play_one(), play_other()) if run % 2 else tuple(reversed((play_other(), play_one())))
        ratios.append((one[0] / other[0], one[1] / other[1]))
    return [(statistics.median(column), min(column), max(column)) for column in zip(*ratios)]


def told(name, rows):
    words = ", ".join(f"{what} {median:.2f} ({low:.2f} to {high:.2f})" for what, (median, low, high) in rows)
    print(f"{name}: {words}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", default=ROOT / "target/release/wirebench", type=pathlib.Path)
    arguments.add_argument("--runs", default=7, type=int)
    given = arguments.parse_args()
    program = given.program.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = pathlib.Path(__file__).with_name("server.c")
        subprocess.run(["cc", "-O2", "-pthread", "-o", folder / "server", source], check=True)

        def one(handler, in_flight):
            return lambda: play(program, folder, handler, in_flight)

        for in_flight in (1, 64):
            for first, second in (("request", "echo, verify"), ("echo, verify", "echo")):
                rate, cpu = compared(one(first, in_flight), one(second, in_flight), given.runs)
                told(f"{first} / {second}, {in_flight} in flight", [("rate", rate), ("CPU a message", cpu)])
        for many in (1_000, 10_000):
            _, cpu = compared(one("echo, verify", many), one("echo, verify", 10), given.runs)
            told(f"echo, verify: {many} / 10 in flight", [("CPU a message", cpu)])


main()
