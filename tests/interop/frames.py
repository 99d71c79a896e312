"""WebSocket as RFC 6455 has it, by hand: the opening over HTTP, and frames."""
import base64
import hashlib
import os
from talk import exactly, until

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(key):
    return base64.b64encode(hashlib.sha1(key + GUID).digest())


def head(sock):
    """The first line of a head, and its fields by their names in small letters."""
    first, *lines = until(sock, b"\r\n\r\n").decode().split("\r\n")[:-2]
    pairs = [line.split(":", 1) for line in lines]
    return first, {name.lower(): value.strip() for name, value in pairs}


def request(path, *more, version="HTTP/1.1"):
    """A request to open, and what its key is to be answered with."""
    key = base64.b64encode(os.urandom(16))
    lines = [
        f"GET {path} {version}",
        "host: anywhere:80",
        "UPGRADE: WebSocket",
        "Connection: keep-alive, upgrade",
        f"Sec-WebSocket-Key: {key.decode()}",
        "Sec-WebSocket-Version: 13",
        *more,
    ]
    return "\r\n".join(lines + ["", ""]).encode(), accept(key)


def frame(payload, opcode, masked):
    """A whole message in one frame."""
    mask = os.urandom(4) if masked else b""
    bit = 0x80 if masked else 0
    count = len(payload)
    if count < 126:
        length = bytes([bit | count])
    elif count < 1 << 16:
        length = bytes([bit | 126]) + count.to_bytes(2, "big")
    else:
        length = bytes([bit | 127]) + count.to_bytes(8, "big")
    body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if masked else payload
    return bytes([0x80 | opcode]) + length + mask + body


def receive(sock):
    """The next frame: its opcode, its payload, and whether it was masked; `None` at the end."""
    first = exactly(sock, 2)
    if len(first) < 2:
        return None
    count = first[1] & 0x7F
    if count > 125:
        count = int.from_bytes(exactly(sock, 2 if count == 126 else 8), "big")
    masked = first[1] & 0x80 != 0
    mask = exactly(sock, 4) if masked else b"\0\0\0\0"
    body = exactly(sock, count)
    return first[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(body)), masked
