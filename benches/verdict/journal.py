"""Runs, a line of JSON each, in the order in which they ended."""

import hashlib
import json


class Journal:
    def __init__(self, path, program):
        self.path = path
        # Runs of another program say nothing about this one.
        self.program = hashlib.sha256(program.read_bytes()).hexdigest()[:16] if program.is_file() else None
        self.lines = []
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    kept = json.loads(line)
                except ValueError:
                    continue  # the last one, of a run that was killed
                if kept["program"] == self.program:
                    self.lines.append(kept)

    def add(self, kind, what):
        kept = {"program": self.program, "kind": kind, **what}
        self.lines.append(kept)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(kept) + "\n")

    def of(self, kind):
        return [line for line in self.lines if line["kind"] == kind]

    def kinds(self):
        return sorted({line["kind"] for line in self.lines})

    def count(self, kind):
        return len(self.of(kind))

    def constant(self, name, measure):
        """What was measured once for all runs."""
        for line in self.of(name):
            return line["value"]
        value = measure()
        self.add(name, {"value": value})
        return value
