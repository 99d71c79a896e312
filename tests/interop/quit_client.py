"""Talks until the server has had enough: three answers, then its `q`, then the end."""
from talk import connected, expect

sock = connected()
for answer in [b"hello", b"hello", b"hello", b"q"]:
    sock.sendall(b"hello")
    expect(sock.recv(1024), answer)
expect(sock.recv(1024), b"")
