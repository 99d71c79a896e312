"""Answers a challenge of 32 bytes with its HMAC-SHA-256: with the right key, then with a wrong one,
then with an answer that was right before."""
import hashlib
import hmac
import struct
from talk import connected, exactly, expect


def read(sock):
    (length,) = struct.unpack("<i", exactly(sock, 4))
    return exactly(sock, length)


def write(sock, body):
    sock.sendall(struct.pack("<i", len(body)) + body)


sock = connected()
challenge = read(sock)
expect(struct.pack("<i", len(challenge)), struct.pack("<i", 32))
answer = hmac.new(b"a shared key", challenge, hashlib.sha256).digest()
write(sock, answer)
expect(read(sock), b"ok")
for wrong in [hmac.new(b"another key", challenge, hashlib.sha256).digest(), answer]:
    write(sock, b"auth")
    read(sock)
    write(sock, wrong)
    expect(read(sock), b"rejected")
