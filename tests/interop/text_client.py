"""Talks without any framing: one send, one answer, then the next."""
from talk import connected, exactly, expect

sock = connected()
for text in [b"hello", "\u4f60\u597d".encode(), b"q"]:
    sock.sendall(text)
    expect(exactly(sock, len(text)), text)
