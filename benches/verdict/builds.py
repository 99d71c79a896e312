"""Two builds of the echo handler, or two states of a server in Python, played by `wirebench run`."""

import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

# What stands in front of the number of steps in the file of tests/fixtures/slower.
MARK = b"SLOWER="
DIGITS = 9
# Enough to show above the noise.
TRIAL_STEPS = 2000
TRIAL_STEPS_OF_SERVER = 200
# A run ends by itself long before.
LIMIT_S = 300

SCENARIO_OF_SERVER = """
schema = 1
name = "server"
framing = "len32be"
handler = { plugin = "echo", config = { verify = true } }
server = { command = ["%s", "server.py", "{port}"], env = { STEPS = "%d" } }
cpu = { placement = "same" }
[load]
in-flight = 1
warmup = "10ms"
duration = "25ms"
rounds = 100
payload = "64 B"
[baseline]
limits = { p50 = "7.5%%" }
[expect]
done = "> 0"
"""


class Problem(Exception):
    pass


class Bench:
    def __init__(self, root, program):
        self.root, self.program = root, program
        if not program.is_file():
            raise Problem(f"{program} is missing: build it with `cargo build --release --workspace`")
        self.plugin = program.parent / "libwirebench_slower.so"
        if not self.plugin.is_file():
            self.plugin = program.parent / "deps" / "libwirebench_slower.so"
        if not self.plugin.is_file():
            raise Problem(f"no libwirebench_slower.so beside {program}: build it with `cargo build --release --workspace`")

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="verdict-"))
        shutil.copy(self.root / "tests/fixtures/late_server.py", self.folder / "server.py")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def build(self, name, steps):
        """A folder with the echo handler that does so many steps in vain before each message."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        content = bytearray(self.plugin.read_bytes())
        at = content.find(MARK)
        if at < 0:
            raise Problem(f"{self.plugin} has no mark to write the steps behind")
        while at >= 0:
            digits = at + len(MARK)
            content[digits : digits + DIGITS] = f"{steps:0{DIGITS}}".encode()
            at = content.find(MARK, digits)
        (folder / "libwirebench_echo.so").write_bytes(content)
        return folder

    def plugins(self, steps):
        """The shipped scenario, with a build that does so many steps against one that does none."""
        new, baseline = self.build("new", steps), self.build("baseline", 0)
        return self.run(
            self.root / "scenarios/ci.toml", ["--plugin-dir", new, "--baseline-plugins", baseline]
        )

    def server(self, steps):
        """A server in Python that does so many steps in vain before each answer, against one that does none."""
        scenario = self.folder / "server.toml"
        scenario.write_text(SCENARIO_OF_SERVER % (sys.executable, steps))
        return self.run(scenario, ["--baseline-server", 'env={ STEPS = "0" }'])

    def alone(self):
        """The shipped scenario without a baseline."""
        ended, seconds = self.timed(self.root / "scenarios/ci.toml", ["--plugin-dir", self.build("new", 0)])
        return {"code": ended.returncode, "seconds": seconds}

    def timed(self, scenario, more):
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        began = time.monotonic()
        ended = subprocess.run(
            [self.program, "run", scenario, "--out", self.folder / "out", "--quiet", *more],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        return ended, round(time.monotonic() - began, 2)

    def run(self, scenario, more):
        ended, seconds = self.timed(scenario, more)
        found = list((self.folder / "out").glob("*/latest/comparison.json"))
        if len(found) != 1:
            raise Problem(f"a run ended with {ended.returncode} and left no comparison: {ended.stderr.strip()}")
        compared = json.loads(found[0].read_text())
        rows = [
            {
                "cell": cell["id"],
                "metric": row["metric"],
                "verdict": row["verdict"],
                "ratio": row["ratio"],
                "visible": row["visible"],
                "screen": ratio_of(row["pairs"]),
                "fresh": len(row["fresh"]),
            }
            for cell in compared["cells"]
            for row in cell["rows"]
            if not row["exact"]
        ]
        return {
            "code": ended.returncode,
            "seconds": seconds,
            "standing": compared["standing"],
            "unfit": compared["unfit"],
            "rows": rows,
        }

    def steps_per_percent(self):
        """Steps of the slower handler for each percent of the middle cell's p50."""
        return steps_per_percent(self.plugins, TRIAL_STEPS)

    def steps_per_percent_of_server(self):
        """The same of the server in Python."""
        return steps_per_percent(self.server, TRIAL_STEPS_OF_SERVER)


def steps_per_percent(play, steps):
    """From the ratio of p50 of the middle cell at so many steps, three times."""
    slowdowns = []
    for _ in range(3):
        ratios = [row["screen"] for row in play(steps)["rows"] if row["metric"] == "p50"]
        slowdowns.append(100 * (statistics.median(ratios) - 1))
    middle = statistics.median(slowdowns)
    if middle < 1:
        raise Problem(f"{steps} steps changed p50 by {middle:.1f} % only: this machine is too noisy now")
    return steps / middle


def ratio_of(pairs):
    """New over baseline, by the geometric mean."""
    if not pairs:
        return None
    return statistics.geometric_mean(pair["new"] / pair["baseline"] for pair in pairs)
