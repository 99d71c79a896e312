"""Echoes messages in an envelope, which the first argument names, to one peer: each byte by byte. Second
argument: bytes, in hexadecimal digits, that it sends in place of the third answer."""
import socket
import sys
from envelopes import ENVELOPES
from talk import one_peer

put, take = ENVELOPES[sys.argv[1]]
wrong = bytes.fromhex(sys.argv[2]) if len(sys.argv) > 2 else None
peer = one_peer()
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
answers = 0
try:
    while (body := take(peer)) is not None:
        answers += 1
        frame = wrong if wrong and answers == 3 else put(body)
        for at in range(len(frame)):
            peer.sendall(frame[at : at + 1])
except ConnectionError:
    # Whoever is sent wrong bytes may leave.
    if wrong is None:
        raise
