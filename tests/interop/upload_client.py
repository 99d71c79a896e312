"""Uploads: a framed JSON header, a word that says go ahead, the bytes of the file, and nothing more."""
import hashlib
import json
import struct
from talk import connected, exactly, expect, how

sock = connected()
for content in [b"", b"x", bytes(range(256)) * 800]:
    header = {
        "opt": "upload",
        "filename": "a b.bin",
        "filesize": len(content),
        "md5": hashlib.md5(content).hexdigest(),
    }
    header.update(
        {
            "wrong digest": {"md5": hashlib.md5(content + b"!").hexdigest()},
            "unknown operation": {"opt": "remove"},
            "name that leads out": {"filename": "../a.bin"},
            "no size": {"filesize": None},
        }.get(how(), {})
    )
    header = json.dumps(header).encode()
    sock.sendall(struct.pack("<i", len(header)))
    sock.sendall(header)
    word = exactly(sock, 2)
    if how() in ("unknown operation", "name that leads out"):
        print(word + sock.recv(1000))
        break
    if how() == "no size":
        expect(word, b"")
        break
    expect(word, b"ok")
    if how() == "short body" and content:
        sock.sendall(content[: len(content) // 2])
        break
    for at in range(0, len(content), 1024):
        sock.sendall(content[at : at + 1024])
    if how() == "long body" and content:
        sock.sendall(b"more of it")
        break
