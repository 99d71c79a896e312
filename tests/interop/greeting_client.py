"""Waits for a greeting before it says a word, then talks in lines."""
from talk import connected, expect, until

sock = connected()
expect(until(sock, b"\n"), b"220 ready\n")
for line in [b"hello\n", "gr\u00fc\u00df dich\n".encode(), b"bye\n"]:
    sock.sendall(line)
    expect(until(sock, b"\n"), line)
