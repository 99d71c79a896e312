"""A JSON header that holds the body's size, in three sends: its length (`<i`), itself, the body."""
import json
import struct
from talk import connected, exactly, expect

sock = connected()
for body in [b"x", b"\xe4\xbd\xa0" * 100, bytes(100_000)]:
    header = json.dumps({"filename": "a.txt", "data_size": len(body), "md5": "?"}).encode()
    sock.sendall(struct.pack("<i", len(header)))
    sock.sendall(header)
    sock.sendall(body)
    (length,) = struct.unpack("<i", exactly(sock, 4))
    answered = json.loads(exactly(sock, length))
    expect(exactly(sock, answered["data_size"]), body)
