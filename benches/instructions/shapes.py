"""The shapes: eight ways of loading a connection, chosen so that any two of batched or ping-pong,
tcp or unix or udp, 64 B or 16 KiB, with or without a link stand together in one of them."""

from typing import NamedTuple

# What a link does here costs calls and bookkeeping and damages nothing: every exchange ends done.
STREAM = '{ short-reads = "1%", short-writes = "1%", interrupts = "1%", would-block = "1%" }'
DATAGRAMS = '{ duplicate = "1%", reorder = "1%" }'


class Shape(NamedTuple):
    transport: str
    # Over 1: everything of a turn is written in one call.
    in_flight: int
    payload: str
    link: bool
    # The smaller of the two counts: enough for warm buffers, little enough for half a minute of all.
    messages: int

    @property
    def name(self):
        load = "ping-pong" if self.in_flight == 1 else f"{self.in_flight} in flight"
        link = ", link" if self.link else ""
        return f"{self.transport}, {load}, {self.payload}{link}"

    def scenario(self):
        """Nothing here may depend on time: both sides on one processor, asleep while they wait, and
        limits that even an emulated program on a busy machine does not reach."""
        udp = self.transport == "udp"
        transport = [f'kind = "{self.transport}"']
        transport.append('write = "message"' if self.in_flight == 1 else 'write = "batch"')
        if udp:
            # What is in flight fits, so nothing is dropped.
            transport.append('receive-buffer = "200 KiB", horizon = "60s"')
        lines = [
            'schema = 1\nname = "instructions"\nhandler = { plugin = "echo" }',
            f"transport = {{ {', '.join(transport)} }}",
            f'framing = "{"raw" if udp else "len32be"}"',
            'cpu = { placement = "same", wait = "block" }',
            f"link = {DATAGRAMS if udp else STREAM}" if self.link else "",
            f'[load]\nin-flight = {self.in_flight}\npayload = "{self.payload}"\nseed = 42',
            'warmup = "0ms"\ntimeout = "60s"\ndrain = "60s"\nhook-timeout = "60s"',
            '[expect]\ndone = "100%"',
        ]
        return "\n".join(lines) + "\n"


# Large messages: as many as socket buffers of the usual size hold.
SHAPES = [
    Shape("tcp", 256, "64 B", False, 2_560),
    Shape("tcp", 1, "64 B", False, 500),
    Shape("tcp", 16, "16 KiB", True, 128),
    Shape("unix", 256, "64 B", True, 2_560),
    Shape("unix", 1, "16 KiB", False, 100),
    Shape("udp", 1, "64 B", True, 500),
    Shape("udp", 1, "16 KiB", False, 64),
    Shape("udp", 256, "64 B", False, 2_560),
]
