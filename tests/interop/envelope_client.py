"""Has messages echoed in an envelope, which the first argument names: in one write, all in one, and byte by
byte."""
import socket
import sys
from envelopes import ENVELOPES
from talk import connected, expect

put, take = ENVELOPES[sys.argv[1]]
BODIES = [b"x", b"", b"hello" * 100, bytes(range(256)) * 3, b"\0\0", b"\xce\x01\x00"]

sock = connected()
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for body in BODIES:
    sock.sendall(put(body))
    expect(take(sock), body)
sock.sendall(b"".join(map(put, BODIES)))
for body in BODIES:
    expect(take(sock), body)
for body in BODIES:
    frame = put(body)
    for at in range(len(frame)):
        sock.sendall(frame[at : at + 1])
    expect(take(sock), body)
