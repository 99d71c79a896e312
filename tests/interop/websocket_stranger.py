"""Opens a WebSocket in ways that a server has to refuse, and checks what it is told."""
import re
import sys
from frames import request
from talk import connected

GOOD, _ = request("/chat")


def without(name):
    return re.sub(rb"(?im)^" + name + rb":.*\r\n", b"", GOOD)


CASES = [
    (b"400", request("/chat", version="HTTP/1.0")[0]),
    (b"400", without(b"sec-websocket-key")),
    (b"400", without(b"host")),
    (b"400", without(b"upgrade")),
    (b"400", without(b"connection")),
    (b"400", without(b"sec-websocket-version")),
    (b"400", GOOD.replace(b"Sec-WebSocket-Key: ", b"Sec-WebSocket-Key: AAAA")),
    (b"400", request("/chat", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")[0]),
    (b"400", request("/chat", " folded")[0]),
    (b"400", request("/chat", "no field")[0]),
    (b"404", request("/elsewhere")[0]),
    (b"426", GOOD.replace(b"Version: 13", b"Version: 8")),
    (b"400", b"POST /chat HTTP/1.1\r\nHost: a\r\n\r\n"),
    (b"400", bytes(range(40))),
    (b"400", GOOD.replace(b"\r\n", b"\n")),
    (b"431", b"GET /chat HTTP/1.1\r\n" + b"a: b\r\n" * 3000),
    (b"431", b"GET " + b"x" * 20000),
]
for status, sent in CASES:
    sock = connected()
    sock.settimeout(60)
    answer = b""
    try:
        sock.sendall(sent)
        while piece := sock.recv(4096):
            answer += piece
    except ConnectionError:
        # What it had not read yet may end the connection before the answer is read.
        if len(sent) < 4000:
            raise
        continue
    if not answer.startswith(b"HTTP/1.1 " + status + b" ") or b"Connection: close\r\n" not in answer:
        sys.exit(f"{sent[:60]!r} was answered with {answer!r}, not {status!r}")
print(len(CASES))
