"""Answers a challenge of 32 bytes. Nobody says yes: who is right goes on talking, who is not finds
the connection ended."""
import hashlib
import hmac
from talk import connected, exactly, expect


def answered(key):
    sock = connected()
    sock.sendall(hmac.new(key, exactly(sock, 32), hashlib.sha256).digest())
    return sock


sock = answered(b"a shared key")
sock.settimeout(0.05)
try:
    expect(sock.recv(1), b"no word")
except OSError:
    sock.settimeout(60)
sock.sendall(b"hello")
expect(exactly(sock, 5), b"hello")
for _ in range(2):
    expect(answered(b"another key").recv(1), b"")
