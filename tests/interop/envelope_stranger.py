"""Sends bytes that are wrong after a message that is right, in one write and byte by byte: the message is
echoed, and then the connection ends. Arguments: the envelope, the bytes in hexadecimal digits."""
import socket
import sys
from envelopes import ENVELOPES
from talk import connected, expect

put, take = ENVELOPES[sys.argv[1]]
wrong = bytes.fromhex(sys.argv[2])
for piece in [len(wrong), 1]:
    sock = connected()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(put(b"right"))
    expect(take(sock), b"right")
    try:
        for at in range(0, len(wrong), piece):
            sock.sendall(wrong[at : at + piece])
        expect(sock.recv(1), b"")
    except ConnectionError:
        # Behind the wrong byte nobody reads any more.
        pass
