"""Takes one WebSocket and echoes its messages. First argument: the kind of messages, `text` or `binary`.
Second: how it opens; `well`, `bytewise`, `greeting` (with a first message in the same write), or wrong."""
import socket
import sys
from frames import accept, frame, head, receive
from talk import expect, one_peer

OPCODE = {"text": 1, "binary": 2}[sys.argv[1]]
HOW = sys.argv[2]

peer = one_peer()
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
first, fields = head(peer)
expect(first, "GET /chat HTTP/1.1")
expect(fields["host"], "example.org:8080")
expect(fields["upgrade"].lower(), "websocket")
expect(fields["connection"].lower(), "upgrade")
expect(fields["sec-websocket-version"], "13")
expect(fields["sec-websocket-protocol"], "chat.v2")
expect(fields["x-token"], "a b")
key = fields["sec-websocket-key"].encode()
expect(len(key), 24)

right = [
    "HTTP/1.1 101 Fine",
    "upgrade: WebSocket",
    "connection: keep-alive, Upgrade",
    f"sec-websocket-accept: {accept(key).decode()}",
    "sec-websocket-protocol: chat.v2",
]
wrong = {
    "wrong-accept": [*right[:3], f"sec-websocket-accept: {accept(b'other').decode()}"],
    "no-accept": right[:3],
    "no-upgrade": [right[0], *right[2:]],
    "old-http": ["HTTP/1.0 101 Fine", *right[1:]],
    "not-found": ["HTTP/1.1 404 Not Found", "content-length: 0"],
    "moved": ["HTTP/1.1 301 Moved Permanently", "location: /other", "content-length: 0"],
    "page": ["HTTP/1.1 200 OK", "content-length: 2"],
    "extension": [*right, "sec-websocket-extensions: permessage-deflate"],
    "other-protocol": [*right[:4], "sec-websocket-protocol: chat.v3"],
}
answer = "\r\n".join(wrong.get(HOW, right) + ["", ""]).encode()
if HOW == "garbage":
    answer = bytes(range(256))
elif HOW == "endless":
    answer = b"HTTP/1.1 101 Fine\r\n" + b"a: b\r\n" * 4000
elif HOW == "frames":
    answer = frame(b"hello", OPCODE, False)
elif HOW == "nothing":
    sys.exit()
elif HOW == "greeting":
    answer += frame(b"220 ready", OPCODE, False)
try:
    for at in range(len(answer)) if HOW == "bytewise" else []:
        peer.sendall(answer[at : at + 1])
    if HOW != "bytewise":
        peer.sendall(answer)
    while (got := receive(peer)) and got[0] != 8:
        expect((got[0], got[2]), (OPCODE, True))
        peer.sendall(frame(got[1], OPCODE, False))
except ConnectionError:
    # Whoever refuses the answer may leave before all of it is read.
    pass
