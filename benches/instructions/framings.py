"""What each framing costs: the same exchange, counted once under each, as a table for docs/choose-a-framing.md."""

from shapes import Shape

# One of most kinds: `len32be` stands for all lengths of a fixed width. Without `sleep`, whose cost is the time that it waits, and
# `eof`, which needs a connection a message.
FRAMINGS = (
    "raw line delimiter-escaped len32be varint content-length json-header handshake websocket cobs-crc32c hdlc"
).split()

PAYLOADS = ["64 B", "4 KiB"]

# Few enough for a few minutes of all; how many is in no number, which is the difference of two counts.
MESSAGES = 200


class Framed(Shape):
    """A ping-pong over TCP under one framing. All send the same text, which every framing carries."""

    framing = ""

    @classmethod
    def of(cls, framing, payload):
        shape = cls("tcp", 1, payload, False, MESSAGES)
        shape.framing = framing
        return shape

    @property
    def name(self):
        return f"{self.framing}, {self.payload}"

    def scenario(self):
        text = super().scenario().replace('framing = "len32be"', f'framing = "{self.framing}"')
        return text.replace("[load]\n", '[load]\nalphabet = "text"\n')


def shapes(wanted=""):
    """Each with every payload."""
    made = [Framed.of(framing, payload) for framing in FRAMINGS for payload in PAYLOADS]
    return [shape for shape in made if wanted in shape.name]


def table(numbers):
    """The cheapest first, each with how many times what `raw` takes."""
    rows = []
    for framing in FRAMINGS:
        counted = [numbers.get(f"{framing}, {payload}") for payload in PAYLOADS]
        if any(counted):
            rows.append((next(filter(None, counted))["instructions"], framing, counted))
    head = " | ".join(f"{payload} | over `raw`" for payload in PAYLOADS)
    lines = [f"| framing | {head} |", "|---|" + "---:|---:|" * len(PAYLOADS)]
    for _, framing, counted in sorted(rows):
        cells = []
        for payload, number in zip(PAYLOADS, counted):
            bare = numbers.get(f"raw, {payload}")
            cells += [f"{number['instructions']:,}"] if number else ["–"]
            cells += [f"{number['instructions'] / bare['instructions']:.2f}"] if number and bare else ["–"]
        lines.append(f"| `{framing}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write(page, numbers):
    """Puts the table between its marks in the page."""
    text = page.read_text()
    head, rest = text.split("<!-- begin costs: ", 1)
    mark, rest = rest.split("\n", 1)
    _, tail = rest.split("<!-- end costs -->", 1)
    page.write_text(f"{head}<!-- begin costs: {mark}\n{table(numbers)}<!-- end costs -->{tail}")
