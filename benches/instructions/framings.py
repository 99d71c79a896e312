"""What each framing costs: the same exchange, counted once under each, as a table for docs/choose-a-framing.md."""

from shapes import Shape

# All that ship but `sleep`, whose cost is the time it waits, and `eof`, which needs a connection a message.
FRAMINGS = (
    "raw fixed line delimiter delimiter-escaped len8 len16be len16le len24be len24le len32be len32le len64be "
    "len64le varint netstring octet-count resp-bulk content-length json-header json-stream handshake len-ack grpc "
    "websocket chunked record-marking cobs cobs-crc32c slip hdlc magic-len-crc32c"
).split()

PAYLOADS = ["64 B", "4 KiB"]

# Longer than a length field of 8 bits, or a frame of the usual size, can hold.
TOO_LONG = {("len8", "4 KiB"), ("fixed", "4 KiB")}

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
    """Every framing with every payload that it carries."""
    pairs = [(framing, payload) for framing in FRAMINGS for payload in PAYLOADS]
    made = [Framed.of(*pair) for pair in pairs if pair not in TOO_LONG]
    return [shape for shape in made if wanted in shape.name]


def table(numbers):
    """The cheapest first, each with how many times what `raw` takes."""
    rows = []
    for framing in FRAMINGS:
        counted = [numbers.get(f"{framing}, {payload}") for payload in PAYLOADS]
        if any(counted):
            rows.append((counted[0]["instructions"], framing, counted))
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
