"""Opens a WebSocket, in one write and byte by byte, and has messages echoed. First argument: the kind
of messages, `text` or `binary`; then `greeted` where the server speaks first."""
import socket
import sys
from frames import frame, head, receive, request
from talk import connected, expect

OPCODE = {"text": 1, "binary": 2}[sys.argv[1]]
GREETED = "greeted" in sys.argv
BODIES = ["hällo €".encode(), b"", b"x" * 200, b"0123456789" * 7000]
if OPCODE == 2:
    BODIES.append(bytes(range(256)))

for pieces in ["one write", "bytes"]:
    sock = connected()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asked, accept = request("/chat", "Sec-WebSocket-Protocol: other, chat.v2")
    # What follows the head is a frame, in whatever write it comes.
    asked += frame(BODIES[0], OPCODE, True)
    for at in range(len(asked)) if pieces == "bytes" else []:
        sock.sendall(asked[at : at + 1])
    if pieces == "one write":
        sock.sendall(asked)
    first, fields = head(sock)
    expect(first, "HTTP/1.1 101 Switching Protocols")
    expect(fields["sec-websocket-accept"].encode(), accept)
    expect(fields["upgrade"].lower(), "websocket")
    expect(fields["connection"].lower(), "upgrade")
    expect(fields.get("sec-websocket-protocol"), "chat.v2")
    if GREETED:
        expect(receive(sock), (OPCODE, b"220 ready", False))
    expect(receive(sock), (OPCODE, BODIES[0], False))
    for body in BODIES[1:]:
        sock.sendall(frame(body, OPCODE, True))
        expect(receive(sock), (OPCODE, body, False))
    sock.sendall(frame(b"\x03\xe8", 8, True))
    expect(receive(sock), (8, b"\x03\xe8", False))
    expect(sock.recv(1), b"")
