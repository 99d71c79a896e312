"""How often the verdict on a paired run is wrong, and how often it finds what is there, on this machine.

    python3 benches/verdict self-test --runs 60     a build against itself: every 103 is a false alarm
    python3 benches/verdict power --runs 20         a build that is slower by 5, 10, 20 and 50 % of p50
    python3 benches/verdict accept --runs 10        20 % slower fails and the same passes: plugin and server
    python3 benches/verdict cost --runs 5           how much longer a paired run takes than one without a baseline
    python3 benches/verdict tables                  what the journal says so far

Each run is a whole `wirebench run scenarios/ci.toml` with a baseline, confirmation included. Runs are written to a
journal as they end: started again, the script goes on where it was. Nothing else should run meanwhile.
"""

import argparse
import pathlib
import sys

import builds
import journal
import tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLOWDOWNS = [5, 10, 20, 50]


def arguments():
    parser = argparse.ArgumentParser(
        prog="benches/verdict", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["self-test", "power", "accept", "cost", "tables"])
    parser.add_argument("--runs", type=int, default=20, help="of each kind; those in the journal count")
    parser.add_argument("--program", default=str(ROOT / "target/release/wirebench"), help="the release build")
    parser.add_argument("--journal", default=str(ROOT / "target/verdict.jsonl"), help="where runs are kept")
    return parser.parse_args()


def main():
    options = arguments()
    kept = journal.Journal(pathlib.Path(options.journal), pathlib.Path(options.program))
    if options.what != "tables":
        try:
            with builds.Bench(ROOT, pathlib.Path(options.program)) as bench:
                play(options, bench, kept)
        except builds.Problem as problem:
            sys.exit(f"error: {problem}")
        except KeyboardInterrupt:
            print("\ninterrupted; what was finished is kept", file=sys.stderr)
    print(tables.all_of(kept))


def play(options, bench, kept):
    if options.what == "self-test":
        repeat(kept, "self-test", options.runs, lambda: bench.plugins(0))
    elif options.what == "power":
        steps = calibrated(bench, kept)
        # In turn, so that no slowdown has a time of day of its own.
        for runs in range(1, options.runs + 1):
            for percent in SLOWDOWNS:
                repeat(kept, f"power-{percent}", runs, lambda: bench.plugins(round(steps * percent)))
    elif options.what == "cost":
        steps = calibrated(bench, kept)
        for runs in range(1, options.runs + 1):
            repeat(kept, "cost-alone", runs, bench.alone)
            repeat(kept, "cost-same", runs, lambda: bench.plugins(0))
            repeat(kept, "cost-slower", runs, lambda: bench.plugins(round(steps * 50)))
    else:
        steps = calibrated(bench, kept)
        for runs in range(1, options.runs + 1):
            repeat(kept, "accept-plugin-slower", runs, lambda: bench.plugins(round(steps * 20)))
            repeat(kept, "accept-plugin-same", runs, lambda: bench.plugins(0))
        steps = kept.constant("server-steps-per-percent", bench.steps_per_percent_of_server)
        for runs in range(1, options.runs + 1):
            repeat(kept, "accept-server-slower", runs, lambda: bench.server(round(steps * 20)))
            repeat(kept, "accept-server-same", runs, lambda: bench.server(0))


def calibrated(bench, kept):
    return kept.constant("steps-per-percent", bench.steps_per_percent)


def repeat(kept, kind, runs, play_one):
    while kept.count(kind) < runs:
        ran = play_one()
        kept.add(kind, ran)
        print(
            f"{kind} {kept.count(kind)}/{runs}: exit {ran['code']}, {ran.get('standing', 'alone')}, {ran['seconds']:.0f} s",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    main()
