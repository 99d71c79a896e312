"""What the runs of a journal come to."""

import math
import statistics

REGRESSED = 103


def all_of(kept):
    parts = [false_alarms(kept), power(kept), accepted(kept), cost(kept)]
    return "\n\n".join(part for part in parts if part) or "the journal has no runs of this program"


def false_alarms(kept):
    runs = kept.of("self-test")
    if not runs:
        return ""
    alarms = sum(run["code"] == REGRESSED for run in runs)
    improved = sum(any(row["verdict"] == "improved" for row in run["rows"]) for run in runs)
    unfit = sum(run["unfit"] is not None for run in runs)
    confirmed = sum(any(row["fresh"] for row in run["rows"]) for run in runs)
    lines = [
        "| a build against itself | |",
        "|---|---|",
        f"| runs | {len(runs)} |",
        f"| false alarms (103) | {alarms}: at most {upper(alarms, len(runs)):.1%} of runs, by 95 % |",
        f"| something called improved | {improved} |",
        f"| machine unfit | {unfit} |",
        f"| runs that played fresh rounds | {confirmed} |",
        f"| time of a run | {middle(run['seconds'] for run in runs):.0f} s, at most {max(run['seconds'] for run in runs):.0f} s |",
    ]
    for metric in ("cpu", "p50", "p99", "rate"):
        logs = [math.log(row["screen"]) for run in runs for row in run["rows"] if row["metric"] == metric and row["screen"]]
        if len(logs) > 1:
            lines.append(f"| scatter of a cell's mean ratio, {metric} | {statistics.stdev(logs):.1%} |")
    return "\n".join(lines)


def power(kept):
    kinds = sorted((kind for kind in kept.kinds() if kind.startswith("power-")), key=lambda kind: int(kind[6:]))
    if not kinds:
        return ""
    lines = [
        "| slower by | p50 of all cells | runs | runs that fail (103) | cells found by p50 | cells found by cpu |",
        "|---|---|---|---|---|---|",
    ]
    for kind in kinds:
        runs = kept.of(kind)
        failed = sum(run["code"] == REGRESSED for run in runs)
        rows = [row for run in runs for row in run["rows"]]
        p50 = [row["screen"] for row in rows if row["metric"] == "p50" and row["screen"]]
        found = [share(rows, metric) for metric in ("p50", "cpu")]
        lines.append(
            f"| {kind[6:]} % | {statistics.geometric_mean(p50) - 1:+.1%} | {len(runs)} "
            f"| {told(failed, len(runs))} | {found[0]} | {found[1]} |"
        )
    return "\n".join(lines)


def share(rows, metric):
    rows = [row for row in rows if row["metric"] == metric]
    return told(sum(row["verdict"] == "regressed" for row in rows), len(rows))


def accepted(kept):
    lines = []
    for kind in kept.kinds():
        if kind.startswith("accept-"):
            codes = [run["code"] for run in kept.of(kind)]
            counts = ", ".join(f"{codes.count(code)} × {code}" for code in sorted(set(codes)))
            lines.append(f"| {kind[7:].replace('-', ', ')} | {len(codes)} | {counts} |")
    if not lines:
        return ""
    return "\n".join(["| new build | runs | exit codes |", "|---|---|---|", *lines])


def cost(kept):
    alone = [run["seconds"] for run in kept.of("cost-alone")]
    if not alone:
        return ""
    lines = ["| run | time | against one without a baseline |", "|---|---|---|"]
    for kind, name in (
        ("cost-alone", "without a baseline"),
        ("cost-same", "the same build"),
        ("cost-slower", "all cells slower by 50 %: each is played again"),
    ):
        seconds = [run["seconds"] for run in kept.of(kind)]
        if seconds:
            lines.append(f"| {name} | {middle(seconds):.1f} s | {middle(seconds) / middle(alone):.2f} |")
    return "\n".join(lines)


def told(hits, of):
    low, high = lower(hits, of), upper(hits, of)
    return f"{hits} of {of} [{low:.0%}–{high:.0%}]"


def middle(figures):
    return statistics.median(figures)


def upper(hits, of, level=0.05):
    """The share is at most this, but for a chance of `level` (Clopper and Pearson, Biometrika 26, 1934)."""
    if hits == of:
        return 1.0
    return bisect(lambda share: at_most(hits, of, share) - level)


def lower(hits, of, level=0.05):
    if hits == 0:
        return 0.0
    return bisect(lambda share: level - (1 - at_most(hits - 1, of, share)))


def at_most(hits, of, share):
    return sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(hits + 1))


def bisect(falls):
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        if falls(share) > 0:
            low = share
        else:
            high = share
    return low
