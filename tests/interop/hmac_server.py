"""Challenges the one peer it takes with 32 random bytes, again whenever it is asked to."""
import hashlib
import hmac
import os
import struct
from talk import exactly, one_peer

peer = one_peer()


def write(body):
    peer.sendall(struct.pack("<i", len(body)) + body)


def read():
    header = exactly(peer, 4)
    return exactly(peer, struct.unpack("<i", header)[0]) if header else b""


asked = b"auth"
while asked == b"auth":
    challenge = os.urandom(32)
    write(challenge)
    answer = read()
    right = hmac.new(b"a shared key", challenge, hashlib.sha256).digest()
    write(b"ok" if hmac.compare_digest(answer, right) else b"rejected")
    asked = read()
