"""Length-prefixed messages, `struct` format `<i`: header and body in one send, then in two."""
import struct
from talk import connected, exactly, expect

sock = connected()
for body in [b"x", b"", b"hello" * 1000, bytes(range(256)) * 1024]:
    frame = struct.pack("<i", len(body)) + body
    sock.sendall(frame)
    expect(exactly(sock, len(frame)), frame)
    sock.sendall(frame[:4])
    sock.sendall(frame[4:])
    expect(exactly(sock, len(frame)), frame)
