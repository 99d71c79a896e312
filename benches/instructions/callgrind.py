"""Runs the program under callgrind and reads what the two sides of each round have executed."""

import os
import platform
import re
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

# A side reads its own cost from the kernel where its measured part begins and where it ends: there
# callgrind writes down what was executed so far. What a side does after the last of these readings
# (its report, whose length follows from the times that were measured) does not count, and may be
# cut short by the supervisor, which kills what is left of a round.
MARK = "getrusage"

# Calls that read a clock; valgrind hides the kernel's page that answers without a system call.
CLOCKS = re.compile(r"(__)?(clock_gettime|gettimeofday|time)(@|$)")

# Instructions that do: rdtsc and rdtscp.
COUNTER = (b"\x0f\x31", b"\x0f\x01\xf9")

# More than ten times what the slowest shape takes on an idle machine.
LIMIT_S = 120


class Failed(Exception):
    """The program could not be counted."""


def settle(processor):
    """Settles this thread, and what it starts, on one processor, where waking another does not mean
    to yield to it (SCHED_BATCH): a side goes on until it sleeps. So how messages fall into turns
    follows from the shape, not from what else the machine does."""
    os.sched_setaffinity(0, {processor})
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def count(program, scenario, messages):
    """Plays a scenario for one round. Returns what both sides together have executed: instructions
    and clock readings."""
    with tempfile.TemporaryDirectory(prefix="wirebench-instructions-") as folder:
        folder = Path(folder)
        (folder / "shape.toml").write_text(scenario)
        (folder / "parts").mkdir()
        command = ["valgrind", "--tool=callgrind", "--quiet", "--trace-children=yes"]
        command += [f"--dump-before={MARK}", "--dump-instr=yes"]
        command += ["--compress-pos=no", "--compress-strings=no"]
        command += [f"--callgrind-out-file={folder}/parts/%p", str(program), "run"]
        command += [str(folder / "shape.toml"), "--out", str(folder / "out")]
        command += ["--set", f"load.messages={messages}", "--rounds", "1"]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Failed(f"not over after {LIMIT_S} s: {' '.join(command)}") from None
        if ran.returncode != 0:
            raise Failed(f"exit code {ran.returncode}: {' '.join(command)}\n{ran.stdout}{ran.stderr}")
        return read_sides(folder / "parts")


def clock():
    """What a reading of the clock is here; the program looks at the same file (net/clock.rs)."""
    source = Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    counter = platform.machine() == "x86_64" and source.is_file()
    trusted = counter and source.read_text().strip() == "tsc"
    return "cycle counter" if trusted else "system call"


def read_sides(folder):
    """The supervisor and its helpers are left out: what they do depends on time, and they sleep
    while messages flow."""
    sides, instructions, readings = set(), 0, 0
    for path in folder.iterdir():
        header = path.open().read(4096)
        if " __side" in header and f"Trigger: --dump-before={MARK}" in header:
            sides.add(path.name.split(".")[0])
            part = read_part(path)
            instructions, readings = instructions + part[0], readings + part[1]
    if len(sides) != 2:
        raise Failed(f"{len(sides)} sides called {MARK}, 2 should have: is it no longer how a side "
                     "marks its measured part (core/src/side/usage.rs)?")
    return instructions, readings


def read_part(path):
    """Instructions and clock readings of one file that callgrind wrote."""
    instructions, readings, total = 0, 0, None
    object_file, called, inclusive = None, "", False
    for line in path.open():
        if line.startswith("0x"):
            # Behind `calls=` stands what the callee cost, which is told where it stands itself.
            if not inclusive:
                address, _, cost = line.split()
                instructions += int(cost)
                if reads_counter(object_file, int(address, 16)):
                    readings += int(cost)
            inclusive = False
        elif line.startswith("calls="):
            inclusive = True
            if CLOCKS.match(called):
                readings += int(line[len("calls="):].split()[0])
        elif line.startswith("cfn="):
            called = line[len("cfn="):].strip()
        elif line.startswith("ob="):
            object_file = line[len("ob="):].strip()
        elif line.startswith("totals:"):
            total = int(line.split()[1])
    if total != instructions:
        raise Failed(f"{path.name}: callgrind's lines add up to {instructions}, its total is {total}")
    return instructions, readings


@cache
def reads_counter(object_file, address):
    """True when the instruction at this address reads the processor's cycle counter."""
    for start, offset, size in segments(object_file):
        if start <= address < start + size:
            at = offset + address - start
            return image(object_file)[at:at + 3].startswith(COUNTER)
    return False


@cache
def image(object_file):
    try:
        return Path(object_file).read_bytes()
    except OSError as error:
        raise Failed(f"what was executed cannot be read: {error}") from None


@cache
def segments(object_file):
    """Where the parts of an ELF file are loaded: address, offset in the file, size in it."""
    if object_file == "???":
        return []  # Code of valgrind's own, or of no file.
    data = image(object_file)
    if data[:6] != b"\x7fELF\x02\x01":
        raise Failed(f"{object_file} is no ELF file of 64 bits, least significant byte first")
    table, = struct.unpack_from("<Q", data, 32)
    entry, entries = struct.unpack_from("<HH", data, 54)
    loaded = []
    for at in range(table, table + entry * entries, entry):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", data, at)
        if kind == 1:
            loaded.append((address, offset, size))
    return loaded
